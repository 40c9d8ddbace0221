# SPDX-License-Identifier: Apache-2.0
"""The house rules that no tool checks: sizes, parameters, names, headers, words that do not belong."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "highfence"
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 5
POSITIONAL_MAX = 3
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
ROOMS = {"cases", "entrypoints", "exchange", "formats", "matching", "model", "register", "rules", "sources", "storage"}


def _tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        return [path for path in ROOT.rglob(pattern.rpartition("/")[2]) if ".venv" not in path.parts]
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


PYTHON = [path for path in _tracked("*.py") if "vendor" not in path.parts]
SOURCES = [path for path in PYTHON if SRC in path.parents]


def _exempt(path: Path) -> bool:
    """Tables and generated steps are as long as they are."""
    return bool({"tables", "generated", "versions"} & set(path.parts))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_module_begins_with_its_licence_line() -> None:
    first = "# SPDX-License-Identifier: Apache-2.0"
    wrong = [_where(path) for path in PYTHON if not path.read_text(encoding="utf-8").startswith(first)]
    assert wrong == []


def test_modules_are_at_most_400_lines() -> None:
    long = [
        f"{_where(path)} has {lines}"
        for path in PYTHON
        if not _exempt(path) and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES_MAX
    ]
    assert [one for one in long if one.startswith("src")] == []


def test_functions_are_at_most_50_lines() -> None:
    long = [
        f"{_where(path, node.lineno)} {node.name} has {lines}"
        for path in SOURCES
        if not _exempt(path)
        for node in _functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_functions_take_at_most_five_parameters_and_three_by_position() -> None:
    wrong = []
    for path in SOURCES:
        for node in _functions(path):
            if any(
                ast.unparse(one).startswith(("click.", "get(", "post(", "json_option")) for one in node.decorator_list
            ):
                continue  # a command's or a route's parameters are its contract with people, given by name
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in ("self", "cls")]
            if len(names) > POSITIONAL_MAX or len(names) + len(node.args.kwonlyargs) > PARAMETERS_MAX:
                wrong.append(f"{_where(path, node.lineno)} {node.name}")
    assert wrong == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [_where(path) for path in SOURCES if FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.parts}]
    assert wrong == []


def test_every_public_function_and_class_has_a_docstring() -> None:
    wrong = []
    for path in SOURCES:
        if _exempt(path):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                wrong.append(f"{_where(path, node.lineno)} {node.name}")
    assert wrong == []


def test_every_room_says_what_it_never_does_and_shows_an_example() -> None:
    wrong = []
    for room in sorted(ROOMS):
        text = ast.get_docstring(ast.parse((SRC / room / "__init__.py").read_text(encoding="utf-8"))) or ""
        if "never" not in text.lower() or ">>>" not in text:
            wrong.append(room)
    assert wrong == []


def test_only_the_clock_reads_the_clock_and_only_settings_the_environment() -> None:
    wrong = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.name != "clock.py" and re.search(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(", text):
            wrong.append(f"{_where(path)} reads the clock")
        if path.name != "settings.py" and re.search(r"os\.environ|os\.getenv", text):
            wrong.append(f"{_where(path)} reads the environment")
    assert wrong == []


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert rooms - ROOMS - {"journeys", "simulation", "tables"} == set()


@pytest.mark.parametrize("word", ["TODO", "FIXME", "HACK"])
def test_nothing_is_left_for_later(word: str) -> None:
    wrong = [
        _where(path, number)
        for path in PYTHON
        if path.name != "test_tidy.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(rf"\b{word}\b", line)
    ]
    assert wrong == []


def test_no_file_is_larger_than_half_a_megabyte() -> None:
    wrong = [_where(path) for path in _tracked("*") if path.is_file() and path.stat().st_size > 512 * 1024]
    assert wrong == []


def test_the_project_speaks_of_itself_alone() -> None:
    foreign = re.compile("/wo" + "rk/|/ro" + r"ot/|\bthis ses" + r"sion's\b|\bA" + r"I assist", re.IGNORECASE)
    wrong = [
        _where(path, number)
        for pattern in ("*.py", "*.md", "*.toml", "*.html", "*.js", "Makefile", ".ci/run")
        for path in _tracked(pattern)
        if "vendor" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if foreign.search(line)
    ]
    assert wrong == []


def test_no_room_that_threads_share_meets_a_type_for_the_first_time_in_a_function() -> None:
    """Two threads in which msgspec meets a type for the first time at once have crashed a starting node."""
    shared = ("model", "matching", "rules", "register", "storage", "exchange", "cases")
    made_under_a_lock = {("exchange/strict.py", "_decoder")}
    found = set()
    for path in sorted(SRC.rglob("*.py")):
        place = path.relative_to(SRC).as_posix()
        if not place.startswith(shared):
            continue
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {(place, function.name) for node in ast.walk(function) if _meets_a_type(node)}
    assert found - made_under_a_lock == set()


def _meets_a_type(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    typed = any(keyword.arg == "type" for keyword in node.keywords)
    return called == "msgspec.json.Decoder" or (called == "msgspec.json.decode" and typed)
