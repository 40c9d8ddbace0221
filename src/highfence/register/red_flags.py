# SPDX-License-Identifier: Apache-2.0
"""Red flags of a company: signs of diversion in what one reader may see of it, each with its source.

They are those of a determination that need no transaction (`rules.licence.red_flags`). A red flag asks a person to
look; it decides nothing and is no listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from highfence.model.country import country_name
from highfence.model.marking import Marking
from highfence.register.ownership import Ownership, Party, ownership
from highfence.register.reading import Sight
from highfence.register.view import Profile
from highfence.rules.handling import combine
from highfence.rules.licence.red_flags import INVASION
from highfence.rules.licence.tables import RuleTables, rule_tables
from highfence.rules.ownership.verdict import Bounds, Verdict

#: Of so many addresses, so many who share one and so many owners it is told; what is left out is said.
ADDRESSES_MOST = 20
SHARERS_MOST = 10
OWNERS_MOST = 10
#: Address -> the companies of the reader's roll that give it.
Sharers = Callable[[str], Iterable[str]]
_NEW, _ADDRESS, _CHANGED, _SHARE, _MINORITY, _SIBLING = (
    "new-buyer",
    "shared-address",
    "changed-after-listing",
    "share-unknown",
    "minority-owner",
    "sibling",
)


class RedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A sign, what it rests on in a sentence, and where it is written that one should look; in use since `valid_from`.

    `verified` is False if the citation has not been compared with its source. `companies` are the others it names.
    """

    id: str
    title: str
    fact: str
    citation: str
    valid_from: date
    verified: bool
    companies: tuple[str, ...] = ()


class Flagged(msgspec.Struct, frozen=True, kw_only=True):
    """The red flags of a company on a day, under the marking of all that was looked at.

    `complete` is False if not all its addresses, owners or those who share them were looked at.
    """

    company: str
    caption: str
    on: date
    flags: tuple[RedFlag, ...]
    complete: bool
    marking: Marking


def red_flags(sight: Sight, name: str, *, on: date, sharers: Sharers) -> Flagged:
    """Return the red flags of the company that `name` stands for.

    Raises:
        NotFound: nothing that the reader may see goes by that name.
    """
    look = _Look(sight, sight.profile(name), on=on)
    flags = [*look.new_buyer(), *look.shared_address(sharers), *look.changed(), *look.owners(), *look.siblings()]
    return Flagged(
        company=look.profile.company,
        caption=look.profile.caption,
        on=on,
        flags=tuple(flag for flag in flags if flag.valid_from <= on),
        complete=look.complete,
        marking=combine(look.used),
    )


class _Look:
    """One look at one company, and the markings of what it has used."""

    def __init__(self, sight: Sight, profile: Profile, *, on: date) -> None:
        self.profile = profile
        self.owned: Ownership = ownership(sight, profile.company, on=on)
        self.used: list[Marking] = [profile.marking, self.owned.marking]
        self.complete = self.owned.complete and self.owned.all_around
        self._sight = sight
        self._on = on
        self._tables: RuleTables = rule_tables()

    def new_buyer(self) -> Iterator[RedFlag]:
        """Yield that it was founded after the invasion, in a country outside the coalition."""
        if not self.profile.countries or set(self.profile.countries) & self._tables.set("gecc").on(self._on):
            return
        where = ", ".join(country_name(code) for code in self.profile.countries)
        for day in sorted(set(self._days("incorporationDate"))):
            if INVASION < day <= self._on:
                yield self._flag(_NEW, f"founded on {day} in {where}: a sign if it buys items of tier 1 or 2")

    def shared_address(self, sharers: Sharers) -> Iterator[RedFlag]:
        """Yield who else is listed and gives an address of the company."""
        addresses = list(dict.fromkeys(self._values("address") + self._values("full")))
        self.complete &= len(addresses) <= ADDRESSES_MOST
        told: set[str] = set()
        for address in addresses[:ADDRESSES_MOST]:
            others = sorted(set(sharers(address)) - told - {self.profile.company})
            listed = self._sight.listed_by(others)
            found = [other for other in others if other in listed]
            self.complete &= len(found) <= SHARERS_MOST
            told.update(found)
            for other in found[:SHARERS_MOST]:
                its = self._sight.profile(other)
                self.used.append(its.marking)
                fact = f"gives the address of {its.caption}, listed by {_codes(listed[other])}: {address}"
                yield self._flag(_ADDRESS, f"{fact}; verify, an equal address is not an equal party", (other,))

    def changed(self) -> Iterator[RedFlag]:
        """Yield owners it has had only since it was listed, listed ones it has no more, and whom it has succeeded."""
        days = [one.listing.listed for one in self.profile.listings if one.listing.stands(self._on)]
        listed = min((day for day in days if day is not None), default=None)
        parties = {one.id: one for one in self.owned.parties}
        for tie in self.owned.ties:
            other = parties[tie.object]
            owner = tie.kind in ("owned-by", "controlled-by")
            after = f"it was listed on {listed}" if listed and tie.since and listed < tie.since else ""
            fact = ""
            if tie.subject != self.owned.company:
                continue
            if owner and tie.stands and after:
                fact = f"{other.caption} has had it since {tie.since}; {after}"
            elif owner and other.listed_by and tie.until is not None and tie.until <= self._on:
                fact = f"{other.caption}, which is listed, had it until {tie.until}"
            elif tie.kind == "successor-of" and tie.stands and (after or other.listed_by):
                fact = f"successor of {other.caption}{', which is listed' if other.listed_by else ''}"
                fact += f", since {tie.since}" if tie.since else ""
                fact += f"; {after}" if after else ""
            if fact:
                yield self._flag(_CHANGED, fact, _known(other))

    def owners(self) -> Iterator[RedFlag]:
        """Yield listed owners of whom the share is not known, or is not enough to count."""
        owners = [one for one in self.owned.parties if one.role == "owner" and one.rules]
        for verdict in self.owned.verdicts:
            named = [one for one in owners if verdict.rule in one.rules]
            if verdict.listed or not named:
                continue
            names = ", ".join(one.caption for one in named)
            ids = tuple(one.company for one in named if one.company)
            if verdict.red_flag or (verdict.verdict == "unknown" and verdict.rule == "us-bis"):
                fact = f"listed owners under {verdict.rule}: {names}; their share is {_share(verdict.share)}"
                yield self._flag(_SHARE, fact, ids)
            elif verdict.verdict == "no" and verdict.rule in ("us-bis", "us-ofac"):
                yield self._flag(_MINORITY, f"has the listed owners {names}{_state(verdict)}", ids)

    def siblings(self) -> Iterator[RedFlag]:
        """Yield the listed companies that an owner of it owns or controls too."""
        own = {tie.object for tie in self.owned.ties if tie.stands and tie.subject == self.owned.company}
        owners = [one for one in self.owned.parties if one.role == "owner" and one.company and one.id in own]
        self.complete &= len(owners) <= OWNERS_MOST
        for owner in owners[:OWNERS_MOST]:
            beside = ownership(self._sight, owner.company, on=self._on)
            self.complete &= beside.all_around
            standing = {tie.subject for tie in beside.ties if tie.stands and tie.object == beside.company}
            listed = [one for one in beside.parties if one.role == "held" and one.listed_by and one.id in standing]
            listed = [one for one in listed if one.company != self.profile.company]
            if listed:
                self.used.append(beside.marking)
                names = ", ".join(f"{one.caption} ({_codes(one.listed_by)})" for one in listed[:SHARERS_MOST])
                more = f" and {len(listed) - SHARERS_MOST} more" if len(listed) > SHARERS_MOST else ""
                fact = f"{owner.caption} also holds what is listed: {names}{more}"
                yield self._flag(_SIBLING, fact, (owner.company, *(one.company for one in listed[:SHARERS_MOST])))

    def _values(self, prop: str) -> list[str]:
        return [one.statement.value for one in self.profile.statements if one.statement.prop == prop]

    def _days(self, prop: str) -> Iterator[date]:
        """Yield the whole days among values of the company itself; a year alone is no day."""
        for one in self.profile.statements:
            if one.statement.prop == prop and one.statement.entity in self.profile.entities:
                try:
                    yield date.fromisoformat(one.statement.value[:10])
                except ValueError:
                    continue  # a year or a month, which nobody can tell the day of

    def _flag(self, name: str, fact: str, companies: Sequence[str] = ()) -> RedFlag:
        flag = self._tables.flag(name)
        return RedFlag(
            id=name,
            title=flag.title,
            fact=fact,
            citation=flag.citation,
            valid_from=flag.since,
            verified=flag.verified,
            companies=tuple(companies),
        )


def _known(party: Party) -> tuple[str, ...]:
    return (party.company,) if party.company else ()


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(code.upper() for code in codes)


def _share(share: Bounds) -> str:
    return f"{share.min} %" if share.min == share.max else f"{share.min} to {share.max} %"


def _state(verdict: Verdict) -> str:
    return "" if verdict.state == "in force" else f"; the rule {verdict.rule} is {verdict.state}: {verdict.citation}"
