# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL: the engine behind a server, for several processes of one node. Needs the extra `postgres` (psycopg 3).

Every writing transaction begins by taking one lock of the node, so the processes write one after the other, and each
sees what the one before it has committed: feeds stay without gaps whoever writes. Reading transactions see one state.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from highfence.errors import SettingsWrong, StorageFailed
from highfence.storage.database import Database
from highfence.storage.posts import Posts
from highfence.storage.prepared import begin

_NAMES = ("postgresql", "postgres", "postgresql+psycopg")
_OLDEST = 15
#: The writer waits for another process of the node no longer than this, and keeps others waiting no longer by doing
#: nothing; a server that cannot be reached is given up.
_LOCK_WAIT = "30s"
_NOTHING_DONE = "60s"
_LIVENESS = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "connect_timeout": 10,
}
#: What the server is asked for in every session: an answer only after the flush, and no compiler for small statements.
_ALWAYS = ("synchronous_commit=on", "jit=off")
_READING = ("default_transaction_isolation=repeatable\\ read", "default_transaction_read_only=on")
_WRITING = (f"lock_timeout={_LOCK_WAIT}", f"idle_in_transaction_session_timeout={_NOTHING_DONE}")
_WRITER = "writer"


class _Session(psycopg.Connection[tuple[Any, ...]]):
    """A session in which transactions are begun by name, as `prepared.begin` does for every engine."""

    #: What is sent for `BEGIN`.
    begin_words = "BEGIN"

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, or the session is beyond use."""
        return self.pgconn.transaction_status != TransactionStatus.IDLE

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run a statement; `BEGIN` takes along what this session needs to begin."""
        if query == "BEGIN":
            # Two statements in one message: the server cannot prepare them, and need not.
            return super().execute(self.begin_words, prepare=False)
        return super().execute(query, params, **options)


class _Text(StrDumperUnknown):
    """Sends a text. No text that is kept holds U+0000; one that asks for what is not there, or is refused, may."""

    def dump(self, obj: str) -> Any:
        """Return the text's bytes, with U+FFFD for what PostgreSQL cannot take."""
        return super().dump(obj.replace("\x00", "\ufffd"))


def open_postgres(address: str, *, read_only: bool = False) -> Database:
    """Open the database at a URL such as `postgresql://user@host/name`; tables come from `migrations`.

    Raises:
        SettingsWrong: the URL cannot be read, or the server or database is not fit to hold a node.
        StorageFailed: the server cannot be reached, or is a standby.
    """
    url = _read(address)
    where = shown(address)
    try:
        with _connect(url) as session:
            schema = _require_fit(session, where)
    except (psycopg.Error, OSError) as error:
        raise StorageFailed(
            f"the database cannot be opened: {_told(error, url)}",
            where=where,
            advice="See whether the server runs, is the primary, and lets this user in; see docs/postgresql.md",
        ) from error
    readers = _engine(partial(_connect, url, *_READING))
    if read_only:
        return Database(readers, alive=_alive)
    posts = Posts(partial(_connect, url), schema, error=psycopg.Error)
    lock = f"BEGIN; SELECT pg_advisory_xact_lock({posts.key(_WRITER)})"
    return Database(
        _engine(partial(_connect, url, *_WRITING, begin_words=lock)), readers=readers, posts=posts, alive=_alive
    )


def _alive(connection: Connection) -> bool:
    """Tell whether the server has not ended a session that rested: nothing is due, so whatever came is the end."""
    session: Any = connection.connection.dbapi_connection
    if session is None or session.closed:
        return False
    waiting = select.poll()
    waiting.register(session.fileno(), select.POLLIN)
    return not waiting.poll(0)


def shown(address: str) -> str:
    """Return where a database is, without user and password, for people and logs."""
    url = _read(address)
    host = url.host or url.query.get("host") or "local socket"
    return f"postgresql://{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def _read(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # The cause would quote what was given, and the password is in it.
        url = None
    if url is None or url.drivername not in _NAMES:
        raise SettingsWrong(
            "this is not the URL of a PostgreSQL database",
            where="database",
            advice="Write postgresql://USER@HOST/NAME; see docs/postgresql.md",
        )
    return url


def _connect(url: URL, *options: str, begin_words: str = "BEGIN") -> _Session:
    """Open a session with the primary; raises psycopg.Error."""
    asked = dict(url.query)
    given = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    words = " ".join(f"-c {one}" for one in (*_ALWAYS, *options))
    wanted: dict[str, Any] = {
        "application_name": "highfence",
        "target_session_attrs": "primary",
        **_LIVENESS,
        **asked,
        **{name: value for name, value in given.items() if value is not None},
        "client_encoding": "utf8",
        "options": f"{asked.get('options', '')} {words}",
    }
    session = _Session.connect("", autocommit=True, **wanted)
    session.adapters.register_dumper(str, _Text)
    session.begin_words = begin_words
    return session


def _require_fit(session: _Session, where: str) -> str:
    """Return the schema that tables are made in; raises SettingsWrong when this cannot hold a node."""
    row = session.execute(
        "SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(), "
        "pg_encoding_to_char(encoding), current_schema() FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    version, standby, encoding, schema = row
    if version < _OLDEST:
        raise _unfit(f"the server is PostgreSQL {version}", where, f"Use PostgreSQL {_OLDEST} or newer")
    if standby:
        raise _unfit("the server is a standby, which keeps nothing itself", where, "Name the primary")
    if encoding != "UTF8":
        raise _unfit(f"the database's encoding is {encoding}", where, "Make a database with the encoding UTF8")
    if schema is None:
        raise _unfit("there is no schema to make tables in", where, "Let the user create in the schema public")
    return str(schema)


def _unfit(what: str, where: str, advice: str) -> SettingsWrong:
    return SettingsWrong(what, where=where, advice=f"{advice}; see docs/postgresql.md")


def _told(error: Exception, url: URL) -> str:
    """Return the first line of an error, without the password should it stand in it."""
    line = str(error).partition("\n")[0]
    secrets = [url.password, url.query.get("password")]
    for secret in secrets:
        if secret:
            line = line.replace(str(secret), "***")
    return line


def _engine(creator: Callable[[], _Session]) -> Engine:
    # Sessions are few: the server has a hundred for all that use it, and each is a process there.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=creator,
        pool_size=4,
        max_overflow=20,
        use_native_hstore=False,
        hide_parameters=True,
    )
    event.listen(engine, "begin", begin)
    return engine
