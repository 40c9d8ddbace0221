# SPDX-License-Identifier: Apache-2.0
"""Control lists lie in a node's home by edition, are added and never replaced, and are taken whole or not at all."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from control_files import CCL, files
from highfence.errors import InvalidInput
from highfence.formats.control_lists import pack_lists
from highfence.home import Home
from highfence.shelf import keep_lists, read_folder, read_shelf, shelf_mark

OWN = b'[[areas]]\nid = "own"\ntitle = "Own"\n\n[[changes]]\nid = "c-1"\ntitle = "Own"\nact = "Order 7"\nverified = true\nfrom = 2026-01-01\n\n[[changes.areas]]\narea = "own"\n[[changes.areas.adds]]\nkind = "eccn"\ncodes = ["9B105"]\n'  # noqa: E501


def test_what_is_kept_is_read_again_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    kept = keep_lists(home, pack_lists(files()))
    assert kept.added
    assert set(read_shelf(home).lists[0].ccl) == {"2B001", "3B001"}
    assert stat.S_IMODE((home.control_lists / kept.edition).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.control_lists.stat().st_mode) == 0o700


def test_the_same_again_changes_nothing_and_another_edition_stands_beside(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = keep_lists(home, pack_lists(files()))
    assert not keep_lists(home, pack_lists(files())).added
    later = json.dumps(CCL | {"ecfrIssueDate": "2027-01-01", "entries": CCL["entries"][:1]}).encode()
    second = keep_lists(home, pack_lists({"ccl.json": later}))
    assert shelf_mark(home) == (first.edition, second.edition)
    assert [len(one.ccl) for one in read_shelf(home).lists] == [2, 1]


def test_own_changes_come_into_the_yard(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert keep_lists(home, pack_lists({"own.toml": OWN})).changes == 1
    assert "c-1" in {change.id for change in read_shelf(home).scope.changes}
    assert keep_lists(home, pack_lists(files(**{"own.toml": OWN}))).added
    assert [change.id for change in read_shelf(home).scope.changes].count("c-1") == 1


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ({"README.txt": b"hello"}, "there is no control list"),
        ({"ccl.json": b"{}"}, "none of the control lists"),
        ({"own.toml": b"\xff"}, "not UTF-8"),
        ({"own.toml": b"x = "}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(tmp_path: Path, inside: dict[str, bytes], what: str) -> None:
    home = Home(tmp_path)
    with pytest.raises(InvalidInput, match=what):
        keep_lists(home, pack_lists(inside))
    assert shelf_mark(home) == ()
    assert read_shelf(home).lists == ()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_folder(tmp_path / "nowhere")
