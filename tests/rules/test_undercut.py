# SPDX-License-Identifier: Apache-2.0
"""What is essentially identical: cases with their citations, and the laws that hold for all of them."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model.application import Item, Measure, Parameter
from highfence.model.denial import Characteristic, Denial, DeniedItem
from highfence.rules.undercut import (
    Sameness,
    Transaction,
    by_procedure,
    compare,
    compare_items,
    undercut_regime,
)

CASES = tomllib.loads((Path(__file__).parent / "undercut_cases.toml").read_text("utf-8"))["cases"]
DENIED = date(2026, 3, 1)
ONE = Measure(value=Decimal(1), unit="pieces")
RANK = ("different", "cannot tell", "essentially identical")


def denied_item(said: dict[str, Any]) -> DeniedItem:
    told = tuple(Characteristic(name=n, value=v, unit=u) for n, v, u in said.get("parameters", ()))
    return DeniedItem(description="x", **{**said, "parameters": told})


def item(said: dict[str, Any]) -> Item:
    told = tuple(Parameter(name=n, value=Decimal(v), unit=u) for n, v, u in said.get("parameters", ()))
    return Item(id="item-1", description="x", quantity=ONE, **{**said, "parameters": told})


def denial(case: dict[str, Any]) -> Denial:
    if case.get("pointer"):
        return Denial(end_users=("buyer",), consignees=("agent",), regime="eu", pointer=True)
    return Denial(
        end_users=("buyer",),
        consignees=("agent",),
        items=(denied_item(case["denied"]),),
        destination="cn",
        regime=case.get("regime", "eu"),
        reason="military end use",
        denied=DENIED,
        catch_all=case.get("catch_all", False),
    )


def transaction(case: dict[str, Any]) -> Transaction:
    return Transaction(
        items=(item(case["item"]),),
        end_users=("buyer",),
        consignees=("agent",),
        destination=case.get("destination", "cn"),
        on=case.get("on", date(2026, 11, 24)),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_compares_as_the_act_asks(case: dict[str, Any]) -> None:
    same = [Sameness(party=p, denied=d, sure=s, why="the same name") for p, d, s in case["same"]]
    found = compare(denial(case), transaction(case), same)
    assert (found.verdict, found.advisory) == (case["verdict"], case.get("advisory", False)), found.sentences
    assert case["citation"]
    assert found.sentences
    assert found.consult == (found.verdict != "different" and not found.advisory)


def test_says_which_items_and_parties_it_rests_on() -> None:
    case = CASES[0]
    found = compare(denial(case), transaction(case), [Sameness(party="buyer", denied="buyer", sure=True, why="a")])
    assert (found.items, found.parties) == (("item-1",), ("buyer",))
    assert "item-1: output power: 20.5 W and 20 W are within 10 %" in found.sentences


def test_an_objection_binds_under_article_14_only() -> None:
    assert by_procedure("eu-14").binds
    assert not by_procedure("eu-16").binds
    assert by_procedure("eu-16").id == "eu"
    with pytest.raises(InvalidInput, match="no regime 'eu-17'"):
        undercut_regime("eu-17")


codes = st.sampled_from(["", "6A005", "6A005.b", "6A005.b.6", "2B001.a", "EAR99"])
numbers = st.decimals(min_value=-1000, max_value=1000, places=2)
units = st.sampled_from(["nm", "um", "W", "1", "kg"])
names = st.sampled_from(["wavelength", "output power", "axes", "accuracy"])
triples = st.lists(st.tuples(names, numbers, units), max_size=3, unique_by=lambda one: one[0])
things = st.tuples(codes, codes, triples)


def _denied(eccn: str, eu_code: str, told: list[tuple[str, Decimal, str]]) -> DeniedItem:
    return DeniedItem(
        description="x",
        eccn=eccn,
        eu_code=eu_code,
        parameters=tuple(Characteristic(name=n, value=str(v), unit=u) for n, v, u in told),
    )


def _item(eccn: str, eu_code: str, told: list[tuple[str, Decimal, str]]) -> Item:
    return Item(
        id="item-1",
        description="x",
        quantity=ONE,
        eccn=eccn,
        eu_code=eu_code,
        parameters=tuple(Parameter(name=n, value=v, unit=u) for n, v, u in told),
    )


@given(things, things)
def test_it_makes_no_difference_which_of_two_items_was_denied(one: Any, other: Any) -> None:
    assert compare_items(_denied(*one), _item(*other))[0] == compare_items(_denied(*other), _item(*one))[0]


@given(things)
def test_an_item_is_never_different_from_itself(one: Any) -> None:
    told = any(code not in ("", "EAR99") for code in one[:2])
    assert compare_items(_denied(*one), _item(*one))[0] == ("same" if told else "unknown")


@given(things, things, st.lists(st.tuples(st.sampled_from(["buyer", "agent"]), st.booleans()), max_size=3))
def test_knowing_more_of_who_is_the_same_never_takes_a_denial_further_away(one: Any, other: Any, same: Any) -> None:
    refused = Denial(
        end_users=("buyer",), consignees=("agent",), items=(_denied(*one),), destination="cn", regime="eu",
        reason="other", denied=DENIED,
    )  # fmt: skip
    asked = Transaction(
        items=(_item(*other),), end_users=("buyer",), consignees=("agent",), destination="cn", on=date(2026, 11, 24)
    )
    told = [Sameness(party=p, denied=p, sure=s, why="x") for p, s in same]
    ranks = [RANK.index(compare(refused, asked, told[:n]).verdict) for n in range(len(told) + 1)]
    assert ranks == sorted(ranks)
