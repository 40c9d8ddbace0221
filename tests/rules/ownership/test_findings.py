# SPDX-License-Identifier: Apache-2.0
"""The eight vectors, the laws, and the fast engine against the slow one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model.interest import NO_SHARE, Control, Interest, Listed, Share, between, exactly
from highfence.model.interests import Interests
from highfence.rules.ownership.findings import WORDS, Findings
from highfence.rules.ownership.graph import Graph
from highfence.rules.ownership.lines import Lines
from highfence.rules.ownership.rulesets import RULES, RuleSet, rule_set, rule_sets

from .random_graphs import DAY, PARTIES, interest, interests, listed
from .reference import verdicts

rules_st = st.sampled_from(rule_sets())


def owns(owner: str, owned: str, share: int | str) -> Interest:
    return Interest(owner=owner, owned=owned, share=exactly(share))


def found(given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet, on: date = DAY) -> Findings:
    graph = Graph(Interests.of(given_interests, also=[*PARTIES, *(one.id for one in given_listed)]))
    return Findings(graph, rules, listed=given_listed, on=on)


def told(findings: Findings) -> dict[str, str]:
    return {party: WORDS[code] for party, code in zip(findings.graph.ids, findings.codes().tolist(), strict=True)}


def ask(party: str, given_interests: list[Interest], *names: str, rule: str = "us-ofac", on: date = DAY) -> str:
    return told(found(given_interests, [Listed(id=name) for name in names], rule_set(rule), on))[party]


VECTORS = {
    1: ([owns("X", "A", 50), owns("A", "B", 50)], ["X"], "B", "yes"),
    2: ([owns("X", "A", 50), owns("X", "B", 50), owns("A", "C", 25), owns("B", "C", 25)], ["X"], "C", "yes"),
    3: ([owns("X", "A", 50), owns("X", "B", 10), owns("A", "B", 40)], ["X"], "B", "yes"),
    4: ([owns("X", "A", 50), owns("X", "B", 25), owns("A", "C", 25), owns("B", "C", 25)], ["X"], "C", "no"),
    5: ([owns("X", "A", 25), owns("X", "B", 25), owns("A", "C", 50), owns("B", "C", 50)], ["X"], "C", "no"),
    6: ([owns("X", "A", 25), owns("Y", "A", 25)], ["X", "Y"], "A", "yes"),
    7: (
        [Interest(owner="X", owned="A", share=exactly(49), control=Control.YES), owns("Z", "A", 51)],
        ["X"],
        "A",
        "no",
    ),
    8: ([owns("X", "C", 35), owns("Y", "C", 15)], ["X", "Y"], "C", "yes"),
}


@pytest.mark.parametrize("number", VECTORS)
@pytest.mark.parametrize("rule", ["us-ofac", "us-bis"])
def test_the_eight_vectors_of_the_fifty_percent_rule(number: int, rule: str) -> None:
    given_interests, names, party, verdict = VECTORS[number]
    assert ask(party, given_interests, *names, rule=rule) == verdict


def test_the_strictest_owners_licence_policy_governs_however_small_its_share() -> None:
    given_listed = [Listed(id="X", policy="Case-by-case review"), Listed(id="Y", policy="Presumption of denial")]
    findings = found([owns("X", "C", 35), owns("Y", "C", 15), owns("C", "D", 60)], given_listed, rule_set("us-bis"))
    for party in ("C", "D"):
        policy = Lines(findings).verdict(party).policy
        assert policy is not None
        assert (policy.text, policy.of) == ("Presumption of denial", "Y")


def test_a_policy_that_cannot_be_ranked_counts_as_the_strictest_and_says_so() -> None:
    given_listed = [Listed(id="X", policy="Policy of denial"), Listed(id="Y", policy="See § 744.99")]
    policy = Lines(found([owns("X", "C", 50), owns("Y", "C", 5)], given_listed, rule_set("us-bis"))).verdict("C").policy
    assert policy is not None
    assert (policy.of, policy.ranked) == ("Y", False)


def test_control_counts_for_the_eu_and_the_uk_and_not_for_the_us() -> None:
    controls = [Interest(owner="X", owned="A", share=exactly(10), control=Control.YES)]
    assert {rule: ask("A", controls, "X", rule=rule) for rule in RULES} == {
        "us-ofac": "no",
        "us-bis": "no",
        "eu": "yes",
        "uk": "yes",
    }


def test_half_is_enough_but_for_the_uk_which_wants_more() -> None:
    half = [owns("X", "A", 50)]
    assert {rule: ask("A", half, "X", rule=rule) for rule in RULES} == {
        "us-ofac": "yes",
        "us-bis": "yes",
        "eu": "yes",
        "uk": "no",
    }
    assert ask("A", [owns("X", "A", "50.000000001")], "X", rule="uk") == "yes"


def test_the_uk_does_not_add_up_two_persons_shares_unless_they_act_jointly() -> None:
    shares = [owns("X", "A", 30), owns("Y", "A", 30)]
    assert ask("A", shares, "X", "Y", rule="uk") == "no"
    jointly = [Listed(id="X", jointly="the family"), Listed(id="Y", jointly="the family")]
    assert told(found(shares, jointly, rule_set("uk")))["A"] == "yes"


def test_the_uk_adds_up_what_one_person_holds_by_several_ways() -> None:
    shares = [owns("X", "A", 60), owns("X", "B", 60), owns("A", "C", 30), owns("B", "C", 30)]
    findings = found(shares, [Listed(id="X")], rule_set("uk"))
    assert told(findings)["C"] == "yes"
    assert {(step.owner, step.owned) for step in Lines(findings).verdict("C").chain} == {
        ("X", "A"),
        ("X", "B"),
        ("A", "C"),
        ("B", "C"),
    }


def test_an_owner_whose_share_is_not_known_makes_it_unknown() -> None:
    findings = found([Interest(owner="X", owned="A")], [Listed(id="X")], rule_set("us-bis"))
    verdict = Lines(findings).verdict("A")
    assert (verdict.verdict, verdict.red_flag) == ("unknown", "29")
    assert [(step.owner, step.owned) for step in verdict.chain] == [("X", "A")]


def test_an_unknown_share_cannot_be_more_than_what_others_surely_leave() -> None:
    assert ask("A", [Interest(owner="X", owned="A"), owns("Z", "A", 80)], "X") == "no"
    assert ask("A", [Interest(owner="X", owned="A"), owns("Z", "A", 50)], "X") == "unknown"


def test_contradictory_shares_bound_nothing() -> None:
    assert ask("A", [Interest(owner="X", owned="A"), owns("Z", "A", 80), owns("B", "A", 80)], "X") == "unknown"


def test_companies_that_own_each_other_hold_up_nobody() -> None:
    ring = [owns("A", "B", 100), owns("B", "A", 100)]
    assert ask("A", ring, "X") == "no"
    assert ask("B", [*ring, owns("X", "A", 50)], "X") == "yes"


@pytest.mark.parametrize(
    ("on", "state", "verdict"),
    [
        (date(2025, 9, 28), "not in force", "no"),
        (date(2025, 9, 29), "in force", "yes"),
        (date(2025, 11, 9), "in force", "yes"),
        (date(2025, 11, 10), "suspended", "no"),
        (date(2026, 11, 9), "suspended", "no"),
        (date(2026, 11, 10), "in force", "yes"),
    ],
)
def test_the_affiliates_rule_is_on_off_and_on_again(on: date, state: str, verdict: str) -> None:
    one = Lines(found([owns("X", "A", 50)], [Listed(id="X")], rule_set("us-bis"), on)).verdict("A")
    assert (one.state, one.verdict) == (state, verdict)


def test_an_interest_counts_from_its_first_day_until_the_day_it_ends() -> None:
    held = [Interest(owner="X", owned="A", share=exactly(60), since=date(2025, 10, 1), until=date(2025, 11, 1))]
    days = [date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 31), date(2025, 11, 1)]
    assert [ask("A", held, "X", on=day) for day in days] == ["no", "yes", "yes", "no"]


def test_a_day_before_the_table_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="says nothing about 1990-01-01"):
        ask("A", [], "X", on=date(1990, 1, 1))


@given(interests, listed, rules_st)
def test_the_fast_engine_says_what_the_slow_one_says(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet
) -> None:
    findings = found(given_interests, given_listed, rules)
    assert told(findings) == verdicts(findings.graph.ids, given_interests, given_listed, rules=rules, on=DAY)


Move = tuple[str, int, Interest, Listed]
moves = st.lists(
    st.tuples(
        st.sampled_from(("add", "change", "remove", "enlist", "delist")),
        st.integers(0, 99),
        interest(),
        st.builds(Listed, id=st.sampled_from((*PARTIES, "new")), jointly=st.sampled_from(("", "family"))),
    ),
    max_size=12,
)


@given(interests, listed, rules_st, moves)
def test_what_is_kept_while_things_change_is_what_comes_out_from_scratch(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet, given_moves: list[Move]
) -> None:
    findings = found(given_interests, given_listed, rules)
    graph = findings.graph
    now = {edge: graph.interest(edge) for edge in range(graph.edges)}
    names = {one.id: one for one in given_listed}
    for kind, number, one, entry in given_moves:
        before = told(findings)
        if kind == "add":
            edge = graph.add(one)
            now[edge] = one
            moved = findings.change(edge)
        elif kind in ("change", "remove"):
            if not now:
                continue
            edge = sorted(now)[number % len(now)]
            if kind == "remove":
                graph.remove(edge)
                del now[edge]
            else:
                now[edge] = Interest(
                    owner=now[edge].owner,
                    owned=now[edge].owned,
                    share=one.share,
                    control=one.control,
                    since=one.since,
                    until=one.until,
                )
                graph.change(edge, now[edge])
            moved = findings.change(edge)
        elif kind == "enlist":
            names[entry.id] = entry
            moved = findings.enlist(entry)
        else:
            counted = sorted(name for name, one_listed in names.items() if one_listed.stands(rules.rule, DAY))
            if not counted:
                continue
            name = counted[number % len(counted)]
            del names[name]
            moved = findings.delist(name)
        after = told(findings)
        expected = verdicts(graph.ids, list(now.values()), list(names.values()), rules=rules, on=DAY)
        assert after == expected
        changed = {party for party in after if before.get(party, "no") != after[party]}
        assert changed <= {graph.ids[party] for party in moved.tolist()}
    fresh = found(list(now.values()), list(names.values()), rules)
    for party in fresh.graph.ids:
        mine, theirs = Lines(findings).verdict(party), Lines(fresh).verdict(party)
        assert (mine.verdict, mine.share) == (theirs.verdict, theirs.share)


@given(interests, listed, rules_st, st.sampled_from(PARTIES))
def test_one_more_on_the_list_never_turns_yes_or_unknown_into_less(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet, more: str
) -> None:
    others = [one for one in given_listed if one.id != more]
    before = found(given_interests, others, rules).codes()
    after = found(given_interests, [*others, Listed(id=more)], rules)
    index = after.graph.interests.index
    again = [after.codes()[index[party]] for party in found(given_interests, others, rules).graph.ids]
    assert (np.array(again) >= before).all()


@given(st.lists(interest(), min_size=1, max_size=16), listed, rules_st, st.data())
def test_knowing_a_share_better_never_turns_an_answer_into_its_opposite(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(given_interests) - 1))
    one = given_interests[place]
    low = data.draw(st.integers(one.share.low, one.share.high))
    high = data.draw(st.integers(low, one.share.high))
    narrowed = [*given_interests]
    narrowed[place] = Interest(
        owner=one.owner,
        owned=one.owned,
        share=Share(low, high),
        control=one.control,
        since=one.since,
        until=one.until,
    )
    before, after = told(found(given_interests, given_listed, rules)), told(found(narrowed, given_listed, rules))
    assert [
        (party, before[party], after[party]) for party in before if {before[party], after[party]} == {"yes", "no"}
    ] == []


@given(interests, listed, rules_st)
def test_a_chain_proves_its_verdict(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet
) -> None:
    """With the interests of its chain alone, and with nothing else, a yes is a yes and an unknown at least that."""
    findings = found(given_interests, given_listed, rules)
    lines = Lines(findings)
    for party in findings.graph.ids:
        verdict = lines.verdict(party)
        steps = [
            Interest(
                owner=step.owner,
                owned=step.owned,
                share=between(str(step.share.min), str(step.share.max)),
                control=Control.MAYBE if step.control is None else Control.YES if step.control else Control.NO,
            )
            for step in verdict.chain
        ]
        alone = ask_listed(party, steps, given_listed, rules)
        assert alone == verdict.verdict or (verdict.verdict == "unknown" and alone == "yes")
        caught = {one.id for one in given_listed}
        for step in verdict.chain if verdict.verdict == "yes" else ():
            assert step.owner in caught
            caught.add(step.owned)


def ask_listed(party: str, steps: list[Interest], given_listed: list[Listed], rules: RuleSet) -> str:
    return told(found(steps, given_listed, rules))[party]


@given(interests, listed, rules_st)
def test_lines_made_all_at_once_are_those_made_one_by_one(
    given_interests: list[Interest], given_listed: list[Listed], rules: RuleSet
) -> None:
    import msgspec

    from highfence.rules.ownership.verdict import Verdict

    findings = found(given_interests, given_listed, rules)
    together = [msgspec.json.decode(line, type=Verdict) for line in Lines(findings, everything=True).all()]
    assert together == [Lines(findings).verdict(party) for party in findings.graph.ids]


def test_a_removed_interest_holds_nothing() -> None:
    findings = found([owns("X", "A", 60), owns("A", "B", 60)], [Listed(id="X")], rule_set("us-ofac"))
    findings.graph.remove(0)
    moved = findings.change(0)
    assert told(findings)["B"] == "no"
    assert {findings.graph.ids[party] for party in moved.tolist()} == {"A", "B"}
    assert findings.held_share(0) == NO_SHARE


def test_a_change_reaches_no_further_than_it_must() -> None:
    findings = found(
        [owns("X", "A", 60), owns("A", "B", 60), owns("B", "C", 60)], [Listed(id="X")], rule_set("us-ofac")
    )
    graph = findings.graph
    edge = next(one for one in range(3) if graph.ids[int(graph.owner[one])] == "A")
    graph.change(edge, owns("A", "B", 70))
    assert {graph.ids[party] for party in findings.change(edge).tolist()} == {"B"}


def test_a_long_chain_is_cut_and_says_where_it_goes_on() -> None:
    line = [owns("X", "n0", 60), *(owns(f"n{number}", f"n{number + 1}", 60) for number in range(200))]
    verdict = Lines(found(line, [Listed(id="X")], rule_set("us-ofac"))).verdict("n200")
    assert verdict.verdict == "yes"
    assert len(verdict.chain) == 50
    assert verdict.chain[-1].owned == "n200"
    assert verdict.continues == (verdict.chain[0].owner,)


def test_shares_are_told_within_the_whole() -> None:
    verdict = Lines(
        found([Interest(owner="X", owned="A"), owns("Z", "A", 30)], [Listed(id="X")], rule_set("us-ofac"))
    ).verdict("A")
    assert (verdict.share.min, verdict.share.max) == (0, 70)
