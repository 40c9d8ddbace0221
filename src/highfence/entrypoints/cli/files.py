# SPDX-License-Identifier: Apache-2.0
"""Files: reading what a command is given by name."""

from __future__ import annotations

from pathlib import Path

from highfence.errors import InvalidInput


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InvalidInput: it cannot be read; says why.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", where=str(path), advice="Check its name and rights"
        ) from error
