# SPDX-License-Identifier: Apache-2.0
"""model.country: the names official lists use lead to one code or to none."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model import country
from highfence.model.country import countries, country_code, country_codes, country_name, country_of_address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ir", "ir"),
        ("RU", "ru"),
        ("UK", "gb"),
        ("EL", "gr"),
        ("PRK", "kp"),
        ("Islamic Republic of Iran", "ir"),
        ("Iran (Islamic Republic of)", "ir"),
        ("Iran, Islamic Republic of", "ir"),
        ("Hong Kong", "hk"),
        ("Russia", "ru"),
        ("RUSSIAN FEDERATION", "ru"),
        ("Türkiye", "tr"),
        ("TURKIYE", "tr"),
        ("Turkey", "tr"),
        ("Czech Republic", "cz"),
        ("UAE", "ae"),
        ("U.A.E.", "ae"),
        ("DPRK.", "kp"),
        ("Democratic People’s Republic of Korea (DPRK)", "kp"),
        ("Korea, Republic of", "kr"),
        ("Korea, South", "kr"),
        ("Arab Republic of Egypt", "eg"),
        ("State of Israel", "il"),
        ("the Netherlands", "nl"),
        ("St. Kitts & Nevis", "kn"),
        ("Cote d'Ivoire", "ci"),
        ("Congo (Democratic Republic of the)", "cd"),
        ("Myanmar/ Burma", "mm"),
        ("Taiwan, Province of China", "tw"),
        ("Bosnia and Herzegovina", "ba"),
        ("Iranian", "ir"),
        ("North Korean", "kp"),
        ("イラン・イスラム共和国", "ir"),
        ("Россия", "ru"),
        ("  China ", "cn"),
    ],
)
def test_reads_the_names_official_lists_use(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "Korea", "Congo", "Congolese", "Dominican", "Republic of China", "Virgin Islands"),
        *("Iranian and US", "Ruritania", "zz", "ZZZ", "and", "are", "Iran Air", "China (Taiwan)", "European Union"),
    ],
)
def test_does_not_guess(text: str) -> None:
    assert country_code(text) == ""


@pytest.mark.parametrize("code", countries())
def test_every_country_is_found_by_its_own_name_and_codes(code: str) -> None:
    name = country_name(code)
    assert country_code(name) == country_code(name.upper()) == country_code(f"The {name}") == code
    assert country_code(code) == country_code(code.upper()) == code


def test_holds_all_of_iso_3166_and_kosovo() -> None:
    assert len(countries()) == 249 + 1
    assert all(len(code) == 2 and code.islower() for code in countries())


def test_no_name_means_two_countries() -> None:
    codes_by_key: dict[str, set[str]] = defaultdict(set)
    for code, row in country._rows().items():
        for word in (row.name, row.alpha3, *row.names, *row.adjectives):
            for key in country._spellings(country._key(word)):
                codes_by_key[key].add(code)
    codes_by_key.pop("", None)
    assert {key: codes for key, codes in codes_by_key.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Iranian and US", ("ir", "us")),
        ("(a) German, (b) Moroccan", ("de", "ma")),
        ("(a) Jordanian (b) American", ("jo", "us")),
        ('"(a) German; (b) Algerian"', ("de", "dz")),
        ("Ukrainian and/or Russian", ("ua", "ru")),
        ("Republic of Moldova, Romanian, Russian", ("md", "ro", "ru")),
        ("Trinidad and Tobago", ("tt",)),
        ("Iran, Islamic Republic of", ("ir",)),
        ("Belarus / Bélarus", ("by",)),
        ("Syrian (presumed)", ("sy",)),
        ("Russian, Ukrainian (the Union does not recognise passports issued by the Russian Federation)", ("ru", "ua")),
        ("ru;ua", ("ru", "ua")),
        ("Russian, no", ("ru",)),
        ("Congolese", ()),
        ("", ()),
    ],
)
def test_reads_several_nationalities(text: str, codes: tuple[str, ...]) -> None:
    assert country_codes(text) == codes


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("12 Lenina St., Moscow, 119991, Russian Federation", "ru"),
        ("115184, Russian Federation, Moscow, Bolshaya Tatarskaya, 7", "ru"),
        ("Unit 5, Tehran (Iran)", "ir"),
        ("No. 10, Mirdamad, Tehran, Iran, Islamic Republic of", "ir"),
        ("1 Queen's Road, Hong Kong, China", "hk"),
        ("Dubai, UAE", "ae"),
        ("People's Republic of China 23rd Research Institute", "cn"),
        ("Islamic Republic of Iran", "ir"),
        ("Peachtree Street, Atlanta, Georgia", ""),
        ("Los Angeles, CA", ""),
        ("Turkish Airlines Building", ""),
        ("Syria, Damascus, also Beirut, Lebanon", ""),
        ("Bank of China Tower 1", ""),
        ("12345", ""),
        ("", ""),
    ],
)
def test_reads_the_country_of_an_address_when_it_is_sure(address: str, code: str) -> None:
    assert country_of_address(address) == code


def test_refuses_to_name_a_code_that_is_none() -> None:
    with pytest.raises(InvalidInput, match="'zz' is not a country code"):
        country_name("zz")


@given(st.text())
def test_any_text_leads_to_known_codes_or_none(text: str) -> None:
    known = {*countries(), ""}
    assert country_code(text) in known
    assert country_of_address(text) in known
    assert set(country_codes(text)) <= known - {""}


@pytest.mark.lists
def test_knows_nearly_all_countries_of_the_meti_list(lists: Path) -> None:
    entries = json.loads((lists / "jp_meti" / "end_user_list_2025-09.json").read_text(encoding="utf-8"))
    exact = [entry for entry in entries if any(country_code(text) for text in entry["addresses"])]
    found = [entry for entry in entries if any(country_of_address(text) for text in entry["addresses"])]
    assert len(exact) >= 0.95 * len(entries)
    assert len(found) >= 0.98 * len(entries)


@pytest.mark.lists
@pytest.mark.parametrize("column", ["country", "jurisdiction", "nationality"])
def test_knows_nearly_all_countries_of_the_eu_annexes(lists: Path, column: str) -> None:
    with (lists / "eu_oj" / "annexes_2026-08.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = [row[column] for row in csv.DictReader(file) if row[column]]
    assert len([text for text in texts if country_codes(text)]) >= 0.98 * len(texts)
