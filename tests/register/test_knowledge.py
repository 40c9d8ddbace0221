# SPDX-License-Identifier: Apache-2.0
"""Who knows what, what could be told and what could be asked: nothing hidden, nothing controlled by others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from highfence.app import Node
from highfence.errors import NotFound
from highfence.model.agreement import Agreement
from highfence.model.authority import Authority, Membership
from highfence.model.marking import Marking, public
from highfence.register.knowledge import Knowledge
from highfence.register.knows import CompanyKnowledge
from highfence.register.reading import Sight
from highfence.rules.handling import Reader, may_view
from highfence.storage.database import Database
from nodes import NOON, carry, concern, officer, opened, sharing, states, told

from .claims import READER, TODAY
from .entered import SUBJECTS, empty, enter, histories

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
MEMBERSHIP = Membership(
    version=1,
    issued=NOON,
    expires=NOON.replace(year=2027),
    threshold=1,
    authorities=tuple(Authority(code=code, name=code, country=code) for code in ("nl", "jp", "us")),
    agreements=(
        Agreement(
            id="agr",
            title="Agreement",
            parties=("nl", "jp", "us"),
            legal_basis="Article 3",
            purposes=("export-control",),
            valid_from=date(2026, 1, 1),
        ),
    ),
)


def answers(database: Database, reader: Reader) -> list[object]:
    found: list[object] = []
    with database.read() as connection:
        knowledge = Knowledge(Sight(connection, reader, TODAY), MEMBERSHIP, {})
        for name in SUBJECTS:
            try:
                found.append(knowledge.company(name))
            except NotFound as refusal:
                found.append(str(refusal))
        found += [knowledge.offers(limit=9), knowledge.offers(to="us", limit=2)]
        return [*found, knowledge.asks(limit=9), knowledge.asks(limit=1)]


@STORED
@given(histories(hidden=True))
def test_what_is_hidden_leaves_no_trace(database, history):
    for reader in (READER, Reader(authority="nl", ceiling="SENSITIVE", purposes=("export-control",))):
        visible = [one for one in history if may_view(one.assertion.marking, reader, on=TODAY, originator="nl").allowed]
        empty(database)
        enter(database, *([one] for one in history))
        with_hidden = answers(database, reader)
        empty(database)
        enter(database, *([one] for one in visible))
        assert with_hidden == answers(database, reader)


@STORED
@given(histories(hidden=True))
def test_what_all_offers_say_of_a_company_is_what_its_own_map_says(database, history):
    empty(database)
    enter(database, *([one] for one in history))
    reader = Reader(authority="nl", ceiling="RESTRICTED", purposes=("export-control",))
    with database.read() as connection:
        knowledge = Knowledge(Sight(connection, reader, TODAY), MEMBERSHIP, {})
        apart = {offer for name in SUBJECTS for offer in company_offers(knowledge, name)}
        assert set(map(msgspec.json.encode, knowledge.offers(limit=99))) == apart


def company_offers(knowledge: Knowledge, name: str) -> list[bytes]:
    try:
        return [msgspec.json.encode(offer) for offer in knowledge.company(name).offers]
    except NotFound:
        return []


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "nl", "cy")) as made:
        yield made


@contextmanager
def knowledge(node: Node) -> Iterator[Knowledge]:
    with node.sight(officer(node)) as sight:
        yield Knowledge(sight, node.membership, node.pushed)


def of(node: Node, name: str = "Acme Works") -> CompanyKnowledge:
    with knowledge(node) as found:
        return found.company(name)


def known(found: CompanyKnowledge, field: str) -> dict[str, str]:
    one = next(one for one in found.fields if one.field == field)
    return {knower.authority: knower.how for knower in one.known} | dict.fromkeys(one.missing, "")


def test_each_field_tells_who_said_it_who_received_it_and_who_does_not_know_it(nodes):
    us, nl = nodes["us"], nodes["nl"]
    us.publish([concern("Acme Works", sharing("nl"))]).result()
    assert known(of(us), "concern") == {"us": "said", "nl": "queued", "cy": ""}
    carry(us, nl)
    assert known(of(us), "concern") == {"us": "said", "nl": "received", "cy": ""}
    assert known(of(nl), "concern") == {"us": "said", "nl": "received", "cy": ""}
    nl.publish([concern("Acme Works", sharing("us", "cy"), kind="facts", text="")]).result()
    assert known(of(nl), "name") == {"us": "said", "nl": "said", "cy": "queued"}
    assert known(of(nl), "concern")["cy"] == ""


def test_an_offer_is_a_draft_that_a_person_can_publish_as_it_is(nodes):
    us = nodes["us"]
    (name,) = us.publish([concern("Acme Works", sharing("nl"))]).result().ids
    with knowledge(us) as found:
        (offer,) = found.offers(limit=9)
    assert (offer.assertion, offer.to, offer.agreement, offer.kind) == (name, "cy", "agr-1", "concern")
    assert offer.fields == ("concern", "country", "name")
    assert "not named" in offer.now
    assert offer.score == 40 + 3
    assert states(us, name)["cy"] == "withheld"
    (wider,) = us.publish([offer.draft]).result().ids
    assert states(us, wider) == {"nl": "queued", "cy": "queued"}
    carry(us, nodes["cy"])
    (got,) = told(nodes["cy"], "us").values()
    assert (got.kind, got.text) == ("correction", offer.draft.text)
    assert of(us).offers == ()


def test_what_the_other_spoke_of_comes_first(nodes):
    us, nl = nodes["us"], nodes["nl"]
    us.publish([concern("Acme Works", sharing("nl")), concern("Bolt Works", sharing("nl"))]).result()
    nodes["cy"].publish([concern("Bolt Works", sharing("us"), kind="facts", text="")]).result()
    carry(nodes["cy"], us)
    with knowledge(us) as found:
        assert [offer.caption for offer in found.offers(to="cy", limit=9)] == ["Bolt Works", "Acme Works"]
        assert found.offers(to="nobody", limit=9) == ()
    assert nl.count() == 0


@pytest.mark.parametrize(
    "marking",
    [
        sharing("nl", disclosure="view"),
        sharing("nl", expires=date(2026, 11, 1)),
        sharing("nl", tlp="RED", groups=("members-eu",)),
    ],
)
def test_what_naming_alone_does_not_release_is_not_offered(nodes, marking: Marking):
    nodes["us"].publish([concern("Acme Works", marking)]).result()
    with knowledge(nodes["us"]) as found:
        assert found.offers(limit=9) == ()
    assert of(nodes["us"]).offers == ()


def test_what_rests_on_another_authority_s_controlled_words_is_never_offered(nodes):
    us, nl = nodes["us"], nodes["nl"]
    (theirs,) = us.publish([concern("Acme Works", sharing("nl"))]).result().ids
    (free,) = us.publish([concern("Bolt Works", public(groups=("members",)))]).result().ids
    carry(us, nl)
    own = Marking(tlp="AMBER", classification="SENSITIVE", releasable_to=(), disclosure="release")
    (first,) = nl.publish([concern("Acme Works", own, sources=(theirs,))]).result().ids
    nl.publish([concern("Acme Works", own, sources=(first,))]).result()
    nl.publish([concern("Dune Works", own, sources=("0" * 64,))]).result()
    nl.publish([concern("Bolt Works", own, sources=(free, "https://example.org/report"))]).result()
    with knowledge(nl) as found:
        offered = {(offer.caption, offer.to) for offer in found.offers(limit=99)}
    # Back to the originator it may go; what is public rests on nobody's consent.
    assert offered == {("Acme Works", "us"), ("Bolt Works", "us"), ("Bolt Works", "cy")}
    assert {offer.to for offer in of(nl).offers} == {"us"}


def test_who_seems_to_know_more_can_be_asked_by_a_draft(nodes):
    us, nl = nodes["us"], nodes["nl"]
    us.publish([concern("Acme Works", sharing("nl")), concern("Bolt Works", sharing("nl"))]).result()
    carry(us, nl)
    nl.publish([concern("Bolt Works", sharing("us"), kind="facts", text="")]).result()
    with knowledge(nl) as found:
        (ask,) = found.asks(limit=9)
    assert (ask.caption, ask.authority, ask.kind, ask.others, ask.score) == ("Acme Works", "us", "concern", 0, 40)
    assert ask == of(nl).asks[0]
    (name,) = nl.publish([ask.draft]).result().ids
    assert states(nl, name) == {"us": "queued", "cy": "withheld"}
    carry(nl, us)
    assert [one.text for one in told(us, "nl").values() if one.kind == "request"] == [ask.draft.text]
