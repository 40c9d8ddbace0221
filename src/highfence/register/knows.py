# SPDX-License-Identifier: Apache-2.0
"""Knows: the words of the knowledge map: who knows which field, what could be told, what could be asked."""

from __future__ import annotations

import msgspec

from highfence.model.assertion import Assertion
from highfence.model.marking import Marking

#: How an authority comes to know something, the surest first: it said so; it signed that it received it; it was sent;
#: it waits in its feed; another's marking allows it to have it, and whether it has is for that other to know.
HOW = ("said", "received", "sent", "queued", "may_have")
#: Kinds that are offered or asked about, the weightiest first, and how much each weighs.
WEIGHTS = {"denial": 50, "concern": 40, "notification": 30, "sighting": 30, "listing": 20, "facts": 10}
#: What it adds that the other has itself said something of the company, and each field that is new to it.
INTEREST = 5
FIELDS_MOST = 10


class Knower(msgspec.Struct, frozen=True, kw_only=True):
    """An authority that knows a field, and `how` (one of `HOW`)."""

    authority: str
    how: str


class KnownField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a company: a property, `listing`, or the kind of what is said in a sentence.

    `missing` are the authorities that do not know it, as far as the reader may see and deliveries tell.
    """

    field: str
    known: tuple[Knower, ...]
    missing: tuple[str, ...]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An own assertion that could be released to a peer under an agreement, if a person decides so.

    `now` says why the peer does not have it. `fields` are those that are new to it. `score` is the weight of the kind
    (`WEIGHTS`), and `INTEREST` if the peer has itself said something of the company, and one for each new field, up to
    `FIELDS_MOST`. `marking` is what it has now. `draft` is what would have to be published: a correction that says the
    same and names the peer too.
    """

    assertion: str
    kind: str
    company: str
    caption: str
    to: str
    agreement: str
    now: str
    fields: tuple[str, ...]
    score: int
    marking: Marking
    draft: Assertion


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A company of which another authority has said something and this one nothing; `draft` is a request to it.

    `kind` is the weightiest that it said, in `assertion`; `others` how many other authorities said anything weighty.
    """

    company: str
    caption: str
    authority: str
    kind: str
    assertion: str
    text: str
    others: int
    score: int
    marking: Marking
    draft: Assertion


class CompanyKnowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Who knows what of a company, what of it could be released to whom, and whom one could ask about it."""

    company: str
    caption: str
    fields: tuple[KnownField, ...]
    offers: tuple[Offer, ...]
    asks: tuple[Ask, ...]
