# SPDX-License-Identifier: Apache-2.0
"""Companies: search, profile, and the gaps between jurisdictions."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, get

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.errors import InvalidInput
from highfence.register.search import search
from highfence.register.view import GapReport, Hit, Profile
from highfence.rules.handling import Reader


class Companies(Controller):
    """The register, cut to what the caller may see."""

    path = "/api/companies"
    tags = ["companies"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def search(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, q: str
    ) -> tuple[Hit, ...]:
        """Return companies by a name in any script or spelling, its beginning, or a number. No hit is no clearance."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(_search, node, reader, q)

    @get("/gaps")
    async def gaps(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, between: str
    ) -> GapReport:
        """Return the gaps between two jurisdictions, such as `between=us,eu`."""
        reader = caller(request, identities).reader(node.code)
        left, right = between_of(between)
        with node.sight(reader) as sight:
            return sight.gaps(left, right)

    @get("/{name:str}")
    async def profile(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, name: str, as_of: str = ""
    ) -> Profile:
        """Return a company's profile by its id, an entity's id, an identifier or an exact name.

        With `as_of` (a day or an instant) as it was known then: what has been corrected or withdrawn since stands.
        """
        reader = caller(request, identities).reader(node.code)
        return asking.profile(node, reader, name, as_of=as_of)


def _search(node: Node, reader: Reader, text: str) -> tuple[Hit, ...]:
    with node.lookout(reader) as (sight, roll):
        return search(sight, roll, text)


def between_of(text: str) -> tuple[str, str]:
    """Read `us,eu`; raises InvalidInput when it is not two different jurisdictions."""
    parts = [part.strip().lower() for part in text.split(",")]
    if len(parts) != 2 or not all(parts) or parts[0] == parts[1]:
        raise InvalidInput(
            f"{text[:40]!r} does not name two jurisdictions", where="between", advice="Write it like us,eu"
        )
    return parts[0], parts[1]
