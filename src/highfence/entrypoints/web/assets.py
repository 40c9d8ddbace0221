# SPDX-License-Identifier: Apache-2.0
"""Assets: the style sheets and scripts of the pages, served from the package under a path that names their content.

The path changes whenever a file does, so browsers may keep what they have for a year and never show an old page with
a new script. Nothing here is secret: the sign-in page needs them too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

GOVUK_FRONTEND = "govuk-frontend/6.6.0"
_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "static", _HERE / "vendor")
_YEAR_S = 365 * 24 * 3600


def asset(name: str) -> str:
    """Return the address of a file of `static/` or `vendor/`: `/static/<digest>/site.css`."""
    return f"{ROOT}/{name}"


def asset_routes() -> Router:
    """Return the route under which the files are served."""
    return create_static_files_router(
        path=ROOT,
        directories=list(_FOLDERS),
        cache_control=CacheControlHeader(public=True, max_age=_YEAR_S, immutable=True),
        name="assets",
        opt={"public": True},
    )


def _digest() -> str:
    """Return 16 hex digits of a hash over the names and contents of all files."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


#: Where this version's files are.
ROOT = f"/static/{_digest()}"
