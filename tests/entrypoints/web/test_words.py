# SPDX-License-Identifier: Apache-2.0
"""Words on pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints.web import words
from highfence.model.assertion import KINDS
from highfence.model.marking import TLP


def test_days_and_instants_are_written_in_utc() -> None:
    assert words.day_text(date(2026, 11, 4)) == "4 Nov 2026"
    assert words.day_text(None) == ""
    assert words.instant_words("2026-11-24T13:00:05.123+01:00") == "24 Nov 2026, 12:00:05 UTC"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-24", "2026-11-24T12:00:00"])
def test_what_is_no_instant_is_shown_as_it_is(text: str) -> None:
    assert words.instant_words(text) == text


@pytest.mark.parametrize(
    ("code", "name"), [("us", "United States"), ("uk", "United Kingdom"), ("eu", "European Union"), ("zz", "ZZ")]
)
def test_jurisdictions_have_names(code: str, name: str) -> None:
    assert words.jurisdiction_name(code) == name


def test_an_unknown_traffic_light_looks_as_it_is_handled() -> None:
    assert words.tlp_class("PURPLE") == words.tlp_class("RED")
    assert len({words.tlp_class(name) for name in TLP}) == len(TLP)


@given(st.text())
def test_classes_come_from_a_closed_set_whatever_a_peer_says(text: str) -> None:
    for made in (words.kind_colour(text), words.state_colour(text), words.classification_colour(text)):
        assert made.replace("govuk-tag", "").replace("-", "").replace(" ", "").isalpha() or made == "govuk-tag"
    assert words.tlp_class(text) in {words.tlp_class(name) for name in TLP}


@given(st.text(st.characters(codec="utf-8")))
def test_a_segment_of_a_path_stays_one_segment(text: str) -> None:
    assert not set(words.segment(text)) & set("/?#\\<>\"' ")


def test_every_kind_has_a_tag() -> None:
    assert all(words.kind_colour(kind).startswith("govuk-tag") for kind in KINDS)


@pytest.mark.parametrize(("value", "text"), [(None, ""), (12345, "12,345"), (-3.0, "-3"), (10.5, "10.5")])
def test_numbers_have_thousands(value: float | None, text: str) -> None:
    assert words.number(value) == text


def test_grades_of_the_admiralty_scale_are_explained() -> None:
    assert words.reliability_words("B") == "B: usually reliable"
    assert words.credibility_words(6) == "6: cannot be judged"
    assert words.reliability_words("Z") == "Z: unknown grade"


def test_languages_get_the_tag_that_browsers_know() -> None:
    assert (words.lang_tag("rus"), words.lang_tag("xyz")) == ("ru", "xyz")
