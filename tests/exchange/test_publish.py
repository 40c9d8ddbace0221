# SPDX-License-Identifier: Apache-2.0
"""Publishing: journal, feeds, decisions and register change together or not at all, and recalls reach who must know."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.app import Node, open_node
from highfence.clock import SetClock
from highfence.errors import InvalidAssertion, InvalidEntity, InvalidMarking, NotFound, Refused, StorageFailed
from highfence.exchange.envelope import open_envelope
from highfence.exchange.keys import SigningKey
from highfence.exchange.publish import Published, Sealed, seal_assertion
from highfence.exchange.strict import DOCUMENT_BYTES_MAX, decode
from highfence.home import Home
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.storage import companies, feed, journal
from highfence.storage.database import Connection
from nodes import NOON, carry, concern, everything, make_homes, officer, reopened, sharing, states, suspended, told

from .hostile import id_of

KEY = SigningKey.from_seed(b"\x07" * 32)


def say(node: Node, *claims: Assertion) -> Published:
    """Publish and wait until it is durable."""
    return node.publish(claims).result()


def replacing(kind: str, original: str, marking: Marking, **changes: object) -> Assertion:
    """Return a correction or withdrawal of an assertion about Acme Optics."""
    if kind == "withdrawal":
        changes = {"entities": (), "text": "", "legal_basis": "", **changes}
    return concern("Acme Optics", marking, kind=kind, refers_to=original, reason="mistaken", **changes)


# Sealing.


def signed_claim(marking: Marking = sharing("nl"), **changes: object) -> Assertion:  # noqa: B008 - it is frozen
    """Return a complete claim of the United States."""
    return concern("Acme Optics", marking, originator="us", issued="2026-11-24T12:00:00Z", **changes)


def test_the_id_is_of_the_very_bytes_that_are_signed():
    sealed = seal_assertion(signed_claim(), KEY)
    assert sealed.id == id_of(sealed.envelope)
    assert msgspec.json.decode(open_envelope(sealed.envelope).content(), type=Assertion) == sealed.assertion


def test_two_equal_claims_are_two_assertions():
    assert seal_assertion(signed_claim(), KEY).id != seal_assertion(signed_claim(), KEY).id
    assert seal_assertion(signed_claim(nonce="n"), KEY) == seal_assertion(signed_claim(nonce="n"), KEY)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(text=TEXTS, name=st.text("e\u0301\n\\\"u'é\u0303n"))
def test_whatever_is_sealed_passes_strict_decoding_in_composed_form(text, name):
    entity = Entity(id="x1", schema="Company", properties={"name": (f"X{name}",)}, originals={f"X{name}": text})
    sealed = seal_assertion(signed_claim(text=text, entities=(entity,), subject="x1"), KEY)
    values = decode(open_envelope(sealed.envelope).content())
    assert values["text"] == sealed.assertion.text == unicodedata.normalize("NFC", text)
    assert values["entities"][0]["properties"]["name"] == [unicodedata.normalize("NFC", f"X{name}")]


def test_text_cut_within_a_letter_is_refused():
    with pytest.raises(InvalidAssertion, match="surrogate"):
        seal_assertion(signed_claim(text="half \ud83d"), KEY)


@pytest.mark.parametrize("text", ["\0", "cut\0off"])
def test_text_with_u0000_is_refused(text):
    with pytest.raises(InvalidAssertion, match=r"U\+0000"):
        seal_assertion(signed_claim(text=text), KEY)


def test_text_that_only_speaks_of_u0000_is_sealed():
    assert seal_assertion(signed_claim(text="a backslash and u: \\u0000"), KEY).id


def test_two_originals_that_are_one_when_composed_become_one():
    entity = Entity(
        id="x1", schema="Company", properties={"name": ("Café",)}, originals={"Café": "A", "Cafe\u0301": "B"}
    )
    sealed = seal_assertion(signed_claim(entities=(entity,), subject="x1"), KEY)
    assert list(decode(open_envelope(sealed.envelope).content())["entities"][0]["originals"]) == ["Café"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "rumour"}, InvalidAssertion),
        ({"text": ""}, InvalidAssertion),
        ({"subject": "another"}, InvalidAssertion),
        ({"kind": "withdrawal", "refers_to": "a" * 64}, InvalidAssertion),
        ({"marking": Marking(tlp="PINK")}, InvalidMarking),
        ({"marking": Marking(purposes=("curiosity",))}, InvalidMarking),
        ({"entities": (Entity(id="demo-acme-optics", schema="Firm"),)}, InvalidEntity),
        ({"text": "x" * DOCUMENT_BYTES_MAX}, InvalidAssertion),
    ],
)
def test_refuses_to_sign_what_peers_would_refuse(changes, error):
    with pytest.raises(error) as refusal:
        seal_assertion(signed_claim(**changes), KEY)
    assert refusal.value.advice


# What is told to whom.


def test_an_assertion_goes_to_the_entitled_and_the_others_decision_is_kept(nodes):
    published = say(nodes["us"], concern("Acme Optics", sharing("nl")))
    assert published.feed_sizes == {"nl": 1}
    assert {one.reader: one.reason for one in published.releases[0]} == {"nl": "", "cy": "not_releasable"}
    assert states(nodes["us"], published.ids[0]) == {"nl": "queued", "cy": "withheld"}
    carry(nodes["us"], nodes["nl"])
    carry(nodes["us"], nodes["cy"])
    assert list(told(nodes["nl"], "us")) == list(published.ids)
    assert told(nodes["cy"], "us") == {}


def test_groups_are_resolved_to_members_when_it_is_signed(nodes):
    (name,) = say(nodes["us"], concern("Acme Optics", sharing(groups=("members-eu",)))).ids
    carry(nodes["us"], nodes["cy"])
    assert told(nodes["cy"], "us")[name].marking.releasable_to == ("cy", "nl")


def test_everything_published_at_once_keeps_its_order_in_the_feed(nodes):
    ids = say(nodes["us"], *(concern(f"Firm {place}", sharing("nl")) for place in range(7))).ids
    carry(nodes["us"], nodes["nl"])
    assert tuple(told(nodes["nl"], "us")) == ids


# Corrections and withdrawals.


def test_a_withdrawal_goes_only_to_those_who_were_sent_the_original(nodes):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    published = say(nodes["us"], replacing("withdrawal", original, sharing("nl", "cy")))
    assert published.feed_sizes == {"nl": 2}
    assert {one.reader: one.reason for one in published.releases[0]} == {"nl": "", "cy": "never_sent"}
    carry(nodes["us"], nodes["nl"])
    carry(nodes["us"], nodes["cy"])
    assert states(nodes["us"], original) == {"nl": "recalled", "cy": "withheld"}
    assert told(nodes["cy"], "us") == {}


def test_a_withdrawal_reaches_them_though_its_marking_names_them_no_more(nodes):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    say(nodes["us"], replacing("withdrawal", original, sharing("cy")))
    carry(nodes["us"], nodes["nl"])
    assert states(nodes["us"], original)["nl"] == "recalled"
    assert [claim.kind for claim in told(nodes["nl"], "us").values()] == ["concern", "withdrawal"]


@pytest.mark.parametrize(
    "marking",
    [
        Marking(),
        sharing("nl", disclosure="view"),
        sharing("cy", tlp="RED"),
        sharing("nl", tlp="RED", groups=("members-eu",)),
    ],
)
def test_refuses_a_withdrawal_marked_so_that_it_would_not_reach_them(nodes, marking):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    before = everything(nodes["us"])
    with pytest.raises(InvalidAssertion, match="keeps this withdrawal from nl") as refusal:
        say(nodes["us"], replacing("withdrawal", original, marking))
    assert "no stricter" in refusal.value.advice
    assert everything(nodes["us"]) == before


def test_what_was_sent_to_nobody_is_withdrawn_under_any_marking(nodes):
    (original,) = say(nodes["us"], concern("Acme Optics", Marking())).ids
    assert say(nodes["us"], replacing("withdrawal", original, Marking())).feed_sizes == {}


def test_a_correction_that_widens_the_audience_tells_the_new_readers_all(nodes):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    (correction,) = say(nodes["us"], replacing("correction", original, sharing("nl", "cy"), text="Corrected")).ids
    carry(nodes["us"], nodes["nl"])
    carry(nodes["us"], nodes["cy"])
    assert {name: claim.text for name, claim in told(nodes["cy"], "us").items()} == {correction: "Corrected"}
    assert states(nodes["us"], original) == {"nl": "recalled", "cy": "withheld"}
    assert states(nodes["us"], correction) == {"nl": "received", "cy": "received"}


def test_a_correction_that_narrows_the_audience_recalls_the_original_and_shows_nothing_new(nodes):
    us, nl, cy = nodes["us"], nodes["nl"], nodes["cy"]
    (original,) = say(us, concern("Acme Optics", sharing("nl", "cy"))).ids
    carry(us, cy)
    secret = Entity(id="secret-subject", schema="Company", properties={"name": ("Secret Parent GmbH",)})
    published = say(
        us,
        replacing(
            "correction",
            original,
            sharing("nl", caveats=("NEW CAVEAT",)),
            text="Secret text",
            subject=secret.id,
            entities=(secret,),
        ),
    )
    assert published.feed_sizes == {"nl": 2, "cy": 2}
    carry(us, nl)
    carry(us, cy)
    assert [claim.kind for claim in told(nl, "us").values()] == ["concern", "correction"]
    first, notice = told(cy, "us").values()
    assert (first.kind, notice.kind, notice.refers_to) == ("concern", "withdrawal", original)
    assert (notice.subject, notice.entities, notice.marking.releasable_to) == (first.subject, (), ("cy",))
    with cy.database.read() as connection:
        seen = repr([row.envelope for row in journal.walk(connection)]) + repr(list(told(cy, "us").values()))
    assert not [word for word in ("Secret", "secret", "NEW CAVEAT", published.ids[0]) if word in seen]
    assert states(us, original) == {"nl": "recalled", "cy": "recalled"}
    assert states(us, published.ids[0]) == {"nl": "received", "cy": "withheld"}


@pytest.mark.parametrize(
    "stricter", [{"disclosure": "view"}, {"tlp": "RED", "groups": ("members-eu",)}, {"releasable_to": ()}]
)
def test_the_recall_reaches_those_who_lose_by_any_stricter_word(nodes, stricter):
    us, nl = nodes["us"], nodes["nl"]
    (original,) = say(us, concern("Acme Optics", sharing("nl"))).ids
    say(us, replacing("correction", original, sharing(**{"releasable_to": ("nl",), **stricter})))
    carry(us, nl)
    assert [claim.kind for claim in told(nl, "us").values()] == ["concern", "withdrawal"]
    assert states(us, original)["nl"] == "recalled"


def test_a_chain_of_corrections_reaches_whoever_holds_its_latest_link(nodes):
    us, nl, cy = nodes["us"], nodes["nl"], nodes["cy"]
    (first,) = say(us, concern("Acme Optics", sharing("nl", "cy"))).ids
    (second,) = say(us, replacing("correction", first, sharing("nl"), text="Second")).ids
    (third,) = say(us, replacing("correction", second, sharing("nl", "cy"), text="Third")).ids
    say(us, replacing("withdrawal", third, sharing("nl", "cy")))
    carry(us, nl)
    carry(us, cy)
    assert [claim.kind for claim in told(nl, "us").values()] == ["concern", "correction", "correction", "withdrawal"]
    assert [claim.kind for claim in told(cy, "us").values()] == ["concern", "withdrawal", "correction", "withdrawal"]
    for node in (nl, cy):
        with node.sight(officer(node)) as sight:
            assert sight.profile("demo-acme-optics").claims == ()


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_refuses_to_replace_what_has_been_replaced(nodes, kind):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    (correction,) = say(nodes["us"], replacing("correction", original, sharing("nl"))).ids
    before = everything(nodes["us"])
    with pytest.raises(InvalidAssertion, match="replaced already") as refusal:
        say(nodes["us"], replacing(kind, original, sharing("nl")))
    assert correction in refusal.value.advice
    assert everything(nodes["us"]) == before


def test_refuses_two_replacements_of_one_assertion_at_once(nodes):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    before = everything(nodes["us"])
    with pytest.raises(InvalidAssertion, match="two of the assertions"):
        say(
            nodes["us"],
            replacing("correction", original, sharing("nl"), text="One"),
            replacing("correction", original, sharing("nl"), text="Other"),
        )
    assert everything(nodes["us"]) == before


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_refuses_to_replace_what_another_said(nodes, kind):
    (original,) = say(nodes["us"], concern("Acme Optics", sharing("nl"))).ids
    carry(nodes["us"], nodes["nl"])
    before = everything(nodes["nl"])
    with pytest.raises(InvalidAssertion, match="only its originator us") as refusal:
        say(nodes["nl"], replacing(kind, original, sharing("us")))
    assert "comment" in refusal.value.advice
    assert everything(nodes["nl"]) == before


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_refuses_to_replace_what_is_not_held(nodes, kind):
    with pytest.raises(NotFound):
        say(nodes["us"], replacing(kind, "a" * 64, sharing("nl")))
    assert nodes["us"].count() == 0


def test_one_refused_among_many_keeps_all_of_them_back(nodes):
    before = everything(nodes["us"])
    with pytest.raises(NotFound):
        say(
            nodes["us"],
            concern("Acme Optics", sharing("nl")),
            replacing("withdrawal", "a" * 64, sharing("nl")),
            concern("Other Optics", sharing("nl")),
        )
    assert everything(nodes["us"]) == before


# When agreements lapse.


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_a_suspended_agreement_withholds_what_is_new_and_recalls_still_travel(nodes, kind):
    us, nl = nodes["us"], nodes["nl"]
    (original,) = say(us, concern("Acme Optics", sharing("nl"))).ids
    carry(us, nl)
    envelope = suspended(nodes)
    for node in nodes.values():
        node.install_membership(envelope)
    (new,) = say(us, concern("Other Optics", sharing("nl"))).ids
    assert states(us, new)["nl"] == "withheld"
    assert us.status(new, officer(us)).deliveries[1].reason == "agreement_suspended"
    say(us, replacing(kind, original, sharing("nl"), text="Corrected" if kind == "correction" else ""))
    carry(us, nl)
    assert [claim.kind for claim in told(nl, "us").values()] == ["concern", "withdrawal"]
    assert states(us, original)["nl"] == "recalled"


# All or nothing.


def break_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make one step of recording fail, as if the process hit a bug in the middle of it."""
    places: dict[str, tuple[object, str]] = {
        "journal": (journal, "append"),
        "feed": (feed, "append_out"),
        "feed state": (feed, "save_states"),
        "decisions": (feed, "save_withheld"),
        "register keys": (companies, "add_keys"),
        "register names": (companies, "add_names"),
        "standing": (journal, "stand"),
        "superseded": (journal, "supersede"),
        "forgetting": (companies, "forget_assertions"),
    }
    module, name = places[step]
    real: Callable[..., None] = getattr(module, name)

    def fail(connection: Connection, *rest: object) -> None:
        real(connection, *rest)
        raise RuntimeError(step)

    monkeypatch.setattr(module, name, fail)


@pytest.mark.parametrize(
    "step",
    [
        "journal",
        "feed",
        "feed state",
        "decisions",
        "register keys",
        "register names",
        "standing",
        "superseded",
        "forgetting",
    ],
)
def test_when_any_step_fails_nothing_is_half_applied(nodes, monkeypatch, step):
    us = nodes["us"]
    (original,) = say(us, concern("Acme Optics", sharing("nl"))).ids
    before = everything(us)
    with monkeypatch.context() as broken:
        break_at(step, broken)
        with pytest.raises(RuntimeError, match=step):
            say(us, replacing("correction", original, sharing("nl", "cy"), text="Corrected"))
    assert everything(us) == before
    say(us, replacing("correction", original, sharing("nl", "cy"), text="Corrected"))
    assert nodes["us"].verify().differences == ()
    carry(us, nodes["nl"])
    assert [claim.text for claim in told(nodes["nl"], "us").values()][1] == "Corrected"


def limit_disk(node: Node, pages: int | None) -> None:
    """Let the database, which must be behind SQLite, grow by so many pages and no more, or without a bound."""

    def change(connection: Connection) -> None:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 << 30 if pages is None else now + pages}")

    node.database.write(change)


def large(place: int) -> Assertion:
    """Return a claim of about 200 kB."""
    return concern(f"Firm {place}", sharing("nl"), text="x" * 200_000)


@pytest.mark.parametrize("nodes", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_with_advice_and_nothing_is_half_applied(nodes):
    us = nodes["us"]
    say(us, concern("Acme Optics", sharing("nl")))
    before = everything(us)
    limit_disk(us, 20)
    with pytest.raises(StorageFailed, match="full") as refusal:
        say(us, *(large(place) for place in range(5)))
    assert "Free space" in refusal.value.advice
    assert everything(us) == before
    assert us.verify().differences == ()


@pytest.mark.parametrize("nodes", ["sqlite"], indirect=True)
def test_after_space_is_freed_the_node_goes_on_working(nodes):
    us = nodes["us"]
    limit_disk(us, 20)
    with pytest.raises(StorageFailed):
        say(us, large(1))
    limit_disk(us, None)
    published = say(us, large(1))
    carry(us, nodes["nl"])
    assert list(told(nodes["nl"], "us")) == list(published.ids)
    assert us.verify().differences == ()


@pytest.mark.parametrize("nodes", ["sqlite"], indirect=True)
def test_on_a_full_disk_what_fits_is_kept_though_it_waits_with_what_does_not(nodes):
    us = nodes["us"]
    limit_disk(us, 25)
    futures = [us.publish([claim]) for claim in (concern("Acme Optics", sharing("nl")), large(1), large(2))]
    outcomes = [future.exception() for future in futures]
    assert outcomes[0] is None
    assert [type(outcome) for outcome in outcomes[1:]] == [StorageFailed, StorageFailed]
    assert us.count() == 1
    assert us.verify().differences == ()


def test_what_was_published_is_there_after_a_restart(nodes):
    ids = say(nodes["us"], *(concern(f"Firm {place}", sharing("nl")) for place in range(3))).ids
    before = everything(nodes["us"])
    nodes["us"] = reopened(nodes["us"])
    assert everything(nodes["us"]) == before
    carry(nodes["us"], nodes["nl"])
    assert tuple(told(nodes["nl"], "us")) == ids


def test_a_node_without_membership_publishes_for_itself_alone(tmp_path):
    home = make_homes(tmp_path, ("us",))["us"]
    Home(home).membership.unlink()
    node = open_node(home)
    published = say(node, concern("Acme Optics", sharing("nl")))
    assert (published.releases, published.feed_sizes) == (((),), {})
    node.close()


def test_publishing_rings_the_bell_of_those_who_get_something(nodes):
    us = nodes["us"]
    say(us, concern("Acme Optics", sharing("nl")))
    assert (us.feed_bell("nl").rings, us.feed_bell("cy").rings, us.bell.rings) == (1, 0, 1)


def test_the_same_sealed_assertion_is_not_kept_twice(nodes):
    us = nodes["us"]
    sealed: Sealed = us.seal(concern("Acme Optics", sharing("nl")))
    us.submit_publication(lambda desk, connection: desk.record(connection, [sealed])).result()
    before = everything(us)
    with pytest.raises(StorageFailed):
        us.submit_publication(lambda desk, connection: desk.record(connection, [sealed])).result()
    assert everything(us) == before


# Under a membership document that has expired.


@pytest.mark.parametrize("kind", ["concern", "correction", "withdrawal"])
def test_nothing_that_names_readers_is_published_under_an_expired_membership(tmp_path, kind):
    clock = SetClock(NOON)
    home = make_homes(tmp_path, ("us", "nl"))["us"]
    node = open_node(home, clock=clock)
    try:
        first = say(node, concern("Acme Optics", sharing("nl"))).ids[0]
        clock.advance(31 * 86400)
        claim = concern("Acme Optics", sharing("nl")) if kind == "concern" else replacing(kind, first, sharing("nl"))
        with pytest.raises(Refused, match="Install a newer membership document") as refusal:
            say(node, claim)
        assert refusal.value.reason == "membership_expired"
        assert node.count() == 1
    finally:
        node.close()
