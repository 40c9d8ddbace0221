# SPDX-License-Identifier: Apache-2.0
"""Blocking: the keys by which two parties come to be compared at all when whole lists are resolved.

A high score leaves little of a name unmatched. So of the name with less left over the heaviest words, up to a share of
its whole weight, hold at least one that is matched by some word of the other name. By these *tight* words it asks for
others, and by all its words it can be found. Two parties are compared if one asks for what the other offers, either way
round: that is symmetric, and a name's keys depend on nothing but the name, so that any engine that can join rows
finds the pairs.

A word has a key for each way in which the scorer takes another word for it: the same meaning; letters left out, as many
as typing errors are allowed; equal consonants; one group of given names. Beside those of its words a name has keys for
its initials and the two halves of all its letters. Keys are checksums: a collision costs a comparison, no match.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

import msgspec

from highfence.matching.compounds import LEFT_OUT
from highfence.matching.names import INITIAL, NUMBER, ORGANISATION, PERSON, PLACE, Name, Token
from highfence.matching.scorers import Scorer, scorer

#: Below this the names of two parties say nothing, and keys would bring almost everything together.
LEAST = 0.5
#: What a word may be beside a word that stands in the name.
JOINED, WHOLE, SHORT = "joined", "whole", "short"
#: What is added to the share that follows from the weights: a word that is misspelt may weigh less than it counts.
_SLACK = 0.1
#: Letters of a word of which some are left out; words with few errors agree in these but for as many.
_LETTERS_MOST = 11
#: Words written together: how many of them, and how long they are at least, and to have an error besides.
_RUN_WORDS_MOST = 3
_RUN_LETTERS_LEAST, _RUN_LETTERS_LONG = 5, 7
#: All letters of a name, as the scorer has it: how many for one error, and for two.
_WHOLE_LETTERS_LEAST, _WHOLE_LETTERS_LONG = 8, 20
_INITIALS_LEAST, _INITIALS_MOST = 3, 7
_IDEOGRAPHS_LEAST = 4
_CONSONANTS_LEAST = 3
_SYLLABLE = 4
_WORDS_MOST = 9
_VOWELS = frozenset("aeiouy")


class Word(msgspec.Struct, frozen=True, gc=False):
    """One word as others may be taken for it.

    It looks for words that offer one of the texts in `asks`, and is found by those in `offers`. `spellings` are its
    letters, each with the errors that are allowed in it. `kind` is empty for a word that stands in the name, `JOINED`
    for neighbours written together, `WHOLE` for all letters of the name, `SHORT` for what abbreviates it.
    """

    asks: tuple[str, ...]
    offers: tuple[str, ...]
    spellings: tuple[tuple[str, int], ...] = ()
    kind: str = ""


class Words(msgspec.Struct, frozen=True, gc=False):
    """The words of a name, the heaviest first; the first `tight` of them ask for others, and all that have a kind."""

    words: tuple[Word, ...]
    tight: int


class Keys(msgspec.Struct, frozen=True, gc=False):
    """The keys of a name: it is compared with those of whose `offered` keys it has `asked` for one."""

    asked: frozenset[int]
    offered: frozenset[int]


def keys_of(name: Name, *, least: float) -> Keys:
    """Return the keys of a name, for pairs that score `least` or more.

    >>> from highfence.matching.analysis import analyse
    >>> one, other = (keys_of(analyse(text), least=0.7) for text in ("Kalvaro Optical Works", "OOO Kalvarro Optik"))
    >>> one.asked.isdisjoint(other.offered)
    False
    """
    asked: set[int] = set()
    offered: set[int] = set()
    found = words_of(name, least=least)
    for at, word in enumerate(found.words):
        letters = letter_keys(word)
        offered.update(map(checksum, word.offers), letters)
        if at < found.tight or word.kind:
            asked.update(map(checksum, word.asks), letters)
    return Keys(frozenset(asked), frozenset(offered))


def name_least(least: float, by: Scorer | None = None) -> float:
    """Return the score that names must have so that all else about two parties can raise it to `least`."""
    features = (by or scorer()).features
    missing = 1.0 - least + 0.0001  # scores are rounded to four places
    for raised in ("country_equal", "address_equal", "date_equal", "weak_identifier_equal"):
        missing /= 1.0 - getattr(features, raised)
    return max(0.0, 1.0 - missing)


def words_of(name: Name, *, least: float) -> Words:
    """Return the words of a name by which others are found, for pairs that score `least` or more."""
    person = name.kind == PERSON
    tokens = sorted(name.tokens, key=lambda token: (token.kind in (NUMBER, INITIAL), -token.weight, token.id))
    tight = _reaching(tokens, name, least=least)
    place = {token.id: at for at, token in enumerate(tokens)}
    ranked = [(place[token.id], word_of(token, person=person)) for token in tokens]
    ranked += [(0, word) for word in _whole(name)]
    ranked += [(place[token.id], word) for token, word in _short(name)]
    ranked += [(min(place[token.id] for token in run), _joined(joined)) for run, joined in _runs(name)]
    ranked.sort(key=lambda pair: pair[0])
    words: dict[Word, int] = {}
    for at, word in ranked:
        words.setdefault(word, at)
    ranks = list(words.values())
    return Words(tuple(words), sum(at < tight for at in ranks))


@lru_cache(maxsize=1 << 17)
def word_of(token: Token, *, person: bool) -> Word:
    """Return a word of a name as others may be taken for it."""
    exact = [f"={token.id}"]
    if token.kind in (NUMBER, INITIAL):
        return Word(tuple(exact), tuple(exact))
    exact += [f"={part}" for part in token.parts]
    exact += [f"g{group}" for group in sorted(token.given)]
    ends = "v" if token.text[-1] in _VOWELS else "c"
    exact += [f"c{token.consonants}{ends}"] if len(token.consonants) >= _CONSONANTS_LEAST else []
    exact += [f"s{token.sounds}{ends}"] if len(token.sounds) >= _CONSONANTS_LEAST else []
    asks, offers = [], []
    if token.sounds:  # written with vowels on one side and without on the other
        asks, offers = [f"a{token.sounds}"], [f"l{token.sounds}"]
        if not token.text.isascii():
            asks, offers = offers, asks
    weights = scorer().for_kind(PERSON if person else ORGANISATION)
    spellings = [(token.skeleton, weights.errors[min(len(token.skeleton), len(weights.errors) - 1)])]
    if token.text != token.skeleton and token.text.isascii():
        spellings.append((token.text, 1))
    if len(token.ideographs) >= _IDEOGRAPHS_LEAST:
        spellings.append((token.ideographs, 1))
    return Word((*exact, *asks), (*exact, *offers), tuple(spellings))


def letter_keys(word: Word) -> tuple[int, ...]:
    """Return the keys of a word that all those share that differ by few errors, and some that differ by more."""
    if len(word.spellings) == 1:
        return spelling_keys(*word.spellings[0], kind=word.kind)
    return tuple(
        dict.fromkeys(
            key for letters, errors in word.spellings for key in spelling_keys(letters, errors, kind=word.kind)
        )
    )


def spelling_keys(letters: str, errors: int, *, kind: str) -> tuple[int, ...]:
    """Return the keys of one spelling: of a whole name its halves, of a word what is left if some letters are out."""
    return _halves(letters) if kind == WHOLE else _left_out(letters, errors)


@lru_cache(maxsize=1 << 17)
def _left_out(letters: str, errors: int) -> tuple[int, ...]:
    """Return the keys of the first letters with up to so many of them left out."""
    layer = {letters[:_LETTERS_MOST]}
    found = set(layer)
    for _ in range(min(errors, len(letters) - 1)):
        layer = {text[:at] + text[at + 1 :] for text in layer for at in range(len(text))}
        found |= layer
    return tuple(map(checksum, sorted(found)))


def _halves(letters: str) -> tuple[int, ...]:
    """Return the keys of the beginning and the end of a long text: one of the two is free of a single error."""
    half = len(letters) // 2
    texts = f"h{letters[:half]}", f"h{letters[: half - 1]}", f"e{letters[-half:]}", f"e{letters[1 - half :]}"
    return tuple(map(checksum, texts))


def checksum(text: str) -> int:
    """Return the key of a text: the same in every process."""
    return crc32(text.encode())


@lru_cache(maxsize=64)
def _tight_share(kind: str, least: float) -> float:
    """Return how much of a name's weight its tight words must exceed.

    At `least` the words left over on the side with less of them weigh at most `over` of what is matched, for they count
    `conflict` times against it; places count less, so more of them may be left.
    """
    weights = scorer().for_kind(kind)
    over = (1.0 / name_least(least) - 1.0) / (weights.conflict * min(1.0, weights.place))
    return min(0.95, over / (1.0 + over) + _SLACK)


def _reaching(tokens: list[Token], name: Name, *, least: float) -> int:
    """Return how many of a name's words, the heaviest first, are tight.

    All of them are where an initial may stand for the heaviest, or none has a weight. The heaviest may also differ by
    more errors than its length allows, where all others agree and say enough.
    """
    telling = [token.weight for token in tokens if token.kind not in (NUMBER, INITIAL)]
    if len(telling) < len(tokens) and any(token.kind == INITIAL for token in tokens):
        return len(tokens)
    wanted = _tight_share(name.kind, least) * sum(telling)
    reached = 0.0
    tight = len(tokens)
    for at, weight in enumerate(telling, start=1):
        reached += weight
        if reached > wanted:
            tight = at
            break
    weights = scorer().for_kind(name.kind)
    said = sum(telling[1:]) > weights.evidence - _SLACK and len(tokens[0].text) >= weights.last_letters
    return max(tight, 2) if said and len(telling) > 1 else tight


def _runs(name: Name) -> Iterator[tuple[tuple[Token, ...], str]]:
    """Yield neighbouring words and how they are written together."""
    tokens = name.tokens
    for begin in range(len(tokens) - 1):
        joined = tokens[begin].skeleton
        for end in range(begin + 1, min(begin + _RUN_WORDS_MOST, len(tokens))):
            joined += tokens[end].skeleton
            if len(joined) >= _RUN_LETTERS_LEAST:
                yield tokens[begin : end + 1], joined


def _joined(letters: str) -> Word:
    return Word((), (), ((letters, 1 if len(letters) >= _RUN_LETTERS_LONG else 0),), JOINED)


def _whole(name: Name) -> Iterator[Word]:
    """Yield what stands for a name as a whole: its words, all its letters, what abbreviates it."""
    same = {f"k{name.key}", f"w{name.squeezed}", f"w{name.whole}"}
    yield Word(tuple(sorted(same)), tuple(sorted(same)), (), SHORT)
    letters = {text for text in (name.whole, name.squeezed) if len(text) >= _WHOLE_LETTERS_LEAST}
    if letters:
        spellings = tuple((text, 2 if len(text) >= _WHOLE_LETTERS_LONG else 1) for text in sorted(letters))
        yield Word((), (), spellings, WHOLE)
    if name.kind != PERSON and len(name.tokens) > 1:
        yield Word((), (*_initials(name), *_beginnings(name)), (), SHORT)


def _short(name: Name) -> Iterator[tuple[Token, Word]]:
    """Yield the words of a name that may be the initials of another, and those that may be made of its syllables."""
    for token in name.tokens if name.kind != PERSON else ():
        if token.kind != NUMBER and token.text.isascii() and _INITIALS_LEAST <= len(token.text) <= _INITIALS_MOST:
            yield token, Word((f"i{token.text}",), (), (), SHORT)
    if len(name.tokens) == 1 and name.kind != PERSON and name.tokens[0].text.isascii():
        yield name.tokens[0], Word((f"y{name.tokens[0].text[:_SYLLABLE]}", f"i{name.tokens[0].text}"), (), (), SHORT)


def _initials(name: Name) -> list[str]:
    """Return the initials of neighbouring words, the last of them with those of the legal form."""
    own = "".join([token.text[:1] for token in name.tokens])
    forms = "".join([word[0] for word in name.form_text.split()])
    sizes = range(_INITIALS_LEAST, _INITIALS_MOST + 1)
    found = {text[at : at + size] for text in (own, name.initials) for size in sizes for at in range(len(text))}
    found |= {own + forms[:more] for more in range(1, len(forms) + 1)}
    found |= {name.initials}
    return [f"i{text}" for text in sorted(found) if len(text) >= _INITIALS_LEAST]


def _beginnings(name: Name) -> list[str]:
    """Return the first letters of what may be made of the beginnings of a name's words, in order; places may lack."""
    words = [(token.text, token.kind != PLACE and token.id not in LEFT_OUT) for token in name.tokens]
    words += [(text, False) for text in name.form_text.split()]
    reached, found = {""}, set()
    for text, telling in words[:_WORDS_MOST]:
        longer = {begun + text[:size] for begun in reached for size in range(1, _SYLLABLE + 1)}
        found |= {one[:_SYLLABLE] for one in longer if len(one) >= _SYLLABLE}
        reached = {one for one in longer if len(one) < _SYLLABLE} | (set() if telling else reached)
    return [f"y{text}" for text in sorted(found)]
