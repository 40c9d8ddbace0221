# SPDX-License-Identifier: Apache-2.0
"""Comparison: how much two names say the same party. The fast part: microseconds, no allocation beyond a few lists.

Words are matched once: equal ones, then misspelt ones, then words written together or apart, then initials. What is
left unmatched on both sides contradicts, what is left on one side weakens. The score is symmetric.
"""

from __future__ import annotations

import msgspec
from rapidfuzz.distance import OSA

from highfence.matching.compounds import match_initials, match_joined, standing_for
from highfence.matching.names import INITIAL, NUMBER, PERSON, PLACE, STRUCTURE, Name, Token
from highfence.matching.scorers import NameWeights, scorer

_distance = OSA.distance
#: Unmatched words of a name that are compared letter by letter: bounds the time two long names take.
_FUZZY_WORDS_MAX = 14
_CONSONANTS_MIN = 3
#: Initials that count at all in names of firms, and that count in full: few stand for too many names.
_INITIALS_LEAST = 3
_INITIALS_TELLING = 4
#: Legal forms that companies change between and lists confuse; a fund or a partnership is something else.
_COMPANIES = frozenset({"limited", "stock", "state", "branch", "company"})


class NameScore(msgspec.Struct, frozen=True):
    """The score (0..1) and what brought it about: `equal`, `words`, `joined`, `acronym` or `nothing`."""

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
    if weights is None:
        weights = scorer().for_kind(left.kind if left.kind != PERSON else right.kind)
    return _compare(left, right, weights)


class _Rests(msgspec.Struct):
    """What is not matched yet on each side, how much of what was said in common is matched, and by how many words."""

    left: list[Token]
    right: list[Token]
    matched: float
    said: float
    words: int
    reason: str = "words"


def _compare(left: Name, right: Name, weights: NameWeights) -> NameScore:
    rests = _shared(left, right, weights)
    if rests.left and rests.right:
        _match_misspelt(rests, weights)
        if rests.left and rests.right:
            _match_compounds(left, right, rests, weights=weights)
    if rests.left or rests.right:
        if left.squeezed == right.squeezed or _glued(left, right):
            return _with_forms(NameScore(weights.joined, "joined"), left, right, weights=weights)
        if not rests.matched:
            value = weights.acronym_alone if standing_for(left, right) or standing_for(right, left) else 0.0
            return NameScore(value, "acronym") if value else _NOTHING
    value = _weigh(rests, weights)
    if rests.matched < weights.evidence and left.squeezed != right.squeezed:
        value *= rests.matched / weights.evidence
    if rests.words < 2 and (rests.left or rests.right):
        value *= weights.single_word
    return _with_forms(NameScore(value, rests.reason), left, right, weights=weights)


def _shared(left: Name, right: Name, weights: NameWeights) -> _Rests:
    """Match the words that are equal."""
    shared = left.ids & right.ids
    if not shared:
        return _Rests(list(left.tokens), list(right.tokens), 0.0, 0.0, 0)
    matched = said = 0.0
    words = 0
    rest: list[Token] = []
    others: dict[str, Token] = {}
    if (left.ideographs and right.ideographs) or left.faint or right.faint:
        others = {token.id: token for token in right.tokens}
    for token in left.tokens:
        if token.id not in shared:
            rest.append(token)
            continue
        if token.kind != NUMBER:
            words += 1
        weight = token.weight
        if others:
            other = others[token.id]
            weight = (weight + other.weight) / 2
            if token.ideographs and other.ideographs and token.ideographs != other.ideographs:
                matched -= weight * (1 - weights.homophone)
        matched += weight
        said += weight
    return _Rests(rest, [token for token in right.tokens if token.id not in shared], matched, said, words)


def _match_misspelt(rests: _Rests, weights: NameWeights) -> None:
    """Match words that differ by typing errors or spelling, best first."""
    found: list[tuple[float, int, int]] = []
    for at, token in enumerate(rests.left[:_FUZZY_WORDS_MAX]):
        if token.kind != NUMBER:
            for other_at, other in enumerate(rests.right[:_FUZZY_WORDS_MAX]):
                if other.kind != NUMBER and (value := alike(token, other, weights)):
                    found.append((-value, at, other_at))
    if not found:
        return
    found.sort()
    lefts: set[int] = set()
    rights: set[int] = set()
    for value, at, other_at in found:
        if at not in lefts and other_at not in rights:
            lefts.add(at)
            rights.add(other_at)
            weight = max(rests.left[at].weight, rests.right[other_at].weight)
            rests.matched -= value * weight
            rests.said += weight
    rests.words += len(lefts)
    rests.left = [token for at, token in enumerate(rests.left) if at not in lefts]
    rests.right = [token for at, token in enumerate(rests.right) if at not in rights]


def _match_compounds(left: Name, right: Name, rests: _Rests, *, weights: NameWeights) -> None:
    """Match words written together on one side, then initials."""
    gained = match_joined(rests.left, rests.right)
    if gained:
        rests.matched += gained * weights.joined
        rests.said += gained
        rests.words += 2
        rests.reason = "joined"
    if rests.left and rests.right:
        least = 2 if left.kind == PERSON else _INITIALS_LEAST
        gained, letters = match_initials(rests.left, rests.right, right, least=least)
        if not gained:
            gained, letters = match_initials(rests.right, rests.left, left, least=least)
        if gained:
            rests.matched += gained * (weights.acronym if letters >= _INITIALS_TELLING else weights.acronym_short)
            rests.said += gained
            rests.words += 1
            rests.reason = "acronym"


def alike(token: Token, other: Token, weights: NameWeights) -> float:
    """Return how much two different words may be one word (0..1)."""
    if token.ideographs and other.ideographs:
        return _alike_ideographs(token.ideographs, other.ideographs, weights)
    word, second = token.skeleton, other.skeleton
    if token.kind >= INITIAL or other.kind >= INITIAL:
        return weights.initial if word[:1] == second[:1] and token.kind != other.kind else 0.0
    known = weights.known if token.known and other.known else 1.0
    if not known:
        return 0.0
    length, second_length = len(word), len(second)
    shorter = length if length < second_length else second_length
    most = weights.errors
    allowed = most[shorter] if shorter < len(most) else most[-1]
    if allowed and -allowed <= length - second_length <= allowed:
        errors = _distance(word, second, score_cutoff=allowed)
        if errors <= allowed and (errors < 2 or known == 1.0):
            return known * (1.0 - weights.typo * errors / (shorter - 1))
        word, second = token.text, other.text
        if errors > allowed and word[0] == second[0] and -allowed <= len(word) - len(second) <= allowed:
            errors = _distance(word, second, score_cutoff=1)
            if errors <= 1:
                return known * (1.0 - weights.typo / (shorter - 1))
    bones = token.consonants
    if len(bones) >= _CONSONANTS_MIN and bones == other.consonants:
        return known * weights.sound
    return 0.0


def _alike_ideographs(word: str, second: str, weights: NameWeights) -> float:
    if min(len(word), len(second)) >= 4 and _distance(word, second, score_cutoff=1) <= 1:
        return 1.0 - weights.typo / min(len(word), len(second))
    return 0.0


def _weigh(rests: _Rests, weights: NameWeights) -> float:
    """Return the share of what matched in all that was said, contradictions weighed more than omissions."""
    left, left_kinds = _left_over(rests.left, weights)
    right, right_kinds = _left_over(rests.right, weights)
    factor = 1.0
    number = 0.0
    if left_kinds or right_kinds:
        if NUMBER in left_kinds and NUMBER in right_kinds:
            factor = weights.number_conflict
        elif NUMBER in left_kinds or NUMBER in right_kinds:
            number = weights.extra_number
        if STRUCTURE in left_kinds or STRUCTURE in right_kinds:
            factor *= weights.structure
    if left and right:
        factor *= weights.clash
    less, more = (left, right) if left < right else (right, left)
    against = weights.conflict * less + weights.extra * (more - less) + number
    return factor * rests.matched / (rests.said + against) if rests.matched > 0 else 0.0


def _left_over(tokens: list[Token], weights: NameWeights) -> tuple[float, set[int]]:
    """Return the weight of unmatched words and which special kinds are among them."""
    total = 0.0
    kinds: set[int] = set()
    for token in tokens:
        kind = token.kind
        if kind == NUMBER:
            kinds.add(kind)
            continue
        if kind == STRUCTURE:
            kinds.add(kind)
        total += token.weight * weights.place if kind == PLACE else token.weight
    return total, kinds


def _with_forms(scored: NameScore, left: Name, right: Name, *, weights: NameWeights) -> NameScore:
    if left.forms and right.forms and not left.forms & right.forms:
        near = left.forms <= _COMPANIES and right.forms <= _COMPANIES
        return NameScore(scored.value * (weights.form_conflict if near else weights.kind_conflict), scored.reason)
    return scored


def _glued(left: Name, right: Name) -> bool:
    """Tell whether one name is the other with its legal form written onto it."""
    for bare, formed in ((left, right), (right, left)):
        if formed.form_text and not bare.form_text and bare.squeezed.startswith(formed.squeezed):
            return bare.squeezed == formed.squeezed + formed.form_text.replace(" ", "")
    return False
