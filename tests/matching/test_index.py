# SPDX-License-Identifier: Apache-2.0
"""matching.index: a company is found however its name is written, and only while it is there."""

from __future__ import annotations

import doctest
import importlib
import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidEntity
from highfence.matching import segment
from highfence.matching.grams import CHARACTERS_MOST, WORDS_MOST, pieces
from highfence.matching.index import BEARERS_MOST, JOIN_ROWS_LEAST, Index, group_of
from highfence.model.entity import Entity

WORKS = ("Votkinsk", "Nizhny", "Ulyanovsk", "Kronstadt", "Azimut", "Orion", "Vektor", "Kometa", "Molniya", "Zvezda")
FIELDS = ("Optical", "Radio", "Machine", "Marine", "Aviation", "Instrument", "Chemical", "Rocket", "Turbine", "Laser")
KINDS = ("Works", "Plant", "Institute", "Bureau", "Trading", "Shipping", "Systems", "Holding", "Logistics", "Research")


def company(entity_id: str, *names: str, schema: str = "Company", **properties: tuple[str, ...]) -> Entity:
    return Entity(id=entity_id, schema=schema, properties={"name": names, **properties})


def crowd(number: int = 1_000) -> list[Entity]:
    """Return companies with names of three words, all different."""
    return [
        company(
            f"c-{at}",
            f"{WORKS[at % 10]} {FIELDS[at // 10 % 10]} {KINDS[at // 100 % 10]} {at // 1000 or ''} LLC".strip(),
        )
        for at in range(number)
    ]


def found(index: Index, name: str, *, schema: str = "Company", limit: int = 10) -> list[str]:
    return [one.id for one in index.candidates(company("q", name, schema=schema), limit)]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(
        [
            *crowd(),
            company("romashka", "ООО «Ромашка-Электро»"),
            company("huawei", "Huawei Technologies Co., Ltd.", "华为技术有限公司"),
            company("casic", "China Aerospace Science and Industry Corporation Limited"),
            company("mohammed", "Sharikat Mohammed Trading"),
            company("person", "Ivan Petrovich Sidorov", schema="Person"),
            company("ship", "Ocean Kometa Star", schema="Vessel"),
            company("unknown", "Grey Horizon", schema="LegalEntity"),
            company(
                "numbers",
                "Nameless Register Entry",
                innCode=("7707083893",),
                registrationNumber=("HRB 4711",),
                country=("de",),
            ),
        ]
    )


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Votkinsk Optical Works LLC", "c-0"),
        ("Votkinsk Optcal Works LLC", "c-0"),
        ("Works Optical Votkinsk", "c-0"),
        ("Limited Liability Company Votkinsk Optical Works", "c-0"),
        ("Obshchestvo s ogranichennoy otvetstvennostyu Votkinsk Optical Works", "c-0"),
        ("VotkinskOpticalWorks", "c-0"),
        ("Воткинск Оптикал Воркс", "c-0"),
        ("Romashka-Elektro OOO", "romashka"),
        ("ROMASHKA ELEKTRO", "romashka"),
        ("华为技术", "huawei"),
        ("Hua Wei Technologies", "huawei"),
        ("CASIC", "casic"),
        ("شركة محمد للتجارة", "mohammed"),
        ("ｈｕａｗｅｉ ｔｅｃｈｎｏｌｏｇｉｅｓ", "huawei"),
    ],
)
def test_finds_a_company_however_its_name_is_written(index: Index, written: str, wanted: str) -> None:
    assert wanted in found(index, written)


def test_ranks_the_very_name_first_and_gives_it_one(index: Index) -> None:
    best = index.candidates(company("q", "Kometa Laser Holding LLC"), 5)[0]
    assert best.id == "c-797"
    assert best.rank == pytest.approx(0.998)


def test_ranks_fall_from_best_to_worst(index: Index) -> None:
    ranks = [one.rank for one in index.candidates(company("q", "Orion Radio Plant"), 30)]
    assert 10 < len(ranks) <= 30
    assert ranks == sorted(ranks, reverse=True)
    assert all(0 < rank <= 1 for rank in ranks)


@pytest.mark.parametrize(
    ("schema", "seen"),
    [
        ("Person", {"person", "unknown"}),
        ("Vessel", {"ship"}),
        ("Thing", {"person", "ship", "unknown"}),
        ("LegalEntity", {"person", "unknown"}),
        ("Organization", {"unknown"}),
    ],
)
def test_looks_among_parties_of_the_kind_that_is_asked_for(index: Index, schema: str, seen: set[str]) -> None:
    names = ("Ivan Petrovich Sidorov", "Ocean Kometa Star", "Grey Horizon")
    assert {one for name in names for one in found(index, name, schema=schema)} & {"person", "ship", "unknown"} == seen


@pytest.mark.parametrize(
    "properties",
    [
        {"innCode": ("7707083893",)},
        {"taxNumber": ("INN 7707083893",)},
        {"registrationNumber": ("HRB 4711",), "country": ("de",)},
    ],
)
def test_an_equal_identifier_always_retrieves(index: Index, properties: dict[str, tuple[str, ...]]) -> None:
    query = company("q", "Votkinsk Optical Works LLC", **properties)
    assert index.candidates(query, 2)[0].id == "numbers"
    assert "numbers" in [one.id for one in index.candidates(company("q", **properties), 2)]


def test_finds_by_any_of_the_names_that_are_asked_for(index: Index) -> None:
    query = company("q", "Something Quite Different", "Azimut Laser Research LLC")
    assert index.candidates(query, 3)[0].id == "c-994"


@pytest.mark.parametrize("name", ["", "   ", "?!", "\u202e", "\x00", "́"])
def test_a_name_without_letters_finds_nobody(index: Index, name: str) -> None:
    assert found(index, name) == []


def test_addresses_and_links_are_not_indexed() -> None:
    index = Index.build([company("a", "1 Main Street", schema="Address"), company("o", schema="Ownership")])
    assert len(index) == 0
    assert found(index, "1 Main Street", schema="Thing") == []


def test_refuses_a_schema_that_does_not_exist() -> None:
    with pytest.raises(InvalidEntity, match="Compny"):
        Index.build([company("a", "X", schema="Compny")])
    with pytest.raises(InvalidEntity, match="Compny"):
        group_of("Compny")


def test_an_entity_added_later_is_found_like_the_others() -> None:
    later = crowd()[500:]
    index = Index.build(crowd()[:500])
    for entity in later:
        index.add(entity)
    assert len(index) == 1_000
    assert all(found(index, entity.first("name"), limit=1) == [entity.id] for entity in crowd()[::37])


def test_an_entity_added_again_is_found_by_its_new_name_only() -> None:
    index = Index.build([*crowd(300), company("x", "Former Glory Quay", leiCode=("529900T8BM49AURSDO55",))])
    index.add(company("x", "Present Splendour Dockyard"))
    assert len(index) == 301
    assert found(index, "Present Splendour Dockyard", limit=1) == ["x"]
    assert "x" not in found(index, "Former Glory Quay", limit=50)
    assert "x" not in [one.id for one in index.candidates(company("q", leiCode=("529900T8BM49AURSDO55",)), 5)]


def test_an_entity_removed_is_not_found_by_name_or_number() -> None:
    index = Index.build([*crowd(20), company("x", "Present Splendour", innCode=("7707083893",))])
    assert "x" in index
    assert index.remove("x")
    assert not index.remove("x")
    assert "x" not in index
    assert len(index) == 20
    assert "x" not in [
        one.id for one in index.candidates(company("q", "Present Splendour", innCode=("7707083893",)), 50)
    ]


def test_what_was_removed_does_not_come_back_when_segments_are_joined() -> None:
    index = Index.build(crowd(JOIN_ROWS_LEAST + 50))
    index.remove("c-7")
    index.extend(crowd(JOIN_ROWS_LEAST + 400)[JOIN_ROWS_LEAST + 50 :])
    assert len(index) == JOIN_ROWS_LEAST + 399
    assert "c-7" not in found(index, crowd()[7].first("name"), limit=50)
    assert found(index, crowd()[8].first("name"), limit=1) == ["c-8"]


def test_of_two_entities_with_one_id_the_last_counts() -> None:
    index = Index.build([company("a", "First Name"), company("a", "Second Label")])
    assert (len(index), found(index, "First Name"), found(index, "Second Label")) == (1, [], ["a"])


def test_an_empty_index_finds_nobody() -> None:
    assert found(Index.build([]), "Anything") == []
    assert len(Index()) == 0


def test_a_number_that_everybody_carries_is_bounded() -> None:
    index = Index.build(company(f"n-{at}", f"Name {at}", innCode=("7707083893",)) for at in range(BEARERS_MOST + 20))
    assert len(index.candidates(company("q", innCode=("7707083893",)), BEARERS_MOST * 2)) == BEARERS_MOST


def test_one_by_one_and_all_at_once_give_the_same_candidates() -> None:
    together = Index.build(crowd(400))
    single = Index()
    for entity in crowd(400):
        single.add(entity)
    for entity in crowd(400)[::29]:
        name = entity.first("name")
        assert found(single, name, limit=1) == found(together, name, limit=1) == [entity.id]


def test_common_words_do_not_push_the_rare_one_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "POSTINGS_MOST", 10)
    index = Index.build([*crowd(), company("x", "Optical Radio Zyqwiak Works LLC")])
    assert found(index, "Radio Works Zyqwiak Optical", limit=1) == ["x"]


def test_readers_find_everything_that_stays_while_a_writer_adds_replaces_and_removes() -> None:
    index = Index.build(crowd(300))
    stop = threading.Event()
    missed: list[str] = []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            entity = crowd(300)[chance.randrange(0, 300, 2)]
            if found(index, entity.first("name"), limit=1) != [entity.id]:
                missed.append(entity.id)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    for reader in readers:
        reader.start()
    for round_number in range(60):
        index.add(crowd(1_000)[400 + round_number])
        index.add(crowd(300)[round_number * 4 % 300])
        index.remove(f"c-{round_number * 2 + 1}")
    stop.set()
    for reader in readers:
        reader.join()
    assert missed == []


@given(st.text(max_size=60))
def test_a_company_of_any_name_is_found_by_that_name(name: str) -> None:
    index = Index.build([*crowd(30), company("x", name)])
    assert ("x" in found(index, name)) == bool(pieces(name))


@given(st.text())
def test_the_pieces_of_any_text_are_few_and_distinct(text: str) -> None:
    codes = pieces(text)
    assert len(codes) == len(set(codes))
    assert len(codes) <= CHARACTERS_MOST * 40
    assert all(0 <= code < 1 << 63 for code in codes)


@pytest.mark.parametrize("text", ["a" * 10_000, "ab " * 5_000, "有限公司" * 2_000, "é́" * 5_000, "ﷺ" * 10_000])
def test_the_pieces_of_a_text_without_end_are_bounded(text: str) -> None:
    assert len(pieces(text)) <= WORDS_MOST * 100


@pytest.mark.parametrize("name", ["grams", "index", "screen", "watchlist"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"highfence.matching.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_a_candidate_tells_which_of_its_names_led_to_it() -> None:
    index = Index.build([company("a", "Zephyrine Marine", "Quellwater Trading", innCode=("7707083893",))])
    (by_name,) = index.candidates(company("q", "Quellwater Trading LLC"), 5)
    (by_number,) = index.candidates(company("q", "Quellwater Trading LLC", innCode=("7707083893",)), 5)
    assert (by_name.names, by_number.names) == (("Quellwater Trading",), ())


def test_real_lists_are_found_by_their_own_names(lists: object) -> None:
    from highfence.sources.catalogue import parser
    from highfence.sources.ingest import settled, to_ftm
    from highfence.sources.progress import quiet

    data = (lists / "jp_meti" / "end_user_list_2025-09.json").read_bytes()  # type: ignore[operator]
    parties = list(to_ftm(settled(parser("jp_meti")(data, quiet))))
    index = Index.build(parties)
    organisations = [entity for entity in parties if entity.schema == "Organization"]
    hits = sum(entity.id in found(index, entity.first("name"), schema="Organization") for entity in organisations)
    assert hits / len(organisations) > 0.995
