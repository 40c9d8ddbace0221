# SPDX-License-Identifier: Apache-2.0
"""Logs: JSON lines on stderr. No secret and no content of an assertion is ever put into one."""

from __future__ import annotations

import sys

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
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
