# SPDX-License-Identifier: Apache-2.0
"""Annexes of the EU's restrictive measures: keys, hand-filled cells, amending acts."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.model.entity import Entity
from highfence.sources.eu_oj.acts import act_name, act_url
from highfence.sources.eu_oj.dates import dates_in, day
from highfence.sources.eu_oj.names import may_be_several, names_in, parts_of
from highfence.sources.eu_oj.parse import parse
from highfence.sources.source import Parsed

ROW = {
    "celex": "32014R0833",
    "recordId": "999",
    "programKey": "EU-RUS",
    "annex": "IV",
    "measure": "Export control",
    "startDate": "24.7.2026",
    "reason": "",
    "schema": "LegalEntity",
    "name": "Example Works",
    "alias": "",
    "country": "",
    "registrationNumber": "",
    "taxNumber": "",
    "innCode": "",
    "imoNumber": "",
    "kppCode": "",
    "birthDate": "",
    "nationality": "",
    "address": "",
    "phone": "",
    "email": "",
    "website": "",
    "incorporationDate": "",
}


def table(*changes: dict[str, str], drop: str = "") -> bytes:
    rows = [{column: value for column, value in (ROW | change).items() if column != drop} for change in changes]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def amendment(*changes: dict[str, str]) -> bytes:
    acts = {"amendedCelex": "32014R0833", "amendmentCelex": "32026R9999"}
    return table(*(acts | change for change in changes), drop="celex")


def subject(parsed: Parsed) -> Entity:
    assert len(parsed.parties) == 1
    return parsed.parties[0].entities[0]


def party(**change: str) -> Entity:
    return subject(parse(table(change)))


def keys(parsed: Parsed) -> list[str]:
    return [party.listing.key for party in parsed.parties]


def codes(parsed: Parsed) -> list[tuple[int, str, bool]]:
    return [(problem.line, problem.code, problem.taken) for problem in parsed.problems]


def test_a_row_of_an_annex_is_a_listing_of_that_annex() -> None:
    parsed = parse(table({"reason": "Makes examples."}))
    listing = parsed.parties[0].listing
    assert parsed.complete
    assert parsed.problems == ()
    assert (listing.jurisdiction, listing.source, listing.list) == ("eu", "eu_oj", "Regulation (EU) 833/2014, Annex IV")
    assert (listing.programme, listing.measure, listing.reference) == ("EU-RUS", "Export control", "32014R0833")
    assert listing.listed == date(2026, 7, 24)
    assert listing.reason == "Makes examples."
    assert listing.url.endswith("CELEX:32014R0833")
    assert listing.entity == parsed.parties[0].entities[0].id


def test_an_amending_act_is_no_whole_edition_and_names_both_acts() -> None:
    parsed = parse(amendment({}))
    listing = parsed.parties[0].listing
    assert not parsed.complete
    assert listing.reference == "32014R0833, amended by 32026R9999"
    assert listing.url.endswith("CELEX:32026R9999")


@pytest.mark.parametrize("number", ["999", ""])
def test_an_amendment_of_an_entry_has_the_key_and_id_of_the_entry(number: str) -> None:
    whole, amended = parse(table({"recordId": number})), parse(amendment({"recordId": number, "alias": "EW"}))
    assert keys(whole) == keys(amended)
    assert subject(whole).id == subject(amended).id


def test_a_numbered_entry_keeps_its_key_when_it_is_renamed() -> None:
    assert (
        keys(parse(table({"name": "New Works (ex Example Works)"}))) == keys(parse(table({}))) == ["32014R0833/IV/999"]
    )


def test_an_entry_without_a_number_goes_by_its_name_without_case_and_punctuation() -> None:
    assert keys(parse(table({"recordId": "", "name": "‘EXAMPLE  Bank’, JSC"}))) == [
        "32014R0833/IV/name:example bank jsc"
    ]


def test_rows_of_one_entry_under_two_measures_are_one_listing() -> None:
    parsed = parse(table({"measure": "Transportation restrictions"}, {"measure": "Financial restrictions"}))
    assert len(parsed.parties) == 1
    assert parsed.parties[0].listing.measure == "Transportation restrictions; Financial restrictions"
    assert parsed.problems == ()


def test_a_row_that_repeats_an_entry_adds_what_it_says_and_is_reported() -> None:
    parsed = parse(table({"recordId": "", "alias": "EW"}, {"recordId": "", "alias": "WE", "startDate": "1.2.2020"}))
    assert subject(parsed).values("alias") == ("EW", "WE")
    assert parsed.parties[0].listing.listed == date(2020, 2, 1)
    assert codes(parsed) == [(3, "merged_rows", True)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "First"}, {"name": "Second"}),
        ({"recordId": "", "innCode": "7736050003"}, {"recordId": "", "innCode": "7707083893"}),
    ],
)
def test_different_parties_in_one_place_are_kept_apart_whatever_their_order(
    one: dict[str, str], other: dict[str, str]
) -> None:
    parsed, turned = parse(table(one, other)), parse(table(other, one))
    assert len(set(keys(parsed))) == 2
    assert sorted(keys(parsed)) == sorted(keys(turned))
    assert codes(parsed) == [(2, "shared_place", True), (3, "shared_place", True)]


@pytest.mark.parametrize("column", ["celex", "annex"])
def test_a_row_without_its_place_is_not_taken(column: str) -> None:
    parsed = parse(table({}, {column: "", "recordId": "1000"}))
    assert len(parsed.parties) == 1
    assert codes(parsed) == [(3, "no_key", False)]


def test_a_row_without_a_name_is_not_taken() -> None:
    assert codes(parse(table({"name": " ‘’ "}))) == [(2, "no_name", False)]


def test_refuses_a_table_of_both_kinds_and_of_neither() -> None:
    with pytest.raises(ListRefused, match="2 are there"):
        parse(table({"amendedCelex": "32014R0833"}))
    with pytest.raises(ListRefused, match="0 are there"):
        parse(table({}, drop="celex"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"schema": "Guild"}, "unknown_type"),
        ({"startDate": "soon"}, "bad_date"),
        ({"birthDate": "long ago", "schema": "Person"}, "bad_date"),
        ({"nationality": "Atlantean", "schema": "Person"}, "unknown_country"),
        ({"innCode": "7736050004"}, "identifier_check"),
        ({"imoNumber": "Does not exist", "schema": "Vessel"}, "identifier_check"),
        ({"kppCode": "997250001"}, "no_such_property"),
        ({"alias": "First Front, Second Front, Third Front"}, "comma_list"),
    ],
)
def test_what_is_odd_is_reported_and_taken(change: dict[str, str], problem: str) -> None:
    parsed = parse(table(change))
    assert codes(parsed) == [(2, problem, True)]
    assert subject(parsed).caption == "Example Works"


def test_problems_do_not_quote_cells_of_persons() -> None:
    odd = dict.fromkeys(("birthDate", "nationality", "innCode", "startDate"), "Secret 99")
    parsed = parse(table(odd | {"schema": "Person"}))
    assert len(parsed.problems) == 4
    assert not any("Secret" in problem.what for problem in parsed.problems)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("First; Second", ["First", "Second"]),
        ("First (one; or two); Second", ["First (one; or two)", "Second"]),
        ("First (one; Second", ["First (one", "Second"]),
        ("Chinese:; Text of image; 保利科技有限公司; Poly", ["保利科技有限公司", "Poly"]),
        ("‘First’; “Second”", ["First", "Second"]),
        ("‘First’ and ‘Second’", ["‘First’ and ‘Second’"]),
        ("JSC ‘Works’", ["JSC ‘Works’"]),
        ("First / Second", ["First", "Second"]),
        ("Works a.k.a. Workshop", ["Works", "Workshop"]),
        ("aka: Workshop", ["Workshop"]),
        ("Office (a.k.a. Bureau) of State", ["Office (a.k.a. Bureau) of State"]),
        ("Works (a.k.a. Bureau)", ["Works", "Bureau"]),
        ("Works LLC (ООО ‘Работа’)", ["Works LLC", "ООО ‘Работа’"]),
        ("Служба (СВР)", ["Служба (СВР)"]),
        ("Works OOO, ООО РАБОТА", ["Works OOO", "ООО РАБОТА"]),
        ("AO Works, JSC Works, Works Plant", ["AO Works", "JSC Works, Works Plant"]),
        ("ACE (HK) Technology Co., Ltd", ["ACE (HK) Technology Co., Ltd"]),
        ("(a) First Co., (b) Second Co.", ["First Co.", "Second Co."]),
        ("First; First;; ; –", ["First"]),
    ],
)
def test_a_cell_of_names_is_taken_apart_only_where_it_is_certain(cell: str, names: list[str]) -> None:
    assert [name.text for name in names_in(cell)] == names


@pytest.mark.parametrize("cell", ["Works (ex Shop)", "Works (formerly. Shop)", "Works; f.k.a.: Shop"])
def test_a_former_name_is_a_previous_name(cell: str) -> None:
    assert [(name.text, name.former) for name in names_in(cell)] == [("Works", False), ("Shop", True)]
    assert party(alias=cell).values("previousName") == ("Shop",)


@pytest.mark.parametrize(
    ("cell", "languages"),
    [
        ("Russian: Работа", ["rus"]),
        ("Rosworks (Russian: Работа)", ["", "rus"]),
        ("Chinese:; Text of image; 保利; Poly", ["zho", ""]),
        ("Chinese: AEE", [""]),
        ("Azerbaijani: ‘Fleet’ Cəmiyyəti", ["aze"]),
        ("보기", ["kor"]),
        ("Работа", [""]),
    ],
)
def test_a_language_is_told_only_where_the_table_or_the_script_tells_it(cell: str, languages: list[str]) -> None:
    assert [name.language for name in names_in(cell)] == languages


def test_the_entry_s_first_name_is_its_name_and_the_others_are_aliases() -> None:
    entity = party(name="Works / Plant (Завод)", alias="Works; Shop")
    assert entity.values("name") == ("Works",)
    assert entity.values("alias") == ("Plant", "Завод", "Shop")
    assert entity.originals["Завод"] == "Works / Plant (Завод)"


@given(st.text(alphabet="AБ中 ();,/‘’“”.:-aкex\n", max_size=60))
def test_names_are_never_blank_and_never_twice(cell: str) -> None:
    found = [name.text for name in names_in(cell)]
    assert all(any(char.isalnum() for char in text) for text in found)
    assert len(found) == len(set(found))
    assert isinstance(may_be_several(cell), bool)


@given(st.text(alphabet="ab();[] \n", max_size=60))
def test_splitting_a_cell_loses_nothing_but_what_parts_it(cell: str) -> None:
    kept = "".join("".join(parts_of(cell)).split())
    assert Counter(char for char in cell if not char.isspace() and char != ";") == Counter(kept.replace(";", ""))


@pytest.mark.parametrize(
    ("number", "country", "property_", "value"),
    [
        ("7736050003 (Tax ID/INN)", "", "innCode", "7736050003"),
        ("ИНН/taxpayer identification number: 7736050003", "Russia", "innCode", "7736050003"),
        ("1027700070518", "Russia", "ogrnCode", "1027700070518"),
        ("1027700070518", "", "registrationNumber", "1027700070518"),
        ("914403001922038216 (USCC)", "", "uscCode", "914403001922038216"),
        ("914403001922038216", "", "uscCode", "914403001922038216"),
        ("3172327 (CR No.)", "", "registrationNumber", "3172327"),
        ("04343841 (United Kingdom)", "United Arab Emirates", "registrationNumber", "04343841 (United Kingdom)"),
    ],
)
def test_a_register_number_goes_where_its_label_and_check_digit_put_it(
    number: str, country: str, property_: str, value: str
) -> None:
    assert party(registrationNumber=number, country=country).values(property_) == (value,)


def test_several_numbers_in_a_cell_are_all_kept() -> None:
    entity = party(
        registrationNumber="60699645 (BRN), 1834044 (CR No.); 914403001922038216 (USCC)", country="Hong Kong"
    )
    assert entity.values("registrationNumber") == ("60699645", "1834044")
    assert entity.values("uscCode") == ("914403001922038216",)
    assert party(innCode="7736050003 / 997250001").values("innCode") == ("7736050003",)


def test_a_legal_entity_with_an_imo_number_is_an_organisation() -> None:
    assert party(imoNumber="5438351").schema == "Organization"


def test_an_address_is_an_entity_with_its_country_and_repetition_is_dropped() -> None:
    parsed = parse(table({"address": "1 Lenina St., Moscow, Russian Federation; Russian Federation; Minsk, Belarus"}))
    entity, *addresses = parsed.parties[0].entities
    assert entity.values("address") == ("1 Lenina St., Moscow, Russian Federation", "Minsk, Belarus")
    assert entity.values("country") == ("ru", "by")
    assert [address.id for address in addresses] == list(entity.values("addressEntity"))
    assert [address.first("country") for address in addresses] == ["ru", "by"]


def test_several_countries_in_a_row_are_no_address_in_the_last_of_them() -> None:
    assert party(address="Russia, Georgia, Ukraine").values("country") == ()


def test_contacts_are_taken_out_of_their_cells() -> None:
    entity = party(
        phone="+7 (495) 542-57-09, +7 (495) 542-57-10; Fax: +7 (495) 511-94-39",
        email="info@example.org and sales@ example.org; all offices",
        website="http://example.org/ (offline), www.example.com",
    )
    assert entity.values("phone") == ("+7 (495) 542-57-09", "+7 (495) 542-57-10")
    assert entity.values("email") == ("info@example.org", "sales@example.org")
    assert entity.values("website") == ("http://example.org/", "www.example.com")


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("13.7.2026", ("2026-07-13",)),
        ("2026-08-07", ("2026-08-07",)),
        ("14 July 2026", ("2026-07-14",)),
        ("9 Feb. 2010", ("2010-02-09",)),
        ("June 30, 2012", ("2012-06-30",)),
        ("29.6. 2015", ("2015-06-29",)),
        ("2/6/2003", ("2003-06-02",)),
        ("April 1984", ("1984-04",)),
        ("1922 as bank and 2007 as institute", ("1922", "2007")),
        ("26.12.2016/3.4.2017", ("2016-12-26", "2017-04-03")),
        ("12.6.2002 by Federal Law No. 67-FZ", ("2002-06-12",)),
        ("1960s", ()),
        ("31.2.2020", ()),
        ("N/D", ()),
    ],
)
def test_dates_are_read_as_precisely_as_they_are_printed(text: str, dates: tuple[str, ...]) -> None:
    assert dates_in(text) == dates


@given(st.dates(min_value=date(1800, 1, 1)))
def test_every_day_reads_back_in_each_form(at: date) -> None:
    for text in (f"{at.day}.{at.month}.{at.year}", at.isoformat(), f"{at.day} {at:%B} {at.year}"):
        assert day(text) == at
        assert dates_in(f"founded {text}, it says") == (at.isoformat(),)


@pytest.mark.parametrize("text", ["July 2026", "2026", "13.7.2026; 14.7.2026", "from 13.7.2026", ""])
def test_a_start_must_be_one_whole_day(text: str) -> None:
    assert day(text) is None


def test_acts_are_named_as_they_are_cited() -> None:
    assert act_name("32009R1284") == "Regulation (EU) 1284/2009"
    assert act_name("32015R0735") == "Regulation (EU) 2015/735"
    assert act_name("32014D0512") == "32014D0512"
    assert act_url("not a number") == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(HighfenceError):
        parse(data)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_table_is_read_or_refused_and_keys_stay_unique(data: st.DataObject) -> None:
    sound = table({"alias": "A (b; c); Б", "address": "Minsk, Belarus"}, {"recordId": "1"}, {"recordId": ""})
    begin = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(begin, min(len(sound), begin + 60)))
    damaged = sound[:begin] + data.draw(st.binary(max_size=20)) + sound[end:]
    try:
        parsed = parse(damaged)
    except HighfenceError:
        return
    assert len(keys(parsed)) == len(set(keys(parsed)))
    assert all(party.listing.entity == party.entities[0].id for party in parsed.parties)


@pytest.mark.parametrize("column", ["name", "alias", "registrationNumber", "address", "phone", "email", "website"])
@pytest.mark.parametrize("pattern", ["a", "(", "(a", "a, ", "1 ", "a@", "a.", "‘", "; "])
def test_a_hostile_cell_takes_no_long_time(column: str, pattern: str) -> None:
    parsed = parse(table({column: "x" + pattern * (60_000 // len(pattern))}))
    assert len(parsed.parties) == 1


@pytest.fixture(scope="module")
def annexes(lists: Path) -> Parsed:
    return parse((lists / "eu_oj" / "annexes_2026-08.csv").read_bytes())


@pytest.mark.lists
def test_every_row_of_the_real_annexes_is_taken(annexes: Parsed) -> None:
    assert annexes.complete
    assert annexes.rows == 8017
    assert len(annexes.parties) == len(set(keys(annexes))) == 8015
    assert all(problem.taken for problem in annexes.problems)
    assert Counter(problem.code for problem in annexes.problems)["merged_rows"] == 2
    assert "shared_place" not in {problem.code for problem in annexes.problems}


@pytest.mark.lists
def test_military_end_users_are_a_list_of_their_own(annexes: Parsed) -> None:
    users = [party for party in annexes.parties if party.listing.list == "Regulation (EU) 833/2014, Annex IV"]
    assert len(users) == 921
    assert {party.listing.measure for party in users} == {"Export control"}
    assert sum(bool(party.entities[0].values("innCode")) for party in users) > 600


@pytest.mark.lists
def test_every_real_amending_act_is_read_and_meets_the_annexes_where_they_share_entries(
    lists: Path, annexes: Parsed
) -> None:
    files = sorted((lists / "eu_oj" / "amendments").glob("*.csv"))
    acts = {file.stem: parse(file.read_bytes()) for file in files}
    assert len(acts) == 11
    assert not any(act.complete for act in acts.values())
    assert all(problem.taken for act in acts.values() for problem in act.problems)
    assert sum(act.rows for act in acts.values()) == 417
    assert sum(len(act.parties) for act in acts.values()) == 416
    held = set(keys(annexes))
    met = {name: len(held.intersection(keys(act))) for name, act in acts.items() if held.intersection(keys(act))}
    assert met == {"32026R1848": 2, "32026R1883": 2, "32026R1960": 6}


@pytest.mark.lists
def test_the_real_keys_do_not_depend_on_the_order_of_rows(lists: Path, annexes: Parsed) -> None:
    rows = list(csv.DictReader(io.StringIO((lists / "eu_oj" / "annexes_2026-08.csv").read_text("utf-8-sig"))))
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(reversed(rows))
    assert set(keys(parse(written.getvalue().encode()))) == set(keys(annexes))
