# SPDX-License-Identifier: Apache-2.0
"""The tree of errors: each says what, where and what to do, in one line."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from highfence import errors
from highfence.errors import HighfenceError, InvalidInput, Refused, SettingsWrong

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, HighfenceError)]
SOURCE = Path(errors.__file__).parent


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_reads_as_one_line(kind):
    error = (
        kind("reason", "it is broken", where="a file", advice="Mend it")
        if kind is Refused
        else kind("it is broken", where="a file", advice="Mend it")
    )
    assert str(error) == "it is broken (a file). Mend it"
    assert (error.what, error.where, error.advice) == ("it is broken", "a file", "Mend it")


def test_what_is_not_given_is_left_out():
    assert str(InvalidInput("it is broken")) == "it is broken"
    assert str(InvalidInput("it is broken", advice="Mend it")) == "it is broken. Mend it"


def test_every_error_has_a_code_of_its_own():
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(code.islower() and code.replace("_", "").isalpha() for code in codes)


def test_wrong_usage_ends_a_command_with_two_and_everything_else_with_one():
    twos = {kind for kind in KINDS if issubclass(kind, InvalidInput | SettingsWrong)}
    assert {kind for kind in KINDS if kind.exit_code == 2} == twos
    assert {kind for kind in KINDS if kind.exit_code == 1} == set(KINDS) - twos


def test_the_tree_at_the_top_of_the_file_names_every_error():
    drawn = errors.__doc__ or ""
    assert [kind.__name__ for kind in KINDS if kind.__name__ not in drawn] == []


def test_a_refusal_carries_its_machine_code():
    assert Refused("unknown_key", "no such key").reason == "unknown_key"
    assert Refused.code == "refused"


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Yield each place of the sources where an error with a kind is made."""
    names = {kind.__name__ for kind in KINDS if kind is not HighfenceError}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def test_every_error_with_a_kind_says_what_to_do():
    silent = [place for place, call in raised() if "advice" not in {keyword.arg for keyword in call.keywords}]
    assert silent == []
