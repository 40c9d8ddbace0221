# SPDX-License-Identifier: Apache-2.0
"""Bulk: the same verdicts on Spark, for graphs that no machine holds; needs the extra `bulk` (pyspark and a Java).

Caught are pairs of a party and a group of listed parties whose shares add up: one group where all do, as many as there
are listed where only those of each do. A round joins the pairs with the interests and sums what each group holds of
whom; rounds end when one adds nothing. Interests come as rows of owner, owned, low, high, control, since and until, as
`model.interests` has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib import import_module
from typing import Any

from highfence.errors import InvalidInput
from highfence.model.interest import WHOLE, Control, Listed
from highfence.model.interests import Interests
from highfence.rules.ownership.pulls import NOTHING
from highfence.rules.ownership.rulesets import Period, RuleSet

#: Spark's own: a DataFrame, a session.
Frame = Any
Session = Any
COLUMNS = "owner string, owned string, low long, high long, control int, since int, until int"


def bulk_verdicts(session: Session, interests: Frame, *, rules: RuleSet, listed: Iterable[Listed], on: date) -> Frame:
    """Return a frame of `id` and `verdict` (yes, unknown, no) for every party that has an interest or is listed.

    Raises:
        InvalidInput: the extra `bulk` is not installed, or the rule's table says nothing about the day.
    """
    sql = _functions()
    period = rules.on(on)
    day = on.toordinal()
    seeds = session.createDataFrame(
        _seeds(listed, rules, on, period=period), "party string, team string"
    ).localCheckpoint()
    held = interests.where((sql.col("since") <= day) & (sql.col("until") > day))
    everyone = (
        interests.select(sql.col("owner").alias("id"))
        .union(interests.select(sql.col("owned").alias("id")))
        .union(seeds.select(sql.col("party").alias("id")))
        .distinct()
    )
    surely = possibly = seeds
    if period.in_force:
        surely = _spread(seeds, _sure(held, period, sql), period=period, sql=sql)
        possibly = _spread(seeds, _possible(held, period, sql), period=period, sql=sql)
    yes = surely.select(sql.col("party").alias("id")).distinct().withColumn("yes", sql.lit(True))
    maybe = possibly.select(sql.col("party").alias("id")).distinct().withColumn("maybe", sql.lit(True))
    word = sql.when(sql.col("yes"), "yes").when(sql.col("maybe"), "unknown").otherwise("no")
    return everyone.join(yes, "id", "left").join(maybe, "id", "left").select("id", word.alias("verdict"))


def frame_of(session: Session, interests: Interests) -> Frame:
    """Return columns of interests as a frame, for graphs that one machine can still hold."""
    ids = interests.ids
    owners, owned = interests.owner.tolist(), interests.owned.tolist()
    rest = (interests.low, interests.high, interests.control, interests.since, interests.until)
    rows = zip(
        [ids[one] for one in owners], [ids[one] for one in owned], *(column.tolist() for column in rest), strict=True
    )
    return session.createDataFrame(list(rows), COLUMNS)


def _functions() -> Any:
    try:
        return import_module("pyspark.sql.functions")
    except ImportError as error:
        raise InvalidInput(
            "Spark is not installed", where="bulk", advice="Install Highfence with the extra bulk: highfence[bulk]"
        ) from error


def _seeds(listed: Iterable[Listed], rules: RuleSet, on: date, *, period: Period) -> list[tuple[str, str]]:
    """Return the listed parties with the team whose shares add up with theirs."""
    seeds = []
    for one in listed:
        if one.stands(rules.rule, on):
            apart = f"jointly {one.jointly}" if one.jointly else f"alone {one.id}"
            seeds.append((one.id, "all" if period.aggregate == "all" else apart))
    return seeds


def _sure(held: Frame, period: Period, sql: Any) -> Frame:
    """Return what each interest surely passes on; no second pull is asked for."""
    first = sql.col("low")
    if period.control:
        first = sql.when(sql.col("control") == int(Control.YES), sql.greatest(first, sql.lit(period.need))).otherwise(
            first
        )
    return held.select("owner", "owned", first.alias("first"), sql.lit(0).alias("second"), sql.lit(0).alias("needed"))


def _possible(held: Frame, period: Period, sql: Any) -> Frame:
    """Return what each interest can pass on, and how much of what is surely owned the caught must have."""
    first, second = sql.col("high"), sql.col("low")
    if period.control:
        maybe = sql.col("control") >= int(Control.MAYBE)
        first = sql.when(maybe, sql.greatest(first, sql.lit(period.need))).otherwise(first)
        second = sql.when(maybe, sql.greatest(second, sql.lit(period.need))).otherwise(second)
    owned = held.groupBy("owned").agg(sql.sum("low").alias("total"))
    needed = sql.when(sql.col("total") > WHOLE, NOTHING).otherwise(sql.col("total") - WHOLE + period.need)
    pulls = held.select("owner", "owned", first.alias("first"), second.alias("second"))
    return pulls.join(owned.select("owned", needed.alias("needed")), "owned")


def _spread(seeds: Frame, pulls: Frame, *, period: Period, sql: Any) -> Frame:
    """Return the pairs of party and team that are caught, to the least fixed point."""
    pulls = pulls.where(sql.col("first") > 0).localCheckpoint()
    caught, count = seeds, seeds.count()
    while True:
        sums = (
            pulls.join(caught, pulls["owner"] == caught["party"])
            .groupBy("owned", "team")
            .agg(
                sql.sum("first").alias("first"), sql.sum("second").alias("second"), sql.first("needed").alias("needed")
            )
        )
        reached = sums.where((sql.col("first") >= period.need) & (sql.col("second") >= sql.col("needed")))
        caught = caught.union(reached.select(sql.col("owned").alias("party"), "team")).distinct().localCheckpoint()
        if (now := caught.count()) == count:
            return caught
        count = now
