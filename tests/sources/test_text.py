# SPDX-License-Identifier: Apache-2.0
"""Bytes to text: encodings, what is not text, control characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.sources.text import read_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_reads_unicode_in_each_of_its_encodings(encoding: str) -> None:
    read = read_text("name\nООО Пример\n".encode(encoding))
    assert read.text == "name\nООО Пример\n"
    assert read.problems == ()
    assert not read.cut_off


def test_reads_windows_1252_and_names_the_line_of_the_first_byte() -> None:
    read = read_text("name\r\nplain\r\nCafé “Ö”\r\n".encode("windows-1252"))
    assert read.text.splitlines()[2] == "Café “Ö”"
    (problem,) = read.problems
    assert (problem.line, problem.code, problem.taken) == (3, "encoding", True)
    assert "0xE9" in problem.what


def test_a_stray_byte_does_not_spoil_the_utf_8_around_it() -> None:
    data = "Пример\n".encode() * 3 + b"Caf\xe9\n" + "Пример\n".encode()
    read = read_text(data)
    assert read.text == "Пример\n" * 3 + "Café\n" + "Пример\n"
    assert [problem.line for problem in read.problems] == [4]


def test_a_file_cut_inside_a_character_keeps_what_stands_before_it() -> None:
    read = read_text("Пример".encode()[:-1])
    assert read.text == "Приме"
    assert read.cut_off
    assert [problem.code for problem in read.problems] == ["encoding"]


def test_a_utf_16_file_cut_inside_a_character_is_marked_as_cut_off() -> None:
    read = read_text("name\nПример".encode("utf-16")[:-1])
    assert read.text == "name\nПриме"
    assert read.cut_off


def test_control_characters_are_taken_out_and_reported() -> None:
    read = read_text(b"name\nEx\x00ample\x0bLtd\n")
    assert read.text == "name\nExample Ltd\n"
    (problem,) = read.problems
    assert (problem.line, problem.code) == (2, "control_characters")


def test_a_windows_1252_apostrophe_encoded_twice_becomes_an_apostrophe() -> None:
    assert read_text("People\u0092s Works".encode()).text == "People’s Works"


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "Excel"),
        (b"\x1f\x8brest", "gzip"),
        ("name,date".encode("utf-16-le"), "UTF-16 without"),
    ],
)
def test_refuses_what_is_not_text_and_says_what_it_looks_like(data: bytes, looks: str) -> None:
    with pytest.raises(ListRefused, match=looks) as refusal:
        read_text(data)
    assert refusal.value.advice


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\t"])
def test_refuses_an_empty_file(data: bytes) -> None:
    with pytest.raises(ListRefused, match="empty"):
        read_text(data)


@given(st.binary(max_size=200))
def test_any_bytes_become_text_without_controls_or_a_refusal(data: bytes) -> None:
    try:
        read = read_text(data)
    except HighfenceError:
        return
    assert not any(ord(char) < 32 and char not in "\t\r\n" for char in read.text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
def test_sound_utf_8_comes_back_as_it_is(text: str) -> None:
    read = read_text(text.encode("utf-8"))
    assert read.text in (text, text.removeprefix("\ufeff"))
