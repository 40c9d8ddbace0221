# SPDX-License-Identifier: Apache-2.0
"""matching.bulk: whole lists are resolved symmetrically, each pair once, and hold what screening finds."""

from __future__ import annotations

import doctest
import importlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.entrypoints.inquiry import read_ftm
from highfence.errors import InvalidInput
from highfence.formats.ftm import write_line
from highfence.matching.bulk import Pair, resolve
from highfence.matching.index import group_of
from highfence.matching.screen import screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.sources.catalogue import parser
from highfence.sources.ingest import settled, to_ftm
from highfence.sources.progress import quiet

FIRST = (
    "Kalvaro",
    "Zephyrine",
    "Merivand",
    "Oldrentsk",
    "Tarquell",
    "Ostrava",
    "Brindlow",
    "Vektor",
    "Orion",
    "Azimut",
)
SECOND = ("Optical", "Radio", "Marine", "Turbine", "Aviation", "Chemical", "Instrument", "Laser", "Rocket", "Trading")
LAST = ("Works", "Plant", "Institute", "Bureau", "Services", "Systems", "Holding", "Shipping")
FORMS = ("LLC", "JSC", "Ltd", "GmbH", "OOO", "")


def company(entity_id: str, *names: str, schema: str = "Company", **properties: tuple[str, ...]) -> Entity:
    return Entity(id=entity_id, schema=schema, properties={"name": names, **properties})


def typed(name: str, dice: random.Random) -> str:
    """Return a name with a letter left out, doubled, or two words in another order."""
    at = dice.randrange(1, len(name))
    words = name.split()
    return dice.choice(
        (name, name[:at] + name[at + 1 :], name[:at] + name[at - 1] + name[at:], " ".join([*words[1:], words[0]]))
    )


def crowd(seed: int, count: int = 500) -> list[Entity]:
    """Return companies of which many are alike, and some persons."""
    dice = random.Random(seed)
    found = []
    for at in range(count):
        name = f"{dice.choice(FIRST)} {dice.choice(SECOND)} {dice.choice(LAST)} {dice.choice(FORMS)}".strip()
        schema = dice.choice(("Company", "Company", "Company", "LegalEntity", "Person"))
        country = dice.choice(((), ("ru",), ("cn",)))
        found.append(
            company(f"c-{at:03}", typed(name, dice), schema=schema, **({"country": country} if country else {}))
        )
    return found


def pairs_of(pairs: list[Pair]) -> dict[tuple[str, str], float]:
    found = {(pair.left, pair.right): pair.score for pair in pairs}
    assert len(found) == len(pairs)
    return found


def screened(left: list[Entity], right: list[Entity]) -> dict[tuple[str, str], float]:
    """Return the pairs that screening finds when it is asked for each party of both lists."""
    found = {}
    for asked, against, turned in ((left, right, False), (right, left, True)):
        watchlist = Watchlist.build(against)
        for entity in asked:
            for match in screen(entity, watchlist, limit=100).matches:
                found[(match.id, entity.id) if turned else (entity.id, match.id)] = match.score
    return found


@pytest.mark.parametrize("name", ["blocking", "bulk", "relation"])
def test_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"highfence.matching.{name}")).failed == 0


@pytest.mark.parametrize("seed", range(4))
def test_within_one_list_it_finds_all_that_screening_finds_with_the_same_scores(seed: int) -> None:
    parties = crowd(seed)
    found = pairs_of(resolve(parties))
    wanted = {pair: score for pair, score in screened(parties, parties).items() if pair[0] < pair[1]}
    assert len(wanted) > 50
    assert {pair: found.get(pair) for pair in wanted} == wanted
    assert all(left < right for left, right in found)


@pytest.mark.parametrize("seed", range(4))
def test_across_two_lists_it_finds_all_that_screening_finds_with_the_same_scores(seed: int) -> None:
    left, right = crowd(seed), crowd(seed + 100)
    found = pairs_of(resolve(left, right))
    wanted = screened(left, right)
    assert len(wanted) > 50
    assert {pair: found.get(pair) for pair in wanted} == wanted
    assert pairs_of(resolve(right, left)) == {(two, one): score for (one, two), score in found.items()}


@given(seed=st.integers(0, 10_000), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_rows_changes_nothing(seed: int, shuffle: random.Random) -> None:
    parties = crowd(seed, 60)
    first = resolve(parties)
    shuffle.shuffle(parties)
    assert resolve(parties) == first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Severstal Turbine Works", "Sever Stal Turbine Works"),
        ("Beijing Kalvaro Optical Institute", "北京 Kalvaro Optical Institute"),
        ("NORINCO", "China North Industries Corporation"),
        ("CITC", "Chinyong Information Technology Cooperation Company"),
        ("Soyuz PAO", "Soyuz"),
        ("Kalvaro Radiozavod", "Kalvaro Radio Plant"),
        ("ОАО Нортерн Оптикал Воркс", "Northern Optical Works JSC"),
        ("Shahid Karimi Group", "Shahid Kazemi Group"),
        ("华为技术有限公司", "华为技术"),
    ],
)
def test_every_way_in_which_the_scorer_takes_names_for_one_brings_them_together(one: str, other: str) -> None:
    parties = [company("a", one), company("b", other), *crowd(1, 40)]
    assert ("a", "b") in pairs_of(resolve(parties))


def test_an_equal_identifier_brings_strangers_together_and_says_so() -> None:
    parties = [
        company("a", "Kalvaro Works", innCode=("7707083893",)),
        company("b", "Brindlow", innCode=("7707083893",)),
    ]
    (pair,) = resolve(parties)
    assert (pair.score, pair.match, pair.numbered) == (0.99, True, False)
    assert "it may be a parent's number" in pair.explanation[1].text
    alike = [parties[0], company("b", "Kalvaro Works LLC", innCode=("7707083893",))]
    assert [one.numbered for one in resolve(alike)] == [True]


def test_a_ship_and_a_company_of_one_name_are_no_pair() -> None:
    assert resolve([company("a", "Ocean Kalvaro"), company("b", "Ocean Kalvaro", schema="Vessel")]) == []
    assert len(resolve([company("a", "Ocean Kalvaro"), company("b", "Ocean Kalvaro", schema="LegalEntity")])) == 1


@pytest.mark.parametrize("parties", [[], [company("a", "Kalvaro")], [company("a"), company("b")], [company("a", "?!")]])
def test_where_there_is_nothing_to_compare_there_is_no_pair(parties: list[Entity]) -> None:
    assert resolve(parties) == []
    assert resolve(parties, []) == resolve([], parties) == []


@pytest.mark.parametrize("threshold", [0.0, -1.0, 0.49, 1.01, float("nan")])
def test_refuses_a_threshold_below_which_names_say_nothing(threshold: float) -> None:
    with pytest.raises(InvalidInput, match="threshold"):
        resolve([], threshold=threshold)


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.85, 1.0])
def test_at_any_threshold_it_finds_what_reaches_it_and_nothing_else(threshold: float) -> None:
    parties = crowd(5, 120)
    lowest = pairs_of(resolve(parties, threshold=0.5))
    found = pairs_of(resolve(parties, threshold=threshold))
    assert found == {pair: score for pair, score in lowest.items() if score >= threshold}
    assert found


def test_refuses_two_parties_with_one_id() -> None:
    with pytest.raises(InvalidInput, match="two parties have the id 'a'"):
        resolve([company("a", "Kalvaro"), company("a", "Brindlow")])
    assert resolve([company("a", "Kalvaro Works")], [company("a", "Kalvaro Works")])[0].left == "a"


@pytest.mark.lists
def test_of_a_real_list_it_finds_all_that_screening_finds_but_for_chance_initials(lists: Path) -> None:
    data = (lists / "us_csl" / "consolidated_2026-07-31.csv").read_bytes()
    lines = b"".join(map(write_line, to_ftm(settled(parser("us_csl")(data, quiet)))))
    every = [party.entity for party in read_ftm(lines).parties if group_of(party.entity.schema)]
    parties = [entity for entity in every if entity.schema == "Company"][:4_000]
    found = pairs_of(resolve(parties))
    wanted = {pair: score for pair, score in screened(parties, parties).items() if pair[0] < pair[1]}
    missed = [pair for pair in wanted if pair not in found]
    assert len(wanted) > 100
    assert len(missed) <= 0.002 * len(wanted), missed
