# SPDX-License-Identifier: Apache-2.0
"""The list of Chinese military companies under Section 1260H."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import ListRefused
from highfence.model.schema import check
from highfence.sources.catalogue import source
from highfence.sources.ingest import difference, fingerprint, to_ftm
from highfence.sources.source import ListedParty
from highfence.sources.us_1260h.names import clean_name, company_key, short_form, split_aliases
from highfence.sources.us_1260h.parse import parse

HEADER = "Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url\n"


def parties(*rows: str) -> tuple[ListedParty, ...]:
    return parse((HEADER + "\n".join(rows) + "\n").encode()).parties


def test_a_row_becomes_a_company_with_its_days_and_reason() -> None:
    (party,) = parties(
        'Example Co. (EXC)*,Example Co.,"EXC,Example Cloud",Old Example; Older Example,,Makes drones,'
        "2021-06-03,2024-01-31,https://example.org/1.pdf"
    )
    company = party.entities[0]
    assert (company.schema, company.caption) == ("Company", "Example Co.")
    assert company.values("alias") == ("EXC", "Example Cloud")
    assert company.values("previousName") == ("Old Example", "Older Example")
    assert company.originals == {"Example Co.": "Example Co. (EXC)*"}
    listing = party.listing
    assert (listing.listed, listing.until) == (date(2021, 6, 3), date(2024, 1, 31))
    assert (listing.reason, listing.url) == ("Makes drones", "https://example.org/1.pdf")
    assert not listing.stands(date(2025, 1, 1))


def test_the_editions_of_one_company_share_the_entity_and_not_the_listing() -> None:
    one, two = parties(
        "Example Co. Ltd (EXC)*,Example Co. Ltd,,,,,2021-06-03,,",
        '"Example Co., Ltd.","Example Co., Ltd.",,,,,2026-06-08,,',
    )
    assert one.listing.entity == two.listing.entity
    assert one.listing.key != two.listing.key


def test_a_parent_is_linked_without_a_share() -> None:
    (party,) = parties("Example Wing Co.,Example Wing Co.,,,Example Group (EXG),,2025-01-07,,")
    company, parent, link = party.entities
    assert check(link).schema == "Ownership"
    assert (link.first("owner"), link.first("asset")) == (parent.id, company.id)
    assert "percentage" not in link.properties
    (listed,) = parties("Example Group,Example Group,,,,,2025-01-07,,")
    assert listed.listing.entity == parent.id


def test_a_company_is_not_its_own_parent() -> None:
    (party,) = parties("Example Group,Example Group,,,Example Group (EXG),,2025-01-07,,")
    assert len(party.entities) == 1


def test_a_table_without_the_tidied_columns_reads_too() -> None:
    (party,) = parse(b"Name,Start date,End date\nExample Co. (EXC)*,2021-06-03,\n").parties
    assert party.entities[0].caption == "Example Co. (EXC)"
    assert party.entities[0].values("alias") == ("EXC",)


def test_a_row_without_name_and_a_date_that_is_none_are_reported() -> None:
    parsed = parse((HEADER + "*,,,,,,2021-06-03,,\nExample,Example,,,,,soon,,\n").encode())
    assert [(problem.line, problem.code, problem.taken) for problem in parsed.problems] == [
        (2, "no_name", False),
        (3, "unread_date", True),
    ]
    assert parsed.parties[0].listing.listed is None


def test_a_renamed_column_is_refused() -> None:
    with pytest.raises(ListRefused, match="'Start date' is missing"):
        parse(b"Name,Begin,End date\nExample,2021-06-03,\n")


def test_names_lose_their_mark_and_keep_their_brackets() -> None:
    assert clean_name("Example (EX)*") == "Example (EX)"
    assert clean_name("Example * *") == "Example"
    assert short_form("Example (EX).") == "EX"
    assert short_form("Example (formerly Sample)") == ""
    assert short_form("Example (North America) Inc.") == ""
    assert split_aliases("A,B; C Co., Ltd.") == ("A", "B", "C Co., Ltd.")
    assert company_key("Example Co., LTD (EX)") == company_key("example co ltd")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_and_alias_give_an_entity_that_is_followthemoney(name: str, alias: str) -> None:
    quoted = ",".join('"' + text.replace('"', '""') + '"' for text in (name, alias, "2021-06-03", ""))
    for party in parse(f"Name,Alias,Start date,End date\n{quoted}\n".encode("utf-8", "replace")).parties:
        for entity in party.entities:
            check(entity)


@pytest.mark.lists
def test_the_real_list_gives_a_party_for_each_row_and_again_no_difference(lists: Path) -> None:
    parsed = parse((lists / "us_1260h" / "chinese_military_companies.csv").read_bytes())
    assert len(parsed.parties) == parsed.rows == 397
    assert parsed.problems == ()
    assert len({party.listing.key for party in parsed.parties}) == 397
    assert sum(1 for party in parsed.parties if party.listing.until) == 21
    held = {party.listing.key: fingerprint(party) for party in parsed.parties}
    again = difference(held, parsed, source("us_1260h"))
    assert (again.added, again.changed, again.removed, again.unchanged) == ((), (), (), 397)


@pytest.mark.lists
def test_every_parent_on_the_real_list_is_itself_a_listed_company(lists: Path) -> None:
    parsed = parse((lists / "us_1260h" / "chinese_military_companies.csv").read_bytes())
    listed = {party.listing.entity for party in parsed.parties}
    owners = {entity.first("owner") for entity in to_ftm(parsed) if entity.schema == "Ownership"}
    assert len(owners) > 20
    assert owners <= listed
