# SPDX-License-Identifier: Apache-2.0
"""model.agreement: on which days an agreement carries a release."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.agreement import Agreement, Suspension

START, END = date(2024, 1, 1), date(2024, 12, 31)
PAUSE = Suspension(since=date(2024, 6, 1), until=date(2024, 6, 30))


def agreement(**changes: object) -> Agreement:
    fields: dict[str, object] = {
        "id": "g7-2024",
        "title": "Exchange on dual-use end users",
        "parties": ("eu", "us"),
        "legal_basis": "Article 1",
        "purposes": ("export-control",),
        "valid_from": START,
        "valid_to": END,
    }
    return Agreement(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "in_force"),
    [
        (START - timedelta(days=1), False),
        (START, True),
        (END, True),
        (END + timedelta(days=1), False),
        (date(2024, 5, 31), True),
        (date(2024, 6, 1), False),
        (date(2024, 6, 30), False),
        (date(2024, 7, 1), True),
    ],
)
def test_carries_a_release_on_its_days_but_not_while_suspended(on: date, in_force: bool) -> None:
    assert agreement(suspensions=(PAUSE,)).in_force(on) is in_force


def test_without_an_end_it_stays_in_force() -> None:
    assert agreement(valid_to=None).in_force(date(2999, 1, 1))


def test_a_suspension_without_an_end_stays() -> None:
    suspended = agreement(valid_to=None, suspensions=(Suspension(since=date(2024, 6, 1)),))
    assert suspended.in_force(date(2024, 5, 31))
    assert not suspended.in_force(date(2999, 1, 1))


@given(st.dates(), st.lists(st.builds(Suspension, since=st.dates(), until=st.none() | st.dates())).map(tuple))
def test_a_suspension_never_widens_an_agreement(on: date, suspensions: tuple[Suspension, ...]) -> None:
    assert agreement(suspensions=suspensions).in_force(on) <= agreement().in_force(on)
