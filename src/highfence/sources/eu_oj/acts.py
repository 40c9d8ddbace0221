# SPDX-License-Identifier: Apache-2.0
"""Acts: what a CELEX number calls an act, and where it can be read."""

from __future__ import annotations

import re

#: Sector 3 (legislation), year, R for regulation, number (EUR-Lex, "How CELEX numbers are composed").
_REGULATION = re.compile(r"3(?P<year>\d{4})R(?P<number>\d{4})")
#: Since 2015 acts are numbered year first (EUR-Lex, "Numbering of documents").
_YEAR_FIRST_SINCE = 2015
#: The Lisbon Treaty took effect on 1 December 2009; acts of that year with a number above this are the Union's.
_LAST_OF_THE_COMMUNITY = (2009, 1250)


def act_name(celex: str) -> str:
    """Return the act's name as it is cited; the CELEX number itself for what is not a regulation.

    >>> act_name("32014R0833"), act_name("32017R1509"), act_name("32002R0881")
    ('Regulation (EU) 833/2014', 'Regulation (EU) 2017/1509', 'Regulation (EC) 881/2002')
    """
    found = _REGULATION.fullmatch(celex)
    if found is None:
        return celex
    year, number = int(found["year"]), int(found["number"])
    body = "EU" if (year, number) > _LAST_OF_THE_COMMUNITY else "EC"
    return (
        f"Regulation ({body}) {year}/{number}" if year >= _YEAR_FIRST_SINCE else f"Regulation ({body}) {number}/{year}"
    )


def act_url(celex: str) -> str:
    """Return the act's address on EUR-Lex; empty if the text is not a CELEX number."""
    if not re.fullmatch(r"[0-9A-Z()]{8,20}", celex):
        return ""
    return f"https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{celex}"
