# SPDX-License-Identifier: Apache-2.0
"""model.statement: a single value and who says so."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from highfence.model.statement import Statement

STATEMENT = Statement(
    assertion="a1",
    originator="us",
    entity="e1",
    schema="Company",
    prop="name",
    value="Acme",
    first_seen=date(2026, 1, 1),
)


def test_stands_and_speaks_for_itself_unless_it_says_otherwise() -> None:
    assert STATEMENT.last_seen is None
    assert (STATEMENT.original_value, STATEMENT.language, STATEMENT.dataset) == ("", "", "")


def test_survives_json_with_its_days() -> None:
    ended = msgspec.structs.replace(STATEMENT, last_seen=date(2026, 2, 1), original_value="ACME", language="eng")
    assert msgspec.json.decode(msgspec.json.encode(ended), type=Statement) == ended


@pytest.mark.parametrize("field", ["assertion", "originator", "entity", "schema", "prop", "value", "first_seen"])
def test_a_statement_without_its_provenance_is_none(field: str) -> None:
    written = msgspec.to_builtins(STATEMENT)
    del written[field]
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(written, type=Statement)
