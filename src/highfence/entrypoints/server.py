# SPDX-License-Identifier: Apache-2.0
"""Server: one node behind one port. `create_app` builds the application, `serve` runs it until told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
import uvicorn
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from highfence import __version__
from highfence.app import Node
from highfence.entrypoints.abreast import keep_abreast
from highfence.entrypoints.api import api_routes
from highfence.entrypoints.attending import attend
from highfence.entrypoints.casework import Casework
from highfence.entrypoints.duties import Duties
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.following import follow
from highfence.entrypoints.front import Front
from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.entrypoints.identity import Identities, read_identities
from highfence.entrypoints.links import keep_links
from highfence.entrypoints.listener import listener
from highfence.entrypoints.peer.wire import Wire
from highfence.entrypoints.problems import answer_problem
from highfence.entrypoints.resolving import resolve
from highfence.entrypoints.web import answer_page, web_routes
from highfence.entrypoints.web.desk import Desk
from highfence.errors import HighfenceError, SettingsWrong

__all__ = ["SECURITY_HEADERS", "create_app", "create_front", "serve"]

_TIDY_S = 30.0

log = structlog.get_logger("highfence.server")


def create_app(node: Node, *, links: bool = True) -> Litestar:
    """Return the application of a node.

    With `links` it keeps the feeds of all peers coming while it runs, and the rolls of its officers at hand.
    """
    return _framework(node, read_identities(node.home, node.clock), links=links)


def create_front(node: Node, *, links: bool = True) -> Front:
    """Return what is served: the application as of `create_app` with its quick entrance before it."""
    identities = read_identities(node.home, node.clock)
    return Front(_framework(node, identities, links=links), node, identities)


def _framework(node: Node, identities: Identities, *, links: bool) -> Litestar:
    desk = Desk(node)

    def give_node() -> Node:
        return node

    # Asking for the node makes Litestar give the two one after the other, where it would set up tasks for both at once.
    def give_identities(node: Node) -> Identities:  # noqa: ARG001
        return identities

    app = Litestar(
        route_handlers=[Wire, *api_routes(), *web_routes()],
        dependencies={
            "node": Provide(give_node, sync_to_thread=False),
            "identities": Provide(give_identities, sync_to_thread=False),
        },
        exception_handlers={Exception: _answer_error},
        lifespan=[_kept(desk), *(_running(node, identities) if links else [])],
        response_headers=SECURITY_HEADERS,
        request_max_body_size=node.settings.upload_bytes_max,
        openapi_config=_described(),
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    app.state.desk = desk
    app.state.fence = Fence(node)
    app.state.casework = Casework(node, app.state.fence)
    return app


def _described() -> OpenAPIConfig:
    code = SecurityScheme(type="http", scheme="bearer", description="An officer's access code")
    return OpenAPIConfig(
        title="Highfence node",
        version=__version__,
        path="/api/schema",
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        components=Components(security_schemes={"code": code}),
        security=[{"code": []}],
    )


def _answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a person's browser with a page, everything else with a problem document."""
    for_people = "text/html" in request.headers.get("accept", "")
    if for_people and not request.url.path.startswith(("/api/", "/exchange/")):
        return answer_page(request, error)
    return answer_problem(request, error)


def _running(node: Node, identities: Identities) -> list[Any]:
    """Return what goes on while a node runs: what is each process's own, and the duties."""
    duties = Duties(node)
    own: list[Callable[[], Coroutine[Any, Any, None]]] = [
        duties.watch,
        lambda: follow(node, identities.readers(node.code)),
    ]
    if node.shared:
        own.append(lambda: keep_abreast(node))
    return [
        _going_on(lambda: [asyncio.create_task(work()) for work in own]),
        _going_on(lambda: [asyncio.create_task(keep_links(node, duties))]),
        _going_on(lambda: [asyncio.create_task(duties.do("attend", lambda: attend(node)))]),
        _going_on(lambda: [asyncio.create_task(duties.do("resolve", lambda: resolve(node)))]),
    ]


def _going_on(begin: Callable[[], Sequence[asyncio.Task[None]]]) -> Any:
    """Begin tasks with the application, and cancel them with it."""

    @asynccontextmanager
    async def going_on(_: Litestar) -> AsyncIterator[None]:
        tasks = begin()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return going_on


def _kept(desk: Desk) -> Any:
    """Forget what has lain on the desk for its time, also when nobody asks; and all of it in the end."""

    async def tidy() -> None:
        while True:
            await asyncio.sleep(_TIDY_S)
            desk.tidy()

    @asynccontextmanager
    async def kept(_: Litestar) -> AsyncIterator[None]:
        task = asyncio.create_task(tidy())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.to_thread(desk.close)

    return kept


async def serve(node: Node, *, host: str, port: int, stop_with_parent: bool = False) -> None:
    """Run the node until SIGINT or SIGTERM, or, with `stop_with_parent`, until standard input is closed.

    Raises:
        SettingsWrong: nobody can listen at `host` and `port`, or somebody else does.
        HighfenceError: the node ended before it was up.
    """
    _require_free(host, port)
    server = listener(create_front(node), host=host, port=port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if stop_with_parent:
        watch = threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(stop.set)), daemon=True)
        watch.start()
    running = asyncio.create_task(_served(server))
    stopping = asyncio.create_task(stop.wait())
    log.info("node_serves", authority=node.code, host=host, port=port)
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    node.stop_streams()
    server.should_exit = True
    stopping.cancel()
    with suppress(asyncio.CancelledError):
        await running
    if not server.started and not stop.is_set():
        raise HighfenceError("the node did not come up", where=f"{host}:{port}", advice="See what its log says before")


async def _served(server: uvicorn.Server) -> None:
    """Serve until told to stop; a server that cannot begin returns, where of itself it would end the process."""
    with suppress(SystemExit):
        await server.serve()


def _require_free(host: str, port: int) -> None:
    """Ask the system for the address once before the server does, which would end with a long story of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise SettingsWrong(
            f"the node cannot listen here: {str(error.strerror).partition(' (')[0]}",
            where=f"{host}:{port}",
            advice="Stop what uses this address, or choose another with --host and --port",
        ) from error
