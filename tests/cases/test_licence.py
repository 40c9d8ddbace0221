# SPDX-License-Identifier: Apache-2.0
"""Cases are opened once, numbered in order, read by who may work on them, and moved by one officer at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from casefiles import DOCUMENT, event
from highfence.app import Node
from highfence.cases.licence import Clerk, add_events, may_work, open_cases, read_case, read_cases, shown
from highfence.errors import MoveRefused, NotFound
from highfence.formats.case_document import Intake
from highfence.formats.case_document import read_cases as read_documents
from highfence.model.case_move import Asked, Checked, Noted
from highfence.rules.handling import Reader
from nodes import NOON, officer, opened

TODAY = NOON.date()
CLERK = Clerk(authority="us", officer="jane", at="2026-11-24T12:00:00.000000Z", today=TODAY)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path, ("us", "nl")) as nodes:
        yield nodes["us"]


def intakes(*changes: dict[str, object]) -> tuple[Intake, ...]:
    documents = [{**DOCUMENT, **change} for change in changes]
    return read_documents(json.dumps(documents).encode(), today=TODAY).intakes


def open_them(node: Node, *changes: dict[str, object], clerk: Clerk = CLERK) -> list[str]:
    found = node.database.write(lambda connection: open_cases(connection, intakes(*changes), clerk))
    return [one.number for one in found]


def test_cases_are_numbered_by_authority_and_year(node):
    assert open_them(node, {}, {"id": "A-2"}) == ["us-2026-000001", "us-2026-000002"]
    assert open_them(node, {"id": "A-3"}) == ["us-2026-000003"]
    later = msgspec.structs.replace(CLERK, today=date(2027, 1, 4), at="2027-01-04T12:00:00.000000Z")
    assert open_them(node, {"id": "A-4"}, clerk=later) == ["us-2027-000001"]


def test_the_same_application_is_recognised_and_another_of_its_number_refused_with_nothing_taken(node):
    assert open_them(node, {}) == open_them(node, {})
    with pytest.raises(MoveRefused, match="says something else"):
        open_them(node, {"id": "A-5"}, {"destination": "ru"})
    with node.database.read() as connection:
        assert len(read_cases(connection, officer(node), on=TODAY, undecided=None, limit=9)) == 1
    assert open_them(node, {"applicant": "Another"}) == ["us-2026-000002"]


@pytest.mark.parametrize(
    ("reader", "plain", "confidential"),
    [
        (Reader(authority="us", ceiling="RESTRICTED", purposes=("export-control",)), True, True),
        (Reader(authority="us", ceiling="SENSITIVE", purposes=("export-control",)), True, False),
        (Reader(authority="us", ceiling="PUBLIC", purposes=("export-control",)), False, False),
        (Reader(authority="us", ceiling="RESTRICTED", purposes=("sanctions",)), False, False),
        (Reader(authority="us", ceiling="COSMIC", purposes=("export-control",)), False, False),
    ],
)
def test_cases_are_for_those_who_license_and_confidential_ones_for_the_cleared(node, reader, plain, confidential):
    part = {"parts": ["applicant"], "determination": "NID-1"}
    numbers = open_them(node, {}, {"id": "A-2", "confidential": part})
    assert (may_work(False, reader, on=TODAY), may_work(True, reader, on=TODAY)) == (plain, confidential)
    with node.database.read() as connection:
        seen = [one.number for one in read_cases(connection, reader, on=TODAY, undecided=True, limit=9)]
        assert seen == [number for number, may in zip(numbers, (plain, confidential), strict=True) if may]
        for number in set(numbers) - set(seen):
            with pytest.raises(NotFound) as hidden:
                read_case(connection, number, reader, on=TODAY)
            with pytest.raises(NotFound) as missing:
                read_case(connection, "us-2026-999999", reader, on=TODAY)
            assert (hidden.value.what, hidden.value.advice) == (missing.value.what, missing.value.advice)


def test_of_two_who_move_a_case_at_once_one_is_refused_and_nothing_of_theirs_is_kept(node):
    (number,) = open_them(node, {})
    with node.database.read() as connection:
        seen = read_case(connection, number, officer(node), on=TODAY)
    node.database.write(lambda connection: add_events(connection, seen, [event(Asked(text="first"), TODAY)]))
    with pytest.raises(MoveRefused, match="moved on"):
        node.database.write(
            lambda connection: add_events(
                connection, seen, [event(Noted(text="a"), TODAY), event(Noted(text="b"), TODAY)]
            )
        )
    with node.database.read() as connection:
        case = read_case(connection, number, officer(node), on=TODAY)
    assert [type(one.move) for one in case.events[1:]] == [Asked]


def test_a_determination_is_shown_to_those_who_see_as_much_as_who_made_it(node):
    (number,) = open_them(node, {})
    made = Checked(
        paper="ab" * 32,
        day=TODAY,
        verdict="prohibited",
        summary="Acme is listed",
        ceiling="RESTRICTED",
        purposes=("export-control", "sanctions"),
    )
    with node.database.read() as connection:
        seen = read_case(connection, number, officer(node), on=TODAY)
    case = node.database.write(lambda connection: add_events(connection, seen, [event(made, TODAY)]))
    assert shown(case, officer(node)) == case
    for less in (
        Reader(authority="us", ceiling="SENSITIVE", purposes=("export-control", "sanctions")),
        Reader(authority="us", ceiling="RESTRICTED", purposes=("export-control",)),
    ):
        cut = shown(case, less)
        assert "Acme" not in repr(cut)
        assert "prohibited" not in repr(cut)
        assert "ab" * 32 not in repr(cut)
        assert cut.checks[0].made.verdict == "not shown to you"
