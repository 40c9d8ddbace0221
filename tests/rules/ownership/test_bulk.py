# SPDX-License-Identifier: Apache-2.0
"""Spark says what the engine in one process says; without Spark it says what to install."""

from __future__ import annotations

import importlib.util
import random
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from highfence.errors import InvalidInput
from highfence.model.interest import PERCENT, Control, Interest, Listed, Share
from highfence.model.interests import Interests
from highfence.rules.ownership import RULES, Findings, Graph, rule_set
from highfence.rules.ownership.bulk import bulk_verdicts, frame_of
from highfence.rules.ownership.findings import WORDS

DAY = date(2025, 10, 15)
SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .appName("ownership")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    yield spark
    spark.stop()


def made(seed: int) -> tuple[Interests, list[Listed]]:
    """Make 300 parties with cycles, intervals, control and dates, and listed ones of whom some act jointly."""
    dice = random.Random(seed)
    parties = [f"P{number}" for number in range(300)]
    interests = []
    for _ in range(700):
        owner, owned = dice.sample(parties, 2)
        low, high = sorted(dice.choices((0, 10, 25, 49, 50, 51, 75, 100), k=2))
        interests.append(
            Interest(
                owner=owner,
                owned=owned,
                share=Share(low * PERCENT, high * PERCENT),
                control=dice.choices(list(Control), (20, 1, 1))[0],
                since=dice.choice((None, None, date(2020, 1, 1), date(2026, 1, 1))),
                until=dice.choice((None, None, None, date(2025, 1, 1))),
            )
        )
    listed = [Listed(id=party, jointly=dice.choice(("", "", "kin"))) for party in dice.sample(parties, 25)]
    return Interests.of(interests, also=[one.id for one in listed]), listed


@pytest.mark.bulk
@pytest.mark.timeout(300)
@pytest.mark.skipif(not SPARK, reason="needs the extra bulk (pyspark) and a Java")
@pytest.mark.parametrize("rule", RULES)
def test_spark_says_what_one_process_says(session: Any, rule: str) -> None:
    interests, listed = made(7)
    findings = Findings(Graph(interests), rule_set(rule), listed=listed, on=DAY)
    expected = {party: WORDS[code] for party, code in zip(findings.graph.ids, findings.codes().tolist(), strict=True)}
    assert set(expected.values()) == {"yes", "unknown", "no"}
    frame = bulk_verdicts(session, frame_of(session, interests), rules=rule_set(rule), listed=listed, on=DAY)
    assert {row["id"]: row["verdict"] for row in frame.collect()} == expected


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="Spark is installed")
def test_without_spark_it_says_what_to_install() -> None:
    with pytest.raises(InvalidInput, match=r"highfence\[bulk\]"):
        bulk_verdicts(None, None, rules=rule_set("eu"), listed=[], on=DAY)
