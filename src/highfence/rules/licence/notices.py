# SPDX-License-Identifier: Apache-2.0
"""Notices: what one should know beside the verdicts: deemed re-exports, and lists of another day than the one asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from highfence.model.application import Item
from highfence.rules.licence.answer import Reason
from highfence.rules.licence.case import Case, named

_DEEMED = Reason(
    rule="notice.deemed-re-export",
    regime="",
    bearing="notes",
    title="Deemed export or re-export",
    text="technology or source code released to a person counts as exported to that person's country",
    citation="15 CFR 734.13(a)(2), 734.14(a)(2) and 734.20",
    valid_from=date(2016, 9, 1),
    verified=False,
)
_LATER = Reason(
    rule="notice.later-edition",
    regime="",
    bearing="notes",
    title="A list of a later day",
    text="no edition of that day is loaded, so a later one is used",
    citation="",
    valid_from=date.max,
    verified=True,
)


def notices(case: Case) -> Iterator[Reason]:
    """Yield the notices of a case."""
    technology = sorted(item.id for item in case.application.items if _released(item))
    for party in case.application.parties:
        foreign = sorted(set(party.nationalities) - {party.country, case.application.destination})
        if technology and foreign:
            fact = f"{party.id} is of {', '.join(map(named, foreign))}: determine {', '.join(technology)} for it too"
            yield msgspec.structs.replace(_DEEMED, parties=(party.id,), facts=(fact,))
    for one in case.lists.editions:
        if one.as_of > case.application.on:
            fact = f"{one.name} is of {one.as_of}, the question of {case.application.on}"
            citation = one.citation or one.name
            yield msgspec.structs.replace(_LATER, citation=citation, valid_from=one.as_of, facts=(fact,))


def _released(item: Item) -> bool:
    return any(len(code) > 1 and code[1] in "DE" and code[0].isdigit() for code in (item.eccn, item.eu_code))
