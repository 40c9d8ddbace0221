# SPDX-License-Identifier: Apache-2.0
"""What is derived is never wider than what it was made from."""

from __future__ import annotations

import doctest
import random
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import highfence.rules
from highfence.model.marking import Marking, public
from highfence.rules.combination import NO_PURPOSE, as_read, combine, downgrades, wider
from highfence.rules.handling import Reader, may_receive, may_view

from .plain import CASES, SEED, TODAY, markings, random_marking, random_question, random_reader

several = st.lists(markings, min_size=1, max_size=4)


def test_the_rooms_example_runs():
    assert doctest.testmod(highfence.rules).failed == 0


@given(markings, markings)
def test_the_order_of_two_does_not_matter(one, other):
    assert combine([one, other]) == combine([other, one])


@given(markings, markings, markings)
def test_combining_in_steps_gives_the_same_as_at_once(one, two, three):
    at_once = combine([one, two, three])
    assert combine([combine([one, two]), three]) == at_once == combine([one, combine([two, three])])


@given(several)
def test_combining_again_changes_nothing(some):
    once = combine(some)
    assert combine([once]) == once == combine([*some, *some, once])


def test_whoever_receives_a_combination_may_receive_every_input():
    dice = random.Random(SEED)
    received = 0
    for number in range(CASES):
        some = [random_marking(dice) for _ in range(dice.randint(1, 3))]
        question = random_question(dice)
        if may_receive(combine(some), question).allowed:
            received += 1
            assert all(may_receive(one, question).allowed for one in some), f"seed {SEED}, case {number}"
    assert received > CASES / 50


def test_whoever_sees_a_combination_may_see_every_input():
    dice = random.Random(SEED)
    seen = 0
    for number in range(CASES):
        some = [random_marking(dice) for _ in range(dice.randint(1, 3))]
        reader, originator = random_reader(dice), dice.choice(("eu", "jp", "nl"))
        if may_view(combine(some), reader, on=TODAY, originator=originator).allowed:
            seen += 1
            assert all(may_view(one, reader, on=TODAY, originator=originator).allowed for one in some), (
                f"seed {SEED}, case {number}"
            )
    assert seen > CASES / 50


@given(several)
def test_a_combination_is_never_wider_than_any_input(some):
    assert not any(wider(combine(some), one) for one in some)


@given(several, markings)
def test_one_more_input_never_opens_anything(some, another):
    assert not wider(combine([*some, another]), combine(some))


def test_what_is_not_wider_admits_nobody_whom_the_other_refuses():
    dice = random.Random(SEED)
    admitted = 0
    for number in range(CASES):
        one, other = random_marking(dice), random_marking(dice)
        # Half of the pairs are made comparable, or the law would hardly ever be put to the test.
        stricter = combine([one, other]) if number % 2 else one
        question, reader = random_question(dice), random_reader(dice)
        if wider(stricter, other):
            continue
        if may_receive(stricter, question).allowed:
            admitted += 1
            assert may_receive(other, question).allowed, f"seed {SEED}, case {number}"
        if may_view(stricter, reader, on=TODAY, originator="nl").allowed:
            admitted += 1
            assert may_view(other, reader, on=TODAY, originator="nl").allowed, f"seed {SEED}, case {number}"
    assert admitted > CASES / 50


@given(markings)
def test_unknown_words_are_read_as_the_most_restrictive(marking):
    read = as_read(marking)
    if read != marking:
        closed = Marking()
        assert (read.tlp, read.classification, read.pap) == (closed.tlp, closed.classification, closed.pap)
        assert (read.releasable_to, read.originator_control, read.disclosure) == ((), True, "view")
        assert (read.caveats, read.expires) == (marking.caveats, marking.expires)
    assert as_read(read) == read


def test_one_unknown_word_closes_the_whole_combination():
    combined = combine(
        [public(releasable_to=("jp",)), Marking(tlp="MAUVE", classification="PUBLIC", releasable_to=("jp",))]
    )
    assert combined == Marking()


def test_takes_the_strictest_of_everything():
    one = Marking(
        tlp="GREEN",
        classification="PUBLIC",
        releasable_to=("us", "jp", "eu"),
        originator_control=False,
        purposes=("sanctions", "enforcement"),
        caveats=("source-protected",),
        expires=date(2027, 5, 1),
        reliability="B",
        credibility=1,
        pap="CLEAR",
        disclosure="release",
    )
    other = msgspec.structs.replace(
        one,
        tlp="AMBER+STRICT",
        classification="SENSITIVE",
        releasable_to=("jp", "uk", "us"),
        groups=("five",),
        originator_control=True,
        purposes=("enforcement", "export-control"),
        caveats=("no-contact",),
        expires=date(2027, 1, 1),
        retain_until=date(2028, 1, 1),
        reliability="D",
        credibility=4,
        pap="AMBER",
        disclosure="view",
    )
    assert combine([one, other]) == Marking(
        tlp="AMBER+STRICT",
        classification="SENSITIVE",
        releasable_to=("jp", "us"),
        groups=("five",),
        originator_control=True,
        purposes=("enforcement",),
        caveats=("no-contact", "source-protected"),
        expires=date(2027, 1, 1),
        retain_until=date(2028, 1, 1),
        reliability="D",
        credibility=4,
        pap="AMBER",
        disclosure="view",
    )


def test_no_purpose_in_common_admits_no_purpose_at_all():
    open_to_all = public(releasable_to=("jp",))
    sanctions = msgspec.structs.replace(open_to_all, purposes=("sanctions",))
    screening = msgspec.structs.replace(open_to_all, purposes=("investment-screening",))
    combined = combine([sanctions, screening])
    assert combined.purposes == (NO_PURPOSE,)
    assert combine([combined, open_to_all]).purposes == (NO_PURPOSE,)
    reader = random_reader(random.Random(1))
    reader = msgspec.structs.replace(reader, authority="jp", ceiling="RESTRICTED", purposes=("sanctions", NO_PURPOSE))
    assert may_view(combined, reader, on=TODAY, originator="nl").code == "purpose"
    assert may_view(sanctions, reader, on=TODAY, originator="nl").allowed


def test_no_purpose_stays_no_purpose_whatever_stands_beside_it():
    nothing = msgspec.structs.replace(public(), purposes=(NO_PURPOSE, "sanctions"))
    sanctions = msgspec.structs.replace(public(), purposes=("sanctions",))
    assert combine([nothing]).purposes == combine([nothing, sanctions]).purposes == (NO_PURPOSE,)


def test_purposes_nobody_knows_admit_no_purpose_not_any():
    unknown = msgspec.structs.replace(public(), purposes=("marketing",))
    assert as_read(unknown).purposes == (NO_PURPOSE,)
    assert as_read(msgspec.structs.replace(unknown, purposes=("marketing", "sanctions"))).purposes == ("sanctions",)
    reader = Reader(authority="nl", ceiling="RESTRICTED", purposes=("sanctions", "marketing"))
    assert may_view(unknown, reader, on=TODAY, originator="nl").code == "purpose"


def test_the_combination_of_nothing_is_the_most_restrictive_marking():
    assert combine([]) == Marking()


BASE = Marking(
    tlp="AMBER",
    classification="SENSITIVE",
    releasable_to=("jp",),
    purposes=("sanctions",),
    caveats=("no-contact",),
    expires=date(2027, 1, 1),
    retain_until=date(2028, 1, 1),
    pap="AMBER",
)


@pytest.mark.parametrize(
    "change",
    [
        {"tlp": "GREEN"},
        {"classification": "PUBLIC"},
        {"releasable_to": ("jp", "us")},
        {"originator_control": False},
        {"purposes": ("sanctions", "enforcement")},
        {"purposes": ()},
        {"caveats": ()},
        {"expires": date(2027, 1, 2)},
        {"expires": None},
        {"retain_until": None},
        {"pap": "GREEN"},
        {"disclosure": "release"},
    ],
)
def test_opening_any_field_is_a_downgrade_and_closing_it_is_not(change):
    opened = msgspec.structs.replace(BASE, **change)
    assert downgrades(BASE, opened)
    assert not downgrades(opened, BASE)


def test_a_better_grade_of_the_source_is_no_downgrade():
    assert not downgrades(BASE, msgspec.structs.replace(BASE, reliability="A", credibility=1))


def test_naming_a_group_one_by_one_under_red_is_a_downgrade():
    red = msgspec.structs.replace(BASE, tlp="RED", groups=("five",))
    assert downgrades(red, msgspec.structs.replace(red, groups=()))
    assert not downgrades(BASE, msgspec.structs.replace(BASE, groups=("five",)))


def test_any_known_word_in_place_of_an_unknown_one_is_a_downgrade_if_it_names_somebody():
    unknown = msgspec.structs.replace(BASE, tlp="MAUVE")
    assert downgrades(unknown, BASE)
    assert not downgrades(BASE, unknown)
