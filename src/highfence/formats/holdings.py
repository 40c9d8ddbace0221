# SPDX-License-Identifier: Apache-2.0
"""Holdings: what a file says of who owns whom and who is listed, and what of it was not taken.

What is sound is taken. What is not is refused and listed with its place, and never guessed: a share of 150 is neither
100 nor 15. That somebody holds something is sound where the two are named, whatever is odd about the rest: it is then
kept with nothing known of it, so that no refusal can turn into a "no" (`doubtful`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec
import numpy as np

from highfence.errors import InvalidInput
from highfence.model.interest import PERCENT, UNKNOWN_SHARE, WHOLE, Control, Interest, Listed, Share, between
from highfence.model.interests import Interests

#: Words for a share of which nothing is known.
UNKNOWN_WORDS = ("unknown", "?")
_DIGITS_AFTER_POINT = 9


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong at a place; `taken` tells whether what stands there is used all the same."""

    place: str
    what: str
    advice: str = ""
    taken: bool = False

    def __str__(self) -> str:
        advice = f". {self.advice}" if self.advice else ""
        return f"{self.place}: {self.what}{' (used all the same)' if self.taken else ''}{advice}"


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Interests and listed parties, what is wrong or should be known, and where interests in a party were refused.

    `faults` are things wrong, `notes` things that a careful reader wants to know and that are no fault.
    """

    interests: Interests
    listed: tuple[Listed, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    refused: dict[str, tuple[str, ...]] = {}


def read_share(share: str, *, least: str = "", most: str = "") -> Share | None:
    """Read a share in percent, or its two bounds; a missing bound is 0 or 100, `unknown` is both, nothing is None.

    >>> str(read_share("33.3%")), str(read_share("", least="25"))
    ('33.3 %', '25 to 100 %')

    Raises:
        InvalidInput: it is no number, negative, over 100, or the bounds are reversed or stand beside a share.
    """
    if not (share or least or most):
        return None
    if share and (least or most):
        raise InvalidInput("there are a share and bounds", where="share", advice="Give one or the other")
    if share.casefold() in UNKNOWN_WORDS:
        return Share(0, WHOLE)
    if (units := _plain(share)) is not None:
        return Share(units, units)
    if share:
        return between(_number(share), _number(share))
    return between(_number(least or "0"), _number(most or "100"))


def read_day(text: str) -> date | None:
    """Read a day as ISO 8601 writes it, None if there is none.

    Raises:
        InvalidInput: it is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no day", where="date", advice="Write it like 2026-11-24") from error


def doubtful(owner: str, owned: str, place: str) -> Interest | None:
    """Return the interest of which only the two parties can be taken: any share, any time, perhaps control.

    None if they are not two.
    """
    if not owner or not owned or owner == owned:
        return None
    return Interest(owner=owner, owned=owned, share=UNKNOWN_SHARE, control=Control.MAYBE, place=place)


def check_days(since: date | None, until: date | None) -> None:
    """Check that an interest does not end before it begins; raises InvalidInput if it does."""
    if since is not None and until is not None and until < since:
        raise InvalidInput(f"it ends on {until} before it begins on {since}", where="date", advice="Mend the dates")


def without_repeats(interests: Interests, *, one_fact: bool = False) -> tuple[Interests, tuple[Fault, ...]]:
    """Leave out interests that say word for word what another one says, so that no share surely counts twice.

    It may yet be two lots: what is kept can be as much as all of them, unless each is known to tell `one_fact`.
    """
    if not len(interests):
        return interests, ()
    pair = interests.owner.astype(np.int64) << 32 | interests.owned
    ordered = np.sort(pair)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return interests, ()
    faults: list[Fault] = []
    seen: dict[tuple[int, ...], int] = {}
    kept = np.ones(len(interests), dtype=np.bool_)
    high = interests.high.copy()
    for row in np.flatnonzero(np.isin(pair, twice)).tolist():
        said = (
            int(pair[row]),
            int(interests.low[row]),
            int(interests.high[row]),
            int(interests.control[row]),
            int(interests.since[row]),
            int(interests.until[row]),
        )
        if (first := seen.setdefault(said, row)) != row:
            kept[row] = False
            if not one_fact:
                high[first] = min(WHOLE, int(high[first]) + int(interests.high[row]))
            surely = "" if one_fact else " for certain, and may be another lot"
            what = f"the same interest stands at {interests.place_of(first)} already; it counts once{surely}"
            faults.append(Fault(place=interests.place_of(row), what=what))
    return (msgspec.structs.replace(interests, high=high).only(kept) if faults else interests), tuple(faults)


def unheld(interests: Interests, listed: tuple[tuple[Listed, str], ...]) -> tuple[Fault, ...]:
    """Return a note for each listed party, given with its place, that no interest names: perhaps it is misspelt."""
    known = np.zeros(len(interests.ids), dtype=np.bool_)
    known[interests.owner] = known[interests.owned] = True
    return tuple(
        Fault(place=place, what=f"the listed party {one.id[:80]!r} stands in no interest", taken=True)
        for one, place in listed
        if not known[interests.index[one.id]]
    )


def _plain(text: str) -> int | None:
    """Return the units of a plain number up to 100, the usual case; None leaves it to the exact way."""
    whole, _, rest = text.partition(".")
    if whole.isascii() and whole.isdigit() and len(whole) <= 3 and len(rest) <= _DIGITS_AFTER_POINT:
        if not rest:
            units = int(whole) * PERCENT
        elif rest.isascii() and rest.isdigit():
            units = int(whole) * PERCENT + int(rest.ljust(_DIGITS_AFTER_POINT, "0"))
        else:
            return None
        return units if units <= WHOLE else None
    return None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.removesuffix("%").strip())
    except InvalidOperation as error:
        advice = "Write a number of percents such as 33.3, or unknown"
        raise InvalidInput(f"{text[:40]!r} is no share", where="share", advice=advice) from error
