# SPDX-License-Identifier: Apache-2.0
"""Weighing: what was withheld is weighed again for each member, once for each membership document and day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from highfence.exchange.publish import PublishDesk, Published
from highfence.storage import weighing
from highfence.storage.database import Connection

#: A change that records publications at the desk it is given, within the transaction of the connection.
PublicationChange = Callable[[PublishDesk, Connection], Published]


class Weighing:
    """What was weighed so far, as a connection sees it, and by which document and day it is weighed now."""

    def __init__(self, connection: Connection, *, me: str, document: str, on: date) -> None:
        self._done = weighing.last_weighed(connection)
        self._me = me
        self._now = (document, f"{on}")

    def run(self, readers: Collection[str], publish: Callable[[PublicationChange], Published]) -> int:
        """Weigh for each reader for whom it was not done yet; return how many entries that made.

        `publish` makes a change at the desk and answers when it is durable. A reader is done when nothing is left.
        """
        sent = 0
        for reader in readers:
            before = self._done.get(reader)
            left = reader != self._me and (before is None or (before.document, before.day) != self._now)
            while left:

                def change(desk: PublishDesk, connection: Connection, to: str = reader) -> Published:
                    return desk.weigh_again(connection, to, document=self._now[0])

                published = publish(change)
                sent += len(published.ids)
                left = bool(published.ids)
        return sent
