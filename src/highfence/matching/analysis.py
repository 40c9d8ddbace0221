# SPDX-License-Identifier: Apache-2.0
"""Analysis: take a name apart, once.

Bounded: what is longer than `NAME_CHARACTERS_MAX` is cut before anything else looks at it, and the name says so.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from highfence.matching.abjad import WORD, in_words
from highfence.matching.ideographs import RUN, cut
from highfence.matching.legal_forms import find_forms, words_of
from highfence.matching.names import (
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
from highfence.matching.persons import read_person
from highfence.matching.transliteration import latin, normal
from highfence.matching.transliteration import read_tables as transliteration_tables
from highfence.matching.vocabulary import join_phrases, words
from highfence.matching.words import form_token, ideograph_token, number_token, tokens_of, word_token

_SIGNS = {"&": " and ", "+": " and ", "%": " percent ", "@": " at ", "№": " no "}
_SIGN = re.compile("[&+%@№]")
_POSSESSIVE = re.compile(r"['’‘`´]s\b")
#: A name proper in quotation marks, as Russian and Ukrainian names have it.
_QUOTED = re.compile(r"(?:^|(?<=[\s(]))[«“„\"‘'](?=\S)(.{2,})(?<=\S)[»”\"’'](?=$|[\s).,])")
#: What the two patterns around this one begin with; most names have neither.
_ENCLOSED = re.compile(r"""[«“„"‘'(（\[]""")
_BRACKETED = re.compile(r"^(.{6,}?)\s*[(（\[]([^()（）\[\]]{2,})[)）\]]?\s*$")
#: A word that says this much may be a firm's own name.
_OWN_NAME_WEIGHT = 0.6
#: Between the parts of a foreign name in kana.
_KANA = re.compile("[\u3040-\u30ff]|$")
#: A name of a person in Hangul: a syllable for the family, one or two for the given name.
_HANGUL = re.compile("[\uac00-\ud7af]{2,4}")
_MIDDLE_DOTS = re.compile("[・゠=]+")
_SPLIT = re.compile(f"({WORD.pattern})")
_CODE = re.compile(r"[0-9]+[-/][A-Za-z]{0,4}[0-9]+")
_DIGITS = re.compile("[0-9]+")
_NONE: frozenset[str] = frozenset()
#: The class of forms that says nothing: Company, Co.
_COMPANY = frozenset({"company"})
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


@cache
def read_tables() -> None:
    """Read all tables of words and scripts, once: else the first names of each kind wait for them."""
    transliteration_tables()
    for kind in (ORGANISATION, PERSON, VESSEL):
        _analyse("Example Works 工厂 公司 Ltd", kind)


@lru_cache(maxsize=16384)
def _analyse(text: str, kind: str) -> Name:
    if kind == PERSON and text.isascii() and text.isprintable() and len(text) <= NAME_CHARACTERS_MAX:
        return _person(text)
    truncated = len(text) > NAME_CHARACTERS_MAX
    if truncated:
        text = text[:NAME_CHARACTERS_MAX]
    plain = normal(text)
    if len(plain) > NAME_CHARACTERS_MAX * 2:
        plain, truncated = plain[: NAME_CHARACTERS_MAX * 2], True
    found = _read(plain, kind)
    tokens = found.tokens
    if len(tokens) > NAME_WORDS_MAX:
        tokens, truncated = tokens[:NAME_WORDS_MAX], True
    if not tokens:
        tokens = [form_token(word) for word in found.form_words[:NAME_WORDS_MAX]]
    ids = frozenset([token.id for token in tokens])
    squeezed = "".join([token.text for token in tokens])
    if len(ids) < len(tokens):
        tokens = _once(tokens)
    plainly = plain.isascii()
    numbers = [token.id for token in tokens if token.kind == NUMBER]
    return Name(
        text=text,
        kind=kind,
        key=" ".join(sorted(ids if plainly else [token.ideographs or token.id for token in tokens])),
        tokens=tuple(tokens),
        ids=ids,
        weight=sum([token.weight for token in tokens]),
        numbers=frozenset(numbers) if numbers else _NONE,
        codes=_codes(plain) if numbers else _NONE,
        forms=frozenset(found.forms - _COMPANY) if found.forms else _NONE,
        form_text=" ".join(found.form_words),
        initials=found.initials[:NAME_WORDS_MAX],
        squeezed=squeezed,
        whole=found.whole,
        ideographs="" if plainly else "".join([token.ideographs for token in tokens]),
        lineage=found.lineage,
        seat=found.seat,
        faint=found.faint,
        truncated=truncated,
    )


def _person(text: str) -> Name:
    """Take apart a person's name in plain Latin letters: the short way for most of them."""
    parts = read_person(latin(_without_possessive(text)))
    tokens = parts.tokens
    truncated = len(tokens) > NAME_WORDS_MAX
    if truncated:
        tokens = tokens[:NAME_WORDS_MAX]
    ids = [token.id for token in tokens]
    distinct = frozenset(ids)
    squeezed = "".join([token.text for token in tokens])
    if len(distinct) < len(ids):
        tokens = _once(tokens)
    return Name(
        text=text,
        kind=PERSON,
        key=" ".join(sorted(distinct)),
        tokens=tuple(tokens),
        ids=distinct,
        weight=sum([token.weight for token in tokens]),
        squeezed=squeezed,
        whole=squeezed,
        lineage=parts.lineage,
        truncated=truncated,
    )


def _once(tokens: list[Token]) -> list[Token]:
    """Return tokens, each id once."""
    return list({token.id: token for token in reversed(tokens)}.values())[::-1]


def _codes(plain: str) -> frozenset[str]:
    """Return the numbers that are parts of one code: 2004-1, 2007-AHL2."""
    if "-" not in plain and "/" not in plain:
        return frozenset()
    found = (number for code in _CODE.findall(plain) for number in _DIGITS.findall(code))
    return frozenset(number.lstrip("0") or "0" for number in found)


class _Found(msgspec.Struct):
    """What was found in a name so far."""

    tokens: list[Token]
    forms: set[str]
    form_words: list[str]
    initials: str = ""
    whole: str = ""
    lineage: tuple[str, ...] = ()
    seat: str = ""
    faint: bool = False

    def add(self, other: _Found) -> None:
        self.tokens += other.tokens
        self.forms |= other.forms
        self.form_words += other.form_words
        self.initials += other.initials
        self.whole += other.whole


def _read(plain: str, kind: str) -> _Found:
    """Read a whole name: without a bracket that repeats it, and with what is not its own name faint."""
    if kind != ORGANISATION or not _ENCLOSED.search(plain):
        return _read_part(plain, kind)
    bracketed = _BRACKETED.match(plain)
    if bracketed:
        outer, inner = _read_part(bracketed[1], kind), _read_part(bracketed[2], kind)
        if _repeats(outer, inner, bracketed[2]):
            return outer
    quoted = _QUOTED.search(plain)
    if quoted:
        inside = _read_part(quoted[1], kind)
        if any(token.weight >= _OWN_NAME_WEIGHT for token in inside.tokens):
            whole = _read_part(plain[: quoted.start()], kind)
            behind = _read_part(plain[quoted.end() :], kind)
            around = [*whole.tokens, *behind.tokens]
            whole.tokens = [word_token(one.text, faint=True) if one.kind != NUMBER else one for one in whole.tokens]
            behind.tokens = [word_token(one.text, faint=True) if one.kind != NUMBER else one for one in behind.tokens]
            whole.add(inside)
            whole.add(behind)
            whole.faint = bool(around)
            return whole
    return _read_part(plain, kind)


def _repeats(outer: _Found, inner: _Found, text: str) -> bool:
    """Tell whether a bracket at the end only abbreviates the name before it or gives it again with its legal form."""
    if not outer.tokens or not any(token.weight >= _OWN_NAME_WEIGHT for token in outer.tokens):
        return False
    letters = "".join(token.text[0] for token in outer.tokens)
    squeezed = "".join(char for char in latin(text) if char.isalnum())
    if len(squeezed) >= 2 and squeezed in (letters, outer.initials):
        return True
    return bool(inner.forms) or text.lower().startswith(("f.k.a", "a.k.a", "formerly", "fka", "aka"))


def _read_part(text: str, kind: str) -> _Found:
    found = _Found([], set(), [])
    if text.isascii():
        _read_latin(text, kind, found)
        return found
    at = 0
    for run in RUN.finditer(text):
        _read_latin(text[at : run.start()], kind, found)
        _read_ideographs(run[0], kind, found)
        at = run.end()
    _read_latin(text[at:], kind, found)
    return found


def _read_latin(text: str, kind: str, found: _Found) -> None:
    """Add the words of a text in an alphabet to what was found."""
    if kind == PERSON:
        _read_person(text, found)
        return
    if _SIGN.search(text):
        text = _SIGN.sub(lambda match: _SIGNS[match[0]], text)
    text = _without_possessive(text)
    split = join_phrases(words_of(latin(text)))[: NAME_WORDS_MAX * 2]
    if not split:
        return
    found.whole += "".join(split)
    at, count = 0, len(split)
    spans = find_forms(split) if kind == ORGANISATION else []
    for first, after, form in spans:
        if first > at:
            found.tokens += tokens_of(split[at:first], last=after == count, first=at == 0)
        found.form_words += split[first:after]
        found.forms.add(form)
        at = after
    if at < count:
        found.tokens += tokens_of(split[at:], last=True, first=at == 0)
    elif len(found.tokens) > 1 and found.tokens[-1].kind == PLACE:
        found.seat = found.tokens[-1].id
    stop = words().stop
    found.initials += "".join([word[0] for word in split if word not in stop])


def _without_possessive(text: str) -> str:
    return text if text.isascii() and "'" not in text and "`" not in text else _POSSESSIVE.sub("", text)


def _read_person(text: str, found: _Found) -> None:
    """Add the parts of a person's name in alphabets to what was found."""
    if text.isascii() or not WORD.search(text):
        plain = latin(_without_possessive(text))
    else:
        plain = "".join(latin(part) if WORD.match(part) is None else part for part in _SPLIT.split(in_words(text)))
    parts = read_person(plain)
    found.tokens += parts.tokens
    found.lineage = found.lineage or parts.lineage
    found.whole += "".join([token.text for token in parts.tokens])


def _read_ideographs(run: str, kind: str, found: _Found) -> None:
    """Add the words of a run of Han, kana or Hangul to what was found."""
    found.whole += run
    if kind == PERSON:
        for part in _MIDDLE_DOTS.split(run):
            if _HANGUL.fullmatch(part):
                found.tokens += _syllables(part)
            elif _KANA.match(part):
                found.tokens += read_person(latin(part)).tokens
            else:
                found.tokens.append(ideograph_token(part, person=True))
        return
    for piece in cut(run):
        if piece.what == "form" and kind == ORGANISATION:
            found.forms.add(piece.meaning)
            found.form_words.append(piece.text)
        elif piece.what == "number":
            found.tokens.append(number_token(piece.meaning, piece.text))
        elif piece.what == "concept":
            found.tokens.append(ideograph_token(piece.text, person=False, concept=piece.meaning))
        elif piece.what == "place":
            found.tokens.append(word_token(piece.meaning))
        else:
            found.tokens.append(ideograph_token(piece.text, person=False))


def _syllables(part: str) -> list[Token]:
    """Return the tokens of a person's name in Hangul, each with the syllable it was written as."""
    tokens = read_person(" ".join(latin(syllable) for syllable in part)).tokens
    if len(tokens) != len(part):
        return tokens
    return [msgspec.structs.replace(token, ideographs=syllable) for token, syllable in zip(tokens, part, strict=True)]
