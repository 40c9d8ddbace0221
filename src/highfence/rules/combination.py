# SPDX-License-Identifier: Apache-2.0
"""How markings combine: what is derived is never wider than what it was made from.

Markings form a semilattice under "at least as strict as". `combine` is its join: commutative, associative,
idempotent. There is no neutral element on purpose: the combination of nothing is the most restrictive marking, for
nobody has said that what stands under it may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from highfence.model.marking import (
    CLASSIFICATIONS,
    CREDIBILITY,
    DISCLOSURES,
    PAP,
    PURPOSES,
    RELIABILITY,
    TLP,
    Marking,
)

#: The purpose of a combination whose inputs have no purpose in common. It admits no use at all. Nobody can mark with
#: it on entry, since `require_known` refuses it; empty `purposes` could not say it, since empty means any purpose.
NO_PURPOSE = "none"

TLP_RANK = {word: rank for rank, word in enumerate(TLP)}
CLASSIFICATION_RANK = {word: rank for rank, word in enumerate(CLASSIFICATIONS)}
PAP_RANK = {word: rank for rank, word in enumerate(PAP)}
_PURPOSES = frozenset((*PURPOSES, NO_PURPOSE))
_RELIABILITY = frozenset(RELIABILITY)
_CREDIBILITY = frozenset(CREDIBILITY)
_DISCLOSURES = frozenset(DISCLOSURES)


def combine(markings: Iterable[Marking]) -> Marking:
    """Return the marking of what is derived from everything under `markings`.

    The strictest of each ladder, the authorities named by all, the caveats of any, the earliest days, the purposes in
    common (`NO_PURPOSE` if there is none), the worst Admiralty grades; `view` and originator control win. The names of
    groups are kept from all, so that what was RED through a group stays closed; they open to later members only if all
    name the same groups and open them. Lists come out sorted. Of nothing, it is `Marking()`, the most restrictive.
    """
    read = [as_read(marking) for marking in dict.fromkeys(markings)]
    if not read:
        return Marking()
    return Marking(
        tlp=max((one.tlp for one in read), key=TLP_RANK.__getitem__),
        classification=max((one.classification for one in read), key=CLASSIFICATION_RANK.__getitem__),
        releasable_to=tuple(sorted(set(read[0].releasable_to).intersection(*(one.releasable_to for one in read)))),
        groups=_union(one.groups for one in read),
        later_members=all(one.later_members for one in read) and len({frozenset(one.groups) for one in read}) == 1,
        originator_control=any(one.originator_control for one in read),
        purposes=_common_purposes(read),
        caveats=_union(one.caveats for one in read),
        expires=min((one.expires for one in read if one.expires is not None), default=None),
        retain_until=min((one.retain_until for one in read if one.retain_until is not None), default=None),
        reliability=max(one.reliability for one in read),
        credibility=max(one.credibility for one in read),
        pap=max((one.pap for one in read), key=PAP_RANK.__getitem__),
        disclosure="view" if any(one.disclosure == "view" for one in read) else "release",
    )


def wider(one: Marking, other: Marking) -> bool:
    """Tell whether `one` opens anything that `other` keeps closed: a reader, a recipient, a use, a day, an action.

    The Admiralty grades do not count: they judge the information and open nothing.
    """
    opening = _opening(one)
    return _bare(combine((opening, _opening(other)))) != _bare(combine((opening,)))


def downgrades(old: Marking, new: Marking) -> bool:
    """Tell whether putting `new` in the place of `old` opens anything; only the originator may do that."""
    return wider(new, old)


def as_read(marking: Marking) -> Marking:
    """Return the marking as it must be read: itself if every word is known, else closed to all but the originator.

    Whatever narrows is kept (caveats, days, the purposes that are known); whatever opens is replaced by the most
    restrictive word, because nobody can tell what the unknown one was meant to forbid.
    """
    if not unknown_words(marking):
        return marking
    known = tuple(purpose for purpose in marking.purposes if purpose in _PURPOSES)
    return Marking(
        groups=marking.groups,
        purposes=known or ((NO_PURPOSE,) if marking.purposes else ()),
        caveats=marking.caveats,
        expires=marking.expires,
        retain_until=marking.retain_until,
    )


def unknown_words(marking: Marking) -> tuple[str, ...]:
    """Return the fields whose word the vocabulary does not know, in the order of the marking's fields."""
    fields = (
        ("tlp", marking.tlp in TLP_RANK),
        ("classification", marking.classification in CLASSIFICATION_RANK),
        ("purposes", _PURPOSES.issuperset(marking.purposes)),
        ("reliability", marking.reliability in _RELIABILITY),
        ("credibility", marking.credibility in _CREDIBILITY),
        ("pap", marking.pap in PAP_RANK),
        ("disclosure", marking.disclosure in _DISCLOSURES),
    )
    return tuple(field for field, known in fields if not known)


def admits(purposes: tuple[str, ...], uses: tuple[str, ...]) -> bool:
    """Tell whether what is marked with `purposes` may be put to at least one of `uses`.

    Empty `purposes` admits any use. `NO_PURPOSE` among them admits none.
    """
    if not purposes:
        return True
    return NO_PURPOSE not in purposes and not set(purposes).isdisjoint(uses)


def _common_purposes(markings: list[Marking]) -> tuple[str, ...]:
    stated = [set(one.purposes) for one in markings if one.purposes]
    if not stated:
        return ()
    common = stated[0].intersection(*stated[1:])
    if not common or any(NO_PURPOSE in purposes for purposes in stated):
        return (NO_PURPOSE,)
    return tuple(sorted(common))


def _union(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({value for some in values for value in some}))


def _opening(marking: Marking) -> Marking:
    """Reduce a marking to what it opens: groups are names for people, unless they open to later members.

    RED through a group opens nothing.
    """
    read = as_read(marking)
    through_group = read.tlp == "RED" and bool(read.groups)
    opens = read.later_members and bool(read.groups) and not through_group
    return msgspec.structs.replace(
        read,
        releasable_to=() if through_group else read.releasable_to,
        groups=read.groups if opens else (),
        later_members=opens,
        reliability="F",
        credibility=6,
    )


def _bare(marking: Marking) -> Marking:
    return marking if marking.later_members else msgspec.structs.replace(marking, groups=())
