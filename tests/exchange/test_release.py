# SPDX-License-Identifier: Apache-2.0
"""The release desk: one decision for each peer, the same as the rules give, with its reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.exchange import release as release_module
from highfence.exchange.release import Release, ReleaseDesk
from highfence.model.marking import DISCLOSURES, TLP, Marking
from highfence.rules.handling import ReleaseQuestion, may_receive
from nodes import concern, sharing

from .hostile import membership

TODAY = date(2026, 11, 24)
MEMBERS = membership()
MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(TLP),
    releasable_to=st.sets(st.sampled_from(("us", "nl", "cy", "xx"))).map(lambda codes: tuple(sorted(codes))),
    groups=st.sampled_from(((), ("members-eu",))),
    disclosure=st.sampled_from(DISCLOSURES),
    expires=st.sampled_from((None, date(2026, 11, 23), date(2026, 11, 24))),
)


def desk() -> ReleaseDesk:
    """Return the desk of the United States today."""
    return ReleaseDesk("us", MEMBERS, TODAY)


def question(peer: str, *, recall: bool) -> ReleaseQuestion:
    """Return what the rules are asked of a peer."""
    return ReleaseQuestion(originator="us", releaser="us", recipient=peer, membership=MEMBERS, on=TODAY, recall=recall)


def by_reader(plan: tuple[Release, ...]) -> dict[str, Release]:
    """Return the decisions by reader."""
    return {one.reader: one for one in plan}


@given(MARKINGS)
def test_what_is_new_goes_where_the_rules_let_it_go(marking):
    plan = by_reader(desk().plan(concern("Acme", marking), {"cy": 1}))
    assert set(plan) == {"nl", "cy"}
    for peer, one in plan.items():
        decision = may_receive(marking, question(peer, recall=False))
        assert (one.allowed, one.recall) == (decision.allowed, False)
        assert one.reason == ("" if decision.allowed else decision.code)
        assert one.agreement == decision.agreement


@given(marking=MARKINGS, sent=st.sets(st.sampled_from(("nl", "cy"))))
def test_a_withdrawal_goes_to_those_who_were_sent_it_and_to_nobody_else(marking, sent):
    withdrawal = concern("Acme", marking, kind="withdrawal", refers_to="a" * 64, reason="mistaken")
    for peer, one in by_reader(desk().plan(withdrawal, dict.fromkeys(sent))).items():
        decision = may_receive(marking, question(peer, recall=True))
        assert one.allowed == (peer in sent and decision.allowed)
        if peer not in sent:
            assert one.reason == "never_sent"
        elif decision.allowed:
            assert one.recall


@given(marking=MARKINGS, sent=st.sets(st.sampled_from(("nl", "cy"))))
def test_losing_are_those_who_had_it_and_may_not_have_the_correction(marking, sent):
    correction = concern("Acme", marking, kind="correction", refers_to="a" * 64, reason="mistaken")
    plan = by_reader(desk().plan(correction, dict.fromkeys(sent)))
    losing = desk().losing(correction, dict.fromkeys(sent))
    assert losing == tuple(peer for peer in ("cy", "nl") if peer in sent and not plan[peer].allowed)


def test_an_authority_never_sends_to_itself():
    assert "us" not in by_reader(desk().plan(concern("Acme", sharing("us", "nl")), {}))


@pytest.mark.parametrize("kind", ["concern", "correction", "comment"])
def test_every_withheld_release_has_a_code_and_a_sentence(kind):
    claim = concern("Acme", Marking(), kind=kind, refers_to="a" * 64, reason="x")
    for one in desk().plan(claim, {}):
        assert (one.allowed, one.reason) == (False, "not_releasable")
        assert one.text


def test_equal_markings_are_judged_once(monkeypatch):
    asked: list[str] = []

    def counting(marking: Marking, release: ReleaseQuestion):
        asked.append(release.recipient)
        return may_receive(marking, release)

    monkeypatch.setattr(release_module, "may_receive", counting)
    one = desk()
    for place in range(50):
        one.plan(concern(f"Firm {place}", sharing("nl")), {})
    assert sorted(asked) == ["cy", "nl"]
