# SPDX-License-Identifier: Apache-2.0
"""A listing counts under those ownership rules whose law names its list."""

from __future__ import annotations

from datetime import date

import pytest

from highfence.model.listing import Listing
from highfence.rules.ownership import RULES
from highfence.rules.ownership.listings import lines, listed_as, rules_of

TODAY = date(2026, 11, 24)


def listing(jurisdiction: str, name: str, **changes: object) -> Listing:
    fields = {"source": "s", "key": "k", "entity": "e", **changes}
    return Listing(jurisdiction=jurisdiction, list=name, **fields)


@pytest.mark.parametrize(
    ("one", "rules"),
    [
        (listing("us", "Entity List"), ("us-bis",)),
        (listing("us", "Military End User List"), ("us-bis",)),
        (listing("us", "Specially Designated Nationals List", programme="GLOMAG"), ("us-ofac",)),
        (listing("us", "Specially Designated Nationals List", programme="SDGT; IFSR"), ("us-ofac", "us-bis")),
        (listing("us", "Specially Designated Nationals List", programme="SDGTX"), ("us-ofac",)),
        (listing("us", "Unverified List"), ()),
        (listing("us", "Chinese military companies (Section 1260H)"), ()),
        (listing("eu", "Regulation (EU) 269/2014, Annex I", measure="Asset freeze"), ("eu",)),
        (listing("eu", "Regulation (EU) 833/2014, Annex IV", measure="Export control"), ()),
        (listing("uk", "UK Sanctions List"), ("uk",)),
        (listing("jp", "Entity List"), ()),
    ],
)
def test_a_listing_counts_where_the_law_names_its_list(one, rules):
    assert rules_of(one) == rules


def test_every_line_names_a_rule_there_is():
    assert {line.rule for line in lines()} == set(RULES)


def test_what_has_ended_does_not_count_and_policies_are_put_together():
    found = listed_as(
        "p",
        [
            listing("us", "Entity List", licence_policy="Case-by-case"),
            listing("us", "Military End User List", licence_policy="Presumption of denial"),
            listing("uk", "UK Sanctions List", until=date(2026, 1, 1)),
        ],
        TODAY,
    )
    assert [(one.id, one.rules, one.policy) for one in found] == [
        ("p", ("us-bis",), "Case-by-case; Presumption of denial")
    ]
