# SPDX-License-Identifier: Apache-2.0
"""Analysis: take a name apart, once.

Bounded: what is longer than `NAME_CHARACTERS_MAX` is cut before anything else looks at it, and the name says so.
"""

from __future__ import annotations

import re
from functools import lru_cache

from highfence.matching.ideographs import RUN, cut, is_han
from highfence.matching.legal_forms import find_forms, words_of
from highfence.matching.names import (
    INITIAL,
    NAME_CHARACTERS_MAX,
    NAME_WORDS_MAX,
    NUMBER,
    ORGANISATION,
    PERSON,
    PLACE,
    VESSEL,
    Name,
    Token,
)
from highfence.matching.numerals import number_in_words, roman
from highfence.matching.transliteration import consonants, latin, normal, skeleton
from highfence.matching.vocabulary import STOP_WORDS, concept_of, place_root, weight_of

_NUMBER_WEIGHT = 0.5
_FORM_WEIGHT = 0.3
_LETTERS_AND_DIGITS = re.compile(r"\d+|[a-z]+")
_POSSESSIVE = re.compile(r"['’‘`´]s\b")
_SIGNS = {"&": " and ", "+": " and ", "%": " percent ", "@": " at ", "№": " no "}
_SIGN = re.compile("[&+%@№]")
_COUNTRY_PHRASES = re.compile(
    r"\b(hong kong|saudi arabia|south africa|new zealand|sri lanka|north korea|south korea|costa rica|puerto rico|el salvador"
    r"|united states of america|united states|united kingdom|united arab emirates|great britain|russian federation"
    r"|peoples republic of china|islamic republic of iran|czech republic|viet nam)\b"
)
_PHRASE_WORDS = {
    "united states of america": "usa",
    "united states": "usa",
    "united kingdom": "uk",
    "great britain": "uk",
    "united arab emirates": "uae",
    "russian federation": "russia",
    "peoples republic of china": "china",
    "islamic republic of iran": "iran",
    "south korea": "rok",
    "north korea": "dprk",
    "czech republic": "czechia",
}
#: Forms of address and rank before a personal name, which say nothing of who it is.
_TITLES = frozenset(
    "mr mrs ms miss mister dr prof professor sir lord dame lady sheikh shaikh shaykh sheik haji hajji hadji mullah mulla"
    " maulavi mawlawi maulana gen general lt col colonel maj major capt captain brig brigadier admiral president prasident"
    " hon eng engineer dott ing herr frau monsieur madame don dona senor sayyed llc ltd inc gmbh".split()
)
#: Parts of personal names that are written or not.
_PARTICLES = frozenset(
    "al el ul ur as ar ad az bin ben ibn bint binti abu de da di do dos das du la le les van von der den ter ten zu e y i o"
    " st mac mc dit a na".split()
)
_PARTICLE_WEIGHT = 0.12
_INITIAL_WEIGHT = 0.4
_PERSONS = frozenset({"Person"})
_VESSELS = frozenset({"Vessel", "Airplane", "Vehicle"})


def kind_of(schema: str) -> str:
    """Return which naming rules entities of a FollowTheMoney schema follow."""
    return PERSON if schema in _PERSONS else VESSEL if schema in _VESSELS else ORGANISATION


def analyse(name: str, *, schema: str = "LegalEntity") -> Name:
    """Take a name apart by the rules of its schema. Never fails; what cannot be compared gives an empty name.

    >>> [token.id for token in analyse('ООО "Воткинский завод № 7"').tokens]
    ['votkin', '#plant', '7']
    """
    return _analyse(name, kind_of(schema))


@lru_cache(maxsize=131072)
def _analyse(text: str, kind: str) -> Name:
    truncated = len(text) > NAME_CHARACTERS_MAX
    plain = normal(text[:NAME_CHARACTERS_MAX])
    if len(plain) > NAME_CHARACTERS_MAX * 2:
        plain, truncated = plain[: NAME_CHARACTERS_MAX * 2], True
    tokens: list[Token] = []
    forms: set[str] = set()
    form_words: list[str] = []
    initials: list[str] = []
    at = 0
    for run in RUN.finditer(plain):
        _read_latin(plain[at : run.start()], kind, (tokens, forms, form_words, initials))
        _read_ideographs(run[0], kind, (tokens, forms, form_words))
        at = run.end()
    _read_latin(plain[at:], kind, (tokens, forms, form_words, initials))
    if not tokens and form_words:
        tokens = [_form_token(word) for word in form_words]
    if len(tokens) > NAME_WORDS_MAX:
        tokens, truncated = tokens[:NAME_WORDS_MAX], True
    kept = tuple({token.id: token for token in tokens}.values())
    return Name(
        text=text[:NAME_CHARACTERS_MAX],
        kind=kind,
        key=" ".join(sorted(token.id if not token.ideographs else token.ideographs for token in kept)),
        tokens=kept,
        ids=frozenset(token.id for token in kept),
        weight=sum(token.weight for token in kept),
        numbers=frozenset(token.id for token in kept if token.kind == NUMBER),
        forms=frozenset(forms - {"company"}),
        form_text=" ".join(form_words),
        initials="".join(initials)[:NAME_WORDS_MAX],
        ideographs="".join(token.ideographs for token in kept),
        truncated=truncated,
    )


_Found = tuple[list[Token], set[str], list[str], list[str]]


def _read_latin(text: str, kind: str, found: _Found) -> None:
    """Add the words of a text in an alphabet to what was found."""
    if not text.strip():
        return
    tokens, forms, form_words, initials = found
    if _SIGN.search(text):
        text = _SIGN.sub(lambda match: _SIGNS[match[0]], text)
    plain = latin(_POSSESSIVE.sub("", text))
    if kind == PERSON:
        tokens.extend(_person_tokens(plain))
        return
    plain = _COUNTRY_PHRASES.sub(lambda match: _PHRASE_WORDS.get(match[0], match[0].replace(" ", "")), plain)
    words = words_of(plain)[: NAME_WORDS_MAX * 2]
    at = 0
    spans = find_forms(words) if kind == ORGANISATION else []
    for first, after, form in [*spans, (len(words), len(words), "")]:
        tokens.extend(_tokens(words[at:first], last=after == len(words), first=at == 0))
        initials.extend(word[0] for word in words[at:after] if word not in STOP_WORDS)
        form_words.extend(words[first:after])
        if form:
            forms.add(form)
        at = after


def _tokens(words: list[str], *, last: bool, first: bool) -> list[Token]:
    """Return the tokens of words between legal forms; `last` when only a legal form follows, `first` when none leads."""
    tokens: list[Token] = []
    at = 0
    while at < len(words):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        number, read = number_in_words(word, following)
        if not number and (not first or at > 0) and (len(word) > 1 or (last and not following)):
            number, read = roman(word), 1
        if number:
            tokens.append(Token(number, word, number, _NUMBER_WEIGHT, NUMBER, True))
            at += read
            continue
        at += 1
        if word in STOP_WORDS and len(words) > 1:
            continue
        if word.isalpha():
            tokens.append(_word(word))
        else:
            tokens.extend(_mixed(word))
    return tokens


def _mixed(word: str) -> list[Token]:
    """Return the tokens of a word of letters and digits: `ahl1` is `ahl` and `1`."""
    parts = _LETTERS_AND_DIGITS.findall(word)
    if len(parts) == 2 and parts[0].isdigit() and number_in_words(parts[0], parts[1])[1] == 2:
        parts = parts[:1]
    return [
        Token(part.lstrip("0") or "0", part, part, _NUMBER_WEIGHT, NUMBER, True) if part.isdigit() else _word(part)
        for part in parts
    ]


@lru_cache(maxsize=65536)
def _word(word: str) -> Token:
    concept = concept_of(word)
    bones = skeleton(word)
    identity = concept or place_root(bones)
    weight, known = weight_of(identity)
    kind = PLACE if identity.startswith("@") else 0
    return Token(identity, word, bones if concept else identity, weight, kind, known, consonants(bones))


def _form_token(word: str) -> Token:
    return Token(word, word, word, _FORM_WEIGHT, 0, True)


def _person_tokens(plain: str) -> list[Token]:
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word][:NAME_WORDS_MAX]
    named = [word for word in words if word not in _TITLES] or words
    return [_person_word(word) for word in named]


@lru_cache(maxsize=65536)
def _person_word(word: str) -> Token:
    bones = skeleton(word)
    if len(word) == 1:
        return Token(word, word, word, _INITIAL_WEIGHT, INITIAL, False)
    if word in _PARTICLES:
        return Token("al" if word in ("el", "ul", "ur", "as", "ar", "ad", "az") else bones, word, bones, _PARTICLE_WEIGHT, 0, True)
    weight, known = weight_of(bones, person=True)
    return Token(bones, word, bones, weight, 0, known, consonants(bones))


def _read_ideographs(run: str, kind: str, found: tuple[list[Token], set[str], list[str]]) -> None:
    """Add the words of a run of Han, kana or Hangul to what was found."""
    tokens, forms, form_words = found
    if kind == PERSON:
        tokens.append(_ideograph_word(run, person=True))
        return
    for piece in cut(run):
        if piece.what == "form" and kind == ORGANISATION:
            forms.add(piece.meaning)
            form_words.append(piece.text)
        elif piece.what == "number":
            tokens.append(Token(piece.meaning, piece.text, piece.meaning, _NUMBER_WEIGHT, NUMBER, True))
        elif piece.what == "concept":
            weight, known = weight_of(piece.meaning)
            tokens.append(Token(piece.meaning, piece.text, piece.meaning, weight, 0, known))
        elif piece.what == "place":
            tokens.append(_word(piece.meaning))
        else:
            tokens.append(_ideograph_word(piece.text, person=False))


def _ideograph_word(text: str, *, person: bool) -> Token:
    bones = "".join(skeleton(part) for part in latin(text).split())
    weight, known = weight_of(bones, person=person)
    return Token(bones, text, bones, weight, 0, known, consonants(bones), text if is_han(text) or person else "")
