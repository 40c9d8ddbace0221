# SPDX-License-Identifier: Apache-2.0
"""Match: screen parties against what the caller may see, asked and answered in the form that users of yente know.

A request holds queries by a key of the caller's own, each an example entity; every key gets an answer with a status of
its own, so that one query that cannot be screened does not hide the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, post

from highfence.app import Node
from highfence.entrypoints.api.bodies import MatchOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.errors import InvalidDocument, InvalidEntity, InvalidInput
from highfence.formats.parties import ANY_SCHEMA
from highfence.matching.index import group_of
from highfence.matching.score import Feature
from highfence.matching.screen import THRESHOLD, screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.rules.handling import Reader

#: Bounds of one request; more is for `highfence screen`.
QUERIES_MOST = 100
RESULTS_MOST = 50
_BODY_BYTES_MOST = 4 * 1024 * 1024
_VALUES_MOST = 200

_Values = tuple[str, ...] | str
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A party to look for: its schema, and values by property; a single text stands for a list of one."""

    schema: str = ANY_SCHEMA
    properties: dict[str, _Values] = msgspec.field(default_factory=dict)
    id: str = ""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How many results a query may have, from which score on (`cutoff`), and from which score on they are a match."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=RESULTS_MOST)] = 5
    threshold: _Share = THRESHOLD
    cutoff: _Share = 0.5


class MatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Queries by key. Bounds may stand here or in the address, as yente has them; here they count more."""

    queries: dict[str, Example]
    limit: int | None = None
    threshold: float | None = None
    cutoff: float | None = None


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """How many results there are: exactly (`eq`) `value`."""

    value: int
    relation: str = "eq"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A party found. `features` are the numbers of the score by name, `explanation` the same with their sentences."""

    id: str
    caption: str
    schema: str
    properties: dict[str, tuple[str, ...]]
    score: float
    match: bool
    features: dict[str, float]
    explanation: tuple[Feature, ...]
    datasets: tuple[str, ...] = ()


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one query. With status 400 it was not screened, `problem` says why, and no result means nothing."""

    status: int
    results: tuple[Result, ...]
    total: Total
    query: Example
    problem: str = ""


class MatchResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answers by the keys of the queries."""

    responses: dict[str, Response]
    limit: int


class Match(Controller):
    """Screening against the register, cut to what the caller may see."""

    path = "/match"
    tags = ["screening"]  # noqa: RUF012 - Litestar reads it from the class

    @post(
        ["/", "/{dataset:str}"],
        status_code=200,
        request_max_body_size=_BODY_BYTES_MOST,
        operation_class=MatchOperation,
    )
    async def match(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> MatchResponse:
        """Look for each party of the request among all that the caller may see. No result is not a clearance."""
        reader = caller(request, identities).reader(node.code)
        asked = read_request(await request.body())
        bounds = read_bounds(asked, {name: str(value) for name, value in request.query_params.items()})
        return await asyncio.to_thread(_answer, node, reader, asked=asked, bounds=bounds)


def read_request(body: bytes) -> MatchRequest:
    """Read the body of a request.

    Raises:
        InvalidDocument: it is not JSON of that form.
        InvalidInput: it has no query, or too many.
    """
    try:
        asked = msgspec.json.decode(body, type=MatchRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument(
            f"the request cannot be read: {str(error)[:160]}",
            where="body",
            advice='Send {"queries": {"q1": {"schema": "Company", "properties": {"name": ["…"]}}}}',
        ) from error
    if not 1 <= len(asked.queries) <= QUERIES_MOST:
        raise InvalidInput(
            f"the request has {len(asked.queries)} queries",
            where="queries",
            advice=f"Send 1 to {QUERIES_MOST}; for more there is the command `highfence screen`",
        )
    return asked


def read_bounds(asked: MatchRequest, address: Mapping[str, str]) -> Bounds:
    """Return the bounds that a request sets in its body or, by the same names, in its address.

    Raises:
        InvalidInput: one of them is no number or out of its range.
    """
    told = {name: address[name] for name in Bounds.__struct_fields__ if name in address}
    told |= {name: value for name in Bounds.__struct_fields__ if (value := getattr(asked, name)) is not None}
    try:
        return msgspec.convert(told, type=Bounds, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"the bounds cannot be used: {str(error)[:120]}",
            where="limit, threshold, cutoff",
            advice=f"limit goes from 1 to {RESULTS_MOST}, threshold and cutoff from 0 to 1",
        ) from error


def _answer(node: Node, reader: Reader, *, asked: MatchRequest, bounds: Bounds) -> MatchResponse:
    with node.lookout(reader) as (_, roll):
        watchlist = roll.watchlist
    return MatchResponse(
        responses={key: _respond(example, bounds, watchlist) for key, example in asked.queries.items()},
        limit=bounds.limit,
    )


def _respond(example: Example, bounds: Bounds, watchlist: Watchlist) -> Response:
    query, problem = _entity(example)
    if not problem:
        screening = screen(query, watchlist, threshold=bounds.cutoff, limit=bounds.limit)
        problem = screening.problem
        if not screening.refused:
            results = tuple(
                Result(
                    id=match.id,
                    caption=match.caption,
                    schema=found.schema,
                    properties=found.properties,
                    score=match.score,
                    match=match.score >= bounds.threshold,
                    features={feature.feature: feature.score for feature in match.explanation},
                    explanation=match.explanation,
                )
                for match in screening.matches
                if (found := watchlist.entity(match.id)) is not None
            )
            total = Total(value=len(results))
            return Response(status=200, results=results, total=total, query=example, problem=problem)
    return Response(status=400, results=(), total=Total(value=0), query=example, problem=problem)


def _entity(example: Example) -> tuple[Entity, str]:
    """Return the example as an entity, and what keeps it from being looked for."""
    properties = {
        prop: (values,) if isinstance(values, str) else tuple(values[:_VALUES_MOST])
        for prop, values in example.properties.items()
    }
    query = Entity(id=example.id or "query", schema=example.schema, properties=properties)
    try:
        wanted = group_of(example.schema)
    except InvalidEntity as error:
        return query, error.what
    return query, "" if wanted else f"a {example.schema} is no party that one screens; ask for its owner"
