# SPDX-License-Identifier: Apache-2.0
"""Interest document: a JSON file that says who is listed and who holds what.

`{"listed": ["X", {"id": "Y", "policy": "…", "rules": ["us-bis"], "jointly": "…", "from": …, "to": …}], "interests":
[{"owner", "owned", "share": 50 | {"min", "max"}, "control": true | false | null, "from", "to"}]}`. Shares are percents;
`min` and `max` may stand in the interest itself. `null` is "not known".
"""

from __future__ import annotations

from typing import Any

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.holdings import (
    Fault,
    Holdings,
    check_days,
    doubtful,
    read_day,
    read_share,
    unheld,
    without_repeats,
)
from highfence.model.interest import UNKNOWN_SHARE, Control, Interest, Listed, Share
from highfence.model.interests import Interests

_INTEREST = frozenset({"owner", "owned", "share", "min", "max", "control", "from", "to"})
_LISTED = frozenset({"id", "rules", "policy", "jointly", "from", "to"})
_CONTROL = {False: Control.NO, True: Control.YES, None: Control.MAYBE}


class _Document(msgspec.Struct):
    listed: list[Any] = []
    interests: list[Any] = []


def read_document(data: bytes) -> Holdings:
    """Read a document of interests.

    Raises:
        InvalidDocument: it is not JSON, or not an object with `listed` and `interests`.
    """
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidDocument(
            f"the document cannot be read: {error}",
            where="JSON",
            advice='Write {"listed": [...], "interests": [{"owner", "owned", "share"}]}',
        ) from error
    reading = _Reading()
    listed = [one for at, said in enumerate(document.listed) if (one := reading.listed(said, f"listed[{at}]"))]
    interests = [
        held for at, said in enumerate(document.interests) if (held := reading.interest(said, f"interests[{at}]"))
    ]
    columns, repeats = without_repeats(Interests.of(interests, also=[one.id for one, _ in listed]))
    return Holdings(
        interests=columns,
        listed=tuple(one for one, _ in listed),
        faults=(*reading.faults, *repeats),
        notes=(*reading.notes, *unheld(columns, tuple(listed))),
        refused={party: tuple(places) for party, places in reading.refused.items()},
    )


class _Reading:
    """Reads items one by one and keeps what is wrong with others."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.refused: dict[str, list[str]] = {}

    def listed(self, said: Any, place: str) -> tuple[Listed, str] | None:
        """Read a listed party, an id or an object; None if it is refused."""
        if isinstance(said, str):
            said = {"id": said}
        try:
            if not isinstance(said, dict):
                raise InvalidInput(
                    "a listed party is an id or an object with one", where=place, advice="Write the id as a text"
                )
            self._unknown_fields(said, _LISTED, place)
            since, until = read_day(_text(said, "from")), read_day(_text(said, "to"))
            check_days(since, until)
            rules = said.get("rules") or ()
            if not isinstance(rules, list | tuple) or not all(isinstance(one, str) for one in rules):
                raise InvalidInput("rules is not a list of rules", where=place, advice='Write a list such as ["eu"]')
            listed = Listed(
                id=_needed(said, "id"),
                rules=tuple(rules),
                policy=_text(said, "policy"),
                jointly=_text(said, "jointly"),
                since=since,
                until=until,
            )
        except InvalidInput as error:
            self.faults.append(Fault(place=place, what=error.what, advice=error.advice))
            return None
        return listed, place

    def interest(self, said: Any, place: str) -> Interest | None:
        """Read an interest; of one that is refused, that there is one; None if not even that is said."""
        try:
            if not isinstance(said, dict):
                raise InvalidInput(
                    "an interest is an object with owner and owned", where=place, advice="Write owner, owned and share"
                )
            return self._interest(said, place)
        except InvalidInput as error:
            self.faults.append(Fault(place=place, what=error.what, advice=error.advice))
            owner, owned = (_name(said, role) for role in ("owner", "owned"))
            if owned:
                self.refused.setdefault(owned, []).append(place)
            return doubtful(owner, owned, place)

    def _interest(self, said: dict[str, Any], place: str) -> Interest:
        self._unknown_fields(said, _INTEREST, place)
        owner, owned = _needed(said, "owner"), _needed(said, "owned")
        if owner == owned:
            raise InvalidInput(
                f"{owner[:60]!r} has an interest in itself", where=place, advice="Leave it out, or name the other party"
            )
        control = said.get("control", False)
        if control not in (True, False, None) or not isinstance(control, bool | None):
            raise InvalidInput("control is neither true nor false nor null", where=place, advice="Write true or false")
        since, until = read_day(_text(said, "from")), read_day(_text(said, "to"))
        check_days(since, until)
        return Interest(
            owner=owner,
            owned=owned,
            share=self._share(said, place),
            control=_CONTROL[control],
            since=since,
            until=until,
            place=place,
        )

    def _share(self, said: dict[str, Any], place: str) -> Share:
        share = said.get("share")
        if isinstance(share, dict):
            if "min" in said or "max" in said:
                raise InvalidInput("there are a share and bounds", where=place, advice="Give one or the other")
            self._unknown_fields(share, frozenset({"min", "max"}), f"{place}.share")
            return read_share("", least=_figure(share, "min") or "0", most=_figure(share, "max")) or UNKNOWN_SHARE
        read = read_share(_figure(said, "share"), least=_figure(said, "min"), most=_figure(said, "max"))
        if read is None and "share" not in said and not said.get("control"):
            what = f"the share of {said['owner'][:60]!r} in {said['owned'][:60]!r} is missing: it counts as unknown"
            self.notes.append(Fault(place=place, what=what, taken=True))
        return read or UNKNOWN_SHARE

    def _unknown_fields(self, said: dict[str, Any], known: frozenset[str], place: str) -> None:
        for name in said:
            if name not in known:
                self.notes.append(Fault(place=place, what=f"the field {name[:60]!r} is not used", taken=True))


def _name(said: Any, role: str) -> str:
    name = said.get(role) if isinstance(said, dict) else None
    return name.strip() if isinstance(name, str) else ""


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is not text", where=name, advice="Write it in quotation marks")
    return value.strip()


def _needed(said: dict[str, Any], name: str) -> str:
    value = _text(said, name)
    if not value:
        raise InvalidInput(f"the {name} is missing", where=name, advice="Name it")
    return value


def _figure(said: dict[str, Any], name: str) -> str:
    """Return a figure as text, as JSON wrote it; empty if there is none or it is null."""
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidInput(f"{name} is no number", where=name, advice="Write a number of percents")
    return str(value).strip()
