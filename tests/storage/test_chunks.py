# SPDX-License-Identifier: Apache-2.0
"""Long value lists are cut into pieces that every engine takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from highfence.storage.chunks import chunks


@given(st.integers(0, 1700))
def test_nothing_is_lost_doubled_or_put_elsewhere(count):
    parts = list(chunks(iter(range(count))))
    assert [value for part in parts for value in part] == list(range(count))
    assert all(0 < len(part) <= 500 for part in parts)
    assert all(len(part) == 500 for part in parts[:-1])
