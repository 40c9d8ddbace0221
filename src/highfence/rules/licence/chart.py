# SPDX-License-Identifier: Apache-2.0
"""Chart: the list-based controls of the EAR: what an ECCN is controlled for, and where its columns are marked.

A control of the list says in words what of the entry it applies to and where. Words that are codes, ranges of codes or
known places are followed; other words are shown, and the answer is "cannot tell".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import Item
from highfence.model.control import EAR99, US_CCL, Control, ControlEntry, split_code
from highfence.rules.licence.answer import Bearing, Reason
from highfence.rules.licence.case import Case, named
from highfence.rules.licence.judged import NO, UNKNOWN, YES, Judged, either, no, unknown, yes
from highfence.rules.licence.tables import Place
from highfence.rules.scope.yard import covers

RULE = "us-ear.country-chart"
_COLUMN = re.compile(r"\b(CB|NP|NS|MT|RS|FC|CC|AT) Column (\d)")
_TOKEN = re.compile(r"\d[A-E]\d{3}(?:\.[a-z0-9]+)*|\.?\b[a-z](?:\.[a-z0-9]+)*\b|[A-Za-z]{2,}|\d+")
#: Words beside codes that change nothing.
_APPLIES = re.compile(r"\bappl(?:y|ies)(?: to)?\b")
_PLAIN = frozenset(
    "apply applies to the entire entry and or of this paragraphs paragraph items controlled by under eccn eccns "  # noqa: SIM905
    "through except other than in".split()
)
_SUGGESTIONS = 5


def chart_reasons(case: Case) -> Iterator[Reason]:
    """Yield for each item why the list asks for a licence, why it does not, or why that cannot be told."""
    for item in case.application.items:
        yield _reason(case, item, _judged(case, item))


def _judged(case: Case, item: Item) -> list[Judged]:
    """Return what each control says of an item at the destination; of an item without controls why it has none."""
    reach = case.subject_to_ear(item)
    destination = case.application.destination
    if reach.level == NO:
        return [reach]
    if destination == "us":
        return [no("what stays in the United States is not exported from there")]
    if item.eccn == EAR99:
        return [no(f"{item.id} is EAR99: it is on no list")]
    if not case.lists.ccl or case.lists.chart is None:
        return [unknown("the Commerce Control List and the Country Chart are not loaded")]
    if not item.eccn:
        return [unknown(f"the ECCN of {item.id}: {_suggested(case, item)}")]
    entry = case.lists.ccl[split_code(item.eccn)[0]]
    judged = [_control(case, entry, item=item, control=control) for control in entry.controls]
    if not judged:
        where = f" (reason for control: {entry.reasons})" if entry.reasons else ""
        judged = [unknown(f"{entry.code} names no column{where}: read the entry: {entry.heading[:160]}")]
    if reach.level == UNKNOWN:
        judged = [_weakened(one, reach) for one in judged]
    return judged


def _weakened(judged: Judged, reach: Judged) -> Judged:
    return judged if judged.level == NO else unknown(f"{reach.fact}, then: {judged.fact}")


def _suggested(case: Case, item: Item) -> str:
    try:
        hits = case.basis.yard.search(item.description, limit=_SUGGESTIONS)
    except InvalidInput:
        hits = ()
    near = ", ".join(hit.code for hit in hits if US_CCL in hit.lists)
    return f"give it, or EAR99; its description fits {near}" if near else "give it, or EAR99"


def _control(case: Case, entry: ControlEntry, *, item: Item, control: Control) -> Judged:
    """Return what one control says: whether it applies to the item, and whether to the destination."""
    where = _where(case, control)
    if where.level == NO:
        return where
    applies = scope_of(control.scope, item.eccn)
    if applies.level == NO:
        return applies
    level = min(where.level, applies.level)
    reason = f"{entry.code} is controlled for {control.reason}"
    if level == YES:
        return yes(f"{reason} ({control.scope}): {where.fact}")
    open_words = [one.fact for one in (applies, where) if one.level == UNKNOWN]
    return unknown(f"{reason}: {'; '.join(open_words)}")


def _where(case: Case, control: Control) -> Judged:
    """Tell whether a control's words on the destination mean the one of the case."""
    destination = case.application.destination
    columns = [f"{letters} {number}" for letters, number in _COLUMN.findall(control.where)]
    if columns:
        return either(_column(case, destination, column) for column in columns)
    place = next((one for one in case.tables.chart.places if one.words in control.where), None)
    if place is None or place.ask:
        return unknown(f"the list says on destinations: “{control.where[:240]}”")
    return _place(case, destination, place)


def _column(case: Case, destination: str, column: str) -> Judged:
    chart = case.lists.chart
    assert chart is not None  # noqa: S101 - looked at before
    if destination in chart.embargoed:
        return unknown(f"the Country Chart has no marks for {named(destination)}: {chart.embargoed[destination]}")
    if destination not in chart.marks:
        return unknown(f"the Country Chart has no row for {named(destination)}")
    marked = column in chart.marks[destination]
    return (
        yes(f"{column} is marked for {named(destination)}")
        if marked
        else no(f"{column} is not marked for {named(destination)}")
    )


def _place(case: Case, destination: str, place: Place) -> Judged:
    besides = case.country_in(destination, place.besides)
    if besides.level == YES:
        return no(f"{place.words}: {named(destination)} is left out")
    if place.everywhere:
        return yes(f"the control applies everywhere ({place.words})")
    inside = case.country_in(destination, place.destinations)
    if inside.level == NO:
        return no(f"{place.words}: {named(destination)} is not among them")
    return msgspec.structs.replace(inside, fact=f"{place.words}: {inside.fact}")


def scope_of(words: str, code: str) -> Judged:
    """Tell whether the words on what a control applies to mean a code.

    >>> scope_of("NS applies to 3B001.a.1 to a.3, b, e", "3B001.a.2.b").level
    2
    >>> scope_of("RS applies to 3B001.c.1.a and 3B001.q", "3B001.f").level
    0
    >>> scope_of("NS applies to 3B001.b", "3B001").fact
    'which paragraph of 3B001 it is: “NS applies to 3B001.b”'
    """
    entry, paragraph = split_code(code)
    text = words.replace("“", "").replace("”", "")
    whole = re.search(r"(?:the )?entire entry", text)
    begin = whole or _APPLIES.search(text)
    left = text[begin.end() :] if begin else text
    patterns, plain = _patterns(left, entry)
    if whole and not left.strip(" .,"):
        return yes(f"{words}")
    if not patterns or not plain:
        return unknown(f"whether this means {code}: “{words[:300]}”")
    inside = any(covers(one, code) for one in patterns)
    if not inside and (not paragraph or any(covers(code, one) for one in patterns)):
        return unknown(f"which paragraph of {entry} it is: “{words[:300]}”")
    return yes(words) if inside != bool(whole) else no(f"{words}: not {code}")


def _patterns(text: str, entry: str) -> tuple[list[str], bool]:
    """Return the codes that words name, ranges spelt out, and whether there is nothing else in them."""
    found: list[str] = []
    plain, ranged = True, False
    for token in _TOKEN.findall(text):
        if token in ("to", "through"):
            ranged = bool(found)
        elif token.casefold() in _PLAIN:
            continue
        elif (full := _full(token, entry)) is None:
            plain = False
        elif ranged and found:
            found += _range(found[-1], full)
            ranged = False
        else:
            found.append(full)
    return found, plain


def _full(token: str, entry: str) -> str | None:
    if split_code(token)[0]:
        return token
    bare = token.lstrip(".")
    head = bare.split(".", 1)[0]
    return f"{entry}.{bare}" if len(head) == 1 and head.isalpha() and head.islower() else None


def _range(first: str, last: str) -> list[str]:
    """Return the codes behind the first one up to the last one, if only their ends differ."""
    stem, _, start = first.rpartition(".")
    end_stem, _, end = last.rpartition(".")
    if stem != end_stem or len(start) > 2 or len(end) > 2:
        return [last]
    if start.isdigit() and end.isdigit():
        return [f"{stem}.{number}" for number in range(int(start) + 1, int(end) + 1)]
    if len(start) == len(end) == 1:
        return [f"{stem}.{chr(letter)}" for letter in range(ord(start) + 1, ord(end) + 1)]
    return [last]


def _reason(case: Case, item: Item, judged: list[Judged]) -> Reason:
    level = max(one.level for one in judged)
    bearing: Bearing = "requires" if level == YES else "cannot tell" if level == UNKNOWN else "permits"
    told = {
        "requires": "a licence is needed unless a licence exception may be used",
        "cannot tell": "whether the list asks for a licence cannot be told",
        "permits": "the list asks for no licence there, if nothing else of the EAR does",
    }
    chart = case.tables.chart
    return Reason(
        rule=RULE,
        regime="us-ear",
        bearing=bearing,
        title=f"{item.eccn or 'No ECCN'} to {named(case.application.destination)}",
        text=told[bearing],
        citation=chart.citation,
        valid_from=chart.since,
        verified=chart.verified,
        items=(item.id,),
        facts=tuple(dict.fromkeys(one.fact for one in judged if one.level == max(level, NO) and one.level != UNKNOWN)),
        unknown=tuple(dict.fromkeys(one.fact for one in judged if one.level == UNKNOWN)),
        would="requires" if bearing == "cannot tell" else "",
    )
