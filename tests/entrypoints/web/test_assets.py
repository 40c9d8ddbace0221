# SPDX-License-Identifier: Apache-2.0
"""Templates and files of the pages: nothing inline, nothing from elsewhere, kept by browsers as long as it is true."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from highfence.entrypoints import web
from highfence.entrypoints.web.assets import GOVUK_FRONTEND, ROOT, asset

from .conftest import Browser

WEB = Path(web.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
VENDORED = WEB / "vendor" / GOVUK_FRONTEND
OWN = sorted((WEB / "static").iterdir())
STYLES = [VENDORED / "govuk-frontend.min.css", WEB / "static/site.css"]
SCRIPTS = [VENDORED / "govuk-frontend.min.js", WEB / "static/site.js", WEB / "static/live.js"]
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_anything_inline_unescaped_or_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle\s*=|\son[a-z]+\s*=|<style|javascript:|https?://|//[a-z]", text) == []
    assert re.findall(r"\|\s*safe|autoescape|Markup", text) == []
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize(
    "path", [VENDORED / "govuk-frontend.min.css", WEB / "static/site.css"], ids=lambda path: path.name
)
def test_no_style_sheet_asks_for_anything_from_elsewhere_or_for_what_is_not_here(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"@import|@font-face|sourceMappingURL", text) == []
    targets = re.findall(r"url\(\s*[\"']?([^\"')]+)", text)
    assert all((path.parent / target).is_file() for target in targets)


@pytest.mark.parametrize(
    "path",
    [VENDORED / "govuk-frontend.min.js", WEB / "static/site.js", WEB / "static/live.js"],
    ids=lambda path: path.name,
)
def test_no_script_names_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"https?://|sourceMappingURL|\beval\(|new Function", text) == []


def test_the_own_scripts_never_read_what_comes_as_markup() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in OWN if path.suffix == ".js")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser", text) == []


def test_no_typeface_crown_or_arms_is_shipped() -> None:
    names = [path.name for path in WEB.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert [name for name in names if re.search(r"woff|\.ttf|\.ico|\.png|crest|crown|gov", name)] == [
        name for name in names if name.startswith("govuk-frontend.min.")
    ]
    assert (VENDORED / "LICENSE.txt").read_text(encoding="utf-8").startswith("The MIT License")


def test_every_file_of_the_pages_is_part_of_the_package() -> None:
    shipped = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"][
        "highfence"
    ]
    files = [path for path in WEB.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert len(files) > len(TEMPLATES)
    assert [
        path.name for path in files if not any(fnmatch(path.name, one.removeprefix("**/")) for one in shipped)
    ] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("site.css", "text/css"),
        ("site.js", "text/javascript"),
        ("live.js", "text/javascript"),
        ("mark.svg", "image/svg+xml"),
        (f"{GOVUK_FRONTEND}/govuk-frontend.min.css", "text/css"),
        (f"{GOVUK_FRONTEND}/govuk-frontend.min.js", "text/javascript"),
    ],
)
def test_files_are_served_to_anybody_and_kept_for_a_year(stranger: Browser, name: str, kind: str) -> None:
    answer = stranger.get(asset(name))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert "max-age=31536000" in answer.headers["cache-control"]
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "/etc/passwd", "missing.css"])
def test_nothing_else_is_served(stranger: Browser, name: str) -> None:
    assert stranger.get(f"{ROOT}/{name}").status_code == 404


def test_the_scripts_import_the_version_that_is_vendored() -> None:
    assert f"./{GOVUK_FRONTEND}/govuk-frontend.min.js" in (WEB / "static/site.js").read_text(encoding="utf-8")
    assert [path.name for path in VENDORED.parent.iterdir()] == [VENDORED.name]
