# SPDX-License-Identifier: Apache-2.0
"""Statements that every assertion passes are run on the driver, not through the toolkit."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from nodes import carry, concern, opened, sharing


@pytest.mark.parametrize("code", ["us", "nl"])
def test_an_assertion_is_published_and_taken_without_the_toolkits_long_way(tmp_path, code):
    with opened(tmp_path, ("us", "nl")) as nodes:
        us, nl = nodes["us"], nodes["nl"]
        # The first brings a marking and a company that were not there before.
        us.publish([concern("one", sharing("nl"))]).result()
        carry(us, nl)
        seen = []
        event.listen(nodes[code].database.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
        us.publish([concern("two", sharing("nl"))]).result()
        assert carry(us, nl)[-1].entries[0].assertion.subject
        assert [sql for sql in seen if "INSERT" in sql or "judgement" in sql or "company" in sql] == []
