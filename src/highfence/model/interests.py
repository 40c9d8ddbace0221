# SPDX-License-Identifier: Apache-2.0
"""Interests: very many of them, as columns of numbers.

A million interests as objects need a gigabyte and a minute; as columns 40 MB and no loop. A party is a number here, its
place in `ids`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from highfence.model.interest import Control, Interest, Share

#: Days are ordinals of the proleptic Gregorian calendar; these stand for "always" and "still".
ALWAYS = 0
STILL = date.max.toordinal() + 1

Numbers = NDArray[np.int64]
Places = NDArray[np.int32]


class Interests(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """Columns of interests, one row each; `low` and `high` in the units of `model.interest`, days as ordinals.

    `place` says where each row was read: a number to put into `place_form`, or an index of `place_texts` if there are
    any. `names` are the parties' names by id, as far as they are known.
    """

    ids: list[str]
    owner: Places
    owned: Places
    low: Numbers
    high: Numbers
    control: NDArray[np.int8]
    since: Places
    until: Places
    place: Places
    place_form: str = "line {}"
    place_texts: tuple[str, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)

    @classmethod
    def of(
        cls, interests: Iterable[Interest], *, also: Iterable[str] = (), names: dict[str, str] | None = None
    ) -> Interests:
        """Make columns of interests; `also` are parties that may have none."""
        rows = list(interests)
        index: dict[str, int] = {}
        owner = [index.setdefault(one.owner, len(index)) for one in rows]
        owned = [index.setdefault(one.owned, len(index)) for one in rows]
        for party in also:
            index.setdefault(party, len(index))
        return cls(
            ids=list(index),
            owner=np.array(owner, dtype=np.int32),
            owned=np.array(owned, dtype=np.int32),
            low=np.array([one.share.low for one in rows], dtype=np.int64),
            high=np.array([one.share.high for one in rows], dtype=np.int64),
            control=np.array([one.control for one in rows], dtype=np.int8),
            since=np.array([first_day(one.since) for one in rows], dtype=np.int32),
            until=np.array([last_day(one.until) for one in rows], dtype=np.int32),
            place=np.arange(len(rows), dtype=np.int32),
            place_texts=tuple(one.place for one in rows),
            names=names or {},
        )

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def index(self) -> dict[str, int]:
        """Return the number of each party by its id."""
        return {party: number for number, party in enumerate(self.ids)}

    def indexed(self, index: dict[str, int]) -> Interests:
        """Take over an index that was made while reading, which saves making it again."""
        self.__dict__["index"] = index
        return self

    def only(self, kept: NDArray[np.bool_]) -> Interests:
        """Return the rows that are to be kept; the parties stay."""
        columns = ("owner", "owned", "low", "high", "control", "since", "until", "place")
        return msgspec.structs.replace(self, **{name: getattr(self, name)[kept] for name in columns})

    def place_of(self, row: int) -> str:
        """Return where a row was read."""
        number = int(self.place[row])
        return self.place_texts[number] if self.place_texts else self.place_form.format(number)

    def interest(self, row: int) -> Interest:
        """Return one row as an interest."""
        since, until = int(self.since[row]), int(self.until[row])
        return Interest(
            owner=self.ids[int(self.owner[row])],
            owned=self.ids[int(self.owned[row])],
            share=Share(int(self.low[row]), int(self.high[row])),
            control=Control(int(self.control[row])),
            since=None if since <= ALWAYS else date.fromordinal(since),
            until=None if until >= STILL else date.fromordinal(until),
            place=self.place_of(row),
        )


def first_day(since: date | None) -> int:
    """Return the first day of an interest as an ordinal."""
    return ALWAYS if since is None else since.toordinal()


def last_day(until: date | None) -> int:
    """Return the first day on which an interest no longer holds, as an ordinal."""
    return STILL if until is None else until.toordinal()
