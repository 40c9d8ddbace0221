# SPDX-License-Identifier: Apache-2.0
"""Who gives the same address is found, and who gives another number is not."""

from __future__ import annotations

import pytest

from highfence.matching.addresses import AddressBook
from highfence.model.entity import Entity

HERE = "Room 1605, 16/F, Example Tower, 12 Nathan Road, Kowloon, Hong Kong"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (HERE, True),
        ("12 Nathan Rd Example Tower Room 1605 16/F Kowloon Hong Kong", True),
        ("ROOM 1605, 16/F EXAMPLE TOWER, 12 NATHAN ROAD, KOWLOON", True),
        ("Room 1705, 17/F, Example Tower, 12 Nathan Road, Kowloon, Hong Kong", False),
        ("Nathan Road", False),
        ("99 Elsewhere Street, Rotterdam, Netherlands", False),
        ("", False),
    ],
)
def test_an_address_is_found_in_other_words_and_not_with_other_numbers(asked: str, found: bool) -> None:
    book = AddressBook()
    book.put("e1", [HERE])
    assert [entity for entity, _ in book.find(asked)] == (["e1"] if found else [])


def test_addresses_of_an_entity_of_what_it_refers_to_and_that_are_listed_themselves_count() -> None:
    book = AddressBook.of(
        [
            Entity(id="own", schema="Company", properties={"name": ("A",), "address": (HERE,)}),
            Entity(id="refers", schema="Company", properties={"name": ("B",), "addressEntity": ("place",)}),
            Entity(id="place", schema="Address", properties={"full": (HERE,)}),
        ]
    )
    assert {entity for entity, _ in book.find(HERE)} == {"own", "refers", "place"}


def test_an_address_that_very_many_have_does_not_make_it_slow() -> None:
    book = AddressBook()
    for number in range(2_000):
        book.put(f"e{number}", [f"Unit {number}, 12 Nathan Road, Kowloon, Hong Kong"])
    assert [entity for entity, _ in book.find("Unit 7, 12 Nathan Road, Kowloon, Hong Kong")] == ["e7"]


def test_a_book_follows_what_has_changed_and_forgets_what_has_gone() -> None:
    def firm(name: str, address: str) -> Entity:
        return Entity(id=name, schema="Company", properties={"name": (name,), "address": (address,)})

    there = "44 Canal Street, Amsterdam, Netherlands"
    book = AddressBook()
    first, second = firm("a", HERE), firm("b", HERE)
    book.follow([first, second])
    assert {entity for entity, _ in book.find(HERE)} == {"a", "b"}
    book.follow([firm("a", there), second])
    assert {entity for entity, _ in book.find(HERE)} == {"b"}
    assert {entity for entity, _ in book.find(there)} == {"a"}
    book.follow([second])
    assert book.find(there) == ()
