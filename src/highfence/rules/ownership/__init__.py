# SPDX-License-Identifier: Apache-2.0
"""Ownership and control: who counts as listed because of who owns it, under each regime's rule, on a day.

Shares are never multiplied. A listed party passes on what it holds; whoever is reached by enough counts as listed and
passes on what it holds in turn, until nothing is added. See docs/ownership.md.

>>> from datetime import date
>>> from highfence.model.interest import Interest, Listed, exactly
>>> from highfence.model.interests import Interests
>>> held = [Interest(owner="X", owned="A", share=exactly(50)), Interest(owner="A", owned="B", share=exactly(50))]
>>> graph = Graph(Interests.of(held))
>>> findings = Findings(graph, rule_set("us-ofac"), listed=[Listed(id="X")], on=date(2026, 11, 24))
>>> verdict = Lines(findings).verdict("B")
>>> verdict.verdict, [(step.owner, step.owned) for step in verdict.chain]
('yes', [('X', 'A'), ('A', 'B')])
"""

from __future__ import annotations

from highfence.rules.ownership.findings import Findings
from highfence.rules.ownership.graph import Graph
from highfence.rules.ownership.lines import Lines
from highfence.rules.ownership.rulesets import RULES, rule_set, rule_sets
from highfence.rules.ownership.verdict import Verdict

__all__ = ["RULES", "Findings", "Graph", "Lines", "Verdict", "rule_set", "rule_sets"]
