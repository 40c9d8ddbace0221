# SPDX-License-Identifier: Apache-2.0
"""The pages of a node, for officers with a browser. They work without scripts, except that rows arrive by themselves.

This door never decides who may see what, never shows more than the reader's `Sight` returns, never runs or styles
anything inline, never asks another host for anything, and never writes a search term or an access code to a log.

>>> [route.path for route in web_routes()][-1].startswith("/static/")
True
"""

from __future__ import annotations

from litestar import Controller

from highfence.entrypoints.web.aligned import Aligned
from highfence.entrypoints.web.assets import Assets
from highfence.entrypoints.web.casing import Casing
from highfence.entrypoints.web.covering import Covering
from highfence.entrypoints.web.denying import Denying
from highfence.entrypoints.web.determining import Determining
from highfence.entrypoints.web.filing import Filing
from highfence.entrypoints.web.gaps import Gaps
from highfence.entrypoints.web.knowing import Knowing
from highfence.entrypoints.web.live import Live
from highfence.entrypoints.web.owners import Owners
from highfence.entrypoints.web.pages import Pages
from highfence.entrypoints.web.red_flags import RedFlagsPage
from highfence.entrypoints.web.render import answer_page
from highfence.entrypoints.web.reviewing import Reviewing
from highfence.entrypoints.web.screening import Screening
from highfence.entrypoints.web.sign import Sign
from highfence.entrypoints.web.yard import YardPages

__all__ = ["answer_page", "web_routes"]


def web_routes() -> list[type[Controller]]:
    """Return the controllers of the pages and of their files."""
    return [
        Sign,
        Pages,
        Aligned,
        Screening,
        Filing,
        Gaps,
        Covering,
        Owners,
        RedFlagsPage,
        Knowing,
        Reviewing,
        Determining,
        Casing,
        Denying,
        YardPages,
        Live,
        Assets,
    ]
