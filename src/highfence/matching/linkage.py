# SPDX-License-Identifier: Apache-2.0
"""Linkage: names are joined by their keys in DuckDB, through Splink; needs the extra `bulk`.

The join of names by keys is what grows with the square of a list. DuckDB makes it on all processors and puts on disk
what does not fit into memory. Splink writes the join (an exploding blocking rule), DuckDB runs it; words, scores and
reasons are the scorer's, so that every engine gives the same pairs. Splink's own model, which learns how much agreement
in each column says, is not used: a score must be the same whatever list a pair stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from highfence.errors import InvalidInput
from highfence.matching.kinship import Hold, Kinship
from highfence.matching.pairing import pair_codes
from highfence.matching.relation import Numbers, Relation

#: What DuckDB may hold in memory before it goes to disk.
MEMORY = "2GB"
#: Rows taken from DuckDB at a time.
_ROWS = 1 << 18
#: A name asks and offers as two rows of two tables; this is how many numbers it has: one for each kind of its terms.
_KINDS = 2
#: The blocking rule: a key that one asks for and another offers. Splink knows the two tables as l and r.
RULE = "l.keys = r.keys"


def meet_in_duckdb(kinship: Kinship, count: int) -> Iterator[tuple[Numbers, bool]]:
    """Yield the same pairs as `pairing.meet_here`, joined by DuckDB.

    Raises:
        InvalidInput: the extra `bulk` is not installed.
    """
    duckdb, splink = engine("duckdb", "duckdb"), engine("splink", "duckdb")
    arrow = engine("pyarrow", "duckdb")
    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        asks = arrow.concat_tables([_rows(arrow, kinship.plain, kind=0), _rows(arrow, kinship.special, kind=1)])
        api = splink.DuckDBAPI(connection)
        blocked = blocked_pairs(splink, api, (asks, _rows(arrow, kinship.offered, kind=0)), dialect="duckdb")
        pairs = blocked.as_duckdbpyrelation().project(
            "CAST(split_part(join_key_l, '-__-', 2) AS BIGINT) AS asking, "
            "CAST(split_part(join_key_r, '-__-', 2) AS BIGINT) AS offering"
        )
        for batch in pairs.to_arrow_reader(_ROWS):
            asking = batch.column("asking").to_numpy()
            offering = batch.column("offering").to_numpy() // _KINDS
            special = asking % _KINDS == 1
            for kind in (False, True):
                chosen = special == kind
                yield pair_codes(asking[chosen] // _KINDS, offering[chosen], count), kind
    finally:
        connection.close()


def blocked_pairs(splink: Any, api: Any, tables: tuple[Any, Any], *, dialect: str) -> Any:
    """Return Splink's table of the pairs of rows of which the first asks for a key that the second offers."""
    rules = import_module("splink.blocking_rule_library")
    rule = rules.CustomRule(RULE, sql_dialect=dialect, arrays_to_explode=["keys"])
    settings = splink.SettingsCreator(
        link_type="link_only", blocking_rules_to_generate_predictions=[rule], comparisons=[]
    )
    registered = [api.register(table) for table in tables]
    linker = splink.Linker(registered, settings)
    import_module("splink.logging").enable("WARNING")  # else it tells how long each step took
    return linker.inference.compute_blocked_pairs_for_predict()


def engine(module: str, name: str) -> Any:
    """Return a library of the extra `bulk`; raises InvalidInput where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise InvalidInput(
            f"the engine {name} is not installed ({module} is missing)",
            where="--engine",
            advice="Install Highfence with the extra bulk: highfence[bulk]",
        ) from error


def _rows(arrow: Any, hold: Hold, *, kind: int) -> Any:
    """Return a table with a row for each name that holds terms, and its terms as a list."""
    of_name = Relation(hold.names, hold.terms, rows=int(hold.names.max()) + 1 if len(hold.names) else 0)
    names = np.flatnonzero(of_name.counts)
    ends = np.concatenate((of_name.starts[names], of_name.starts[-1:]))
    keys = arrow.LargeListArray.from_arrays(arrow.array(ends, arrow.int64()), arrow.array(of_name.values))
    return arrow.table({"unique_id": arrow.array(names * _KINDS + kind), "keys": keys})
