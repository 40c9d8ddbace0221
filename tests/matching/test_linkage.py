# SPDX-License-Identifier: Apache-2.0
"""matching.linkage and matching.distributed: every engine gives the very same pairs; without it, it says what to do."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from highfence.errors import InvalidInput
from highfence.matching.bulk import resolve
from highfence.matching.distributed import local_session, resolve_on_spark
from highfence.matching.linkage import meet_in_duckdb
from highfence.model.entity import Entity

from .test_bulk import company, crowd

SPLINK = all(importlib.util.find_spec(name) for name in ("splink", "duckdb", "pyarrow"))
SPARK = bool(SPLINK) and importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
needs_duckdb = pytest.mark.skipif(not SPLINK, reason="needs the extra bulk (splink and duckdb): make test-bulk")
needs_spark = pytest.mark.skipif(not SPARK, reason="needs the extra bulk with Spark and a Java: make test-bulk")
#: What keys must not trip over: the separator that Splink puts into its keys, quotes, other scripts, an equal number.
ODD = [
    company("x-__-1", "Kalvaro-__-Works"),
    company("x-2", "Kalvaro -__- Works", "華為 Kalvaro"),
    company("x'3", 'O\'Kalvaro "Works"', innCode=("7707083893",)),
    company("x4", "Brindlow", innCode=("7707083893",)),
    Entity(id="x5", schema="Address", properties={"full": ("1 Kalvaro Works Road",)}),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    spark = local_session()
    yield spark
    spark.stop()


@pytest.mark.bulk
@needs_duckdb
@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.9])
def test_duckdb_gives_what_one_process_gives(threshold: float) -> None:
    left, right = [*crowd(1, 200), *ODD], [*crowd(2, 200), *ODD[:2]]
    within = resolve(left, threshold=threshold)
    assert len(within) > 20
    assert resolve(left, threshold=threshold, meet=meet_in_duckdb) == within
    assert resolve(left, right, threshold=threshold, meet=meet_in_duckdb) == resolve(left, right, threshold=threshold)


@pytest.mark.bulk
@needs_duckdb
def test_duckdb_has_nothing_to_join_where_there_is_one_name_or_none() -> None:
    for parties in ([], [company("a", "Kalvaro")], [company("a"), company("b", "?!")]):
        assert resolve(parties, meet=meet_in_duckdb) == []


@pytest.mark.bulk
@needs_spark
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("spark")
def test_spark_gives_what_one_process_gives(session: Any) -> None:
    left, right = [*crowd(1, 150), *ODD], [*crowd(2, 150), *ODD[:2]]
    within, across = resolve(left), resolve(left, right)
    assert len(within) > 10
    assert resolve_on_spark(session, left, threshold=0.7) == within
    assert resolve_on_spark(session, left, right, threshold=0.7) == across


@pytest.mark.skipif(bool(importlib.util.find_spec("splink")), reason="Splink is installed")
def test_without_the_extra_it_says_what_to_install() -> None:
    with pytest.raises(InvalidInput, match=r"highfence\[bulk\]"):
        resolve(crowd(1, 3), meet=meet_in_duckdb)
    with pytest.raises(InvalidInput, match=r"highfence\[bulk\]"):
        local_session()
