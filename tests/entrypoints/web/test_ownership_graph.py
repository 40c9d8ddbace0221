# SPDX-License-Identifier: Apache-2.0
"""The picture of a company's owners: owners above what they own, nothing on top of anything, nothing lost silently."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints.web.ownership_graph import picture
from highfence.model.marking import Marking
from highfence.register.ownership import Ownership, Party, ToldTie
from highfence.rules.ownership.verdict import Bounds


def tie(owner: str, owned: str, *, stands: bool = True, kind: str = "owned-by", low: int = 0) -> ToldTie:
    return ToldTie(
        subject=owned,
        object=owner,
        kind=kind,
        role="",
        share=Bounds(low, 100) if kind == "owned-by" else None,
        since=None,
        until=None,
        unread=(),
        stands=stands,
        link="l",
        assertion="i",
        originator="us",
        marking=Marking(),
    )


def found(ties: list[ToldTie], **roles: tuple[str, int]) -> Ownership:
    parties = tuple(
        Party(id=name, caption=f"The party {name}", company="", role=role, steps=steps)
        for name, (role, steps) in roles.items()
    )
    return Ownership(
        company="a",
        caption="a",
        on=date(2026, 11, 24),
        parties=parties,
        ties=tuple(ties),
        verdicts=(),
        complete=True,
        all_around=True,
        marking=Marking(),
    )


def test_without_owners_there_is_no_picture():
    assert picture(found([tie("b", "a", kind="supplier-to")], a=("asked", 0), b=("tied", 0))) is None


def test_an_owner_stands_above_all_that_it_owns_and_what_is_held_below():
    shown = picture(
        found(
            [tie("x", "b"), tie("b", "a"), tie("x", "a", stands=False), tie("a", "h")],
            a=("asked", 0),
            b=("owner", 1),
            x=("owner", 1),
            h=("held", 0),
        )
    )
    heights = {box.title[-1]: box.y for box in shown.boxes}
    assert heights["x"] < heights["b"] < heights["a"] < heights["h"]
    assert [line.label for line in shown.lines] == ["share unknown", "share unknown", "ended", "share unknown"]


def test_owners_in_a_circle_are_drawn_once_each():
    shown = picture(found([tie("b", "a"), tie("a", "b")], a=("asked", 0), b=("owner", 1)))
    assert len(shown.boxes) == 2
    assert len(shown.lines) == 2


def test_a_long_name_is_cut_and_whole_in_the_title():
    party = Party(id="a", caption="Wort " * 40, company="", role="asked")
    shown = picture(with_asked(found([tie("b", "a")], b=("owner", 1)), party))
    (box,) = [box for box in shown.boxes if box.look == "hf-box--asked"]
    assert len(box.lines) == 2
    assert box.lines[1].endswith("…")
    assert box.title == party.caption


def with_asked(whole: Ownership, party: Party) -> Ownership:
    return type(whole)(**{name: getattr(whole, name) for name in whole.__struct_fields__ if name != "parties"},
                       parties=(party, *whole.parties))  # fmt: skip


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_boxes_never_overlap_and_every_party_is_drawn_or_counted(size, pairs):
    roles = {"p0": ("asked", 0), **{f"p{number}": ("owner", 1 + number % 9) for number in range(1, size + 1)}}
    ties = [tie(f"p{one % (size + 1)}", f"p{two % (size + 1)}") for one, two in pairs] or [tie("p1", "p0")]
    shown = picture(found(ties, **roles))
    assert len(shown.boxes) + shown.left_out == len(roles)
    places = {(box.x, box.y) for box in shown.boxes}
    assert len(places) == len(shown.boxes)
    assert all(0 <= box.x <= shown.width - shown.box_width for box in shown.boxes)
    assert all(0 <= box.y <= shown.height - shown.box_height for box in shown.boxes)
