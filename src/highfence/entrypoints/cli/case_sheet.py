# SPDX-License-Identifier: Apache-2.0
"""Case sheet: a licence case on a terminal, as one reads it."""

from __future__ import annotations

import click

from highfence.entrypoints.case_text import move_words
from highfence.entrypoints.case_view import CaseView
from highfence.entrypoints.cli.output import print_table


def print_case(view: CaseView) -> None:
    """Print a case: who asks for what, its clocks, what stands against an approval, and every event in its words."""
    case, application = view.case, view.case.application
    officer = f", with {case.officer}" if case.officer else ""
    click.echo(f"{case.number}: {view.state}{officer}; it takes {', '.join(view.allowed)}")
    click.echo(f"{case.applicant} ({application.id}), received {case.received}, to {application.destination}")
    if case.confidential is not None:
        parts = ", ".join(case.confidential.parts)
        click.echo(f"confidential: {parts}; shared by {case.confidential.determination}")
    rows = [(one.id, one.description, one.eccn or one.eu_code) for one in application.items]
    print_table("Items", ("id", "what it is", "code"), rows)
    parties = [(one.id, one.name, ", ".join(one.roles), one.country) for one in application.parties]
    print_table("Parties", ("id", "name", "roles", "country"), parties)
    print_table(
        "Clocks",
        ("clock", "to do", "stands", "silence", "where it stands"),
        [
            (
                one.clock,
                one.title,
                one.text,
                one.silence,
                f"{one.citation}{'' if one.verified else ' (not verified)'}",
            )
            for one in view.clocks
        ],
    )
    if view.blocks:
        against = [(one.code, one.text, one.advice) for one in view.blocks]
        print_table("Against an approval", ("code", "what", "what would lift it"), against)
    events = [(str(one.on), one.by, "; ".join(move_words(one.move))) for one in case.events]
    print_table("What has happened", ("day", "by", "what"), events)
