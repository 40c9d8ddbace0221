# SPDX-License-Identifier: Apache-2.0
"""Logs are JSON lines on stderr, and a full disk under them breaks nothing else."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator

import pytest
import structlog

from highfence.clock import read_instant
from highfence.entrypoints.cli.logs import StandardError, configure


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    configure()
    yield
    structlog.reset_defaults()


def test_a_line_says_what_when_and_how_grave(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("test").warning("something_odd", peer="nl")
    written = capsys.readouterr()
    assert written.out == ""
    line = json.loads(written.err)
    assert (line["event"], line["level"], line["peer"]) == ("something_odd", "warning", "nl")
    assert read_instant(line["timestamp"])


def test_what_is_only_for_debugging_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("test").debug("a_detail")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EPIPE])
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    class Full:
        def write(self, line: str) -> None:
            tried.append(line)
            raise OSError(number, "no")

        def flush(self) -> None:
            raise OSError(number, "no")

    monkeypatch.setattr("sys.stderr", Full())
    structlog.get_logger("test").error("door_failed")
    StandardError().msg("another")
    assert len(tried) == 2
