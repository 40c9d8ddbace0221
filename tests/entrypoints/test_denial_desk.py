# SPDX-License-Identifier: Apache-2.0
"""What an officer does with denials, and what a determination makes of them, between nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from denial_bodies import AGENT, BUYER, LASER, application, entry, marked

from highfence.app import Node
from highfence.clock import SetClock
from highfence.entrypoints.denial_desk import DenialDesk
from highfence.entrypoints.denial_entry import (
    Amending,
    Asking,
    DenialEntry,
    Renewing,
    Revoking,
    Stepping,
    asking_of,
    read_entry,
)
from highfence.entrypoints.denial_watch import country_by
from highfence.entrypoints.fence import Determined, Fence
from highfence.errors import InvalidDocument, InvalidInput, NotAllowed, NotFound
from highfence.formats.application import application_of
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.rules.licence import Desk, Reason
from nodes import NOON, carry, officer, opened, sharing

DAY = 86_400.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def nodes(tmp_path: Path, clock: SetClock) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("nl", "de", "us", "eu"), clock=clock) as made:
        yield made


def desk(node: Node, *, clearance: str = "RESTRICTED") -> DenialDesk:
    return DenialDesk(node, officer(node, clearance=clearance), Desk())


def read(said: dict[str, Any], kind: Any) -> Any:
    return read_entry(json.dumps(said).encode(), kind)


def enter(node: Node, *readers: str, **changes: Any) -> str:
    return desk(node).enter(read(entry(*readers, **changes), DenialEntry)).result().ids[0]


def determine(node: Node, *, clearance: str = "RESTRICTED", **changes: Any) -> Determined:
    asked = application_of(json.loads(json.dumps(application(**changes)), parse_float=Decimal), today=NOON.date())
    return Fence(node).determine(asked, officer(node, clearance=clearance), officer="tester")


def reasons(found: Determined) -> list[Reason]:
    return [r for one in found.determination.regimes if one.regime == "no-undercut" for r in one.reasons]


def ask(node: Node, about: str, **changes: Any) -> str:
    said = {"reference": "A-77", "text": "Is it the same?", "marking": marked(), "items": [LASER], "parties": [BUYER]}
    return desk(node).ask(read(said | changes, Asking), about=about).result().ids[0]


def step(node: Node, name: str, word: str, **changes: Any) -> str:
    return desk(node).step(name, Stepping(step=word, text="x", **changes)).result().ids[0]


def test_an_allys_denial_of_the_same_asks_for_a_consultation(nodes: dict[str, Node]) -> None:
    name = enter(nodes["nl"], "de")
    carry(nodes["nl"], nodes["de"])
    found = determine(nodes["de"])
    (reason,) = reasons(found)
    assert (reason.bearing, reason.title) == ("requires", "Consult NL")
    assert (reason.items, reason.parties) == (("laser",), ("buyer",))
    assert "laser: output power: 20.5 W and 20 W are within 10 %" in reason.facts
    assert (found.consult, [one.view.id for one in found.denials]) == (("nl",), [name])
    assert found.marking is not None
    assert found.marking.classification == "RESTRICTED"


@pytest.mark.parametrize(
    ("changes", "bearing"),
    [
        ({"parties": [{"id": "b", "name": "Orlanka Photonix Institute", "role": "end user", "country": "cn"}]}, None),
        ({"parties": [{"id": "b", "name": AGENT["name"], "role": "consignee", "country": "hk"}]}, "requires"),
        ({"parties": [{"id": "b", "name": BUYER["name"], "role": "consignee", "country": "cn"}]}, "cannot tell"),
        ({"parties": [{"id": "b", "name": BUYER["name"], "role": "forwarder", "country": "cn"}]}, "permits"),
        ({"parties": [{"id": "b", "name": "Meadowlark Bakery", "role": "end user", "country": "cn"}]}, "permits"),
        ({"items": [application()["items"][0] | {"eu_code": "2B001.b", "parameters": []}]}, "notes"),
        ({"destination": "ae"}, "requires"),
        ({"date": "2026-11-19"}, "permits"),
    ],
)
def test_what_is_like_it_in_part_bears_as_far_as_it_is(
    nodes: dict[str, Node], changes: dict[str, Any], bearing: str | None
) -> None:
    enter(nodes["nl"], "de")
    carry(nodes["nl"], nodes["de"])
    (reason,) = reasons(determine(nodes["de"], **changes))
    assert reason.bearing == bearing or (bearing is None and reason.bearing in ("requires", "cannot tell"))


def test_a_company_that_the_denied_end_user_owns_is_the_same(nodes: dict[str, Node]) -> None:
    enter(nodes["nl"], "de")
    carry(nodes["nl"], nodes["de"])
    owned = {"id": "b", "name": "Quillmere Trading", "role": "end user", "country": "hk"}
    owner = {"id": "o", "name": BUYER["name"], "country": "cn"}
    (reason,) = reasons(determine(nodes["de"], parties=[owned | {"owners": [owner | {"share": 60}]}]))
    assert (reason.bearing, reason.parties) == ("requires", ("b",))
    assert any("owned by Orlanka" in fact for fact in reason.facts)
    (reason,) = reasons(determine(nodes["de"], parties=[owned | {"owners": [owner]}]))
    assert reason.bearing == "cannot tell"  # the owner is known and its share is not
    (reason,) = reasons(determine(nodes["de"], parties=[owned | {"owners": [owner | {"share": 10}]}]))
    assert reason.bearing == "permits"


def test_another_name_that_the_register_knows_of_the_company_leads_to_the_denial(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    known = Entity(id="firm-1", schema="Company", properties={"name": (BUYER["name"],), "country": ("cn",)})
    enter(nl, "de", parties=[BUYER | {"entity": "firm-1", "schema": "Company"}])
    carry(nl, de)
    alias = Entity(
        id="firm-1",
        schema="Company",
        properties={"name": ("Veldhoorn Kinetics Group",), "country": ("cn",), "previousName": (BUYER["name"],)},
    )
    for entity in (known, alias):
        facts = Assertion(
            kind="facts", originator="", issued="", subject="firm-1", entities=(entity,), marking=sharing()
        )
        de.publish([facts]).result()
    renamed = {"id": "b", "name": "Veldhoorn Kinetics Group", "role": "end user", "country": "cn"}
    (reason,) = reasons(determine(de, parties=[renamed]))
    assert (reason.bearing, reason.parties) == ("requires", ("b",))


def test_a_catch_all_denial_is_advice_and_asks_nobody(nodes: dict[str, Node]) -> None:
    unlisted = {"description": "A pump", "hs": "841370"}
    enter(nodes["nl"], "de", catch_all=True, items=[unlisted], reason="weapons of mass destruction")
    carry(nodes["nl"], nodes["de"])
    item = {"id": "pump", "description": "A pump", "hs": "841370", "quantity": {"value": 1, "unit": "pieces"}}
    found = determine(nodes["de"], items=[item])
    (reason,) = reasons(found)
    assert (reason.bearing, found.consult) == ("warns", ())
    assert reason.title == "Denial of NL, as advice"


def test_who_may_see_only_the_pointer_learns_whom_to_consult_and_nothing_else(nodes: dict[str, Node]) -> None:
    nl, us = nodes["nl"], nodes["us"]
    enter(nl, "de", pointer=marked("us", "de", classification="SENSITIVE"))
    for peer in ("us", "de"):
        carry(nl, nodes[peer])
    found = determine(us, exporter="us")
    (reason,) = reasons(found)
    assert (reason.bearing, reason.title, found.consult) == ("cannot tell", "Consult NL", ("nl",))
    assert reason.unknown == ("what NL has denied to this party: ask licensing@nl.example",)
    told = json.dumps([str(one) for one in (reason, found.denials)])
    for word in ("laser", "6A005", "military", "NL-2026-118", "1064"):
        assert word not in told.replace("parties=('buyer',), items=('laser',)", "")
    assert [one.denial.pointer for one in desk(nodes["de"]).denials()] == [False]  # who has it needs no pointer


def test_a_clearance_that_is_too_low_finds_the_pointer_at_ones_own_node(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    enter(nl, "de", pointer=marked("de", classification="SENSITIVE"))
    carry(nl, de)
    high, low = determine(de), determine(de, clearance="SENSITIVE")
    assert [one.title for one in reasons(high)] == [one.title for one in reasons(low)] == ["Consult NL"]
    assert low.denials[0].view.denial.pointer
    assert not high.denials[0].view.denial.pointer
    (nothing,) = reasons(determine(de, clearance="PUBLIC"))
    assert nothing.bearing == "permits"


def test_a_consultation_from_question_to_explanation(nodes: dict[str, Node], clock: SetClock) -> None:
    nl, de, us = nodes["nl"], nodes["de"], nodes["us"]
    about = enter(nl, "de", "us")
    for peer in (de, us):
        carry(nl, peer)
    asked = ask(de, about)
    carry(de, nl)
    with pytest.raises(NotAllowed, match="NL has until 2026-12-08 to answer"):
        step(de, asked, "approve")
    (reason,) = reasons(determine(de))
    assert any("consultation of 2026-11-24: open" in fact for fact in reason.facts)
    clock.advance(DAY)
    step(nl, asked, "identical")
    carry(nl, de)
    assert determine(de).consult == ("nl",)  # as of the day before the answer
    found = determine(de, date="2026-11-25")
    assert (found.consult, reasons(found)[0].text) == (
        (),
        "NL was consulted: essentially identical; an approval is to be explained",
    )
    step(de, asked, "approve")
    name = step(de, asked, "explain")
    carry(de, us)
    carry(de, nl)
    assert desk(nl).consultation(asked).state == desk(de).consultation(asked).state == "explained"
    with us.sight(officer(us)) as sight:
        assert sight.assertion(name).assertion.kind == "outcome"
    with pytest.raises(NotFound):
        desk(us).consultation(asked)


def test_silence_lets_one_approve_on_the_day_after_the_tenth(nodes: dict[str, Node], clock: SetClock) -> None:
    nl, de = nodes["nl"], nodes["de"]
    about = enter(nl, "de")
    carry(nl, de)
    asked = ask(de, about)
    clock.advance(14 * DAY)
    with pytest.raises(NotAllowed, match="has until 2026-12-08"):
        step(de, asked, "approve")
    clock.advance(DAY)
    assert desk(de).consultation(asked).finding == "not essentially identical"
    step(de, asked, "approve")
    assert [one.done for one in desk(de).consultation(asked).duties] == [False]


def test_an_article_14_objection_forbids_the_approval(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    asked = ask(de, "", to="nl", destination="cn")
    carry(de, nl)
    step(nl, asked, "object")
    carry(nl, de)
    with pytest.raises(NotAllowed, match="the objection binds"):
        step(de, asked, "approve")
    reason = reasons(determine(de))[0]
    assert (reason.bearing, reason.title) == ("prohibits", "Objection of NL")
    assert determine(de).determination.verdict == "prohibited"


def test_a_step_that_would_not_count_is_refused_before_it_is_signed(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    about = enter(nl, "de")
    carry(nl, de)
    asked = ask(de, about)
    before = de.count()
    for word, why in [("identical", "only NL"), ("explain", "nothing has been approved"), ("approve", "has until")]:
        with pytest.raises(NotAllowed, match=why):
            step(de, asked, word)
    with pytest.raises(InvalidInput, match="no step 'perhaps'"):
        step(de, asked, "perhaps")
    assert de.count() == before


def test_a_revocation_takes_the_pointer_along_and_ends_the_duty_to_consult(nodes: dict[str, Node]) -> None:
    nl, us = nodes["nl"], nodes["us"]
    name = enter(nl, "de", pointer=marked("us"))
    carry(nl, us)
    desk(nl).revoke(name, Revoking(reason="The end user is no more")).result()
    for peer in (us, nodes["de"]):
        carry(nl, peer)
    assert desk(us).denials() == ()
    assert [one.bearing for one in reasons(determine(us, exporter="us"))] == ["permits"]
    assert [one.denial.state for one in desk(nodes["de"]).denials()] == ["revoked"]
    assert determine(nodes["de"]).consult == ()
    assert desk(nl).denials(state="valid") == ()


def test_a_renewed_and_an_amended_denial_count_as_they_are_now(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    name = enter(nl, "de")
    desk(nl).renew(name, Renewing(reason="As before")).result()
    other = LASER | {"eu_code": "6A005.b.2"}
    anew = read(entry("de", items=[other]), DenialEntry)
    desk(nl).amend(name, Amending(denial=anew, reason="Another paragraph")).result()
    carry(nl, de)
    view = desk(de).denial(name)
    assert [one.state for one in view.history] == ["valid", "renewed", "amended"]
    assert [one.bearing for one in reasons(determine(de))] == ["notes"]


def test_only_the_denier_changes_a_denial_and_a_coordinator_enters_none(nodes: dict[str, Node]) -> None:
    name = enter(nodes["nl"], "de", "eu")
    carry(nodes["nl"], nodes["de"])
    with pytest.raises(NotAllowed, match="only NL may change"):
        desk(nodes["de"]).revoke(name, Revoking(reason="x"))
    with pytest.raises(NotAllowed, match="never decides"):
        enter(nodes["eu"], "de")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"destination": "zz"}, "destination"),
        ({"denied": "2027-01-01"}, "denied"),
        ({"items": []}, "denial.items"),
        ({"parties": []}, "parties"),
        ({"parties": [BUYER | {"name": " "}]}, "parties[0].name"),
        ({"parties": [BUYER | {"roles": ["bank"]}]}, "parties[0].roles"),
        ({"regime": "eec"}, "denial.regime"),
        ({"items": [LASER | {"parameters": [{"name": "a", "value": "1", "unit": "ell"}]}]}, "items[0].parameters[0]"),
        ({"items": [LASER | {"parameters": [{"name": "a", "value": "ten", "unit": "nm"}]}]}, "items[0].parameters"),
    ],
)  # fmt: skip
def test_refuses_a_denial_that_cannot_be_and_names_the_field(
    nodes: dict[str, Node], changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(nodes["nl"], "de", **changes)
    assert refused.value.where.startswith(where)
    assert nodes["nl"].count() == 0


def test_reads_strictly_and_passes_no_misspelt_field_over() -> None:
    with pytest.raises(InvalidInput, match="catchall"):
        read(entry("de", catchall=True), DenialEntry)
    with pytest.raises(InvalidInput, match="releasable"):
        read(entry("de", marking=marked("de") | {"releasable": []}), DenialEntry)
    with pytest.raises(InvalidDocument, match="only integers"):
        read(entry("de", items=[LASER | {"parameters": [{"name": "a", "value": 0.5, "unit": "nm"}]}]), DenialEntry)


def test_two_parties_of_one_name_in_two_denials_are_not_one_unjudged(nodes: dict[str, Node]) -> None:
    enter(nodes["nl"], "de")
    enter(nodes["nl"], "de", reference="NL-2026-119")
    first, second = desk(nodes["nl"]).denials()
    assert first.subject != second.subject


def test_an_application_becomes_a_question_with_its_exact_numbers(nodes: dict[str, Node]) -> None:
    said = application_of(json.loads(json.dumps(application()), parse_float=Decimal), today=NOON.date())
    asked = asking_of(said, text="x", marking=sharing())
    assert [one.value for one in asked.items[0].parameters] == ["1064", "20.5"]
    assert [(one.name, one.roles) for one in asked.parties] == [(BUYER["name"], ("end user",))]


def test_the_country_of_an_authority_goes_by_its_iso_code(tmp_path: Path) -> None:
    with opened(tmp_path, ("uk", "eu")) as made:
        country_of = country_by(made["uk"])
        assert [country_of(code) for code in ("uk", "eu", "xx")] == ["gb", "", ""]
