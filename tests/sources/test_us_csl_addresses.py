# SPDX-License-Identifier: Apache-2.0
"""The `addresses` column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.country import countries
from highfence.sources.us_csl.addresses import read_addresses


@pytest.mark.parametrize(
    ("printed", "addresses", "codes"),
    [
        ("", (), ()),
        ("RU", (), ("ru",)),
        ("AF; PK", (), ("af", "pk")),
        (
            "1 Lenin St., Moscow, RU; 2 Lenin St., Moscow, RU",
            ("1 Lenin St., Moscow, RU", "2 Lenin St., Moscow, RU"),
            ("ru",),
        ),
        ("Komitas 26, Yerevan, Armenia, AM", ("Komitas 26, Yerevan, Armenia, AM",), ("am",)),
        ("China, CN", (), ("cn",)),
        ("MAN, ISLE OF", (), ("im",)),
        ("REGION: NORTHERN MALI", ("NORTHERN MALI",), ()),
        ("5 A STREET, RENO, NV, 89501", ("5 A STREET, RENO, NV, 89501",), ("us",)),
        ("5 A STREET, PORTSMOUTH, NH, 3801", ("5 A STREET, PORTSMOUTH, NH, 3801",), ("us",)),
        ("Billstrasse 1, Hamburg, Germany", ("Billstrasse 1, Hamburg, Germany",), ("de",)),
        ("c/o Example Co", ("c/o Example Co",), ()),
        ("INMATE NUMBER: 42167-480, FCI EXAMPLE, RENO, NV, 89501", ("FCI EXAMPLE, RENO, NV, 89501",), ("us",)),
    ],
)
def test_addresses_and_their_countries_are_told_apart(
    printed: str, addresses: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    assert read_addresses(printed) == (addresses, codes)


@given(st.text(max_size=80))
def test_any_text_gives_addresses_with_words_and_known_countries(text: str) -> None:
    addresses, codes = read_addresses(text)
    assert all(address.strip() for address in addresses)
    assert set(codes) <= set(countries())
