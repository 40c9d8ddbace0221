# SPDX-License-Identifier: Apache-2.0
"""Visit: whose page it is. The session cookie in, the officer and what they may see out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request

from highfence.app import Node
from highfence.entrypoints.identity import Identities, Officer
from highfence.errors import NotAllowed
from highfence.model.authority import Authority
from highfence.rules.handling import Reader

COOKIE = "highfence_session"


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """An officer's visit to the pages of an authority's node; `officer` is None while nobody is signed in."""

    authority: Authority
    officer: Officer | None = None

    @property
    def reader(self) -> Reader:
        """What decides about what this visitor may see; raises NotAllowed when nobody is signed in."""
        if self.officer is None:
            raise NotAllowed("you are not signed in", where="pages", advice="Sign in with your access code")
        return self.officer.reader(self.authority.code)

    def may(self, power: str) -> bool:
        """Tell whether the visitor has a power."""
        return self.officer is not None and power in self.officer.powers


def signed_in(request: Request[Any, Any, Any], node: Node, identities: Identities) -> Visit:
    """Return the visit of the officer whose session the request carries; also left in the request for error pages.

    Raises:
        NotAllowed: no session that is open, or an officer without the power to read.
    """
    request.state.visit = Visit(authority=node.authority)
    officer = identities.by_session(session_of(request))
    request.state.visit = visit = Visit(authority=node.authority, officer=officer)
    officer.require("read")
    return visit


def session_of(request: Request[Any, Any, Any]) -> str:
    """Return the session token of a request, or an empty text."""
    return request.cookies.get(COOKIE, "")


def require_same_site(request: Request[Any, Any, Any]) -> None:
    """Refuse a form that another site has sent, or that does not say which site it is from.

    Browsers say so by `Sec-Fetch-Site` (over HTTPS and on the machine itself) or by `Origin` (always).

    Raises:
        NotAllowed: the form is not from a page of this node.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        origin = urlsplit(request.headers.get("origin", ""))
        ours = bool(origin.netloc) and origin.netloc == request.headers.get("host", "")
    if not ours:
        raise NotAllowed(
            "the form did not come from a page of this node",
            where="pages",
            advice="Open the node's own page, try again",
        )


def is_encrypted(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the browser speaks HTTPS, to this process or to the proxy before it.

    A false header can only keep its own sender's cookie off plain HTTP.
    """
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").lower() == "https"


def own_path(text: str) -> str:
    """Return `text` if it is a path of this node, else `/`: nobody is led from here to another site.

    >>> own_path("/companies?q=acme"), own_path("//elsewhere.example"), own_path("https://elsewhere.example/")
    ('/companies?q=acme', '/', '/')
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    odd = "\\" in text or not text.isprintable()
    return text if text.startswith("/") and not (odd or parts.scheme or parts.netloc) else "/"
