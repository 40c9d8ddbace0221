# SPDX-License-Identifier: Apache-2.0
"""The engines behind which tests run: SQLite always, PostgreSQL where a server answers.

Databases are made once from a template and emptied between tests, which takes a millisecond where making one takes
fifty. `HIGHFENCE_TEST_POSTGRES` names another server than the one on this machine.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from highfence.storage.migrations import upgrade
from highfence.storage.tables import metadata

SERVER = os.environ.get("HIGHFENCE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
ENGINES = ("sqlite", "postgresql")
_OWN = f"highfence_test_{os.getpid()}"
_MADE: list[str] = []


class Current:
    """The engine of the test that runs, and the databases it has been given."""

    name = "sqlite"
    given = 0


def database_url() -> str:
    """Return the URL of an empty database for a node of the present test, or an empty text for SQLite."""
    if Current.name == "sqlite":
        return ""
    Current.given += 1
    return _emptied(Current.given)


@contextmanager
def behind(engine: str) -> Iterator[None]:
    """Let what is opened in a test be behind an engine; skips where no server answers."""
    if engine == "postgresql":
        require_postgres()
    Current.name, Current.given = engine, 0
    try:
        yield
    finally:
        Current.name = "sqlite"


@cache
def _answers() -> str:
    """Return why no PostgreSQL server answers, or an empty text."""
    try:
        import psycopg
    except ImportError:
        return "the extra `postgres` is not installed"
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.Error as error:
        return f"no PostgreSQL server answers at {SERVER}: {error}"
    return ""


def require_postgres() -> None:
    """Skip the test where no server answers."""
    if why := _answers():
        pytest.skip(why)


def require_nats(address: str) -> None:
    """Skip the test where no NATS server answers."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except OSError as error:
        pytest.skip(f"no NATS server answers at {address}: {error}")


def run_on_server(*statements: str) -> None:
    """Run statements on the server, outside of any node's database."""
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def end_sessions(database: str = f"{_OWN}%") -> None:
    """End the sessions that there are with databases of these tests, and wait until they are at their end."""
    import psycopg

    until = time.monotonic() + 30.0
    with psycopg.connect(SERVER, autocommit=True) as session:
        rows = session.execute("SELECT pid FROM pg_stat_activity WHERE datname LIKE %s", (database,)).fetchall()
        pids = [pid for (pid,) in rows]
        session.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
        there = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
        while session.execute(there, (pids,)).fetchone() != (0,):
            assert time.monotonic() < until, "the sessions did not end"
            time.sleep(0.01)


def new_database(name: str, *options: str) -> str:
    """Make a database without tables, which is dropped when the tests end, and return its URL."""
    full = f"{_OWN}_{name}"
    run_on_server(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)', " ".join((f'CREATE DATABASE "{full}"', *options)))
    _MADE.append(full)
    return SERVER.rpartition("/")[0] + "/" + full


@cache
def _template() -> str:
    from highfence.storage.postgres import open_postgres

    database = open_postgres(new_database("template"))
    upgrade(database)
    database.close()
    return f"{_OWN}_template"


@cache
def _made(number: int) -> str:
    return new_database(str(number), f'TEMPLATE "{_template()}"')


def _emptied(number: int) -> str:
    import psycopg

    url = _made(number)
    with psycopg.connect(url) as session:
        for table in metadata.tables:
            session.execute(f'DELETE FROM "{table}"')  # type: ignore[call-overload]
    return url


def drop_all() -> None:
    """Drop the databases that this process has made."""
    while _MADE:
        run_on_server(f'DROP DATABASE IF EXISTS "{_MADE.pop()}" WITH (FORCE)')
