# SPDX-License-Identifier: Apache-2.0
"""Who may receive and who may see: each refusal by name, and a comparison with the rules said plainly."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.model.agreement import Suspension
from highfence.model.authority import Membership
from highfence.model.marking import Marking
from highfence.rules.handling import (
    Decision,
    Reader,
    ReleaseQuestion,
    explain,
    may_receive,
    may_view,
    what_would_change,
)

from .plain import (
    CASES,
    SEED,
    TODAY,
    agreement,
    markings,
    membership,
    plain_refusal,
    plain_view_refusal,
    random_marking,
    random_question,
    random_reader,
)

OPEN = Marking(
    tlp="AMBER",
    classification="SENSITIVE",
    releasable_to=("jp", "us"),
    purposes=("export-control",),
    reliability="B",
    credibility=2,
    pap="GREEN",
    disclosure="release",
)
CHECKS = [
    "vocabulary",
    "membership",
    "expiry",
    "releasable_to",
    "originator_control",
    "classification",
    "tlp",
    "copy",
    "agreement",
]


def ask(
    marking: Marking = OPEN, *, members: Membership | None = None, day: date = TODAY, **changes: object
) -> Decision:
    fields: dict[str, object] = {"originator": "nl", "releaser": "nl", "recipient": "jp"}
    members = membership(agreement()) if members is None else members
    return may_receive(marking, ReleaseQuestion(membership=members, on=day, **{**fields, **changes}))  # type: ignore[arg-type]


def marked(**changes: object) -> Marking:
    return msgspec.structs.replace(OPEN, **changes)


def failed(decision: Decision) -> list[str]:
    return [check.check for check in decision.checks if not check.passed]


def view(marking: Marking = OPEN, *, originator: str = "nl", day: date = TODAY, **changes: object) -> Decision:
    fields: dict[str, object] = {"authority": "jp", "ceiling": "SENSITIVE", "purposes": ("export-control",)}
    return may_view(marking, Reader(**{**fields, **changes}), on=day, originator=originator)  # type: ignore[arg-type]


def test_releases_to_a_named_member_under_an_agreement_and_cites_it():
    decision = ask()
    assert decision.allowed
    assert decision.code == "released"
    assert decision.agreement == "five-2026"
    assert [check.check for check in decision.checks] == CHECKS
    assert decision.checks[-1].fact == "five-2026: Arrangement of 2026, Article 3"


def test_the_default_marking_releases_to_nobody():
    assert not any(ask(Marking(), recipient=code).allowed for code in ("eu", "jp", "nl", "uk", "us"))


@pytest.mark.parametrize(
    "change",
    [
        {"tlp": "MAUVE"},
        {"tlp": "clear"},
        {"classification": "SECRET"},
        {"pap": "WHITE"},
        {"reliability": "G"},
        {"credibility": 7},
        {"disclosure": "print"},
        {"purposes": ("export-control", "marketing")},
    ],
)
def test_refuses_any_word_outside_the_vocabulary(change):
    decision = ask(marked(**change))
    assert decision.code == "unknown_word"
    assert f"unknown: {next(iter(change))}" in decision.checks[0].fact


@pytest.mark.parametrize("role", ["originator", "releaser", "recipient"])
def test_refuses_when_an_authority_concerned_is_no_member(role):
    marking = marked(releasable_to=("jp", "xx"), originator_control=False)
    assert ask(marking, **{role: "xx"}).code == "not_a_member"


def test_refuses_the_day_after_the_membership_expired_and_not_on_its_last_day():
    assert ask(members=membership(agreement(), expires=TODAY)).allowed
    assert ask(members=membership(agreement(), expires=date(2026, 11, 23))).code == "membership_expired"


def test_refuses_an_expired_marking_and_counts_the_last_day_in():
    assert ask(marked(expires=TODAY)).allowed
    assert ask(marked(expires=date(2026, 11, 23))).code == "expired"


def test_refuses_a_member_who_is_not_named():
    assert ask(recipient="uk").code == "not_releasable"


def test_a_group_name_left_in_releasable_to_names_nobody():
    assert ask(marked(releasable_to=("members",), groups=("members",))).code == "not_releasable"


def test_the_originator_always_counts_as_named():
    assert ask(marked(releasable_to=()), releaser="us", recipient="nl").allowed


def test_refuses_onward_release_without_the_originators_consent():
    assert ask(releaser="us").code == "originator_control"
    assert ask(releaser="us", consents=frozenset({"uk"})).code == "originator_control"


def test_releases_onward_with_consent_for_this_recipient_or_where_no_control_is_kept():
    assert ask(releaser="us", consents=frozenset({"jp"})).allowed
    assert ask(marked(originator_control=False), releaser="us").allowed


def test_consent_does_not_replace_being_named():
    assert ask(marked(releasable_to=("us",)), releaser="us", consents=frozenset({"jp"})).code == "not_releasable"


def test_above_the_ceiling_only_a_pointer_to_the_office_may_go_out():
    decision = ask(members=membership(agreement(), ceiling="PUBLIC"))
    assert decision.code == "above_ceiling"
    assert "ask desk@nl.example" in decision.text
    assert decision.pointer_only


def test_no_pointer_goes_to_somebody_who_may_not_know_for_another_reason():
    decision = ask(members=membership(ceiling="PUBLIC"))
    assert decision.code == "above_ceiling"
    assert failed(decision) == ["classification", "agreement"]
    assert not decision.pointer_only


def test_a_ceiling_nobody_knows_holds_nothing():
    assert ask(marked(classification="PUBLIC"), members=membership(agreement(), ceiling="HIGH")).code == "above_ceiling"


def test_red_goes_to_authorities_named_one_by_one_and_never_through_a_group():
    assert ask(marked(tlp="RED")).allowed
    assert ask(marked(tlp="RED", groups=("five",))).code == "tlp_red"
    assert ask(marked(tlp="AMBER+STRICT", groups=("five",))).allowed


def test_what_may_only_be_viewed_travels_to_nobody():
    assert ask(marked(disclosure="view")).code == "view_only"
    assert ask(marked(disclosure="view"), recall=True).code == "view_only"


@pytest.mark.parametrize(
    "changes",
    [
        {"parties": ("nl", "us")},
        {"parties": ("jp", "us")},
        {"valid_to": date(2026, 11, 23)},
        {"valid_from": date(2026, 11, 25)},
        {"purposes": ("sanctions",)},
        {"purposes": ()},
    ],
)
def test_refuses_without_an_agreement_of_both_for_that_day_and_purpose(changes):
    decision = ask(members=membership(agreement(**changes)))
    assert decision.code == "no_agreement"
    assert decision.agreement == ""


def test_refuses_while_the_agreement_is_suspended_and_says_so():
    paused = agreement(suspensions=(Suspension(since=date(2026, 11, 10), until=TODAY),))
    decision = ask(members=membership(paused))
    assert decision.code == "agreement_suspended"
    assert decision.checks[-1].fact == "suspended on 2026-11-24: five-2026"
    assert ask(members=membership(paused), day=date(2026, 11, 25)).allowed


def test_without_purposes_any_purpose_of_the_agreement_will_do():
    assert ask(marked(purposes=()), members=membership(agreement(purposes=("enforcement",)))).allowed


def test_one_purpose_in_common_with_the_agreement_is_enough():
    assert ask(marked(purposes=("enforcement", "sanctions"))).allowed


def test_the_agreement_must_be_the_releasers_own_not_the_originators():
    members = membership(agreement(parties=("nl", "jp")))
    assert ask(marked(originator_control=False), members=members, releaser="us").code == "no_agreement"


def test_a_recall_reaches_whoever_was_sent_the_original():
    paused = agreement(suspensions=(Suspension(since=date(2026, 11, 10)),))
    marking = marked(expires=date(2026, 1, 1), releasable_to=())
    decision = ask(marking, members=membership(paused), kind="withdrawal", recall=True)
    assert decision.allowed
    assert decision.agreement == ""
    texts = {check.check: check.text for check in decision.checks}
    assert all("recall" in texts[check] for check in ("expiry", "releasable_to", "agreement"))


def test_a_recall_still_stops_at_the_ceiling_and_at_the_membership():
    marking = marked(releasable_to=())
    assert ask(marking, members=membership(ceiling="PUBLIC"), recall=True).code == "above_ceiling"
    assert ask(marking, members=membership(expires=date(2026, 11, 1)), recall=True).code == "membership_expired"
    assert ask(marking, recipient="xx", recall=True).code == "not_a_member"


def test_only_a_correction_or_withdrawal_can_be_a_recall():
    assert ask(marked(releasable_to=()), kind="facts", recall=True).code == "not_releasable"


def test_all_checks_are_made_even_after_the_first_has_failed():
    decision = ask(Marking(tlp="MAUVE"), members=membership(), recipient="xx")
    assert failed(decision) == [
        "vocabulary",
        "membership",
        "releasable_to",
        "classification",
        "tlp",
        "copy",
        "agreement",
    ]


def test_equal_markings_can_share_an_answer():
    answers = {(marked(expires=TODAY), "jp", TODAY): ask(marked(expires=TODAY))}
    assert answers[(marked(expires=TODAY), "jp", TODAY)].allowed


def test_shows_a_reader_of_a_named_authority_what_they_are_cleared_for():
    decision = view()
    assert decision.allowed
    assert decision.code == "shown"


def test_turns_away_readers_for_each_reason_by_name():
    assert view(authority="uk").code == "not_releasable"
    assert view(ceiling="PUBLIC").code == "above_clearance"
    assert view(ceiling="EVERYTHING").code == "above_clearance"
    assert view(purposes=("enforcement",)).code == "purpose"
    assert view(marked(expires=date(2026, 11, 23))).code == "expired"
    assert view(marked(tlp="RED", groups=("five",))).code == "tlp_red"
    assert view(marked(pap="MAUVE")).code == "unknown_word"


def test_what_may_only_be_viewed_can_be_viewed():
    assert view(marked(disclosure="view")).allowed


def test_the_originators_people_see_its_own_whatever_it_releases_to_others():
    marking = marked(releasable_to=(), tlp="RED", groups=("five",), expires=date(2026, 1, 1))
    assert view(marking, authority="nl").allowed


def test_clearance_and_purpose_bind_the_originators_people_too():
    assert view(authority="nl", ceiling="PUBLIC").code == "above_clearance"
    assert view(authority="nl", purposes=()).code == "purpose"


def test_an_unknown_word_is_shown_only_to_the_originators_people_cleared_for_all():
    marking = marked(tlp="MAUVE", classification="PUBLIC")
    assert view(marking, authority="nl", ceiling="RESTRICTED").allowed
    assert view(marking, authority="nl", ceiling="SENSITIVE").code == "unknown_word"
    assert view(marking, authority="jp", ceiling="RESTRICTED").code == "unknown_word"


def test_nobody_without_an_authority_owns_what_has_no_originator():
    assert not view(authority="", originator="").allowed


def test_explains_a_refusal_with_every_reason_in_one_paragraph():
    text = explain(ask(members=membership(ceiling="PUBLIC")))
    assert text.startswith(
        "Refused: it is above what the recipient's node may hold: ask desk@nl.example. Also in the way: "
    )
    assert "no agreement between nl and jp" in text
    assert "Passed: vocabulary, membership, expiry, releasable_to, originator_control, tlp, copy." in text
    assert "\n" not in text


def test_explains_a_release_with_its_agreement():
    assert explain(ask()).startswith("Allowed: jp may receive it under agreement five-2026. Passed: vocabulary, ")


def test_says_for_each_failed_check_what_would_change_it():
    sentences = what_would_change(ask(marked(disclosure="view", releasable_to=())))
    assert sentences == (
        "The originator would have to name the authority in releasable_to (now: releasable to nobody).",
        "The originator would have to allow a copy: disclosure `release` (now: disclosure view).",
    )
    assert what_would_change(ask()) == ()


def test_agrees_with_the_rules_said_plainly_over_random_releases():
    dice = random.Random(SEED)
    seen: Counter[str] = Counter()
    for number in range(CASES):
        marking, question = random_marking(dice), random_question(dice)
        decision = may_receive(marking, question)
        expected = plain_refusal(marking, question)
        assert decision.code == (expected or "released"), f"seed {SEED}, case {number}: {marking} {question}"
        assert decision.allowed == all(check.passed for check in decision.checks) == (not expected)
        seen[decision.code] += 1
    # A comparison that never meets a reason says nothing about it.
    assert len(seen) == 12, seen
    assert seen["released"] > CASES / 50, seen


def test_agrees_with_the_rules_said_plainly_over_random_readers():
    dice = random.Random(SEED + 1)
    seen: Counter[str] = Counter()
    for number in range(CASES):
        marking, reader = random_marking(dice), random_reader(dice)
        originator = dice.choice(("eu", "jp", "nl"))
        decision = may_view(marking, reader, on=TODAY, originator=originator)
        expected = plain_view_refusal(marking, reader, TODAY, originator)
        assert decision.code == (expected or "shown"), f"seed {SEED}, case {number}: {marking} {reader} {originator}"
        seen[decision.code] += 1
    assert len(seen) == 7, seen
    assert seen["shown"] > CASES / 50, seen


@settings(max_examples=200)
@given(markings, st.text(max_size=3), st.text(max_size=3), st.integers(0, 2**32))
def test_answers_for_any_marking_and_any_code_without_raising(marking, code, ceiling, seed):
    question = msgspec.structs.replace(random_question(random.Random(seed)), recipient=code)
    assert may_receive(marking, question).code == "not_a_member" or not may_receive(marking, question).allowed
    assert not may_view(marking, Reader(authority=code, ceiling=ceiling), on=TODAY, originator="nl").allowed
