# SPDX-License-Identifier: Apache-2.0
"""The United Kingdom's lists: three tables in one archive, and the OFSI list before them."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.sources.source import ListedParty, Parsed
from highfence.sources.uk_sanctions.archive import BYTES_MOST
from highfence.sources.uk_sanctions.dates import day, partial_date
from highfence.sources.uk_sanctions.numbers import company_numbers, person_number, ship_number
from highfence.sources.uk_sanctions.parse import pack, parse

SUBJECTS = "unique_id,subject_type,un_reference_number,ofsi_group_id,date_designated,last_updated\n"
NAMES = "name_id,unique_id,name_type,alias_strength,full_name\n"
IDENTIFIERS = "id,unique_id,ofsi_group_id,raw_value,identifier_type,additional_info\n"
COMPANY = "RUS9999,entity,,16536,24/02/2022,01/04/2026\n"
COMPANY_NAME = "1,RUS9999,primary,,Example  Works\n"
OFSI_COLUMNS = (
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,DOB,Town of Birth,Country of Birth,Nationality,Passport Details,"
    "NI Number,Position,Address 1,Address 2,Address 3,Address 4,Address 5,Address 6,Post/Zip Code,Country,"
    "Other Information,Group Type,Alias Type,Regime,Listed On,Last Updated,Group ID"
)


def tables(*, subjects: str = COMPANY, names: str = COMPANY_NAME, identifiers: str = "") -> dict[str, bytes]:
    return {
        "subjects_2026-04.csv": (SUBJECTS + subjects).encode(),
        "names_2026-04.csv": (NAMES + names).encode(),
        "identifiers_2026-04.csv": (IDENTIFIERS + identifiers).encode(),
    }


def edition(*, subjects: str = COMPANY, names: str = COMPANY_NAME, identifiers: str = "") -> bytes:
    return pack(tables(subjects=subjects, names=names, identifiers=identifiers))


def consolidated(*rows: dict[str, str]) -> bytes:
    columns = OFSI_COLUMNS.split(",")
    lines = [",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows]
    return "\r\n".join(["Last Updated,13/04/2018" + "," * 27, OFSI_COLUMNS, *lines, ""]).encode("cp1252")


TARGET = {
    "Name 6": "EXAMPLE BANK",
    "Group Type": "Entity",
    "Alias Type": "Prime Alias",
    "Regime": "Iran (nuclear proliferation)",
    "Listed On": "27/07/2010",
    "Group ID": "99999",
}


def only(parsed: Parsed) -> ListedParty:
    assert len(parsed.parties) == 1
    return parsed.parties[0]


def codes(parsed: Parsed) -> list[tuple[str, bool]]:
    return [(problem.code, problem.taken) for problem in parsed.problems]


def test_a_subject_is_joined_with_its_names_and_numbers() -> None:
    names = COMPANY_NAME + (
        "2,RUS9999,primary_variation,,Example Works JSC\n3,RUS9999,alias,low_quality_aka,EW\n"
        "4,RUS9999,alias,good_quality_aka,Primer Zavod\n5,RUS9999,alias,,Example Works\n"
    )
    numbers = '1,RUS9999,,"INN: 7736050003, OGRN: 1027700070518",business_registration_numbers,\n' * 2
    parsed = parse(edition(names=names, identifiers=numbers))
    entity, listing = only(parsed).entities[0], only(parsed).listing
    assert parsed.complete
    assert parsed.problems == ()
    assert parsed.rows == 8
    assert (entity.id, entity.schema) == ("uk-rus9999", "Organization")
    assert entity.properties == {
        "name": ("Example Works",),
        "alias": ("Example Works JSC", "Primer Zavod"),
        "weakAlias": ("EW",),
        "innCode": ("7736050003",),
        "ogrnCode": ("1027700070518",),
    }
    assert (listing.key, listing.entity, listing.listed) == ("RUS9999", "uk-rus9999", date(2022, 2, 24))
    assert listing.programme == "The Russia (Sanctions) (EU Exit) Regulations 2019"
    assert listing.reference == "OFSI 16536"


def test_a_ship_has_its_imo_number_without_the_letters() -> None:
    parsed = parse(
        edition(
            subjects="DPR9999,ship,,,01/02/2018,\n",
            names="1,DPR9999,primary,,EXAMPLE 1\n",
            identifiers="1,DPR9999,,IMO9281891,imo,\n",
        )
    )
    assert only(parsed).entities[0].schema == "Vessel"
    assert only(parsed).entities[0].values("imoNumber") == ("9281891",)


def test_a_person_s_numbers_lose_the_spreadsheet_s_apostrophe() -> None:
    parsed = parse(
        edition(
            subjects="CYB9999,individual,,,01/02/2018,\n",
            names="1,CYB9999,primary,,Made Up\n",
            identifiers="1,CYB9999,,'0012,passport,\n2,CYB9999,,A-3,national,\n",
        )
    )
    assert only(parsed).entities[0].schema == "Person"
    assert only(parsed).entities[0].values("passportNumber") == ("0012",)
    assert only(parsed).entities[0].values("idNumber") == ("A-3",)


@pytest.mark.parametrize(
    ("changes", "problem", "parties"),
    [
        ({"subjects": COMPANY + COMPANY}, ("duplicate_key", False), 1),
        ({"subjects": COMPANY + "RUS9998,entity,,,,\n"}, ("no_name", False), 1),
        ({"subjects": COMPANY + ",entity,,1,24/02/2022,\n"}, ("no_key", False), 1),
        ({"names": COMPANY_NAME + "2,RUS9998,primary,,Stranger\n"}, ("unknown_subject", False), 1),
        ({"identifiers": "1,RUS9998,,1,imo,\n"}, ("unknown_subject", False), 1),
        ({"identifiers": "1,RUS9999,,9281891,imo,\n"}, ("unknown_type", False), 1),
        ({"names": "1,RUS9999,alias,,Example Works\n"}, ("no_primary_name", True), 1),
        ({"subjects": COMPANY.replace("entity", "trust")}, ("unknown_type", True), 1),
        ({"subjects": COMPANY.replace("24/02/2022", "31/02/2022")}, ("bad_date", True), 1),
    ],
)
def test_what_is_odd_in_a_table_is_reported(changes: dict[str, str], problem: tuple[str, bool], parties: int) -> None:
    parsed = parse(edition(**changes))
    assert codes(parsed) == [problem]
    assert parsed.problems[0].what.split(":")[0] in ("subjects", "names", "identifiers")
    assert len(parsed.parties) == parties


def test_a_regime_that_is_not_known_is_reported_and_left_empty() -> None:
    parsed = parse(edition(subjects="XYZ0001,entity,,,,\n", names="1,XYZ0001,primary,,Example\n"))
    assert codes(parsed) == [("unknown_regime", True)]
    assert only(parsed).listing.programme == ""


def test_an_imo_number_that_fails_its_check_digit_is_kept_and_reported() -> None:
    subjects, names = "DPR9999,ship,,,01/02/2018,\n", "1,DPR9999,primary,,EXAMPLE 1\n"
    parsed = parse(edition(subjects=subjects, names=names, identifiers="1,DPR9999,,IMO9281890,imo,\n"))
    assert only(parsed).entities[0].values("imoNumber") == ("9281890",)
    assert codes(parsed) == [("identifier_check", True)]


def test_problems_of_a_table_name_it_and_its_line() -> None:
    parsed = parse(edition(names=COMPANY_NAME + "2,RUS9999,alias\n3,RUS9999,alias,,Other\n"))
    assert [(problem.line, problem.code) for problem in parsed.problems] == [(3, "wrong_width")]
    assert parsed.problems[0].what.startswith("names: ")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INN: 7736050003", {("innCode", "7736050003")}),
        ("INN: 7736050003OGRN: 1027700070518", {("innCode", "7736050003"), ("ogrnCode", "1027700070518")}),
        ("INN: 7736050003 / KPP: 997250001", {("innCode", "7736050003")}),
        ("USCC: 914403001922038216", {("uscCode", "914403001922038216")}),
        ("'CR No. 1350711 '", {("registrationNumber", "CR No. 1350711")}),
        ("7736050003", {("registrationNumber", "7736050003")}),
        ("INN: 7736050004", {("registrationNumber", "INN: 7736050004")}),
        (
            "INN: 7736050003; Reg 55511",
            {("innCode", "7736050003"), ("registrationNumber", "INN: 7736050003; Reg 55511")},
        ),
        ("", set()),
    ],
)
def test_a_company_number_is_believed_with_its_label_and_check_digit(text: str, numbers: set[tuple[str, str]]) -> None:
    assert set(company_numbers(text)) == numbers


def test_a_cell_too_long_to_be_a_number_is_not_searched() -> None:
    text = "INN: 7736050003 " * 1000
    assert company_numbers(text) == (("registrationNumber", text.strip()),)


@given(st.text(max_size=60))
def test_no_text_in_an_identifier_cell_is_lost_or_blank(text: str) -> None:
    found = company_numbers(text)
    assert all(value.strip() for _, value in found)
    assert bool(found) == bool(" ".join(text.split()).strip("' "))
    assert person_number(person_number(text)) == person_number(text)
    assert isinstance(ship_number(text)[1], bool)


@given(st.dates())
def test_every_day_reads_back(at: date) -> None:
    assert day(f"{at.day:02}/{at.month:02}/{at.year:04}") == at
    assert partial_date(f"00/{at.month:02}/{at.year:04}") == f"{at.year:04}-{at.month:02}"


@pytest.mark.parametrize("text", ["", "00/00/0000", "2012", "32/01/2012", "29/02/2011", "1/2/12", "05/00/2012"])
def test_what_is_no_date_gives_none(text: str) -> None:
    assert day(text) is None
    assert partial_date(text) == ""


def deflated(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_packing_does_not_depend_on_the_order_of_files_nor_on_others_beside_them() -> None:
    files = tables()
    reordered = dict(reversed(files.items())) | {"ofsi_conlist.csv": b"x", "readme.txt": b"names"}
    assert pack(files) == pack(reordered)


def test_a_person_s_own_archive_with_a_folder_is_read_the_same() -> None:
    files = {f"UK list/{name}": content for name, content in tables().items()} | {"UK list/": b""}
    assert parse(deflated(files)) == parse(edition())


@pytest.mark.parametrize("missing", ["subjects", "names", "identifiers"])
def test_refuses_to_pack_without_a_table(missing: str) -> None:
    with pytest.raises(ListRefused, match=f"the table of {missing}"):
        pack({name: content for name, content in tables().items() if missing not in name})


def test_refuses_two_files_that_claim_to_be_one_table() -> None:
    with pytest.raises(ListRefused, match="table of names"):
        pack(tables() | {"names_2025-04.csv": b""})


def test_refuses_one_file_that_claims_to_be_two_tables() -> None:
    with pytest.raises(ListRefused, match="one file claims to be two tables"):
        pack({"subjects_and_names.csv": b"", "identifiers.csv": b""})


def test_refuses_an_archive_that_unpacks_to_more_than_it_may() -> None:
    with pytest.raises(ListRefused, match="declares"):
        parse(deflated(tables() | {"more.csv": bytes(BYTES_MOST + 1)}))


def test_refuses_an_archive_that_declares_less_than_comes_out() -> None:
    bomb = deflated(tables(names=COMPANY_NAME + "x" * 5_000_000))
    declared = len(tables(names=COMPANY_NAME + "x" * 5_000_000)["names_2026-04.csv"]).to_bytes(4, "little")
    assert bomb.count(declared) == 2
    with pytest.raises(ListRefused, match="cannot be read"):
        parse(bomb.replace(declared, (1000).to_bytes(4, "little")))


def test_refuses_an_archive_of_very_many_files() -> None:
    with pytest.raises(ListRefused, match="files"):
        parse(deflated(tables() | {f"{number}.txt": b"" for number in range(100)}))


def test_refuses_an_archive_that_is_cut_off_or_compressed_by_another_method() -> None:
    with pytest.raises(ListRefused, match="cannot be read"):
        parse(edition()[:-30])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression=zipfile.ZIP_LZMA) as archive:
        for name, content in tables().items():
            archive.writestr(name, content)
    with pytest.raises(ListRefused, match="method"):
        parse(packed.getvalue())


def test_rows_of_one_group_are_one_target() -> None:
    parsed = parse(
        consolidated(
            TARGET | {"Address 1": "1 Main St", "Address 6": "Tehran", "Country": "Iran", "Other Information": "EU."},
            TARGET | {"Name 6": "EXAMPLE BANK PLC", "Alias Type": "AKA", "Country": "Iran (Branch)"},
            TARGET | {"Name 6": "OLD BANK", "Alias Type": "FKA"},
            TARGET | {"Regime": "Syria", "Listed On": "24/08/2009"},
        )
    )
    target, address = only(parsed).entities
    listing = only(parsed).listing
    assert target.id == listing.entity == "uk-ofsi-99999"
    assert target.properties == {
        "name": ("EXAMPLE BANK",),
        "alias": ("EXAMPLE BANK PLC",),
        "previousName": ("OLD BANK",),
        "country": ("ir",),
        "address": ("1 Main St, Tehran, Iran",),
        "addressEntity": (address.id,),
        "notes": ("EU.",),
    }
    assert listing.key == "ofsi-99999"
    assert listing.programme == "Iran (nuclear proliferation); Syria"
    assert listing.listed == date(2009, 8, 24)
    assert codes(parsed) == [("skipped_line", False)]


def test_windows_1252_is_read_and_reported() -> None:
    parsed = parse(consolidated(TARGET | {"Name 6": "SOCIÉTÉ ‘EXEMPLE’"}))
    assert only(parsed).entities[0].caption == "SOCIÉTÉ ‘EXEMPLE’"
    assert codes(parsed) == [("skipped_line", False), ("encoding", True)]


def test_a_person_s_names_are_joined_with_the_family_name_last() -> None:
    person = {"Group Type": "Individual", "Name 6": "UP", "Name 1": "Made", "Name 2": "Quite", "DOB": "00/00/1901"}
    parsed = parse(consolidated(TARGET | person | {"Nationality": "1) Iran 2) Syria", "Town of Birth": "Qom"}))
    entity = only(parsed).entities[0]
    assert entity.schema == "Person"
    assert entity.values("name") == ("Made Quite UP",)
    assert entity.values("birthDate") == ("1901",)
    assert entity.values("birthPlace") == ("Qom",)
    assert entity.values("nationality") == ("ir", "sy")


@pytest.mark.parametrize(
    ("remarks", "schema", "number"),
    [
        ("(IMO number: 9281891). Annex XIV.", "Vessel", ("9281891",)),
        ("IMO: 9281891 Annex", "Vessel", ("9281891",)),
        ("IMO: 9281890 Annex", "Organization", ()),
        ("Owner of a ship. IMO: 9281891", "Organization", ()),
    ],
)
def test_a_target_is_a_ship_only_if_its_remarks_begin_with_the_number(
    remarks: str, schema: str, number: tuple[str, ...]
) -> None:
    entity = only(parse(consolidated(TARGET | {"Other Information": remarks}))).entities[0]
    assert (entity.schema, entity.values("imoNumber")) == (schema, number)


@pytest.mark.parametrize(
    ("change", "problem", "parties"),
    [
        ({"Group ID": ""}, ("no_key", False), 0),
        ({"Name 6": ""}, ("no_name", False), 0),
        ({"Alias Type": "AKA"}, ("no_primary_name", True), 1),
        ({"Listed On": "yesterday"}, ("bad_date", True), 1),
        ({"Country": "Atlantis"}, ("unknown_country", True), 1),
    ],
)
def test_what_is_odd_in_a_group_is_reported(change: dict[str, str], problem: tuple[str, bool], parties: int) -> None:
    parsed = parse(consolidated(TARGET | change))
    assert codes(parsed) == [("skipped_line", False), problem]
    assert parsed.problems[-1].line == 3
    assert len(parsed.parties) == parties


def test_refuses_another_table() -> None:
    with pytest.raises(ListRefused, match="is missing"):
        parse(b"name,country\nExample,Iran\n")


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]))
def test_any_bytes_are_read_or_refused(data: bytes, prefix: bytes) -> None:
    with pytest.raises(HighfenceError):
        parse(prefix + data)


@settings(max_examples=200)
@given(st.data(), st.sampled_from(["archive", "deflated", "consolidated"]))
def test_damaged_editions_are_read_or_refused_and_keys_stay_unique(data: st.DataObject, form: str) -> None:
    sound = {
        "archive": edition(identifiers="1,RUS9999,,INN: 7736050003,business_registration_numbers,\n"),
        "deflated": deflated(tables()),
        "consolidated": consolidated(TARGET, TARGET | {"Group ID": "99998"}),
    }[form]
    begin = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(begin, min(len(sound), begin + 30)))
    damaged = sound[:begin] + data.draw(st.binary(max_size=20)) + sound[end:]
    try:
        parsed = parse(damaged)
    except HighfenceError:
        return
    keys = [party.listing.key for party in parsed.parties]
    assert len(keys) == len(set(keys))


@pytest.mark.lists
def test_every_subject_of_the_real_tables_is_taken(lists: Path) -> None:
    parsed = parse(pack({file.name: file.read_bytes() for file in (lists / "uk").iterdir()}))
    assert len(parsed.parties) == len({party.listing.key for party in parsed.parties}) == 6046
    assert parsed.rows == 6046 + 15050 + 22787
    assert parsed.problems == ()
    schemata = Counter(party.entities[0].schema for party in parsed.parties)
    assert schemata == {"Person": 3883, "Organization": 1531, "Vessel": 632}
    assert all(party.listing.programme and party.listing.listed for party in parsed.parties)


@pytest.mark.lists
def test_every_group_of_the_real_ofsi_list_is_taken(lists: Path) -> None:
    parsed = parse((lists / "uk" / "ofsi_conlist_2018-04_cp1252.csv").read_bytes())
    assert parsed.rows == 9487
    assert len(parsed.parties) == len({party.listing.key for party in parsed.parties}) == 2106
    assert {problem.code for problem in parsed.problems} == {"skipped_line", "encoding", "unknown_country"}
    assert not any("�" in party.entities[0].caption for party in parsed.parties)
