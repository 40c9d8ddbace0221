# SPDX-License-Identifier: Apache-2.0
"""Undercut: whether a transaction is essentially identical to one that an authority has denied, with every reason.

A transaction is essentially identical if an item has essentially identical parameters and the end user or consignee is
the same; under some regimes the destination must be the same too. Each of these is same, different or unknown, and the
whole is as far apart as the furthest of them. Who is the same as whom comes in as an argument: nobody is looked up.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import Application, Item, Parameter
from highfence.model.denial import Denial, DeniedItem, exact
from highfence.rules.deadlines import known_deadline
from highfence.rules.tolerance import Likeness, Tolerances, plain_name, tolerances

Verdict = Literal["essentially identical", "cannot tell", "different"]
VERDICTS: Mapping[Likeness, Verdict] = {
    "same": "essentially identical",
    "unknown": "cannot tell",
    "different": "different",
}
_RANK: dict[Likeness, int] = {"different": 0, "unknown": 1, "same": 2}
#: Entries of control lists have five characters; below them come letters and numbers in turn.
_HEAD = 5
_STEP = re.compile(r"[A-Z]+|[0-9]+")


class UndercutRegime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a regime asks of others before they approve what one of them has denied. Words as in the table."""

    id: str
    title: str
    procedure: str
    destination: bool
    binds: bool
    citation: str
    since: date
    verified: bool
    answer: str = ""
    extended: str = ""
    review: str = ""
    lookback: str = ""
    notices: tuple[str, ...] = ()
    denial_notices: tuple[str, ...] = ()
    explain: str = ""
    advisory: bool = False
    waits: bool = True


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks a licence for: items, who gets them in which role, where they go, on which day."""

    items: tuple[Item, ...]
    end_users: tuple[str, ...]
    consignees: tuple[str, ...]
    destination: str
    on: date


class Sameness(msgspec.Struct, frozen=True, kw_only=True):
    """That a party of the transaction is one of the denial, or owned by it; `sure` is False while nobody has judged.

    `why` is a sentence for people, such as what matching found or the chain of owners.
    """

    party: str
    denied: str
    sure: bool
    why: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing came to, each sentence it rests on, and whether the denial is advisory only."""

    verdict: Verdict
    advisory: bool
    items: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def consult(self) -> bool:
        """Tell whether the denier has to be asked before an approval: it is not advisory and not surely different."""
        return not self.advisory and self.verdict != "different"


def compare(
    denial: Denial, transaction: Transaction, same: Iterable[Sameness], *, table: Tolerances | None = None
) -> Comparison:
    """Compare a denial in its state of the day with a transaction. Every pair has an answer."""
    who, parties, people = _parties(denial, transaction, list(same))
    if denial.pointer:
        told = (*people, "what was denied is not told here: its authority must be asked")
        verdict = VERDICTS[min(who, "unknown", key=_RANK.__getitem__)]
        return Comparison(verdict=verdict, advisory=False, parties=parties, sentences=told)
    what, items, things = _items(denial, transaction, table or tolerances())
    regime = undercut_regime(denial.regime)
    where, place = _destination(denial, transaction, regime)
    advisory, why = _advisory(denial, transaction.on, regime)
    return Comparison(
        verdict=VERDICTS[min((who, what, where), key=_RANK.__getitem__)],
        advisory=advisory,
        items=items,
        parties=parties,
        sentences=(*people, *things, *place, *why),
    )


def transaction_of(application: Application) -> Transaction:
    """Return an application as it is compared; a party with several roles stands in each of them."""
    return Transaction(
        items=application.items,
        end_users=tuple(one.id for one in application.parties if "end user" in one.roles),
        consignees=tuple(
            one.id for one in application.parties if {"consignee", "intermediate consignee"} & set(one.roles)
        ),
        destination=application.destination,
        on=application.on,
    )


def _parties(
    denial: Denial, transaction: Transaction, same: list[Sameness]
) -> tuple[Likeness, tuple[str, ...], list[str]]:
    """Return whether an end user or consignee is the same, who of the transaction is, and why."""
    best: Likeness = "different"
    who: dict[str, None] = {}
    sentences: list[str] = []
    for one in same:
        role, crossed = _role(one, denial, transaction)
        if not role:
            continue
        likeness: Likeness = "same" if one.sure and not crossed else "unknown"
        best = max(best, likeness, key=_RANK.__getitem__)
        who[one.party] = None
        also = f", {crossed} there" if crossed else ""
        sentences.append(f"{role} {one.party} {'is' if one.sure else 'may be'} a party of the denial{also}: {one.why}")
    if not sentences:
        sentences.append("neither the end user nor a consignee is a party of the denial, as far as is known")
    return best, tuple(who), sentences


def _role(one: Sameness, denial: Denial, transaction: Transaction) -> tuple[str, str]:
    """Return the role in the transaction and, if the party had only the other role in the denial, that one."""
    here = [
        (name, mine, theirs)
        for name, mine, theirs in (
            ("end user", transaction.end_users, denial.end_users),
            ("consignee", transaction.consignees, denial.consignees),
        )
        if one.party in mine
    ]
    if not here or one.denied not in denial.parties():
        return "", ""
    for name, _, theirs in here:
        if one.denied in theirs:
            return name, ""
    name = here[0][0]
    return name, "consignee" if name == "end user" else "end user"


def _items(denial: Denial, transaction: Transaction, table: Tolerances) -> tuple[Likeness, tuple[str, ...], list[str]]:
    """Return the nearest pair of items with its sentences, and the transaction's items that are as near as that."""
    pairs = [
        (item.id, *compare_items(denied, item, table=table)) for denied in denial.items for item in transaction.items
    ]
    if not pairs:
        return "unknown", (), ["the denial tells no item"]
    best = max((likeness for _, likeness, _ in pairs), key=_RANK.__getitem__)
    nearest = [(item, sentences) for item, likeness, sentences in pairs if likeness == best]
    told = list(dict.fromkeys(f"{item}: {sentence}" for item, sentences in nearest for sentence in sentences))
    return best, tuple(dict.fromkeys(item for item, _ in nearest)) if best != "different" else (), told


def compare_items(denied: DeniedItem, item: Item, *, table: Tolerances | None = None) -> tuple[Likeness, list[str]]:
    """Return whether two items have essentially identical parameters, with a sentence for each thing compared.

    Symmetric in the parameters. An item without a code, or with a parameter that only one of the two tells, is unknown.
    """
    table = table or tolerances()
    likeness, sentence = _codes(denied, item)
    sentences = [sentence]
    if likeness == "different":
        return likeness, sentences
    codes = tuple(code for code in (item.eccn, item.eu_code, denied.eccn, denied.eu_code, *item.national_codes) if code)
    theirs = {plain_name(one.name): one for one in _parameters(denied)}
    mine = {plain_name(one.name): one for one in item.parameters}
    for name in sorted({*theirs, *mine}):
        if name in theirs and name in mine:
            found, text = table.compare(mine[name], theirs[name], codes=codes)
        else:
            found, text = "unknown", f"{name} is told of only one of the two items"
        likeness = min(likeness, found, key=_RANK.__getitem__)
        sentences.append(text)
    if not theirs and not mine and likeness == "same":
        sentences.append("no parameter is told of either, so only their codes are compared")
    return likeness, sentences


def _parameters(denied: DeniedItem) -> Iterator[Parameter]:
    for one in denied.parameters:
        number = exact(one.value)
        if number is not None:
            yield Parameter(name=one.name, value=number, unit=one.unit)


def _codes(denied: DeniedItem, item: Item) -> tuple[Likeness, str]:
    """Compare where two items stand: on one list if both tell it, else the common beginning of Wassenaar's codes."""
    pairs = [(denied.eu_code, item.eu_code), (denied.eccn, item.eccn)]
    pairs += [(one, other) for one in denied.national_codes for other in item.national_codes]
    told = [(one, other) for one, other in pairs if one and other and "EAR99" not in (one, other)]
    for one, other in told:
        if _within(one, other):
            return "same", f"both stand under {min(one, other, key=len)}"
    if told:
        one, other = told[0]
        return "different", f"they stand under {other} and {one}"
    mine, theirs = item.eu_code or item.eccn, denied.eu_code or denied.eccn
    if mine and theirs and "EAR99" not in (mine, theirs):
        if mine[:_HEAD].upper() == theirs[:_HEAD].upper():
            return "same", f"both stand under {mine[:_HEAD].upper()}, on different lists"
        return "different", f"they stand under {mine} and {theirs}"
    if denied.hs and item.hs and denied.hs[:6] != item.hs[:6]:
        return "different", f"their HS codes are {item.hs[:6]} and {denied.hs[:6]}"
    if denied.hs and item.hs:
        return "unknown", f"both have the HS code {item.hs[:6]}, and no code of one control list in common"
    return "unknown", "no code of one list is told of both"


def _within(one: str, other: str) -> bool:
    """Tell whether one code is the other or a paragraph of it: what is told less closely may be the same."""
    short, long = sorted((_steps(one), _steps(other)), key=len)
    return long[: len(short)] == short


def _steps(code: str) -> list[str]:
    """Return a code as its entry and the steps below it: 3A001.a.10 and 3A001a10 are one."""
    return [code[:_HEAD].upper(), *_STEP.findall(code[_HEAD:].upper())]


def _destination(denial: Denial, transaction: Transaction, regime: UndercutRegime) -> tuple[Likeness, list[str]]:
    if denial.destination == transaction.destination:
        return "same", [f"both go to {transaction.destination}"]
    words = f"one goes to {transaction.destination}, the denied one went to {denial.destination}"
    if regime.destination:
        return "different", [words]
    return "same", [f"{words}, which makes no difference here ({regime.citation})"]


def _advisory(denial: Denial, on: date, regime: UndercutRegime) -> tuple[bool, list[str]]:
    """Tell whether nobody has to be consulted, with why: catch-all, a regime without that duty, or too long ago."""
    if denial.catch_all:
        return True, ["it is a catch-all denial, which no-undercut does not cover: it is shown as advice"]
    if regime.advisory:
        return True, [f"it is shown as advice: {regime.citation}"]
    decided = denial.decided or denial.denied
    if regime.lookback and decided is not None:
        counts = known_deadline(regime.lookback, event=decided)
        if counts is not None and counts.over(on):
            return True, [f"it counted until {counts.last_day}, further the regime does not look back: shown as advice"]
    return False, []


def undercut_regime(name: str) -> UndercutRegime:
    """Return what a regime asks; raises InvalidInput for one that there is not."""
    found = _regimes().get(name)
    if found is None:
        raise InvalidInput(
            f"there is no regime {name[:40]!r}", where="regime", advice=f"Use one of: {', '.join(sorted(_regimes()))}"
        )
    return found


def by_procedure(name: str) -> UndercutRegime:
    """Return the regime under which a procedure is asked; raises InvalidInput."""
    return undercut_regime("eu" if name == "eu-16" else name)


@cache
def _regimes() -> dict[str, UndercutRegime]:
    table = resources.files("highfence.rules").joinpath("tables", "undercut.toml").read_text("utf-8")
    found = msgspec.convert(tomllib.loads(table)["regimes"], tuple[UndercutRegime, ...])
    return {one.id: one for one in found}
