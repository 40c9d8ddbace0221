# SPDX-License-Identifier: Apache-2.0
"""Exceptions: licence exceptions and general authorisations to look at. A candidate is to be read, never to be used.

A candidate is found by what the list says of its symbol, the destination's Country Groups and the item's value. What a
party brings can bar all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from highfence.model.application import Item
from highfence.model.control import split_code
from highfence.rules.licence.answer import ExceptionCandidate, Reason
from highfence.rules.licence.case import Case
from highfence.rules.licence.chart import RULE

_DOLLARS = re.compile(r"\$\s*(\d[\d,]*)")
#: In which Country Groups an exception that the list names can be used; the sections say more.
_GROUPS = {"LVS": ("B",), "GBS": ("B",), "TSR": ("B",), "STA": ("A:5", "A:6"), "IEC": ("A:1", "A:5", "A:6")}
_NOT = ("n/a", "no", "none")


def ear_exceptions(case: Case, reasons: Iterable[Reason]) -> Iterator[ExceptionCandidate]:
    """Yield the exceptions of Part 740 to look at for items of which the list asks a licence."""
    told = tuple(reasons)
    wanted = {item for one in told if one.rule == RULE and one.bearing != "permits" for item in one.items}
    bars = [one for one in told if one.bars_exceptions and one.bearing != "cannot tell"]
    perhaps = [one for one in told if one.bars_exceptions and one.bearing == "cannot tell"]
    for item in case.application.items:
        if item.id in wanted and (entry := case.lists.ccl.get(split_code(item.eccn)[0])) is not None:
            for symbol, says in entry.exceptions.items():
                if (found := _candidate(case, item, symbol=symbol, says=says)) is not None:
                    yield _barred(found, item, bars=bars, perhaps=perhaps)


def _candidate(case: Case, item: Item, *, symbol: str, says: str) -> ExceptionCandidate | None:
    if says.strip().casefold().rstrip(".") in _NOT or not says.strip():
        return None
    groups = case.lists.groups
    here = groups.of(case.application.destination) if groups is not None else ()
    allowed = _GROUPS.get(symbol)
    if symbol == "STA":
        # What the list says of STA is when it may not be used; in A:6 only entries controlled for NS may be.
        refused = "may not be used" in says and "A:5 or A:6" not in says
        if not set(here) & {"A:5", "A:6"} or (refused and "A:5" not in here):
            return None
    elif allowed is not None and groups is not None and not set(allowed) & set(here):
        return None
    if symbol == "LVS" and _above(item, says):
        return None
    section = next((one for one in case.lists.exceptions if one.symbol == symbol), None)
    return ExceptionCandidate(
        symbol=symbol,
        title=section.title if section else symbol,
        citation=section.section if section else "15 CFR Part 740",
        items=(item.id,),
        says=says,
    )


def _above(item: Item, says: str) -> bool:
    """Tell whether an item's value in dollars is above all that the list allows for shipments of limited value."""
    limits = [Decimal(one.replace(",", "")) for one in _DOLLARS.findall(says)]
    return bool(limits) and item.value is not None and item.value.currency == "USD" and item.value.amount > max(limits)


def _barred(found: ExceptionCandidate, item: Item, *, bars: list[Reason], perhaps: list[Reason]) -> ExceptionCandidate:
    bar = next((one for one in bars if not one.items or item.id in one.items), None)
    if bar is None:
        doubt = next((one for one in perhaps if item.id in one.items), None)
        why = f"perhaps barred: {doubt.title.lower()} ({doubt.citation})" if doubt is not None else ""
    else:
        why = f"barred: {bar.title.lower()} ({bar.citation})"
    return ExceptionCandidate(
        symbol=found.symbol,
        title=found.title,
        citation=found.citation,
        items=found.items,
        says=found.says,
        barred=why,
    )


def union_authorisations(case: Case, reasons: Iterable[Reason]) -> Iterator[ExceptionCandidate]:
    """Yield the Union general export authorisations to look at for items of Annex I."""
    told = tuple(reasons)
    items = tuple(dict.fromkeys(item for one in told if one.rule == "eu-2021-821.article-3" for item in one.items))
    if not items:
        return
    eu001 = case.tables.set("eu001")
    bar = next((one for one in told if one.bars_exceptions and one.bearing == "requires"), None)
    if case.application.destination in eu001.on(case.application.on):
        yield ExceptionCandidate(
            symbol="EU001",
            title="Union general export authorisation EU001",
            citation=eu001.citation,
            items=items,
            says="not for items of Annex II, Section I, nor where a use under Article 4 is known or was told",
            barred=f"barred: {bar.title.lower()} ({bar.citation})" if bar is not None else "",
        )
