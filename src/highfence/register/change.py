# SPDX-License-Identifier: Apache-2.0
"""Change: what an assertion changed when it came, with itself as the cause.

Pure. What an assertion replaced is compared with it only if the reader may see that too.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from highfence.model.assertion import Assertion
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from highfence.register.view import Held

#: More values than anybody reads of one change; the assertion has all.
VALUES_MOST = 50


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why something changed: the assertion, its kind and originator, and when it was taken here (RFC 3339).

    `refers_to` is what it corrects, withdraws or answers, if that may be seen. `source` and `edition` are the list and
    the day of the edition that this node took it from; empty where it came otherwise.
    """

    assertion: str
    kind: str
    originator: str
    at: str
    refers_to: str = ""
    source: str = ""
    edition: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `what` is one of:

    `listed`, `delisted`, `relisted`, `listing_changed`; `corrected` and `withdrawn` (anything said before); `judged`
    (who is the same); `said` (anything else that is new). `added` and `removed` are values as `property: value`, at
    most `VALUES_MOST` of each, `values` how many there are in all.
    """

    what: str
    company: str
    caption: str
    text: str
    cause: Cause
    marking: Marking
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    values: int = 0


def change(one: Held, before: Held | None, *, cause: Cause, company: str) -> Change:
    """Return what an assertion changed; `before` is the one it replaces, or None if there is none to be seen."""
    claim = one.assertion
    old = before.assertion if before is not None else None
    now, then = _values(claim), _values(old) if old is not None else {}
    if claim.kind == "withdrawal":
        now = {}
    added, removed = sorted(now.keys() - then.keys()), sorted(then.keys() - now.keys())
    entity = claim.entity() or (old.entity() if old is not None else None)
    return Change(
        what=_what(claim, old),
        company=company,
        caption=entity.caption if entity is not None else claim.subject,
        text=_text(claim, old),
        cause=cause,
        marking=claim.marking,
        added=tuple(added[:VALUES_MOST]),
        removed=tuple(removed[:VALUES_MOST]),
        values=len(added) + len(removed),
    )


def _what(claim: Assertion, old: Assertion | None) -> str:
    if claim.kind == "withdrawal":
        return "withdrawn"
    if claim.kind != "correction":
        return {"listing": "listed", "identity": "judged"}.get(claim.kind, "said")
    was, is_now = old.listing if old is not None else None, claim.listing
    if was is None or is_now is None or was == is_now:
        return "corrected"
    if (was.until is None) != (is_now.until is None):
        return "delisted" if was.until is None else "relisted"
    return "listing_changed"


def _text(claim: Assertion, old: Assertion | None) -> str:
    """Return a sentence: the listing or what is said, and for a correction or withdrawal its reason."""
    listing = claim.listing or (old.listing if old is not None and claim.kind == "withdrawal" else None)
    parts = (_placed(listing) if listing is not None else "", claim.text, claim.reason)
    return ". ".join(part.rstrip(".") for part in parts if part)


def _placed(listing: Listing) -> str:
    under = ": ".join(part for part in (listing.list, listing.programme) if part)
    since = f", since {listing.listed}" if listing.listed else ""
    until = f", until {listing.until}" if listing.until else ""
    return f"{listing.jurisdiction.upper()} {under}{since}{until}"


def _values(claim: Assertion) -> Mapping[str, None]:
    """Return what is told as `property: value`; what is told of its kin carries their schema before it."""
    return {
        f"{'' if entity.id == claim.subject else entity.schema + ' '}{prop}: {value}": None
        for entity in claim.entities
        for prop, values in entity.properties.items()
        for value in values
    }
