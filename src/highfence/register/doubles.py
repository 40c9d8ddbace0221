# SPDX-License-Identifier: Apache-2.0
"""Doubles: which companies, as one reader knows them, may be the same and wait for a judgement, kept up.

To ask the index for all of them takes longer than all figures together. So what was found is kept by company, and only
what is with a company that was touched, or that the engine has looked at since, is asked for anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from highfence.matching.scorers import CURRENT
from highfence.storage import journal, likenesses
from highfence.storage.database import Connection
from highfence.storage.likenesses import OpenPair

#: With more companies touched than this, all pairs are asked for at once.
_APART_MOST = 400
_STEP_ROWS = 2_000


class _Double(NamedTuple):
    """A pair with the companies that the reader knows the two sides under."""

    pair: OpenPair
    first: str
    second: str


class Doubles:
    """The pairs of companies that one reader may see and that may be the same. For one thread at a time."""

    def __init__(self) -> None:
        #: How far in the journal the engine had looked.
        self._looked = 0
        #: The pairs by each side's company, as it is stored and as the reader knows it.
        self._stored: dict[str, set[_Double]] = {}
        self._known: dict[str, set[_Double]] = {}

    def copy(self) -> Doubles:
        """Return doubles of their own that hold the same."""
        made = Doubles()
        made._looked = self._looked
        made._stored = {company: set(some) for company, some in self._stored.items()}
        made._known = {company: set(some) for company, some in self._known.items()}
        return made

    def lacks(self, connection: Connection, markings: Collection[str]) -> bool:
        """Tell whether the engine has looked at anything under these markings since."""
        looked = likenesses.position(connection, CURRENT)
        if looked <= self._looked:
            return False
        rows = journal.after(connection, self._looked, limit=1, markings=markings)
        return bool(rows) and rows[0].position <= looked

    def renew(
        self,
        connection: Connection,
        touched: Iterable[str] | None,
        *,
        markings: Collection[str],
        homes: Mapping[str, str],
    ) -> dict[str, dict[str, float]]:
        """Take in what has changed of stored companies (None: of all) and what the engine has looked at since.

        `homes` gives assertion -> company for those that the reader knows under another company than they are stored.
        Returns for each company that it may matter to whom it is like and how much (0..1); empty: nobody any more.
        """
        looked = likenesses.position(connection, CURRENT)
        among = None if touched is None else set(touched)
        if among is not None:
            among |= self._looked_at(connection, looked)
            if len(among) > _APART_MOST:
                among = None
        changed = self._drop(among)
        for pair in likenesses.open_pairs(connection, markings=markings, among=among):
            first = homes.get(pair.one_assertion, pair.one_company)
            second = homes.get(pair.other_assertion, pair.other_company)
            if first != second:
                changed |= {first, second}
                self._add(_Double(pair, first, second))
        self._looked = max(looked, self._looked)
        return {company: self._like(company) for company in changed}

    def _looked_at(self, connection: Connection, looked: int) -> set[str]:
        """Return the stored companies of the assertions that the engine has looked at since."""
        found: set[str] = set()
        position = self._looked
        while position < looked:
            rows = [row for row in journal.after(connection, position, limit=_STEP_ROWS) if row.position <= looked]
            if not rows:
                break
            found.update(journal.company_of(connection, [row.id for row in rows]).values())
            position = rows[-1].position
        return found

    def _drop(self, among: set[str] | None) -> set[str]:
        """Forget the pairs of stored companies (None: all); return the companies that they were known under."""
        if among is None:
            changed = set(self._known)
            self._stored, self._known = {}, {}
            return changed
        dropped = {double for company in among for double in self._stored.get(company, ())}
        for double in dropped:
            pair, first, second = double
            for index, company in (
                (self._stored, pair.one_company),
                (self._stored, pair.other_company),
                (self._known, first),
                (self._known, second),
            ):
                index[company].discard(double)
                if not index[company]:
                    del index[company]
        return {company for double in dropped for company in (double.first, double.second)}

    def _add(self, double: _Double) -> None:
        for company in (double.pair.one_company, double.pair.other_company):
            self._stored.setdefault(company, set()).add(double)
        for company in (double.first, double.second):
            self._known.setdefault(company, set()).add(double)

    def _like(self, company: str) -> dict[str, float]:
        like: dict[str, float] = {}
        for pair, first, second in self._known.get(company, ()):
            other = second if first == company else first
            like[other] = max(pair.score / 10_000, like.get(other, 0.0))
        return like
