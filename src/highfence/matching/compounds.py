# SPDX-License-Identifier: Apache-2.0
"""Compounds: words written together or apart, and initials or syllables that stand for a long name."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from highfence.matching.names import NUMBER, PLACE, Name, Token

_distance = OSA.distance
_RUN_WORDS_MAX = 4
_JOINED_LETTERS_MIN = 5
#: From this length on a word written together may have one typing error besides.
_JOINED_LETTERS_LONG = 8
_INITIALS_MAX = 7
#: Initials alone, with no other word in common, must be this many: three letters stand for too much.
_INITIALS_ALONE_MIN = 4
#: What may be missing from an abbreviation that stands for the whole name, beside places and legal forms.
LEFT_OUT = frozenset({"#group", "#company", "#corporation", "#general", "#national", "#state", "#association"})
_WORDS_MAX = 9


def match_joined(left: list[Token], right: list[Token]) -> float:
    """Match words that are written as one on the other side; they are taken out. Return the weight gained.

    Looks at runs of neighbours among the unmatched words, then at compounds of two known words.
    """
    gained = _all_of(left, right)
    for whole, apart in ((left, right), (right, left)):
        at = 0
        while at < len(whole) and apart:
            weight = _run(whole[at], apart) if len(apart) > 1 else 0.0
            weight = weight or (_parts(whole[at], apart) if whole[at].parts else 0.0)
            if weight:
                gained += weight
                del whole[at]
            else:
                at += 1
    return gained


def _all_of(left: list[Token], right: list[Token]) -> float:
    """Match all that is left on both sides, written together, with one error if it is long."""
    if len(left) + len(right) > 2 * _RUN_WORDS_MAX or len(left) == len(right) == 1:
        return 0.0
    whole = "".join([token.skeleton for token in left])
    other = "".join([token.skeleton for token in right])
    if not -1 <= len(whole) - len(other) <= 1:
        return 0.0
    length = min(len(whole), len(other))
    allowed = 1 if length >= _JOINED_LETTERS_LONG else 0
    if length < _JOINED_LETTERS_MIN or _distance(whole, other, score_cutoff=allowed) > allowed:
        return 0.0
    weight = max(sum(token.weight for token in left), sum(token.weight for token in right))
    left.clear()
    right.clear()
    return weight


def _run(word: Token, apart: list[Token]) -> float:
    """Match one word with the neighbours that make it up."""
    target = word.skeleton
    length = len(target)
    if length < _JOINED_LETTERS_MIN or word.kind == NUMBER:
        return 0.0
    first = target[:1]
    for begin in range(len(apart) - 1):
        joined = apart[begin].skeleton
        if joined[:1] != first:
            continue
        for end in range(begin + 1, min(begin + _RUN_WORDS_MAX, len(apart))):
            joined += apart[end].skeleton
            if len(joined) > length + 1:
                break
            if joined == target or (
                length >= _JOINED_LETTERS_LONG and len(joined) >= length - 1 and _distance(joined, target) <= 1
            ):
                weight = max(word.weight, sum(token.weight for token in apart[begin : end + 1]))
                del apart[begin : end + 1]
                return weight
    return 0.0


def _parts(word: Token, apart: list[Token]) -> float:
    """Match a compound with the two concepts it is made of."""
    places = [next((at for at, token in enumerate(apart) if token.id == part), -1) for part in word.parts]
    if -1 in places or places[0] == places[1]:
        return 0.0
    weight = sum(apart[at].weight for at in places)
    for at in sorted(places, reverse=True):
        del apart[at]
    return weight


def match_initials(short: list[Token], long: list[Token], name: Name, *, least: int) -> tuple[float, int]:
    """Match a short word with the initials of consecutive unmatched words of `name`.

    Initials shorter than `least` are not looked at. Returns the weight gained and how many letters matched.
    """
    if len(long) < 2:
        return 0.0, 0
    letters = forms = ""
    for at, token in enumerate(short):
        text = token.text
        if not least <= len(text) <= _INITIALS_MAX or token.kind == NUMBER:
            continue
        if not letters:
            letters = "".join([one.text[0] for one in long])
            forms = "".join([word[0] for word in name.form_text.split()])
        where = letters.find(text)
        count = len(text)
        if (
            where < 0
            and forms
            and text.startswith(letters)
            and text[len(letters) :] == forms[: len(text) - len(letters)]
        ):
            where, count = 0, len(letters)
        if where >= 0:
            gained = sum(one.weight for one in long[where : where + count])
            del short[at], long[where : where + count]
            return max(gained, token.weight), len(text)
    return 0.0, 0


def standing_for(short: Name, long: Name) -> bool:
    """Tell whether a name of one word is the initials or syllables of another of several words.

    >>> from highfence.matching.analysis import analyse
    >>> standing_for(analyse("NORINCO"), analyse("China North Industries Corporation"))
    True
    """
    if len(short.tokens) != 1 or not 2 <= len(long.tokens) <= _WORDS_MAX:
        return False
    word = short.tokens[0].text
    if len(word) < _INITIALS_ALONE_MIN or not word.isascii():
        return False
    if word in (long.initials, "".join(token.text[0] for token in long.tokens)):
        return True
    return _syllables(word, long)


def _syllables(word: str, long: Name) -> bool:
    """Tell whether a word is made of the beginnings of a name's words in order, but for places and words like group."""
    parts = [(token.text, token.kind != PLACE and token.id not in LEFT_OUT) for token in long.tokens]
    parts += [(text, False) for text in long.form_text.split()]
    reached = {(0, 0)}  # letters read, words used
    for text, telling in parts[:_WORDS_MAX]:
        further = set() if telling else set(reached)
        for letters, used in reached:
            longest = 0
            while longest < len(text) and letters + longest < len(word) and text[longest] == word[letters + longest]:
                longest += 1
                further.add((letters + longest, used + 1))
        reached = further
    # Two words must give two letters each or so: "ab" of "alpha beta" says nothing, "norinco" of three words does.
    return any(letters == len(word) and (used >= 3 or letters >= 3 * used > 3) for letters, used in reached)
