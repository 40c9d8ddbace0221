# SPDX-License-Identifier: Apache-2.0
"""The United Nations list: what its elements become, and what is refused whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.model.entity import Entity
from highfence.sources.source import ListedParty, Parsed
from highfence.sources.un_sc.document import BYTES_MOST
from highfence.sources.un_sc.parse import RESOLUTIONS, parse

ENTITY = """<ENTITY>
 <DATAID>1</DATAID><FIRST_NAME>EXAMPLE  TRADING CORPORATION</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
 <REFERENCE_NUMBER>KPe.999 </REFERENCE_NUMBER><LISTED_ON>2009-04-24-04:00</LISTED_ON>
 <NAME_ORIGINAL_SCRIPT>보기무역회사</NAME_ORIGINAL_SCRIPT><COMMENTS1>Exports\nexamples.</COMMENTS1>
 <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>"EXTRA"</ALIAS_NAME></ENTITY_ALIAS>
 <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>FORMER WORKS</ALIAS_NAME></ENTITY_ALIAS>
 <ENTITY_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>ETC</ALIAS_NAME></ENTITY_ALIAS>
 <ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
 <ENTITY_ADDRESS><STREET>Central District</STREET><CITY>Pyongyang</CITY><ZIP_CODE>1</ZIP_CODE>
  <COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS>
 <ENTITY_ADDRESS><COUNTRY>China</COUNTRY></ENTITY_ADDRESS>
 <ENTITY_ADDRESS><COUNTRY/></ENTITY_ADDRESS>
</ENTITY>"""
INDIVIDUAL = """<INDIVIDUAL>
 <DATAID>2</DATAID><FIRST_NAME>MADE</FIRST_NAME><SECOND_NAME>UP</SECOND_NAME><UN_LIST_TYPE>GB</UN_LIST_TYPE>
 <REFERENCE_NUMBER>GBi.999</REFERENCE_NUMBER><LISTED_ON>2012-05-18</LISTED_ON><GENDER>Male</GENDER>
 <NATIONALITY><VALUE>Guinea-Bissau</VALUE></NATIONALITY><TITLE><VALUE>General</VALUE></TITLE>
 <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1901-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
 <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1899</FROM_YEAR><TO_YEAR>1902</TO_YEAR>
 </INDIVIDUAL_DATE_OF_BIRTH>
 <INDIVIDUAL_PLACE_OF_BIRTH><CITY>Bissau</CITY><COUNTRY>Guinea-Bissau</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
 <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Numéro de passeport </TYPE_OF_DOCUMENT><NUMBER>X1</NUMBER></INDIVIDUAL_DOCUMENT>
 <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification
   Number</TYPE_OF_DOCUMENT><NUMBER>N2</NUMBER></INDIVIDUAL_DOCUMENT>
</INDIVIDUAL>"""


def edition(*, entities: str = ENTITY, individuals: str = "") -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n<CONSOLIDATED_LIST>\n"
        f"<INDIVIDUALS>{individuals}</INDIVIDUALS>\n<ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def only(parsed: Parsed) -> ListedParty:
    assert len(parsed.parties) == 1
    return parsed.parties[0]


def subject(parsed: Parsed) -> Entity:
    return only(parsed).entities[0]


def test_an_entity_is_read_with_its_names_and_its_day_of_listing() -> None:
    parsed = parse(edition())
    listing = only(parsed).listing
    assert parsed.complete
    assert parsed.rows == 1
    assert parsed.problems == ()
    assert (listing.jurisdiction, listing.source, listing.key) == ("un", "un_sc", "KPe.999")
    assert listing.listed == date(2009, 4, 24)
    assert listing.reference == RESOLUTIONS["DPRK"]
    assert listing.reason == "Exports examples."
    assert subject(parsed).id == listing.entity == "un-kpe.999"
    assert subject(parsed).schema == "Organization"
    assert subject(parsed).values("name") == ("EXAMPLE TRADING CORPORATION",)
    assert subject(parsed).values("alias") == ("보기무역회사", "EXTRA")
    assert subject(parsed).values("previousName") == ("FORMER WORKS",)
    assert subject(parsed).values("weakAlias") == ("ETC",)
    assert subject(parsed).originals == {"EXTRA": '"EXTRA"'}


def test_an_address_is_an_entity_and_one_that_is_only_a_country_is_not() -> None:
    party, *addresses = only(parse(edition())).entities
    assert party.values("country") == ("kp", "cn")
    assert [address.id for address in addresses] == list(party.values("addressEntity"))
    assert addresses[0].first("full") == "Central District, Pyongyang, 1, Democratic People's Republic of Korea"
    assert addresses[0].values("city") == ("Pyongyang",)


def test_a_person_is_read_with_spans_of_birth_years_and_documents_of_both_kinds() -> None:
    parsed = parse(edition(entities="", individuals=INDIVIDUAL))
    person = subject(parsed)
    assert person.schema == "Person"
    assert person.values("name") == ("MADE UP",)
    assert person.values("birthDate") == ("1901-02-03", "1899", "1902")
    assert person.values("birthPlace") == ("Bissau, Guinea-Bissau",)
    assert person.values("nationality") == ("gw",)
    assert person.values("passportNumber") == ("X1",)
    assert person.values("idNumber") == ("N2",)
    assert only(parsed).listing.measure == ""


def test_the_data_id_is_the_key_only_where_there_is_no_reference_number() -> None:
    without = ENTITY.replace("<REFERENCE_NUMBER>KPe.999 </REFERENCE_NUMBER>", "")
    assert only(parse(edition(entities=without))).listing.key == "dataid-1"


def test_a_delisted_entry_says_until_when_it_stood() -> None:
    delisted = ENTITY.replace("</LISTED_ON>", "</LISTED_ON><DELISTED_ON>2020-01-02</DELISTED_ON>")
    assert only(parse(edition(entities=delisted))).listing.until == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("old", "new", "code", "taken"),
    [
        ("EXAMPLE  TRADING CORPORATION", " ", "no_name", False),
        ("DPRK", "Atlantis", "unknown_programme", True),
        ("2009-04-24-04:00", "2009-02-30", "bad_date", True),
        ("<QUALITY>Low</QUALITY>", "<QUALITY>Middling</QUALITY>", "unknown_quality", True),
        ("<COUNTRY>China</COUNTRY>", "<COUNTRY>Atlantis</COUNTRY>", "unknown_country", True),
    ],
)
def test_what_is_odd_is_reported_with_its_line(old: str, new: str, code: str, taken: bool) -> None:
    assert old in ENTITY
    parsed = parse(edition(entities=ENTITY.replace(old, new)))
    assert [(problem.code, problem.taken, problem.line) for problem in parsed.problems] == [(code, taken, 4)]
    assert len(parsed.parties) == int(taken)


def test_an_entry_without_any_number_is_not_taken() -> None:
    nameless = ENTITY.replace("<DATAID>1</DATAID>", "").replace("<REFERENCE_NUMBER>KPe.999 </REFERENCE_NUMBER>", "")
    parsed = parse(edition(entities=nameless))
    assert parsed.parties == ()
    assert [problem.code for problem in parsed.problems] == ["no_key"]


def test_the_first_of_two_entries_with_one_number_is_kept() -> None:
    parsed = parse(edition(entities=ENTITY + ENTITY.replace("EXAMPLE", "ANOTHER")))
    assert subject(parsed).caption == "EXAMPLE TRADING CORPORATION"
    assert [(problem.code, problem.taken) for problem in parsed.problems] == [("duplicate_key", False)]


def test_refuses_xml_that_is_not_well_formed_and_says_where() -> None:
    broken = edition().replace(b"</FIRST_NAME>", b"\x19</FIRST_NAME>")
    with pytest.raises(ListRefused, match="not well-formed") as refused:
        parse(broken)
    assert refused.value.where == "line 5, column 60"
    assert refused.value.advice


def test_refuses_a_file_that_ends_too_early() -> None:
    with pytest.raises(ListRefused, match="not well-formed"):
        parse(edition()[:-40])


@pytest.mark.parametrize("section", ["INDIVIDUALS", "ENTITIES"])
def test_refuses_an_edition_that_lacks_a_section(section: str) -> None:
    renamed = edition(entities="").replace(section.encode(), b"OTHERS")
    with pytest.raises(ListRefused, match=f"section {section} is missing"):
        parse(renamed)


def test_refuses_another_document() -> None:
    with pytest.raises(ListRefused, match="is a html"):
        parse(b"<html><body>Page not found</body></html>")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY a "KPe.999">]>',
        '<!DOCTYPE CONSOLIDATED_LIST SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_refuses_a_document_type_even_if_nothing_uses_it(declaration: str) -> None:
    with pytest.raises(ListRefused, match="declares a document type"):
        parse(edition().replace(b"\n<CONSOLIDATED_LIST>", declaration.encode() + b"<CONSOLIDATED_LIST>"))


def test_refuses_entities_that_expand_without_end() -> None:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    bomb = f'<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY e0 "aaaaaaaaaa">{levels}]><CONSOLIDATED_LIST x="&e9;"/>'
    with pytest.raises(ListRefused):
        parse(bomb.encode())


def test_refuses_a_file_larger_than_any_edition() -> None:
    with pytest.raises(ListRefused, match="at most"):
        parse(bytes(BYTES_MOST + 1))


def test_progress_ends_with_all_entries() -> None:
    heard: list[tuple[int, int]] = []
    parse(edition(individuals=INDIVIDUAL), lambda done, total: heard.append((done, total)))
    assert heard[-1] == (2, 2)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(HighfenceError):
        parse(data)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_edition_is_read_or_refused_and_keys_stay_unique(data: st.DataObject) -> None:
    sound = edition(entities=ENTITY + ENTITY.replace("KPe.999", "KPe.998"), individuals=INDIVIDUAL)
    begin = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(begin, min(len(sound), begin + 60)))
    damaged = sound[:begin] + data.draw(st.binary(max_size=20)) + sound[end:]
    try:
        parsed = parse(damaged)
    except HighfenceError:
        return
    keys = [party.listing.key for party in parsed.parties]
    assert len(keys) == len(set(keys))
    assert all(party.listing.entity == party.entities[0].id for party in parsed.parties)


@pytest.mark.lists
@pytest.mark.parametrize(
    ("day", "entries", "entities"),
    [("2024-11-30", 879, 193), ("2025-04-19", 877, 193), ("2025-11-20", 1000, 273), ("2026-02-27", 1003, 273)],
)
def test_every_entry_of_a_real_edition_is_taken(lists: Path, day: str, entries: int, entities: int) -> None:
    parsed = parse((lists / "un" / f"un_consolidated_{day}.xml").read_bytes())
    assert parsed.rows == len(parsed.parties) == entries
    assert len({party.listing.key for party in parsed.parties}) == entries
    assert sum(party.entities[0].schema == "Organization" for party in parsed.parties) == entities
    assert {problem.code for problem in parsed.problems} <= {"unknown_country"}
    assert all(party.listing.listed for party in parsed.parties)


@pytest.mark.lists
def test_the_keys_of_a_real_edition_hold_in_the_next_ones(lists: Path) -> None:
    held: set[str] = set()
    gone: list[int] = []
    for file in sorted((lists / "un").glob("un_consolidated_20??-??-??.xml")):
        keys = {party.listing.key for party in parse(file.read_bytes()).parties}
        gone.append(len(held - keys))
        held = keys
    assert gone == [0, 2, 3, 1]


@pytest.mark.lists
def test_the_real_edition_that_is_not_well_formed_is_refused_whole_with_its_line(lists: Path) -> None:
    with pytest.raises(ListRefused) as refused:
        parse((lists / "un" / "un_consolidated_2025-08-16.MALFORMED.xml").read_bytes())
    assert refused.value.where == "line 53, column 11"
