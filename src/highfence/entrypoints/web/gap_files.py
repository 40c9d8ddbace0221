# SPDX-License-Identifier: Apache-2.0
"""Gap files: a gap report as CSV for spreadsheets.

Names come from lists and peers, and a spreadsheet runs what looks like a formula: such texts get an apostrophe before
them (OWASP, CSV injection). Numbers and days are the node's own and stay as they are.
"""

from __future__ import annotations

import csv
import io

from highfence.register.view import Gap, GapReport

COLUMNS = (
    "company",
    "name",
    "countries",
    "kind",
    "listed_by",
    "missing_from",
    "programmes",
    "listed",
    "lag_days",
    "possibly",
    "likeness",
    "schema",
)
#: What makes a spreadsheet take a cell for a formula, in both widths, and what would break out of the cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def gaps_csv(report: GapReport) -> str:
    """Return the report as CSV (RFC 4180) with a header line, one line for each gap."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(gap) for gap in report.gaps)
    return text.getvalue()


def neutral(text: str) -> str:
    """Return a text that a spreadsheet takes for a text.

    >>> neutral("=HYPERLINK(1)"), neutral("Acme BV")
    ("'=HYPERLINK(1)", 'Acme BV')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cells(gap: Gap) -> tuple[str, ...]:
    return (
        neutral(gap.company),
        neutral(gap.caption),
        neutral(" ".join(gap.countries)),
        neutral(gap.kind),
        neutral(gap.listed_by),
        neutral(gap.missing_from),
        neutral("; ".join(gap.programmes)),
        gap.listed.isoformat() if gap.listed else "",
        str(gap.lag_days) if gap.lag_days is not None else "",
        neutral(gap.possibly),
        f"{gap.likeness:.4f}" if gap.possibly else "",
        neutral(gap.schema),
    )
