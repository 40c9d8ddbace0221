# SPDX-License-Identifier: Apache-2.0
"""Application: what an exporter wants to ship to whom, for what, and what is known of the parties.

What nobody has stated is None, which is neither yes nor no: an answer that rests on it is "cannot tell".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from highfence.model.interest import UNKNOWN_SHARE, Control, Interest, Share
from highfence.model.listing import Listing

#: What a party does in a transaction.
ROLES = ("consignee", "intermediate consignee", "end user", "purchaser", "forwarder", "bank", "recipient")
#: Under what an authority has told the exporter that a licence is needed.
INFORMED = ("article-4", "article-5", "article-9", "article-10", "744")


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its unit; the unit of a bare number is `1`."""

    value: Decimal
    unit: str


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A technical characteristic of an item."""

    name: str
    value: Decimal
    unit: str


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What is shipped. `eccn` may be EAR99, `eu_code` and `hs` say where it stands, each with its paragraph if known.

    `origin` is where it was made; `us_content` the share of controlled American content in percent; `us_technology`
    tells whether it is the direct product of American technology; `advanced_node` whether it is uniquely required to
    make chips at 10 nm and below; `military` whether it is made for military use.
    """

    id: str
    description: str
    quantity: Measure
    eccn: str = ""
    eu_code: str = ""
    national_codes: tuple[str, ...] = ()
    hs: str = ""
    parameters: tuple[Parameter, ...] = ()
    value: Money | None = None
    origin: str = ""
    us_content: Decimal | None = None
    us_technology: bool | None = None
    advanced_node: bool | None = None
    military: bool | None = None


class OwnerStated(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns a party, as stated; an owner may have owners of its own."""

    id: str
    name: str
    country: str = ""
    share: Share = UNKNOWN_SHARE
    control: Control = Control.NO
    identifiers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    owners: tuple[OwnerStated, ...] = ()


class ShipmentParty(msgspec.Struct, frozen=True, kw_only=True):
    """A party to a transaction. `judged` says of listed entities, by id, whether a person found them to be the same.

    `incorporated` is when it was founded, `trading_since` when it began to buy, `changed` when its name or its owners
    changed last; `nationalities` are those of a person who is given technology.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    country: str
    addresses: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    incorporated: date | None = None
    trading_since: date | None = None
    changed: date | None = None
    nationalities: tuple[str, ...] = ()
    owners: tuple[OwnerStated, ...] = ()
    judged: dict[str, bool] = msgspec.field(default_factory=dict)


class EndUse(msgspec.Struct, frozen=True, kw_only=True):
    """What it is for, in words and as answers to the questions that rules ask; `informed` as in `INFORMED`."""

    text: str = ""
    military: bool | None = None
    military_parts: bool | None = None
    weapons_of_mass_destruction: bool | None = None
    cyber_surveillance: bool | None = None
    advanced_chips: bool | None = None
    informed: tuple[str, ...] = ()


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction to be judged on a day. Countries are alpha-2 codes in lower case."""

    id: str
    exporter: str
    destination: str
    items: tuple[Item, ...]
    parties: tuple[ShipmentParty, ...]
    end_use: EndUse
    on: date

    def subjects(self) -> Iterator[Subject]:
        """Yield everybody who is to be looked for: the parties, and whoever is said to own them."""
        for party in self.parties:
            yield Subject(
                id=party.id,
                name=party.name,
                country=party.country,
                addresses=party.addresses,
                identifiers=party.identifiers,
            )
            yield from _owners(party.owners)

    def interests(self) -> Iterator[Interest]:
        """Yield who holds what in whom, as stated."""
        for party in self.parties:
            yield from _held(party.id, party.owners)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be looked for on lists."""

    id: str
    name: str
    country: str = ""
    addresses: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """That a subject may be a listed entity: how likely (0..1), and whether that is beyond doubt.

    `address_only` tells that nothing but an address is shared, which is never the same as being the party.
    """

    entity: str
    caption: str
    score: float
    sure: bool = False
    address_only: bool = False
    why: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the application: whom subjects are like, how entities are listed, who holds what in whom.

    `likenesses` goes by the subject's id, `listings` and `names` by the entity's. Ends of `interests` are entities.
    `unscreened` says of subjects that could not be looked for why not; that nobody is like them then means nothing.
    """

    likenesses: dict[str, tuple[Likeness, ...]] = msgspec.field(default_factory=dict)
    listings: dict[str, tuple[Listing, ...]] = msgspec.field(default_factory=dict)
    interests: tuple[Interest, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)
    unscreened: dict[str, str] = msgspec.field(default_factory=dict)


def _owners(owners: tuple[OwnerStated, ...]) -> Iterator[Subject]:
    for one in owners:
        yield Subject(id=one.id, name=one.name, country=one.country, identifiers=one.identifiers)
        yield from _owners(one.owners)


def _held(owned: str, owners: tuple[OwnerStated, ...]) -> Iterator[Interest]:
    for one in owners:
        yield Interest(
            owner=one.id,
            owned=owned,
            share=one.share,
            control=one.control,
            since=one.since,
            until=one.until,
            place="the application",
        )
        yield from _held(one.id, one.owners)
