# SPDX-License-Identifier: Apache-2.0
"""The command `highfence demo`."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from highfence.entrypoints.cli.demo.cast import AGREEMENTS, CAST
from highfence.entrypoints.cli.demo.stage import Stage
from highfence.entrypoints.cli.demo.story import Step, Story
from highfence.entrypoints.cli.output import print_json


@click.command()
@click.option("--once", is_flag=True, help="End by itself after the story.")
@click.option(
    "--lists",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with the complete official lists, instead of the built-in extract.",
)
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Put the homes here and keep them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a step.")
def demo(*, once: bool, lists: Path | None, keep: Path | None, as_json: bool) -> None:
    """Run the whole exchange on this machine: four authorities share what they know."""
    folder = keep or Path(tempfile.mkdtemp(prefix="highfence-demo-"))
    # A terminated demo must still end its nodes: let the context managers do their work.
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        began = time.perf_counter()
        stage = Stage(folder, CAST, AGREEMENTS)
        with stage:
            started = round((time.perf_counter() - began) * 1000, 1)
            names = ", ".join(f"{actor.code} ({actor.name})" for actor in stage.actors.values())
            _tell(Step(step="nodes", told=f"Four nodes are up: {names}", ms=started), as_json=as_json)
            for step in Story(stage, lists).tell():
                _tell(step, as_json=as_json)
            if not once:
                _stay(stage, as_json=as_json)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _tell(step: Step, *, as_json: bool) -> None:
    if as_json:
        print_json([step])
        return
    Console(highlight=False, soft_wrap=True).print(Text(f"{step.ms:10,.1f} ms  "), Text(step.told), sep="")


def _stay(stage: Stage, *, as_json: bool) -> None:
    """Keep the nodes up until interrupted, and say where their pages are."""
    pages = [
        {"step": "pages", "authority": actor.code, "address": actor.address, "access_code": actor.access_code}
        for actor in stage.actors.values()
    ]
    if as_json:
        print_json(pages)
    else:
        click.echo("\nThe pages are open until you press Ctrl-C; sign in with the access code:")
        for page in pages:
            click.echo(f"  {page['authority']}  {page['address']}/  access code {page['access_code']}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nEnding the nodes.", err=True)
