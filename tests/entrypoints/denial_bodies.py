# SPDX-License-Identifier: Apache-2.0
"""Bodies about denials, as a system hands them in."""

from __future__ import annotations

from typing import Any

LASER: dict[str, Any] = {
    "description": "A fibre laser",
    "eu_code": "6A005.b.6",
    "parameters": [
        {"name": "wavelength", "value": "1064", "unit": "nm"},
        {"name": "output power", "value": "20", "unit": "W"},
    ],
    "quantity": {"value": "2", "unit": "pieces"},
}
BUYER = {"name": "Orlanka Photonics Institute", "roles": ["end user"], "country": "cn"}
AGENT = {"name": "Brightwater Harbour Forwarding", "roles": ["consignee"], "country": "hk"}


def marked(*readers: str, **changes: Any) -> dict[str, Any]:
    """Return a marking that releases to the given authorities."""
    marking = {
        "tlp": "AMBER",
        "classification": "RESTRICTED",
        "releasable_to": list(readers),
        "disclosure": "release",
        "pap": "AMBER",
        "reliability": "A",
        "credibility": 1,
    }
    return marking | changes


def entry(*readers: str, **changes: Any) -> dict[str, Any]:
    """Return a denial to be entered."""
    told = {
        "items": [LASER],
        "parties": [BUYER, AGENT],
        "destination": "cn",
        "regime": "eu",
        "reason": "military end use",
        "denied": "2026-11-20",
        "reference": "NL-2026-118",
        "contact": "licensing@nl.example",
        "legal_basis": "Regulation (EU) 2021/821, Article 12(3)",
        "marking": marked(*readers),
    }
    return told | changes


def application(**changes: Any) -> dict[str, Any]:
    """Return an application for what `entry` has denied."""
    told = {
        "id": "A-77",
        "exporter": "de",
        "destination": "cn",
        "items": [
            {
                "id": "laser",
                "description": "A fibre laser",
                "eu_code": "6A005.b.6",
                "quantity": {"value": 1, "unit": "pieces"},
                "parameters": [
                    {"name": "wavelength", "value": 1064, "unit": "nm"},
                    {"name": "output power", "value": 20.5, "unit": "W"},
                ],
            }
        ],
        "parties": [{"id": "buyer", "name": BUYER["name"], "role": "end user", "country": "cn"}],
        "end_use": "research",
    }
    return told | changes
