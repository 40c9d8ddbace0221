# SPDX-License-Identifier: Apache-2.0
"""model.assertion: each kind carries what it needs."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from highfence.errors import InvalidAssertion
from highfence.model.assertion import KINDS, RECALLING, REFERRING, Assertion, require_complete
from highfence.model.entity import Entity
from highfence.model.judgement import Judgement
from highfence.model.listing import Listing
from highfence.model.marking import Marking

ACME = Entity(id="acme", schema="Company", properties={"name": ("Acme",)})
OWNER = Entity(id="owner", schema="Company", properties={"name": ("Owner",)})
LISTING = Listing(
    jurisdiction="us", source="us_csl", list="Entity List", key="k1", entity="acme", listed=date(2024, 3, 1)
)


def assertion(kind: str, **changes: object) -> Assertion:
    """Return an assertion that has what any kind needs, with changes."""
    full = Assertion(
        kind=kind,
        originator="us",
        issued="2026-11-24T07:00:00.000000Z",
        subject="acme",
        marking=Marking(),
        entities=(OWNER, ACME),
        listing=LISTING,
        text="Diverts machine tools.",
        refers_to="0" * 64,
        reason="A clerical error.",
        judgement=Judgement(other="acme-2", verdict="positive") if kind == "identity" else None,
    )
    return msgspec.structs.replace(full, **changes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_assertion_of_every_kind_is_complete(kind: str) -> None:
    full = assertion(kind)
    assert require_complete(full) is full


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["originator", "issued", "subject"])
def test_every_kind_says_who_when_and_about_whom(kind: str, field: str) -> None:
    with pytest.raises(InvalidAssertion) as refused:
        require_complete(assertion(kind, **{field: ""}))
    assert refused.value.where == f"assertion.{field}"


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("rumour", {}, "kind"),
        ("listing", {"listing": None}, "listing"),
        ("identity", {"judgement": None}, "judgement"),
        ("identity", {"judgement": Judgement(other="", verdict="positive")}, "judgement"),
        ("identity", {"judgement": Judgement(other="e-2", verdict="likely")}, "judgement.verdict"),
        ("identity", {"judgement": Judgement(other="acme", verdict="unsure")}, "judgement.other"),
        ("identity", {"reason": ""}, "reason"),
        ("correction", {"judgement": Judgement(other="e-2", verdict="likely")}, "judgement.verdict"),
        ("concern", {"judgement": Judgement(other="e-2", verdict="unsure")}, "judgement"),
        ("facts", {"entities": ()}, "entities"),
        ("facts", {"entities": (OWNER,)}, "entities"),
        ("listing", {"entities": (OWNER,)}, "entities"),
        ("concern", {"entities": (OWNER,)}, "entities"),
        ("denial", {"entities": (OWNER,)}, "entities"),
        ("concern", {"text": ""}, "text"),
        ("correction", {"reason": ""}, "reason"),
        ("withdrawal", {"reason": ""}, "reason"),
        *((kind, {"refers_to": ""}, "refers_to") for kind in REFERRING),
    ],
)
def test_refuses_what_lacks_something_its_kind_needs(kind: str, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidAssertion) as refused:
        require_complete(assertion(kind, **changes))
    assert refused.value.where == f"assertion.{field}"
    assert refused.value.advice


def test_recalling_kinds_refer_to_what_they_recall() -> None:
    assert set(RECALLING) <= set(REFERRING) <= set(KINDS)


def test_finds_the_entity_it_is_about_among_its_kin() -> None:
    assert assertion("facts").entity() is ACME
    assert assertion("comment", entities=(OWNER,)).entity() is None


def test_survives_json() -> None:
    full = assertion("listing")
    assert msgspec.json.decode(msgspec.json.encode(full), type=Assertion) == full
