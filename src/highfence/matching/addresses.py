# SPDX-License-Identifier: Apache-2.0
"""Addresses: who gives the same address. A hint to verify: many firms share one, and an equal one is no identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from highfence.matching.prepared import address_words
from highfence.model.entity import Entity

#: As the scorer has it: an address has at least so many words, of which the other has at least this share.
_WORDS_LEAST = 4
_SHARE_LEAST = 0.8
#: A word that more addresses have than this leads to none; an address of only such words is found by all of them.
_BEARERS_MOST = 400
_RAREST = 6


class AddressBook:
    """Addresses of entities, found by any of their rarer words. One writer, any number of readers.

    >>> book = AddressBook()
    >>> book.put("e1", ["Flat 7, 12 Example Road, Kowloon, Hong Kong"])
    >>> book.find("12 Example Road, Flat 7, Kowloon")
    (('e1', 1.0),)
    >>> book.find("14 Example Road, Flat 7, Kowloon")
    ()
    """

    def __init__(self) -> None:
        self._words: list[frozenset[str]] = []
        self._bearer: list[str] = []
        self._places: dict[str, list[int]] = {}
        self._numbers: dict[str, list[int]] = {}
        self._seen: dict[str, Entity] = {}

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> AddressBook:
        """Return the book of entities: their own addresses, those they refer to, and addresses that are listed."""
        book = cls()
        held = list(entities)
        texts = {one.id: one.values("full") or one.values("name") for one in held if one.schema == "Address"}
        for one in held:
            if one.schema == "Address":
                book.put(one.id, texts[one.id])
                continue
            book.put(one.id, one.values("address"))
            for place in one.values("addressEntity"):
                book.put(one.id, texts.get(place, ()))
        return book

    def put(self, entity: str, addresses: Iterable[str]) -> None:
        """Note addresses of an entity; one of too few words is passed over."""
        for text in addresses:
            words = address_words(text)
            if len(words) < _WORDS_LEAST:
                continue
            number = len(self._words)
            self._words.append(words)
            self._bearer.append(entity)
            self._numbers.setdefault(entity, []).append(number)
            for word in words:
                self._places.setdefault(word, []).append(number)

    def drop(self, entity: str) -> None:
        """Forget the addresses of an entity."""
        for number in self._numbers.pop(entity, ()):
            self._bearer[number] = ""

    def follow(self, entities: Iterable[Entity]) -> None:
        """Hold the own addresses of just these entities: read those that are new or were replaced, forget the others.

        >>> book = AddressBook()
        >>> one = Entity(id="a", schema="Company", properties={"address": ("12 Example Road, Kowloon, Hong Kong",)})
        >>> book.follow([one])
        >>> [entity for entity, _ in book.find("12 Example Road, Kowloon, Hong Kong")]
        ['a']
        >>> book.follow([])
        >>> book.find("12 Example Road, Kowloon, Hong Kong")
        ()
        """
        here: dict[str, Entity] = {}
        for one in entities:
            here[one.id] = one
            if self._seen.get(one.id) is not one:
                self.drop(one.id)
                self.put(one.id, one.values("address"))
        for gone in self._seen.keys() - here.keys():
            self.drop(gone)
        self._seen = here

    def find(self, address: str) -> tuple[tuple[str, float], ...]:
        """Return who gives this address, with the share of the shorter one's words that both have; best first."""
        words = address_words(address)
        if len(words) < _WORDS_LEAST:
            return ()
        rarest = sorted((word for word in words if word in self._places), key=lambda one: len(self._places[one]))
        near: Counter[int] = Counter()
        for word in rarest[:_RAREST]:
            if len(self._places[word]) <= _BEARERS_MOST:
                near.update(self._places[word])
        found: dict[str, float] = {}
        for number in near:
            share = _alike(words, self._words[number])
            if share and self._bearer[number]:
                found[self._bearer[number]] = max(share, found.get(self._bearer[number], 0.0))
        return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the shorter one's words that both have; 0 if it is not enough, or their numbers differ."""
    share = len(one & other) / min(len(one), len(other))
    if share < _SHARE_LEAST:
        return 0.0
    numbers, others = ({word for word in words if word.isdigit()} for words in (one, other))
    shorter = min(numbers, others, key=len)
    return round(share, 2) if shorter <= numbers and shorter <= others else 0.0
