# SPDX-License-Identifier: Apache-2.0
"""Lines: verdicts as lines of JSON, one for each party; a million of them in seconds, so they are put together as text.

`verdict` is the same line, read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from highfence.model.interest import Control, Share, percent
from highfence.rules.ownership.chain import Chain, Chains
from highfence.rules.ownership.findings import NO, UNKNOWN, WORDS, YES, Findings
from highfence.rules.ownership.graph import Runs
from highfence.rules.ownership.policy import Policies
from highfence.rules.ownership.verdict import Verdict

_VERDICTS = msgspec.json.Decoder(Verdict)
_NOTHING = '{"min":0,"max":0}'


class Lines:
    """The lines of one rule's findings as they are now. With `everything`, all chains are prepared at once.

    `refused` gives of each party the places of interests in it that could not be taken, to stand in its line.
    """

    def __init__(
        self, findings: Findings, *, everything: bool = False, refused: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self._findings = findings
        self._everything = everything
        self._refused = refused or {}
        self._tail = _tail(findings)
        self._steps: dict[int, str] = {}
        self._policies: Policies | None = None
        self._held: Runs | None = None
        if findings.period.in_force:
            self._sure = Chains(findings.sure, everything=everything)
            self._possible = Chains(findings.possible, everything=everything)

    def verdict(self, party_id: str) -> Verdict:
        """Return the verdict on one party; of a party that nobody knows to own or be owned it is no."""
        number = self._findings.graph.interests.index.get(party_id)
        if number is None:
            line = self._line(party_id, NO, _NOTHING, middle='"chain":[]')
        else:
            code = int(self._findings.codes_of(np.array([number], dtype=np.int64))[0])
            line = self.line(number, code, self._findings.share(number))
        return _VERDICTS.decode(line)

    def all(self) -> Iterator[str]:
        """Yield the line of each party, in the order in which they were read."""
        findings, graph = self._findings, self._findings.graph
        codes = findings.codes()
        least, most = findings.shares()
        if self._everything and findings.period.in_force:
            edges = findings.holdings(np.flatnonzero((codes == NO) & (most > 0)))
            self._held = Runs(edges, graph.owned[edges], graph.parties)
        shares = zip(codes.tolist(), least.tolist(), most.tolist(), strict=True)
        encode, plain = msgspec.json.encode, f',"verdict":"no","share":{_NOTHING},"chain":[],{self._tail}'
        for number, (code, low, high) in enumerate(shares):
            if code == NO and not high and graph.ids[number] not in self._refused:
                yield f'{{"id":{encode(graph.ids[number]).decode()}{plain}'
            else:
                yield self.line(number, code, Share(low, high))

    def line(self, party: int, code: int, share: Share) -> str:
        """Return the line of one party."""
        chain = self._chain(party, code)
        middle = f'"chain":[{",".join(map(self._step, chain.edges))}]'
        if chain.cut_at:
            ids = self._findings.graph.ids
            middle += f',"continues":{_json([ids[one] for one in chain.cut_at])}'
        if party in self._findings.named:
            middle += ',"listed":true'
        if (places := self._refused.get(self._findings.graph.ids[party])) is not None:
            middle += f',"refused":{_json(places)}'
        period = self._findings.period
        if code == UNKNOWN and period.red_flag:
            middle += f',"red_flag":{_json(period.red_flag)}'
        if code == YES and self._findings.rules.policies and (policy := self._policy().of(party)) is not None:
            middle += f',"policy":{_json(policy)}'
        return self._line(self._findings.graph.ids[party], code, _bounds(share), middle=middle)

    def _line(self, party_id: str, code: int, share: str, *, middle: str) -> str:
        return f'{{"id":{_json(party_id)},"verdict":"{WORDS[code]}","share":{share},{middle},{self._tail}'

    def _policy(self) -> Policies:
        if self._policies is None or not self._everything:
            self._policies = Policies(self._findings)
        return self._policies

    def _chain(self, party: int, code: int) -> Chain:
        """Return what proves a verdict: of a no, the interests that are not enough."""
        if not self._findings.period.in_force or (code == YES and party in self._findings.named):
            return Chain()
        if code == NO:
            alone = np.array([party], dtype=np.int64)
            edges = self._held.of(party) if self._held is not None else self._findings.holdings(alone).tolist()
            return Chain(tuple(edges))
        return (self._sure if code == YES else self._possible).of(party)

    def _step(self, edge: int) -> str:
        text = self._steps.get(edge)
        if text is None:
            graph = self._findings.graph
            owner, owned = graph.ids[int(graph.owner[edge])], graph.ids[int(graph.owned[edge])]
            control = Control(int(graph.control[edge]))
            said = "" if control is Control.NO else ',"control":true' if control is Control.YES else ',"control":null'
            text = (
                f'{{"owner":{_json(owner)},"owned":{_json(owned)},"share":{_bounds(self._findings.held_share(edge))}'
                f'{said},"place":{_json(graph.place(edge))}}}'
            )
            if self._everything:
                self._steps[edge] = text
        return text


def _tail(findings: Findings) -> str:
    """Return how each line ends: the rule, where it stands, on which day and in which state it was asked."""
    period = findings.period
    tail = {"rule": findings.rules.rule, "citation": period.citation, "as_of": findings.on, "state": period.state}
    if not period.verified:
        tail["verified"] = False
    return msgspec.json.encode(tail).decode()[1:] + "\n"


def _bounds(share: Share) -> str:
    return f'{{"min":{percent(share.low)},"max":{percent(share.high)}}}'


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
