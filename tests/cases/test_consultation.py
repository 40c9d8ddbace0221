# SPDX-License-Identifier: Apache-2.0
"""Where a consultation stands on a day: clocks, silence, objections, and steps that do not count."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.cases.consultation import ConsultationView, consultation_on
from highfence.model.assertion import Assertion
from highfence.model.consultation import STEPS, Consultation, ConsultationStep
from highfence.model.marking import Marking
from highfence.register.view import Held
from highfence.rules.deadlines import calendar

from .told import country_of, held

SILENCE = tomllib.loads((Path(__file__).parent / "silence.toml").read_text("utf-8"))["cases"]
Taken = tuple[str, str, date]


def assertion(kind: str, by: str, on: date, **fields: object) -> Assertion:
    values = {"subject": "nl-buyer", "marking": Marking(), "issued": f"{on}T09:00:00.000000Z", **fields}
    return Assertion(kind=kind, originator=by, **values)  # type: ignore[arg-type]


def stood(procedure: str, opened: date, steps: list[Taken], *, on: date, to: str = "nl") -> ConsultationView:
    """Return where a consultation stands that `de` opened; steps are (who, which, when)."""
    told = Consultation(procedure=procedure, to=to, application="DE-77")
    question = held(assertion("consultation", "de", opened, consultation=told))
    answers: list[Held] = []
    for place, (by, word, when) in enumerate(steps, start=2):
        kind = next(kind for kind, words in STEPS.items() if word in words)
        claim = assertion(kind, by, when, step=ConsultationStep(step=word), refers_to="q")
        answers.append(held(claim, name=f"s{place}", position=place))
    return consultation_on(question, answers, on=on, country_of=country_of)


@pytest.mark.parametrize("case", SILENCE, ids=lambda case: f"{case['asked']}-{case['opened']}")
@pytest.mark.parametrize(("procedure", "silence"), [("eu-16", "not essentially identical"), ("eu-14", "no objection")])
def test_silence_answers_on_the_day_after_the_tenth_and_not_before(
    case: dict[str, Any], procedure: str, silence: str
) -> None:
    to, opened, tenth = case["asked"], case["opened"], case["last"]
    on_the_tenth = stood(procedure, opened, [], on=tenth, to=to)
    assert (on_the_tenth.state, on_the_tenth.finding, on_the_tenth.may_approve) == ("open", "", False)
    assert on_the_tenth.due is not None
    assert (on_the_tenth.due.last_day, on_the_tenth.left) == (tenth, 0)
    after = stood(procedure, opened, [], on=tenth + timedelta(days=1), to=to)
    assert (after.state, after.finding, after.may_approve) == ("silent", silence, True)


OPENED = date(2026, 11, 24)
TENTH = date(2026, 12, 8)
THIRTIETH = calendar("nl").add(OPENED, 30)


def test_an_extension_makes_it_thirty_working_days_in_total() -> None:
    steps = [("nl", "extend", date(2026, 12, 1))]
    found = stood("eu-16", OPENED, steps, on=date(2026, 12, 20))
    assert (found.state, found.due and found.due.last_day) == ("extended", THIRTIETH)
    assert stood("eu-16", OPENED, steps, on=THIRTIETH + timedelta(days=1)).state == "silent"


def test_an_extension_after_the_tenth_day_comes_too_late() -> None:
    late = TENTH + timedelta(days=1)
    found = stood("eu-16", OPENED, [("nl", "extend", late)], on=late)
    assert found.state == "silent"
    assert "silence had already answered" in found.steps[0].ignored


def test_an_objection_under_article_14_binds_and_one_under_article_16_is_none() -> None:
    bound = stood("eu-14", OPENED, [("nl", "object", TENTH)], on=TENTH)
    assert (bound.finding, bound.bound, bound.may_approve) == ("objection", True, False)
    assert "binds" in bound.why
    free = stood("eu-16", OPENED, [("nl", "object", TENTH)], on=TENTH)
    assert (free.bound, free.finding) == (False, "")
    assert free.steps[0].ignored == "this procedure has no such answer"


def test_after_identical_the_decision_stays_national_and_is_explained() -> None:
    answered = stood("eu-16", OPENED, [("nl", "identical", TENTH)], on=TENTH)
    assert (answered.state, answered.finding, answered.may_approve) == ("answered", "essentially identical", True)
    approved = [("nl", "identical", TENTH), ("de", "approve", TENTH)]
    decided = stood("eu-16", OPENED, approved, on=TENTH)
    assert (decided.state, [(one.done, one.citation) for one in decided.duties]) == (
        "decided",
        [(False, "Regulation (EU) 2021/821, Article 16(4) to (6)")],
    )
    explained = stood("eu-16", OPENED, [*approved, ("de", "explain", TENTH)], on=TENTH)
    assert (explained.state, explained.duties[0].done) == ("explained", True)


def test_wassenaar_waits_for_nobody_and_an_undercut_is_notified_in_thirty_to_sixty_days() -> None:
    open_ = stood("wassenaar", OPENED, [], on=OPENED)
    assert (open_.due, open_.may_approve) == (None, True)
    approved = stood("wassenaar", OPENED, [("de", "approve", OPENED)], on=OPENED)
    assert [one.due for one in approved.duties] == [None, date(2026, 12, 24), date(2027, 1, 23)]


def test_where_no_act_sets_a_period_silence_answers_nothing() -> None:
    found = stood("nsg", OPENED, [], on=date(2027, 6, 1))
    assert (found.state, found.due, found.may_approve) == ("open", None, False)
    assert "no act says how long" in found.why


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (("de", "identical", OPENED), "only NL may take this step"),
        (("nl", "approve", OPENED), "only DE may take this step"),
        (("jp", "not identical", OPENED), "only NL may take this step"),
        (("de", "explain", OPENED), "nothing has been approved"),
    ],
)
def test_a_step_that_somebody_else_would_have_to_take_does_not_count(step: Taken, why: str) -> None:
    found = stood("eu-16", OPENED, [step], on=OPENED)
    assert (found.state, found.steps[0].ignored) == ("open", why)


def test_the_clock_runs_from_the_day_on_which_the_question_came_in() -> None:
    told = Consultation(procedure="eu-16", to="nl", application="DE-77")
    question = held(assertion("consultation", "de", OPENED, consultation=told))
    came = ConsultationStep(step="acknowledge", received=date(2026, 11, 30))
    claim = assertion("reply", "nl", date(2026, 11, 30), step=came, refers_to="q")
    found = consultation_on(question, [held(claim, name="a")], on=date(2026, 12, 10), country_of=country_of)
    assert (found.received, found.state) == (date(2026, 11, 30), "open")
    later = ConsultationStep(step="acknowledge", received=date(2027, 6, 1))
    claim = assertion("reply", "nl", date(2026, 11, 30), step=later, refers_to="q")
    found = consultation_on(question, [held(claim, name="a")], on=date(2026, 12, 10), country_of=country_of)
    assert found.received == date(2026, 11, 30)  # not later than the day on which that was said


def test_an_unreadable_day_counts_as_the_day_on_which_it_came() -> None:
    told = Consultation(procedure="eu-16", to="nl", application="DE-77")
    claim = assertion("consultation", "de", OPENED, consultation=told)
    broken = Held(
        id="q",
        assertion=Assertion(**{**{n: getattr(claim, n) for n in claim.__struct_fields__}, "issued": "soon"}),
        received="2026-11-25T00:00:00.000000Z",
    )
    assert consultation_on(broken, [], on=date(2026, 11, 25), country_of=country_of).opened == date(2026, 11, 25)


taken = st.tuples(
    st.sampled_from(["de", "nl", "jp"]),
    st.sampled_from([step for steps in STEPS.values() for step in steps]),
    st.dates(min_value=OPENED, max_value=date(2027, 3, 1)),
)


@given(
    st.sampled_from(["eu-16", "eu-14", "wassenaar", "nsg", "national"]),
    st.lists(taken, max_size=6),
    st.dates(min_value=OPENED, max_value=date(2027, 3, 1)),
)
def test_every_run_of_steps_has_one_state_and_an_objection_that_binds_never_allows(
    procedure: str, steps: list[Taken], on: date
) -> None:
    found = stood(procedure, OPENED, steps, on=on)
    assert found.state in ("open", "extended", "answered", "silent", "decided", "explained")
    assert not (found.bound and found.may_approve)
    assert found.may_approve == (found.why == "")
    assert len(found.steps) == sum(when <= on for _, _, when in steps)
    assert found == stood(procedure, OPENED, steps, on=on)


@given(st.lists(taken, max_size=6), st.dates(min_value=OPENED, max_value=date(2027, 3, 1)))
def test_what_comes_later_changes_nothing_that_was_so_on_a_day(steps: list[Taken], on: date) -> None:
    until = [step for step in steps if step[2] <= on]
    assert stood("eu-16", OPENED, steps, on=on).state == stood("eu-16", OPENED, until, on=on).state
