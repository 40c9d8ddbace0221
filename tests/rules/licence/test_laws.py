# SPDX-License-Identifier: Apache-2.0
"""What holds of every determination, whatever the case."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.model.application import Application, Known, Likeness, ShipmentParty
from highfence.model.control import ControlLists, Edition
from highfence.model.listing import Listing
from highfence.rules.licence import Desk, Determination, Reason
from highfence.rules.licence.answer import NOTICE, VERDICTS, policy_rank
from highfence.rules.licence.tables import Period, Rule, When, rule_tables

from .cases import TODAY, CaseData, cases
from .small_lists import LISTS

DESK = Desk([LISTS])
ALL = cases()
WHICH = st.sampled_from(ALL)
DAYS = st.dates(date(2022, 1, 1), date(2027, 6, 1))
LISTS_NAMED = (
    ("us", "Entity List", "Policy of denial"),
    ("us", "Military End User List", ""),
    ("us", "Denied Persons List", ""),
    ("us", "Unverified List", ""),
    ("us", "Specially Designated Nationals List", ""),
    ("eu", "Regulation (EU) 833/2014, Annex IV", ""),
    ("eu", "Regulation (EU) 269/2014, Annex I.ENTITIES", ""),
    ("jp", "Foreign End User List", ""),
    ("uk", "UK Sanctions List", ""),
)


def _listed(case: CaseData, party: ShipmentParty, named: tuple[str, str, str], sure: bool) -> tuple[Application, Known]:
    """Return the case with one more party, which is listed."""
    jurisdiction, name, policy = named
    application, known = case.application(TODAY), case.known()
    listing = Listing(
        jurisdiction=jurisdiction,
        source="test",
        list=name,
        key="more",
        entity="e-more",
        measure="Asset freeze",
        programme="RUSSIA-EO14024",
        licence_policy=policy,
        licence_requirement="For all items subject to the EAR",
    )
    like = Likeness(entity="e-more", caption="More", score=1.0 if sure else 0.8, sure=sure)
    return (
        msgspec.structs.replace(application, parties=(*application.parties, party)),
        msgspec.structs.replace(
            known,
            likenesses={**known.likenesses, party.id: (like,)},
            listings={**known.listings, "e-more": (listing,)},
        ),
    )


def _ranks(answer: Determination) -> dict[str, int]:
    return {one.regime: VERDICTS.index(one.verdict) for one in answer.regimes}


@settings(max_examples=150)
@given(
    case=WHICH, named=st.sampled_from(LISTS_NAMED), sure=st.booleans(), role=st.sampled_from(["end user", "forwarder"])
)
def test_a_listed_party_more_never_makes_an_answer_less_restrictive(
    case: CaseData, named: tuple[str, str, str], sure: bool, role: str
) -> None:
    party = ShipmentParty(id="more", name="More Works", roles=(role,), country=case.destination)
    before = DESK.determine(case.application(TODAY), case.known())
    after = DESK.determine(*_listed(case, party, named, sure))
    assert all(rank >= _ranks(before)[regime] for regime, rank in _ranks(after).items())
    if before.policy:
        assert policy_rank(after.policy) <= policy_rank(before.policy)
    assert {one.rule for one in before.red_flags} <= {one.rule for one in after.red_flags}


@settings(max_examples=200)
@given(data=st.data())
def test_the_order_of_parties_items_and_likenesses_does_not_matter(data: st.DataObject) -> None:
    case, other = data.draw(WHICH), data.draw(WHICH)
    application, known = case.application(TODAY), case.known()
    more = tuple(msgspec.structs.replace(one, id=f"other-{one.id}") for one in other.application(TODAY).items)
    application = msgspec.structs.replace(application, items=(*application.items, *more))
    mixed = msgspec.structs.replace(
        application,
        parties=tuple(data.draw(st.permutations(application.parties))),
        items=tuple(data.draw(st.permutations(application.items))),
    )
    turned = msgspec.structs.replace(
        known,
        likenesses=dict(reversed(known.likenesses.items())),
        listings={entity: found[::-1] for entity, found in reversed(known.listings.items())},
        interests=known.interests[::-1],
    )
    assert DESK.determine(mixed, turned) == DESK.determine(application, known)


def _with_later_tables(on: date) -> Desk:
    """Return a desk whose tables and lists go on after a day in another way."""
    later = on + timedelta(days=1)
    more = Rule(
        id="us-ear.later",
        title="Later",
        effect="prohibits",
        says="nothing may go anywhere",
        when=When(),
        periods=(Period(since=later, citation="a later act", verified=True),),
    )
    edition = ControlLists(editions=tuple(Edition(name=one.name, as_of=later, rows=0) for one in LISTS.editions))
    return Desk([LISTS, edition], tables=rule_tables().with_rules("us-ear", [more]))


@settings(max_examples=200)
@given(case=WHICH, on=DAYS)
def test_a_past_day_is_replayed_whatever_came_later(case: CaseData, on: date) -> None:
    application = case.application(on)
    expected = DESK.determine(application, case.known())
    desk = _with_later_tables(on)
    assert desk.determine(application, case.known()) == expected
    tomorrow = msgspec.structs.replace(application, on=on + timedelta(days=1))
    assert desk.determine(tomorrow, case.known()).verdict == "prohibited"


@settings(max_examples=200)
@given(case=WHICH, on=DAYS)
def test_every_reason_says_its_rule_its_act_its_day_and_whether_it_is_verified(case: CaseData, on: date) -> None:
    answer = DESK.determine(case.application(on), case.known())
    reasons = [*answer.red_flags, *answer.notices, *(reason for one in answer.regimes for reason in one.reasons)]
    for reason in reasons:
        assert reason.rule
        assert reason.citation
        assert reason.title
        assert reason.verified in (True, False)
        assert reason.valid_from <= on or reason.rule == "notice.later-edition"
        assert reason.unknown or reason.bearing != "cannot tell"
    assert answer.notice == NOTICE
    assert "no legal advice" in answer.notice


@given(case=WHICH)
def test_the_most_restrictive_regime_is_the_answer(case: CaseData) -> None:
    answer = DESK.determine(case.application(TODAY), case.known())
    assert VERDICTS.index(answer.verdict) == max(_ranks(answer).values())
    assert all(one.because for one in answer.regimes)


def test_what_others_have_found_counts_like_the_rules_own() -> None:
    case = next(one for one in ALL if one.name == "EAR99 goes to Canada")
    denial = Reason(
        rule="denial.de-7",
        regime="us-ear",
        bearing="requires",
        title="An ally has refused an essentially identical transaction",
        text="consult before an approval",
        citation="Regulation (EU) 2021/821, Article 16",
        valid_from=date(2026, 1, 1),
        verified=False,
        policy="policy of denial",
    )
    answer = DESK.determine(case.application(TODAY), others=[denial])
    assert (answer.verdict, answer.policy) == ("licence required", "policy of denial")
    assert denial in answer.regimes[0].reasons
