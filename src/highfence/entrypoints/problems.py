# SPDX-License-Identifier: Apache-2.0
"""Problems: how errors leave by HTTP (RFC 9457), the one table of statuses."""

from __future__ import annotations

from traceback import extract_tb
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from highfence import errors
from highfence.entrypoints.headers import SECURITY_HEADERS

#: The most particular class that an error is an instance of decides; the root is last.
STATUS: tuple[tuple[type[errors.HighfenceError], int], ...] = (
    (errors.InvalidInput, 400),
    (errors.Refused, 403),
    (errors.ListRefused, 422),
    (errors.NotFound, 404),
    (errors.NotAllowed, 403),
    (errors.MoveRefused, 409),
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
        return _problem_of_request(error)
    return Problem(
        title="failure",
        status=500,
        detail="the node failed to answer",
        code="failure",
        advice="Tell the node's operator; the log has the cause",
    )


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer an error as a problem document."""
    problem, more = problem_told(error, path=request.url.path)
    headers = {**SECURITY_HEADERS, **more}
    return Response(problem, status_code=problem.status, media_type="application/problem+json", headers=headers)


def problem_told(error: Exception, *, path: str) -> tuple[Problem, dict[str, str]]:
    """Return the problem that an answer tells and the headers it needs; a failure of the node itself is logged."""
    problem = problem_of(error)
    if not problem.advice:
        problem = msgspec.structs.replace(problem, advice=_ADVICE.get(problem.status, _ADVICE[400]))
    if problem.status >= 500:
        # The path without its query: a log is no place for names.
        log.error(
            "door_failed",
            path=path,
            error=type(error).__name__,
            detail=problem.detail,
            places=places_of(error),
        )
    return problem, {"www-authenticate": "Bearer"} if problem.status == 401 else {}


def places_of(error: BaseException) -> list[str]:
    """Return where an error came from, for the log: files, lines and functions, and none of the values."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]


def _problem_of_request(error: HTTPException) -> Problem:
    """Return the problem of a request that did not get as far as a handler; names the parameter that is wrong."""
    status = error.status_code
    if status >= 500:
        return Problem(title="failure", status=status, detail="the node failed", code=f"http_{status}")
    found = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    if not (isinstance(found, dict) and "key" in found and "message" in found):
        return Problem(title="request", status=status, detail=error.detail, code=f"http_{status}")
    return Problem(
        title="request", status=status, detail=str(found["message"]), code=f"http_{status}", where=str(found["key"])
    )


_ADVICE = {
    400: "See /api/schema/openapi.json for what this route takes",
    404: "See /api/schema/openapi.json for the routes there are",
    405: "See /api/schema/openapi.json for the routes there are",
    413: "Send less at once; docs/settings.md tells the bounds",
}
_UNKNOWN_CALLER = ("the access code is not known here", "you are not signed in", "no access code was given")
