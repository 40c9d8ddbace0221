# SPDX-License-Identifier: Apache-2.0
"""Caller: who is calling the API."""

from __future__ import annotations

from typing import Any

from litestar import Request

from highfence.entrypoints.identity import Identities, Officer
from highfence.errors import NotAllowed


def caller(request: Request[Any, Any, Any], identities: Identities, *, power: str = "read") -> Officer:
    """Return the officer whose access code the request carries, if they have the power.

    Raises:
        NotAllowed: no code, an unknown one, or one without that power.
    """
    return officer_of(request.headers.get("authorization", ""), identities, power=power)


def officer_of(authorization: str, identities: Identities, *, power: str) -> Officer:
    """Return the officer whose access code a header `Authorization` carries; raises as `caller`."""
    scheme, _, code = authorization.partition(" ")
    if scheme.lower() != "bearer" or not code:
        raise NotAllowed(
            "no access code was given",
            where="Authorization",
            advice="Send the header `Authorization: Bearer <access code>`",
        )
    officer = identities.by_code(code.strip())
    officer.require(power)
    return officer
