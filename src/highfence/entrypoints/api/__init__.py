# SPDX-License-Identifier: Apache-2.0
"""The REST API: what officers' systems use. Described by OpenAPI at `/api/schema/openapi.json`.

Callers send `Authorization: Bearer <access code>`. The API never answers about what the caller may not see, and never
takes a change on the strength of a page's cookie.

>>> [controller.path for controller in api_routes()][:2]
['/api/alignment', '/api/applications']
"""

from __future__ import annotations

from litestar import Controller

from highfence.entrypoints.api.alignment import Aligning
from highfence.entrypoints.api.assertions import Assertions
from highfence.entrypoints.api.cases import Applications, Cases
from highfence.entrypoints.api.changes import Changing
from highfence.entrypoints.api.companies import Companies
from highfence.entrypoints.api.denials import DenialDoor
from highfence.entrypoints.api.determinations import Determinations
from highfence.entrypoints.api.exchange import Exchange
from highfence.entrypoints.api.knowing import Knowing
from highfence.entrypoints.api.live import Live
from highfence.entrypoints.api.match import Match
from highfence.entrypoints.api.owners import Owners
from highfence.entrypoints.api.red_flags import RedFlags
from highfence.entrypoints.api.review import ReviewQueue
from highfence.entrypoints.api.sources import Sources
from highfence.entrypoints.api.yard import YardDoor


def api_routes() -> list[type[Controller]]:
    """Return the API's controllers."""
    return [
        Aligning,
        Applications,
        Assertions,
        Cases,
        Changing,
        Companies,
        DenialDoor,
        Determinations,
        Exchange,
        Knowing,
        Live,
        Match,
        Owners,
        RedFlags,
        ReviewQueue,
        Sources,
        YardDoor,
    ]
