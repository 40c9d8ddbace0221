# SPDX-License-Identifier: Apache-2.0
"""Case clocks: what counts, what stands still, and when it is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefiles import event, received
from highfence.model.case_move import HOLDS, Answered, Asked, Consulted, Decided, DenialGround, Held, Resumed
from highfence.model.licence_case import LicenceCase, fold
from highfence.rules.case_clocks import ClockReading, _clocks, case_clocks, read_clocks

CAME = date(2026, 3, 2)
GROUND = DenialGround(regime="national", reason="diversion")
DENY = Decided(decision="deny", reason="r", legal_basis="l", ground=GROUND)


def case(*events: tuple[object, int]) -> LicenceCase:
    """Return a case with moves so many days after its receipt."""
    moves = [event(move, CAME + timedelta(days=days)) for move, days in events]  # type: ignore[arg-type]
    return fold("n", [received(CAME), *moves])


def clock(stands: LicenceCase, days: int, name: str = "us-750.4") -> ClockReading:
    authority = name[:2]
    found = read_clocks(stands, authority, on=CAME + timedelta(days=days))
    return next(one for one in found if one.clock == name)


@pytest.mark.parametrize(
    ("days", "used", "left", "overdue"), [(0, 0, 90, False), (90, 90, 0, False), (91, 91, 0, True)]
)
def test_ninety_calendar_days_from_registration(days, used, left, overdue):
    found = clock(case(), days)
    assert (found.used, found.left, found.overdue) == (used, left, overdue)
    assert found.due == CAME + timedelta(days=90)
    assert found.citation == "15 CFR 750.4(a)(1)"


def test_a_question_to_the_applicant_stops_the_clock_until_it_is_answered():
    asked = case((Asked(text="Who pays?"), 10))
    standing = clock(asked, 40)
    assert (standing.used, standing.left, standing.waiting_for) == (10, 80, ("information",))
    assert standing.due == CAME + timedelta(days=40 + 80)
    answered = case((Asked(text="Who pays?"), 10), (Answered(request=1, text="The buyer"), 30))
    going = clock(answered, 40)
    assert (going.used, going.left, going.waiting_for) == (20, 70, ())
    assert going.due == CAME + timedelta(days=90 + 20)


def test_two_waitings_at_once_stop_the_clock_once():
    both = case(
        (Asked(text="q"), 10),
        (Held(ground="assurances", text="x"), 15),
        (Answered(request=1, text="a"), 20),
        (Resumed(ground="assurances"), 25),
    )
    assert clock(both, 40).used == 40 - 15


def test_what_the_rule_does_not_know_stops_nothing():
    held = case((Held(ground="multilateral review", text="x"), 1))
    assert clock(held, 20, "nl-4:13").used == 20
    assert clock(held, 20).used == 1
    # No stop is written down for Germany: the period of section 75 runs on.
    assert clock(case((Asked(text="q"), 1)), 20, "de-75").used == 20


def test_a_clock_that_had_run_out_before_the_question_is_overdue_all_the_same():
    assert clock(case((Asked(text="q"), 95)), 100).overdue


def test_the_first_nine_days_end_with_the_first_step():
    assert clock(case(), 10, "us-750.4-first").overdue
    asked = clock(case((Asked(text="q"), 9)), 30, "us-750.4-first")
    assert (asked.ended, asked.overdue, asked.late) == (CAME + timedelta(days=9), False, False)
    assert clock(case((Consulted(consultation="c", authority="nl", about="d"), 10)), 30, "us-750.4-first").late


def test_a_decision_ends_the_clock_in_time_or_late():
    assert not clock(case((DENY, 90)), 200).late
    late = clock(case((DENY, 91)), 200)
    assert (late.late, late.overdue, late.used) == (True, False, 91)


def test_working_days_leave_out_week_ends_and_public_holidays():
    # 20 working days from Monday 2 March 2026, with no bank holiday before 3 April: Monday 30 March.
    assert clock(case(), 0, "uk-20").due == date(2026, 3, 30)
    # 60: Good Friday, Easter Monday and the bank holidays of 4 and 25 May lie between.
    assert clock(case(), 0, "uk-60").due == date(2026, 5, 29)


def test_months_and_weeks_end_on_the_same_day_of_the_month_or_week():
    assert clock(case(), 0, "de-75").due == date(2026, 6, 2)
    assert clock(case(), 0, "nl-4:13").due == CAME + timedelta(weeks=8)
    assert clock(case(), 0, "es-silence").silence == "refused"


def test_an_authority_nobody_has_written_down_has_no_clock():
    assert case_clocks("jp") == ()
    assert read_clocks(case(), "jp", on=CAME) == ()


def test_an_application_from_before_the_rule_has_no_clock():
    old = fold("n", [received(date(1995, 1, 2))])
    assert read_clocks(old, "us", on=CAME) == ()


def test_every_clock_of_the_table_cites_its_act_and_stops_only_for_what_a_case_can_wait_for():
    names = [one.id for one in _clocks()]
    assert len(set(names)) == len(names)
    for one in _clocks():
        assert one.ends
        assert one.title
        assert all(period.citation for period in one.periods)
        assert {stop.ground for stop in one.stops} <= {"information", "consultation", *HOLDS}
        assert all(stop.citation for stop in one.stops)


# The first draw of a run prepares Hypothesis itself, which takes long on a busy machine; the values are cheap.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    asked=st.sampled_from(range(121)),
    waited=st.sampled_from(range(61)),
    today=st.sampled_from(range(241)),
    name=st.sampled_from(["us", "nl"]),
)
def test_used_and_left_add_up_and_the_last_day_moves_by_what_was_waited(asked, waited, today, name):
    events = [received(CAME)]
    if asked <= today:
        events.append(event(Asked(text="q"), CAME + timedelta(days=asked)))
    if asked + waited <= today:
        events.append(event(Answered(request=1, text="a"), CAME + timedelta(days=asked + waited)))
    stands = fold("n", events)
    on = CAME + timedelta(days=today)
    for found in read_clocks(stands, name, on=on):
        if found.ended is not None:
            continue
        assert found.used + found.left == max(found.total, found.used)
        assert found.overdue == (found.used > found.total)
        if not found.stops:
            continue
        still = max(0, min(asked + waited, today) - asked) if asked <= found.total else 0
        assert found.due == CAME + timedelta(days=found.total + still)
