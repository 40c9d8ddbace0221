# SPDX-License-Identifier: Apache-2.0
"""Assets: the style sheets and scripts of the pages, served from the package under a path that names their content.

The path changes whenever a file does, so browsers may keep what they have for a year and never show an old page with
a new script. Nothing here is secret: the sign-in page needs them too. The files are read once, when the module is
imported; no request ever makes a path of the file system.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath

from litestar import Controller, Response, get

from highfence.errors import NotFound

GOVUK_FRONTEND = "govuk-frontend/6.6.0"
_HERE = Path(__file__).parent
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_HEADERS = {"cache-control": "public, max-age=31536000, immutable"}


def asset(name: str) -> str:
    """Return the address of a file of `static/` or `vendor/`: `/static/<digest>/site.css`."""
    return f"{ROOT}/{name}"


def _read() -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in (_HERE / "static", _HERE / "vendor")
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS
    }


def _digest(files: dict[str, bytes]) -> str:
    """Return 16 hex digits of a hash over the names and contents of all files."""
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(b"%b\0%d\0%b" % (name.encode(), len(content), content))
    return digest.hexdigest()[:16]


_FILES = _read()
#: Where this version's files are.
ROOT = f"/static/{_digest(_FILES)}"


class Assets(Controller):
    """The files, for anybody."""

    path = ROOT
    include_in_schema = False

    @get("/{name:path}", sync_to_thread=False)
    def file(self, *, name: PurePath) -> Response[bytes]:
        """Give a file; it may be kept for a year, for under this path it never changes."""
        wanted = name.as_posix().lstrip("/")
        content = _FILES.get(wanted)
        if content is None:
            raise NotFound("there is no such file", where="static", advice="Load the page again")
        return Response(content, media_type=_KINDS[name.suffix], headers=_HEADERS)
