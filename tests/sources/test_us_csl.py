# SPDX-License-Identifier: Apache-2.0
"""The Consolidated Screening List: what a row becomes, and the real editions."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.model.entity import Entity
from highfence.model.schema import check
from highfence.sources.catalogue import source
from highfence.sources.ingest import difference, fingerprint, to_ftm
from highfence.sources.source import ListedParty, Parsed
from highfence.sources.us_csl.parse import OPTIONAL, REQUIRED, parse

COLUMNS = ("_id", *REQUIRED, *OPTIONAL)
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
DENIED = "Denied Persons List (DPL) - Bureau of Industry and Security"


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, columns, restval="", quoting=csv.QUOTE_ALL, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def one(**values: str) -> ListedParty:
    (party,) = parse(table({"source": ENTITY_LIST, "name": "Example Ltd.", **values})).parties
    return party


def subject(**values: str) -> Entity:
    party = one(**values)
    assert party.entities[0].id == party.listing.entity
    return party.entities[0]


def test_an_entity_list_row_becomes_a_company_and_its_listing() -> None:
    party = one(
        name="Example Machinery Co., Ltd.",
        addresses="1 First Road, Beijing, CN; Unit 2, Hong Kong, HK",
        alt_names="EMC; and Example Works",
        federal_register_notice="85 FR 83416",
        start_date="2020-12-18",
        license_requirement="For all items subject to the EAR.",
        license_policy="Presumption of denial.",
        source_list_url="https://example.org/list",
        source_information_url="https://example.org/about",
        remarks="A remark",
    )
    company = party.entities[0]
    assert company.schema == "Company"
    assert company.values("alias") == ("EMC", "Example Works")
    assert company.values("country") == ("cn", "hk")
    assert company.values("address") == ("1 First Road, Beijing, CN", "Unit 2, Hong Kong, HK")
    assert company.values("topics") == ("export.control",)
    assert company.first("sourceUrl") == "https://example.org/about"
    assert company.first("notes") == "A remark"
    listing = party.listing
    assert (listing.list, listing.measure) == ("Entity List", "export licence required")
    assert (listing.jurisdiction, listing.source) == ("us", "us_csl")
    assert listing.listed == date(2020, 12, 18)
    assert listing.reference == "85 FR 83416"
    assert listing.licence_requirement == "For all items subject to the EAR."
    assert listing.licence_policy == "Presumption of denial."
    assert listing.url == "https://example.org/list"
    assert listing.programme == "EAR Part 744, Supplement No. 4"


@pytest.mark.parametrize(
    ("printed", "name", "schema"),
    [
        ("Entity", "EXAMPLE BANK", "LegalEntity"),
        ("Entity", "EXAMPLE BANK JSC", "Company"),
        ("Individual", "DOE, Jane", "Person"),
        ("Vessel", "EXAMPLE STAR", "Vessel"),
        ("Aircraft", "EP-XYZ", "Airplane"),
        ("", "Institute of Examples", "LegalEntity"),
        ("", "Address 01", "Address"),
    ],
)
def test_the_schema_follows_from_type_and_name(printed: str, name: str, schema: str) -> None:
    assert subject(type=printed, name=name).schema == schema


def test_an_address_only_entry_is_a_subject_of_its_own() -> None:
    party = one(name="Address 01", addresses="Flat A, 9 Example Street, Kowloon, HK")
    address = party.entities[0]
    assert address.values("full") == ("Flat A, 9 Example Street, Kowloon, HK",)
    assert (address.first("country"), address.caption) == ("hk", "Address 01")
    assert party.listing.measure == "export licence required"


def test_ofacs_number_is_the_key_and_the_programmes_are_kept() -> None:
    party = one(source=SDN, type="Entity", entity_number="99999", programs="SDGT; IRAN")
    assert party.listing.key == "SDN-99999"
    assert party.listing.entity == "us-sdn-99999"
    assert party.listing.programme == "SDGT; IRAN"
    assert party.listing.measure == "asset freeze"


def test_the_listing_date_among_the_ids_and_directives_belong_to_the_listing() -> None:
    party = one(
        source="Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department",
        ids="Listing Date (EO 14024 Directive 3):, 2022-02-24; Listing Date (EO 14024 Directive 2):, 24 Mar 2022; "
        "Executive Order 14024 Directive Information, Subject to Directive 3 - All transactions in new debt",
    )
    assert party.listing.listed == date(2022, 2, 24)
    assert party.listing.measure == "non-blocking menu-based sanctions; subject to Directive 3"


def test_a_denial_ends_on_its_end_date_and_its_editors_log_is_left_out() -> None:
    party = one(source=DENIED, end_date="2030-06-17", remarks="F.R. NOTICE ADDED", addresses="1 A ST, RENO, NV, 89501")
    assert party.listing.until == date(2030, 6, 17)
    assert party.entities[0].values("notes") == ()
    assert party.entities[0].values("country") == ("us",)


def test_a_person_gets_what_identifies_and_no_remarks() -> None:
    person = subject(
        source=SDN,
        type="Individual",
        name="DOE, Jane",
        title="Director",
        nationalities="IR; CU",
        citizenships="IR",
        dates_of_birth="1968-02-11; circa 1970",
        places_of_birth="Exampleville",
        remarks="spouse of somebody",
        ids="Passport, X1234567, IR; SSN, 123-45-6789, US; Gender, Female",
    )
    assert (person.first("lastName"), person.first("firstName")) == ("DOE", "Jane")
    assert person.values("nationality") == ("ir", "cu")
    assert person.values("birthDate") == ("1968-02-11", "1970")
    assert person.values("passportNumber") == ("X1234567",)
    assert person.values("gender") == ("female",)
    assert "notes" not in person.properties
    assert "123-45-6789" not in str(person)


def test_a_vessel_has_its_marks_and_its_owner() -> None:
    party = one(
        source=SDN,
        type="Vessel",
        name="EXAMPLE STAR",
        call_sign="CL2192",
        vessel_type="Tug",
        vessel_flag="Panama",
        gross_tonnage="212",
        vessel_owner="Example Shipping S.A.",
        ids="Vessel Registration Identification, IMO 9074729",
    )
    vessel, owner, link = party.entities
    assert vessel.values("imoNumber") == ("9074729",)
    assert (vessel.first("callSign"), vessel.first("type"), vessel.first("flag")) == ("CL2192", "Tug", "pa")
    assert owner.caption == "Example Shipping S.A."
    assert (link.schema, link.first("owner"), link.first("asset")) == ("Ownership", owner.id, vessel.id)


def test_isins_and_tickers_become_securities_of_the_company() -> None:
    party = one(ids="ISIN, US0378331005; Equity Ticker, XMPL US; Equity Ticker, XMPL US")
    company, *securities = party.entities
    assert [check(security).schema for security in securities] == ["Security", "Security"]
    assert securities[0].first("isin") == "US0378331005"
    assert {security.first("issuer") for security in securities} == {company.id}


def test_what_nobody_knows_is_reported_once_and_taken() -> None:
    rows = [
        {
            "source": "New List (NEW) - Some Department",
            "name": f"Example {number}",
            "type": "Satellite",
            "ids": "Call Code, 12",
            "start_date": "soon",
        }
        for number in range(3)
    ]
    parsed = parse(table(*rows))
    counts = Counter(problem.code for problem in parsed.problems)
    assert counts == {"unknown_list": 1, "unknown_type": 1, "unknown_identifier": 1, "unread_date": 3}
    assert all(problem.taken for problem in parsed.problems)
    assert parsed.parties[0].listing.list == "New List (NEW)"
    assert parsed.parties[0].listing.key.startswith("NEW-")


def test_a_row_without_a_name_is_refused_with_its_line() -> None:
    parsed = parse(table({"source": SDN, "name": "Example"}, {"source": SDN, "addresses": "IR"}))
    assert [(problem.line, problem.code, problem.taken) for problem in parsed.problems] == [(3, "no_name", False)]
    assert (parsed.rows, len(parsed.parties)) == (2, 1)


def test_a_missing_column_is_refused_if_required_and_reported_if_not() -> None:
    row = {"source": SDN, "name": "Example"}
    with pytest.raises(ListRefused, match="'license_policy' is missing"):
        parse(table(row, columns=tuple(name for name in COLUMNS if name != "license_policy")))
    parsed = parse(table(row, columns=tuple(name for name in COLUMNS if name != "remarks")))
    assert [problem.code for problem in parsed.problems] == ["missing_column"]


def test_a_second_row_with_ofacs_number_stays_and_is_reported() -> None:
    rows = [{"source": SDN, "entity_number": "1", "name": name} for name in ("A", "B")]
    found = tuple(party.listing.key for party in parse(table(*rows)).parties)
    assert found == ("SDN-1", "SDN-1")
    written = [entity.first("recordId") for entity in to_ftm(parse(table(*rows))) if entity.schema == "Sanction"]
    assert written == ["SDN-1", "SDN-1#2"]


def test_progress_reaches_the_number_of_rows() -> None:
    heard: list[tuple[int, int]] = []
    parse(table({"source": SDN, "name": "A"}), lambda done, total: heard.append((done, total)))
    assert heard[-1] == (1, 1)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)), max_size=4))
def test_any_cells_give_entities_that_are_followthemoney(rows: list[dict[str, str]]) -> None:
    try:
        parsed = parse(table(*rows))
    except HighfenceError:
        return
    for party in parsed.parties:
        for entity in party.entities:
            check(entity)


@given(
    st.lists(st.sampled_from(["Passport", "ISIN", "Tax ID No.", "SWIFT/BIC", "Listing Date (CMIC)", "x", ", ", "; "]))
)
def test_any_ids_are_read(parts: list[str]) -> None:
    check(subject(ids=", 12; ".join(parts)))


@cache
def edition(path: Path) -> tuple[bytes, Parsed]:
    data = path.read_bytes()
    return data, parse(data)


def complete(lists: Path) -> tuple[bytes, Parsed]:
    return edition(lists / "us_csl" / "consolidated_2026-07-31.csv")


def sample(lists: Path) -> tuple[bytes, Parsed]:
    return edition(lists / "us_csl" / "consolidated_2023-11.csv")


def held(parsed: Parsed) -> dict[str, str]:
    return {party.listing.key: fingerprint(party) for party in parsed.parties}


@pytest.mark.lists
def test_the_complete_list_keeps_every_row_as_one_party(lists: Path) -> None:
    _, parsed = complete(lists)
    assert len(parsed.parties) == parsed.rows == 25_921
    assert len({party.listing.key for party in parsed.parties}) == 25_921
    counts = Counter(party.listing.key.rsplit("-", 1)[0] for party in parsed.parties)
    assert counts["SDN"] == 19_181
    assert counts["EL"] == 3_420
    assert counts["DPL"] == 1_596
    assert counts["UVL"] == 222
    assert counts["MEU"] == 70
    assert counts["CMIC"] == 68
    assert not [problem for problem in parsed.problems if not problem.taken]
    assert sum(1 for party in parsed.parties if party.entities[0].schema == "Address") >= 8


@pytest.mark.lists
def test_the_sample_is_taken_and_its_repeated_header_and_cut_off_row_reported(lists: Path) -> None:
    data, parsed = sample(lists)
    assert len(parsed.parties) == parsed.rows == 4_227
    told = {problem.code: (problem.line, problem.taken) for problem in parsed.problems}
    last_line = data.count(b"\n") + 1
    assert told["repeated_header"] == (2, False)
    assert told["cut_off_row"] == (last_line, True)
    assert parsed.complete


@pytest.mark.lists
def test_identifiers_with_a_check_digit_are_found_in_the_sample(lists: Path) -> None:
    _, parsed = sample(lists)
    counts = Counter(prop for party in parsed.parties for entity in party.entities for prop in entity.properties)
    assert counts["ogrnCode"] > 200
    assert counts["innCode"] > 180
    assert counts["uscCode"] > 50
    assert counts["leiCode"] >= 9
    assert counts["isin"] > 150
    assert not [problem for problem in parsed.problems if problem.code == "unknown_identifier"]


@pytest.mark.lists
def test_both_editions_meet_the_expectations_and_read_again_change_nothing(lists: Path) -> None:
    for _, parsed in (complete(lists), sample(lists)):
        first = difference({}, parsed, source("us_csl"))
        assert len(first.added) == len(parsed.parties)
        again = difference(held(parsed), parsed, source("us_csl"))
        assert (again.added, again.changed, again.removed) == ((), (), ())
        assert again.unchanged == len(parsed.parties)


@pytest.mark.lists
def test_one_row_gone_changed_and_new_are_each_found(lists: Path) -> None:
    data, before = complete(lists)
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    numbered = next(row for row in rows if row["entity_number"])
    rows.remove(numbered)
    amended = next(row for row in rows if row["source"] == ENTITY_LIST)
    amended["license_policy"] = "Policy of denial."
    amended["addresses"] += "; KZ"
    rows.append(amended | {"name": "A New Example Company"})
    found = difference(held(before), parse(table(*rows)), source("us_csl"))
    assert found.removed == (f"CAP-{numbered['entity_number']}",)
    (added,), (changed,) = found.added, found.changed
    assert added.entities[0].caption == "A New Example Company"
    assert changed.listing.licence_policy == "Policy of denial."
    assert changed.entities[0].values("country")[-1] == "kz"
    assert found.unchanged == 25_919


@pytest.mark.lists
def test_a_list_cut_to_half_is_refused_whichever_half(lists: Path) -> None:
    data, before = complete(lists)
    lines = data.split(b"\n")
    for half in (lines[:13_000], [lines[0], *lines[13_000:]]):
        with pytest.raises(ListRefused, match="would be gone"):
            difference(held(before), parse(b"\n".join(half)), source("us_csl"))
    with pytest.raises(ListRefused, match="would be gone"):
        difference(held(before), parse(data[: len(data) // 2]), source("us_csl"))


@pytest.mark.lists
def test_entries_without_a_number_are_recognised_over_three_years(lists: Path) -> None:
    old, new = held(sample(lists)[1]), held(complete(lists)[1])
    for code, least in (("EL", 0.93), ("DPL", 0.95), ("MEU", 0.95), ("DTC", 0.95)):
        keys = [key for key in old if key.startswith(f"{code}-")]
        assert sum(key in new for key in keys) / len(keys) >= least


@pytest.mark.lists
def test_the_order_of_rows_changes_no_key(lists: Path) -> None:
    data, before = complete(lists)
    header, *lines = data.rstrip(b"\n").split(b"\n")
    turned = parse(b"\n".join([header, *reversed(lines)]) + b"\n")
    assert held(turned) == held(before)
