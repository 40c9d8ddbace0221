# SPDX-License-Identifier: Apache-2.0
"""Comparison: how much two names say the same party. The fast part: microseconds, no allocation beyond a few lists.

Words are matched once: equal ones, then misspelt ones, then words written together or apart, then initials. What is
left unmatched on both sides contradicts, what is left on one side weakens. The score is symmetric.
"""

from __future__ import annotations

import msgspec
from rapidfuzz.distance import OSA

from highfence.matching.compounds import match_initials, match_joined, standing_for
from highfence.matching.given_names import sex_of_patronymic
from highfence.matching.ideographs import is_hangul
from highfence.matching.names import INITIAL, NUMBER, PERSON, PLACE, STRUCTURE, WORD, Name, Token
from highfence.matching.scorers import NameWeights, scorer

_distance = OSA.distance
#: Unmatched words of a name that are compared letter by letter: bounds the time two long names take.
_FUZZY_WORDS_MAX = 14
_CONSONANTS_MIN = 3
#: Words written without vowels are short, and each letter of them says more.
_ABJAD_LETTERS_MIN = 5
_VOWELS = frozenset("aeiouy")
#: An error may also change how a word is read (service, serviec): longer words are compared as they are written too.
_TEXT_LETTERS_MIN = 5
#: Initials that count at all in names of firms, and that count in full: few stand for too many names.
_INITIALS_LEAST = 3
_INITIALS_TELLING = 4
#: Names as long as this may differ by one letter in all, or by two, if the words that differ are not short.
_WHOLE_LETTERS_MIN, _WHOLE_LETTERS_LONG = 8, 20
_WORD_LETTERS_MIN, _WORD_LETTERS_LONG = 4, 6
#: Where less than so many letters differ, the first letter of the name must be right: GP Shipping is not DP Shipping.
_FIRST_LETTERS_MIN = 5
#: Equal words that weigh less are looked at with their legal forms.
_WEIGHT_TELLING = 1.0
#: Legal forms that companies change between and lists confuse; a fund or a partnership is something else.
_COMPANIES = frozenset({"limited", "stock", "state", "branch", "company"})


class NameScore(msgspec.Struct, frozen=True, gc=False):
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
    if left.key == right.key and left.forms == right.forms and left.lineage == right.lineage and _telling(left, right):
        return _EQUAL
    if left.key > right.key or (left.key == right.key and left.text > right.text):
        left, right = right, left
    if weights is None:
        weights = scorer().for_kind(left.kind if left.kind != PERSON else right.kind)
    return _compare(left, right, weights)


class _Rests(msgspec.Struct):
    """What is not matched yet on each side, how much of what was said in common is matched, and by how many words
    (of which misspelt); `one_code` tells that both have a code of several numbers, and one of these is the same.
    """

    left: list[Token]
    right: list[Token]
    matched: float
    said: float
    words: int
    one_code: bool = False
    misspelt: int = 0
    reason: str = "words"


def _compare(left: Name, right: Name, weights: NameWeights) -> NameScore:
    rests = _shared(left, right, weights)
    if rests.left and rests.right:
        _match_misspelt(rests, weights)
        if len(rests.left) == len(rests.right) == 1 and rests.matched >= weights.evidence:
            _match_last(rests, weights)
        if rests.left and rests.right and len(rests.left) + len(rests.right) > 2:
            _match_compounds(left, right, rests, weights=weights)
    if left.lineage and right.lineage and _father_and_son(left.lineage, right.lineage):
        return NameScore(_weigh(rests, weights) * weights.lineage, "lineage") if rests.matched else _NOTHING
    near = (rests.left or rests.right) and _nearly_equal(left, right, rests)
    if near:
        return _with_forms(NameScore(near * weights.joined, "joined"), left, right, weights=weights)
    if not rests.matched:
        value = weights.acronym_alone if standing_for(left, right) or standing_for(right, left) else 0.0
        return NameScore(value, "acronym") if value else _NOTHING
    value = _weigh(rests, weights, abroad=_abroad(left, right) or _abroad(right, left))
    evidence = rests.matched + (weights.form_equal if left.forms & right.forms else 0.0)
    if evidence < weights.evidence:
        if left.squeezed != right.squeezed:
            value *= (evidence / weights.evidence) ** 2
        elif left.form_text and right.form_text and left.form_text != right.form_text:
            value *= evidence / weights.evidence  # Technology s.r.o. is hardly Tekhnologiya OOO
    if rests.words < 2 and (rests.left or rests.right):
        value *= weights.single_word
    if rests.words == rests.misspelt:
        value *= weights.all_misspelt
    return _with_forms(NameScore(value, rests.reason), left, right, weights=weights)


def _telling(left: Name, right: Name) -> bool:
    """Tell whether equal words are the same name without a further look: they say enough, or are written alike."""
    return left.weight >= _WEIGHT_TELLING or left.form_text == right.form_text or left.whole == right.whole


def _father_and_son(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the bearer of each name is a forefather in the other: Salman bin Muhammad, Muhammad bin Salman."""
    return one[0] != other[0] and (one[0] in other[1:] or other[0] in one[1:])


def _nearly_equal(left: Name, right: Name, rests: _Rests) -> float:
    """Tell whether two names are equal but for spaces (1.0), or for an error in all their letters (0.95), else 0.

    Catches errors in legal forms, and words run together with them. A number that differs is no error, nor is a letter
    of a short word.
    """
    one, other = left.whole, right.whole
    length = min(len(one), len(other))
    if left.squeezed == right.squeezed or one == other:
        return 1.0
    if length < _WHOLE_LETTERS_MIN or not -2 <= len(one) - len(other) <= 2 or left.numbers != right.numbers:
        return 0.0
    shortest = min((len(token.text) for token in (*rests.left, *rests.right)), default=0)
    joined = len(rests.left) != len(rests.right)
    if left.kind != PERSON:
        if shortest < _WORD_LETTERS_MIN and not joined:
            return 0.0
        if one[0] != other[0] and min(_letters(rests.left), _letters(rests.right)) < _FIRST_LETTERS_MIN:
            return 0.0
    errors = 2 if length >= _WHOLE_LETTERS_LONG and shortest >= _WORD_LETTERS_LONG else 1
    return 0.95 if _distance(one, other, score_cutoff=errors) <= errors else 0.0


def _letters(tokens: list[Token]) -> int:
    return sum(len(token.text) for token in tokens)


def _shared(left: Name, right: Name, weights: NameWeights) -> _Rests:
    """Match the words that are equal."""
    shared = left.ids & right.ids
    if not shared:
        return _Rests(list(left.tokens), list(right.tokens), 0.0, 0.0, 0)
    matched = said = 0.0
    words = 0
    rest: list[Token] = []
    others: dict[str, Token] = {}
    unlike: list[Token] = []  # syllables of Hangul that differ, though one spelling in Latin letters covers both
    if (left.ideographs and right.ideographs) or left.faint or right.faint:
        others = {token.id: token for token in right.tokens}
    for token in left.tokens:
        if token.id not in shared:
            rest.append(token)
            continue
        weight = token.weight
        if others:
            other = others[token.id]
            if token.ideographs and other.ideographs and token.ideographs != other.ideographs:
                if is_hangul(token.ideographs):
                    rest.append(token)
                    unlike.append(other)
                    continue
                matched -= (weight + other.weight) / 2 * (1 - weights.homophone)
            weight = (weight + other.weight) / 2
        words += token.kind != NUMBER
        matched += weight
        said += weight
    return _Rests(
        rest,
        [token for token in right.tokens if token.id not in shared] + unlike,
        matched,
        said,
        words,
        bool(left.codes & right.codes),
    )


def _match_misspelt(rests: _Rests, weights: NameWeights) -> None:
    """Match words that differ by typing errors or spelling, best first."""
    found: list[tuple[float, int, int]] = []
    short = weights.first_right
    others = [
        (at, one, one.skeleton[:1], len(one.text) < short and len(one.skeleton) <= short)
        for at, one in enumerate(rests.right[:_FUZZY_WORDS_MAX])
        if one.kind != NUMBER
    ]
    for at, token in enumerate(rests.left[:_FUZZY_WORDS_MAX]):
        if token.kind == NUMBER:
            continue
        first, letter = token.skeleton[:1], token.text[:1]
        small = len(token.text) <= short and len(token.skeleton) <= short
        for other_at, other, second, other_small in others:
            # In short words the first letter must be right: most pairs of words need no closer look.
            if first != second and (small or other_small) and letter != other.text[:1]:
                continue
            if value := alike(token, other, weights):
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
    rests.misspelt += len(lefts)
    rests.left = [token for at, token in enumerate(rests.left) if at not in lefts]
    rests.right = [token for at, token in enumerate(rests.right) if at not in rights]


def _match_last(rests: _Rests, weights: NameWeights) -> None:
    """Match the one word left on each side of names that agree in all others, with two errors where it is not short."""
    one, other = rests.left[0], rests.right[0]
    shorter = min(len(one.text), len(other.text))
    if one.kind != WORD or other.kind != WORD or shorter < weights.last_letters or (one.known and other.known):
        return
    if one.ideographs or other.ideographs or _distance(one.text, other.text, score_cutoff=2) > 2:
        return
    weight = max(one.weight, other.weight)
    rests.matched += weight * (1.0 - 2 * weights.typo / (shorter - 1))
    rests.said += weight
    rests.words += 1
    rests.left, rests.right = [], []


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
    if token.kind >= INITIAL or other.kind >= INITIAL:
        return weights.initial if token.text[:1] == other.text[:1] and token.kind != other.kind else 0.0
    if token.given and other.given:
        if token.given & other.given:
            return weights.given
        if sex_of_patronymic(token.given) != sex_of_patronymic(other.given):
            return 0.0
    if token.sounds and token.text.isascii() is not other.text.isascii():
        return weights.sound if token.sounds == other.sounds else 0.0
    known = weights.known if token.known and other.known else 1.0
    if not known:
        return 0.0
    return _alike_letters(token, other, weights, known=known) or _alike_sounds(token, other, weights, known=known)


def _alike_letters(token: Token, other: Token, weights: NameWeights, *, known: float) -> float:
    """Return how much two words are one but for typing errors; `known` is what words known by themselves are worth."""
    word, second = token.skeleton, other.skeleton
    length, second_length = len(word), len(second)
    shorter = length if length < second_length else second_length
    most = weights.errors
    allowed = most[shorter] if shorter < len(most) else most[-1]
    if not token.text.isascii():
        allowed = 1 if shorter >= _ABJAD_LETTERS_MIN else 0
    if allowed and -allowed <= length - second_length <= allowed:
        errors = _distance(word, second, score_cutoff=allowed)
        if shorter <= weights.first_right and word[0] != second[0]:
            errors = allowed + 1
        if errors <= allowed and (errors < 2 or known == 1.0):
            return known * (1.0 - weights.typo * errors / (shorter - 1))
    word, second = token.text, other.text
    length, second_length = len(word), len(second)
    if (
        length >= _TEXT_LETTERS_MIN <= second_length
        and length > weights.first_right
        and -1 <= length - second_length <= 1
        and _distance(word, second, score_cutoff=1) <= 1
    ):
        return known * (1.0 - weights.typo / (length - 1))
    return 0.0


def _alike_sounds(token: Token, other: Token, weights: NameWeights, *, known: float) -> float:
    """Return how much two words are one that is read alike in a script without vowels."""
    sounds, bones = token.sounds, token.consonants
    same = (len(sounds) >= _CONSONANTS_MIN and sounds == other.sounds) or (
        len(bones) >= _CONSONANTS_MIN and bones == other.consonants
    )
    return known * weights.sound if same and _ends_alike(token.text, other.text) else 0.0


def _ends_alike(word: str, second: str) -> bool:
    """Tell whether both end in a vowel or both do not: Oleg is not Olga."""
    return (word[-1] in _VOWELS) is (second[-1] in _VOWELS)


def _alike_ideographs(word: str, second: str, weights: NameWeights) -> float:
    if min(len(word), len(second)) >= 4 and _distance(word, second, score_cutoff=1) <= 1:
        return 1.0 - weights.typo / min(len(word), len(second))
    return 0.0


def _weigh(rests: _Rests, weights: NameWeights, *, abroad: bool = False) -> float:
    """Return the share of what matched in all that was said, contradictions weighed more than omissions.

    `abroad` tells that one is a subsidiary in another country, by its name.
    """
    left, left_numbers, left_structure = _left_over(rests.left, weights)
    right, right_numbers, right_structure = _left_over(rests.right, weights)
    factor = 1.0
    number = 0.0
    if left_numbers and right_numbers:
        factor = weights.code_conflict if rests.one_code else weights.number_conflict
    elif left_numbers or right_numbers:
        number = weights.extra_number
    if left_structure or right_structure or abroad:
        factor *= weights.structure
    if left and right:
        factor *= weights.clash
    less, more = (left, right) if left < right else (right, left)
    against = weights.conflict * less + weights.extra * (more - less) + number
    return factor * rests.matched / (rests.said + against) if rests.matched > 0 else 0.0


def _abroad(name: Name, other: Name) -> bool:
    """Tell whether a name gives a country before its legal form where the other has only the form: X (Thailand) Ltd."""
    return bool(name.seat and other.forms and not other.seat and name.seat not in other.ids)


def _left_over(tokens: list[Token], weights: NameWeights) -> tuple[float, int, bool]:
    """Return the weight of unmatched words, how many numbers are among them, and whether a structure is."""
    total = 0.0
    numbers = 0
    structure = False
    for token in tokens:
        kind = token.kind
        if kind == NUMBER:
            numbers += 1
            continue
        if kind == STRUCTURE:
            structure = True
        total += token.weight * weights.place if kind == PLACE else token.weight
    return total, numbers, structure


def _with_forms(scored: NameScore, left: Name, right: Name, *, weights: NameWeights) -> NameScore:
    if left.forms and right.forms and not left.forms & right.forms:
        near = left.forms <= _COMPANIES and right.forms <= _COMPANIES
        return NameScore(scored.value * (weights.form_conflict if near else weights.kind_conflict), scored.reason)
    return scored
