# SPDX-License-Identifier: Apache-2.0
"""Text: from the bytes of a published file to its characters, and what had to be mended on the way.

Publishers save in UTF-8, in UTF-16 out of a spreadsheet, or in Windows-1252; some files mix them, some are cut in the
middle of a character. Each departure from UTF-8 is reported with its line and nothing is guessed silently.
"""

from __future__ import annotations

import codecs
import re

import msgspec

from highfence.errors import ListRefused
from highfence.sources.source import Problem

#: First bytes of what people hand in by mistake -> what it looks like.
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file (.xls, .doc)"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_BOMS = (
    # UTF-32 first: its little-endian mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
#: Controls nobody prints: C0 without tab and line ends, DEL, C1.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Vertical tab and form feed part words. A C1 control is a Windows-1252 byte that was encoded once too often, such as
#: U+0092 for an apostrophe; five of the 32 stand for nothing. The other controls vanish.
_INSTEAD = {"\x0b": " ", "\x0c": " "} | {
    chr(code): bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0)
}
#: A text has no NUL at all; a few are damage, more than this share of the first bytes is another kind of file.
_NUL_SHARE_MOST = 0.2


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """The characters of a file, what was mended, and whether it ends in the middle of a character."""

    text: str
    problems: tuple[Problem, ...] = ()
    cut_off: bool = False


def read_text(data: bytes) -> Text:
    """Decode a published file: UTF-8, UTF-16 or UTF-32 by their marks, else Windows-1252, without control characters.

    Problem codes: `encoding` (line of the first byte that is not UTF-8) and `control_characters` (line of the first).

    Raises:
        ListRefused: the file is empty, or it is not text (says what it looks like).
    """
    if not data.strip():
        raise ListRefused(
            "the file is empty", where="line 1", advice="Download it again and compare its size with the publisher's"
        )
    _require_text(data)
    decoded = _decode(data)
    return _without_controls(decoded)


def line_of(text: str, position: int) -> int:
    """Return the 1-based line, as an editor counts, on which the character at `position` stands."""
    before = text[:position].replace("\r\n", "\n")
    return before.count("\n") + before.count("\r") + 1


def _require_text(data: bytes) -> None:
    looks = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    start = data[:4096]
    if not looks and not data.startswith(tuple(mark for mark, _ in _BOMS[:4])):
        nul_share = start.count(0) / len(start)
        if nul_share > _NUL_SHARE_MOST:
            looks = "a binary file, or UTF-16 without its byte-order mark"
    if looks:
        raise ListRefused(
            f"the file is not text: it looks like {looks}",
            where="line 1",
            advice="Hand in the list as the text file the publisher offers, unpacked and saved as UTF-8",
        )


def _decode(data: bytes) -> Text:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            data = data[len(mark) :]
            return _decode_utf8(data) if encoding == "utf-8" else _decode_wide(data, encoding)
    return _decode_utf8(data)


def _decode_wide(data: bytes, encoding: str) -> Text:
    try:
        return Text(text=data.decode(encoding))
    except UnicodeDecodeError as error:
        at_end = error.end == len(data) and len(data) - error.start < 4
        text = data.decode(encoding, "ignore" if at_end else "replace")
        line = line_of(data[: error.start].decode(encoding, "replace"), error.start)
        what = f"byte {error.start + 1} is not {encoding.upper()}"
        return Text(text=text, problems=(_mended(line, "encoding", what=what),), cut_off=at_end)


def _decode_utf8(data: bytes) -> Text:
    try:
        return Text(text=data.decode("utf-8"))
    except UnicodeDecodeError as error:
        start = error.start
        before = data[:start].replace(b"\r\n", b"\n")
        line = before.count(b"\n") + before.count(b"\r") + 1
        if error.reason == "unexpected end of data":
            what = "the file ends in the middle of a character; what stands of it is dropped"
            return Text(
                text=data[:start].decode("utf-8"), problems=(_mended(line, "encoding", what=what),), cut_off=True
            )
    text, whole_file = _decode_windows(data)
    which = "the file" if whole_file else "each line that is not UTF-8"
    what = f"byte 0x{data[start]:02X} is not UTF-8; {which} is read as Windows-1252"
    return Text(text=text, problems=(_mended(line, "encoding", what=what),))


def _decode_windows(data: bytes) -> tuple[str, bool]:
    """Read as Windows-1252: every line, or only the broken ones where most non-ASCII lines are sound UTF-8."""
    lines: list[str] = []
    sound = broken = 0
    for raw in data.split(b"\n"):
        try:
            line = raw.decode("utf-8")
            sound += not raw.isascii()
        except UnicodeDecodeError:
            line = raw.decode("windows-1252", "replace")
            broken += 1
        lines.append(line)
    if sound > broken:
        return "\n".join(lines), False
    return data.decode("windows-1252", "replace"), True


def _without_controls(decoded: Text) -> Text:
    found = _CONTROL.search(decoded.text)
    if found is None:
        return decoded
    line = line_of(decoded.text, found.start())
    text, count = _CONTROL.subn(lambda match: _INSTEAD.get(match[0], ""), decoded.text)
    what = f"control characters: {count} replaced or taken out, the first is U+{ord(found[0]):04X}"
    return Text(
        text=text,
        problems=(*decoded.problems, _mended(line, "control_characters", what=what)),
        cut_off=decoded.cut_off,
    )


def _mended(line: int, code: str, *, what: str) -> Problem:
    return Problem(line=line, code=code, what=what, taken=True)
