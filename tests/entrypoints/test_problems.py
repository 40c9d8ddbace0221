# SPDX-License-Identifier: Apache-2.0
"""How errors leave by HTTP: one table, one shape, nothing of the inside."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
import pytest
from litestar import get
from litestar.exceptions import HTTPException, ImproperlyConfiguredException, NotFoundException
from litestar.testing import create_test_client

from highfence import errors
from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.entrypoints.problems import STATUS, Problem, answer_problem, problem_of

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.HighfenceError)]
#: What the docstring of `errors` promises.
PROMISED = {
    errors.InvalidInput: 400,
    errors.InvalidEntity: 400,
    errors.InvalidMarking: 400,
    errors.InvalidAssertion: 400,
    errors.InvalidDocument: 400,
    errors.Refused: 403,
    errors.ListRefused: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.MoveRefused: 409,
    errors.StorageFailed: 507,
    errors.SettingsWrong: 500,
    errors.HighfenceError: 500,
}


def made(kind: type[errors.HighfenceError]) -> errors.HighfenceError:
    words: tuple[str, ...] = ("a_reason", "what") if kind is errors.Refused else ("what",)
    return kind(*words, where="where", advice="advice")


@pytest.mark.parametrize("kind", ALL)
def test_every_error_has_the_status_its_tree_promises_and_keeps_its_three_parts(
    kind: type[errors.HighfenceError],
) -> None:
    problem = problem_of(made(kind))
    assert problem.status == PROMISED[kind]
    assert (problem.detail, problem.where, problem.advice) == ("what", "where", "advice")
    assert problem.code == ("a_reason" if kind is errors.Refused else kind.code)
    assert problem.title


def test_the_table_ends_with_the_root_so_that_no_error_is_without_a_status() -> None:
    assert STATUS[-1][0] is errors.HighfenceError
    order = [kind for kind, _ in STATUS]
    for place, kind in enumerate(order):
        assert not any(issubclass(kind, before) for before in order[:place]), f"{kind.__name__} is never reached"


@pytest.mark.parametrize(
    "what", ["no access code was given", "the access code is not known here", "you are not signed in"]
)
def test_who_is_not_known_gets_401_and_who_may_not_gets_403(what: str) -> None:
    assert problem_of(errors.NotAllowed(what)).status == 401
    assert problem_of(errors.NotAllowed("ann may not publish here")).status == 403


def test_an_unexpected_error_tells_nothing_of_its_inside() -> None:
    problem = problem_of(RuntimeError("password=hunter2"))
    assert problem.status == 500
    assert "hunter2" not in msgspec.json.encode(problem).decode()
    assert problem.advice


@pytest.mark.parametrize("error", [ImproperlyConfiguredException("secret"), HTTPException("secret", status_code=503)])
def test_the_frameworks_own_failures_are_not_told_either(error: HTTPException) -> None:
    problem = problem_of(error)
    assert problem.status >= 500
    assert "secret" not in msgspec.json.encode(problem).decode()


def test_the_frameworks_refusals_keep_their_status() -> None:
    assert problem_of(NotFoundException()).status == 404
    assert problem_of(HTTPException("too much", status_code=413)).detail == "too much"


@get("/fails/{name:str}", sync_to_thread=False)
def fails(name: str) -> None:
    raise {
        "unexpected": RuntimeError("a-secret-of-the-inside"),
        "full": errors.StorageFailed("the disk is full", where="database", advice="Free space"),
        "unknown": errors.NotAllowed("no access code was given"),
        "forbidden": errors.NotAllowed("ann may not publish here"),
    }[name]


@get("/number", sync_to_thread=False)
def number(limit: int) -> int:
    return limit


def ask(path: str) -> Any:
    with create_test_client(
        [fails, number], exception_handlers={Exception: answer_problem}, logging_config=None
    ) as client:
        return client.get(path)


@pytest.mark.parametrize("path", ["/fails/unexpected", "/fails/full", "/fails/unknown", "/nowhere", "/number?limit=x"])
def test_every_problem_document_has_the_six_fields_and_all_security_headers(path: str) -> None:
    answer = ask(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()) == list(Problem.__struct_fields__)
    assert answer.json()["status"] == answer.status_code
    assert all(answer.json()[field] for field in ("title", "status", "detail", "code", "advice"))
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_parameter_of_the_wrong_kind_is_named() -> None:
    assert ask("/number?limit=x").json()["where"] == "limit"


def test_only_who_is_not_known_is_asked_for_a_code() -> None:
    assert ask("/fails/unknown").headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in ask("/fails/forbidden").headers


def test_a_failure_is_logged_by_place_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    ask("/fails/unexpected?q=a-name-nobody-should-log")
    ask("/fails/full")
    ask("/fails/unknown")
    written = "".join(capsys.readouterr())
    assert written.count("door_failed") == 2
    assert "RuntimeError" in written
    assert "the disk is full" in written
    assert "a-secret-of-the-inside" not in written
    assert "a-name-nobody-should-log" not in written
