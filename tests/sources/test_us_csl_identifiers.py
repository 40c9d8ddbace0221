# SPDX-License-Identifier: Apache-2.0
"""The `ids` column."""

from __future__ import annotations

import pytest

from highfence.sources.us_csl.identifiers import read_identifiers


@pytest.mark.parametrize(
    ("printed", "prop", "value"),
    [
        ("Unified Social Credit Code (USCC), 9111000071093019X7, CN", "uscCode", "9111000071093019X7"),
        ("Unified Social Credit Code (USCC), 9111000071093019X8, CN", "registrationNumber", "9111000071093019X8"),
        ("Registration ID, 1027739609391, RU", "ogrnCode", "1027739609391"),
        ("Registration ID, 1027739609391, KZ", "registrationNumber", "1027739609391"),
        ("Registration ID, CHE-101, CH", "registrationNumber", "CHE-101"),
        ("Tax ID No., 7702070139, RU", "innCode", "7702070139"),
        ("Tax ID No., 7702070138, RU", "taxNumber", "7702070138"),
        ("Government Gazette Number, 00032520, RU", "okpoCode", "00032520"),
        ("Legal Entity Number, 253400V1H6ART1UQ0N98, RU", "leiCode", "253400V1H6ART1UQ0N98"),
        ("SWIFT/BIC, VTBRRUMM", "swiftBic", "VTBRRUMM"),
        ("UK Company Number, 01126618, GB", "registrationNumber", "01126618"),
        ("US FEIN, 95-4227517", "taxNumber", "95-4227517"),
        ("Website, www.example.org", "website", "http://www.example.org"),
        ("Website, https://example.org", "website", "https://example.org"),
        ("Email Address, Info@Example.org", "email", "info@example.org"),
        ("Organization Established Date, 17 Oct 1990", "incorporationDate", "1990-10-17"),
        ("Target Type, Financial Institution", "sector", "Financial Institution"),
    ],
)
def test_each_label_goes_to_its_property(printed: str, prop: str, value: str) -> None:
    assert read_identifiers(printed).properties == {prop: [value]}


def test_several_values_of_one_label_are_all_kept() -> None:
    assert read_identifiers("Equity Ticker, A US; Equity Ticker, B HK").properties == {"ticker": ["A US", "B HK"]}


@pytest.mark.parametrize("label", ["SSN", "Driver's License No.", "Electoral Registry No.", "VisaNumberID"])
def test_numbers_of_persons_that_nothing_needs_are_not_taken(label: str) -> None:
    found = read_identifiers(f"{label}, 123-45-6789, US")
    assert found.properties == {}
    assert found.unknown == ()


def test_effects_of_the_listing_are_kept_apart_from_the_party() -> None:
    found = read_identifiers(
        "Executive Order 13662 Directive Determination -, Subject to Directive 1; "
        "Executive Order 14024 Directive Information -, For more information please visit http://example.org; "
        "Additional Sanctions Information -, Subject to Secondary Sanctions; "
        "CAATSA Section 235 Information:, EXPORT SANCTIONS Sec. 235(a)(2); "
        "Secondary sanctions risk:, 31 CFR 589.201"
    )
    assert found.properties == {}
    assert found.effects == (
        "subject to Directive 1",
        "subject to secondary sanctions",
        "EXPORT SANCTIONS Sec. 235(a)(2)",
        "secondary sanctions risk: 31 CFR 589.201",
    )


def test_listing_dates_are_the_listings_and_other_dates_nobodys() -> None:
    found = read_identifiers("Listing Date (CMIC), 2021-06-03; Effective Date (CMIC), 2021-08-02")
    assert found.listed == ("2021-06-03",)
    assert found.properties == {}
    assert found.unknown == ()


def test_a_label_nobody_knows_is_named_and_its_value_left_out() -> None:
    found = read_identifiers("Galactic Number, 42; Galactic Number, 43")
    assert found.properties == {}
    assert found.unknown == ("galactic number",)
