# SPDX-License-Identifier: Apache-2.0
"""Commands that prepare the next membership document: a proposal of changes, and a member's new key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from highfence.ceremony import make_new_key, propose_membership, read_agreements, read_entry
from highfence.clock import SystemClock
from highfence.entrypoints.cli.files import read_file
from highfence.errors import InvalidInput
from highfence.exchange.differences import differences
from highfence.exchange.envelope import open_envelope
from highfence.exchange.membership import read_membership
from highfence.exchange.proposal import Changes, Pause
from highfence.exchange.rotation import rotation_in
from highfence.home import write_private
from highfence.model.authority import OTHERS
from highfence.settings import load

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("current", type=_FILE)
@click.argument("out", type=_FILE)
@click.option("--admit", "entries", type=_FILE, multiple=True, help="Admit the authority of this authority.json.")
@click.option("--remove", "removed", metavar="CODE", multiple=True, help="Let a member leave.")
@click.option("--groups", metavar="CODE=GROUP,…", multiple=True, help="The groups a member belongs to from now on.")
@click.option("--endpoint", "endpoints", metavar="CODE=URL", multiple=True, help="Where its node is from now on.")
@click.option("--agreements", type=_FILE, help="A JSON list that takes the place of all agreements.")
@click.option("--parties", metavar="ID=CODE,…", multiple=True, help="Who is party to an agreement from now on.")
@click.option(
    "--suspend", "pauses", metavar="ID=DAY[/DAY]", multiple=True, help="An agreement rests from a day on, or to a day."
)
@click.option("--new-key", "new_keys", type=_FILE, multiple=True, help="Take up a member's key, from `new-key`.")
@click.option(
    "--retire",
    "retired",
    metavar="KEY",
    multiple=True,
    help="A replaced key (a CODE: its old ones) signs no more.",
)
@click.option(
    "--stolen",
    metavar="KEY=[READER:]N,…",
    multiple=True,
    help="A key, or all of a CODE, is believed up to entry N of the feed to each READER, or to all others.",
)
@click.option("--threshold", type=click.IntRange(min=1), default=None, help="How many sign the version after this.")
def propose(current: Path, out: Path, *, threshold: int | None, **words: object) -> None:
    """Write the version that follows CURRENT, with the changes asked for, unsigned to OUT; without any, a renewal.

    It is good for 30 days from now. Says in plain words what it changes.
    """
    given = {name: tuple(value) if isinstance(value, list | tuple) else value for name, value in words.items()}
    changes = _changes(given, threshold)
    envelope = read_file(current)
    proposed = propose_membership(envelope, changes, issued=SystemClock().now())
    told = differences(read_membership(open_envelope(envelope)), read_membership(open_envelope(proposed)))
    write_private(out, proposed.decode())
    for sentence in told:
        click.echo(f"- {sentence}")


@click.command("new-key")
@click.argument("out", type=_FILE)
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--stolen", is_flag=True, help="The old key was stolen and does not vouch for the new one.")
def new_key(out: Path, *, home: Path, stolen: bool) -> None:
    """Make HOME's next key and write the request to take it into the next document to OUT; prints the key's id.

    The private key stays in HOME. The node signs with it when it is started after the document that names it is there.
    """
    code = load(home).authority
    request = make_new_key(home, code=code, at=SystemClock().now(), stolen=stolen)
    write_private(out, request.decode())
    click.echo(rotation_in(request).key.id)


def _changes(words: dict[str, object], threshold: int | None) -> Changes:
    agreements = words["agreements"]
    return Changes(
        admitted=tuple(read_entry(path) for path in _paths(words["entries"])),
        removed=_texts(words["removed"]),
        groups=_lists(words["groups"], "--groups"),
        parties=_lists(words["parties"], "--parties"),
        endpoints=_pairs(words["endpoints"], "--endpoint"),
        agreements=read_agreements(agreements) if isinstance(agreements, Path) else None,
        pauses=tuple(_pause(name, days) for name, days in _pairs(words["pauses"], "--suspend").items()),
        new_keys=tuple(read_file(path) for path in _paths(words["new_keys"])),
        retired=_texts(words["retired"]),
        stolen={key: _indexes(text) for key, text in _pairs(words["stolen"], "--stolen").items()},
        threshold=threshold,
    )


def _paths(value: object) -> tuple[Path, ...]:
    return tuple(one for one in value if isinstance(one, Path)) if isinstance(value, tuple) else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def _pairs(value: object, option: str) -> dict[str, str]:
    pairs = {}
    for text in _texts(value):
        name, sign, rest = text.partition("=")
        if not (name and sign):
            raise InvalidInput(f"{text[:80]!r} has no name and value", where=option, advice="Write NAME=VALUE")
        pairs[name] = rest
    return pairs


def _lists(value: object, option: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(one for one in text.split(",") if one) for name, text in _pairs(value, option).items()}


def _pause(name: str, days: str) -> Pause:
    since, _, until = days.partition("/")
    try:
        return Pause(
            agreement=name, since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None
        )
    except ValueError as error:
        raise InvalidInput(
            f"{days[:40]!r} is no day or two",
            where="--suspend",
            advice="Write ID=2026-12-01/2026-12-31",
        ) from error


def _indexes(text: str) -> dict[str, int]:
    indexes = {}
    for part in text.split(","):
        reader, sign, number = part.rpartition(":")
        if not number.isdecimal() or (sign and not reader):
            raise InvalidInput(
                f"{part[:40]!r} is no entry of a feed", where="--stolen", advice="Write KEY=12 or KEY=nl:12,eu:7,0"
            )
        indexes[reader or OTHERS] = int(number)
    return indexes
