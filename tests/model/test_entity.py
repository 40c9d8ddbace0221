# SPDX-License-Identifier: Apache-2.0
"""model.entity: reading values and choosing the name to show."""

from __future__ import annotations

import msgspec
import pytest

from highfence.model.entity import Entity


def test_gives_values_in_the_order_they_came() -> None:
    entity = Entity(id="e", schema="Company", properties={"alias": ("B", "A")})
    assert entity.values("alias") == ("B", "A")
    assert entity.first("alias") == "B"


def test_a_property_it_does_not_have_is_empty() -> None:
    entity = Entity(id="e", schema="Company", properties={"alias": ()})
    assert entity.values("name") == ()
    assert entity.first("name") == ""
    assert entity.first("alias") == ""


@pytest.mark.parametrize(
    ("properties", "caption"),
    [
        ({"alias": ("Alias",), "name": ("Name", "Second")}, "Name"),
        ({"alias": ("Alias",), "registrationNumber": ("1",)}, "Alias"),
        ({"full": ("1 Main Street",)}, "1 Main Street"),
        ({"registrationNumber": ("1",)}, "1"),
        ({"country": ("ir",)}, "e"),
    ],
)
def test_shows_the_best_name_it_has(properties: dict[str, tuple[str, ...]], caption: str) -> None:
    assert Entity(id="e", schema="LegalEntity", properties=properties).caption == caption


def test_cannot_be_changed_in_place() -> None:
    entity = Entity(id="e", schema="Company")
    with pytest.raises(AttributeError):
        entity.id = "f"  # type: ignore[misc]


def test_survives_json() -> None:
    entity = Entity(
        id="e", schema="Company", properties={"name": ("Acme",)}, originals={"Acme": "ACME"}, languages={"Acme": "eng"}
    )
    assert msgspec.json.decode(msgspec.json.encode(entity), type=Entity) == entity
