# SPDX-License-Identifier: Apache-2.0
"""Taking assertions into the register: the companies are the same whatever the order and the batches."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.model.assertion import RECALLING
from highfence.register.absorb import claim_of, company_id, countries_of, home_keys
from highfence.register.keys import keys_of, normalise
from highfence.storage import companies, journal
from highfence.storage.database import Database
from highfence.storage.tables import company_key

from .claims import company, listing
from .entered import IDENTIFIERS, LEIS, Entered, empty, enter, gone, histories, said

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def companies_of(database: Database) -> dict[str, str]:
    """Return the company of each assertion."""
    with database.read() as connection:
        return journal.company_of(connection, [row.id for row in journal.walk(connection)])


def keys_stored(database: Database) -> dict[str, str]:
    """Return the company of each key."""
    with database.read() as connection:
        return {row.key: row.company for row in connection.execute(company_key.select())}


def replaced(history: Iterable[Entered]) -> set[str]:
    """Return what has been corrected or withdrawn."""
    return {one.assertion.refers_to for one in history if one.assertion.kind in RECALLING}


def expected(history: list[Entered]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the company of each assertion and of each key, worked out slowly: pools flow together until none does."""
    over = replaced(history)
    pools: list[tuple[set[str], set[str]]] = []
    for one in history:
        claim = one.assertion
        standing = one.id not in over and claim.kind != "withdrawal"
        keys = {*home_keys(claim.subject), *(keys_of(claim) if standing else ())}
        touched = [pool for pool in pools if pool[0] & keys]
        pools = [pool for pool in pools if not pool[0] & keys]
        pools.append((keys.union(*(pool[0] for pool in touched)), {claim.subject}.union(*(p[1] for p in touched))))
    name_of = {key: min(map(company_id, subjects)) for keys, subjects in pools for key in keys}
    return {one.id: name_of[f"entity:{one.assertion.subject}"] for one in history}, name_of


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Entered], list[list[Entered]]]:
    """Return a history, and the same assertions in another order and in batches; nothing comes before its original."""
    history = draw(histories())
    rest = draw(st.permutations(history))
    ids = {one.id for one in history}
    came: set[str] = set()
    ordered: list[Entered] = []
    while rest:
        ready = next(one for one in rest if one.assertion.refers_to not in ids - came)
        rest = [one for one in rest if one is not ready]
        came.add(ready.id)
        ordered.append(ready)
    batches: list[list[Entered]] = []
    while ordered:
        length = draw(st.integers(1, len(ordered)))
        batches.append(ordered[:length])
        ordered = ordered[length:]
    return history, batches


@given(arrivals())
@STORED
def test_the_companies_do_not_depend_on_order_and_batches(database, arrived):
    history, batches = arrived
    empty(database)
    enter(database, *batches)
    of_assertions, of_keys = expected(history)
    assert companies_of(database) == of_assertions
    assert keys_stored(database) == of_keys


@given(arrivals())
@STORED
def test_the_index_holds_what_stands_and_nothing_else(database, arrived):
    history, batches = arrived
    empty(database)
    enter(database, *batches)
    of_assertions, _ = expected(history)
    over = replaced(history)
    telling = [
        one for one in history if one.id not in over and one.assertion.kind != "withdrawal" and one.assertion.entities
    ]
    with database.read() as connection:
        markings = list(journal.markings(connection))
        names = companies.search_names(connection, "", limit=999, markings=markings)
        listed = companies.listings_of(connection, markings=markings)
    assert {(row.assertion, row.name) for row in names} == {
        (one.id, normalise(name)) for one in telling for name in one.assertion.entities[0].values("name")
    }
    assert {row.assertion for row in listed} == {one.id for one in telling if one.assertion.listing}
    assert all(row.company == of_assertions[row.assertion] for row in [*names, *listed])


def test_a_shared_identifier_joins_two_companies_and_its_withdrawal_parts_them(database):
    first = said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})
    second = said("second", "b-2", properties={"leiCode": LEIS[:1]})
    bridge = said("bridge", "c-3", properties={"innCode": IDENTIFIERS[:1], "leiCode": LEIS[:1]})
    enter(database, [first], [second])
    assert len(set(companies_of(database).values())) == 2
    enter(database, [bridge])
    assert len(set(companies_of(database).values())) == 1
    withdrawal = gone("withdrawal", bridge)
    enter(database, [withdrawal])
    homes = companies_of(database)
    assert homes == {
        first.id: company_id("a-1"),
        second.id: company_id("b-2"),
        bridge.id: company_id("c-3"),
        withdrawal.id: company_id("c-3"),
    }
    assert keys_stored(database)[f"entity:{'c-3'}"] == company_id("c-3")


def test_a_correction_without_the_shared_identifier_parts_them_too(database):
    first = said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})
    second = said("second", "b-2", properties={"innCode": IDENTIFIERS[:1]})
    changes = {"kind": "correction", "refers_to": second.id, "reason": "another firm's number"}
    correction = said("correction", "b-2", properties={"innCode": IDENTIFIERS[1:2]}, **changes)
    enter(database, [first, second])
    assert len(set(companies_of(database).values())) == 1
    enter(database, [correction])
    homes = companies_of(database)
    assert homes[first.id] == company_id("a-1")
    assert homes[second.id] == homes[correction.id] == company_id("b-2")


def test_what_still_joins_them_keeps_them_joined(database):
    first = said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})
    second = said("second", "b-2", properties={"innCode": IDENTIFIERS[:1]})
    again = said("again", "b-2", properties={"innCode": IDENTIFIERS[:1]})
    enter(database, [first, second, again], [gone("withdrawal", second)])
    assert len(set(companies_of(database).values())) == 1


def test_an_original_and_its_correction_in_one_batch(database):
    original = said("original", "a-1", properties={"name": ("Old Name BV",)})
    changes = {"kind": "correction", "refers_to": original.id, "reason": "renamed"}
    enter(database, [original, said("correction", "a-1", properties={"name": ("New Name BV",)}, **changes)])
    with database.read() as connection:
        markings = list(journal.markings(connection))
        assert companies.search_names(connection, "old name", limit=9, markings=markings) == []
        assert len(companies.search_names(connection, "new name", limit=9, markings=markings)) == 1


def test_a_withdrawal_that_carries_keys_joins_nothing(database):
    first = said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})
    second = said("second", "b-2")
    changes = {"kind": "withdrawal", "refers_to": second.id, "reason": "mistaken"}
    enter(database, [first, second], [said("w", "b-2", properties={"innCode": IDENTIFIERS[:1]}, **changes)])
    assert companies_of(database)[second.id] != companies_of(database)[first.id]


def test_a_name_among_hundreds_does_not_fill_the_index(database):
    names = tuple(f"Alias {place} BV" for place in range(500))
    enter(database, [said("first", "a-1", properties={"name": ("Acme BV",), "alias": names})])
    with database.read() as connection:
        markings = list(journal.markings(connection))
        assert len(companies.search_names(connection, "", limit=999, markings=markings)) == 60


def test_names_that_are_one_when_normalised_are_indexed_once(database):
    enter(database, [said("first", "a-1", properties={"name": ("Acme  B.V.", "ACME B V"), "alias": ("acme b.v.",)})])
    with database.read() as connection:
        markings = list(journal.markings(connection))
        assert len(companies.search_names(connection, "acme", limit=9, markings=markings)) == 1


def test_a_listing_is_indexed_with_its_days_and_its_list(database):
    enter(database, [said("first", "a-1", kind="listing", listing=listing("a-1"))])
    with database.read() as connection:
        (row,) = companies.listings_of(connection, markings=list(journal.markings(connection)))
    assert (row.jurisdiction, row.programme, row.listed, row.until) == ("us", "Entity List", "2025-01-01", "")


def test_a_company_is_named_by_what_tells_nothing_of_its_entity():
    name = company_id("secret-entity")
    assert name.startswith("c-")
    assert "secret" not in name
    assert name == company_id("secret-entity") != company_id("another")


def test_countries_come_from_all_that_name_one():
    entity = company("x", country=("ru",), jurisdiction=("cn", "ru"), mainCountry=("by",), nationality=("us",))
    assert countries_of(entity) == ("by", "cn", "ru")


def test_a_stored_claim_is_read_back(database):
    one = said("first", "a-1", text="Größe 日本")
    enter(database, [one])
    with database.read() as connection:
        assert [claim_of(row) for row in journal.walk(connection)] == [one.assertion]
