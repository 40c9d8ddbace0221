# SPDX-License-Identifier: Apache-2.0
"""The command line as scripts use it: real processes, pipes and exit codes, from nothing to a shared concern."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from highfence.entrypoints.cli.demo.stage import free_ports
from highfence.formats.ftm import read_line
from nodes import concern, sharing

from .processes import PATIENCE_S, drafted, highfence, wait_until

pytestmark = pytest.mark.journey

AGREEMENTS = [
    {
        "id": "agr-1",
        "title": "Arrangement of the two",
        "parties": ["us", "nl"],
        "legal_basis": "Regulation (EU) 2019/452, Article 13",
        "purposes": ["export-control", "sanctions"],
        "valid_from": "2021-09-29",
    }
]


def lines(*words: object) -> list[Any]:
    """Return the JSON lines of a command that does what it should and has nothing else to say."""
    ran = highfence(*words)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def refused(code: int, *words: object) -> str:
    """Return the one line of a command that ends with this exit code."""
    ran = highfence(*words)
    assert (ran.returncode, ran.stdout) == (code, ""), ran
    (line,) = ran.stderr.splitlines()
    return line


@contextmanager
def serving(*homes: Path) -> Iterator[None]:
    """Serve homes, and end each node as an operator does; it must end in good order."""
    processes = []
    try:
        for home in homes:
            with (home / "node.log").open("ab") as log:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "highfence", "serve", str(home)], stdin=subprocess.DEVNULL, stderr=log
                    )
                )
        yield
        for process in processes:
            process.send_signal(signal.SIGINT)
        assert [process.wait(timeout=PATIENCE_S) for process in processes] == [0] * len(homes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_two_authorities_meet_share_a_concern_and_verify(tmp_path: Path) -> None:
    us, nl, document, agreements = (tmp_path / name for name in ("us", "nl", "membership.json", "agreements.json"))
    agreements.write_text(json.dumps(AGREEMENTS))
    for home, port in zip((us, nl), free_ports(2), strict=True):
        assert lines("init", home, "--authority", home.name, "--port", port)[0]["authority"] == home.name
    entries = ("--entry", us / "authority.json", "--entry", nl / "authority.json")
    assert lines("membership", "draft", document, *entries, "--agreements", agreements) == []
    assert "0 of 2" in refused(1, "membership", "install", document, "--home", us)
    for home in (us, nl):
        signed = highfence("membership", "sign", document, "--home", home)
        assert (signed.returncode, signed.stdout) == (0, "")
        assert "Agreement agr-1" in signed.stderr
    for home in (us, nl):
        assert lines("membership", "install", document, "--home", home)[0]["authorities"] == ["nl", "us"]
    draft = tmp_path / "draft.json"
    draft.write_bytes(msgspec.json.encode(drafted(concern("Acme Optics", sharing("nl")))))
    # Before any node runs, the command writes to the home itself; the feed waits for its reader.
    first = lines("publish", draft, "--home", us)[0]["id"]
    with serving(us, nl):
        wait_until(lambda: highfence("show", "Acme Optics", "--home", nl).returncode == 0, "the concern at its reader")
        second = lines("publish", draft, "--home", us)[0]["id"]
        for name in (first, second):
            wait_until(lambda name=name: _state(us, name) == "received", "the receipt")  # type: ignore[misc]
        (profile,) = lines("show", "Acme Optics", "--home", nl)
        assert {claim["assertion"] for claim in profile["claims"]} == {first, second}
        assert "PURPLE" in refused(2, "publish", _purple(tmp_path), "--home", us)
        assert lines("membership", "install", document, "--home", us)[0]["version"] == 1
    for home in (us, nl):
        (found,) = lines("verify", home)
        assert (found["assertions"], found["differences"]) == (2, [])


def test_a_reader_of_the_output_may_have_enough_after_one_line() -> None:
    program = f"{sys.executable} -m highfence sources"
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | head -n 1"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert json.loads(ran.stdout)["name"]
    assert "Traceback" not in ran.stderr


def test_an_output_that_cannot_be_written_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "highfence", "sources"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert ran.returncode != 0
    assert ran.stderr.splitlines()[0].startswith("highfence: the system refused: No space left on device")


def test_settings_of_the_environment_count(tmp_path: Path) -> None:
    home = tmp_path / "us"
    lines("init", home, "--authority", "us")
    ran = highfence("verify", home, HIGHFENCE_PORT="many")
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert "a setting is wrong" in line


def test_a_command_that_is_interrupted_says_so_in_short(tmp_path: Path) -> None:
    home = tmp_path / "us"
    lines("init", home, "--authority", "us")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "highfence", "publish", str(fifo), "--home", str(home)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with fifo.open("wb"):  # returns once the command reads from it
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in err


@pytest.mark.lists
def test_the_complete_united_states_list_becomes_sound_followthemoney_lines(lists: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.ftm.json"
    ran = highfence("import", "us_csl", lists / "us_csl" / "consolidated_2026-07-31.csv", "--to", target, timeout_s=110)
    counts = json.loads(ran.stdout)
    assert ran.returncode == (1 if counts["refused"] else 0)
    assert counts["added"] > 25_000
    sanctions = 0
    with target.open("rb") as out:
        for number, line in enumerate(out, start=1):
            sanctions += read_line(line, line_number=number).entity.schema == "Sanction"
    assert sanctions == counts["added"]


@pytest.mark.lists
def test_a_real_list_that_is_not_well_formed_leaves_nothing_behind(lists: Path, tmp_path: Path) -> None:
    broken = lists / "un" / "un_consolidated_2025-08-16.MALFORMED.xml"
    line = refused(1, "import", "un_sc", broken, "--to", tmp_path / "out.ftm.json")
    assert "(line 53, column 11)" in line
    assert list(tmp_path.iterdir()) == []


def _state(home: Path, assertion: str) -> str:
    (found,) = lines("status", assertion, "--home", home)
    return str(found["deliveries"][0]["state"])


def _purple(folder: Path) -> Path:
    path = folder / "purple.json"
    path.write_bytes(msgspec.json.encode(drafted(concern("Acme Optics", sharing("nl", tlp="PURPLE")))))
    return path
