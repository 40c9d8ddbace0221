# SPDX-License-Identifier: Apache-2.0
"""Control lists: a folder of them, or the same in a zip archive, told apart by what is inside and not by their names.

A folder may hold any of the files, in any edition. What is none of them is passed over if it is no JSON and no CSV, and
refused otherwise: a list that is left out in silence would read as "not controlled".
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.annex_i import read_annex_i
from highfence.formats.ccl import read_ccl, read_chart, read_exceptions, read_groups
from highfence.formats.tariff import read_hs, read_priority
from highfence.model.control import PARTS, ControlLists

#: Bounds of an archive: files, and bytes of each when it is unpacked.
FILES_MOST = 40
FILE_BYTES_MOST = 32 * 1024 * 1024
_DAY = (2020, 1, 1, 0, 0, 0)
#: What stands in the first bytes of which list.
_SIGNS: tuple[tuple[bytes, Callable[[bytes], ControlLists]], ...] = (
    (b"regulations.", read_annex_i),
    (b"Commerce Control List", read_ccl),
    (b"Commerce Country Chart", read_chart),
    (b"(Country Groups)", read_groups),
    (b"(License Exceptions)", read_exceptions),
    (b"hs6,tier", read_priority),
    (b"hscode,", read_hs),
)
_HEAD = 2_000


def read_control_lists(files: Mapping[str, bytes]) -> ControlLists:
    """Read files by name into one set of lists.

    Raises:
        InvalidDocument: one of them is not as it should be.
        InvalidInput: there is none of them, or one list twice.
    """
    parts: dict[str, object] = {}
    editions = []
    for name, data in sorted(files.items()):
        if not name.lower().endswith((".json", ".csv")):
            continue
        read = _reader(name, data)(data)
        for edition in read.editions:
            part = PARTS[edition.name]
            if part in parts:
                raise InvalidInput(
                    f"the list {edition.name} is there twice", where=name, advice="Keep one edition in a folder"
                )
            parts[part] = getattr(read, part)
            editions.append(edition)
    if not editions:
        raise InvalidInput(
            "there is no control list", where="control lists", advice="Give the folder with the JSON and CSV files"
        )
    return ControlLists(editions=tuple(editions), **parts)  # type: ignore[arg-type]


def pack_lists(files: Mapping[str, bytes]) -> bytes:
    """Put files into an archive; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack_lists(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive.

    Raises:
        InvalidDocument: it is no archive, or one with too much in it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = archive.infolist()
            if len(inside) > FILES_MOST or any(one.file_size > FILE_BYTES_MOST for one in inside):
                raise InvalidDocument(
                    "the archive holds too much",
                    where="control lists",
                    advice=f"At most {FILES_MOST} files of {FILE_BYTES_MOST:,} bytes each",
                )
            return {one.filename: archive.read(one) for one in inside if not one.is_dir()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InvalidDocument(
            "this is no archive of control lists", where="control lists", advice="Make it with `highfence yard load`"
        ) from error


def _reader(name: str, data: bytes) -> Callable[[bytes], ControlLists]:
    head = data[:_HEAD]
    for sign, reader in _SIGNS:
        if sign in head:
            return reader
    raise InvalidDocument(
        "the file is none of the control lists that are known", where=name[:80], advice="Take it out of the folder"
    )
