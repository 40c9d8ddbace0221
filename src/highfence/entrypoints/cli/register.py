# SPDX-License-Identifier: Apache-2.0
"""Commands for officers: publish, show, status, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from highfence.app import Node, open_node
from highfence.entrypoints import asking
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.api.companies import between_of
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.resolving import tell_unresolved
from highfence.entrypoints.cli.running import running_node
from highfence.entrypoints.drafts import read_draft
from highfence.entrypoints.identity import read_identities
from highfence.errors import InvalidInput
from highfence.exchange.status import AssertionStatus
from highfence.register.view import GapReport, Profile
from highfence.rules.handling import Reader

home_option = click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), required=True, help="The node's home."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@home_option
@json_option
def publish(file: Path, home: Path, *, as_json: bool) -> None:
    """Publish the assertion in FILE under its marking, and show who receives it and who does not."""
    document = read_file(file)
    draft = read_draft(document)
    if (running := running_node(home)) is not None:
        view = msgspec.json.decode(running.post("/api/assertions", document), type=PublishedView)
    else:
        with opened(home, read_only=False) as node:
            published = node.publish([draft.assertion()]).result()
            view = PublishedView(id=published.ids[0], releases=published.releases[0])
    if wants_json(as_json):
        print_json([view])
    else:
        print_table(
            f"Published {view.id}",
            ("peer", "released", "why"),
            [(one.reader, "yes" if one.allowed else "no", one.text) for one in view.releases],
        )


@click.command()
@click.argument("entity")
@home_option
@click.option("--as-of", default="", help="As it was known at the end of this day (UTC), or at this instant.")
@json_option
def show(entity: str, home: Path, *, as_of: str, as_json: bool) -> None:
    """Show the profile of the company that ENTITY (an id, an identifier or an exact name) stands for."""
    with opened(home) as node:
        profile = asking.profile(node, operator(node), entity, as_of=as_of)
    if wants_json(as_json):
        print_json([profile])
    else:
        _print_profile(profile)


@click.command()
@click.argument("assertion")
@home_option
@json_option
def status(assertion: str, home: Path, *, as_json: bool) -> None:
    """Show, for each peer, what became of ASSERTION: entitled, sent, received, refused (why), recalled."""
    if (running := running_node(home)) is not None:
        found = msgspec.json.decode(running.get(f"/api/assertions/{assertion}/status"), type=AssertionStatus)
    else:
        with opened(home) as node:
            found = node.status(assertion, operator(node))
    if wants_json(as_json):
        print_json([found])
        return
    print_table(
        f"{found.kind} of {found.originator} on {found.subject}",
        ("peer", "entitled", "state", "reason", "text", "agreement"),
        [
            (one.peer, "yes" if one.entitled else "no", one.state, one.reason, one.text, one.agreement)
            for one in found.deliveries
        ],
    )


@click.command()
@home_option
@click.option("--between", default="us,eu", show_default=True, help="Two jurisdictions.")
@click.option("--limit", default=0, help="Show at most so many gaps; 0 for all.")
@json_option
def gaps(home: Path, between: str, limit: int, *, as_json: bool) -> None:
    """Show who is listed by one jurisdiction and not, or later, by the other."""
    left, right = between_of(between)
    with opened(home) as node, node.sight(operator(node)) as sight:
        report = sight.gaps(left, right)
        tell_unresolved(node)
    if limit:
        report = msgspec.structs.replace(report, gaps=report.gaps[:limit])
    if wants_json(as_json):
        print_json(report.gaps)
    else:
        _print_gaps(report)


@contextmanager
def opened(home: Path, *, read_only: bool = True) -> Iterator[Node]:
    """Give the node of a home, closed again at the end; raises as `open_node`."""
    node = open_node(home, read_only=read_only)
    try:
        yield node
    finally:
        node.close()


def operator(node: Node) -> Reader:
    """Return the operator as a reader: who can read the home's access code may see what it opens."""
    try:
        code = node.home.access_code.read_text().strip()
    except OSError as error:
        raise InvalidInput(
            "the home's access code cannot be read",
            where=str(node.home.access_code),
            advice="Run this as the node's operator",
        ) from error
    return read_identities(node.home, node.clock).by_code(code).reader(node.code)


def _print_profile(profile: Profile) -> None:
    marking = profile.marking
    click.echo(f"{profile.caption}  ({profile.schema}; {', '.join(profile.countries) or 'country unknown'})")
    released = ", ".join(marking.releasable_to) or "nobody"
    click.echo(f"TLP:{marking.tlp}  {marking.classification}  releasable to {released}")
    absent = ", ".join(profile.not_listed_by) or "-"
    click.echo(f"listed by {', '.join(profile.listed_by) or 'nobody'}; not by {absent}")
    values = [(one.statement, one.marking.tlp) for one in profile.statements]
    print_table(
        "Values",
        ("property", "value", "says", "since", "TLP"),
        [(said.prop, said.value, said.originator, str(said.first_seen), tlp) for said, tlp in values],
    )
    listings = [(one.listing, one.originator) for one in profile.listings]
    print_table(
        "Listings",
        ("jurisdiction", "list", "since", "until", "told by"),
        [
            (one.jurisdiction, one.list, str(one.listed or "?"), str(one.until or ""), teller)
            for one, teller in listings
        ],
    )
    if profile.claims:
        claims = [(one.kind, one.originator, one.text) for one in profile.claims]
        print_table("Claims", ("kind", "from", "text"), claims)
    history = [(one.at, one.kind, one.originator, one.text) for one in profile.history]
    print_table("History", ("at", "kind", "from", "text"), history)


def _print_gaps(report: GapReport) -> None:
    lag = "unknown" if report.median_lag_days is None else f"{report.median_lag_days:.0f} days"
    click.echo(
        f"only {report.left}: {report.only_left:,}   only {report.right}: {report.only_right:,}   "
        f"both: {report.both:,}   of the gaps, perhaps none: {report.doubtful:,}   "
        f"median lag of {report.right} behind {report.left}: {lag}"
    )
    print_table(
        f"Gaps between {report.left} and {report.right}",
        ("company", "is", "country", "listed by", "missing from", "since", "lag (days)", "perhaps", "programmes"),
        [
            (
                gap.caption,
                gap.schema,
                ", ".join(gap.countries),
                gap.listed_by,
                gap.missing_from if gap.kind == "only" else "",
                str(gap.listed or "?"),
                "" if gap.lag_days is None else str(gap.lag_days),
                f"{gap.likeness:.2f}" if gap.possibly else "",
                "; ".join(gap.programmes),
            )
            for gap in report.gaps
        ],
    )
