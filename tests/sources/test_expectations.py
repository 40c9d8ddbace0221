# SPDX-License-Identifier: Apache-2.0
"""A breached bound stops the list and says by how much."""

from __future__ import annotations

import msgspec
import pytest

from highfence.errors import ListRefused
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.sources.expectations import check, refused_rows
from highfence.sources.source import Expectations, ListCount, ListedParty, Parsed, Problem, Source

SOURCE = Source(
    name="example",
    title="Example list",
    publisher="Example ministry",
    jurisdiction="us",
    url="https://example.org",
    licence="CC0",
    formats=("csv",),
    expectations=Expectations(
        parties_least=2,
        parties_most=4,
        removed_share_most=0.2,
        refused_share_most=0.25,
        lists=(ListCount(list="A", least=1, most=3),),
    ),
)


def listed(count: int, *, of: str = "A") -> tuple[ListedParty, ...]:
    return tuple(
        ListedParty(
            listing=Listing(jurisdiction="us", source="example", list=of, key=f"{of}-{number}", entity=f"e{number}"),
            entities=(Entity(id=f"e{number}", schema="Company", properties={"name": (f"Example {number}",)}),),
        )
        for number in range(count)
    )


def test_a_list_within_its_bounds_passes() -> None:
    check(Parsed(parties=listed(3), rows=3), SOURCE, held=10, removed=2)


@pytest.mark.parametrize(("count", "words"), [(1, "1 parties, at least 2"), (5, "5 parties, at most 4")])
def test_too_few_and_too_many_parties_are_refused(count: int, words: str) -> None:
    with pytest.raises(ListRefused, match=words):
        check(Parsed(parties=listed(count)), SOURCE, held=0, removed=0)


def test_a_list_inside_the_source_that_ran_empty_is_refused() -> None:
    with pytest.raises(ListRefused, match="0 parties on A, at least 1"):
        check(Parsed(parties=listed(3, of="B")), SOURCE, held=0, removed=0)


def test_an_amending_act_may_carry_a_single_party() -> None:
    check(Parsed(parties=listed(1, of="B"), complete=False), SOURCE, held=100, removed=0)


def test_too_large_a_share_gone_at_once_is_refused() -> None:
    with pytest.raises(ListRefused, match="3 of 10 entries held would be gone, at most 20%"):
        check(Parsed(parties=listed(3)), SOURCE, held=10, removed=3)


def test_too_many_unusable_rows_are_refused_but_titles_and_headers_do_not_count() -> None:
    bad = Problem(line=3, code="wrong_width", what="2 cells", taken=False)
    header = Problem(line=2, code="repeated_header", what="again", taken=False)
    fine = Parsed(parties=listed(3), rows=4, problems=(bad, header))
    assert refused_rows(fine) == 1
    check(fine, SOURCE, held=0, removed=0)
    with pytest.raises(ListRefused, match="2 of 4 rows cannot be read, at most 25%"):
        check(msgspec.structs.replace(fine, problems=(bad, bad, header)), SOURCE, held=0, removed=0)


def test_every_breach_is_named_at_once() -> None:
    with pytest.raises(ListRefused) as refusal:
        check(Parsed(parties=listed(1, of="B")), SOURCE, held=10, removed=9)
    assert str(refusal.value).count(";") >= 2
    assert refusal.value.where == "example"
    assert "Nothing was taken" in refusal.value.advice
