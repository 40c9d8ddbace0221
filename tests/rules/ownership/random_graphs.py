# SPDX-License-Identifier: Apache-2.0
"""Random interests for Hypothesis: small, dense, with cycles, shares and dates around what decides."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from highfence.model.interest import PERCENT, Control, Interest, Listed, Share

DAY = date(2025, 10, 15)
PARTIES = tuple("ABCDEFGH")
_POINTS = (0, 1, 10, 20, 25, 30, 40, 49, 50, 51, 60, 75, 100)
_DAYS = (None, None, None, date(2025, 1, 1), DAY, date(2025, 10, 16), date(2026, 1, 1))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    low, high = sorted((draw(st.sampled_from(_POINTS)), draw(st.sampled_from(_POINTS))))
    if draw(st.booleans()):
        high = low
    return Share(low * PERCENT, high * PERCENT)


@st.composite
def interest(draw: st.DrawFn, *, dated: bool = True) -> Interest:
    owner, owned = draw(st.lists(st.sampled_from(PARTIES), min_size=2, max_size=2, unique=True))
    days = _DAYS if dated else (None,)
    return Interest(
        owner=owner,
        owned=owned,
        share=draw(shares()),
        control=draw(st.sampled_from((Control.NO,) * 6 + (Control.MAYBE, Control.YES))),
        since=draw(st.sampled_from(days)),
        until=draw(st.sampled_from(days)),
    )


interests = st.lists(interest(), max_size=16)
listed = st.lists(
    st.builds(
        Listed,
        id=st.sampled_from(PARTIES),
        rules=st.sampled_from(((), (), (), ("us-ofac",), ("uk", "eu"))),
        jointly=st.sampled_from(("", "", "family")),
        policy=st.sampled_from(("", "Presumption of denial", "Case-by-case", "Policy of denial for all")),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
)
