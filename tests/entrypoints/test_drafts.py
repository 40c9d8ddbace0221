# SPDX-License-Identifier: Apache-2.0
"""Drafts: a misspelt field is told, never passed over."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints.drafts import Draft, read_draft
from highfence.errors import InvalidAssertion, InvalidDocument, InvalidInput
from highfence.model.marking import Marking

MARKING: dict[str, Any] = {
    "tlp": "AMBER",
    "classification": "SENSITIVE",
    "releasable_to": ["nl"],
    "expires": "2027-01-31",
}
COMPANY: dict[str, Any] = {"id": "firm-1", "schema": "Company", "properties": {"name": ["Acme"]}}
LISTING: dict[str, Any] = {"jurisdiction": "us", "source": "s", "list": "l", "key": "k", "entity": "firm-1"}
DRAFT: dict[str, Any] = {"kind": "concern", "subject": "firm-1", "marking": MARKING, "entities": [COMPANY], "text": "t"}


def read(**changes: object) -> Draft:
    return read_draft(json.dumps({**DRAFT, **changes}).encode())


def refusal(**changes: object) -> InvalidAssertion:
    with pytest.raises(InvalidAssertion) as refused:
        read(**changes)
    return refused.value


def test_a_draft_becomes_an_assertion_that_the_node_completes() -> None:
    draft = read(listing=LISTING, sources=["a", "b"], refers_to="r", reason="why", legal_basis="Article 4")
    assertion = draft.assertion()
    assert (assertion.originator, assertion.issued, assertion.nonce) == ("", "", "")
    for field in Draft.__struct_fields__:
        assert getattr(assertion, field) == getattr(draft, field), field
    assert assertion.marking.expires == date(2027, 1, 31)
    assert assertion.listing is not None
    assert assertion.entity() is not None


def test_a_marking_that_says_nothing_is_the_most_restrictive() -> None:
    assert read(marking={}).marking == Marking()


@pytest.mark.parametrize("field", ["kind", "subject", "marking"])
def test_says_which_field_is_missing(field: str) -> None:
    values = {name: value for name, value in DRAFT.items() if name != field}
    with pytest.raises(InvalidAssertion, match=f"`{field}`"):
        read_draft(json.dumps(values).encode())


@pytest.mark.parametrize(
    ("changes", "where", "field"),
    [
        ({"marking": {**MARKING, "releasable": ["nl"]}}, "draft.marking", "releasable"),
        ({"listing": {**LISTING, "listd": "2026-01-01"}}, "draft.listing", "listd"),
        ({"entities": [COMPANY, {**COMPANY, "propertys": {}}]}, "draft.entities[1]", "propertys"),
    ],
)
def test_a_misspelt_field_is_told_with_its_place_and_the_fields_there_are(
    changes: dict[str, Any], where: str, field: str
) -> None:
    refused = refusal(**changes)
    assert refused.where == where
    assert repr(field) in refused.what
    assert refused.advice.startswith("Use: ")


@pytest.mark.parametrize("field", ["originator", "issued", "nonce", "tlp", "release_to"])
def test_a_draft_cannot_say_what_the_node_adds_nor_what_does_not_exist(field: str) -> None:
    assert f"`{field}`" in refusal(**{field: "us"}).what


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kind": 1}, "$.kind"),
        ({"marking": []}, "$.marking"),
        ({"marking": {"releasable_to": "nl"}}, "$.marking.releasable_to"),
        ({"marking": {"expires": "tomorrow"}}, "$.marking.expires"),
        ({"entities": {}}, "$.entities"),
        ({"entities": ["firm-1"]}, "$.entities[0]"),
        ({"listing": "us"}, "$.listing"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_its_place(changes: dict[str, Any], place: str) -> None:
    assert f"`{place}`" in refusal(**changes).what


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"kind": "concern", "kind": "facts"}',
        b'{"kind": 1.5}',
        b'{"kind": "caf\\u0065\\u0301"}',
        b"[" * 100_000,
        b'{"kind": "' + b"x" * (1 << 20) + b'"}',
    ],
)
def test_what_has_two_meanings_or_no_end_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidDocument):
        read_draft(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(DRAFT)), JSON)
def test_any_value_in_any_field_is_taken_or_refused_as_the_callers_mistake(field: str, value: object) -> None:
    try:
        taken = read(**{field: value})
    except InvalidInput as error:
        taken = None
        advice = error.advice
    assert isinstance(taken, Draft) or advice


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(document: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_draft(document)
