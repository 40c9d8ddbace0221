# SPDX-License-Identifier: Apache-2.0
"""The demonstration tells its story, and leaves nothing behind however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .processes import PATIENCE_S, group, require_proc, wait_until

pytestmark = pytest.mark.journey

STORY = ("concern", "addition", "correction", "withdrawal", "crash", "verify", "gaps")


@contextmanager
def demo(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run the demonstration as the leader of a process group; whatever is left of it in the end is killed."""
    require_proc()
    process = subprocess.Popen(
        [sys.executable, "-m", "highfence", "demo", "--json", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if group(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def step(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the next step that is told."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the demonstration ended early"
    return dict(json.loads(line))


def nodes_of(process: subprocess.Popen[str]) -> set[int]:
    return group(process.pid) - {process.pid}


def test_the_demonstration_tells_each_step_with_its_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo(tmp_path, "--once") as process:
        out, err = process.communicate(timeout=2 * PATIENCE_S)
        assert (process.returncode, err) == (0, "")
        assert group(process.pid) == set()
    assert list(tmp_path.iterdir()) == []
    steps = [json.loads(line) for line in out.splitlines()]
    assert all(one["told"] and one["ms"] > 0 for one in steps)
    names = [one["step"] for one in steps]
    assert names == ["nodes", *["import"] * 4, "share", *STORY]
    facts = {one["step"]: one["facts"] for one in steps}
    assert set(facts["concern"]["seen_ms"]) == {"eu", "nl"}
    assert facts["concern"]["withheld_from"] == {"cy": "not_releasable"}
    assert (facts["crash"]["published"], facts["crash"]["lost"]) == (300, 0)
    assert set(facts["verify"]["assertions"]) == {"us", "eu", "nl", "cy"}
    assert min(facts["gaps"][name] for name in ("only_us", "only_eu", "both")) > 0


def test_the_demonstration_stays_up_with_its_pages_until_it_is_told_to_end(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        pages = [one for _ in range(17) if (one := step(process))["step"] == "pages"]
        assert [page["authority"] for page in pages] == ["us", "eu", "nl", "cy"]
        for page in pages:
            with urllib.request.urlopen(f"{page['address']}/sign-in", timeout=PATIENCE_S) as answer:
                assert answer.status == 200
        assert len(nodes_of(process)) == 4
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, "Traceback" in err) == (0, False)
        assert group(process.pid) == set()
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_that_is_terminated_in_mid_story_ends_its_nodes(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        assert step(process)["step"] == "nodes"
        assert len(nodes_of(process)) == 4
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 1
        assert "Traceback" not in err
        assert group(process.pid) == set()
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_that_is_killed_takes_its_nodes_with_it(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        assert step(process)["step"] == "nodes"
        assert len(nodes_of(process)) == 4
        process.kill()
        process.wait(timeout=PATIENCE_S)
        wait_until(lambda: group(process.pid) == set(), "the end of the nodes of a killed demonstration")


def test_the_demonstration_says_where_it_broke(tmp_path: Path) -> None:
    with demo(tmp_path, "--once", "--lists", str(tmp_path)) as process:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 1
        (line,) = err.splitlines()
        assert "there is no consolidated_*.csv" in line
        assert group(process.pid) == set()
