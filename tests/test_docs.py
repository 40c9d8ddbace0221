# SPDX-License-Identifier: Apache-2.0
"""The documents say what the code does: everything has its place in them, examples run, links lead somewhere."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import json
import os
import pkgutil
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.di import Provide

from highfence import __version__, errors
from highfence.ceremony import read_agreements
from highfence.entrypoints.api import api_routes
from highfence.entrypoints.cli import COMMANDS
from highfence.entrypoints.denial_entry import DenialEntry, denial_of, read_entry
from highfence.entrypoints.drafts import read_draft
from highfence.entrypoints.peer.wire import Wire
from highfence.entrypoints.problems import STATUS
from highfence.entrypoints.web import web_routes
from highfence.entrypoints.web.assets import ROOT as STATIC_ROOT
from highfence.exchange.keys import SigningKey
from highfence.exchange.publish import seal_assertion
from highfence.model import marking
from highfence.model.agreement import Agreement
from highfence.model.assertion import KINDS
from highfence.model.consultation import STEPS
from highfence.model.denial import REASONS, REGIMES, STATES, require_denial
from highfence.settings import Settings, load
from highfence.sources.catalogue import parser, sources
from highfence.sources.progress import quiet

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "highfence"
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "bench").glob("*.md"), *SRC.glob("sources/*/NOTES.md")]
)
#: Calls that carry a machine code: where in their arguments it stands.
CODED = {
    "Refused": (0, "reason"),
    "_refused": (0, "reason"),
    "FeedRefused": (None, "reason"),
    "_turn": (1, "reason"),
    "Turned": (None, "reason"),
    "Finding": (0, "code"),
    "Release": (None, "reason"),
    "Delivery": (None, "reason"),
}
CODE = re.compile(r"[a-z]+(_[a-z]+)*\Z")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _words(name: str) -> set[str]:
    """Return what stands in backticks on a page."""
    return set(re.findall(r"`([^`\n]+)`", _page(name)))


def _blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", _page(name), flags=re.DOTALL | re.MULTILINE)


def _calls(folder: Path) -> Iterator[tuple[Path, str, ast.Call]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield path, name, node


def _texts(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.match(one.value)
    }


def _reasons() -> set[str]:
    """Return every machine code with which something is refused or withheld, read from the source."""
    found: set[str] = set()
    for _, name, call in _calls(SRC):
        if name not in CODED:
            continue
        place, keyword = CODED[name]
        if place is not None and len(call.args) > place and isinstance(call.args[place], ast.Constant | ast.IfExp):
            found |= _texts(call.args[place])
        for one in call.keywords:
            if one.arg == keyword and isinstance(one.value, ast.Constant | ast.IfExp):
                found |= _texts(one.value)
    for path in (SRC / "exchange" / "envelope.py", SRC / "exchange" / "status.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
                found |= _texts(node.value)
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                # State, code, sentence.
                found = found.union(*(_texts(one) for one in node.value.elts[:2]))
    return found


def _problem_codes() -> set[str]:
    """Return every code with which an importer reports a line."""
    found: set[str] = set()
    for _, name, call in _calls(SRC / "sources"):
        found |= {text for one in call.keywords if one.arg == "code" for text in _texts(one.value)}
        if name in {"report", "_report", "always", "_problem", "_mended", "_Fault"}:
            found |= {text for one in call.args if isinstance(one, ast.Constant) for text in _texts(one)}
    return found


def _tree(kind: type[errors.HighfenceError]) -> Iterator[type[errors.HighfenceError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)


def test_every_setting_is_described_with_its_variable() -> None:
    words = _words("docs/settings.md")
    missing = [
        name
        for name in Settings.__struct_fields__
        if name not in words or not any(word.startswith(f"HIGHFENCE_{name.upper()}") for word in words)
    ]
    assert missing == []


def test_the_example_of_settings_holds_all_of_them_with_their_defaults(tmp_path: Path) -> None:
    (example,) = _blocks("docs/settings.md", "toml")
    (tmp_path / "settings.toml").write_text(example)
    assert load(tmp_path, environment={}) == Settings(authority="nl")
    assert all(f"{name} = " in example for name in Settings.__struct_fields__)


def test_the_command_reference_is_what_the_commands_say() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert _page("docs/cli.md") == generate.render(), "run `make docs`"
    assert [name for name in COMMANDS if f"\n## highfence {name}\n" not in _page("docs/cli.md")] == []


def test_every_route_is_described() -> None:
    rows = set(re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \|", _page("docs/api.md"), flags=re.MULTILINE))
    there = {
        (method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path).replace(STATIC_ROOT, "/static/{digest}"))
        for route in _application().routes
        for method in getattr(route, "methods", set()) - {"OPTIONS", "HEAD"}
        if not route.path.startswith("/schema")
    }
    assert there - rows == set()
    assert rows - there == set()


def _application() -> Litestar:
    def node() -> object:
        return None

    def identities() -> object:
        return None

    return Litestar(
        route_handlers=[Wire, *api_routes(), *web_routes()],
        dependencies={
            "node": Provide(node, sync_to_thread=False),
            "identities": Provide(identities, sync_to_thread=False),
        },
        openapi_config=None,
    )


def test_every_error_is_described_with_its_code_exit_and_status() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+)$", _page("docs/errors.md"), flags=re.MULTILINE))
    wrong = []
    for kind in _tree(errors.HighfenceError):
        status = next(number for parent, number in STATUS if issubclass(kind, parent))
        row = rows.get(kind.__name__, "")
        code, exit_code, http = [*row.split(" | "), "", "", ""][:3]
        if f"`{kind.code}`" not in code or exit_code != str(kind.exit_code) or str(status) not in http:
            wrong.append(f"{kind.__name__}: {row[:60]}")
    assert wrong == []


def test_every_reason_to_refuse_or_withhold_is_described() -> None:
    found = _reasons()
    assert {"second_head", "tlp_red", "replayed_request", "revoked_key", "not_weighed", "unknown_reference"} <= found
    assert sorted(found - _words("docs/errors.md") - _words("docs/publishing.md")) == []


def test_every_state_of_a_delivery_is_described() -> None:
    told = re.findall(r"`(\w+)` \(", importlib.import_module("highfence.exchange.status").Delivery.__doc__ or "")
    assert {"withheld", "received", "recalled"} <= set(told)
    assert [state for state in told if f"| `{state}` |" not in _page("docs/publishing.md")] == []


def test_every_list_and_every_code_of_an_odd_line_is_described() -> None:
    found = _problem_codes()
    assert {"cut_off_row", "duplicate_key", "bad_entity", "unknown_identifier"} <= found
    words = _words("docs/lists.md")
    assert sorted({one.name for one in sources()} - words) == []
    assert sorted(found - words) == []


def test_the_words_of_a_marking_and_the_kinds_are_all_described() -> None:
    words = _words("docs/publishing.md")
    vocabulary = {
        *marking.Marking.__struct_fields__,
        *marking.TLP,
        *marking.CLASSIFICATIONS,
        *marking.PAP,
        *marking.DISCLOSURES,
        *marking.PURPOSES,
        *KINDS,
    }
    assert sorted(vocabulary - words) == []


def test_the_drafts_of_the_documents_can_be_published() -> None:
    key = SigningKey.from_seed(bytes(32))
    drafts = [read_draft(block.encode()) for block in _blocks("docs/publishing.md", "json")]
    assert [draft.kind for draft in drafts] == ["concern", "correction", "withdrawal"]
    for draft in drafts:
        claim = msgspec.structs.replace(draft.assertion(), originator="nl", issued="2026-11-24T12:00:00Z")
        assert seal_assertion(claim, key).id
    assert set(marking.Marking.__struct_fields__) == set(
        json.loads(_blocks("docs/publishing.md", "json")[0])["marking"]
    )


def test_the_denial_of_the_documents_can_be_entered() -> None:
    (example,) = (block for block in _blocks("docs/denials.md", "json") if '"items"' in block)
    denial, entities = denial_of(read_entry(example.encode(), DenialEntry), "nl")
    assert require_denial(denial, frozenset(one.id for one in entities)) is None
    words = _words("docs/denials.md")
    assert {*REGIMES, *REASONS, *STATES, *(step for steps in STEPS.values() for step in steps)} <= words


def test_the_agreements_of_the_documents_are_agreements(tmp_path: Path) -> None:
    (example,) = _blocks("docs/membership.md", "json")
    (tmp_path / "agreements.json").write_text(example)
    agreements = read_agreements(tmp_path / "agreements.json")
    fields = {name for one in json.loads(example) for name in one}
    assert fields == set(Agreement.__struct_fields__)
    assert len(agreements) == 2


def test_the_list_of_the_documents_can_be_imported() -> None:
    (example,) = _blocks("docs/lists.md", "json")
    parsed = parser("own_list")(example.encode(), quiet)
    assert parsed.problems == ()
    assert len(parsed.parties) == 1


def test_the_worked_example_of_the_protocol_comes_out_as_printed() -> None:
    result = doctest.testfile(str(DOCS / "protocol.md"), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0


def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading() -> None:
    wrong = []
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("https://", "http://")):
                continue
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
            elif anchor and anchor not in _anchors(file):
                wrong.append(f"{page.relative_to(ROOT)}: {target} has no such heading")
    assert wrong == []


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_functions_that_the_architecture_names_are_there() -> None:
    rooms = "|".join(sorted(path.name.removesuffix(".py") for path in SRC.iterdir() if not path.name.startswith("_")))
    names = {name for name in _words("ARCHITECTURE.md") if re.fullmatch(rf"(?:{rooms})(?:\.\w+)+", name)}
    names = {name for name in names if not name.endswith(".py")}
    assert len(names) > 10
    assert sorted(name for name in names if not _exists(f"highfence.{name}")) == []


def _exists(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_every_decision_is_numbered_once_and_stands_on_a_page() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert sorted(set(numbers)) == numbers
    assert [path.name for path in decisions if f"# {path.name[:4]}: " not in path.read_text().splitlines()[0]] == []
    assert [path.name for path in decisions if len(path.read_text().splitlines()) > 70] == []


def test_the_commands_of_make_that_are_named_exist() -> None:
    targets = set(re.findall(r"^(\w+):", _page("Makefile"), flags=re.MULTILINE))
    named = {
        name for page in PAGES for name in re.findall(r"(?:^|`)make (\w+)", page.read_text("utf-8"), flags=re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert named - targets == set()


def test_the_changelog_has_this_version() -> None:
    assert f"\n## [{__version__}]" in _page("CHANGELOG.md")


def test_the_picture_asks_nobody_for_anything() -> None:
    from lxml import etree

    picture = etree.fromstring((DOCS / "picture.svg").read_bytes())
    tags = {etree.QName(one).localname for one in picture.iter(etree.Element)}
    assert tags & {"script", "image", "foreignObject", "use"} == set()
    addresses = re.findall(r"https?://[^\"' )]+|url\((?!#)[^)]*\)", _page("docs/picture.svg"))
    assert addresses == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in _page("docs/picture.svg")


@pytest.mark.journey
@pytest.mark.timeout(240)
@pytest.mark.skipif(shutil.which("bash") is None, reason="the quick start is written for bash, which is not here")
def test_the_quick_start_does_what_it_says_word_for_word(tmp_path: Path) -> None:
    """Only the two ports are others, as those of the text may be taken."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    script = "".join(_blocks("README.md", "sh"))
    for printed, free in zip(("8321", "8322"), _free_ports(2), strict=True):
        script = script.replace(printed, str(free))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HIGHFENCE_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with (tmp_path / "out").open("wb") as out:
        running = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = running.wait(timeout=200)
        finally:
            _end_group(running.pid)
    told = (tmp_path / "out").read_text()
    assert code == 0, told
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [line["added"] for line in lines if "unchanged" in line] == [101, 59]
    assert [one["state"] for line in lines for one in line.get("deliveries", ())] == ["received"]
    assert [line["caption"] for line in lines if "claims" in line] == ["Example Precision Works Co., Ltd."]
    assert len([line for line in lines if line.get("kind") == "only"]) == 5
    assert [line["differences"] for line in lines if "differences" in line] == [[], []]


def _end_group(leader: int) -> None:
    """End what the script left running, its nodes among them."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
