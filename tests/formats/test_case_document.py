# SPDX-License-Identifier: Apache-2.0
"""Case documents: JSON in, applications or the refusal of each bad one out."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from casefiles import DOCUMENT
from highfence.errors import InvalidDocument
from highfence.formats.case_document import CASES_MOST, read_cases
from highfence.model.case_move import Confidential

TODAY = date(2026, 11, 24)


def document(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DOCUMENT), **changes}


def read(value: object):
    return read_cases(json.dumps(value).encode(), today=TODAY)


def test_reads_one_application_a_list_of_them_or_one_on_each_line():
    other = document(id="A-118")
    one = read(DOCUMENT)
    (read_one,) = one.intakes
    assert (read_one.row, read_one.applicant, read_one.application.id) == (1, "Example Machines", "A-117")
    assert one.intakes[0].received == one.intakes[0].application.on == TODAY
    listed = read([DOCUMENT, other])
    lines = read_cases(f"{json.dumps(DOCUMENT)}\n\n{json.dumps(other)}\n".encode(), today=TODAY)
    assert [each.application for each in listed.intakes] == [each.application for each in lines.intakes]
    assert [each.row for each in lines.intakes] == [1, 3]


def test_every_bad_one_is_told_with_its_place_and_field():
    bad_item = document(id="A-118")
    bad_item["items"][0]["quantity"] = {"value": 1}
    found = read([DOCUMENT, document(applicant=" "), bad_item, document(id="A-119", destination="Atlantis"), 7])
    assert [(one.row, one.field) for one in found.wrong] == [
        (2, "applicant"),
        (3, "items[0].quantity.unit"),
        (4, "destination"),
        (5, ""),
    ]
    assert all(one.what and one.advice for one in found.wrong)


def test_a_line_that_is_no_json_is_told_beside_the_others():
    found = read_cases(b'{"id": "A", "id": "B"}\n{"id": "C"}\n', today=TODAY)
    assert [one.row for one in found.wrong] == [1, 2]
    assert "stands twice" in found.wrong[0].what


def test_an_application_that_stands_twice_is_told():
    found = read([DOCUMENT, DOCUMENT, document(applicant="Another")])
    assert [(one.row, one.field) for one in found.wrong] == [(2, "id")]
    assert "row 1 already" in found.wrong[0].what


def test_an_unknown_field_is_refused():
    assert read(document(colour="red")).wrong[0].field == "colour"


@pytest.mark.parametrize("day", ["2026-11-25", "yesterday"])
def test_a_day_of_receipt_that_is_not_yet_or_none_is_refused(day):
    assert read(document(received=day)).wrong[0].field == "received"


def test_what_it_says_has_one_digest_whatever_day_and_form_it_is_read_in():
    written = json.dumps(DOCUMENT, indent=4).encode()
    first, later = (read_cases(written, today=day).intakes[0] for day in (TODAY, date(2026, 12, 24)))
    (listed,) = read([DOCUMENT]).intakes
    assert first.digest == later.digest == listed.digest
    other = document()
    other["end_use"]["text"] = "gears for lorries"
    assert read(other).intakes[0].digest != first.digest
    assert read(document(received="2026-11-20")).intakes[0].digest != first.digest
    assert read(document(applicant="Another")).intakes[0].digest != first.digest


def test_a_part_marked_confidential_without_its_determination_is_refused():
    found = read(document(confidential={"parts": ["items.mill.value"]}))
    assert [(one.field, "without the determination" in one.what) for one in found.wrong] == [
        ("confidential.determination", True)
    ]
    good = read(document(confidential={"parts": ["items.mill.value"], "determination": "NID-2026-14"}))
    assert good.intakes[0].confidential == Confidential(parts=("items.mill.value",), determination="NID-2026-14")


def test_a_file_that_is_empty_no_json_or_too_long_is_refused():
    for data in (b"", b"  \n", b"{", b"\xff\xff"):
        with pytest.raises(InvalidDocument):
            read_cases(data, today=TODAY)
    with pytest.raises(InvalidDocument, match="applications"):
        read_cases(b"[" + b",".join([b"1"] * (CASES_MOST + 1)) + b"]", today=TODAY)
