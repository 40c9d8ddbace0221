# SPDX-License-Identifier: Apache-2.0
"""Reading: questions to the register, each answered for one reader on one day.

What a reader may not see leaves no trace: not in hits, counts, captions, groupings or gaps. The markings in use are
few, so each is judged once and the queries are cut to those that passed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, partial

import msgspec

from highfence.clock import day, instant_text
from highfence.errors import NotFound
from highfence.model.identifier import STRONG, parse
from highfence.model.marking import Marking
from highfence.register.absorb import company_id, home_keys, names_in
from highfence.register.alignment import Alike, gaps
from highfence.register.holding import claim_of, held, held_together
from highfence.register.keys import keys_of, normalise
from highfence.register.listed import listing_row
from highfence.register.past import held_then
from highfence.register.profile import profile
from highfence.register.view import Arrived, GapReport, Held, Hit, Profile
from highfence.register.visible import stands, visible_groups
from highfence.rules.handling import Reader, combine, may_view
from highfence.storage import companies, journal, judgements, likenesses, ties
from highfence.storage.chunks import chunks
from highfence.storage.companies import ListingIndexRow, ListRow
from highfence.storage.database import Connection
from highfence.storage.journal import Stored

#: More hits than a person reads; a longer list asks for a longer name.
HITS_MAX = 50


class Sight:
    """What one reader may see of this node on one day, over one consistent state of its database."""

    def __init__(self, connection: Connection, reader: Reader, on: date) -> None:
        self.connection = connection
        self.reader = reader
        self.on = on
        held = journal.markings(connection)
        self.markings = [
            name for name, (originator, body) in held.items() if sees(reader, on, originator=originator, marking=body)
        ]
        self._visible = frozenset(self.markings)
        self._sees_all = len(self._visible) == len(held)

    def profile(self, name: str) -> Profile:
        """Return the profile of a company, given its id, an entity's id, or one of its identifiers or exact names.

        Raises:
            NotFound: nothing that this reader may see goes by that name.
        """
        held = self.group(name)
        everyone = tuple(companies.jurisdictions(self.connection, markings=self.markings))
        return profile(home_of(held), held, reader=self.reader, on=self.on, jurisdictions=everyone)

    def profile_then(self, name: str, at: datetime) -> Profile:
        """Return the profile as it was known at an instant: what came later, or took something back later, is not yet.

        The reader sees of it what they may see today. Raises NotFound.
        """
        instant = instant_text(at)
        seen = self._named_then(name, instant)
        if not seen:
            raise _unknown(name)
        everyone = tuple(companies.jurisdictions_then(self.connection, instant, markings=self.markings))
        found = profile(home_of(seen), seen, reader=self.reader, on=day(at), jurisdictions=everyone)
        return msgspec.structs.replace(found, as_of=instant)

    def _named_then(self, name: str, instant: str) -> tuple[Held, ...]:
        """Return what a name stood for at an instant; by names as they are known now."""
        bare = normalise(name)
        rows = companies.search_names(self.connection, bare, limit=20, markings=self.markings) if bare else []
        named = {row.company for row in rows if row.name == bare}
        asked: list[tuple[list[str], Callable[[Held], bool]]] = [
            ([f"company:{name}"], lambda one: f"company:{name}" in home_keys(one.assertion.subject)),
            ([f"entity:{name}"], lambda one: one.assertion.subject == name),
            *(([key], partial(_tells, key)) for key in _identifier_keys(name)),
            ([], lambda one: bare in _names_told(one)),
        ]
        for keys, fits in asked:
            stored = set(companies.companies_of_keys(self.connection, keys).values()) if keys else named
            then = held_then(self.connection, stored, instant, me=self.reader.authority)
            fitting = [
                (one.id, group) for group in visible_groups(then, self.reader, on=self.on) for one in group if fits(one)
            ]
            if fitting:
                return min(fitting, key=lambda pair: pair[0])[1]
        return ()

    def search(self, text: str, *, limit: int = HITS_MAX) -> tuple[Hit, ...]:
        """Return companies by the beginning of their name or of a word in it, best first, each once."""
        name = normalise(text)
        limit = min(limit, HITS_MAX)
        if not name or limit < 1:
            return ()
        rows = companies.search_names(self.connection, name, limit=limit * 6, markings=self.markings)
        regrouped = self.regrouped({row.company for row in rows})
        first: dict[str, companies.NameRow] = {}
        for row in rows:
            first.setdefault(regrouped.get(row.assertion, row.company), row)
        chosen = list(first.values())[:limit]
        listed = self._jurisdictions({row.company for row in chosen}, regrouped)
        return tuple(
            Hit(
                company=regrouped.get(row.assertion, row.company),
                caption=row.caption,
                schema=row.schema,
                countries=tuple(code for code in row.countries.split(",") if code),
                listed_by=listed.get(regrouped.get(row.assertion, row.company), ()),
            )
            for row in chosen
        )

    def listed_by(self, wanted: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the jurisdictions that list each company today, given the ids by which this reader knows companies.

        A company that nobody lists is left out.
        """
        stored = set(companies.companies_of_keys(self.connection, [f"company:{one}" for one in wanted]).values())
        found = self._jurisdictions(stored, self.regrouped(stored))
        return {company: codes for company, codes in found.items() if company in wanted}

    def _jurisdictions(self, stored: Collection[str], regrouped: dict[str, str]) -> dict[str, tuple[str, ...]]:
        """Return the jurisdictions that list today what the reader sees of companies as they are stored."""
        listed: dict[str, set[str]] = {}
        for part in chunks(stored):
            for one in companies.listings_of(self.connection, companies=part, markings=self.markings):
                if _stands(one, self.on):
                    listed.setdefault(regrouped.get(one.assertion, one.company), set()).add(one.jurisdiction)
        return {company: tuple(sorted(codes)) for company, codes in listed.items()}

    def gaps(self, left: str, right: str) -> GapReport:
        """Return which companies are listed by one of two jurisdictions and not, or later, by the other.

        Natural persons are left out: the report is about companies, vessels and other bodies.
        """
        found = companies.listings_of(self.connection, jurisdictions=(left, right), markings=self.markings)
        rows = [row for row in found if row.schema != "Person"]
        regrouped = self.regrouped({row.company for row in rows})
        return gaps(
            (listing_row(row, regrouped.get(row.assertion, row.company)) for row in rows),
            left,
            right,
            on=self.on,
            alike=self.alike(),
        )

    def alike(self) -> Alike:
        """Return which companies, as this reader knows them, may be the same and wait for a judgement."""
        found = likenesses.open_pairs(self.connection, markings=self.markings)
        regrouped = self.regrouped({company for row in found for company in (row.one_company, row.other_company)})
        alike: dict[str, dict[str, float]] = {}
        for row in found:
            first = regrouped.get(row.one_assertion, row.one_company)
            second = regrouped.get(row.other_assertion, row.other_company)
            if first != second:
                score = row.score / 10_000
                for mine, theirs in ((first, second), (second, first)):
                    known = alike.setdefault(mine, {})
                    known[theirs] = max(score, known.get(theirs, 0.0))
        return alike

    def jurisdictions(self) -> tuple[str, ...]:
        """Return the jurisdictions of whose listings this reader may see any."""
        return tuple(companies.jurisdictions(self.connection, markings=self.markings))

    def lists(self) -> tuple[ListRow, ...]:
        """Return the lists of which this reader may see any listing, with how many they see."""
        return tuple(companies.lists(self.connection, markings=self.markings))

    def marking(self, markings: Iterable[str]) -> Marking:
        """Return the marking of what is derived from everything under these markings, given by their ids."""
        held = journal.markings(self.connection)
        return combine(_MARKINGS.decode(held[name][1]) for name in markings if name in held)

    def latest(self, *, limit: int) -> tuple[Arrived, ...]:
        """Return the newest assertions that this reader may see, newest first."""
        rows = journal.latest(self.connection, limit=limit, markings=self.markings)
        return self._arrived(rows)

    def arrived_after(self, position: int, *, limit: int) -> tuple[Arrived, ...]:
        """Return visible assertions behind a journal position, in order."""
        rows = journal.after(self.connection, position, limit=limit, markings=self.markings)
        return self._arrived(rows)

    def assertion(self, name: str) -> Held:
        """Return one assertion.

        Raises:
            NotFound: none of that id that this reader may see.
        """
        row = journal.fetch(self.connection, (name,)).get(name)
        if row is None or row.marking not in self._visible:
            raise NotFound("no assertion of that id that you may see", where=name[:80], advice="Check the id")
        return held(row)

    def group(self, name: str) -> tuple[Held, ...]:
        """Return what this reader may see of a company, given as for `profile`; raises NotFound."""
        held = self._named(name)
        if not held:
            raise _unknown(name)
        return held

    def group_of(self, keys: Sequence[str]) -> tuple[Held, ...]:
        """Return what this reader may see of the company that the first of some keys leads to; empty if none does."""
        found = companies.companies_of_keys(self.connection, keys)
        for key in keys:
            if key in found and (group := self._group(found[key], key=key)):
                return group
        return ()

    def ties(self, keys: Collection[str], *, ends: Collection[str]) -> dict[str, tuple[Held, frozenset[str]]]:
        """Return the assertions that tell of a link with one of the keys at one of `ends`, and the links' ids."""
        links: dict[str, set[str]] = {}
        for row in ties.told_of(self.connection, keys, ends=ends, markings=self._visible):
            links.setdefault(row.assertion, set()).add(row.link)
        rows = journal.fetch(self.connection, links)
        return {name: (held(rows[name]), frozenset(found)) for name, found in sorted(links.items())}

    def group_with(self, assertion: str) -> tuple[Held, ...]:
        """Return what this reader may see of the company that a visible assertion is about; nothing if it is hidden."""
        company = journal.company_of(self.connection, (assertion,)).get(assertion)
        return self._group(company, assertion=assertion) if company is not None else ()

    def unlike(self) -> set[str]:
        """Return the stored companies that look otherwise to this reader: some is hidden, or two are held apart."""
        unlike = judgements.parted(self.connection)
        if not self._sees_all:
            unlike |= companies.hidden_companies(self.connection, markings=self.markings)
        return unlike

    def groups_of(self, stored: Iterable[str]) -> Iterator[tuple[Held, ...]]:
        """Yield what this reader may see of stored companies, each of the companies that it makes for them."""
        for rows in journal.of_companies(self.connection, sorted(stored)).values():
            yield from visible_groups(held_together(self.connection, rows), self.reader, on=self.on)

    def seen_markings(self) -> Iterator[tuple[str, str, Marking]]:
        """Yield the markings that this reader sees: id, originator, marking."""
        held = journal.markings(self.connection)
        return ((name, held[name][0], _MARKINGS.decode(held[name][1])) for name in self.markings)

    def home(self, name: str) -> str:
        """Return the id by which this reader knows the company that a name stands for; raises NotFound."""
        return home_of(self.group(name))

    def listed_in(self, source: str) -> set[str]:
        """Return the companies, as this reader knows them, that stand on a list today, given its importer's name."""
        found = companies.listings_of(self.connection, source=source, markings=self.markings)
        rows = [row for row in found if _stands(row, self.on)]
        regrouped = self.regrouped({row.company for row in rows})
        return {regrouped.get(row.assertion, row.company) for row in rows}

    def homes(self, assertions: Sequence[str]) -> dict[str, str]:
        """Return the company, as this reader knows it, of each assertion that the reader may see."""
        homes = journal.company_of(self.connection, assertions)
        homes |= self.regrouped(set(homes.values()))
        return homes

    def stored(self, company: str) -> str:
        """Return the company as it is stored, of which a company this reader knows is a part; empty if there is none.

        For asking the storage, never for telling.
        """
        key = f"company:{company}"
        return companies.companies_of_keys(self.connection, (key,)).get(key, "")

    def _named(self, name: str) -> tuple[Held, ...]:
        """Return what a name stands for: a company's or entity's id first, then an identifier, then an exact name.

        The index may lead to a company because of what is hidden. So what leads there must be visible in what is found.
        """
        keys = [f"company:{name}", f"entity:{name}", *_identifier_keys(name)]
        if group := self.group_of(keys):
            return group
        bare = normalise(name)
        rows = companies.search_names(self.connection, bare, limit=20, markings=self.markings) if bare else []
        row = next((row for row in rows if row.name == bare), None)
        return self._group(row.company, assertion=row.assertion) if row is not None else ()

    def _group(self, company: str, *, key: str = "", assertion: str = "") -> tuple[Held, ...]:
        """Return, of a company as it is stored, the part that the reader knows as one company and that has the key."""
        stored = held_together(self.connection, journal.of_company(self.connection, company))
        for group in visible_groups(stored, self.reader, on=self.on):
            if any(one.id == assertion or key in _keys_told(one) for one in group):
                return group
        return ()

    def regrouped(self, wanted: set[str]) -> dict[str, str]:
        """Return assertion -> company for companies that look otherwise to this reader than they are stored.

        The grouping of some rests on what is hidden, in others a judgement holds entities apart.
        """
        if not wanted:
            return {}
        unlike = judgements.parted(self.connection, wanted)
        if not self._sees_all:
            unlike |= companies.hidden_companies(self.connection, markings=self.markings, among=wanted)
        regrouped: dict[str, str] = {}
        for company in unlike:
            stored = held_together(self.connection, journal.of_company(self.connection, company))
            for group in visible_groups(stored, self.reader, on=self.on):
                regrouped.update(dict.fromkeys((one.id for one in group), home_of(group)))
        return regrouped

    def _arrived(self, rows: Sequence[Stored]) -> tuple[Arrived, ...]:
        homes = self.homes([row.id for row in rows])
        about = journal.fetch(self.connection, {row.refers_to for row in rows if row.refers_to})
        seen = {name: row for name, row in about.items() if row.marking in self._visible}
        return tuple(_arrival_of(row, company=homes.get(row.id, ""), about=seen.get(row.refers_to)) for row in rows)


def _unknown(name: str) -> NotFound:
    return NotFound(
        f"nothing you may see goes by {name[:80]!r}",
        where="register",
        advice="Try another spelling, an identifier, or a part of the name in the search",
    )


def _identifier_keys(text: str) -> list[str]:
    parsed = [parse(kind, text) for kind in STRONG]
    return [f"{one.kind}:{one.value}" for one in parsed if one is not None]


def _keys_told(held: Held) -> tuple[str, ...]:
    """Return the keys by which an assertion leads to its company; what no longer stands tells only whom it is about."""
    home = home_keys(held.assertion.subject)
    return (*home, *keys_of(held.assertion)) if stands(held) else home


def _tells(key: str, held: Held) -> bool:
    return key in _keys_told(held)


def _names_told(held: Held) -> frozenset[str]:
    entity = held.assertion.entity()
    return frozenset(names_in(entity)) if entity is not None and stands(held) else frozenset()


def home_of(group: Sequence[Held]) -> str:
    """Return the id of the company that a group of visible assertions is: the one it has where nothing is hidden."""
    return min(company_id(one.assertion.subject) for one in group)


def _arrival_of(row: Stored, *, company: str, about: Stored | None) -> Arrived:
    """Return a line of the live feed; a withdrawal carries no entity and is shown under the name it is `about`."""
    claim = claim_of(row)
    entity = claim.entity() or (claim_of(about).entity() if about else None)
    return Arrived(
        position=row.position,
        id=row.id,
        originator=row.originator,
        kind=row.kind,
        company=company,
        caption=entity.caption if entity else claim.subject,
        text=claim.text or claim.reason or (claim.listing.list if claim.listing else ""),
        received=row.received,
        marking=claim.marking,
        superseded=bool(row.superseded_by),
    )


def _stands(row: ListingIndexRow, on: date) -> bool:
    day = on.isoformat()
    return not (row.until and row.until <= day) and not (row.listed and row.listed > day)


_MARKINGS = msgspec.json.Decoder(Marking)


@lru_cache(maxsize=1 << 16)
def sees(reader: Reader, on: date, *, originator: str, marking: bytes) -> bool:
    """Tell whether a reader may see what is under a marking: the same answer all day, asked with every request."""
    return may_view(_MARKINGS.decode(marking), reader, on=on, originator=originator).allowed
