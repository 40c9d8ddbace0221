# SPDX-License-Identifier: Apache-2.0
"""Figures of who lists whom, against counting by hand; what is withheld follows from nothing that is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, permutations
from statistics import median

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.marking import Marking
from highfence.register.alignment import ListingRow
from highfence.register.conflict import Act
from highfence.register.figures import Alignment, PairFigures, Selection
from highfence.register.ledger import NOTHING, Ledger, Told

TODAY = date(2026, 11, 24)
DAYS = (None, date(2022, 3, 1), date(2024, 1, 1), date(2024, 1, 31), TODAY, date(2027, 1, 1))
COMPANIES = ("acme", "bolt", "cera", "dune", "edge", "flux", "grit")
PROGRAMMES = ("Entity List", "Sanctions")


def row(company: str, jurisdiction: str, listed: date | None = None, **changes: object) -> ListingRow:
    fields: dict[str, object] = {
        "caption": company.title(),
        "countries": ("cn",),
        "programme": "Sanctions",
        "schema": "Company",
        "marking": "m",
        **changes,
    }
    return ListingRow(company=company, jurisdiction=jurisdiction, listed=listed, **fields)  # type: ignore[arg-type]


def told(*rows: ListingRow, acts: Sequence[Act] = ()) -> Told:
    return tuple(rows), tuple(acts)


def aligned(ledger: Ledger, on: date = TODAY) -> Alignment:
    return ledger.alignment(on, lambda names: Marking(caveats=tuple(names)))


def of(report: Alignment, first: str, second: str) -> PairFigures:
    return next(one for one in report.pairs if (one.first, one.second) == (first, second))


rows = st.builds(
    row,
    st.just(""),
    st.sampled_from(("us", "eu", "jp")),
    st.sampled_from(DAYS),
    until=st.sampled_from((None, None, *DAYS)),
    programme=st.sampled_from(PROGRAMMES),
    countries=st.sampled_from(((), ("cn",), ("cn", "ru"))),
    areas=st.sampled_from(((), (), ("nuclear",), ("nuclear", "quantum"))),
    schema=st.sampled_from(("Company", "Company", "Vessel", "Person")),
    careful=st.sampled_from((False, False, True)),
)
steps = st.lists(st.tuples(st.sampled_from(COMPANIES), st.lists(rows, max_size=4)), max_size=14)


def by_hand(everything: dict[str, list[ListingRow]], on: date) -> dict[str, dict[str, list[ListingRow]]]:
    """Return company -> jurisdiction -> standing listings, of companies and other bodies."""
    found: dict[str, dict[str, list[ListingRow]]] = {}
    for company, some in everything.items():
        for one in some:
            if one.schema != "Person" and one.stands(on):
                found.setdefault(company, {}).setdefault(one.jurisdiction, []).append(one)
    return found


def lags_by_hand(standing: dict[str, dict[str, list[ListingRow]]], first: str, second: str) -> list[int]:
    lags = []
    for its in standing.values():
        days = [[one.listed for one in its.get(code, ()) if one.listed] for code in (first, second)]
        if all(days):
            lags.append((min(days[1]) - min(days[0])).days)
    return sorted(lags)


def both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Return for every company whom it is like, an empty mapping of one that is like nobody."""
    alike: dict[str, dict[str, float]] = {company: {} for company in COMPANIES}
    for one, other in pairs:
        alike[one][other] = alike[other][one] = 0.8
    return alike


likenings = st.lists(st.sampled_from(list(combinations(COMPANIES, 2))), max_size=4)


@given(st.lists(st.one_of(steps, likenings), max_size=6))
def test_doubts_kept_up_one_by_one_are_those_counted_at_once(changes):
    ledger, everything, alike = Ledger(), {}, both_ways(())
    aligned(ledger)
    for change in changes:
        for one in change:
            if isinstance(one[1], str):
                alike = both_ways(change)
                ledger.liken(alike)
                break
            company, its = one
            everything[company] = its
            ledger.put(company, told(*its))
        anew = Ledger({company: told(*its) for company, its in everything.items()}, alike)
        assert aligned(ledger) == aligned(anew)
        assert ledger.widest(TODAY, limit=99) == anew.widest(TODAY, limit=99)


@given(steps)
def test_what_is_put_one_by_one_counts_as_counted_by_hand(some):
    ledger, everything = Ledger(), {}
    aligned(ledger)
    for company, its in some:
        everything[company] = its
        ledger.put(company, told(*its))
    assert aligned(ledger) == aligned(Ledger({company: told(*its) for company, its in everything.items()}))
    for on in (TODAY, date(2024, 1, 15)):
        standing = by_hand(everything, on)
        plain = Ledger({company: told(*map(at_ease, its)) for company, its in everything.items()})
        report = aligned(plain, on)
        jurisdictions = sorted({code for its in standing.values() for code in its})
        assert report.companies == len(standing)
        assert report.listed == {code: sum(code in its for its in standing.values()) for code in jurisdictions}
        assert [(one.first, one.second) for one in report.pairs] == list(permutations(jurisdictions, 2))
        for one in report.pairs:
            both = sum(one.first in its and one.second in its for its in standing.values())
            lags = lags_by_hand(standing, one.first, one.second)
            assert (one.both, one.only) == (both, report.listed[one.first] - both)
            assert (one.lags.dated, one.lags.median_days) == (len(lags), median(lags) if lags else None)
            assert (one.lags.later, one.lags.earlier) == (sum(x > 0 for x in lags), sum(x < 0 for x in lags))
            assert sum(year.dated for year in one.lags.years) == len(lags)
        for one in report.programmes:
            under = [its for its in standing.values() if named(its.get(one.jurisdiction, ()), one.programme)]
            assert one.listed == len(under)
            assert one.also == {c: sum(c in its for its in under) for c in jurisdictions if c != one.jurisdiction}
        for one in report.countries:
            of_it = [
                its for its in standing.values() if any(one.country in x.countries for y in its.values() for x in y)
            ]
            assert one.listed == len(of_it)
            assert one.by == {code: sum(code in its for its in of_it) for code in jurisdictions}
        named_in = {area for its in standing.values() for y in its.values() for x in y for area in x.areas}
        assert {one.area for one in report.technologies} == named_in
        for one in report.technologies:
            of_it = [its for its in standing.values() if any(one.area in x.areas for y in its.values() for x in y)]
            assert one.listed == len(of_it)
            assert one.by == {code: sum(code in its for its in of_it) for code in jurisdictions}


def at_ease(one: ListingRow) -> ListingRow:
    return ListingRow(**{name: getattr(one, name) for name in one.__struct_fields__ if name != "careful"})


def named(some: Sequence[ListingRow], programme: str) -> bool:
    return any(one.programme == programme for one in some)


@given(steps)
def test_the_companies_behind_a_figure_are_as_many_as_it_says(some):
    ledger = Ledger({company: told(*its) for company, its in some})
    report = aligned(ledger)

    def total(**wanted: object) -> int | None:
        chosen = ledger.select(Selection(**wanted), TODAY)  # type: ignore[arg-type]
        assert chosen.withheld == (chosen.total is None)
        assert len(chosen.companies) == (chosen.total or 0)
        return chosen.total

    for one in report.pairs:
        if one.both is not None:
            assert total(by=(one.first, one.second)) == one.both
            assert total(by=(one.first,), not_by=(one.second,)) == one.only
        for year in one.lags.years:
            assert total(by=(one.first, one.second), year=year.year) == year.dated
    for one in report.programmes:
        for code, count in one.also.items():
            if count is not None and len({p.jurisdiction for p in report.programmes}) == 1:
                assert total(by=(one.jurisdiction, code), programme=one.programme) == count
    for one in report.countries:
        for code, count in one.by.items():
            if count is not None:
                assert total(by=(code,), country=one.country) == count
    for one in report.technologies:
        if one.listed is not None:
            assert total(area=one.area) == one.listed
        for code, count in one.by.items():
            if count is not None:
                assert total(by=(code,), area=one.area) == count


def small(companies: list[list[ListingRow]]) -> bool:
    return 0 < len(companies) < 3 and any(one.careful for its in companies for one in its)


@given(steps)
def test_no_small_count_of_what_asks_for_none_is_told_or_follows_from_what_is(some):
    everything = dict(some)
    report = aligned(Ledger({company: told(*its) for company, its in everything.items()}))
    if not any(one.careful for its in everything.values() for one in its):
        assert b"null" not in msgspec.json.encode(
            report.pairs + report.programmes + report.countries + report.technologies
        ).replace(b'_days":null', b"")
    standing = by_hand(everything, TODAY)
    flat = {company: [one for its in by.values() for one in its] for company, by in standing.items()}

    def holding(*codes: str, without: str = "") -> list[list[ListingRow]]:
        return [flat[c] for c, by in standing.items() if set(codes) <= set(by) and without not in by]

    for code, count in report.listed.items():
        assert count is None or not small(holding(code))
    for one in report.pairs:
        parts = (
            holding(one.first, one.second),
            holding(one.first, without=one.second),
            holding(one.second, without=one.first),
        )
        assert one.both is None or not any(map(small, parts))
        assert one.only is None or one.both is not None
    for one in report.programmes:
        whole = [c for c, by in standing.items() if named(by.get(one.jurisdiction, ()), one.programme)]
        for code, count in one.also.items():
            there = [flat[c] for c in whole if code in standing[c]]
            rest = [flat[c] for c in whole if code not in standing[c]]
            assert count is None or not (small(there) or small(rest))


def test_a_marking_that_asks_withholds_counts_under_three_and_the_list_behind_them():
    two = {name: told(row(name, "us", careful=True), row(name, "eu")) for name in ("acme", "bolt")}
    ledger = Ledger({**two, "cera": told(row("cera", "us")), "dune": told(row("dune", "eu"))})
    pair = of(aligned(ledger), "us", "eu")
    assert (pair.listed, pair.both, pair.only) == (3, None, None)
    chosen = ledger.select(Selection(by=("us", "eu")), TODAY)
    assert (chosen.withheld, chosen.total, chosen.companies) == (True, None, ())
    ledger.put("edge", told(row("edge", "us"), row("edge", "eu")))
    assert of(aligned(ledger), "us", "eu").both == 3


def test_lags_have_quartiles_and_years_and_turn_their_sign_with_the_pair():
    days = {"acme": 10, "bolt": 20, "cera": 40, "dune": 80, "edge": -10}
    start = date(2024, 6, 1)
    ledger = Ledger(
        {
            name: told(row(name, "us", start), row(name, "eu", date.fromordinal(start.toordinal() + lag)))
            for name, lag in days.items()
        }
    )
    here, there = of(aligned(ledger), "us", "eu").lags, of(aligned(ledger), "eu", "us").lags
    assert (here.dated, here.later, here.earlier) == (5, 4, 1)
    assert (here.lower_quartile_days, here.median_days, here.upper_quartile_days) == (10, 20, 40)
    assert [(one.year, one.dated) for one in here.years] == [(2024, 5)]
    assert (there.later, there.earlier, there.median_days) == (1, 4, -20)


def test_who_may_be_listed_there_already_is_counted_beside():
    ledger = Ledger({"acme": told(row("acme", "us", programme="Entity List")), "acme2": told(row("acme2", "eu"))})
    ledger.liken({"acme": {"acme2": 0.8}, "acme2": {"acme": 0.8}, "gone": {"acme": 0.9}})
    report = aligned(ledger)
    assert (of(report, "us", "eu").perhaps, of(report, "eu", "us").perhaps) == (1, 1)
    assert next(one for one in report.programmes if one.programme == "Entity List").perhaps == {"eu": 1}


def test_the_widest_gap_is_of_whom_most_list_longest_under_the_weightiest_programme():
    ledger = Ledger(
        {
            "acme": told(row("acme", "us", date(2020, 1, 1), programme="Entity List"), row("acme", "jp")),
            "bolt": told(row("bolt", "us", date(2025, 1, 1), programme="Entity List"), row("bolt", "jp")),
            "cera": told(row("cera", "us"), row("cera", "eu"), row("cera", "jp")),
            "dune": told(row("dune", "us", date(2020, 1, 1))),
        }
    )
    wide = ledger.widest(TODAY, limit=9)
    assert [one.company for one in wide] == ["acme", "bolt", "dune"]
    first = wide[0]
    assert (first.agreement, first.sensitivity, first.age, first.score) == (33.3, 30.0, 20.0, 83.3)
    assert (first.listed_by, first.missing_from, first.since) == (("jp", "us"), ("eu",), date(2020, 1, 1))


def test_one_who_took_it_off_while_another_lists_it_is_a_conflict():
    ledger = Ledger(
        {
            "acme": told(row("acme", "us", date(2022, 3, 1)), row("acme", "uk", until=date(2026, 1, 5))),
            "bolt": told(row("bolt", "us"), row("bolt", "us", until=date(2026, 1, 5))),
            "cera": told(row("cera", "uk", until=date(2026, 1, 5))),
        }
    )
    (found,) = ledger.conflicts(TODAY)
    assert (found.kind, found.company, found.one, found.other) == ("delisted", "acme", "us", "uk")
    assert (found.day, found.since) == (date(2026, 1, 5), date(2022, 3, 1))
    assert aligned(ledger).conflicts == 1


def test_a_decision_of_one_who_does_not_list_it_stands_against_a_listing_or_a_denial():
    granted = Act(assertion="d1", originator="nl", kind="decision", text="Licence granted", marking="m")
    denied = Act(assertion="d2", originator="jp", kind="denial", text="Refused", marking="m")
    ledger = Ledger(
        {
            "acme": told(row("acme", "us"), acts=(granted,)),
            "bolt": told(acts=(granted, denied)),
            "cera": told(row("cera", "nl"), acts=(granted,)),
            "dune": told(acts=(denied,)),
        }
    )
    assert [(one.company, one.one, one.other, one.text) for one in ledger.conflicts(TODAY)] == [
        ("acme", "us", "nl", "Licence granted"),
        ("bolt", "jp", "nl", "Licence granted"),
    ]


def test_what_is_forgotten_leaves_nothing():
    ledger = Ledger()
    before = aligned(ledger)
    ledger.put("acme", told(row("acme", "us", date(2022, 3, 1)), row("acme", "eu", date(2024, 1, 1))))
    assert aligned(ledger).marking.caveats == ("m",)
    ledger.put("acme", NOTHING)
    assert aligned(ledger) == before


def test_who_perhaps_lists_it_is_not_missing_in_the_ranking():
    ledger = Ledger(
        {"acme": told(row("acme", "us")), "acme2": told(row("acme2", "eu")), "bolt": told(row("bolt", "jp"))},
        {"acme": {"acme2": 0.8}, "acme2": {"acme": 0.8}},
    )
    first = next(one for one in ledger.widest(TODAY, limit=9) if one.company == "acme")
    assert (first.listed_by, first.missing_from, first.perhaps) == (("us",), ("jp",), ("eu",))
