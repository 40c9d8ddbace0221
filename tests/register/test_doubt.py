# SPDX-License-Identifier: Apache-2.0
"""What the engine may join without anybody's looking, and what it must leave to a person."""

from __future__ import annotations

import pytest

from highfence.model.entity import Entity
from highfence.register.doubt import beyond_doubt


def party(name: str, country: str = "", *, schema: str = "Company", **properties: tuple[str, ...]) -> Entity:
    """Return a party with a name and, if given, a country."""
    told = {"name": (name,), **({"country": (country,)} if country else {}), **properties}
    return Entity(id=f"{name}-{country}-{schema}", schema=schema, properties=told)


SAME = [
    (party("JSC Zavod Elecon", "ru"), party("AKTSIONERNOE OBSHCHESTVO ZAVOD ELEKON", "ru")),
    (party("Goruma Precision Optics Institute", "ir"), party("GORUMA PRECISION OPTICS INSTITUTE", "ir")),
    (party("Korvel Machine Building Design Bureau"), party("Korvel Machine Building Design Bureau", "ru")),
    (party("Business Lab", "sy", schema="LegalEntity"), party("Business Lab", "sy", schema="Organization")),
]
DOUBTFUL = [
    # Two firms of one name in two countries; a body that every state has.
    (party("Volna Trading House LLC", "ru"), party("Volna Trading House LLC", "ae")),
    (
        party("Ministry of Petroleum and Minerals", schema="PublicBody"),
        party("Ministry of Petroleum and Minerals", "ir"),
    ),
    # A branch is named after its place; the daughter abroad differs in its form alone.
    (party("Haramat Foundation (Bangladesh branch)", "sa"), party("Haramat Foundation (Ethiopia branch)", "sa")),
    (party("National Example Tanker Company"), party("National Example Tanker Company LLC", "ae")),
    # One more in a series; a holding is not what it holds.
    (party("Example Infrastructure Fund II LP", "us"), party("Example Infrastructure Fund III LP", "us")),
    (party("Volna Radio Works Holding", "ru"), party("Volna Radio Works", "ru")),
    # A name that says too little, and an alias that is another's name.
    (party("Satco", "ir"), party("SATCO", "ir")),
    (party("Example Radio Works", "ru"), party("Northern Parent Concern", "ru", alias=("Example Radio Works",))),
    # People share names, whatever a list calls them; a number that differs speaks against.
    (party("Ivan Petrovich Sidorov", "ru", schema="Person"), party("Ivan Petrovich Sidorov", "ru", schema="Person")),
    (
        party("Steven Neal Greenwood", "us", schema="LegalEntity"),
        party("STEVEN NEAL GREENWOOD", "us", schema="LegalEntity"),
    ),
    (
        party("Example Radio Works", "ru", innCode=("7707083893",)),
        party("Example Radio Works", "ru", innCode=("7736050003",)),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=lambda one: one.caption)
def test_joins_what_nobody_need_look_at(one, other):
    assert beyond_doubt(one, other)
    assert beyond_doubt(other, one)


@pytest.mark.parametrize(("one", "other"), DOUBTFUL, ids=lambda one: one.caption)
def test_leaves_to_a_person_what_may_be_two(one, other):
    assert not beyond_doubt(one, other)
    assert not beyond_doubt(other, one)
