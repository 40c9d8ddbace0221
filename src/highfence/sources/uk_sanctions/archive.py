# SPDX-License-Identifier: Apache-2.0
"""Archive: the three tables of the UK Sanctions List in one byte string, and back, trusting no size it declares."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

import msgspec

from highfence.errors import ListRefused

TABLES = ("subjects", "names", "identifiers")
#: Of all three tables unpacked; ten times the edition of April 2026.
BYTES_MOST = 64 * 1024 * 1024
#: A person's archive may hold a README or a folder entry; never a directory tree.
_MEMBERS_MOST = 64
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_READ_BYTES = 1024 * 1024


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of the three CSV files."""

    subjects: bytes
    names: bytes
    identifiers: bytes


def is_archive(data: bytes) -> bool:
    """Tell whether the bytes begin as a ZIP archive does."""
    return data.startswith(_MAGIC)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return one archive of the three tables, the same bytes for the same tables on every machine.

    `files` maps file names to contents; of each table one name must contain its word (`subjects`, `names`,
    `identifiers`); other files are left out. Stored, not deflated: zlib's output differs between builds.

    Raises:
        ListRefused: a table is missing, or two files claim to be it.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression=zipfile.ZIP_STORED) as archive:
        for table, name in _chosen(list(files)).items():
            member = zipfile.ZipInfo(f"{table}.csv", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name])
    return packed.getvalue()


def unpack(data: bytes) -> Tables:
    """Return the three tables of an archive.

    Raises:
        ListRefused: the archive is broken, encrypted, holds other files, or is larger than an edition can be; neither
            the sizes it declares nor what really comes out may exceed the bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _require_small(len(members), sum(member.file_size for member in members))
            by_name = {member.filename: member for member in members}
            left = BYTES_MOST
            tables: dict[str, bytes] = {}
            for table, name in _chosen([member.filename for member in members]).items():
                tables[table] = _read(archive, by_name[name], most=left)
                left -= len(tables[table])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        # RuntimeError is zipfile's word for an encrypted member, NotImplementedError for a method it does not have.
        raise ListRefused(
            f"the archive cannot be read: {str(error)[:120]}",
            where="archive",
            advice="Hand in the three CSV files, or a plain ZIP archive of them without a password",
        ) from error
    return Tables(subjects=tables["subjects"], names=tables["names"], identifiers=tables["identifiers"])


def _chosen(names: list[str]) -> dict[str, str]:
    """Return the file name of each table."""
    chosen: dict[str, str] = {}
    for table in TABLES:
        found = [name for name in names if table in _file_name(name) and _file_name(name).endswith(".csv")]
        if len(found) != 1:
            which = ", ".join(repr(name[:60]) for name in found[:5]) or "none"
            raise ListRefused(
                f"exactly one CSV file must be the table of {table}; found {which}",
                where=table,
                advice="Hand in subjects, names and identifiers of one edition of the UK Sanctions List, or the OFSI "
                "consolidated list as one CSV file",
            )
        chosen[table] = found[0]
    if len(set(chosen.values())) < len(TABLES):
        raise ListRefused(
            f"one file claims to be two tables: {', '.join(sorted(set(chosen.values())))[:120]}",
            where="file names",
            advice="Name the files after the one table each holds",
        )
    return chosen


def _file_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _require_small(members: int, size: int) -> None:
    if members > _MEMBERS_MOST or size > BYTES_MOST:
        raise ListRefused(
            f"the archive declares {members} files and {size:,} bytes; at most {_MEMBERS_MOST} and {BYTES_MOST:,}",
            where="archive",
            advice="Do not use this archive: it may have been made to harm its reader",
        )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, most: int) -> bytes:
    """Read a member in pieces and stop once more comes out than may."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(
            f"{member.filename[:60]!r} is compressed by a method that archives of lists never use"
        )
    read = bytearray()
    with archive.open(member) as stream:
        while piece := stream.read(_READ_BYTES):
            read += piece
            if len(read) > most:
                _require_small(1, BYTES_MOST + 1)
    return bytes(read)
