# SPDX-License-Identifier: Apache-2.0
"""Owners: what the register of a home knows of who owns and controls a company, told on the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from highfence.entrypoints.cli.output import print_json, print_table
from highfence.entrypoints.cli.register import opened, operator
from highfence.model.tie import SENTENCES
from highfence.register.ownership import Ownership, ownership
from highfence.rules.ownership.verdict import Bounds


def tell_owners(name: str, home: Path, *, on: date, rule: str | None, as_json: bool) -> None:
    """Tell one line a rule as JSON, or tables; raises NotFound if nothing the operator may see goes by that name."""
    with opened(home) as node, node.sight(operator(node)) as sight:
        found = ownership(sight, name, on=on)
    verdicts = [one for one in found.verdicts if rule in (None, one.rule)]
    if as_json:
        print_json(verdicts)
    else:
        _show(found, rule)
    if not found.complete:
        click.echo(f"{name}: not all owners were followed; no rule says no here", err=True)
    if not found.all_around:
        click.echo(f"{name}: there is more that it owns or is tied to than is shown", err=True)


def _show(found: Ownership, rule: str | None) -> None:
    captions = {one.id: one.caption for one in found.parties}
    print_table(
        f"{found.caption} as of {found.on}",
        ("rule", "counts as listed", "held by listed parties", "why"),
        [
            (
                f"{one.rule} ({one.state})",
                "listed itself" if one.listed else one.verdict,
                _words(one.share),
                "; ".join(f"{captions[step.owner]} → {captions[step.owned]}" for step in one.chain),
            )
            for one in found.verdicts
            if rule in (None, one.rule)
        ],
    )
    print_table(
        "Who is tied to whom",
        ("party", "tie", "to", "share", "told by"),
        [
            (
                captions[one.subject],
                SENTENCES[one.kind] + ("" if one.stands else " (not on this day)"),
                captions[one.object],
                _words(one.share) if one.share else "",
                one.originator,
            )
            for one in found.ties
        ],
    )


def _words(share: Bounds) -> str:
    if (share.min, share.max) == (0, 100):
        return "unknown"
    return f"{share.min} %" if share.min == share.max else f"{share.min} to {share.max} %"
