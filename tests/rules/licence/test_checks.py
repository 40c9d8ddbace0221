# SPDX-License-Identifier: Apache-2.0
"""What cannot be so is refused with its field and the accepted form."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, InvalidDocument, InvalidInput
from highfence.formats.application import read_application
from highfence.model.control import ControlLists
from highfence.rules.licence import Desk

from .small_lists import LISTS

TODAY = date(2026, 11, 24)
DESK = Desk([LISTS])
GOOD: dict[str, Any] = {
    "id": "a-1",
    "exporter": "us",
    "destination": "ca",
    "items": [
        {
            "id": "i1",
            "description": "Milling machine",
            "eccn": "2B001.b.2",
            "hs": "8457.10",
            "quantity": {"value": 1, "unit": "pieces"},
            "parameters": [{"name": "accuracy", "value": 0.9, "unit": "µm"}],
            "value": {"amount": 12000, "currency": "USD"},
        }
    ],
    "parties": [
        {
            "id": "p1",
            "name": "Works",
            "role": "end user",
            "country": "Canada",
            "owners": [{"name": "Parent", "share": 33.33}],
        }
    ],
    "end_use": "Making gears",
}


def _read(said: object) -> None:
    DESK.determine(read_application(json.dumps(said).encode(), today=TODAY))


def _changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    said = deepcopy(GOOD)
    place: Any = said
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return said


def test_a_good_application_is_read_whole() -> None:
    read = read_application(json.dumps(GOOD).encode(), today=TODAY)
    assert (read.on, read.destination, read.items[0].hs, read.end_use.text) == (TODAY, "ca", "845710", "Making gears")
    assert str(read.parties[0].owners[0].share) == "33.33 %"
    assert str(read.items[0].parameters[0].value) == "0.9"


@pytest.mark.parametrize(
    ("path", "value", "where", "what", "advice"),
    [
        (("items", 0, "eccn"), "2B999", "items[0].eccn", "the list has no 2B999", "yard search"),
        (("items", 0, "eccn"), "2B001.z", "items[0].eccn", "has no paragraph", "yard show"),
        (("items", 0, "eccn"), "milling", "items[0].eccn", "is no ECCN", "3B001.f.1"),
        (("items", 0, "eu_code"), "9Z001", "items[0].eu_code", "is no code of Annex I", "none"),
        (("items", 0, "hs"), "84", "items[0].hs", "is no HS number", "6 to 10 digits"),
        (
            ("items", 0, "national_codes"),
            ["3B001"],
            "items[0].national_codes[0]",
            "is no code of a national list",
            "nl:",
        ),
        (("items", 0, "quantity"), {"value": 3}, "items[0].quantity.unit", "has no unit", "kg or pieces"),
        (("items", 0, "quantity"), None, "items[0].quantity", "has no quantity", "pieces"),
        (
            ("items", 0, "quantity"),
            {"value": 0.5, "unit": "pieces"},
            "items[0].quantity.value",
            "is not whole",
            "whole",
        ),
        (("items", 0, "quantity"), {"value": 0, "unit": "kg"}, "items[0].quantity.value", "not above nothing", "3"),
        (("items", 0, "quantity"), {"value": 1, "unit": "barrels of"}, "items[0].quantity.unit", "is no unit", "kg"),
        (
            ("items", 0, "parameters", 0),
            {"name": "a", "value": 1},
            "items[0].parameters[0].unit",
            "has no unit",
            "1 for",
        ),
        (
            ("items", 0, "parameters", 0),
            {"name": "wavelength", "value": -193, "unit": "nm"},
            "items[0].parameters[0].value",
            "cannot be a length",
            "at least 0 nm",
        ),
        (
            ("items", 0, "parameters", 0),
            {"name": "temperature", "value": -300, "unit": "°C"},
            "items[0].parameters[0].value",
            "cannot be a temperature",
            "-273.15",
        ),
        (
            ("items", 0, "parameters", 0, "value"),
            "0.9 µm",
            "items[0].parameters[0].value",
            "is no number",
            "without a unit",
        ),
        (("items", 0, "us_content"), 130, "items[0].us_content", "130 is no share", "between 0 and 100"),
        (("items", 0, "value"), {"amount": 1, "currency": "$"}, "items[0].value", "is no value", "EUR"),
        (("items", 0, "colour"), "red", "items[0].colour", "has no field 'colour'", "Use id"),
        (("items",), [], "items", "there is no item", "at least one"),
        (("parties", 0, "name"), "  ", "parties[0].name", "has no name", "whole name"),
        (("parties", 0, "name"), "?!", "parties[0].name", "has no name", "whole name"),
        (("parties", 0, "name"), None, "parties[0].name", "has no name", "whole name"),
        (("parties", 0, "role"), "friend", "parties[0].roles", "is not known", "consignee"),
        (("parties", 0, "role"), None, "parties[0].roles", "has no role", "consignee"),
        (("parties", 0, "country"), "Atlantis", "parties[0].country", "is no country", "alpha-2"),
        (("parties", 0, "incorporated"), "1 May", "parties[0].incorporated", "is no day", "2026-11-24"),
        (("parties", 0, "owners", 0, "share"), 120, "parties[0].owners[0].share", "more than the whole", "100"),
        (("parties", 0, "owners", 0, "name"), "", "parties[0].owners[0].name", "has no name", "Name the owner"),
        (("parties", 0, "id"), "i1", "parties", "stands twice", "its own"),
        (("destination",), "zz", "destination", "is no country", "alpha-2"),
        (("destination",), None, "destination", "has no destination", "alpha-2"),
        (("end_use",), None, "end_use", "has no end_use", "what it is for"),
        (("end_use",), {"military": "yes"}, "end_use.military", "is not in its form", "true, false"),
        (("end_use",), {"informed": ["article-99"]}, "end_use.informed", "is not known", "article-4"),
    ],
)
def test_refuses_what_cannot_be_with_the_field_and_the_form(
    path: tuple[str | int, ...], value: object, where: str, what: str, advice: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        _read(_changed(path, value))
    assert caught.value.where == where
    assert what in caught.value.what
    assert advice in caught.value.advice


@pytest.mark.parametrize(
    ("country", "on", "there"),
    [
        ("ss", "2011-07-08", False),
        ("ss", "2011-07-09", True),
        ("xk", "2008-02-16", False),
        ("an", "2010-10-09", True),
        ("an", "2010-10-10", False),
        ("su", "2020-01-01", False),
        ("me", "2006-06-02", False),
    ],
)
def test_a_destination_exists_from_its_first_day_to_its_last(country: str, on: str, there: bool) -> None:
    said = _changed(("destination",), country) | {"date": on}
    if there:
        _read(said)
        return
    with pytest.raises(InvalidInput, match="there is no") as caught:
        _read(said)
    assert caught.value.where == "destination"
    assert caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{",
        b'{"id": "a", "id": "b"}',
        b'{"items": NaN}',
        b"\xff\xfe",
        b'{"id": "' + b"a" * (1 << 20) + b'"}',
        b"[" * 100_000,
    ],
)
def test_refuses_what_is_not_one_strict_object(text: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_application(text, today=TODAY)
    assert caught.value.advice
    assert isinstance(caught.value, InvalidDocument) or text == b"[]"


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
FIELDS = st.sampled_from([*GOOD, "name", "value"])
ANYTHING = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(FIELDS, one, max_size=4), max_leaves=12
)


@given(ANYTHING, st.sampled_from(list(GOOD)))
def test_whatever_json_is_given_is_read_or_refused_in_words(said: object, place: str) -> None:
    told = _refusal(GOOD | {place: said})
    assert told is None or (told.what and told.advice)


def _refusal(said: object) -> HighfenceError | None:
    try:
        _read(said)
    except HighfenceError as error:
        return error
    return None


def test_without_control_lists_codes_are_taken_and_the_answer_cannot_be_told() -> None:
    answer = Desk([ControlLists()]).determine(read_application(json.dumps(GOOD).encode(), today=TODAY))
    assert answer.regimes[0].verdict == "cannot tell"
    assert any("not loaded" in unknown for one in answer.regimes[0].reasons for unknown in one.unknown)
