# SPDX-License-Identifier: Apache-2.0
"""Parse: the consolidated list from XML to listings.

`document` reads the bytes, `party` turns one element into entities; here the listings are made and kept apart.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from highfence.model.listing import Listing
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.un_sc.document import day, read_document, text_of
from highfence.sources.un_sc.party import Reading, read_party

LIST = "UN Security Council Consolidated List"
#: What `UN_LIST_TYPE` says -> the resolution that set up the regime, as the committees' own pages name it.
RESOLUTIONS = {
    "Al-Qaida": "Resolutions 1267 (1999), 1989 (2011) and 2253 (2015)",
    "CAR": "Resolution 2745 (2024)",
    "DPRK": "Resolution 1718 (2006)",
    "DRC": "Resolution 1533 (2004)",
    "GB": "Resolution 2048 (2012)",
    "Haiti": "Resolution 2653 (2022)",
    "Iran": "Resolution 1737 (2006)",
    "Iraq": "Resolution 1518 (2003)",
    "Libya": "Resolution 1970 (2011)",
    "Somalia": "Resolution 2713 (2023)",
    "SouthSudan": "Resolution 2206 (2015)",
    "Sudan": "Resolution 1591 (2005)",
    "Taliban": "Resolution 1988 (2011)",
    "Yemen": "Resolution 2140 (2014)",
}


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read a whole edition of the list.

    Problem codes: `no_name`, `no_key` and `duplicate_key` (not taken); `unknown_country`, `unknown_quality`,
    `unknown_document`, `unknown_programme` and `bad_date` (taken).

    Raises:
        ListRefused: the XML is not well-formed (says line and column), declares a document type, is another
            document, lacks one of its two sections, or is larger than any edition can be.
    """
    elements = read_document(data)
    parties: dict[str, ListedParty] = {}
    problems: list[Problem] = []
    for element in told(elements, progress):
        reading = Reading(line=element.sourceline or 0)
        _take(element, reading, parties=parties)
        problems.extend(reading.problems)
    return Parsed(parties=tuple(parties.values()), problems=tuple(problems), rows=len(elements))


def key_of(element: etree._Element) -> str:
    """Return the key of an entry: its permanent reference number, else its data id; empty if it has neither.

    The data id alone would not do: between the editions of April and November 2025 six entries kept their reference
    number and were given another data id.
    """
    if reference := text_of(element, "REFERENCE_NUMBER"):
        return "".join(reference.split())
    number = text_of(element, "DATAID")
    return f"dataid-{number}" if number else ""


def _take(element: etree._Element, reading: Reading, *, parties: dict[str, ListedParty]) -> None:
    key = key_of(element)
    if not key:
        reading.report("no_key", "the entry has neither reference number nor data id", taken=False)
        return
    if key in parties:
        reading.report("duplicate_key", f"{key[:40]} came before; the first is kept", taken=False)
        return
    entities = read_party(element, reading, identity=f"un-{key.casefold()}")
    if entities is None:
        reading.report("no_name", f"{key[:40]} names nobody", taken=False)
        return
    programme = text_of(element, "UN_LIST_TYPE")
    if programme not in RESOLUTIONS:
        reading.report("unknown_programme", f"the regime {programme[:40]!r} is not known; kept as it is")
    listing = Listing(
        jurisdiction="un",
        source="un_sc",
        list=LIST,
        key=key,
        entity=entities[0].id,
        programme=programme,
        # Persons' measures differ within a regime and the file does not tell them; entities' assets are frozen in all.
        measure="Asset freeze" if element.tag == "ENTITY" else "",
        listed=_day(element, "LISTED_ON", reading=reading),
        until=_day(element, "DELISTED_ON", reading=reading),
        reference=RESOLUTIONS.get(programme, ""),
        reason=text_of(element, "COMMENTS1"),
    )
    parties[key] = ListedParty(listing=listing, entities=entities)


def _day(element: etree._Element, tag: str, *, reading: Reading) -> date | None:
    text = text_of(element, tag)
    found = day(text)
    if text and found is None:
        reading.report("bad_date", f"{tag} {text[:30]!r} is not a day; left out")
    return found
