# SPDX-License-Identifier: Apache-2.0
"""What the register shows: profiles, gaps and hits, already cut down to what one reader may see."""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.model.assertion import Assertion
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from highfence.model.statement import Statement


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An assertion as a node holds it: its id, the claim, when it was taken (RFC 3339) and what became of it.

    `position` is its place in the journal, for this node's own use: it is never told to a reader, whom it would tell
    how much lies between two assertions that the reader may not see. `superseded_by` is the id of the correction or
    withdrawal that replaced it, or empty while it stands. `likenesses` are the keys by which the engine joins what it
    says with what others say.
    """

    id: str
    assertion: Assertion
    received: str
    position: int = 0
    superseded_by: str = ""
    likenesses: tuple[str, ...] = ()


class MarkedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement and the marking of the assertion it stands in."""

    statement: Statement
    marking: Marking


class MarkedListing(msgspec.Struct, frozen=True, kw_only=True):
    """A listing, who told it, in which assertion, under which marking."""

    listing: Listing
    assertion: str
    originator: str
    marking: Marking


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence somebody said of the company: a concern, a denial, a comment."""

    kind: str
    text: str
    assertion: str
    originator: str
    issued: str
    legal_basis: str
    marking: Marking
    refers_to: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A step in the company's history here: an assertion arriving, corrected or withdrawn, with its reason."""

    at: str
    kind: str
    assertion: str
    originator: str
    text: str
    refers_to: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """All that one reader may see of a company.

    `company` is the register's id of it, `entities` the ids its sources use. `listed_by` holds jurisdictions, with
    `not_listed_by` the authorities' jurisdictions known to this node that do not list it. `known_to` tells, per
    authority, of how many assertions it is the originator. `marking` is the combination of all that is shown.
    `as_of` is the instant (RFC 3339) of which it tells what was known; empty in a profile of the present.
    """

    company: str
    caption: str
    schema: str
    countries: tuple[str, ...]
    entities: tuple[str, ...]
    statements: tuple[MarkedStatement, ...]
    listings: tuple[MarkedListing, ...]
    claims: tuple[Claim, ...]
    history: tuple[Event, ...]
    listed_by: tuple[str, ...]
    not_listed_by: tuple[str, ...]
    known_to: dict[str, int]
    marking: Marking
    as_of: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A company found by name or identifier; `found_by` is the name that led there, if it is not the caption."""

    company: str
    caption: str
    schema: str
    countries: tuple[str, ...]
    listed_by: tuple[str, ...]
    found_by: str = ""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A company one jurisdiction lists and the other does not, or later; `lag_days` is set when both have dates.

    `kind` is `only` (listed by `listed_by` and not by `missing_from`), `both`, with `lag_days` = days the second was
    behind the first (negative when `missing_from` was first). `possibly` is the company, listed by `missing_from`, that
    may be the same and waits for a person's judgement, `likeness` (0..1) how likely: then it may be no gap at all.
    `schema` is what it is: a `Vessel` changes its name, so where a list gives no number of it, the gap is unproven.
    """

    company: str
    caption: str
    countries: tuple[str, ...]
    kind: str
    listed_by: str
    missing_from: str
    programmes: tuple[str, ...]
    listed: date | None
    lag_days: int | None = None
    possibly: str = ""
    likeness: float = 0.0
    schema: str = ""


class GapReport(msgspec.Struct, frozen=True, kw_only=True):
    """The gaps between two jurisdictions with their totals. `median_lag_days` is None without dated pairs.

    `doubtful` counts those gaps of one side only that may be none, because a listing of the other may be the same.
    """

    left: str
    right: str
    only_left: int
    only_right: int
    both: int
    median_lag_days: float | None
    gaps: tuple[Gap, ...]
    doubtful: int = 0


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the live feed: what came, from whom, about which company, under which marking."""

    position: int
    id: str
    originator: str
    kind: str
    company: str
    caption: str
    text: str
    received: str
    marking: Marking
    superseded: bool = False
