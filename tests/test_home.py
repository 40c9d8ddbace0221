# SPDX-License-Identifier: Apache-2.0
"""A node's folder: one process writes to it, and private files are private from their first byte."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading

import pytest

from highfence.errors import SettingsWrong
from highfence.home import PROCESSES_MOST, Home, WriterLock, running_address, write_private


def test_everything_lies_in_the_folder(tmp_path):
    home = Home(tmp_path)
    names = ("signing_key", "membership", "authority", "database", "officers", "access_code", "running")
    paths = [getattr(home, name) for name in names]
    assert len(set(paths)) == len(names)
    assert {path.parent for path in paths} == {tmp_path}


def test_one_process_at_a_time_may_write(tmp_path):
    lock = WriterLock(Home(tmp_path))
    with pytest.raises(SettingsWrong, match="another process") as refusal:
        WriterLock(Home(tmp_path))
    assert "API" in refusal.value.advice
    lock.free()
    WriterLock(Home(tmp_path)).free()


def test_several_processes_that_share_have_a_place_each_and_are_found_while_they_run(tmp_path):
    home = Home(tmp_path)
    locks = [WriterLock(home, shared=True) for _ in range(PROCESSES_MOST)]
    with pytest.raises(SettingsWrong, match="as many processes"):
        WriterLock(home, shared=True)
    with pytest.raises(SettingsWrong, match="another process"):
        WriterLock(home)
    for number, lock in enumerate(locks):
        lock.announce(f"http://127.0.0.1:{number}")
    found = []
    for _ in locks:
        address = running_address(home)
        found.append(address)
        locks[int(address.rpartition(":")[2])].free()
    assert sorted(found) == sorted(f"http://127.0.0.1:{number}" for number in range(PROCESSES_MOST))
    assert running_address(home) == ""
    WriterLock(home).free()


def test_two_homes_do_not_lock_each_other(tmp_path):
    locks = []
    for code in ("us", "nl"):
        (tmp_path / code).mkdir()
        locks.append(WriterLock(Home(tmp_path / code)))
    for lock in locks:
        lock.free()


def test_the_address_is_told_while_the_node_runs_and_no_longer(tmp_path):
    home = Home(tmp_path)
    assert running_address(home) == ""
    lock = WriterLock(home)
    assert running_address(home) == ""
    lock.announce("http://127.0.0.1:8321")
    assert running_address(home) == "http://127.0.0.1:8321"
    lock.announce("http://[::1]:1")
    assert running_address(home) == "http://[::1]:1"
    lock.free()
    assert running_address(home) == ""


def test_asking_for_the_address_does_not_keep_a_node_from_starting(tmp_path):
    home = Home(tmp_path)
    WriterLock(home).free()
    assert running_address(home) == ""
    WriterLock(home).free()


def test_a_process_that_was_killed_leaves_no_lock_and_no_address(tmp_path):
    script = (
        "import os, pathlib, sys; from highfence.home import Home, WriterLock\n"
        "lock = WriterLock(Home(pathlib.Path(sys.argv[1])))\n"
        "lock.announce('http://127.0.0.1:1')\n"
        "os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert ended.returncode == -9
    assert (tmp_path / "running").read_text() == "http://127.0.0.1:1"
    assert running_address(Home(tmp_path)) == ""
    WriterLock(Home(tmp_path)).free()


def test_a_private_file_is_its_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        write_private(tmp_path / "officers.json", "secret")
    finally:
        os.umask(before)
    assert (tmp_path / "officers.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "officers.json").read_text() == "secret"


def test_a_draft_left_behind_does_not_open_the_file_to_others(tmp_path):
    draft = tmp_path / "officers.json.new"
    draft.write_text("half")
    draft.chmod(0o666)
    write_private(tmp_path / "officers.json", "whole")
    assert (tmp_path / "officers.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "officers.json").read_text() == "whole"
    assert not draft.exists()


def test_a_link_laid_in_the_way_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_text("untouched")
    (tmp_path / "officers.json.new").symlink_to(tmp_path / "elsewhere")
    write_private(tmp_path / "officers.json", "secret")
    assert (tmp_path / "elsewhere").read_text() == "untouched"


def test_when_writing_fails_the_old_file_stays(tmp_path, monkeypatch):
    path = tmp_path / "officers.json"
    write_private(path, "old")

    def fail(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_private(path, "new")
    assert path.read_text() == "old"


def test_text_is_kept_as_utf_8(tmp_path):
    write_private(tmp_path / "x", "Ł日本")
    assert (tmp_path / "x").read_bytes() == "Ł日本".encode()


def test_a_node_starts_although_a_command_is_just_asking_whether_one_runs(tmp_path):
    home = Home(tmp_path)
    WriterLock(home).free()
    asking = open(home.running, "r+", encoding="utf-8")  # noqa: SIM115 - closed by the timer
    fcntl.flock(asking, fcntl.LOCK_EX)
    timer = threading.Timer(0.08, asking.close)
    timer.start()
    WriterLock(home).free()
    timer.join()
