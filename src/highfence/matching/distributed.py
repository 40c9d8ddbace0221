# SPDX-License-Identifier: Apache-2.0
"""Distributed: the same pairs on Spark, for lists that no machine holds; needs the extra `bulk` and a Java.

Names are taken apart where they lie, Splink joins them by the keys of `blocking`, and what meets is sifted and scored
in batches, by the same code as in one process. Parties come as rows of `id` and `entity`, a FollowTheMoney entity as
JSON; pairs go as rows with the fields of `bulk.Pair`, the explanation as JSON.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np

from highfence.errors import InvalidInput
from highfence.matching.analysis import analyse
from highfence.matching.blocking import keys_of
from highfence.matching.bulk import Pair, check_threshold, ordered, scored
from highfence.matching.index import BEARERS_MOST, group_of
from highfence.matching.linkage import blocked_pairs, engine
from highfence.matching.names import ORGANISATION, PERSON, VESSEL, Name
from highfence.matching.pairing import BOTH, LEFT, RIGHT, alike_names, meet_here
from highfence.matching.prepared import Prepared, prepare
from highfence.matching.relation import Numbers, Truths, distinct
from highfence.matching.score import Feature
from highfence.model.entity import Entity

#: Spark's own: a DataFrame, a session, its functions, batches of rows.
Frame = Any
Session = Any
Sql = Any
Batches = Iterable[Any]

#: On one machine: parts that work is split into, and rows that a worker looks at together.
_LOCAL_PARTITIONS, _LOCAL_ROWS = "4", "250000"
#: What a name of a kind is analysed as.
_SCHEMA_OF = {ORGANISATION: "Company", PERSON: "Person", VESSEL: "Vessel"}
_ENTITY = msgspec.json.Decoder(Entity)
_EXPLANATION = msgspec.json.Decoder(tuple[Feature, ...])
_PARTIES = "id string, entity string"
_NAMES = "uid string, kind string, text string, party string, side int, groups int"
_NUMBERS = "number string, party string, side int"
_KEYS = "unique_id string, keys array<bigint>"
_ENDS = "one string, other string"
_PAIRS = "left string, right string, score double, match boolean, numbered boolean, explanation string"


def pairs_on_spark(session: Session, left: Frame, right: Frame | None = None, *, threshold: float) -> Frame:
    """Return a frame of every pair that scores at least `threshold`: of `left`, or across to `right`.

    Raises:
        InvalidInput: the threshold is out of range, or the extra `bulk` is not installed.
    """
    check_threshold(threshold)
    sql = engine("pyspark.sql.functions", "spark")
    parties = left.withColumn("side", sql.lit(BOTH if right is None else LEFT))
    if right is not None:
        parties = parties.union(right.withColumn("side", sql.lit(RIGHT)))
    party = sql.concat(sql.col("side").cast("string"), sql.lit(":"), sql.col("id"))
    parties = parties.select(party.alias("party"), "side", "entity").localCheckpoint()
    borne = parties.mapInArrow(_borne, _NAMES).localCheckpoint()
    alike = _alike(session, borne, sql, threshold=threshold)
    pairs = _bearers(borne, alike, sql).union(_by_numbers(parties, sql)).distinct()
    for end in ("one", "other"):
        pairs = pairs.join(parties.select(sql.col("party").alias(end), sql.col("entity").alias(f"{end}_entity")), end)
    return pairs.mapInArrow(partial(_scored, threshold=threshold, within=right is None), _PAIRS)


def resolve_on_spark(
    session: Session, left: Sequence[Entity], right: Sequence[Entity] | None = None, *, threshold: float
) -> list[Pair]:
    """Return what `bulk.resolve` returns, found on Spark."""
    lists = [None if each is None else _frame(session, each) for each in (left, right)]
    rows = pairs_on_spark(session, lists[0], lists[1], threshold=threshold).collect()
    return ordered(
        Pair(**{**row.asDict(), "explanation": _EXPLANATION.decode(row["explanation"])})  # the columns are its fields
        for row in rows
    )


def local_session() -> Session:
    """Return a session of Spark on this machine; it ends with the process.

    Raises:
        InvalidInput: Spark is not installed, or there is no Java.
    """
    spark = engine("pyspark.sql", "spark")
    if shutil.which("java") is None:
        raise InvalidInput(
            "there is no Java, which Spark needs", where="--engine spark", advice="Install a Java runtime, 17 or newer"
        )
    builder = spark.SparkSession.builder.master("local[*]").appName("highfence resolve")
    # Nothing is offered to the network, and the workers are of this very Python.
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.driver.host", "127.0.0.1"),
        ("spark.driver.bindAddress", "127.0.0.1"),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.sql.shuffle.partitions", _LOCAL_PARTITIONS),
        ("spark.sql.execution.arrow.maxRecordsPerBatch", _LOCAL_ROWS),
        ("spark.log.level", "ERROR"),
    ):
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.pythonExec = sys.executable
    return session


def _frame(session: Session, entities: Sequence[Entity]) -> Frame:
    rows = [(entity.id, msgspec.json.encode(entity).decode()) for entity in entities]
    return session.createDataFrame(rows, _PARTIES)


def _alike(session: Session, borne: Frame, sql: Sql, *, threshold: float) -> Frame:
    """Return the pairs of names that are alike, by their `uid`s."""
    splink = engine("splink", "spark")
    names = borne.groupBy("uid", "kind", "text").agg(
        sql.bit_or("side").alias("sides"), sql.bit_or("groups").alias("groups")
    )
    names = names.localCheckpoint()
    asks, offers = (
        names.mapInArrow(partial(_keys, asking=asking, threshold=threshold), _KEYS).localCheckpoint()
        for asking in (True, False)
    )
    api = splink.SparkAPI(spark_session=session, break_lineage_method="persist", register_udfs_automatically=False)
    blocked = blocked_pairs(splink, api, (asks, offers), dialect="spark").as_spark_dataframe()
    ends = [sql.substring_index(f"join_key_{end}", "-__-", -1) for end in "lr"]
    met = blocked.select(sql.least(*ends).alias("one"), sql.greatest(*ends).alias("other")).distinct()
    met = met.where(sql.col("one") != sql.col("other"))
    for end in ("one", "other"):
        met = met.join(
            names.select(
                sql.col("uid").alias(end), *(sql.col(each).alias(f"{end}_{each}") for each in names.columns[1:])
            ),
            end,
        )
    across = sql.col("one_sides").bitwiseOR(sql.col("other_sides"))
    fitting = (across == BOTH) & (sql.col("one_groups").bitwiseAND(sql.col("other_groups")) != 0)
    return met.where(fitting).mapInArrow(partial(_sifted, threshold=threshold), _ENDS)


def _bearers(borne: Frame, alike: Frame, sql: Sql) -> Frame:
    """Return the pairs of parties that bear the same name, or names that are alike."""
    same = borne.select(sql.col("uid").alias("one"), sql.col("uid").alias("other")).distinct()
    pairs = alike.union(same)
    for end in ("one", "other"):
        pairs = pairs.join(
            borne.select(
                sql.col("uid").alias(end),
                sql.col("party").alias(f"{end}_party"),
                sql.col("side").alias(f"{end}_side"),
                sql.col("groups").alias(f"{end}_groups"),
            ),
            end,
        )
    fitting = sql.col("one_groups").bitwiseAND(sql.col("other_groups")) != 0
    return _ends(pairs.where(fitting), sql)


def _by_numbers(parties: Frame, sql: Sql) -> Frame:
    """Return the pairs of parties with one strong identifier."""
    numbers = parties.mapInArrow(_strong, _NUMBERS).localCheckpoint()
    few = numbers.groupBy("number").count().where((sql.col("count") > 1) & (sql.col("count") <= BEARERS_MOST))
    held = numbers.join(few.select("number"), "number")
    one, other = (
        held.select("number", sql.col("party").alias(f"{end}_party"), sql.col("side").alias(f"{end}_side"))
        for end in ("one", "other")
    )
    return _ends(one.join(other, "number"), sql)


def _ends(pairs: Frame, sql: Sql) -> Frame:
    """Return pairs of different parties on two sides, the left or smaller one first."""
    across = sql.col("one_side").bitwiseOR(sql.col("other_side")) == BOTH
    ends = ("one_party", "other_party")
    fitting = pairs.where(across & (sql.col(ends[0]) != sql.col(ends[1])))
    return fitting.select(sql.least(*ends).alias("one"), sql.greatest(*ends).alias("other"))


def _borne(batches: Batches) -> Iterator[Any]:
    """Yield a row for each name of each party."""
    for batch in batches:
        rows = []
        for party, side, entity in _rows(batch, "party", "side", "entity"):
            prepared = _read(entity)
            groups = group_of(prepared.schema)
            for known in prepared.names if groups else ():
                name = known.name
                if name.tokens:
                    uid = blake2b(f"{name.kind}:{name.text}".encode(), digest_size=16).hexdigest()
                    rows.append((uid, name.kind, name.text, party, side, groups))
        yield _batch(rows, _NAMES)


def _strong(batches: Batches) -> Iterator[Any]:
    """Yield a row for each strong identifier of each party."""
    for batch in batches:
        yield _batch(
            [
                (f"{number.kind}:{number.value}", party, side)
                for party, side, entity in _rows(batch, "party", "side", "entity")
                for number in dict.fromkeys(_read(entity).identifiers)
                if number.strong
            ],
            _NUMBERS,
        )


def _keys(batches: Batches, *, asking: bool, threshold: float) -> Iterator[Any]:
    """Yield the keys that names ask for, or those that they offer."""
    for batch in batches:
        rows = []
        for uid, kind, text in _rows(batch, "uid", "kind", "text"):
            keys = keys_of(_name(kind, text), least=threshold)
            rows.append((uid, sorted(keys.asked if asking else keys.offered)))
        yield _batch(rows, _KEYS)


def _sifted(batches: Batches, *, threshold: float) -> Iterator[Any]:
    """Yield those of the pairs of names that are alike; keys also bring some together that are not."""
    for batch in batches:
        places: dict[tuple[str, str], int] = {}
        names: list[Name] = []
        uids: list[str] = []
        codes: list[tuple[int, int]] = []
        for one, kind, text, other, other_kind, other_text in _rows(
            batch, "one", "one_kind", "one_text", "other", "other_kind", "other_text"
        ):
            ends = []
            for uid, name in ((one, (kind, text)), (other, (other_kind, other_text))):
                place = places.setdefault(name, len(names))
                if place == len(names):
                    names.append(_name(*name))
                    uids.append(uid)
                ends.append(place)
            codes.append((min(ends), max(ends)))
        first, second = _asked(names, codes, threshold=threshold)
        yield _batch([tuple(sorted((uids[one], uids[other]))) for one, other in zip(first, second, strict=True)], _ENDS)


def _asked(names: Sequence[Name], pairs: Sequence[tuple[int, int]], *, threshold: float) -> tuple[list[int], list[int]]:
    """Return those of the pairs whose names are alike."""
    if not pairs:
        return [], []
    wanted = distinct(np.array([one * len(names) + other for one, other in pairs], dtype=np.int64))

    def among(one: Numbers, other: Numbers) -> Truths:
        return np.isin(np.minimum(one, other) * len(names) + np.maximum(one, other), wanted, assume_unique=True)

    found = alike_names(names, least=threshold, wanted=among, meet=meet_here, progress=lambda _done, _total: None)
    return found[0].tolist(), found[1].tolist()


def _scored(batches: Batches, *, threshold: float, within: bool) -> Iterator[Any]:
    """Yield the pairs of parties that reach the threshold, with their scores and reasons."""
    for batch in batches:
        pairs = ((_read(one), _read(other)) for one, other in _rows(batch, "one_entity", "other_entity"))
        rows = [
            (one.left, one.right, one.score, one.match, one.numbered, msgspec.json.encode(one.explanation).decode())
            for one in scored(pairs, threshold=threshold, within=within)
        ]
        yield _batch(rows, _PAIRS)


@lru_cache(maxsize=20_000)
def _read(entity: str) -> Prepared:
    return prepare(_ENTITY.decode(entity))


@lru_cache(maxsize=50_000)
def _name(kind: str, text: str) -> Name:
    return analyse(text, schema=_SCHEMA_OF[kind])


def _rows(batch: Any, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch.column(column).to_pylist() for column in columns), strict=True)


def _batch(rows: Sequence[Sequence[Any]], columns: str) -> Any:
    """Return rows as Spark takes them, with the columns and types that it was told."""
    arrow = engine("pyarrow", "spark")
    types = {
        "string": arrow.string(),
        "int": arrow.int32(),
        "double": arrow.float64(),
        "boolean": arrow.bool_(),
        "array<bigint>": arrow.list_(arrow.int64()),
    }
    fields = [column.split() for column in columns.split(", ")]
    values = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [arrow.array(list(column), types[kind]) for column, (_, kind) in zip(values, fields, strict=True)]
    return arrow.RecordBatch.from_arrays(arrays, names=[name for name, _ in fields])
