# SPDX-License-Identifier: Apache-2.0
"""Cases: applications for licences come in, their cases are read and moved on."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.params import Parameter

from highfence.app import Node
from highfence.entrypoints.api.bodies import ApplicationsOperation, CaseWordOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.case_view import CaseLine, CaseMoved, CaseView, Taken
from highfence.entrypoints.case_words import read_word
from highfence.entrypoints.casework import CASES_MOST, Casework
from highfence.entrypoints.identity import Identities
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from highfence.formats.case_document import BYTES_MOST
from highfence.rules.licence import Determination

Show = Literal["open", "decided", "all"]
#: Which cases a caller may ask for.
UNDECIDED: dict[str, bool | None] = {"open": True, "decided": False, "all": None}
_Key = Annotated[str, Parameter(header="Idempotency-Key", required=False)]


class Applications(Controller):
    """Applications for licences, as exporters' or national systems hand them in."""

    path = "/api/applications"
    tags = ["cases"]  # noqa: RUF012 - Litestar reads it from the class

    @post(status_code=200, request_max_body_size=BYTES_MOST, operation_class=ApplicationsOperation)
    async def take_in(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, key: _Key = ""
    ) -> Response[Taken]:
        """Open a case for each application: 201 if there is a new one, 200 if all were there, 400 if anything is wrong
        and nothing was taken."""
        reader = caller(request, identities, power="publish").reader(node.code)
        work: Casework = request.app.state.casework
        table = (request.headers.get("content-type") or "").partition(";")[0].strip().lower() == "text/csv"
        body = await request.body()
        taken = await asyncio.to_thread(work.take_in, body, reader, table=table, key=key)
        status = 400 if taken.wrong else 201 if any(one.new for one in taken.cases) else 200
        return Response(taken, status_code=status)


class Cases(Controller):
    """Licence cases that the caller may work on."""

    path = "/api/cases"
    tags = ["cases"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def cases(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        show: Show = "open",
        limit: int = CASES_MOST,
    ) -> tuple[CaseLine, ...]:
        """Return cases, overdue ones first, then by the nearest last day; decided ones the newest first."""
        reader = caller(request, identities).reader(node.code)
        work: Casework = request.app.state.casework
        most = max(1, min(limit, CASES_MOST))
        return await asyncio.to_thread(work.cases, reader, undecided=UNDECIDED[show], limit=most)

    @get("/{number:str}")
    async def case(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, number: str
    ) -> CaseView:
        """Return a case with its clocks, what it takes now, and what stands against an approval."""
        reader = caller(request, identities).reader(node.code)
        work: Casework = request.app.state.casework
        return await asyncio.to_thread(work.view, number, reader)

    @get("/{number:str}/determinations/{digest:str}")
    async def determination(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, number: str, digest: str
    ) -> Determination:
        """Return a determination of the case as it was made."""
        reader = caller(request, identities).reader(node.code)
        work: Casework = request.app.state.casework
        return await asyncio.to_thread(work.paper, number, digest, reader)

    @post("/{number:str}/events", request_max_body_size=DOCUMENT_BYTES_MAX, operation_class=CaseWordOperation)
    async def move(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        number: str,
        key: _Key = "",
    ) -> CaseMoved:
        """Move the case on; what is told to others leaves under the marking given, and without one nothing is told."""
        reader = caller(request, identities, power="publish").reader(node.code)
        work: Casework = request.app.state.casework
        word = read_word(await request.body())
        return await asyncio.to_thread(work.move, number, word, reader, key=key)
