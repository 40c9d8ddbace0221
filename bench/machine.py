# SPDX-License-Identifier: Apache-2.0
"""What this machine can do at best, measured in the same run as what is compared with it; and how results are shown."""

from __future__ import annotations

import json
import os
import platform
import socket
import tempfile
import threading
import time
from pathlib import Path

import pysqlite3
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` (0..1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def durable_commit_ms(rounds: int = 300) -> float:
    """Return the median time of one small SQLite transaction with synchronous=FULL, in milliseconds."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        connection = pysqlite3.connect(f"{folder}/x.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL").close()
        connection.execute("PRAGMA synchronous=FULL").close()
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)").close()
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            connection.execute("BEGIN").close()
            connection.execute("INSERT INTO t (body) VALUES (?)", (os.urandom(2000),)).close()
            connection.execute("COMMIT").close()
            times.append((time.perf_counter() - began) * 1000)
        connection.close()
    return percentile(times, 0.5)


def postgres_commit_ms(address: str, rounds: int = 300) -> float:
    """Return the median time of one small PostgreSQL transaction with synchronous_commit=on, in milliseconds."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as session:
        session.execute("SET synchronous_commit = on")
        session.execute("CREATE TABLE IF NOT EXISTS bench_commit (id BIGSERIAL PRIMARY KEY, body BYTEA)")
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            session.execute("BEGIN")
            session.execute("INSERT INTO bench_commit (body) VALUES (%s)", (os.urandom(2000),))
            session.execute("COMMIT")
            times.append((time.perf_counter() - began) * 1000)
        session.execute("DROP TABLE bench_commit")
    return percentile(times, 0.5)


def loopback_round_trip_ms(rounds: int = 1000) -> float:
    """Return the median time to send 2,000 bytes over a loopback TCP connection and have them echoed, in ms."""
    server = socket.create_server(("127.0.0.1", 0))

    def echo() -> None:
        connection, _ = server.accept()
        with connection:
            while data := connection.recv(4096):
                connection.sendall(data)

    threading.Thread(target=echo, daemon=True).start()
    client = socket.create_connection(server.getsockname())
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        client.sendall(b"x" * 2000)
        wanted = 2000
        while wanted:
            wanted -= len(client.recv(4096))
        times.append((time.perf_counter() - began) * 1000)
    client.close()
    server.close()
    return percentile(times, 0.5)


def show(name: str, title: str, rows: list[dict[str, object]]) -> None:
    """Print rows as a table and keep them as JSON in bench/results."""
    columns = list(rows[0])
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(row.get(column, "")) for column in columns))
    Console(width=140).print(table)
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    (RESULTS / f"{name}.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
    print(json.dumps({"bench": name, **machine, "rows": rows}))
