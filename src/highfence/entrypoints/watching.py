# SPDX-License-Identifier: Apache-2.0
"""Watching: a watch list as people write it, one company to a line, by id, identifier or exact name."""

from __future__ import annotations

from highfence.errors import InvalidInput

#: More are better kept as a list of the authority's own (`own_list`), which can be watched as a whole.
NAMES_MOST = 5000
_NAME_CHARACTERS_MOST = 500


def read_watch_list(text: str, *, where: str) -> tuple[str, ...]:
    """Read a watch list: each line a name; empty lines and those that begin with `#` are left out.

    Raises:
        InvalidInput: there is no name in it, too many, or one too long; says which line.
    """
    names: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.strip().removeprefix("\ufeff")
        if len(name) > _NAME_CHARACTERS_MOST:
            raise InvalidInput(
                f"line {number} is too long for a name", where=where, advice="Write one company to a line"
            )
        if name and not name.startswith("#"):
            names[name] = None
    if not names:
        raise InvalidInput("the watch list is empty", where=where, advice="Write one company to a line")
    if len(names) > NAMES_MOST:
        raise InvalidInput(
            f"the watch list has {len(names):,} names, over {NAMES_MOST:,}",
            where=where,
            advice="Keep it as a list of your own (own_list) and watch that",
        )
    return tuple(names)
