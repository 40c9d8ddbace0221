# SPDX-License-Identifier: Apache-2.0
"""Assertions: publish them, read one, see what became of it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.entrypoints.api.bodies import DraftOperation
from highfence.entrypoints.api.caller import caller, officer_of
from highfence.entrypoints.drafts import read_draft
from highfence.entrypoints.identity import Identities
from highfence.errors import NotFound
from highfence.exchange.release import Release
from highfence.exchange.status import AssertionStatus
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from highfence.register.reading import Sight
from highfence.register.view import Arrived, Held
from highfence.storage.journal import UNTRUSTED

#: A draft is smaller than the document that is signed, but may be written with more space.
PUBLISH_BYTES_MAX = 2 * DOCUMENT_BYTES_MAX


class PublishedView(msgspec.Struct, frozen=True, kw_only=True):
    """The id an assertion got, and the decision for each peer."""

    id: str
    releases: tuple[Release, ...]


async def publish(node: Node, identities: Identities, *, authorization: str, body: bytes) -> PublishedView:
    """Publish the draft in `body` for the officer whose access code `authorization` carries.

    Raises:
        NotAllowed: no code, an unknown one, or one without the power to publish.
        InvalidInput, NotFound, Refused, StorageFailed: as `drafts.read_draft` and `Node.publish`.
    """
    officer_of(authorization, identities, power="publish")
    draft = read_draft(body)
    published = await asyncio.wrap_future(node.publish([draft.assertion()]))
    return PublishedView(id=published.ids[0], releases=published.releases[0])


class Assertions(Controller):
    """Assertions that this node holds."""

    path = "/api/assertions"
    tags = ["assertions"]  # noqa: RUF012 - Litestar reads it from the class

    @post(request_max_body_size=PUBLISH_BYTES_MAX, operation_class=DraftOperation)
    async def publish(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> PublishedView:
        """Publish a draft: the node completes, signs and keeps it, and puts it into the feeds of entitled peers."""
        authorization = request.headers.get("authorization", "")
        return await publish(node, identities, authorization=authorization, body=await request.body())

    @get()
    async def newest(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, limit: int = 50
    ) -> tuple[Arrived, ...]:
        """Return the newest assertions that the caller may see."""
        reader = caller(request, identities).reader(node.code)
        with node.sight(reader) as sight:
            # Places in the journal would tell how much lies between that the caller may not see.
            return tuple(
                msgspec.structs.replace(one, position=0) for one in sight.latest(limit=max(1, min(limit, 500)))
            )

    @get("/{assertion:str}")
    async def one(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, assertion: str) -> Held:
        """Return one assertion. `superseded_by` is `withheld` when what replaced it is not for the caller to see.

        It is `untrusted_key` when the key that signed the assertion was stolen by then: it is not to be relied on.
        """
        reader = caller(request, identities).reader(node.code)
        with node.sight(reader) as sight:
            held = sight.assertion(assertion)
            return msgspec.structs.replace(held, position=0, superseded_by=_told(sight, held.superseded_by))

    @get("/{assertion:str}/status")
    async def status(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, assertion: str
    ) -> AssertionStatus:
        """Return, for each peer, whether it is entitled, was sent it, received or refused it, and what was recalled.

        Places in a feed are told to operators only, as they tell how much else was sent. `superseded_by` and
        `recalled_by` are `withheld` where what replaced or recalled it is not for the caller to see.
        """
        officer = caller(request, identities)
        reader = officer.reader(node.code)
        found = node.status(assertion, reader)
        operates = "operate" in officer.powers
        with node.sight(reader) as sight:
            deliveries = tuple(
                msgspec.structs.replace(one, seq=one.seq if operates else 0, recalled_by=_told(sight, one.recalled_by))
                for one in found.deliveries
            )
            replaced = _told(sight, found.superseded_by)
        return msgspec.structs.replace(found, deliveries=deliveries, superseded_by=replaced)


def _told(sight: Sight, name: str) -> str:
    """Return the id of what replaced an assertion if the reader may see that.

    Else the word `withheld`, or `untrusted_key` where the key that signed it was stolen by then: that it no longer
    stands must be known, or somebody would rely on it.
    """
    if name in ("", UNTRUSTED):
        return name
    try:
        return sight.assertion(name).id
    except NotFound:
        return "withheld"
