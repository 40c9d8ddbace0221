# SPDX-License-Identifier: Apache-2.0
"""The clerk: what it makes of files, good ones and such as are not what they say; and the process it is."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints import clerk
from highfence.entrypoints.clerk import FILES, Look, News, Outcome, Progress, Task, Unread, look, receive, send, work
from highfence.entrypoints.inquiry import Reading
from highfence.errors import InvalidInput
from highfence.formats.spreadsheet import read_workbook, write_workbook
from highfence.model.entity import Entity

LISTED = (
    Entity(id="c-1", schema="Company", properties={"name": ("Zephyrine Marine Services FZE",), "country": ("ae",)}),
    Entity(id="c-2", schema="Company", properties={"name": ("=HYPERLINK(0) Kalvaro Turbine",)}),
)
TABLE = "Kunden-Nr.;Firma;Land\n0007;Zephyrine Marine Services;AE\n0008;Meadowlark Bakery;Atlantis\n0009;;DE\n"
FIELDS = ("id", "name", "country")


def screened(data: bytes, fields: tuple[str, ...] = FIELDS, **reading: str) -> tuple[Outcome, dict[str, bytes]]:
    task = Task(reading=Reading(**reading), screen=True, fields=fields)
    told = [one for one in work(task, data, LISTED) if not isinstance(one, Progress)]
    outcome, files = told[0], told[1:]
    assert isinstance(outcome, Outcome)
    made = {name: file for name, file in zip(FILES, files, strict=True) if isinstance(file, bytes)}
    return outcome, {name: file if name.endswith("xlsx") else zlib.decompress(file) for name, file in made.items()}


def seen(data: bytes, **reading: str) -> Look:
    return look(data, Reading(**reading))


def rows(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


def test_guesses_what_columns_hold_and_shows_their_first_values() -> None:
    found = seen(TABLE.encode())
    assert (found.form, found.rows, found.headings) == ("CSV", 3, ("Kunden-Nr.", "Firma", "Land"))
    assert found.guesses == ("id", "name", "country")
    assert found.samples[1] == ("Zephyrine Marine Services", "Meadowlark Bakery")


def test_a_table_without_a_column_of_names_is_shown_for_the_officer_to_say() -> None:
    assert seen(b"Zahl;Betrag\n1;2\n").guesses == ("", "")


def test_tells_rows_that_cannot_be_read_with_their_number() -> None:
    found = seen(b"name,country\nAcme,nl,further\nBolt,de\n")
    assert (found.rows, found.faulty) == (2, 1)
    assert (found.faults[0].row, found.faults[0].taken) == (2, False)


def test_every_row_has_an_answer_and_every_problem_its_row_and_column() -> None:
    outcome, files = screened(TABLE.encode())
    assert (outcome.rows, outcome.matched, outcome.refused, outcome.found) == (3, 1, 1, ("c-1",))
    assert outcome.shown[0].query.id == "0007"
    assert [(fault.row, fault.column, fault.taken) for fault in outcome.faults] == [
        (3, "Land", True),
        (4, "Firma", False),
    ]
    answers = rows(files["answers.csv"])
    assert [row[:5] for row in answers[1:]] == [
        ["2", "0007", "Zephyrine Marine Services", "Thing", "match"],
        ["3", "0008", "Meadowlark Bakery", "Thing", "no match"],
        ["4", "0009", "", "Thing", "refused"],
    ]
    assert [json.loads(line)["query"]["id"] for line in files["answers.jsonl"].splitlines()] == ["0007", "0008", "0009"]
    assert rows(files["problems.csv"])[1][:2] == ["3", "Land"]


def test_leading_zeros_stay_and_no_cell_of_an_answer_runs() -> None:
    data = b"ref,name\n007,=HYPERLINK(0) Kalvaro Turbine\n008,@SUM(A1)\n"
    _, files = screened(data, ("id", "name"))
    grid = read_workbook(files["answers.xlsx"])
    assert [row.cells[1] for row in grid.rows] == ["007", "008"]
    assert grid.rows[0].cells[2].startswith("=HYPERLINK")
    sheet = zipfile.ZipFile(io.BytesIO(files["answers.xlsx"])).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    cells = [cell for row in rows(files["answers.csv"]) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_two_columns_may_hold_names_and_a_column_may_be_left_out() -> None:
    data = b"a,b,c\nNobody in particular,Zephyrine Marine Services,x\n"
    assert screened(data, ("name", "alias", ""))[0].matched == 1
    assert screened(data, ("name", "", "alias"))[0].matched == 0


def test_reads_workbooks_and_followthemoney_lines() -> None:
    book = write_workbook(("name", "country"), [("Zephyrine Marine Services", "AE")])
    assert seen(book).form == "Excel"
    assert screened(book, ("name", "country"))[0].matched == 1
    line = b'{"id": "x", "schema": "Company", "properties": {"name": ["Zephyrine Marine Services"]}}\n'
    found = seen(line + b"{broken\n")
    assert (found.form, found.headings, found.rows, found.faulty, found.faults[0].row) == (
        "FollowTheMoney",
        (),
        2,
        1,
        2,
    )
    outcome, _ = screened(line + b"{broken\n", ())
    assert (outcome.matched, outcome.refused) == (1, 1)


def test_another_encoding_is_refused_until_it_is_named() -> None:
    data = "Контрагент;Страна\nЗефирин Марин;AE\n".encode("windows-1251")
    with pytest.raises(InvalidInput, match="utf-8"):
        seen(data)
    assert seen(data, encoding="windows-1251").samples[0] == ("Зефирин Марин",)


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def _bomb() -> bytes:
    """Return half a megabyte that unpacks to more than half a gigabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(520):
            part.write(b"<c/>" * (1 << 18))
    return out.getvalue()


HOSTILE: dict[str, bytes] = {
    "a bomb": _bomb(),
    "an archive that is no workbook": _zip(readme=b"hello"),
    "a damaged workbook": write_workbook(("name",), [("Acme",)])[:-200],
    "random bytes": bytes(range(256)) * 40,
    "a picture under another name": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "a PDF under another name": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "a page": b"<!DOCTYPE html><title>names</title>",
    "a JSON array": b'[{"id": "x"}]',
    "nothing but blanks": b" \n\n ",
    "headings alone": b"name,country\n",
    "no headings": b",,,\n,,,\n",
    "one heading twice": b"name,name\na,b\n",
    "NUL characters": b"name\nAc\0me\n",
    "hundreds of columns": ",".join(f"c{at}" for at in range(300)).encode() + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_not_what_it_says_is_refused_with_a_reason_and_a_place(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        seen(HOSTILE[name])
    assert refused.value.what
    assert refused.value.where
    assert refused.value.advice


def test_a_bomb_is_small_and_does_not_go_off() -> None:
    assert len(HOSTILE["a bomb"]) < 4_000_000
    with pytest.raises(InvalidInput, match="unpacks to"):
        seen(HOSTILE["a bomb"])


def test_a_file_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clerk, "ROWS_MOST", 2)
    assert seen(b"name\na\nb\n").rows == 2
    for data in (b"name\na\nb\nc\n", b"name\na\nb,\xc3\xa9\nc,\xc3\xa9\n", b'{"id": "a"}\n' * 3):
        with pytest.raises(InvalidInput, match="3 rows"):
            seen(data)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_the_answer_is_a_look_or_a_refusal(data: bytes) -> None:
    with suppress(InvalidInput):
        assert seen(data).rows >= 0


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=8))
def test_no_row_of_a_table_goes_without_an_answer(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["id", "name", "country"], *table])
    data = out.getvalue().encode("utf-8", "replace")
    try:
        expected = seen(data).rows
    except InvalidInput:
        return
    outcome, files = screened(data)
    assert outcome.rows == expected == len(files["answers.jsonl"].splitlines())


def converse(task: Task, data: bytes, entities: Sequence[Entity] = ()) -> list[News]:
    frames = io.BytesIO()
    for frame in (msgspec.msgpack.encode(task), data, msgspec.msgpack.encode(list(entities)), b""):
        send(frames, frame)
    ran = subprocess.run(
        [sys.executable, "-m", "highfence.entrypoints.clerk"], input=frames.getvalue(), capture_output=True, check=True
    )
    assert ran.stderr == b""
    out, told = io.BytesIO(ran.stdout), []
    while out.tell() < len(ran.stdout):
        told.append(msgspec.msgpack.decode(receive(out), type=News))
        if isinstance(told[-1], Outcome):
            break
    return told


def test_the_process_answers_in_frames() -> None:
    (told,) = converse(Task(reading=Reading()), TABLE.encode())
    assert isinstance(told, Look)
    task = Task(reading=Reading(), screen=True, fields=FIELDS)
    told = converse(task, TABLE.encode(), LISTED)[-1]
    assert isinstance(told, Outcome)
    assert told.found == ("c-1",)


def test_the_process_tells_what_is_wrong_and_ends_well() -> None:
    (told,) = converse(Task(reading=Reading()), HOSTILE["a PDF under another name"])
    assert isinstance(told, Unread)
    assert "PDF" in told.what


def test_the_process_may_use_so_much_memory_and_no_more() -> None:
    script = (
        "from highfence.entrypoints import clerk\n"
        "clerk.MEMORY_BYTES_MOST = 64 << 20\n"
        "clerk.work = lambda *_: iter([bytes(1 << 30)])\n"
        "clerk.main()\n"
    )
    frames = io.BytesIO()
    send(frames, msgspec.msgpack.encode(Task(reading=Reading())))
    send(frames, b"name\nAcme\n")
    ran = subprocess.run([sys.executable, "-c", script], input=frames.getvalue(), capture_output=True, check=False)
    told = msgspec.msgpack.decode(receive(io.BytesIO(ran.stdout)), type=News)
    assert isinstance(told, Unread)
    assert "memory" in told.what


def test_a_cut_off_frame_is_an_end_and_no_file() -> None:
    frames = io.BytesIO()
    send(frames, b"name")
    with pytest.raises(EOFError):
        receive(io.BytesIO(frames.getvalue()[:-1]))
