# SPDX-License-Identifier: Apache-2.0
"""Prepared: a statement of the toolkit, put into the engine's own words once and then run on the driver directly.

An assertion passes about a dozen small statements on its way in. The toolkit's path for each costs several times what
the database needs, most of all in a process that has just woken up; values here are texts, bytes and whole numbers that
need none of its conversions. Which SQL is run still comes from the toolkit, for whichever engine is behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Rows = list[tuple[Any, ...]]


class Prepared:
    """A statement with named parameters. Rows come back as plain tuples in the order of its columns."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def rows(self, connection: Connection, values: Mapping[str, object]) -> Rows:
        """Run it and return all rows."""
        cursor = self._run(connection, values)
        found: Rows = cursor.fetchall()
        cursor.close()
        return found

    def change(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Run it and return how many rows it changed."""
        cursor = self._run(connection, values)
        number: int = cursor.rowcount
        cursor.close()
        return number

    def change_all(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
        """Run it for each of `rows` and return how many rows it changed in all."""
        sql, order, defaults = self._words(connection)
        cursor = _cursor(connection)
        try:
            if order is None and len(rows) == 1:
                # Across a socket, "many" means to change the session's mode before and after.
                cursor.execute(sql, {**defaults, **rows[0]})
            elif order is None:
                cursor.executemany(sql, [{**defaults, **row} for row in rows])
            else:
                cursor.executemany(sql, [[row[name] for name in order] for row in rows])
        except _errors(connection) as error:
            raise _wrapped(error) from error
        number: int = cursor.rowcount
        cursor.close()
        return number

    def _run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        sql, order, defaults = self._words(connection)
        given = {**defaults, **values}
        cursor = _cursor(connection)
        try:
            cursor.execute(sql, given if order is None else [given[name] for name in order])
        except _errors(connection) as error:
            raise _wrapped(error) from error
        return cursor

    def _words(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        """Return the SQL in this engine's words, the order of its parameters if they go by place, and constants."""
        dialect = connection.dialect
        words = self._compiled.get(dialect.name)
        if words is None:
            compiled: Any = self._statement.compile(dialect=dialect)
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            words = self._compiled[dialect.name] = (str(compiled), order, constants)
        return words


def begin(connection: Connection) -> None:
    """Begin a transaction on the driver, unless one is open: the toolkit's own account of it is not needed.

    Raises:
        DBAPIError: the database did not begin one.
    """
    driver: Any = connection.connection.dbapi_connection
    if not driver.in_transaction:
        run_bare(connection, "BEGIN")


def keep(connection: Connection) -> None:
    """Commit what has been done since `begin`; raises DBAPIError when the database did not keep it."""
    if connection.in_transaction():
        connection.commit()
        return
    try:
        connection.connection.commit()
    except _errors(connection) as error:
        raise _wrapped(error) from error


def end(connection: Connection) -> None:
    """Roll back what has been done since `begin` and was not kept; raises DBAPIError when the database is gone."""
    connection.rollback()  # of the toolkit's own account, if it has one; also one that a broken connection left behind
    driver: Any = connection.connection.dbapi_connection
    if driver.in_transaction:
        try:
            driver.rollback()
        except _errors(connection) as error:
            raise _wrapped(error) from error


def run_bare(connection: Connection, sql: str) -> None:
    """Run what is not part of a transaction; raises DBAPIError when the database did not do it."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(sql).close()
    except _errors(connection) as error:
        raise _wrapped(error) from error


def _cursor(connection: Connection) -> Any:
    begin(connection)
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]


def _errors(connection: Connection) -> type[Exception]:
    found: type[Exception] = connection.dialect.loaded_dbapi.Error
    return found


def _wrapped(error: Exception) -> DBAPIError:
    # Without statement and parameters: what is being written has no place in an error's text.
    return DBAPIError("", None, error)
