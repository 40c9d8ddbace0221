# SPDX-License-Identifier: Apache-2.0
"""Casework: licence cases of a node, the same at every door: take applications in, show cases, move them on.

What is kept and what is told to others change in one transaction. A request with a key that comes twice is done once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec
import structlog

from highfence.app import Node
from highfence.cases.approval import Block, denial_blocks, own_blocks
from highfence.cases.consultation import ConsultationView, consultations
from highfence.cases.licence import Clerk, add_events, moved_on, open_cases, read_case, read_cases, shown
from highfence.clock import day, instant_text
from highfence.entrypoints.case_step import Step, Stepping, numbered
from highfence.entrypoints.case_view import CaseLine, CaseMoved, CaseView, Taken, line_of, urgency
from highfence.entrypoints.case_words import CaseWord
from highfence.entrypoints.denial_watch import country_by
from highfence.entrypoints.fence import Determined, Fence
from highfence.entrypoints.once import Once
from highfence.errors import InvalidInput, MoveRefused, NotAllowed, NotFound
from highfence.exchange.publish import PublishDesk, Published, Sealed
from highfence.exchange.release import Release
from highfence.formats.case_document import read_cases as read_documents
from highfence.formats.case_table import read_case_table
from highfence.model.application import Application
from highfence.model.assertion import Assertion
from highfence.model.licence_case import LicenceCase
from highfence.rules.case_clocks import read_clocks
from highfence.rules.handling import Reader
from highfence.rules.licence import Determination
from highfence.storage import case_files
from highfence.storage.database import Connection

#: So many cases are listed at once.
CASES_MOST = 1_000

log = structlog.get_logger("highfence.cases")


class Casework:
    """What a node's doors ask about licence cases. Safe to use from several threads."""

    def __init__(self, node: Node, fence: Fence) -> None:
        self._node = node
        self._fence = fence

    def take_in(self, data: bytes, reader: Reader, *, table: bool, key: str = "") -> Taken:
        """Open a case for each application of a file, a CSV `table` or JSON; nothing is taken if anything is wrong.

        Raises:
            InvalidDocument: it cannot be read at all.
            MoveRefused: an applicant's number stands for another application, or `key` for another request.
            NotAllowed: the node's authority never decides.
        """
        clerk = self._clerk(reader)
        once = Once.of(reader, key, asked=data)
        read = (read_case_table if table else read_documents)(data, today=clerk.today)
        if read.wrong:
            return Taken(wrong=read.wrong)

        def change(connection: Connection) -> Taken:
            done = once.answered(connection)
            if done is not None:
                return _TAKEN.decode(done)
            taken = Taken(cases=open_cases(connection, read.intakes, clerk))
            once.note(connection, _ENCODER.encode(taken), at=clerk.at)
            return taken

        taken = self._node.database.write(change)
        # Who has handed in how many, and nothing of whom or what: a log is no place for names.
        log.info("applications_taken", officer=reader.name, new=sum(one.new for one in taken.cases))
        return taken

    def cases(self, reader: Reader, *, undecided: bool | None = True, limit: int = CASES_MOST) -> tuple[CaseLine, ...]:
        """Return cases that a reader may work on: overdue ones first, then by the nearest last day.

        With `undecided` False those that are decided, the newest first; with None all.
        """
        today = self._today()
        with self._node.database.read() as connection:
            found = read_cases(connection, reader, on=today, undecided=undecided, limit=limit)
        lines = [line_of(case, self._node.code, on=today) for case in found]
        return tuple(lines if undecided is False else sorted(lines, key=urgency))

    def view(self, number: str, reader: Reader) -> CaseView:
        """Return a case for a reader; raises NotFound if there is none that they may work on."""
        today = self._today()
        with self._node.database.read() as connection:
            case = read_case(connection, number, reader, on=today)
        seen = shown(case, reader)
        asked = self._asked(case, reader)
        return CaseView(
            case=seen,
            state=case.state,
            allowed=case.allowed(),
            clocks=read_clocks(case, self._node.code, on=today),
            blocks=(*own_blocks(seen), *self._denied(case, reader, asked=asked)) if case.open else (),
            asked=asked,
        )

    def paper(self, number: str, digest: str, reader: Reader) -> Determination:
        """Return a determination of a case as it was made; raises NotFound if the reader may not see it."""
        checks = self.view(number, reader).case.checks
        if digest in {one.made.paper for one in checks if one.made.paper}:
            with self._node.database.read() as connection:
                body = case_files.paper(connection, number, digest=digest)
            if body is not None:
                return _PAPERS.decode(body)
        raise NotFound("the case has no such determination", where=digest[:64], advice="Look at the case")

    def move(self, number: str, word: CaseWord, reader: Reader, *, key: str = "") -> CaseMoved:
        """Move a case on.

        Raises:
            NotFound: there is no case of that number that the reader may work on.
            MoveRefused: the case does not take the move, has moved on, or something stands against an approval.
            InvalidInput: the move holds what cannot be; or what is told to others, as `Node.seal`.
            NotAllowed: the node's authority never decides.
        """
        once = Once.of(reader, key, asked=number.encode() + _ENCODER.encode(word))
        clerk = self._clerk(reader)
        with self._node.database.read() as connection:
            case = read_case(connection, number, reader, on=clerk.today)
            done = once.answered(connection)
        if done is not None:
            return _MOVED.decode(done)
        if word.after is not None and word.after != len(case.events):
            raise moved_on(number)
        step = Stepping(self, case, reader=reader, clerk=clerk).step(word)
        try:
            moved = self._keep(step, once)
        except MoveRefused:
            # The same request may have come twice at once: the second is told what the first was.
            with self._node.database.read() as connection:
                done = once.answered(connection)
            if done is None:
                raise
            return _MOVED.decode(done)
        log.info("case_moved", officer=reader.name, case=number, told=bool(moved.assertion))
        return moved

    def determine(self, application: Application, reader: Reader, *, officer: str) -> Determined:
        """Judge an application for a reader; raises as `Fence.determine`."""
        return self._fence.determine(application, reader, officer=officer)

    def others(self, case: LicenceCase, reader: Reader, *, found: Determined) -> Sequence[Block]:
        """Return what others' denials hold against an approval, as far as the reader is to know."""
        return denial_blocks(found.denials, self._asked(case, reader), number=case.number)

    def seal(self, assertion: Assertion) -> Sealed:
        """Sign what is told; raises as `Node.seal`."""
        return self._node.seal(assertion)

    def _denied(self, case: LicenceCase, reader: Reader, *, asked: Sequence[ConsultationView]) -> tuple[Block, ...]:
        """Return what denials hold against an approval today; nothing of an application that cannot be judged."""
        try:
            found = self._fence.determine(numbered(case, on=self._today()), reader, officer=reader.name)
        except InvalidInput:
            return denial_blocks((), asked, number=case.number)
        return denial_blocks(found.denials, asked, number=case.number)

    def _asked(self, case: LicenceCase, reader: Reader) -> tuple[ConsultationView, ...]:
        """Return the consultations that this authority has opened for a case, as far as the reader may see them."""
        with self._node.sight(reader) as sight:
            found = consultations(sight, country_by(self._node))
        mine = self._node.code
        return tuple(one for one in found if one.opener == mine and one.consultation.application == case.number)

    def _keep(self, step: Step, once: Once) -> CaseMoved:
        """Keep a step, and record what it tells, in one transaction."""

        def keep(connection: Connection, releases: tuple[Release, ...]) -> CaseMoved:
            case = add_events(connection, step.case, step.events)
            for body in step.papers:
                digest = hashlib.sha256(body).hexdigest()
                case_files.keep_paper(connection, case.number, digest=digest, body=body)
            moved = CaseMoved(
                number=case.number,
                state=case.state,
                events=len(case.events),
                allowed=case.allowed(),
                assertion=step.sealed.id if step.sealed else "",
                releases=releases,
            )
            once.note(connection, _ENCODER.encode(moved), at=step.events[-1].at)
            return moved

        if step.sealed is None:
            return self._node.database.write(lambda connection: keep(connection, ()))
        sealed = step.sealed
        kept: list[CaseMoved] = []

        def publish(desk: PublishDesk, connection: Connection) -> Published:
            published = desk.record(connection, [sealed])
            kept[:] = [keep(connection, published.releases[0])]
            return published

        self._node.submit_publication(publish).result()
        return kept[0]

    def _clerk(self, reader: Reader) -> Clerk:
        if self._node.authority.role != "member":
            raise NotAllowed("a coordinator licenses nothing", where=self._node.code, advice="Ask a member's authority")
        now = self._node.now()
        return Clerk(authority=self._node.code, officer=reader.name, at=instant_text(now), today=day(now))

    def _today(self) -> date:
        return day(self._node.now())


_ENCODER = msgspec.json.Encoder()
_TAKEN = msgspec.json.Decoder(Taken)
_MOVED = msgspec.json.Decoder(CaseMoved)
_PAPERS = msgspec.json.Decoder(Determination)
