# SPDX-License-Identifier: Apache-2.0
"""Denials and consultations: what allies have refused, and what one asks them before one approves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from typing import Any

from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.cases.consultation import ConsultationView
from highfence.cases.denial import DenialView
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.api.bodies import (
    AmendingOperation,
    AskingOperation,
    DenialOperation,
    RenewingOperation,
    RevokingOperation,
    SteppingOperation,
)
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.denial_desk import DenialDesk
from highfence.entrypoints.denial_entry import (
    Amending,
    Asking,
    DenialEntry,
    Renewing,
    Revoking,
    Stepping,
    read_entry,
)
from highfence.entrypoints.identity import Identities
from highfence.exchange.publish import Published
from highfence.exchange.strict import DOCUMENT_BYTES_MAX

Asked = Request[Any, Any, Any]


class DenialDoor(Controller):
    """The register of denials and the consultations about them."""

    path = "/api"
    tags = ["denials"]  # noqa: RUF012 - Litestar reads it from the class
    request_max_body_size = DOCUMENT_BYTES_MAX

    @get("/denials")
    async def denials(
        self, *, request: Asked, node: Node, identities: Identities, on: date | None = None, only: str = ""
    ) -> tuple[DenialView, ...]:
        """Return the denials that the caller may see, newest first, as of a day; with `only`, those in that state."""
        desk = _desk(request, node, identities, power="read")
        return await asyncio.to_thread(desk.denials, on=on, state=only)

    @post("/denials", operation_class=DenialOperation)
    async def enter(self, *, request: Asked, node: Node, identities: Identities) -> PublishedView:
        """Enter a denial of this authority, and with `pointer` who else is told that there is one, and not what."""
        desk = _desk(request, node, identities, power="publish")
        entry = read_entry(await request.body(), DenialEntry)
        return await _published(lambda: desk.enter(entry))

    @get("/denials/{denial:str}")
    async def denial(
        self, *, request: Asked, node: Node, identities: Identities, denial: str, on: date | None = None
    ) -> DenialView:
        """Return a denial by the id of any assertion that tells it, with all its states until a day."""
        desk = _desk(request, node, identities, power="read")
        return await asyncio.to_thread(desk.denial, denial, on=on)

    @post("/denials/{denial:str}/renewal", operation_class=RenewingOperation)
    async def renew(self, *, request: Asked, node: Node, identities: Identities, denial: str) -> PublishedView:
        """Renew a denial of this authority after its review."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Renewing)
        return await _published(lambda: desk.renew(denial, body))

    @post("/denials/{denial:str}/amendment", operation_class=AmendingOperation)
    async def amend(self, *, request: Asked, node: Node, identities: Identities, denial: str) -> PublishedView:
        """Amend a denial of this authority: what is handed in is all that it says from then on."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Amending)
        return await _published(lambda: desk.amend(denial, body))

    @post("/denials/{denial:str}/revocation", operation_class=RevokingOperation)
    async def revoke(self, *, request: Asked, node: Node, identities: Identities, denial: str) -> PublishedView:
        """Revoke a denial of this authority; its pointer is withdrawn with it."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Revoking)
        return await _published(lambda: desk.revoke(denial, body))

    @post("/denials/{denial:str}/consultation", operation_class=AskingOperation)
    async def ask(self, *, request: Asked, node: Node, identities: Identities, denial: str) -> PublishedView:
        """Ask the authority that denied whether an application is essentially identical."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Asking)
        return await _published(lambda: desk.ask(body, about=denial))

    @get("/consultations")
    async def consultations(
        self, *, request: Asked, node: Node, identities: Identities
    ) -> tuple[ConsultationView, ...]:
        """Return the consultations that the caller may see, newest first, as they stand today."""
        desk = _desk(request, node, identities, power="read")
        return await asyncio.to_thread(desk.consultations)

    @post("/consultations", operation_class=AskingOperation)
    async def ask_about_items(self, *, request: Asked, node: Node, identities: Identities) -> PublishedView:
        """Ask the Member State in which the items are, under Article 14 of Regulation (EU) 2021/821."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Asking)
        return await _published(lambda: desk.ask(body))

    @get("/consultations/{consultation:str}")
    async def consultation(
        self, *, request: Asked, node: Node, identities: Identities, consultation: str
    ) -> ConsultationView:
        """Return a consultation with its clock, its steps and its duties."""
        desk = _desk(request, node, identities, power="read")
        return await asyncio.to_thread(desk.consultation, consultation)

    @post("/consultations/{consultation:str}/steps", operation_class=SteppingOperation)
    async def step(self, *, request: Asked, node: Node, identities: Identities, consultation: str) -> PublishedView:
        """Take a step in a consultation; one that would not count is refused and says why."""
        desk = _desk(request, node, identities, power="publish")
        body = read_entry(await request.body(), Stepping)
        return await _published(lambda: desk.step(consultation, body))


def _desk(request: Asked, node: Node, identities: Identities, *, power: str) -> DenialDesk:
    officer = caller(request, identities, power=power)
    return DenialDesk(node, officer.reader(node.code), request.app.state.fence.desk())


async def _published(change: Callable[[], Future[Published]]) -> PublishedView:
    published = await asyncio.wrap_future(await asyncio.to_thread(change))
    return PublishedView(id=published.ids[0], releases=published.releases[0])
