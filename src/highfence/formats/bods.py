# SPDX-License-Identifier: Apache-2.0
"""BODS: the Beneficial Ownership Data Standard 0.4, read and written, as JSON lines or one array of statements.

Of several statements on one record the latest counts. A relationship whose subject or interested party no statement
describes is refused. A shareholding is a share. Voting rights, rights of appointment and the like are control, and only
as sure as the standard's words make them: `otherInfluenceOrControl` is control that may be.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.holdings import Fault, Holdings, check_days, doubtful, read_day, without_repeats
from highfence.model.interest import NO_SHARE, UNKNOWN_SHARE, WHOLE, Control, Interest, Share, between, percent
from highfence.model.interests import Interests

VERSION = "0.4"
#: Interests that are control by their own words.
_CONTROL = frozenset({"controlViaCompanyRulesOrArticles", "controlByLegalFramework"})
#: Interests that can be control, and are not shares.
_INFLUENCE = frozenset(
    {
        "appointmentOfBoard",
        "otherInfluenceOrControl",
        "seniorManagingOfficial",
        "settlor",
        "trustee",
        "protector",
        "beneficiaryOfLegalArrangement",
        "conditionalRightsGrantedByContract",
        "boardMember",
        "boardChair",
        "nominee",
        "nominator",
        "unknownInterest",
        "unpublishedInterest",
    }
)
#: Interests beside which an owner's share is not known, if none is stated.
_OWNER = frozenset(
    {"votingRights", "appointmentOfBoard", "otherInfluenceOrControl", "unknownInterest", "unpublishedInterest"}
)
_LEI = "XI-LEI"
_CONTROLS = "controls by other means than a share"
_NAMESPACE = uuid.UUID("5f0f4a4e-6c0b-5c51-9a52-2f4bb2b1c0de")


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes statements, when, and under which licence."""

    publisher: str
    on: date
    license: str = "https://creativecommons.org/publicdomain/zero/1.0/"


def read_statements(data: bytes) -> Holdings:
    """Read statements; places are the statements' ids.

    Raises:
        InvalidDocument: it is not JSON, or a line is no statement.
    """
    reading = _Reading()
    for place, statement in _statements(data):
        reading.take(statement, place)
    return reading.holdings()


def write_statements(interests: Interests, publication: Publication) -> Iterator[bytes]:
    """Yield interests as lines of BODS, the parties first; read again they are the same interests."""
    for party in interests.ids:
        details = {
            "isComponent": False,
            "entityType": {"type": "unknownEntity"},
            "name": interests.names.get(party, party),
        }
        yield _line(party, party, "entity", details=details, publication=publication)
    for row in range(len(interests)):
        one = interests.interest(row)
        details = {"isComponent": False, "subject": one.owned, "interestedParty": one.owner, "interests": _written(one)}
        yield _line(f"interest-{row}", one.owned, "relationship", details=details, publication=publication)


class _Reading:
    """Keeps of each record the latest statement, then reads relationships."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[str, dict[str, Any], str]] = {}
        self._faults: list[Fault] = []
        self._notes: list[Fault] = []
        self._refused: dict[str, tuple[str, ...]] = {}

    def take(self, statement: Any, place: str) -> None:
        if not isinstance(statement, dict) or not isinstance(statement.get("recordDetails"), dict):
            self._faults.append(Fault(place=place, what="this is no statement of BODS 0.4: it has no recordDetails"))
            return
        record, kind = statement.get("recordId"), statement.get("recordType")
        if not isinstance(record, str) or not record or kind not in ("entity", "person", "relationship"):
            self._faults.append(Fault(place=place, what="the statement has no recordId or no recordType that is known"))
            return
        said = str(statement.get("statementDate") or "")
        if record not in self._latest or said >= self._latest[record][0]:
            self._latest[record] = (said, statement, str(statement.get("statementId") or place))

    def holdings(self) -> Holdings:
        names, parties, interests = {}, [], []
        for record, (_, statement, _) in self._latest.items():
            if statement["recordType"] != "relationship":
                parties.append(record)
                names[record] = _name(statement["recordDetails"])
        self._identifiers()
        for _, statement, place in self._latest.values():
            if statement["recordType"] == "relationship":
                interests += self._relationship(statement, place)
        columns, repeats = without_repeats(Interests.of(interests, also=parties, names=names), one_fact=True)
        return Holdings(
            interests=columns,
            faults=tuple(self._faults),
            notes=(*self._notes, *repeats),  # two statements that agree are no fault
            refused=self._refused,
        )

    def _identifiers(self) -> None:
        """Report companies with two LEIs and LEIs with two companies; nothing is joined for that."""
        bearers: dict[str, str] = {}
        for record, (_, statement, place) in self._latest.items():
            if statement["recordType"] != "entity":
                continue
            given = statement["recordDetails"].get("identifiers") or ()
            leis = sorted({str(one.get("id")) for one in given if isinstance(one, dict) and one.get("scheme") == _LEI})
            if len(leis) > 1:
                what = f"the company {record[:80]!r} has several LEIs: {', '.join(leis)}"
                self._faults.append(Fault(place=place, what=what, advice="Ask which one lapsed", taken=True))
            for lei in leis:
                if (other := bearers.setdefault(lei, record)) != record:
                    what = f"the LEI {lei} stands at {record[:80]!r} and at {other[:80]!r}; they are not joined"
                    self._faults.append(Fault(place=place, what=what, taken=True))

    def _relationship(self, statement: dict[str, Any], place: str) -> list[Interest]:
        details = statement["recordDetails"]
        owned, owner = details.get("subject"), details.get("interestedParty")
        for role, party in (("subject", owned), ("interested party", owner)):
            if not isinstance(party, str):
                self._notes.append(Fault(place=place, what=f"the {role} is not named: {_reason(party)}", taken=True))
                return []
        try:
            for role, party in (("subject", owned), ("interested party", owner)):
                if not self._describes(party):
                    raise InvalidInput(
                        f"the {role} {party[:80]!r} is described by no statement",
                        where=place,
                        advice="Add the statement that describes it",
                    )
            if owner == owned:
                raise InvalidInput(
                    f"{owner[:80]!r} has an interest in itself",
                    where=place,
                    advice="Leave it out, or name the other party",
                )
            ended = (
                read_day(str(statement["statementDate"])[:10]) if statement.get("recordStatus") == "closed" else None
            )
            return _interests(owner, owned, details, place=place, ended=ended)
        except InvalidInput as error:
            self._faults.append(Fault(place=place, what=error.what, advice=error.advice))
            self._refused[owned] = (*self._refused.get(owned, ()), place)
            left = doubtful(owner, owned, place) if self._describes(owner) and self._describes(owned) else None
            return [] if left is None else [left]

    def _describes(self, party: str) -> bool:
        return party in self._latest and self._latest[party][1]["recordType"] != "relationship"


def _interests(owner: str, owned: str, details: dict[str, Any], *, place: str, ended: date | None) -> list[Interest]:
    """Return the interests of a relationship, those of one time put together."""
    given = details.get("interests")
    if not isinstance(given, list) or not given:
        return [
            Interest(owner=owner, owned=owned, share=UNKNOWN_SHARE, control=Control.MAYBE, until=ended, place=place)
        ]
    times: dict[tuple[date | None, date | None], list[dict[str, Any]]] = {}
    for one in given:
        if not isinstance(one, dict):
            raise InvalidInput(
                "an interest is no object", where=place, advice="Write an object with its type and share"
            )
        if one.get("directOrIndirect") == "indirect" and details.get("componentRecords"):
            continue  # its components say the same, step by step
        since, until = read_day(str(one.get("startDate") or "")[:10]), read_day(str(one.get("endDate") or "")[:10])
        check_days(since, until)
        if ended is not None and (until is None or ended < until):
            until = ended if since is None or since <= ended else since
        times.setdefault((since, until), []).append(one)
    return [
        Interest(owner=owner, owned=owned, share=share, control=control, since=since, until=until, place=place)
        for (since, until), those in times.items()
        for share, control in _said(those)
    ]


def _said(interests: list[dict[str, Any]]) -> list[tuple[Share, Control]]:
    """Return share and control of interests that hold at one time; further shareholdings stand by themselves."""
    shares = [_share(one) for one in interests if one.get("type") == "shareholding"]
    control = max((_control(one) for one in interests), default=Control.NO)
    if not shares:
        shares = [UNKNOWN_SHARE if any(one.get("type") in _OWNER for one in interests) else NO_SHARE]
    return [(shares[0], control), *((share, Control.NO) for share in shares[1:])]


def _control(interest: dict[str, Any]) -> Control:
    kind = str(interest.get("type"))
    if kind in _CONTROL or (kind == "otherInfluenceOrControl" and interest.get("details") == _CONTROLS):
        return Control.YES
    if kind == "votingRights":
        votes = _share(interest)
        return Control.YES if votes.low > WHOLE // 2 else Control.MAYBE if votes.high > WHOLE // 2 else Control.NO
    return Control.MAYBE if kind in _INFLUENCE else Control.NO


def _share(interest: dict[str, Any]) -> Share:
    """Read a share: exact, or bounds of which each can be exclusive; an indirect one is at least nothing."""
    share = interest.get("share")
    if not share:
        return UNKNOWN_SHARE
    if not isinstance(share, dict):
        raise InvalidInput("the share is no object", where="share", advice="Write exact, or minimum and maximum")
    exact = share.get("exact")
    low = _figure(share, "minimum", "0") if exact is None else _figure(share, "exact", "")
    high = _figure(share, "maximum", "100") if exact is None else low
    read = between(low, high)
    above = 1 if exact is None and share.get("exclusiveMinimum") is True else 0
    below = 1 if exact is None and share.get("exclusiveMaximum") is True else 0
    if read.low + above > read.high - below:
        raise InvalidInput("no share lies between the bounds", where="share", advice="Widen the bounds")
    least = 0 if interest.get("directOrIndirect") == "indirect" else read.low + above
    return Share(least, read.high - below)


def _figure(share: dict[str, Any], name: str, absent: str) -> str:
    value = share.get(name)
    if value is None:
        return absent
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(f"{name} is no number", where="share", advice="Write a number of percents")
    return str(value)


def _name(details: dict[str, Any]) -> str:
    names = details.get("names")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    return str(details.get("name") or first.get("fullName") or "")


def _reason(party: Any) -> str:
    return str(party.get("reason") or "no reason given")[:80] if isinstance(party, dict) else "nothing is given"


def _statements(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield statements with their places, from an array or from lines."""
    try:
        if data.lstrip()[:1] == b"[":
            for at, statement in enumerate(msgspec.json.decode(data, type=list[Any])):
                yield f"statement [{at}]", statement
            return
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                place = f"line {number}"
                yield place, msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidDocument(
            f"this is not JSON: {error}", where="statements", advice="Give one statement a line, or one array of them"
        ) from error


def _written(interest: Interest) -> list[dict[str, Any]]:
    """Return an interest in BODS's words."""
    times = {"startDate": interest.since, "endDate": interest.until}
    dates = {name: day.isoformat() for name, day in times.items() if day is not None}
    low, high = percent(interest.share.low), percent(interest.share.high)
    share = {"exact": low} if low == high else {"minimum": low, "maximum": high}
    written: list[dict[str, Any]] = [{"type": "shareholding", "directOrIndirect": "direct", "share": share, **dates}]
    if interest.control is not Control.NO:
        details = _CONTROLS if interest.control is Control.YES else "may control by other means than a share"
        written.append({"type": "otherInfluenceOrControl", "directOrIndirect": "direct", "details": details, **dates})
    return written


def _line(record: str, subject: str, kind: str, *, details: dict[str, Any], publication: Publication) -> bytes:
    day = publication.on.isoformat()
    statement = {
        "statementId": str(uuid.uuid5(_NAMESPACE, f"{publication.publisher}|{day}|{kind}|{record}")),
        "recordId": record,
        "declarationSubject": subject,
        "recordType": kind,
        "recordStatus": "new",
        "statementDate": day,
        "recordDetails": details,
        "publicationDetails": {
            "publicationDate": day,
            "bodsVersion": VERSION,
            "license": publication.license,
            "publisher": {"name": publication.publisher},
        },
    }
    return msgspec.json.encode(statement) + b"\n"
