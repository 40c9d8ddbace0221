# SPDX-License-Identifier: Apache-2.0
"""The words of the Entity List on what they cover and how applications are reviewed are followed, or shown whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from highfence.model.application import Item, Measure
from highfence.model.listing import Listing
from highfence.rules.licence.requirement import listing_policy
from highfence.rules.licence.standing import Standing

MEDICINE = (
    "Case-by-case review for ECCNs 1A004.c, 1A995, and for EAR99 items described in the Note to ECCN 1A995; "
    "case-by-case review for items necessary to detect, identify and treat infectious disease; and presumption of "
    "denial for all other items subject to the EAR."
)
FABS = "Presumption of denial except case-by-case for items not described in ECCN 3B001.a.4, .c, .d; 3B002.c, or 3B994"
NODE = "Presumption of denial for items uniquely required at 10 nanometers and below; Case-by-case basis for all others"


def _policy(words: str, eccn: str, *, node: bool | None = None) -> tuple[str, str]:
    listing = Listing(jurisdiction="us", source="t", list="Entity List", key="k", entity="e", licence_policy=words)
    standing = Standing(subject="p", how="named", entity="e", caption="E", listing=listing)
    item = Item(id="i", description="x", quantity=Measure(value=Decimal(1), unit="kg"), eccn=eccn, advanced_node=node)
    return listing_policy(standing, item)


@pytest.mark.parametrize(
    ("words", "eccn", "begins"),
    [
        (MEDICINE, "1A995", "Case-by-case review for ECCNs"),
        (MEDICINE, "3A001", "and presumption of denial for all other items"),
        (MEDICINE, "", "and presumption of denial"),
        (FABS, "3B001.f", "Presumption of denial except"),
        (FABS, "EAR99", "Presumption of denial except"),
        ("Policy of denial", "EAR99", "Policy of denial"),
        ("See §744.2(d) of the EAR.", "EAR99", "See §744.2(d)"),
    ],
)
def test_the_clause_that_means_the_item_is_taken_and_else_the_strictest(words: str, eccn: str, begins: str) -> None:
    policy, missing = _policy(words, eccn)
    assert policy.startswith(begins)
    assert missing == ""


def test_what_is_uniquely_required_for_a_node_must_be_said() -> None:
    assert _policy(NODE, "3B001", node=True)[0].startswith("Presumption of denial")
    assert _policy(NODE, "3B001", node=False) == ("Case-by-case basis for all others", "")
    policy, missing = _policy(NODE, "3B001")
    assert policy.startswith("Presumption of denial")
    assert "uniquely required" in missing
