# SPDX-License-Identifier: Apache-2.0
"""Small control lists as files, in the form of their publishers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CCL: dict[str, Any] = {
    "citation": "15 C.F.R. Part 774 (Commerce Control List)",
    "ecfrIssueDate": "2026-07-23",
    "entries": [
        {
            "eccn": "3B001",
            "category": "3",
            "heading": "Equipment for the manufacturing of semiconductor devices",
            "reasonForControl": "NS, AT",
            "countryChart": [{"control": "NS applies to entire entry", "countryChart": "NS Column 2."}],
            "licenceExceptionFlags": {"LVS": "$500"},
            "items": [
                {"paragraph": "f", "depth": 1, "text": "Lithography equipment"},
                {"paragraph": "f.1", "depth": 2, "text": "Extreme Ultraviolet steppers"},
                {"paragraph": None, "depth": 0, "text": "A note"},
            ],
        },
        {
            "eccn": "2B001",
            "category": "2",
            "heading": "Machine tools",
            "reasonForControl": "NS",
            "countryChart": [{"control": "NS applies to entire entry", "countryChart": "NS Column 2."}],
            "items": [{"paragraph": "b", "depth": 1, "text": "Milling having five or more axes"}],
        },
    ],
}
CHART: dict[str, Any] = {
    "citation": "15 C.F.R. Part 738 (Commerce Country Chart)",
    "ecfrIssueDate": "2026-07-23",
    "columns": ["NS 2"],
    "countries": {"China": {"marks": ["NS 2"]}, "Gambia, The": {"marks": []}, "Canada": {"marks": []}},
    "embargoed": {"Korea, North": {"pointer": "746.4"}},
    "territoryInheritance": {"hong kong": {"row": "China"}},
}
GROUPS: dict[str, Any] = {
    "citation": "15 C.F.R. Part 740 (Country Groups)",
    "ecfrIssueDate": "2026-07-23",
    "labels": {"D:5": "Arms embargo"},
    "groups": {"D:5": ["China (PRC)"]},
}


def _paragraph(pk: int, row: tuple[str, str, str, str]) -> dict[str, Any]:
    path, code, kind, text = row
    fields = {"path": path, "code": code, "note_type": kind, "text": text, "regulation": 1}
    return {
        "model": "regulations.paragraph",
        "pk": pk,
        "fields": {**fields, "date_created": "2022-10-24T14:01:11Z"},
    }


ANNEX: list[dict[str, Any]] = [
    {"model": "regulations.regulation", "pk": 1, "fields": {"code": "3B001", "date_created": "2022-10-24T14:01:11Z"}},
    *(
        _paragraph(pk, row)
        for pk, row in enumerate(
            [
                ("0001", "3B001.", "base", "Equipment<br>for\n   chips"),
                ("00010002", "f.", "base", "Lithography:"),
                ("000100020001", "1.", "base", "Steppers"),
                ("000100020002", "Note:", "Note:", "Note on f"),
            ]
        )
    ),
]
PRIORITY = b"hs6,tier,publication_date\n854231,TIER_1,2024-02-23\n"


def files(**more: bytes) -> dict[str, bytes]:
    """Return the files by name."""
    named = zip(("ccl", "chart", "groups", "annex"), (CCL, CHART, GROUPS, ANNEX), strict=True)
    return {**{f"{name}.json": json.dumps(one).encode() for name, one in named}, "chpl.csv": PRIORITY, **more}


def write_files(folder: Path, **more: bytes) -> Path:
    """Write the files into a folder."""
    folder.mkdir(exist_ok=True)
    for name, data in files(**more).items():
        (folder / name).write_bytes(data)
    return folder
