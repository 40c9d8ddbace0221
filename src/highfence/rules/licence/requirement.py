# SPDX-License-Identifier: Apache-2.0
"""Requirement: what an entry of the Entity List asks a licence for, and how applications are reviewed, in its words."""

from __future__ import annotations

import re

from highfence.model.application import Item
from highfence.model.listing import Listing
from highfence.rules.licence.answer import policy_rank, strictest
from highfence.rules.licence.case import Case
from highfence.rules.licence.judged import Judged, unknown, yes
from highfence.rules.licence.standing import Standing
from highfence.rules.scope.yard import covers

_ALL = re.compile(r"^(?:for )?all items subject to the ear\b", re.IGNORECASE)
_NARROWED = re.compile(r"when used|except|other than|apart from|unless", re.IGNORECASE)
_CCL = re.compile(r"items (?:listed )?on the (?:ccl|commerce control list)", re.IGNORECASE)
_CODE = re.compile(r"\b\d[A-E]\d{3}(?:\.[a-z0-9]+)*")
_NODE = re.compile(r"10 (?:nanometers|nm)|advanced technology nodes", re.IGNORECASE)
_POLICY = re.compile(r"denial|cas[ea][- ]by[- ]case|approval", re.IGNORECASE)
_OTHERS = re.compile(r"all other items|all others", re.IGNORECASE)


def listing_covers(case: Case, listing: Listing, item: Item) -> Judged:
    """Tell whether a listing's words ask a licence for an item."""
    words = " ".join(listing.licence_requirement.split())
    if not words:
        return yes("the copy of the list does not print the requirement; it counts for all items subject to the EAR")
    if _ALL.match(words) and not _NARROWED.search(words):
        return yes(f"the entry says: {words}")
    if _CCL.search(words) and "supplement" not in words.casefold():
        return case.item_is(item, "ccl")
    return unknown(f"whether the entry covers {item.id}: it says “{words[:300]}”")


def listing_policy(standing: Standing, item: Item) -> tuple[str, str]:
    """Return the review policy that a listing's words give for an item, and what would have to be known.

    Words that distinguish are followed where the item tells which of them it is; else the strictest counts.
    """
    words = " ".join((standing.policy or standing.listing.licence_policy).split())
    clauses = _clauses(words)
    if len(clauses) < 2:
        return words, ""
    node = next((one for one in clauses if _NODE.search(one)), None)
    if node is not None:
        others = [one for one in clauses if one is not node]
        if item.advanced_node is None:
            return strictest(clauses), f"whether {item.id} is uniquely required to make chips at 10 nm and below"
        return (node if item.advanced_node else strictest(others)), ""
    for clause in clauses:
        if item.eccn and any(covers(code, item.eccn) for code in _CODE.findall(clause)):
            return clause, ""
    if item.eccn:
        rest = [one for one in clauses if _OTHERS.search(one)]
        if rest:
            return rest[0], ""
    return min(clauses, key=policy_rank), ""


def _clauses(words: str) -> list[str]:
    """Return the parts of a policy that each name a way of review; what names none belongs to the part before it."""
    found: list[str] = []
    for one in re.split(r"(?<=;)|(?<=\.) (?=[A-Z])", words):
        if _POLICY.search(one) or not found:
            found.append(one.strip())
        else:
            found[-1] = f"{found[-1]} {one.strip()}"
    return [one.rstrip(";").strip() for one in found if one.strip(" ;.")]
