# SPDX-License-Identifier: Apache-2.0
"""The register's index: keys, names and listings, cut to the markings a reader may see in the query itself."""

from __future__ import annotations

import pytest

from highfence.storage import companies, journal
from highfence.storage.companies import ListingIndexRow, NameRow
from highfence.storage.database import Database

from .test_journal import append, ident, row


def name(text: str, *, company: str = "c-1", assertion: str = "a", marking: str = "open") -> NameRow:
    """Return a name of a company."""
    return NameRow(
        assertion=assertion, company=company, name=text, caption=text, schema="Company", countries="cn", marking=marking
    )


def listing(
    assertion: str, *, company: str = "c-1", jurisdiction: str = "us", marking: str = "open"
) -> ListingIndexRow:
    """Return a listing of a company."""
    return ListingIndexRow(
        assertion=assertion,
        company=company,
        jurisdiction=jurisdiction,
        source="s",
        programme="p",
        listed="2026-01-01",
        until="",
        caption="Acme",
        schema="Company",
        countries="cn",
        marking=marking,
    )


def found(database: Database, text: str, *, limit: int = 9, markings: tuple[str, ...] = ("open",)) -> list[str]:
    """Return the names found, best first."""
    with database.read() as connection:
        return [one.name for one in companies.search_names(connection, text, limit=limit, markings=markings)]


def test_an_equal_name_comes_first_then_beginnings_then_words_within(database):
    names = ("great acme", "acme optics", "acme", "acmes", "macme", "optics")
    rows = [name(text, assertion=text) for text in names]
    database.write(lambda connection: companies.add_names(connection, rows))
    assert found(database, "acme") == ["acme", "acmes", "acme optics", "great acme"]
    assert found(database, "acme", limit=2) == ["acme", "acmes"]
    assert found(database, "nothing") == []


@pytest.mark.parametrize("text", ["%", "_", "a%", "a_me", "\\", "a\\%"])
def test_what_means_something_to_the_engine_is_taken_as_text(database, text):
    rows = [name(one, assertion=one) for one in ("acme", "a%me", "a_me", "a\\me", "100 % acme")]
    database.write(lambda connection: companies.add_names(connection, rows))
    expected = {row.name for row in rows if row.name.startswith(text) or f" {text}" in row.name}
    assert set(found(database, text)) == expected


def test_only_what_is_under_the_markings_is_found(database):
    rows = [name("acme", assertion="a"), name("acme", assertion="b", marking="closed")]
    database.write(lambda connection: companies.add_names(connection, rows))
    assert found(database, "acme") == ["acme"]
    assert found(database, "acme", markings=("open", "closed")) == ["acme", "acme"]
    assert found(database, "acme", markings=()) == []


def test_listings_are_found_by_jurisdiction_company_and_marking(database):
    rows = [
        listing("a"),
        listing("b", jurisdiction="eu"),
        listing("c", company="c-2"),
        listing("d", company="c-2", jurisdiction="jp", marking="closed"),
    ]
    database.write(lambda connection: companies.add_listings(connection, rows))
    with database.read() as connection:

        def of(**bounds: tuple[str, ...]) -> set[str]:
            return {one.assertion for one in companies.listings_of(connection, **{"markings": ("open",), **bounds})}

        assert of() == {"a", "b", "c"}
        assert of(jurisdictions=("us",)) == {"a", "c"}
        assert of(companies=("c-1",), jurisdictions=("us", "eu")) == {"a", "b"}
        assert of(markings=("open", "closed")) == {"a", "b", "c", "d"}
        assert of(markings=()) == set()
        assert companies.jurisdictions(connection, markings=("open",)) == ["eu", "us"]
        assert companies.jurisdictions(connection, markings=("open", "closed")) == ["eu", "jp", "us"]


def test_companies_whose_members_are_partly_hidden_are_named(database):
    def change(connection):
        rows = [row("a"), row("b", marking=b"closed"), row("c", subject="x2")]
        journal.append(connection, rows)
        journal.stand(connection, rows, {one.id: f"c-{one.subject}" for one in rows})

    database.write(change)
    opened, closed = row("a").marking_id, row("b", marking=b"closed").marking_id
    with database.read() as connection:
        assert companies.hidden_companies(connection, markings=[opened]) == {"c-x1"}
        assert companies.hidden_companies(connection, markings=[opened, closed]) == set()
        assert companies.hidden_companies(connection, markings=[]) == {"c-x1", "c-x2"}


def test_merging_moves_everything_that_belonged_to_a_company(database):
    def change(connection):
        rows = [row("a"), row("b", subject="x2")]
        journal.append(connection, rows)
        journal.stand(connection, rows, {ident("a"): "c-1", ident("b"): "c-2"})
        companies.add_keys(connection, {"k1": "c-1", "k2": "c-2", "k3": "c-3"})
        companies.add_names(connection, [name("acme", company="c-2", assertion=ident("b"))])
        companies.add_listings(connection, [listing(ident("b"), company="c-2")])
        companies.merge(connection, {})
        companies.merge(connection, {"c-2": "c-1"})

    database.write(change)
    with database.read() as connection:
        keys = companies.companies_of_keys(connection, ("k1", "k2", "k3", "k4"))
        assert keys == {"k1": "c-1", "k2": "c-1", "k3": "c-3"}
        assert journal.company_of(connection, [ident("a"), ident("b")]) == {ident("a"): "c-1", ident("b"): "c-1"}
        (name_row,) = companies.search_names(connection, "acme", limit=9, markings=("open",))
        (listing_row,) = companies.listings_of(connection, markings=("open",))
        assert (name_row.company, listing_row.company) == ("c-1", "c-1")


def test_moving_one_assertion_leaves_the_others(database):
    def change(connection):
        rows = [row("a"), row("b")]
        journal.append(connection, rows)
        journal.stand(connection, rows, {one.id: "c-1" for one in rows})
        companies.add_names(connection, [name("acme", assertion=one.id) for one in rows])
        companies.add_listings(connection, [listing(one.id) for one in rows])
        companies.reassign(connection, {})
        companies.reassign(connection, {ident("b"): "c-9"})

    database.write(change)
    with database.read() as connection:
        assert journal.company_of(connection, [ident("a"), ident("b")]) == {ident("a"): "c-1", ident("b"): "c-9"}
        rows = companies.search_names(connection, "acme", limit=9, markings=("open",))
        assert {one.assertion: one.company for one in rows} == {ident("a"): "c-1", ident("b"): "c-9"}
        listed = companies.listings_of(connection, markings=("open",))
        assert {one.assertion: one.company for one in listed} == {ident("a"): "c-1", ident("b"): "c-9"}


def test_what_was_replaced_is_found_no_more(database):
    def change(connection):
        companies.add_keys(connection, {"k1": "c-1", "k2": "c-2"})
        companies.add_names(connection, [name("acme", assertion="a"), name("acme", assertion="b")])
        companies.add_listings(connection, [listing("a"), listing("b")])
        companies.forget_assertions(connection, ["a"])
        companies.forget_keys(connection, ["c-1"])

    database.write(change)
    with database.read() as connection:
        assert [one.assertion for one in companies.search_names(connection, "acme", limit=9, markings=("open",))] == [
            "b"
        ]
        assert [one.assertion for one in companies.listings_of(connection, markings=("open",))] == ["b"]
        assert companies.companies_of_keys(connection, ("k1", "k2")) == {"k2": "c-2"}


def test_lists_are_counted_under_the_markings_and_tell_their_newest(database):
    rows = [row(name, received=f"2026-11-24T12:00:0{at}.000000Z") for at, name in enumerate("abc")]
    append(database, *rows)
    told = [
        listing(ident("a")),
        listing(ident("b")),
        listing(ident("c"), marking="closed"),
    ]
    database.write(lambda connection: companies.add_listings(connection, told))
    with database.read() as connection:
        (seen,) = companies.lists(connection, markings=["open"])
        assert (seen.source, seen.jurisdiction, seen.listings, seen.told) == ("s", "us", 2, rows[1].received)
        assert companies.lists(connection, markings=["open", "closed"])[0].told == rows[2].received
        assert companies.lists(connection, markings=["none"]) == []


def test_all_companies_of_which_anything_is_held(database):
    append(database, row("a"), row("b", subject="x2"), row("c"))
    with database.read() as connection:
        assert companies.stored_companies(connection) == ["c-x1", "c-x2"]
