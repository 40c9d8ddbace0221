# SPDX-License-Identifier: Apache-2.0
"""Marking: who may receive, see and keep an assertion, and what for.

The words are a closed vocabulary. A value nobody knows is not an error when it arrives in a signed document: it is
kept as it is and `rules.handling` reads it as the most restrictive. On entry here, `require_known` refuses it.
"""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.errors import InvalidMarking

#: FIRST, Traffic Light Protocol 2.0, from the widest to the narrowest.
TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
#: Highfence's own ladder; national ladders are mapped onto it, above it only a pointer travels.
CLASSIFICATIONS = ("PUBLIC", "SENSITIVE", "RESTRICTED")
#: Permissible Actions Protocol, from the freest to the strictest.
PAP = ("CLEAR", "GREEN", "AMBER", "RED")
#: Admiralty scale, reliability of the source (A best, F cannot be judged).
RELIABILITY = ("A", "B", "C", "D", "E", "F")
#: Admiralty scale, credibility of the information (1 confirmed, 6 cannot be judged).
CREDIBILITY = (1, 2, 3, 4, 5, 6)
#: `release`: the receiver may keep a copy. `view`: it may only be looked at where the originator shows it.
DISCLOSURES = ("release", "view")
#: What shared knowledge may be used for.
PURPOSES = ("export-control", "investment-screening", "sanctions", "enforcement", "risk-analysis")
#: The one caveat that the software itself obeys: what is under it goes into no figure that counts fewer than three.
#: Every other caveat is a text for people and is shown with what it stands on.
NO_SMALL_COUNTS = "NO-SMALL-COUNTS"


class Marking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Handling of one assertion. Every default is the most restrictive value.

    `releasable_to` holds authority codes only: groups are resolved to their members when the assertion is signed, and
    the names the author used stay in `groups` for people to read. Only with `later_members` do the groups go on to
    open: whoever belongs to one of them when it is asked counts as named, also who joined after the signing. Empty
    `purposes` means any purpose of the agreement.
    """

    tlp: str = "RED"
    classification: str = "RESTRICTED"
    releasable_to: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    later_members: bool = False
    originator_control: bool = True
    purposes: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    expires: date | None = None
    retain_until: date | None = None
    reliability: str = "F"
    credibility: int = 6
    pap: str = "RED"
    disclosure: str = "view"


def public(*, releasable_to: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Marking:
    """Return the marking of what is published anyway, such as an official list: TLP:CLEAR, PUBLIC, no control.

    Who joins one of the groups later is told it too.
    """
    return Marking(
        tlp="CLEAR",
        classification="PUBLIC",
        releasable_to=releasable_to,
        groups=groups,
        later_members=bool(groups),
        originator_control=False,
        reliability="A",
        credibility=1,
        pap="CLEAR",
        disclosure="release",
    )


def require_known(marking: Marking) -> Marking:
    """Return `marking` unchanged if every value is in the vocabulary.

    Raises:
        InvalidMarking: names the first field that is not, and the words it may hold.
    """
    ladders: tuple[tuple[str, object, tuple[object, ...]], ...] = (
        ("tlp", marking.tlp, TLP),
        ("classification", marking.classification, CLASSIFICATIONS),
        ("pap", marking.pap, PAP),
        ("reliability", marking.reliability, RELIABILITY),
        ("credibility", marking.credibility, CREDIBILITY),
        ("disclosure", marking.disclosure, DISCLOSURES),
    )
    for field, value, allowed in ladders:
        if value not in allowed:
            _refuse(field, value, allowed)
    for purpose in marking.purposes:
        if purpose not in PURPOSES:
            _refuse("purposes", purpose, PURPOSES)
    return marking


def _refuse(field: str, value: object, allowed: tuple[object, ...]) -> None:
    words = ", ".join(str(word) for word in allowed)
    raise InvalidMarking(
        f"marking has {field} {str(value)[:40]!r}, which the vocabulary does not know",
        where=f"marking.{field}",
        advice=f"Use one of: {words}",
    )
