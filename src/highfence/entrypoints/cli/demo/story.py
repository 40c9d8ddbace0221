# SPDX-License-Identifier: Apache-2.0
"""Story: what happens on the stage, step by step. Each step checks what it claims and fails loudly if it is not so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.cli.demo.cast import COMPANY, SIGHTED, restricted
from highfence.entrypoints.cli.demo.stage import Actor, Stage
from highfence.entrypoints.drafts import Draft
from highfence.errors import HighfenceError
from highfence.exchange.status import AssertionStatus
from highfence.exchange.verification import Verified
from highfence.lists import Taken
from highfence.model.marking import public
from highfence.register.view import GapReport, Profile
from highfence.sources.uk_sanctions.parse import pack

_STREAM = 300
_KILL_AT = 100


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A finished step: its name, what was seen, and how long it took in milliseconds."""

    step: str
    told: str
    ms: float
    facts: dict[str, object] = {}


class Story:
    """Tells the story on a stage whose nodes are up."""

    def __init__(self, stage: Stage, lists: Path | None) -> None:
        self._stage = stage
        self._lists = lists
        self._us, self._eu, self._nl, self._cy = (stage.actors[code] for code in ("us", "eu", "nl", "cy"))
        self._concern = ""
        self._sighting = ""

    def tell(self) -> Iterator[Step]:
        """Go through all steps.

        Raises:
            HighfenceError: a step did not show what it should.
        """
        yield from self._share_lists()
        yield self._release_concern()
        yield self._add_knowledge()
        yield self._correct()
        yield self._withdraw()
        yield self._kill_and_catch_up()
        yield self._verify()
        yield self._report_gaps()

    def _share_lists(self) -> Iterator[Step]:
        started = time.perf_counter()
        total = 0
        for actor, source, data in self._editions():
            began = time.perf_counter()
            taken = msgspec.json.decode(actor.node.post(f"/api/sources/{source}/editions", data), type=Taken)
            total += taken.added
            problems = f", {len(taken.problems):,} odd lines reported" if taken.problems else ""
            yield Step(
                step="import",
                told=f"{actor.name} takes {source}: {taken.added:,} listings{problems}",
                ms=_ms(began),
                facts={"source": source, "authority": actor.code, "added": taken.added, "refused": taken.refused},
            )
        began = time.perf_counter()
        self._stage.settle(timeout_s=600)
        yield Step(
            step="share",
            told=f"{total:,} listings are durable at all four nodes, each feed countersigned by its reader",
            ms=_ms(began),
            facts={"listings": total, "since_first_import_ms": _ms(started)},
        )

    def _editions(self) -> Iterator[tuple[Actor, str, bytes]]:
        if self._lists is None:
            facts = files("highfence.entrypoints.cli.demo") / "facts"
            for actor, name in ((self._us, "us"), (self._eu, "eu"), (self._nl, "uk"), (self._cy, "jp")):
                yield actor, "own_list", (facts / f"{name}.jsonl").read_bytes()
            return
        yield self._us, "us_csl", _newest(self._lists / "us_csl", "consolidated_*.csv")
        yield self._us, "us_1260h", _newest(self._lists / "us_1260h", "*.csv")
        yield self._eu, "eu_oj", _newest(self._lists / "eu_oj", "annexes_*.csv")
        tables = sorted((self._lists / "uk").glob("*_20*.csv"))
        wanted = {path.name: path.read_bytes() for path in tables if not path.name.startswith("ofsi")}
        yield self._nl, "uk_sanctions", pack(wanted)
        yield self._nl, "jp_meti", _newest(self._lists / "jp_meti", "*.json")

    def _release_concern(self) -> Step:
        draft = Draft(
            kind="concern",
            subject=COMPANY.id,
            entities=(COMPANY,),
            text="Buys five-axis machine tools for a maker of aircraft engines of the armed forces (invented).",
            legal_basis="15 CFR 744.21",
            marking=restricted("eu", "nl"),
        )
        began = time.perf_counter()
        self._concern = _publish(self._us, draft)
        seen = {
            "eu": _until(lambda: _knows(self._eu, self._concern), began),
            "nl": _until(lambda: _knows(self._nl, self._concern), began),
        }
        if _knows(self._cy, self._concern) or _profile(self._cy, COMPANY.id) is not None:
            raise _broken("the concern appears at CY, to whom it was not released")
        deliveries = {one.peer: one for one in self._status(self._us, self._concern).deliveries}
        why = deliveries["cy"].text
        return Step(
            step="concern",
            told=f"A US concern is in the registers of EU and NL, and not at CY ({why})",
            ms=max(seen.values()),
            facts={"seen_ms": seen, "assertion": self._concern, "withheld_from": {"cy": deliveries["cy"].reason}},
        )

    def _add_knowledge(self) -> Step:
        draft = Draft(
            kind="facts",
            subject=SIGHTED.id,
            entities=(SIGHTED,),
            text="Traded under another name until 2024 (invented).",
            legal_basis="Regulation (EU) 2021/821, Article 23",
            marking=restricted("us", "eu"),
        )
        began = time.perf_counter()
        self._sighting = _publish(self._nl, draft)
        took = _until(lambda: _knows(self._us, self._sighting), began)
        profile = self._require_profile(self._us)
        former = [one.statement for one in profile.statements if one.statement.prop == "previousName"]
        if not former or former[0].originator != "nl":
            raise _broken("the US profile does not show what the Netherlands know")
        return Step(
            step="addition",
            told="NL adds what the US did not know; the US profile now shows the company's former name, told by nl",
            ms=took,
            facts={"assertion": self._sighting, "known_to": profile.known_to},
        )

    def _correct(self) -> Step:
        draft = Draft(
            kind="correction",
            subject=COMPANY.id,
            entities=(COMPANY,),
            text="Bought three-axis, not five-axis, machine tools (invented).",
            legal_basis="15 CFR 744.21",
            marking=restricted("eu", "nl"),
            refers_to=self._concern,
            reason="the model number was misread",
        )
        began = time.perf_counter()
        corrected = _publish(self._us, draft)
        took = self._recalled(self._us, self._concern, peers=("eu", "nl"), began=began)
        texts = [claim.text for claim in self._require_profile(self._nl).claims]
        if draft.text not in texts or any("five-axis machine tools for" in text for text in texts):
            raise _broken("the corrected concern is not what NL shows")
        self._concern = corrected
        return Step(
            step="correction", told="The US corrects its concern; EU and NL show it and have acknowledged", ms=took
        )

    def _withdraw(self) -> Step:
        draft = Draft(
            kind="withdrawal",
            subject=SIGHTED.id,
            marking=restricted("us", "eu"),
            refers_to=self._sighting,
            reason="the source was mistaken",
        )
        began = time.perf_counter()
        _publish(self._nl, draft)
        took = self._recalled(self._nl, self._sighting, peers=("us", "eu"), began=began)
        if any(one.statement.prop == "previousName" for one in self._require_profile(self._us).statements):
            raise _broken("the US still shows what NL has withdrawn")
        return Step(step="withdrawal", told="NL withdraws its addition; US and EU have acknowledged", ms=took)

    def _kill_and_catch_up(self) -> Step:
        """Publish a stream, kill a reader in the middle of it, start it again, and count."""
        ids = []
        for number in range(_STREAM):
            if number == _KILL_AT:
                self._nl.kill()
            ids.append(_publish(self._us, _sighting_draft(number)))
        began = time.perf_counter()
        self._nl.start()
        self._nl.wait_until_up()
        up = time.perf_counter()
        self._stage.settle(timeout_s=60)
        caught_up = _ms(up)
        lost = [name for name in ids if not _knows(self._nl, name)]
        sent = self._us.peers()["nl"].out_size
        held = self._nl.peers()["us"].in_size
        if lost or sent != held:
            raise _broken(f"{len(lost)} of {len(ids)} are lost at NL; its feed has {held} entries of {sent}")
        return Step(
            step="crash",
            told=f"NL is killed (SIGKILL) while {_STREAM} assertions stream to it, restarted, and has caught up: "
            "0 lost, 0 doubled",
            ms=_ms(began),
            facts={"published": len(ids), "lost": 0, "feed_entries": held, "catch_up_ms": caught_up},
        )

    def _verify(self) -> Step:
        began = time.perf_counter()
        counts = {}
        for actor in self._stage.actors.values():
            verified = msgspec.json.decode(actor.node.get("/api/verification"), type=Verified)
            if verified.differences:
                first = verified.differences[0]
                raise _broken(f"{actor.code} does not verify: {first.where}: {first.what}")
            counts[actor.code] = verified.assertions
        told = ", ".join(f"{code} {number:,}" for code, number in counts.items())
        return Step(
            step="verify",
            told=f"Journals, feeds, heads, receipts and signatures fit everywhere (assertions: {told})",
            ms=_ms(began),
            facts={"assertions": counts},
        )

    def _report_gaps(self) -> Step:
        began = time.perf_counter()
        report = msgspec.json.decode(self._eu.node.get("/api/companies/gaps", between="us,eu"), type=GapReport)
        lag = "unknown" if report.median_lag_days is None else f"{report.median_lag_days:.0f} days"
        lines = [f"  {gap.caption} ({', '.join(gap.countries)}): only {gap.listed_by}" for gap in report.gaps[:8]]
        told = (
            f"US/EU gaps: {report.only_left:,} only in the US, {report.only_right:,} only in the EU, "
            f"{report.both:,} in both; median lag of the EU where both days are known: {lag}\n" + "\n".join(lines)
        )
        return Step(
            step="gaps",
            told=told,
            ms=_ms(began),
            facts={
                "only_us": report.only_left,
                "only_eu": report.only_right,
                "both": report.both,
                "median_lag_days": report.median_lag_days,
            },
        )

    def _recalled(self, actor: Actor, assertion: str, *, peers: tuple[str, ...], began: float) -> float:
        def done() -> bool:
            states = {one.peer: one.state for one in self._status(actor, assertion).deliveries}
            return all(states[peer] == "recalled" for peer in peers)

        return _until(done, began)

    def _status(self, actor: Actor, assertion: str) -> AssertionStatus:
        return msgspec.json.decode(actor.node.get(f"/api/assertions/{assertion}/status"), type=AssertionStatus)

    def _require_profile(self, actor: Actor) -> Profile:
        profile = _profile(actor, COMPANY.id)
        if profile is None:
            raise _broken(f"the company is not in the register of {actor.code}")
        return profile


def _sighting_draft(number: int) -> Draft:
    entity = msgspec.structs.replace(
        COMPANY,
        id=f"us-demo-shipment-{number}",
        properties={"name": (f"Consignee {number} of the demonstration stream Ltd",), "country": ("cn",)},
        languages={},
    )
    return Draft(
        kind="facts",
        subject=entity.id,
        entities=(entity,),
        legal_basis="demonstration",
        marking=public(releasable_to=("eu", "nl")),
    )


def _publish(actor: Actor, draft: Draft) -> str:
    answer = actor.node.post("/api/assertions", msgspec.json.encode(draft))
    return msgspec.json.decode(answer, type=PublishedView).id


def _knows(actor: Actor, assertion: str) -> bool:
    try:
        actor.node.get(f"/api/assertions/{assertion}")
    except HighfenceError:
        return False
    return True


def _profile(actor: Actor, entity: str) -> Profile | None:
    try:
        return msgspec.json.decode(actor.node.get(f"/api/companies/{entity}"), type=Profile)
    except HighfenceError:
        return None


def _until(done: Callable[[], bool], began: float, *, timeout_s: float = 20.0) -> float:
    """Wait until `done` and return the milliseconds since `began`; raises HighfenceError after 20 s."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if done():
            return _ms(began)
        time.sleep(0.001)
    raise _broken(f"it did not arrive within {timeout_s:.0f} s")


def _newest(folder: Path, pattern: str) -> bytes:
    found = sorted(folder.glob(pattern))
    if not found:
        raise _broken(f"there is no {pattern} in {folder}")
    return found[-1].read_bytes()


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _broken(what: str) -> HighfenceError:
    return HighfenceError(
        f"the demonstration failed: {what}", where="demo", advice="Read the nodes' logs in its folder"
    )
