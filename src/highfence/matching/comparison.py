# SPDX-License-Identifier: Apache-2.0
"""Comparison: how much two names say the same party. The fast part: microseconds, no allocation beyond a few lists.

Words are matched once: equal ones, then misspelt ones, then words written together or apart, then initials. What is
left unmatched on both sides contradicts, what is left on one side weakens. The score is symmetric.
"""

from __future__ import annotations

import msgspec
from rapidfuzz.distance import OSA

from highfence.matching.names import INITIAL, NUMBER, PERSON, Name, Token
from highfence.matching.scorers import NameWeights, scorer

_distance = OSA.distance
#: Typing errors allowed by the length of the shorter word: short ones must be right.
_ERRORS = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2)
_LENGTH_MAX = len(_ERRORS) - 1
#: Pairs of unmatched words that are compared letter by letter at most: bounds the time two long names take.
_FUZZY_WORDS_MAX = 14
_CONSONANTS_MIN = 3


class NameScore(msgspec.Struct, frozen=True):
    """The score (0..1) and what brought it about: `equal`, `words`, `joined`, `acronym`, `numbers`, `nothing`, `cut`."""

    value: float
    reason: str


_EQUAL = NameScore(1.0, "equal")
_NOTHING = NameScore(0.0, "nothing")


def compare(left: Name, right: Name, weights: NameWeights | None = None) -> NameScore:
    """Score two names that were taken apart. Symmetric; equal names that can be compared score 1.

    >>> from highfence.matching.analysis import analyse
    >>> compare(analyse("Gazprom JSC"), analyse("ОАО Газпром")).value > 0.9
    True
    """
    if not left.tokens or not right.tokens:
        return _NOTHING
    if left.key == right.key and left.forms == right.forms:
        return _EQUAL
    if left.key > right.key or (left.key == right.key and left.text > right.text):
        left, right = right, left
    kind = PERSON if left.kind == right.kind == PERSON else left.kind if left.kind != PERSON else right.kind
    if weights is None:
        weights = scorer().for_kind(kind)
    return _compare(left, right, weights)


def _compare(left: Name, right: Name, weights: NameWeights) -> NameScore:
    shared = left.ids & right.ids
    matched = 0.0
    words = 0
    rest_left: list[Token] = []
    homophones = bool(left.ideographs) and bool(right.ideographs)
    others = {token.id: token for token in right.tokens if token.ideographs} if homophones else {}
    for token in left.tokens:
        if token.id not in shared:
            rest_left.append(token)
            continue
        words += token.kind != NUMBER
        other = others.get(token.id)
        same = other is None or not token.ideographs or other.ideographs == token.ideographs
        matched += token.weight if same else token.weight * weights.homophone
    rest_right = [token for token in right.tokens if token.id not in shared]
    reason = "words"
    if rest_left and rest_right:
        gained, pairs = _misspelt(rest_left, rest_right, weights)
        matched += gained
        words += pairs
        if rest_left and rest_right:
            gained, how = _joined(rest_left, rest_right, weights)
            if not gained:
                gained, how = _initials(left, right, (rest_left, rest_right), weights)
            if gained:
                matched += gained
                words += 1
                reason = how
    if (rest_left or rest_right) and not (left.forms and right.forms) and _glued(left, right):
        return NameScore(weights.joined, "joined")
    if not matched:
        return _alone(left, right, weights)
    value = _weigh(matched, rest_left, rest_right, weights)
    if words < 2 and (rest_left or rest_right):
        value *= weights.single_word
    return _with_forms(value, reason, left, right, weights)


def _weigh(matched: float, rest_left: list[Token], rest_right: list[Token], weights: NameWeights) -> float:
    """Return the share of what matched in all that was said, contradictions weighed more than omissions."""
    only_left = only_right = numbers = 0.0
    numbers_left = numbers_right = False
    for token in rest_left:
        if token.kind == NUMBER:
            numbers_left = True
        else:
            only_left += token.weight
    for token in rest_right:
        if token.kind == NUMBER:
            numbers_right = True
        else:
            only_right += token.weight
    factor = weights.number_conflict if numbers_left and numbers_right else 1.0
    if numbers_left != numbers_right:
        numbers = weights.extra_number
    if only_left > only_right:
        only_left, only_right = only_right, only_left
    against = weights.conflict * only_left + weights.extra * (only_right - only_left + 0.5 * numbers)
    return factor * matched / (matched + against)


def _with_forms(value: float, reason: str, left: Name, right: Name, weights: NameWeights) -> NameScore:
    forms = left.forms & right.forms
    if left.forms and right.forms and not forms:
        near = left.forms <= _COMPANIES and right.forms <= _COMPANIES
        value *= weights.form_conflict if near else weights.kind_conflict
    return NameScore(value, reason)


_COMPANIES = frozenset({"limited", "stock", "state", "branch", "company"})


def _misspelt(rest_left: list[Token], rest_right: list[Token], weights: NameWeights) -> tuple[float, int]:
    """Match words that differ by typing errors or spelling, best first; they are taken out of both lists."""
    found: list[tuple[float, int, int]] = []
    for at, token in enumerate(rest_left[:_FUZZY_WORDS_MAX]):
        if token.kind == NUMBER:
            continue
        for other_at, other in enumerate(rest_right[:_FUZZY_WORDS_MAX]):
            if other.kind != NUMBER and (value := alike(token, other, weights)):
                found.append((-value, at, other_at))
    if not found:
        return 0.0, 0
    found.sort()
    gained = 0.0
    lefts: set[int] = set()
    rights: set[int] = set()
    for value, at, other_at in found:
        if at in lefts or other_at in rights:
            continue
        lefts.add(at)
        rights.add(other_at)
        gained -= value * min(rest_left[at].weight, rest_right[other_at].weight)
    rest_left[:] = [token for at, token in enumerate(rest_left) if at not in lefts]
    rest_right[:] = [token for at, token in enumerate(rest_right) if at not in rights]
    return gained, len(lefts)


def alike(token: Token, other: Token, weights: NameWeights) -> float:
    """Return how much two different words may be one word (0..1)."""
    word, second = token.skeleton, other.skeleton
    shorter = len(word) if len(word) < len(second) else len(second)
    if token.ideographs and other.ideographs:
        return _alike_ideographs(token.ideographs, other.ideographs, weights)
    if token.kind == INITIAL or other.kind == INITIAL:
        return weights.initial if word[:1] == second[:1] and token.kind != other.kind else 0.0
    allowed = _ERRORS[shorter if shorter < _LENGTH_MAX else _LENGTH_MAX]
    if allowed and -allowed <= len(word) - len(second) <= allowed:
        errors = _distance(word, second, score_cutoff=allowed)
        if errors <= allowed and not (token.known and other.known):
            return weights.typo if errors == 1 else weights.typo - 0.05 * errors
    bones = token.consonants
    if len(bones) >= _CONSONANTS_MIN and bones == other.consonants and not (token.known and other.known):
        return weights.sound
    return 0.0


def _alike_ideographs(word: str, second: str, weights: NameWeights) -> float:
    shorter = min(len(word), len(second))
    if shorter >= 4 and _distance(word, second, score_cutoff=1) <= 1:
        return weights.typo
    return 0.0


def _joined(rest_left: list[Token], rest_right: list[Token], weights: NameWeights) -> tuple[float, str]:
    """Match words written together on one side and apart on the other."""
    if len(rest_left) == len(rest_right) == 1:
        return 0.0, ""
    whole = "".join(token.skeleton for token in rest_left)
    other = "".join(token.skeleton for token in rest_right)
    length = min(len(whole), len(other))
    if length < 5 or abs(len(whole) - len(other)) > 2:
        return 0.0, ""
    errors = _distance(whole, other, score_cutoff=1)
    if errors > (1 if length > 7 else 0):
        return 0.0, ""
    gained = min(sum(token.weight for token in rest_left), sum(token.weight for token in rest_right))
    gained = max(gained, min(1.0, length / 8))
    rest_left.clear()
    rest_right.clear()
    return gained * (weights.joined if not errors else weights.typo), "joined"


def _initials(
    left: Name, right: Name, rests: tuple[list[Token], list[Token]], weights: NameWeights
) -> tuple[float, str]:
    """Match a short word with the initials of consecutive unmatched words of the other side."""
    for short, long in (rests, rests[::-1]):
        if len(long) < 2:
            continue
        letters = "".join(token.text[0] for token in long)
        for at, token in enumerate(short):
            length = len(token.text)
            if 2 <= length <= 6 and token.kind != NUMBER and (where := letters.find(token.text)) >= 0:
                gained = min(1.0, sum(one.weight for one in long[where : where + length])) * weights.acronym
                del short[at], long[where : where + length]
                return gained, "acronym"
    return 0.0, ""


def _glued(left: Name, right: Name) -> bool:
    """Tell whether one name is the other with its legal form written onto it."""
    for bare, formed in ((left, right), (right, left)):
        if formed.form_text and not bare.form_text:
            one = "".join(token.text for token in bare.tokens)
            if one == "".join(token.text for token in formed.tokens) + formed.form_text.replace(" ", ""):
                return True
    return False


def _alone(left: Name, right: Name, weights: NameWeights) -> NameScore:
    """Compare a name that is one word with the initials of the other's words."""
    for short, long in ((left, right), (right, left)):
        if len(short.tokens) == 1 and len(long.tokens) > 2:
            word = short.tokens[0].text
            if len(word) >= 4 and word in (long.initials, "".join(token.text[0] for token in long.tokens)):
                return NameScore(weights.acronym_alone, "acronym")
    return _NOTHING
