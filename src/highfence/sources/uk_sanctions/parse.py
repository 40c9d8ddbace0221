# SPDX-License-Identifier: Apache-2.0
"""Parse: the United Kingdom's lists to listings, whichever of the two the bytes are.

A ZIP archive is the UK Sanctions List (`tables`), anything else the OFSI Consolidated List (`consolidated`).
"""

from __future__ import annotations

from highfence.sources.progress import quiet
from highfence.sources.source import Parsed, Progress
from highfence.sources.uk_sanctions.archive import is_archive, pack, unpack
from highfence.sources.uk_sanctions.consolidated import read_consolidated
from highfence.sources.uk_sanctions.tables import read_tables

__all__ = ["pack", "parse"]


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read a whole edition of either list.

    Problem codes beside those of `sources.table`: `no_key`, `no_name`, `duplicate_key` and `unknown_subject` (not
    taken); `no_primary_name`, `unknown_type`, `unknown_regime`, `identifier_check`, `unknown_country` and `bad_date`
    (taken). For the three tables `what` begins with the table's name.

    Raises:
        ListRefused: neither an archive of the three tables nor the consolidated list; an archive that is broken,
            encrypted or too large; a table without a required column.
    """
    if is_archive(data):
        return read_tables(unpack(data), progress)
    return read_consolidated(data, progress)
