# SPDX-License-Identifier: Apache-2.0
"""Paths that may be led to."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from highfence.entrypoints.web.visit import Visit, own_path
from highfence.errors import NotAllowed
from highfence.model.authority import Authority


@given(st.text(alphabet=st.sampled_from("/\\:.?#@aA\t\n %htps"), max_size=24))
@example("//elsewhere.example/x")
@example("/\t/elsewhere.example")
@example("http:elsewhere.example")
def test_a_path_that_is_led_to_stays_on_the_node(text: str) -> None:
    target = urljoin("https://node.example/sign-in", own_path(text))
    assert urlsplit(target).netloc == "node.example"


def test_nobody_signed_in_reads_nothing() -> None:
    with pytest.raises(NotAllowed):
        _ = Visit(authority=Authority(code="nl", name="NL", country="nl")).reader
