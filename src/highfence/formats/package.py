# SPDX-License-Identifier: Apache-2.0
"""Package: the ZIP archive that an Excel workbook is, looked at before anything unpacks it.

A small file can unpack to terabytes, and a single cell in the last corner of a sheet makes a reader reserve room for
17 thousand million. So sizes are checked first, each part is unpacked within them, and the furthest cell is looked up.
On the way it notes the numbers that are shown with leading zeros (`0000000000`), of which the file keeps only the rest.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import msgspec
from lxml import etree

from highfence.errors import InvalidDocument

#: Bounds of a workbook. The largest table that is read, 5 million cells, stays far below them.
PARTS_MOST = 5_000
UNPACKED_BYTES_MOST = 512 * 1024 * 1024
CELLS_MOST = 5_000_000
_CHUNK_BYTES = 1 << 20
_SMALL_PART_BYTES_MOST = 16 * 1024 * 1024
#: Longer than the most digits that Python reads, so that no place is cut in two unseen.
_OVERLAP_BYTES = 8192
#: Where a row or a cell says that it stands, in whatever way it is written: a reader makes room as far as that.
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")
_STYLED = re.compile(rb"""<(?:\w+:)?c r=["']([A-Z]{1,3})([0-9]{1,7})["'] s=["']([0-9]{1,6})["']""")
_ZEROS = re.compile(r"0{2,40}\Z")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml\Z")


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: sheet's name -> cell (row, column, from 1) -> width of the number it shows with leading zeros."""

    padded: dict[str, dict[tuple[int, int], int]]


def inspect(data: bytes) -> Package:
    """Look at a workbook (.xlsx, .xlsm) without unpacking it whole.

    Raises:
        InvalidDocument: it is no ZIP archive or no workbook, is damaged or encrypted, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _inspected(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise InvalidDocument(
            f"the workbook cannot be unpacked: {str(error)[:80]}",
            where="the file",
            advice="Open it in a spreadsheet and save it again as .xlsx, without a password",
        ) from error


def _inspected(archive: zipfile.ZipFile) -> Package:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if not any(name.startswith("xl/") for name in names):
        raise InvalidDocument(
            "this is a ZIP archive and not an Excel workbook",
            where="the file",
            advice="Save the table as .xlsx or as CSV",
        )
    whole = sum(part.file_size for part in parts)
    if len(parts) > PARTS_MOST or whole > UNPACKED_BYTES_MOST:
        raise InvalidDocument(
            f"the workbook unpacks to {whole:,} bytes in {len(parts):,} parts",
            where="the file",
            advice=f"Keep the table alone; at most {UNPACKED_BYTES_MOST:,} bytes are unpacked",
        )
    widths = _widths(archive, names)
    padded: dict[str, dict[tuple[int, int], int]] = {}
    for part in parts:
        if _SHEET.fullmatch(part.filename):
            padded[part.filename] = _walk_sheet(archive, part, widths)
        else:
            _unpack(archive, part)
    return Package(padded={name: padded.get(part, {}) for name, part in _sheets(archive, names).items()})


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part to nowhere: a size that is a lie, or damage, shows itself."""
    with archive.open(part) as stream:
        while stream.read(_CHUNK_BYTES):
            pass


def _walk_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, widths: dict[int, int]) -> dict[tuple[int, int], int]:
    padded: dict[tuple[int, int], int] = {}
    rows = columns = 0
    kept = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            text = kept + chunk
            for place in _PLACE.finditer(text):
                rows, columns = max(rows, int(place[2])), max(columns, _column(place[1]))
            for cell in _STYLED.finditer(text) if widths else ():
                if width := widths.get(int(cell[3])):
                    padded[int(cell[2]), _column(cell[1])] = width
            if rows * max(columns, 1) > CELLS_MOST:
                raise InvalidDocument(
                    f"the sheet reaches to row {rows:,}, column {columns:,}",
                    where=f"{part.filename}, row {rows}",
                    advice="Delete the rows and columns beyond the table, or save it as CSV",
                )
            kept = text[-_OVERLAP_BYTES:]
    return padded


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _widths(archive: zipfile.ZipFile, names: set[str]) -> dict[int, int]:
    """Return, for each cell style that shows leading zeros, to how many digits."""
    root = _read_xml(archive, "xl/styles.xml", names)
    codes = {number.get("numFmtId"): number.get("formatCode", "") for number in root.iterfind("./{*}numFmts/{*}numFmt")}
    formats = [style.get("numFmtId") for style in root.iterfind("./{*}cellXfs/{*}xf")]
    return {
        place: len(code) for place, number in enumerate(formats) if _ZEROS.fullmatch(code := str(codes.get(number, "")))
    }


def _sheets(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Return which part holds the sheet of each name."""
    links = _read_xml(archive, "xl/_rels/workbook.xml.rels", names)
    targets = {link.get("Id"): str(link.get("Target", "")) for link in links.iterfind("./{*}Relationship")}
    found = {}
    for sheet in _read_xml(archive, "xl/workbook.xml", names).iterfind("./{*}sheets/{*}sheet"):
        link = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        target = targets.get(str(link), "")
        found[str(sheet.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _read_xml(archive: zipfile.ZipFile, part: str, names: set[str]) -> etree._Element:
    """Return a small part as XML, without entities or network; an empty element if it is missing."""
    if part not in names:
        return etree.Element("missing")
    if archive.getinfo(part).file_size > _SMALL_PART_BYTES_MOST:
        raise InvalidDocument("a part of the workbook is too large", where=part, advice="Save it again as .xlsx")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(archive.read(part), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidDocument(
            "a part of the workbook is damaged", where=part, advice="Save it again as .xlsx"
        ) from error
