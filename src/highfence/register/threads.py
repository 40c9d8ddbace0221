# SPDX-License-Identifier: Apache-2.0
"""Threads: an assertion with the corrections that replaced it one after the other, for one reader on one day.

A reader has a thread if they may see what stands at its end; of what came before they have what they may see. A thread
that ends with a withdrawal, or with what is hidden from them, says nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from highfence.errors import NotFound
from highfence.register.holding import held
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.storage import journal, threads
from highfence.storage.threads import Link

#: What an assertion and what replaced it come to, oldest first; the last stands.
Thread = tuple[Held, ...]


def threads_of(sight: Sight, kind: str) -> tuple[Thread, ...]:
    """Return the threads that began with an assertion of a kind and that the reader may see, in the order they came."""
    return _read(sight, threads.of_kind(sight.connection, kind))


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
    return {one: tuple(held(rows[name]) for name in names) for one, names in standing.items()}


def _read(sight: Sight, begun: Sequence[Link]) -> tuple[Thread, ...]:
    seen = set(sight.markings)
    whole = [links for links in _followed(sight, begun) if links[-1].marking in seen and links[-1].kind != "withdrawal"]
    wanted = [link.id for links in whole for link in links if link.marking in seen]
    rows = journal.fetch(sight.connection, wanted)
    return tuple(tuple(held(rows[link.id]) for link in links if link.marking in seen) for links in whole)


def _followed(sight: Sight, begun: Sequence[Link]) -> list[list[Link]]:
    """Return each first link with all that replaced it."""
    found = [[link] for link in begun]
    while wanted := {links[-1].superseded_by for links in found if links[-1].superseded_by}:
        there = threads.links(sight.connection, wanted)
        for links in found:
            if links[-1].superseded_by:
                links.append(there[links[-1].superseded_by])
    return found
