# SPDX-License-Identifier: Apache-2.0
"""Problems: how errors leave by HTTP (RFC 9457), the one table of statuses."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from highfence import errors

#: The most particular class that an error is an instance of decides; the root is last.
STATUS: tuple[tuple[type[errors.HighfenceError], int], ...] = (
    (errors.InvalidInput, 400),
    (errors.Refused, 403),
    (errors.ListRefused, 422),
    (errors.NotFound, 404),
    (errors.NotAllowed, 403),
    (errors.StorageFailed, 507),
    (errors.SettingsWrong, 500),
    (errors.HighfenceError, 500),
)

log = structlog.get_logger("highfence.door")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document: what (`detail`), where, and what to do (`advice`), with a machine code."""

    title: str
    status: int
    detail: str
    code: str
    where: str = ""
    advice: str = ""


def problem_of(error: Exception) -> Problem:
    """Return the problem that is told for an error; an unexpected one tells nothing of its inside."""
    if isinstance(error, errors.HighfenceError):
        status = next(number for kind, number in STATUS if isinstance(error, kind))
        if isinstance(error, errors.NotAllowed) and error.what in _UNKNOWN_CALLER:
            status = 401
        code = error.reason if isinstance(error, errors.Refused) else error.code
        title = error.code.replace("_", " ")
        return Problem(title=title, status=status, detail=error.what, code=code, where=error.where, advice=error.advice)
    if isinstance(error, HTTPException):
        detail = error.detail if error.status_code < 500 else "the node failed"
        return Problem(title="request", status=error.status_code, detail=detail, code=f"http_{error.status_code}")
    return Problem(
        title="failure",
        status=500,
        detail="the node failed to answer",
        code="failure",
        advice="Tell the node's operator; the log has the cause",
    )


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer an error as a problem document."""
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("door_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return Response(problem, status_code=problem.status, media_type="application/problem+json")


_UNKNOWN_CALLER = ("the access code is not known here", "you are not signed in", "no access code was given")
