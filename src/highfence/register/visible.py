# SPDX-License-Identifier: Apache-2.0
"""Visible: what one reader may see of what a node holds, and how companies look from what that reader sees alone.

That two parties are one company may itself rest on something the reader must not know. `visible_groups` therefore
joins anew, from the reader's own share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from highfence.model.marking import Marking
from highfence.register.join import Arrival, join, join_apart
from highfence.register.keys import held_apart, judged_keys, keys_of
from highfence.register.view import Held
from highfence.rules.handling import Reader, may_view


class _Eyes:
    """One reader's eyes on one day; equal markings of one originator are looked at once."""

    def __init__(self, reader: Reader, on: date) -> None:
        self.reader = reader
        self.on = on
        self._seen: dict[tuple[Marking, str], bool] = {}

    def sees(self, marking: Marking, originator: str) -> bool:
        """Tell whether the reader may be shown what `originator` said under `marking`."""
        key = (marking, originator)
        if key not in self._seen:
            self._seen[key] = may_view(marking, self.reader, on=self.on, originator=originator).allowed
        return self._seen[key]


def visible(held: Iterable[Held], reader: Reader, *, on: date) -> tuple[Held, ...]:
    """Return what the reader may be shown of `held`, in the order given."""
    eyes = _Eyes(reader, on)
    return tuple(one for one in held if eyes.sees(one.assertion.marking, one.assertion.originator))


def visible_groups(held: Sequence[Held], reader: Reader, *, on: date) -> tuple[tuple[Held, ...], ...]:
    """Return what the reader may be shown, grouped into companies by it alone, each group and all groups in order."""
    return groups(visible(held, reader, on=on), me=reader.authority)


def groups(shown: Sequence[Held], *, me: str) -> tuple[tuple[Held, ...], ...]:
    """Return assertions grouped into companies by themselves alone, each group and all groups in order.

    What stands is joined by its keys and by the judgements of `me`, this node's authority; what was replaced or
    withdrawn stays with the entity it is about.
    """
    arrivals = [
        Arrival(
            entity=one.assertion.subject,
            keys=(*keys_of(one.assertion), *judged_keys(one.assertion, me), *one.likenesses)
            if stands(one)
            else (f"entity:{one.assertion.subject}",),
        )
        for one in shown
    ]
    apart = {pair for one in shown if stands(one) and (pair := held_apart(one.assertion, me)) is not None}
    company_of = join_apart(arrivals, apart) if apart else join(arrivals, {}).company_of
    found: dict[str, list[Held]] = {}
    for one in shown:
        found.setdefault(company_of[one.assertion.subject], []).append(one)
    return tuple(tuple(group) for group in found.values())


def stands(held: Held) -> bool:
    """Tell whether an assertion still says something: it is not replaced, not withdrawn and no withdrawal itself."""
    return not held.superseded_by and held.assertion.kind != "withdrawal"
