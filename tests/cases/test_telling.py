# SPDX-License-Identifier: Apache-2.0
"""What leaves of a case: enough to recognise the transaction, under the marking given, and nothing internal."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from casefiles import MONDAY, application, event, received
from highfence.cases.telling import Telling, party_entity, told
from highfence.errors import InvalidInput
from highfence.model.application import ShipmentParty
from highfence.model.assertion import Assertion, require_complete
from highfence.model.case_move import Checked, Confidential, Decided, DenialGround, Ended, Move
from highfence.model.licence_case import LicenceCase, fold
from highfence.model.schema import check
from nodes import sharing

CHECK = Checked(paper="ab" * 32, day=MONDAY, verdict="licence required", summary="inner")
DENY = Decided(
    decision="deny",
    reason="inner doubts",
    legal_basis="15 CFR 744.21",
    ground=DenialGround(regime="wassenaar", reason="diversion", catch_all=True),
)
APPROVE = Decided(decision="approve", reason="inner", assertion="cd" * 32)
TELL = Telling(marking=sharing("nl"), text="Refused", contact="desk@us.example", reference="R-1")


def case(*moves: Move, confidential: Confidential | None = None, **changes: object) -> LicenceCase:
    return fold("us-2026-000001", [received(confidential=confidential, **changes), *(event(move) for move in moves)])


def complete(claim: Assertion) -> Assertion:
    for entity in claim.entities:
        check(entity)
    return require_complete(msgspec.structs.replace(claim, originator="us", issued="2026-11-24T12:00:00Z"))


def test_a_denial_says_what_another_needs_to_recognise_the_transaction():
    claim = complete(told(case(DENY), DENY, TELL, authority="us"))
    denial = claim.denial
    assert denial is not None
    assert (denial.regime, denial.reason, denial.catch_all, denial.denied) == ("wassenaar", "diversion", True, MONDAY)
    assert (denial.contact, denial.reference) == ("desk@us.example", "R-1")
    assert denial.end_users == denial.consignees == (claim.subject,)
    assert [(one.name, one.value, one.unit) for one in denial.items[0].parameters] == [
        ("positioning repeatability", "0.9", "µm")
    ]
    for inner in ("inner", "Example Machines", "us-2026-000001", "A-117", "gears"):
        assert inner not in repr(claim)


def test_a_decision_and_its_outcome_say_what_was_licensed():
    licensed = case(CHECK, APPROVE)
    claim = complete(told(licensed, APPROVE, TELL, authority="us"))
    assert claim.text == "Licence approved: 5-axis milling machine (2B001.b.2), to cn. Refused"
    ended = Ended(outcome="revoked", text="inner")
    outcome = complete(told(licensed, ended, TELL, authority="us"))
    assert (outcome.kind, outcome.refers_to, outcome.text) == ("outcome", "cd" * 32, "Licence revoked. Refused")
    assert "inner" not in repr((claim, outcome))


def test_nothing_is_told_without_words_or_of_a_decision_that_nobody_was_told():
    with pytest.raises(InvalidInput) as refused:
        told(case(DENY), DENY, msgspec.structs.replace(TELL, text=" "), authority="us")
    assert refused.value.where == "tell.text"
    kept = msgspec.structs.replace(APPROVE, assertion="")
    with pytest.raises(InvalidInput, match="told to nobody"):
        told(case(CHECK, kept), Ended(outcome="shipped"), TELL, authority="us")


def test_an_application_without_end_user_and_consignee_cannot_be_told():
    bank = (ShipmentParty(id="bank", name="Bank", roles=("bank",), country="cn"),)
    with pytest.raises(InvalidInput, match="neither end user nor consignee"):
        told(case(DENY, parties=bank), DENY, TELL, authority="us")


@pytest.mark.parametrize(
    ("part", "denial", "decision"),
    [
        ("parties.buyer", True, True),
        ("items.mill.parameters", True, False),
        ("items.mill.quantity", True, False),
        ("items.mill.value", False, False),
        ("applicant", False, False),
        ("end_use", False, False),
    ],
)
def test_what_is_confidential_and_leaves_carries_the_caveat_and_its_determination(part, denial, decision):
    confidential = Confidential(parts=(part,), determination="NID-14", legal_basis="50 USC 4820(h)")
    claims = (
        told(case(DENY, confidential=confidential), DENY, TELL, authority="us"),
        told(case(CHECK, APPROVE, confidential=confidential), APPROVE, TELL, authority="us"),
    )
    for claim, leaves in zip(claims, (denial, decision), strict=True):
        assert claim.marking.caveats == (("CBI",) if leaves else ())
        assert ("NID-14 (50 USC 4820(h))" in "".join(claim.sources)) == leaves
        assert claim.marking.releasable_to == ("nl",)


def test_two_parties_of_one_name_without_numbers_are_not_one():
    (party,) = application().parties
    assert party_entity(party, "us", case="1").id != party_entity(party, "us", case="2").id
    numbered = msgspec.structs.replace(party, identifiers=("91440300MA5EXAMPLE",))
    assert party_entity(numbered, "us", case="1") == party_entity(numbered, "us", case="2")
    assert party_entity(numbered, "us", case="1").id != party_entity(numbered, "nl", case="1").id


def test_numbers_are_told_exactly():
    (item,) = application().items
    small = msgspec.structs.replace(item, quantity=msgspec.structs.replace(item.quantity, value=Decimal("1E+3")))
    claim = told(case(DENY, items=(small,)), DENY, TELL, authority="us")
    assert claim.denial is not None
    assert claim.denial.items[0].quantity is not None
    assert claim.denial.items[0].quantity.value == "1000"
