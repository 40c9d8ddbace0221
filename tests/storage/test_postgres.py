# SPDX-License-Identifier: Apache-2.0
"""What is PostgreSQL's own: who is let in, what is asked of it, and processes that write in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import inspect, text

import engines
from highfence.errors import SettingsWrong, StorageFailed
from highfence.storage import posts
from highfence.storage.database import Database
from highfence.storage.migrations import upgrade
from highfence.storage.postgres import open_postgres, shown
from highfence.storage.tables import metadata

from .changes import PATIENCE_S, Held, names, note


@pytest.fixture
def url() -> Iterator[str]:
    """Give the URL of a database with all its tables."""
    with engines.behind("postgresql"):
        yield engines.database_url()


@pytest.fixture
def process(url: str) -> Iterator[Callable[[], Database]]:
    """Give what opens the database as another process of the node would; all are closed in the end."""
    made: list[Database] = []

    def make() -> Database:
        made.append(open_postgres(url))
        return made[-1]

    yield make
    for database in made:
        database.close()


def scalar(database: Database, sql: str) -> object:
    with database.read() as connection:
        return connection.scalar(text(sql))


def test_readings_see_one_state_and_cannot_write(process):
    one = process()
    assert scalar(one, "SHOW transaction_isolation") == "repeatable read"
    assert scalar(one, "SHOW transaction_read_only") == "on"


def test_a_commit_is_answered_after_the_flush(process):
    assert process().write(lambda connection: connection.scalar(text("SHOW synchronous_commit"))) == "on"


def test_texts_are_compared_byte_by_byte_as_behind_sqlite(process):
    one = process()
    with one.read() as connection:
        wrong = connection.execute(
            text(
                "SELECT attrelid::regclass || '.' || attname FROM pg_attribute "
                "JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' "
                "JOIN pg_collation ON pg_collation.oid = attcollation "
                "WHERE relnamespace = current_schema()::regnamespace AND collname <> 'C' "
                "AND relname <> 'alembic_version'"
            )
        ).all()
        shape = inspect(connection)
        assert {table for table in shape.get_table_names() if table != "alembic_version"} == set(metadata.tables)
    assert wrong == []
    for name in ("b", "a", "B", "Ä", "ä", "a b", "ab", "é", "中"):
        one.write(note(name))
    with one.read() as connection:
        ordered = list(connection.scalars(text("SELECT peer FROM quarantine ORDER BY peer")))
    assert ordered == sorted(ordered, key=str.encode)


def test_a_text_may_be_of_any_length(process):
    assert names_of_length(process(), 5000) == [5000]


def names_of_length(database: Database, length: int) -> list[int]:
    database.write(note("x" * length))
    return [len(name) for name in names(database)]


def test_processes_write_one_after_the_other_and_see_each_other(process):
    one, other = process(), process()
    held = Held(one)
    future = other.submit(note("b"))
    with pytest.raises(TimeoutError):
        future.result(0.2)
    held.let_go()
    assert future.result(PATIENCE_S) == "b"
    assert names(one) == ["b"]


def test_counting_up_in_two_processes_leaves_no_gap_and_no_double(process):
    databases = (process(), process())

    def count(database: Database) -> None:
        for _ in range(40):
            database.write(lambda connection: note(f"{len(_peers(connection)):03}")(connection))

    threads = [threading.Thread(target=count, args=(database,)) for database in databases for _ in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert names(databases[0]) == [f"{number:03}" for number in range(160)]


def _peers(connection):
    return connection.execute(text("SELECT peer FROM quarantine")).all()


def test_sessions_that_the_server_ends_while_they_rest_cost_nothing(process):
    one = process()
    one.write(note("a"))
    with one.read() as first, one.read() as second:
        assert len(_peers(first)) == len(_peers(second)) == 1
    engines.end_sessions()
    assert names(one) == ["a"]
    assert one.write(note("b")) == "b"
    assert names(one) == ["a", "b"]


def test_a_session_that_ends_in_a_reading_costs_that_reading(process):
    one = process()
    one.write(note("a"))
    with pytest.raises(StorageFailed, match="cannot be read"), one.read() as connection:
        connection.scalar(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert names(one) == ["a"]


def test_a_session_that_ends_in_a_change_is_told_as_what_may_have_been_kept(process):
    one = process()

    def change(connection):
        note("a")(connection)
        engines.run_on_server(f"SELECT pg_terminate_backend({connection.scalar(text('SELECT pg_backend_pid()'))})")

    with pytest.raises(StorageFailed) as refusal:
        one.write(change)
    assert "may have been kept" in refusal.value.advice
    assert names(one) == []
    assert one.write(note("b")) == "b"


def test_a_group_whose_connection_breaks_is_not_done_once_more(process):
    one, other = process(), process()
    held = Held(one)

    def break_off(connection):
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        engines.run_on_server(f"SELECT pg_terminate_backend({number})")
        return note("never")(connection)

    futures = [one.submit(note("a")), one.submit(break_off), one.submit(note("c"))]
    held.let_go()
    assert [type(future.exception(PATIENCE_S)) for future in futures] == [StorageFailed] * 3
    assert names(other) == []
    assert one.write(note("after")) == "after"


@pytest.mark.parametrize(
    "address",
    ["mysql://root@127.0.0.1/x", "sqlite:///x.db", "highfence.db", "postgresql+psycopg2://a/b", "postgresql://[::1/x"],
)
def test_what_is_no_postgresql_url_is_refused(address):
    with pytest.raises(SettingsWrong, match="not the URL"):
        open_postgres(address)


def test_a_password_is_shown_nowhere(url):
    secret = "Zwiebel%3Afisch"
    for address in (
        f"postgresql://nobody:{secret}@127.0.0.1:1/x",
        f"postgresql://nobody:{secret}@127.0.0.1:notaport/x",
        f"mysql://nobody:{secret}@127.0.0.1/x",
        f"postgresql://postgres:{secret}@127.0.0.1/nowhere",
        f"postgresql://127.0.0.1:1/x?user=nobody&password={secret}",
        f"postgresql://127.0.0.1:1/x?nonsense={secret}",
    ):
        with pytest.raises((SettingsWrong, StorageFailed)) as refusal:
            open_postgres(address)
        assert "Zwiebel" not in str(refusal.value)
        assert "Zwiebel" not in repr(refusal.value)
    assert shown(f"postgresql://nobody:{secret}@db.example/x") == "postgresql://db.example/x"


def test_a_server_that_does_not_answer_is_told_with_what_to_do():
    with pytest.raises(StorageFailed, match="cannot be opened") as refusal:
        open_postgres("postgresql://postgres@127.0.0.1:1/x")
    assert "docs/postgresql.md" in refusal.value.advice


def test_a_database_of_another_encoding_is_refused():
    with engines.behind("postgresql"):
        url = engines.new_database("latin", "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(SettingsWrong, match="LATIN1"):
        open_postgres(url)


def test_a_database_may_be_shared_by_nodes_with_a_schema_each(url):
    plain = open_postgres(url)
    plain.write(lambda connection: connection.execute(text("CREATE SCHEMA IF NOT EXISTS other")))
    apart = open_postgres(f"{url}?options=-csearch_path%3Dother")
    upgrade(apart)
    try:
        assert plain.posts.key("writer") != apart.posts.key("writer")
        plain.write(note("a"))
        assert names(apart) == []
    finally:
        apart.write(lambda connection: connection.execute(text("DROP SCHEMA other CASCADE")))
        apart.close()
        plain.close()


def test_only_one_process_may_be_alone_and_several_may_share(process):
    one, other, third = process(), process(), process()
    one.posts.be_present(alone=False)
    other.posts.be_present(alone=False)
    with pytest.raises(SettingsWrong, match="another process"):
        third.posts.be_present(alone=True)
    one.close()
    other.close()
    third.posts.be_present(alone=True)
    with pytest.raises(SettingsWrong, match="another process"):
        process().posts.be_present(alone=False)


def test_a_process_is_present_again_when_the_server_was_away(process):
    one, other = process(), process()
    one.posts.be_present(alone=False)
    engines.end_sessions()
    assert one.posts.look() == frozenset()
    with pytest.raises(SettingsWrong, match="another process"):
        other.posts.be_present(alone=True)
    one.close()
    assert one.posts.look() == frozenset()
    other.posts.be_present(alone=True)


def test_a_post_is_one_processs_until_it_ends(process):
    one, other = process(), process()
    assert one.posts.take("link nl")
    assert one.posts.take("link nl")
    assert not other.posts.take("link nl")
    assert other.posts.take("link cy")
    assert one.posts.look() == {"link nl"}
    one.close()
    assert other.posts.take("link nl")
    assert other.posts.look() == {"link nl", "link cy"}


def test_a_process_notices_that_it_has_lost_its_posts(process):
    one, other = process(), process()
    assert one.posts.take("link nl")
    engines.end_sessions()
    assert one.posts.look() == frozenset()
    assert other.posts.take("link nl")
    assert not one.posts.take("link nl")


def test_a_process_that_hangs_loses_its_posts_to_others(process, monkeypatch):
    monkeypatch.setattr(posts, "SILENCE_S", 1)
    one, other = process(), process()
    assert one.posts.take("link nl")
    deadline = time.monotonic() + PATIENCE_S
    while not other.posts.take("link nl"):
        # The other lives, and says so.
        assert other.posts.look() == frozenset()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert one.posts.look() == frozenset()


def test_waiting_for_a_post_is_waiting_for_its_holder(process):
    one, other = process(), process()
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(PATIENCE_S)
        with other.posts.waited_for("import"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with one.posts.waited_for("import"):
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join(PATIENCE_S)
    assert order == ["first", "second"]
