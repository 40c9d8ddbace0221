# SPDX-License-Identifier: Apache-2.0
"""Pages: the live feed, companies, assertions and peers. Each address is the state of what it shows."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import Provide
from litestar.params import Parameter

from highfence.app import Node
from highfence.clock import day, read_instant
from highfence.entrypoints import asking
from highfence.entrypoints.web.company_page import company_page
from highfence.entrypoints.web.feed_row import ROWS_MAX, FeedRow, feed_row
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.entrypoints.web.words import segment
from highfence.errors import NotFound
from highfence.exchange.status import Delivery
from highfence.model.authority import Membership
from highfence.register.reading import HITS_MAX, Sight
from highfence.register.search import QUERY_CHARACTERS_MOST, search
from highfence.register.view import Hit


class Pages(Controller):
    """What a signed-in officer sees."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/", sync_to_thread=True)
    def feed(self, *, node: Node, visit: Visit) -> Response[str]:
        """Show the newest assertions; the page's script adds what arrives later."""
        with node.sight(visit.reader) as sight:
            latest = sight.latest(limit=ROWS_MAX)
        rows = [feed_row(one, node.membership) for one in latest]
        return page("feed.html", visit, rows=rows, blank=_BLANK, rows_max=ROWS_MAX)

    @get("/companies", sync_to_thread=True)
    def companies(self, *, node: Node, visit: Visit, q: str = "") -> Response[str]:
        """Search companies by name or number; without a query only the form is shown."""
        text = q.strip()[:QUERY_CHARACTERS_MOST]
        hits: tuple[Hit, ...] = ()
        if text:
            with node.lookout(visit.reader) as (sight, roll):
                hits = search(sight, roll, text)
        return page("companies.html", visit, q=text, hits=hits, hits_max=HITS_MAX)

    @get("/companies/{name:str}", sync_to_thread=True)
    def company(
        self, *, node: Node, visit: Visit, name: str, as_of: Annotated[str, Parameter(query="as-of")] = ""
    ) -> Response[str]:
        """Show a company's profile, by its id, an entity's id, an identifier or an exact name; of now or of then."""
        found = asking.profile(node, visit.reader, name, as_of=as_of)
        changed = asking.time_line(node, visit.reader, found)
        known = None
        if not found.as_of:
            with asking.knowledge(node, visit.reader) as knowledge:
                known = knowledge.company(found.company)
        today = day(read_instant(found.as_of)) if found.as_of else day(node.now())
        return page(
            "company.html",
            visit,
            profile=found,
            shown=company_page(found, on=today),
            changed=changed,
            known=known,
            as_of=as_of if found.as_of else "",
            today=day(node.now()).isoformat(),
            names=_names(node.membership),
        )

    @get("/assertions/{name:str}", sync_to_thread=True)
    def assertion(self, *, node: Node, visit: Visit, name: str) -> Response[str]:
        """Show one assertion with all of its marking and, if it is this authority's own, what became of it."""
        with node.sight(visit.reader) as sight:
            held = sight.assertion(name)
            company = _company_path(sight, held.assertion.subject)
            known = {one for one in (held.superseded_by, held.assertion.refers_to) if one and _may_see(sight, one)}
            own = held.assertion.originator == node.code
            deliveries = node.status(name, visit.reader).deliveries if own else ()
            known |= {one.recalled_by for one in deliveries if one.recalled_by and _may_see(sight, one.recalled_by)}
        return page(
            "assertion.html",
            visit,
            held=held,
            company=company,
            own=own,
            deliveries=_by_trouble(deliveries),
            known=known,
            operates=visit.may("operate"),
            names=_names(node.membership),
        )

    @get("/peers", sync_to_thread=True)
    def peers(self, *, node: Node, visit: Visit) -> Response[str]:
        """Show the peers and agreements; how much flows, and what is wrong, only to those who operate the node."""
        today = day(node.now())
        membership = node.membership
        return page(
            "peers.html",
            visit,
            peers=node.peer_views(),
            membership=membership,
            document=node.charter.state(),
            in_force=[one for one in membership.agreements if one.in_force(today)],
            resting=[one for one in membership.agreements if not one.in_force(today)],
            names=_names(membership),
            operates=visit.may("operate"),
        )


def _names(membership: Membership) -> dict[str, str]:
    names = {one.code: one.name for one in membership.authorities}
    return {one.code: f"{one.name} (left on {one.left})" for one in membership.former} | names


def _company_path(sight: Sight, subject: str) -> str:
    """Return the address of the company an assertion is about, or an empty text if it is about none."""
    try:
        company = sight.profile(subject).company
    except NotFound:
        return ""
    # An entity's id leads to exactly the group it is in, but a path cannot hold every id.
    return f"/companies/{segment(company if '/' in subject else subject)}"


def _may_see(sight: Sight, name: str) -> bool:
    try:
        sight.assertion(name)
    except NotFound:
        return False
    return True


def _by_trouble(deliveries: tuple[Delivery, ...]) -> list[Delivery]:
    """Return deliveries with those on top that somebody should look at."""
    order = ("refused", "recall_refused", "recall_queued", "queued", "sent", "received", "recalled", "withheld")
    return sorted(deliveries, key=lambda one: (order.index(one.state) if one.state in order else -1, one.peer))


_BLANK = FeedRow(
    id="",
    path="",
    at="",
    time="",
    originator="",
    originator_name="",
    kind="",
    kind_class="",
    company_path="",
    caption="",
    text="",
    tlp="",
    tlp_class="",
    classification="",
    classification_class="",
)
