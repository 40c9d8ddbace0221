# SPDX-License-Identifier: Apache-2.0
"""The command for who knows what: knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from highfence.entrypoints import asking
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.drafts import draft_text
from highfence.errors import InvalidInput
from highfence.register.knowledge import Knowledge
from highfence.register.knows import Ask, CompanyKnowledge, Offer


@click.command()
@click.argument("company", default="")
@home_option
@click.option(
    "--show", type=click.Choice(("offers", "asks")), default="offers", show_default=True, help="Without COMPANY."
)
@click.option("--to", default="", help="Only what could be released to this peer.")
@click.option("--limit", default=50, show_default=True, help="Show at most so many.")
@click.option("--draft", default="", help="Print the draft that releases this assertion to --to, or asks about it.")
@json_option
def knowledge(company: str, home: Path, *, show: str, to: str, limit: int, draft: str, as_json: bool) -> None:
    """Show who knows which field of COMPANY; without it, what could be released to whom, or whom one could ask.

    Nothing is released by it: a draft is printed, for a person to check and `highfence publish`.
    """
    if limit < 1:
        raise InvalidInput("a limit is at least 1", where="--limit", advice="Give another number")
    with opened(home) as node, asking.knowledge(node, operator(node)) as known:
        if draft:
            _tell_draft(known, draft, to)
        elif company:
            _tell_company(known.company(company), as_json=as_json)
        elif show == "offers":
            _tell_offers(known.offers(to=to, limit=limit), as_json=as_json)
        else:
            _tell_asks(known.asks(limit=limit), as_json=as_json)


def _tell_draft(known: Knowledge, assertion: str, to: str) -> None:
    found = known.offer(assertion, to).draft if to else known.ask(assertion).draft
    click.echo(draft_text(found).decode())


def _tell_company(found: CompanyKnowledge, *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json([found])
        return
    rows = [
        (one.field, ", ".join(f"{at.authority} ({at.how})" for at in one.known), ", ".join(one.missing))
        for one in found.fields
    ]
    print_table(f"Who knows what of {found.caption}", ("field", "known to", "not known to"), rows)
    if found.offers:
        _tell_offers(found.offers, as_json=False)
    if found.asks:
        _tell_asks(found.asks, as_json=False)


def _tell_offers(found: Sequence[Offer], *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json(found)
        return
    heads = ("score", "company", "kind", "to", "under", "new to it", "assertion")
    rows = [
        (str(one.score), one.caption, one.kind, one.to, one.agreement, ", ".join(one.fields), one.assertion)
        for one in found
    ]
    print_table("What we know and they do not", heads, rows)


def _tell_asks(found: Sequence[Ask], *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json(found)
        return
    heads = ("score", "company", "who", "kind", "text", "others", "assertion")
    rows = [
        (str(one.score), one.caption, one.authority, one.kind, one.text, str(one.others), one.assertion)
        for one in found
    ]
    print_table("What they seem to know and we do not", heads, rows)
