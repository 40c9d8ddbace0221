# SPDX-License-Identifier: Apache-2.0
"""Expectations: is this file plausibly the list it claims to be?

A feed that breaks half-way must not look like a delisting of thousands of companies. The bounds stand in each list's
source.toml; a breach refuses the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from highfence.errors import ListRefused
from highfence.sources.source import Parsed, Source
from highfence.sources.table import NOT_ROWS

#: Nothing of the list is lost with these: they were never rows, or say again what another row says.
_NO_LOSS = (*NOT_ROWS, "duplicate_key", "removals_withheld")


def check(parsed: Parsed, source: Source, *, held: int, removed: int) -> None:
    """Return if the file keeps every bound of its source.

    `held` is how many entries are held from the last edition, `removed` how many of them this file no longer has.
    Counts of parties are only bounded for a whole edition: an amending act may carry a single one.

    Raises:
        ListRefused: names each breached expectation with the number found and the bound.
    """
    breaches = list(_breaches(parsed, source, held=held, removed=removed))
    if breaches:
        raise ListRefused(
            f"{source.name} breaks what is expected of it: {'; '.join(breaches)}",
            where=source.name,
            advice="Nothing was taken. Compare the file with the publisher's own page; if the publisher did change "
            "the list that much, change the bounds in its source.toml",
        )


def refused_rows(parsed: Parsed) -> int:
    """Return how many rows of the file could not be used; titles, repeated headers and repeated entries are no loss."""
    return sum(1 for problem in parsed.problems if not problem.taken and problem.code not in _NO_LOSS)


def _breaches(parsed: Parsed, source: Source, *, held: int, removed: int) -> Iterator[str]:
    bounds = source.expectations
    if parsed.complete:
        yield from _outside("parties", len(parsed.parties), least=bounds.parties_least, most=bounds.parties_most)
        counts = Counter(party.listing.list for party in parsed.parties)
        for bound in bounds.lists:
            yield from _outside(f"parties on {bound.list}", counts[bound.list], least=bound.least, most=bound.most)
    if held and removed / held > bounds.removed_share_most:
        yield f"{removed:,} of {held:,} entries held would be gone, at most {bounds.removed_share_most:.0%} may be"
    refused = refused_rows(parsed)
    if parsed.rows and refused / parsed.rows > bounds.refused_share_most:
        yield f"{refused:,} of {parsed.rows:,} rows cannot be read, at most {bounds.refused_share_most:.0%} may be"


def _outside(what: str, found: int, *, least: int, most: int) -> Iterator[str]:
    if found < least:
        yield f"{found:,} {what}, at least {least:,} expected"
    elif found > most:
        yield f"{found:,} {what}, at most {most:,} expected"
