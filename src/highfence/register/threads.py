# SPDX-License-Identifier: Apache-2.0
"""Threads: an assertion with the corrections that replaced it one after the other, for one reader on one day.

A reader has a thread if they may see what stands at its end; of what came before they have what they may see. A thread
that ends with a withdrawal, or with what is hidden from them, says nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from highfence.errors import NotFound
from highfence.model.assertion import Assertion
from highfence.register.holding import claim_of
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.storage import journal, threads
from highfence.storage.journal import Stored
from highfence.storage.threads import Link

#: The kinds that can change a thread of denials or consultations, or what is answered in it.
CHANGING = ("denial", "consultation", "reply", "decision", "outcome", "correction", "withdrawal")
#: So many claims are kept decoded, by their ids: some thousands of denials and what was said about them.
_CLAIMS_MOST = 1 << 14
_CLAIMS: dict[str, Assertion] = {}
#: What an assertion and what replaced it come to, oldest first; the last stands.
Thread = tuple[Held, ...]


def threads_of(sight: Sight, kind: str, *, also: Callable[[Assertion], bool] | None = None) -> tuple[Thread, ...]:
    """Return the threads that began with an assertion of a kind and that the reader may see, in the order they came.

    A correction may be all that was ever released here: with `also`, threads that begin with such a one are among
    them, if it holds of what stands.
    """
    found = _read(sight, threads.of_kind(sight.connection, kind))
    if also is None:
        return found
    begun = _read(sight, threads.begun_by_correction(sight.connection))
    more = tuple(thread for thread in begun if also(thread[-1].assertion))
    return tuple(sorted((*found, *more), key=lambda thread: thread[0].position)) if more else found


def thread_with(sight: Sight, assertion: str) -> Thread:
    """Return the thread that an assertion is part of.

    Raises:
        NotFound: the reader may not see it, or it says nothing any more.
    """
    first = sight.assertion(assertion)
    while first.assertion.kind == "correction":
        try:
            first = sight.assertion(first.assertion.refers_to)
        except NotFound:
            break  # what it corrects was never released here: the thread begins with the correction
    found = _read(sight, list(threads.links(sight.connection, (first.id,)).values()))
    if not found:
        raise NotFound("no assertion of that id that still stands", where=assertion[:80], advice="Check the id")
    return found[0]


def answers_to(sight: Sight, ids: Iterable[str]) -> dict[str, Thread]:
    """Return, for each of some assertions, the answers that stand and that the reader may see, oldest first."""
    seen = set(sight.markings)
    found = threads.answering(sight.connection, ids)
    standing = {
        one: [link.id for link in links if not link.superseded_by and link.marking in seen]
        for one, links in found.items()
    }
    rows = journal.fetch(sight.connection, [name for names in standing.values() for name in names])
    return {one: tuple(_held(rows[name]) for name in names) for one, names in standing.items()}


def changed_since(sight: Sight, position: int) -> bool:
    """Tell whether anything has come behind a position of the journal that can change a thread, for anybody."""
    return threads.grown(sight.connection, position, CHANGING)


def _read(sight: Sight, begun: Sequence[Link]) -> tuple[Thread, ...]:
    seen = set(sight.markings)
    whole = [links for links in _followed(sight, begun) if links[-1].marking in seen and links[-1].kind != "withdrawal"]
    wanted = [link.id for links in whole for link in links if link.marking in seen]
    rows = journal.fetch(sight.connection, wanted)
    return tuple(tuple(_held(rows[link.id]) for link in links if link.marking in seen) for links in whole)


def _held(row: Stored) -> Held:
    """Return a row as it is read. What was signed never changes, so it is decoded once."""
    claim = _CLAIMS.get(row.id)
    if claim is None:
        if len(_CLAIMS) >= _CLAIMS_MOST:
            _CLAIMS.clear()
        claim = _CLAIMS[row.id] = claim_of(row)
    return Held(
        id=row.id, assertion=claim, received=row.received, position=row.position, superseded_by=row.superseded_by
    )


def _followed(sight: Sight, begun: Sequence[Link]) -> list[list[Link]]:
    """Return each first link with all that replaced it."""
    found = [[link] for link in begun]
    while wanted := {links[-1].superseded_by for links in found if links[-1].superseded_by}:
        there = threads.links(sight.connection, wanted)
        for links in found:
            if links[-1].superseded_by:
                links.append(there[links[-1].superseded_by])
    return found
