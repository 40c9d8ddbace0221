# SPDX-License-Identifier: Apache-2.0
"""Desk: the files that officers have handed in for screening, each for the officer's own session and for a while.

What is handed in tells whom somebody does business with. It is held in memory only, for an hour after the last step,
is gone when the officer signs out or the node stops, and is found by nobody else. Each step of the work is done by a
clerk, a process of its own; one file is looked at and one screened at a time, the others wait.
"""

from __future__ import annotations

import secrets
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import timedelta

import msgspec
import structlog

from highfence.app import Node
from highfence.clock import instant_text
from highfence.entrypoints.clerk import FILES, Look, News, Outcome, Progress, Task, Unread
from highfence.entrypoints.inquiry import Reading
from highfence.entrypoints.problems import places_of
from highfence.entrypoints.web.errand import Errand
from highfence.entrypoints.web.screening_page import Searched, searched
from highfence.errors import InvalidInput, NotFound
from highfence.matching.screen import THRESHOLD
from highfence.model.marking import Marking
from highfence.rules.handling import Reader

#: Bounds: of one file, of what one session and all of them may leave here, and for how long.
FILE_BYTES_MOST = 32 * 1024 * 1024
FILES_MOST = 5
HELD_BYTES_MOST = 512 * 1024 * 1024
HELD_S = 3600.0
#: A clerk that takes longer is ended.
LOOK_S = 120.0
SCREEN_S = 1800.0
_NAME_CHARACTERS_MOST = 100
_MATCHES_MOST = 5

log = structlog.get_logger("highfence.screening")


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose file it is: the session (hashed), the officer's name, and what decides about what they may see."""

    session: str
    officer: str
    reader: Reader


class Filed:
    """A file that was handed in and how far it is.

    `state` is `looking`, `columns` (waits for the officer), `waiting`, `screening`, `done` or `unread`. It is set last,
    so that all it stands for is there. While somebody works at a file it changes: to show one, take a copy.
    """

    def __init__(self, owner: Owner, name: str, *, data: bytes, at: str) -> None:
        self.id = secrets.token_urlsafe(18)
        self.owner = owner
        self.name = name
        self.at = at
        self.until_s = 0.0
        self.until = ""
        self.state = "looking"
        self.data = data
        self.reading = Reading()
        self.fields: tuple[str, ...] = ()
        self.progress = Progress(0, 0)
        self.look: Look | None = None
        self.problem: Unread | None = None
        self.outcome: Outcome | None = None
        self.searched: Searched | None = None
        self.searched_at = ""
        self.marking: Marking | None = None
        self.files: dict[str, bytes] = {}
        self.errand = Errand()

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.data) + sum(map(len, self.files.values()))

    def file(self, name: str) -> bytes:
        """Return a file of answers; raises NotFound when there is none of that name."""
        if name not in self.files:
            raise NotFound("there is no such file of answers", where="screening", advice="Open the file's page")
        held = self.files[name]
        return held if name.endswith(".xlsx") else zlib.decompress(held)

    @property
    def busy(self) -> bool:
        """Whether somebody works at it, so that its page changes by itself."""
        return self.state in ("looking", "waiting", "screening")


class Desk:
    """All files that lie here. Safe to use from several threads."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._filed: dict[str, Filed] = {}
        self._lock = threading.Lock()
        self._lookers = ThreadPoolExecutor(1, thread_name_prefix="looking")
        self._screeners = ThreadPoolExecutor(1, thread_name_prefix="screening")

    def take(self, owner: Owner, name: str, data: bytes) -> Filed:
        """Take a file in and have it looked at.

        Raises:
            InvalidInput: it is empty, or there is no room for it.
        """
        if not data:
            raise InvalidInput("the file is empty", where="file", advice="Choose the file with the parties")
        filed = Filed(owner, _plain(name), data=data, at=instant_text(self._node.now()))
        self.tidy()
        with self._lock:
            own = [one for one in self._filed.values() if one.owner.session == owner.session]
            if len(own) >= FILES_MOST:
                raise InvalidInput(
                    f"you have {len(own)} files here", where="file", advice="Delete one that you need no more"
                )
            if sum(one.size for one in self._filed.values()) + len(data) > HELD_BYTES_MOST:
                raise InvalidInput(
                    "there is no room for a further file now", where="file", advice="Try again in some minutes"
                )
            self._keep(filed)
            self._filed[filed.id] = filed
        self._lookers.submit(self._do, filed, self._look)
        return filed

    def get(self, session: str, name: str) -> Filed:
        """Return a file of this session; raises NotFound in the same words if it is another's, or is no more."""
        self.tidy()
        filed = self._filed.get(name)
        if filed is None or filed.owner.session != session:
            raise NotFound(
                "there is no such file of yours",
                where="screening",
                advice="Files are deleted after an hour and when you sign out; hand it in again",
            )
        return filed

    def of(self, session: str) -> tuple[Filed, ...]:
        """Return the files of a session as they are now, the newest first."""
        self.tidy()
        return tuple(copy(one) for one in reversed(list(self._filed.values())) if one.owner.session == session)

    def look_again(self, filed: Filed, reading: Reading) -> None:
        """Have a file looked at again, read in another way; does nothing while somebody works at it."""
        with self._lock:
            if filed.state not in ("columns", "unread") or not filed.data:
                return
            filed.reading, filed.state, filed.problem = reading, "looking", None
            self._keep(filed)
        self._lookers.submit(self._do, filed, self._look)

    def screen(self, filed: Filed, fields: tuple[str, ...]) -> None:
        """Have a file screened, its columns being what the officer says; does nothing unless it waits for that."""
        with self._lock:
            if filed.state != "columns":
                return
            filed.fields, filed.state = fields, "waiting"
            self._keep(filed)
        self._screeners.submit(self._do, filed, self._screen)

    def drop(self, filed: Filed) -> None:
        """Stop working at a file, and forget it."""
        with self._lock:
            self._filed.pop(filed.id, None)
        filed.errand.stop()
        filed.data, filed.files = b"", {}

    def forget(self, session: str) -> None:
        """Forget all files of a session that has ended."""
        for filed in [one for one in list(self._filed.values()) if one.owner.session == session]:
            self.drop(filed)

    def tidy(self) -> None:
        """Forget what has lain here for its time, but for what somebody still works at."""
        now = self._node.clock.monotonic()
        for filed in [one for one in list(self._filed.values()) if one.until_s < now and not one.busy]:
            self.drop(filed)

    def close(self) -> None:
        """Stop all work and forget everything."""
        for filed in list(self._filed.values()):
            self.drop(filed)
        for pool in (self._lookers, self._screeners):
            pool.shutdown(cancel_futures=True)

    def _keep(self, filed: Filed) -> None:
        """Let a file lie here for an hour from now."""
        filed.until_s = self._node.clock.monotonic() + HELD_S
        filed.until = instant_text(self._node.now() + timedelta(seconds=HELD_S))

    def _do(self, filed: Filed, step: Callable[[Filed], None]) -> None:
        """Do a step of the work at a file; whatever goes wrong is told to the officer, and nothing of it to the log."""
        try:
            if not filed.errand.stopped:
                step(filed)
        except Exception as error:  # noqa: BLE001 - one file's trouble must not end the thread
            log.error("file_failed", error=type(error).__name__, places=places_of(error))
            filed.problem = Unread(what="the node failed to screen the file", advice="Tell the node's operator")
            filed.state = "unread"

    def _look(self, filed: Filed) -> None:
        task = Task(reading=filed.reading)
        for news in filed.errand.run(task, filed.data, limit_s=LOOK_S):
            self._note(filed, news)
        filed.state = "unread" if filed.problem is not None else "columns"

    def _screen(self, filed: Filed) -> None:
        owner = filed.owner
        filed.state = "screening"
        task = Task(reading=filed.reading, screen=True, fields=filed.fields, threshold=THRESHOLD, limit=_MATCHES_MOST)
        with self._node.lookout(owner.reader) as (sight, roll):
            filed.searched, filed.searched_at = searched(sight, roll), instant_text(self._node.now())
        for news in filed.errand.run(task, filed.data, limit_s=SCREEN_S, against=roll.watchlist):
            self._note(filed, news)
        outcome = filed.outcome
        if outcome is None:
            filed.state = "unread"
            return
        with self._node.sight(owner.reader) as sight:
            filed.marking = sight.marking(roll.markings_of(outcome.found)) if outcome.found else None
        # Who has screened how much, and nothing of whom: a log is no place for names.
        log.info("screened", officer=owner.officer, parties=outcome.rows, refused=outcome.refused)
        with self._lock:
            filed.data = b""
            self._keep(filed)
            filed.state = "done"

    def _note(self, filed: Filed, news: News | bytes) -> None:
        if isinstance(news, Progress):
            filed.progress = news
        elif isinstance(news, Look):
            filed.look = news
        elif isinstance(news, Outcome):
            filed.outcome = news
        elif isinstance(news, Unread):
            filed.problem = news
        elif isinstance(news, bytes):
            filed.files[FILES[len(filed.files)]] = news


def _plain(name: str) -> str:
    """Return a file's name without folders and without what is not printed."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[:_NAME_CHARACTERS_MOST] or "file"
