# SPDX-License-Identifier: Apache-2.0
"""formats.headings and formats.parties: columns are understood in many languages, and odd cells are told."""

from __future__ import annotations

import pytest

from highfence.errors import InvalidInput
from highfence.formats.headings import FIELDS, columns_of
from highfence.formats.parties import Party, parties_of
from highfence.formats.tabular import read_csv
from highfence.model.identifier import identifiers_of


def parties(text: str, **chosen: str) -> list[Party]:
    grid = read_csv(text.encode())
    return list(parties_of(grid, columns_of(grid.headings, chosen)))


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Name", "Country"], {"name": (0,), "country": (1,)}),
        (["Customer No.", "CUSTOMER NAME", "Country code"], {"id": (0,), "name": (1,), "country": (2,)}),
        (["Firma", "Land", "Straße", "USt-IdNr."], {"name": (0,), "country": (1,), "address": (2,), "vat": (3,)}),
        (["Raison sociale", "Pays", "Adresse"], {"name": (0,), "country": (1,), "address": (2,)}),
        (["Razón social", "País", "NIF"], {"name": (0,), "country": (1,), "tax": (2,)}),
        (["Наименование", "ИНН", "ОГРН", "Страна"], {"name": (0,), "inn": (1,), "ogrn": (2,), "country": (3,)}),
        (["公司名称", "统一社会信用代码", "国家"], {"name": (0,), "uscc": (1,), "country": (2,)}),
        (["会社名", "法人番号", "住所"], {"name": (0,), "registration": (1,), "address": (2,)}),
        (["company", "Trading name", "Alias"], {"name": (0,), "alias": (1, 2)}),
        (["Name", "Company"], {"name": (0,), "alias": (1,)}),
    ],
)
def test_guesses_columns_by_their_headings(headings: list[str], fields: dict[str, tuple[int, ...]]) -> None:
    assert columns_of(headings).places == fields


def test_what_a_person_says_comes_first() -> None:
    columns = columns_of(["Name", "Trade partner"], {"name": "trade partner"})
    assert columns.places == {"name": (1,)}
    assert columns.told() == "columns: name = 'Trade partner'; not read: 'Name'"


@pytest.mark.parametrize(
    ("headings", "chosen", "what"),
    [
        (["Umsatz", "Menge"], {}, "no column holds the name"),
        (["Name"], {"name": "Company"}, "no column 'Company'"),
        (["Name"], {"nmae": "Name"}, "no field 'nmae'"),
    ],
)
def test_refuses_what_it_cannot_find(headings: list[str], chosen: dict[str, str], what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        columns_of(headings, chosen)
    assert what in caught.value.what
    assert caught.value.advice


def test_every_field_can_be_chosen() -> None:
    for field in FIELDS:
        assert columns_of(["Name", "Odd"], {field: "Odd"}).places[field] == (1,)


def test_a_row_becomes_an_entity() -> None:
    (party,) = parties(
        "id,name,alias,type,country,address,inn,identifiers,dob\n"
        "17,Northern Works,NW; Severny,company,Russia,1 Main St,7707083893,"
        "9111000071093019X7 | LEI 529900T8BM49AURSDO55,\n"
    )
    assert (party.row, party.refused, party.faults) == (2, False, ())
    entity = party.entity
    assert (entity.id, entity.schema) == ("17", "Company")
    assert entity.values("alias") == ("NW", "Severny")
    assert entity.values("country") == ("ru",)
    kinds = {(one.kind, one.value) for one in identifiers_of(entity)}
    assert {("inn", "7707083893"), ("uscc", "9111000071093019X7"), ("lei", "529900T8BM49AURSDO55")} <= kinds


def test_a_party_of_unknown_kind_is_looked_for_among_everything() -> None:
    (party,) = parties("name\nNorthern Star\n")
    assert (party.entity.id, party.entity.schema) == ("row-2", "Thing")


def test_a_name_with_a_semicolon_stays_one_name() -> None:
    assert parties('name,x\n"Works; Northern",1\n')[0].entity.values("name") == ("Works; Northern",)


@pytest.mark.parametrize("word", ["Compny", "Ownership of", "42"])
def test_a_row_with_an_unknown_schema_is_refused_with_its_column(word: str) -> None:
    (party,) = parties(f"name,Type\nNorthern,{word}\n")
    assert party.refused
    assert str(party.faults[0]).startswith("row 2, column Type: ")


def test_an_unknown_country_is_told_and_the_row_is_used() -> None:
    (party,) = parties("name,Land\nNorthern,Ruritania\n")
    assert not party.refused
    assert party.entity.values("country") == ()
    assert (party.faults[0].column, party.faults[0].taken) == ("Land", True)


@pytest.mark.parametrize("heading", ["INN", "OGRN", "LEI", "USCC", "VAT", "IMO"])
def test_a_number_that_is_not_what_its_column_says_is_told(heading: str) -> None:
    (party,) = parties(f"name,{heading}\nNorthern,0123\n")
    assert "is no" in party.faults[0].what
    assert party.faults[0].taken
