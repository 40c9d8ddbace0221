# SPDX-License-Identifier: Apache-2.0
"""Denials in determinations: what looking through a register of denials adds to one determination on a node.

python bench/denials.py [--denials 3000] [--applications 200] [--clock cpu]

A node gets so many denials of made-up companies. Applications have five parties and three items; one in ten asks for
what was denied. Measured are a determination with the register and, in the same run, without it, and how long the
register takes to be read for the first time and after one more denial. Names are made up.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from machine import percentile, show
from screening import CLOCKS

from highfence.app import Node, open_node
from highfence.cases import drafts
from highfence.ceremony import NewAuthority, draft_membership, init_home, sign_membership
from highfence.entrypoints.denial_watch import DenialWatches
from highfence.entrypoints.fence import Fence
from highfence.model.application import Application, EndUse, Item, Known, Measure, Parameter, ShipmentParty
from highfence.model.assertion import Assertion
from highfence.model.denial import Characteristic, Denial, DeniedItem
from highfence.model.entity import Entity
from highfence.model.marking import PURPOSES, Marking
from highfence.rules.handling import Reader

SEED = 2026
TODAY = date(2026, 11, 24)
BATCH = 500
WORDS = ("Alpha", "Nova", "Golden", "Trade", "Electronics", "Sun", "Micro", "Delta", "Orient", "Harbour", "Precision")
WORDS += ("Global", "Optics", "Machinery", "Star", "Pacific", "United", "Systems", "Marine", "Laser", "Kinetics", "Arc")
CODES = ("6A005.b.6", "2B001.b.2", "3B001.c.1", "3A001.a.1", "4A003.b", "9A012.a", "2B350.a", "6A002.a")
ROLES = ("end user", "consignee", "purchaser", "forwarder", "intermediate consignee")
READER = Reader(authority="nl", ceiling="RESTRICTED", purposes=PURPOSES, name="bench")
MARKING = Marking(tlp="AMBER", classification="RESTRICTED", disclosure="release")


def name(chance: random.Random) -> str:
    """Return a made-up name."""
    return " ".join([*chance.sample(WORDS, 3), str(chance.randrange(10_000))])


def denial(number: int, chance: random.Random) -> Assertion:
    """Return a denial of a made-up company."""
    user = Entity(id=f"user-{number}", schema="Company", properties={"name": (name(chance),), "country": ("cn",)})
    agent = Entity(id=f"agent-{number}", schema="Company", properties={"name": (name(chance),), "country": ("hk",)})
    told = Denial(
        end_users=(user.id,),
        consignees=(agent.id,),
        items=(
            DeniedItem(
                description="An item",
                eu_code=chance.choice(CODES),
                parameters=(Characteristic(name="wavelength", value="1064", unit="nm"),),
            ),
        ),
        destination="cn",
        regime=chance.choice(("eu", "wassenaar", "nsg")),
        reason="military end use",
        denied=date(2024, 1, 1 + number % 28),
    )
    return drafts.entered(told, (user, agent), MARKING, text="Refused", legal_basis="Article 12")


def application(denied: list[Assertion], chance: random.Random) -> Application:
    """Return an application with five parties and three items; one in ten asks for what was denied."""
    names = [name(chance) for _ in ROLES]
    codes = [chance.choice(CODES) for _ in range(3)]
    if chance.random() < 0.1:
        one = chance.choice(denied)
        names[0] = one.entities[0].caption
        assert one.denial is not None
        codes[0] = one.denial.items[0].eu_code
    return Application(
        id=str(chance.randrange(10**9)),
        exporter="nl",
        destination="cn",
        items=tuple(
            Item(
                id=f"item-{at}",
                description="An item",
                quantity=Measure(value=Decimal(1), unit="pieces"),
                eu_code=code,
                parameters=(Parameter(name="wavelength", value=Decimal(1060), unit="nm"),),
            )
            for at, code in enumerate(codes)
        ),
        parties=tuple(
            ShipmentParty(id=f"party-{at}", name=who, roles=(role,), country="cn")
            for at, (who, role) in enumerate(zip(names, ROLES, strict=True))
        ),
        end_use=EndUse(text="research"),
        on=TODAY,
    )


@contextmanager
def node() -> Iterator[Node]:
    """Give a node of one authority."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "nl"
        init_home(
            home, NewAuthority(code="nl", name="Authority", country="nl", role="member", groups=(), port=1, contact="")
        )
        draft = draft_membership([home / "authority.json"], agreements=(), issued=datetime.now(UTC), threshold=1)
        (home / "membership.json").write_bytes(sign_membership(draft, home))
        opened = open_node(home)
        try:
            yield opened
        finally:
            opened.close()


def measure(made: Node, *, denials: int, applications: int, clock: str) -> list[dict[str, object]]:
    """Measure determinations before and after the node has denials."""
    now = CLOCKS[clock]
    chance = random.Random(SEED)
    denied = [denial(number, chance) for number in range(denials)]
    asked = [application(denied, chance) for _ in range(applications + 10)]
    rows = _determinations(Fence(made), asked, now, what="without denials")
    for at in range(0, denials, BATCH):
        made.publish(denied[at : at + BATCH]).result()
    fence = Fence(made)
    watches = DenialWatches(made)
    began = now()
    with made.sight(READER) as sight:
        watches.compare(asked[0], Known(), sight=sight)
    first = (now() - began) * 1000
    made.publish([denial(denials, chance)]).result()
    began = now()
    with made.sight(READER) as sight:
        watches.compare(asked[0], Known(), sight=sight)
    again = (now() - began) * 1000
    rows += _determinations(fence, asked, now, what=f"with {denials:,} denials")
    base = float(str(rows[0]["ms"]))
    for row in rows:
        row["to without"] = round(float(str(row["ms"])) / base, 2)
    rows.append({"what": "reading the register for the first time", "ms": round(first), "goal": "", "met": ""})
    rows.append({"what": "reading it after one more denial", "ms": round(again), "goal": "", "met": ""})
    return rows


def _determinations(fence: Fence, asked: list[Application], now: object, *, what: str) -> list[dict[str, object]]:
    assert callable(now)
    times = []
    for at, one in enumerate(asked):
        began = now()
        fence.determine(one, READER, officer="bench")
        if at >= 10:
            times.append((now() - began) * 1000)
    return [
        {
            "what": f"one determination {what}, {label}",
            "ms": round(percentile(times, share), 1),
            "goal": f"<= {goal} ms",
            "met": percentile(times, share) <= goal,
        }
        for label, share, goal in (("p50", 0.5, 15), ("p99", 0.99, 60))
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--denials", type=int, default=3_000)
    arguments.add_argument("--applications", type=int, default=200)
    arguments.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on a machine that others use too")
    options = arguments.parse_args()
    with node() as made:
        rows = measure(made, denials=options.denials, applications=options.applications, clock=options.clock)
    show("denials", "Determinations and denials", rows)


if __name__ == "__main__":
    main()
