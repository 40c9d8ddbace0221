# SPDX-License-Identifier: Apache-2.0
"""Case tables: CSV in, the same applications as JSON would give, or row and column of each bad one."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from casefiles import DOCUMENT
from highfence.errors import InvalidDocument
from highfence.formats.case_document import read_cases
from highfence.formats.case_table import COLUMNS, read_case_table

TODAY = date(2026, 11, 24)
GOOD = {
    "id": "A-117",
    "applicant": "Example Machines",
    "exporter": "us",
    "destination": "cn",
    "end_use": "gears for cars",
    "military": "no",
    "item": "mill",
    "description": "5-axis milling machine",
    "eccn": "2B001.b.2",
    "eu_code": "2B001.b.2",
    "hs": "845710",
    "parameters": "positioning repeatability = 1 µm",
    "quantity": "1",
    "unit": "pieces",
    "amount": "400000",
    "currency": "EUR",
    "party": "buyer",
    "name": "Shenzhen Example Precision Works",
    "roles": "consignee; end user",
    "country": "cn",
    "addresses": "12 Example Road, Shenzhen",
    "identifiers": "91440300MA5EXAMPLE",
}


def read(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS):
    cells = [[row.get(name, "") for name in columns] for row in rows]
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in (columns, *cells))
    return read_case_table(text.encode(), today=TODAY)


def changed(**cells: str) -> dict[str, str]:
    return {**GOOD, **cells}


def test_a_row_says_what_the_document_says():
    (row,) = read(GOOD).intakes
    (said,) = read_cases(json.dumps(DOCUMENT).encode(), today=TODAY).intakes
    assert (row.application, row.applicant, row.digest) == (said.application, said.applicant, said.digest)
    assert row.row == 2


def test_further_rows_hold_further_items_and_parties():
    item = {"id": "A-117", "item": "bits", "description": "Drill bits", "quantity": "10", "unit": "pieces"}
    party = {"id": "A-117", "party": "bank", "name": "Example Bank", "roles": "bank", "country": "cn"}
    owned = {**party, "party": "hq", "name": "Example Group", "roles": "purchaser", "owner": "Owner", "share": "35.5"}
    (found,) = read(GOOD, item, party, owned).intakes
    assert [one.id for one in found.application.items] == ["mill", "bits"]
    assert [one.id for one in found.application.parties] == ["buyer", "bank", "hq"]
    (owner,) = found.application.parties[2].owners
    assert str(owner.share) == "35.5 %"


def test_two_applicants_may_use_the_same_id():
    found = read(GOOD, changed(applicant="Another"))
    assert [one.applicant for one in found.intakes] == ["Example Machines", "Another"]
    assert found.wrong == ()


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"applicant": ""}, "applicant"),
        ({"exporter": "Atlantis"}, "exporter"),
        ({"quantity": "many"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"unit": ""}, "unit"),
        ({"currency": ""}, "currency"),
        ({"amount": "12,5"}, "amount"),
        ({"military": "perhaps"}, "military"),
        ({"item_military": "perhaps"}, "item_military"),
        ({"parameters": "193 nm"}, "parameters"),
        ({"roles": "friend"}, "roles"),
        ({"roles": ""}, "roles"),
        ({"country": ""}, "country"),
        ({"name": ""}, "name"),
        ({"share": "30"}, "owner"),
        ({"owner": "X", "share": "130"}, "share"),
        ({"incorporated": "May"}, "incorporated"),
        ({"received": "2027-01-01"}, "received"),
        ({"informed": "article-99"}, "informed"),
        ({"confidential": "applicant"}, "determination"),
        ({"confidential": "items.lathe.value", "determination": "NID-1"}, "confidential"),
        ({"determination": "NID-1"}, "confidential"),
        ({"us_content": "120"}, "us_content"),
        ({"id": ""}, "id"),
    ],
)
def test_tells_row_and_column_of_what_is_wrong(cells, field):
    found = read(changed(id="A-1"), changed(**cells))
    assert [(one.row, one.field) for one in found.wrong] == [(3, field)]
    assert found.wrong[0].advice


def test_tells_the_row_of_a_further_item():
    item = {"id": "A-117", "item": "bits", "description": "Drill bits", "quantity": "10"}
    assert [(one.row, one.field) for one in read(GOOD, item).wrong] == [(3, "unit")]


def test_a_further_row_that_contradicts_the_first_is_refused():
    found = read(GOOD, {"id": "A-117", "destination": "ru"})
    assert [(one.row, one.field) for one in found.wrong] == [(3, "destination")]


def test_every_bad_row_is_told_and_the_good_ones_beside():
    found = read(GOOD, changed(id="B", country=""), changed(id="C", exporter=""), changed(id="D"))
    assert [one.row for one in found.wrong] == [3, 4]
    assert [one.application.id for one in found.intakes] == ["A-117", "D"]


def test_a_row_that_has_shifted_is_told():
    text = "id,applicant,exporter,destination\nA-1,Example,us\n"
    found = read_case_table(text.encode(), today=TODAY)
    assert [one.row for one in found.wrong] == [2]


@pytest.mark.parametrize("text", ["id,applicant,exporter,destination,colour\n", "id,applicant,exporter\n", "\n", ""])
def test_a_table_with_other_columns_is_refused(text):
    with pytest.raises(InvalidDocument):
        read_case_table(text.encode(), today=TODAY)


def test_numbers_are_exact():
    (found,) = read(changed(amount="400000.10", us_content="24.9")).intakes
    assert found.application.items[0].us_content == Decimal("24.9")
    assert found.application.items[0].value is not None
    assert found.application.items[0].value.amount == Decimal("400000.10")
