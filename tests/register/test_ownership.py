# SPDX-License-Identifier: Apache-2.0
"""Who owns a company is told from what the reader may see, under every rule, and never guessed."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.errors import NotFound
from highfence.model.entity import Entity
from highfence.register import ownership as module
from highfence.register.ownership import Ownership, ownership
from highfence.register.reading import Sight
from highfence.register.ties import catch_up
from highfence.storage.database import Database
from highfence.storage.tables import tie

from .claims import CLOSED, OPEN, READER, TODAY, company, listing
from .entered import Entered, enter, gone, said


def owned(name: str, owner: str, asset: str, percentage: str = "", *, told: bool = False, **changes: object) -> Entered:
    """Return that `owner` owns `asset`; `told` says more of the owner than its id along with it."""
    link = {"owner": (owner,), "asset": (asset,)}
    for prop in ("startDate", "endDate"):
        if prop in changes:
            link[prop] = (str(changes.pop(prop)),)
    if percentage:
        link["percentage"] = (percentage,)
    kin = (company(owner),) if told else ()
    entities = (company(asset), *kin, Entity(id=f"link-{name}", schema="Ownership", properties=link))
    return said(name, asset, entities=entities, **changes)


def linked(name: str, subject: str, other: str, role: str) -> Entered:
    properties = {"subject": (subject,), "object": (other,), "role": (role,)}
    link = Entity(id=f"link-{name}", schema="UnknownLink", properties=properties)
    return said(name, subject, entities=(company(subject), link))


def listed(name: str, entity: str, **changes: object) -> Entered:
    fields = {"list": "Specially Designated Nationals List", "programme": "SDGT", **changes}
    return said(name, entity, kind="listing", listing=listing(entity, **fields))


def seen(database: Database, name: str = "a", *, on: date = TODAY, reader=READER) -> Ownership:
    with database.read() as connection:
        return ownership(Sight(connection, reader, on), name, on=on)


def words(found: Ownership) -> dict[str, str]:
    return {one.rule: one.verdict for one in found.verdicts}


def test_a_company_of_a_listed_owner_of_half_is_caught(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "50")])
    found = seen(database)
    assert words(found) == {"us-ofac": "yes", "us-bis": "yes", "eu": "no", "uk": "no"}
    assert [(one.caption, one.role, one.rules) for one in found.parties] == [
        ("Company a Optics BV", "asked", ()),
        ("Company x Optics BV", "owner", ("us-ofac", "us-bis")),
    ]
    (step,) = next(one for one in found.verdicts if one.rule == "us-ofac").chain
    assert step.place == found.ties[0].assertion


def test_the_affiliates_rule_follows_its_days(database):
    enter(database, [listed("l", "x", list="Entity List"), owned("1", "x", "a", "35"), owned("2", "x", "a", "15")])
    asked = [date(2025, 9, 28), date(2025, 10, 15), date(2026, 1, 15), date(2026, 11, 10)]
    assert [words(seen(database, on=day))["us-bis"] for day in asked] == ["no", "unknown", "no", "unknown"]


def test_shares_of_two_listed_owners_add_up_and_owners_of_owners_count(database):
    enter(
        database,
        [listed("l", "x"), listed("m", "y"), owned("1", "x", "b", "60"), owned("2", "b", "a", "25")],
        [owned("3", "y", "a", "25")],
    )
    found = seen(database)
    assert words(found)["us-ofac"] == "yes"
    assert {one.caption[8]: one.steps for one in found.parties} == {"a": 0, "b": 1, "y": 1, "x": 2}


def test_an_owner_whose_share_nobody_knows_is_unknown(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a")])
    assert words(seen(database))["us-ofac"] == "unknown"


def test_a_link_that_has_ended_is_shown_and_does_not_count(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "80", endDate="2026-01-01")])
    found = seen(database)
    assert [one.stands for one in found.ties] == [False]
    assert words(found)["us-ofac"] == "no"


def test_what_two_authorities_tell_of_one_holding_is_not_added_up(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "30"), owned("2", "x", "a", "30", originator="jp")])
    assert words(seen(database))["us-ofac"] == "no"


def test_two_accounts_that_contradict_each_other_leave_both_possible(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "30"), owned("2", "x", "a", "60", originator="jp")])
    assert words(seen(database))["us-ofac"] == "unknown"


def test_what_one_authority_knows_is_not_lost_by_one_that_knows_less(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a"), owned("2", "x", "a", "60", originator="jp")])
    assert words(seen(database))["us-ofac"] == "yes"


def test_control_counts_where_the_rule_says_so(database):
    freeze = {"jurisdiction": "eu", "list": "Regulation (EU) 269/2014, Annex I", "measure": "Asset freeze"}
    enter(database, [listed("l", "x", **freeze), listed("m", "x"), linked("1", "a", "x", "controlled-by")])
    assert words(seen(database)) == {"us-ofac": "unknown", "us-bis": "unknown", "eu": "yes", "uk": "no"}


def test_an_owner_named_along_is_the_company_that_is_listed_under_that_name(database):
    enter(
        database,
        [said("l", "x", kind="listing", entities=(company("x", name=("Northern Optical Works of Example BV",)),),
              listing=listing("x", list="Specially Designated Nationals List"))],
    )  # fmt: skip
    link = Entity(id="k", schema="Ownership", properties={"owner": ("o",), "asset": ("a",), "percentage": ("70",)})
    owner = company("o", name=("Northern Optical Works of Example BV",))
    enter(database, [said("1", "a", entities=(company("a"), owner, link))])
    assert words(seen(database))["us-ofac"] == "yes"


def test_what_it_owns_itself_is_shown_and_does_not_count_against_it(database):
    enter(database, [listed("l", "b"), owned("1", "a", "b", "90"), said("n", "a")])
    found = seen(database)
    assert words(found)["us-ofac"] == "no"
    assert [(one.role, one.listed_by) for one in found.parties] == [("asked", ()), ("held", ("us",))]


def test_other_ties_are_shown_from_either_end(database):
    enter(database, [linked("1", "a", "m", "military-civil-fusion"), linked("2", "s", "a", "supplier-to")])
    found = seen(database)
    assert {(one.kind, one.subject == found.company) for one in found.ties} == {
        ("military-civil-fusion", True),
        ("supplier-to", False),
    }
    assert {one.role for one in found.parties} == {"asked", "tied"}


def test_cycles_end(database):
    enter(database, [owned("1", "b", "a", "60"), owned("2", "a", "b", "60"), listed("l", "b")])
    found = seen(database)
    assert words(found)["us-ofac"] == "yes"
    assert len(found.ties) == 2


def test_a_withdrawn_link_is_gone_and_a_correction_speaks_in_its_place(database):
    first = owned("1", "x", "a", "80")
    enter(database, [listed("l", "x"), first], [gone("g", first)])
    assert seen(database).ties == ()
    second = owned("2", "x", "a", "80")
    mended = owned("3", "x", "a", "10", kind="correction", refers_to=second.id, reason="misread")
    enter(database, [second], [mended])
    assert [(one.share.min, one.share.max) for one in seen(database).ties] == [(10, 10)]


def test_what_the_reader_may_not_see_leaves_no_trace(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "80", marking=CLOSED), said("n", "a")])
    found = seen(database)
    assert (found.ties, [one.role for one in found.parties]) == ((), ["asked"])
    assert words(found)["us-ofac"] == "no"


def test_a_hidden_listing_of_a_visible_owner_does_not_show_in_the_verdict(database):
    hidden = said("l", "x", kind="listing", marking=CLOSED, listing=listing("x", list="Entity List"))
    enter(database, [hidden, said("n", "x"), owned("1", "x", "a", "80")])
    found = seen(database)
    assert words(found)["us-bis"] == "no"
    assert all(not one.listed_by for one in found.parties)


def test_a_company_nobody_may_see_is_not_found(database):
    enter(database, [owned("1", "x", "a", "80", marking=CLOSED)])
    with pytest.raises(NotFound):
        seen(database)


def test_the_marking_is_that_of_all_that_was_used(database):
    closer = OPEN.__class__(classification="RESTRICTED", tlp="AMBER", releasable_to=("jp",), disclosure="release")
    enter(database, [listed("l", "x"), owned("1", "x", "a", "80", marking=closer)])
    reader = type(READER)(authority="jp", ceiling="RESTRICTED", purposes=("export-control",), name="Officer")
    assert seen(database, reader=reader).marking.classification == "RESTRICTED"


def test_a_walk_that_was_cut_short_never_says_no(database):
    chain = [owned(str(number), f"c{number + 1}", f"c{number}", "10") for number in range(12)]
    enter(database, [*chain, owned("last", "c0", "a", "10")])
    with patch.object(module, "PARTIES_MOST", 5):
        found = seen(database)
    assert not found.complete
    assert set(words(found).values()) == {"unknown"}
    assert seen(database).complete


def test_very_many_owners_of_one_company_are_cut_short_too(database):
    enter(database, [owned(str(number), f"o{number}", "a", "5") for number in range(9)])
    with patch.object(module, "PARTIES_MOST", 5):
        found = seen(database)
    assert (found.complete, len(found.parties)) == (False, 5)
    assert set(words(found).values()) == {"unknown"}


def test_what_is_left_out_below_is_said_and_changes_no_verdict(database):
    enter(database, [said("n", "a"), *(owned(str(number), "a", f"h{number}", "60") for number in range(4))])
    with patch.object(module, "HELD_MOST", 2):
        found = seen(database)
    assert (found.complete, found.all_around, len(found.ties)) == (True, False, 2)
    assert set(words(found).values()) == {"no"}
    assert seen(database).all_around


def test_a_journal_of_before_is_gone_through_once(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a", "50")])
    with database.read() as connection:
        before = sorted(map(tuple, connection.execute(tie.select())))
    database.write(lambda connection: connection.execute(tie.delete()))
    catch_up(database)
    with database.read() as connection:
        assert sorted(map(tuple, connection.execute(tie.select()))) == before
    database.write(lambda connection: connection.execute(tie.delete()))
    catch_up(database)
    assert seen(database).ties == ()


PARTIES = ("a", "b", "c", "x")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PARTIES), st.sampled_from(PARTIES), st.sampled_from(("", "20", "50", "80")), st.booleans()
        ),
        max_size=7,
    )
)
def test_hidden_links_change_nothing_for_who_may_not_see_them(new_database, links):
    history = [
        owned(str(number), owner, asset, share, marking=CLOSED if hidden else OPEN)
        for number, (owner, asset, share, hidden) in enumerate(links)
        if owner != asset
    ]
    whole, part = new_database(), new_database()
    enter(whole, [listed("l", "x"), said("n", "a")], history)
    enter(part, [listed("l", "x"), said("n", "a")], [one for one in history if one.assertion.marking is OPEN])
    assert seen(whole) == seen(part)
