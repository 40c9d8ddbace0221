# SPDX-License-Identifier: Apache-2.0
"""GLEIF: LEI records (LEI-CDF, level 1) and relationship records (RR-CDF, level 2), whole files and deltas, streamed.

Level 2 says who consolidates whom in its accounts. That is no share: the share is unknown, and consolidation is a sign
of control that the competent authority has to weigh. An international branch is the same legal person as its head
office. Fund relationships are management, not ownership. An update is a file of the same form whose records take the
place of those before; a record that it marks as deleted is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO

import msgspec
from lxml import etree

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.holdings import Fault, Holdings, check_days, doubtful, read_day, without_repeats
from highfence.model.identifier import parse
from highfence.model.interest import NO_SHARE, UNKNOWN_SHARE, WHOLE, Control, Interest, Share
from highfence.model.interests import Interests

CONSOLIDATED = frozenset({"IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"})
BRANCH = "IS_INTERNATIONAL_BRANCH_OF"
FUND = frozenset({"IS_FUND-MANAGED_BY", "IS_SUBFUND_OF", "IS_FEEDER_TO"})
#: Registrations that GLEIF does not stand by any more.
_VOID = frozenset({"ANNULLED", "DUPLICATE", "TRANSFERRED"})
_SPACES = re.compile(r"\s+")


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """An LEI record: who it is and where it is registered, and which LEI took its place if one did."""

    lei: str
    name: str = ""
    country: str = ""
    register: str = ""
    number: str = ""
    status: str = ""
    registration: str = ""
    successors: tuple[str, ...] = ()
    deleted: bool = False
    place: str = ""


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship record: `child` is in a relationship of a kind with `parent` from a day until a day."""

    child: str
    parent: str
    kind: str
    status: str = ""
    registration: str = ""
    since: date | None = None
    until: date | None = None
    deleted: bool = False
    place: str = ""


def read_companies(stream: BinaryIO) -> Iterator[Company]:
    """Yield the records of an LEI-CDF file, one at a time.

    Raises:
        InvalidDocument: it is not well-formed, declares a document type, or holds no LEI records.
    """
    for record in _records(stream, "LEIRecord", "LEIData"):
        entity = _child(record, "Entity")
        registration = _child(record, "Registration")
        authority = _child(entity, "RegistrationAuthority")
        yield Company(
            lei=_text(record, "LEI"),
            name=_text(entity, "LegalName"),
            country=_text(entity, "LegalJurisdiction"),
            register=_text(authority, "RegistrationAuthorityID"),
            number=_text(authority, "RegistrationAuthorityEntityID"),
            status=_text(entity, "EntityStatus"),
            registration=_text(registration, "RegistrationStatus"),
            successors=tuple(_text(one, "SuccessorLEI") for one in _children(entity, "SuccessorEntity")),
            deleted=_deleted(record),
            place=f"line {record.sourceline}",
        )


def read_relationships(stream: BinaryIO) -> Iterator[Relationship]:
    """Yield the records of an RR-CDF file, one at a time; a day that cannot be read is left out.

    Raises:
        InvalidDocument: it is not well-formed, declares a document type, or holds no relationship records.
    """
    for record in _records(stream, "RelationshipRecord", "RelationshipData"):
        relationship = _child(record, "Relationship")
        since = until = None
        for period in _children(_child(relationship, "RelationshipPeriods"), "RelationshipPeriod"):
            if _text(period, "PeriodType") == "RELATIONSHIP_PERIOD":
                since, until = _day(_text(period, "StartDate")), _day(_text(period, "EndDate"))
        yield Relationship(
            child=_text(_child(relationship, "StartNode"), "NodeID"),
            parent=_text(_child(relationship, "EndNode"), "NodeID"),
            kind=_text(relationship, "RelationshipType"),
            status=_text(relationship, "RelationshipStatus"),
            registration=_text(_child(record, "Registration"), "RegistrationStatus"),
            since=since,
            until=until,
            deleted=_deleted(record),
            place=f"line {record.sourceline}",
        )


def updated_companies(before: Iterable[Company], delta: Iterable[Company]) -> list[Company]:
    """Return LEI records after an update: a record takes the place of the one with its LEI."""
    records = {one.lei: one for one in before}
    for one in delta:
        records[one.lei] = one
    return [one for one in records.values() if not one.deleted]


def updated_relationships(before: Iterable[Relationship], delta: Iterable[Relationship]) -> list[Relationship]:
    """Return relationship records after an update: one takes the place of that with its child, parent and kind."""
    records = {(one.child, one.parent, one.kind): one for one in before}
    for one in delta:
        records[one.child, one.parent, one.kind] = one
    return [one for one in records.values() if not one.deleted]


def holdings(relationships: Iterable[Relationship], companies: Iterable[Company] = ()) -> Holdings:
    """Return relationships as interests; with level 1, also what is wrong with the companies and who is not there."""
    reading = _Reading(list(companies))
    interests = [one for record in relationships if (one := reading.interest(record))]
    columns, repeats = without_repeats(Interests.of(interests, names=reading.names))
    return Holdings(
        interests=columns,
        faults=tuple(reading.faults),
        notes=(*reading.notes, *repeats),  # a direct parent is often the ultimate one as well
        refused=reading.refused,
    )


class _Reading:
    def __init__(self, companies: list[Company]) -> None:
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.refused: dict[str, tuple[str, ...]] = {}
        self.names = {one.lei: one.name for one in companies}
        numbers: dict[tuple[str, str], Company] = {}
        for one in companies:
            self._company(one, numbers)

    def interest(self, record: Relationship) -> Interest | None:
        """Return a relationship as an interest of the parent in the child; None if it is none.

        Of one that is refused is left that there is one, if both parties have an LEI.
        """
        try:
            return self._interest(record)
        except InvalidInput as error:
            self.faults.append(Fault(place=record.place, what=error.what, advice=error.advice))
            self.refused[record.child] = (*self.refused.get(record.child, ()), record.place)
            named = all(parse("lei", lei) is not None for lei in (record.child, record.parent))
            return doubtful(record.parent, record.child, record.place) if named else None

    def _interest(self, record: Relationship) -> Interest | None:
        for lei in (record.child, record.parent):
            if parse("lei", lei) is None:
                raise InvalidInput(
                    f"{lei[:40]!r} is no LEI: its check digits do not fit",
                    where=record.place,
                    advice="Check the identifier with its publisher",
                )
        if record.child == record.parent:
            raise InvalidInput(
                f"{record.child} has a relationship with itself",
                where=record.place,
                advice="Ask the publisher which party is meant",
            )
        check_days(record.since, record.until)
        if record.kind in CONSOLIDATED:
            share, control = UNKNOWN_SHARE, Control.MAYBE
        elif record.kind == BRANCH:
            share, control = Share(WHOLE, WHOLE), Control.YES
        elif record.kind in FUND:
            share, control = NO_SHARE, Control.MAYBE
        else:
            raise InvalidInput(
                f"the kind of relationship {record.kind[:60]!r} is not known",
                where=record.place,
                advice="See the kinds in docs/ownership.md",
            )
        if record.status not in ("ACTIVE", "") or record.registration in _VOID:
            what = f"{record.parent} over {record.child}: {record.status}, {record.registration}; not counted"
            if record.until is None:
                self.notes.append(Fault(place=record.place, what=what, taken=False))
                return None
        for lei in (record.child, record.parent) if self.names else ():
            if lei not in self.names:
                self.notes.append(Fault(place=record.place, what=f"{lei} is in no LEI record", taken=True))
        return Interest(
            owner=record.parent,
            owned=record.child,
            share=share,
            control=control,
            since=record.since,
            until=record.until,
            place=record.place,
        )

    def _company(self, one: Company, numbers: dict[tuple[str, str], Company]) -> None:
        """Report an LEI that is none, and two LEIs that are one company by its number in a register; none is joined."""
        if parse("lei", one.lei) is None:
            what = f"{one.lei[:40]!r} is no LEI: its check digits do not fit"
            self.faults.append(Fault(place=one.place, what=what))
        if one.registration in _VOID and one.successors:
            what = f"{one.lei} is {one.registration.lower()}; GLEIF names {', '.join(one.successors)} in its place"
            self.notes.append(Fault(place=one.place, what=what, taken=True))
        if one.number and one.register and one.registration not in _VOID:
            other = numbers.setdefault((one.register, _SPACES.sub("", one.number).casefold()), one)
            if other.lei != one.lei:
                what = f"{one.lei} and {other.lei} are one company: both have number {one.number} in {one.register}"
                advice = "They are not joined; ask the issuer which one is void"
                self.faults.append(Fault(place=one.place, what=what, advice=advice, taken=True))


def _records(stream: BinaryIO, tag: str, root: str) -> Iterator[etree._Element]:
    """Yield the records of a file as they come and forget each; nothing outside the file is fetched or expanded."""
    found = False
    try:
        events = etree.iterparse(
            stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for event, element in events:
            if not found:
                found = True
                _check_root(element, root)
            if event == "end" and _name(element) == tag:
                yield element
                element.clear()
                while (before := element.getprevious()) is not None:
                    before.getparent().remove(before)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise InvalidDocument(
            f"the XML is not well-formed: {(error.msg or '')[:120]}",
            where=f"line {line}, column {column}",
            advice="Download the file again; what was read before that place is not complete",
        ) from error


def _check_root(element: etree._Element, root: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise InvalidDocument(
            "the document declares a document type, which GLEIF's files never do",
            where="line 1",
            advice="Do not use this file: it may have been made to harm its reader",
        )
    if _name(element) != root:
        raise InvalidDocument(
            f"the document is a {_name(element)[:40]}, not a {root}",
            where=f"line {element.sourceline}",
            advice="Give an LEI-CDF file (level 1) or an RR-CDF file (level 2)",
        )


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if element is not None:
        yield from element.iterchildren(f"{{*}}{name}")


def _text(element: etree._Element | None, name: str) -> str:
    child = _child(element, name)
    return " ".join((child.text or "").split()) if child is not None else ""


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _deleted(record: etree._Element) -> bool:
    """Tell whether a delta marks a record as deleted, as an extension of the record does."""
    return any(_name(one) == "Deletion" for one in record.iter(etree.Element))


def _day(text: str) -> date | None:
    """Return the day that an instant prints."""
    try:
        return read_day(text[:10])
    except InvalidInput:
        return None
