# SPDX-License-Identifier: Apache-2.0
"""Nonces: signed requests are taken once by a node, also where several of its processes answer."""

from __future__ import annotations

from highfence.exchange.request import VALID_SECONDS, NonceMemory
from highfence.storage import processes
from highfence.storage.database import Database


class SharedNonces(NonceMemory):
    """Remembers nonces in the database that the processes of a node share. Asking it waits for a commit."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def first_time(self, nonce: str, at: float) -> bool:
        """Note a nonce; False if this process or another has it already. Raises StorageFailed."""
        if not super().first_time(nonce, at):
            return False
        now, forget = int(at), int(at) - 2 * VALID_SECONDS
        return self._database.write(lambda connection: processes.first_time(connection, nonce, at=now, forget=forget))
