# SPDX-License-Identifier: Apache-2.0
"""Addresses: the `addresses` column, `street, city, CC; street, city, CC`, or country codes alone."""

from __future__ import annotations

import re
from functools import lru_cache

from highfence.model.country import country_code, country_of_address

#: American addresses of the Denied Persons List often end with state and ZIP code instead of a country; some ZIP codes
#: have lost their leading zero.
_STATE_AND_ZIP = re.compile(
    r",\s*(?:A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT"
    r"|V[AIT]|W[AIVY])[,\s]+\d{4,6}(?:-\d{4})?$"
)
#: A prisoner's number says nothing a check of companies needs.
_PRISONER = re.compile(
    r"(?:\b\w*MATE|\bREGISTER|\bREG\.?|\bUSM)\s+(?:NUMBER|NO\.?)\s*:?\s*[\d-]+\s*,?\s*", re.IGNORECASE
)


def read_addresses(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses and the alpha-2 codes, in lower case, of the countries they lie in; each once, in order.

    Where only a country is printed there is a code and no address. A region that is no country stays an address.
    """
    addresses: dict[str, None] = {}
    countries: dict[str, None] = {}
    for printed in text.split("; "):
        address = " ".join(_PRISONER.sub("", printed).removeprefix("REGION:").split()).strip(" ,;")
        street, code = _parted(address)
        if code:
            countries[code] = None
        if street:
            addresses[address] = None
    return tuple(addresses), tuple(countries)


@lru_cache(maxsize=16384)
def _parted(address: str) -> tuple[str, str]:
    """Return what stands before the country, and the country's code; either may be empty."""
    if code := _alone(address):
        return "", code
    street, _, last = address.rpartition(", ")
    # A bare two-letter code is upper case in this list; "Co" and "De" are not Colombia and Germany.
    code = country_code(last) if len(last) == 2 and last.isupper() else ""
    if not code:
        return address, "us" if _STATE_AND_ZIP.search(address) else country_of_address(address)
    return ("" if _alone(street) == code else street), code


@lru_cache(maxsize=4096)
def _alone(text: str) -> str:
    """Return the code of a country that is all the text says, also the other way round: `MAN, ISLE OF`."""
    if len(text) == 2 and not text.isupper():
        return ""
    last, comma, first = text.partition(", ")
    return country_code(text) or (country_code(f"{first} {last}") if comma else "")
