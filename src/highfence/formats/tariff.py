# SPDX-License-Identifier: Apache-2.0
"""Tariff: the Common High Priority List and the Harmonised System as CSV, read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from highfence.errors import InvalidDocument
from highfence.model.control import ControlLists, Edition

#: The Harmonised System's nomenclature is of 2022; the file does not say so itself.
_HS_SINCE = date(2022, 1, 1)
_TIERS = {"TIER_1": "1", "TIER_2": "2", "TIER_3_A": "3.A", "TIER_3_B": "3.B", "TIER_4_A": "4.A", "TIER_4_B": "4.B"}


def read_priority(data: bytes) -> ControlLists:
    """Read the Common High Priority List: `hs6`, `tier`, `publication_date`.

    Raises:
        InvalidDocument: a column is missing, or a row has no HS-6 code, tier or day; says which line.
    """
    tiers: dict[str, str] = {}
    published = date.min
    for line, row in _rows(data, ("hs6", "tier", "publication_date"), what="Common High Priority List"):
        code, tier = row["hs6"].strip(), _TIERS.get(row["tier"].strip())
        try:
            day = date.fromisoformat(row["publication_date"].strip())
        except ValueError:
            day = None
        if len(code) != 6 or not code.isdigit() or tier is None or day is None:
            raise InvalidDocument(
                "the row has no HS-6 code, tier and day", where=f"line {line}", advice="Write 854231,TIER_1,2024-02-23"
            )
        tiers[code] = tier
        published = max(published, day)
    edition = Edition(
        name="high-priority-list",
        as_of=published,
        rows=len(tiers),
        citation="Common High Priority List of Australia, Canada, the European Union, Japan, New Zealand, the United "
        "Kingdom and the United States",
    )
    return ControlLists(editions=(edition,), priority=tiers)


def read_hs(data: bytes) -> ControlLists:
    """Read the Harmonised System: `hscode`, `description`; codes of two, four and six digits."""
    words = {
        row["hscode"].strip(): row["description"].strip()
        for _, row in _rows(data, ("hscode", "description"), what="Harmonised System")
        if row["hscode"].strip().isdigit()
    }
    edition = Edition(
        name="harmonized-system", as_of=_HS_SINCE, rows=len(words), citation="Harmonised System, nomenclature of 2022"
    )
    return ControlLists(editions=(edition,), hs=words)


def _rows(data: bytes, columns: tuple[str, ...], *, what: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument(f"the {what} is not UTF-8", where=what, advice="Save it in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidDocument(
            f"the column {missing[0]!r} is missing", where=what, advice=f"Give the columns {', '.join(columns)}"
        )
    rows = 0
    for row in reader:
        rows += 1
        yield reader.line_num, {name: row[name] or "" for name in columns}
    if not rows:
        raise InvalidDocument("there is no row below the headings", where=what, advice="Check the file")
