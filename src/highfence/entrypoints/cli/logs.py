# SPDX-License-Identifier: Apache-2.0
"""Logs: JSON lines on stderr. No secret and no content of an assertion is ever put into one."""

from __future__ import annotations

import sys
from contextlib import suppress

import structlog


def configure() -> None:
    """Set up logging for a command or a serving node."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=lambda *_: StandardError(),
        cache_logger_on_first_use=True,
    )


def quiet() -> None:
    """Log nothing but warnings: what a person does by a command is told by its output."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))


class StandardError:
    """Writes lines to stderr. A line that cannot be written is lost, and nothing else.

    Logs often lie on the same disk as the node: when that is full, the answer that says so must still be given, and
    the links to peers must go on.
    """

    def msg(self, line: str) -> None:
        """Write one line."""
        with suppress(OSError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    log = debug = info = warn = warning = error = fatal = critical = exception = failure = err = msg
