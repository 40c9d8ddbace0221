# SPDX-License-Identifier: Apache-2.0
"""The handling rules said once more, slowly and plainly, and random cases to compare them with the real ones."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from highfence.model.agreement import Agreement, Suspension
from highfence.model.authority import Authority, Membership
from highfence.model.marking import (
    CLASSIFICATIONS,
    CREDIBILITY,
    DISCLOSURES,
    PAP,
    PURPOSES,
    RELIABILITY,
    TLP,
    Marking,
)
from highfence.rules.handling import Reader, ReleaseQuestion

#: How many random cases are compared, and the number they grow from; the acceptance run takes 100000 cases.
CASES = int(os.environ.get("HIGHFENCE_CASES", "4000"))
SEED = int(os.environ.get("HIGHFENCE_SEED", "20261124"))

TODAY = date(2026, 11, 24)
CODES = ("eu", "jp", "nl", "uk", "us")
STRANGER = "xx"
DAYS = tuple(TODAY + timedelta(days=offset) for offset in (-400, -1, 0, 1, 400))


GROUPS = {"us": ("five",), "jp": ("five", "two"), "nl": ("two",)}


def membership(*agreements: Agreement, expires: date = date(2026, 12, 20), ceiling: str = "RESTRICTED") -> Membership:
    """Return a membership of five authorities; the Japanese one has the given ceiling."""
    return Membership(
        version=7,
        issued=datetime(2026, 11, 20, tzinfo=UTC),
        expires=datetime(expires.year, expires.month, expires.day, 12, tzinfo=UTC),
        threshold=2,
        authorities=tuple(
            Authority(
                code=code,
                name=f"Authority {code}",
                country=code,
                contact=f"desk@{code}.example",
                ceiling=ceiling if code == "jp" else "RESTRICTED",
                groups=GROUPS.get(code, ()),
            )
            for code in CODES
        ),
        agreements=agreements,
    )


def agreement(**changes: object) -> Agreement:
    """Return an agreement of all five for export control and sanctions, in force in 2026."""
    fields: dict[str, object] = {
        "id": "five-2026",
        "title": "Exchange of the five",
        "parties": CODES,
        "legal_basis": "Arrangement of 2026, Article 3",
        "purposes": ("export-control", "sanctions"),
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
    }
    return Agreement(**{**fields, **changes})  # type: ignore[arg-type]


def plain_refusal(marking: Marking, question: ReleaseQuestion) -> str:
    """Return the first reason against a release, or an empty text: the rules as a person would read them out."""
    members = {member.code: member for member in question.membership.authorities}
    own = question.recipient == question.originator
    recalled = question.recall and question.kind in ("", "correction", "withdrawal")
    if not _all_words_known(marking):
        return "unknown_word"
    for code in (question.originator, question.releaser, question.recipient):
        if code not in members:
            return "not_a_member"
    if question.on > question.membership.expires.date():
        return "membership_expired"
    if marking.expires and marking.expires < question.on and not own and not recalled:
        return "expired"
    joined = marking.later_members and not set(marking.groups).isdisjoint(
        ["members", *members[question.recipient].groups]
    )
    if question.recipient not in marking.releasable_to and not own and not recalled and not joined:
        return "not_releasable"
    onward = question.releaser != question.originator and not own
    if onward and marking.originator_control and question.recipient not in question.consents:
        return "originator_control"
    ladder = ["PUBLIC", "SENSITIVE", "RESTRICTED"]
    ceiling = members[question.recipient].ceiling
    if ceiling not in ladder or ladder.index(marking.classification) > ladder.index(ceiling):
        return "above_ceiling"
    named_alone = question.recipient in marking.releasable_to and len(marking.groups) == 0
    if marking.tlp == "RED" and not own and not named_alone:
        return "tlp_red"
    if marking.disclosure != "release":
        return "view_only"
    if not recalled:
        return _plain_agreement(marking, question)
    return ""


def plain_view_refusal(marking: Marking, reader: Reader, on: date, originator: str) -> str:
    """Return the first reason against showing it, or an empty text."""
    own = reader.authority == originator
    ladder = ["PUBLIC", "SENSITIVE", "RESTRICTED"]
    if not _all_words_known(marking):
        if not own or reader.ceiling != "RESTRICTED":
            return "unknown_word"
        known = set(marking.purposes).intersection(PURPOSES)
        if not marking.purposes or known.intersection(reader.purposes):
            return ""
        return "purpose"
    if not own:
        if marking.expires and marking.expires < on:
            return "expired"
        joined = marking.later_members and not set(marking.groups).isdisjoint(reader.groups)
        if reader.authority not in marking.releasable_to and not joined:
            return "not_releasable"
    if reader.ceiling not in ladder or ladder.index(marking.classification) > ladder.index(reader.ceiling):
        return "above_clearance"
    if not own and marking.tlp == "RED" and marking.groups:
        return "tlp_red"
    if marking.purposes and not set(marking.purposes).intersection(reader.purposes):
        return "purpose"
    return ""


def _all_words_known(marking: Marking) -> bool:
    return (
        marking.tlp in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
        and marking.classification in ("PUBLIC", "SENSITIVE", "RESTRICTED")
        and marking.pap in ("CLEAR", "GREEN", "AMBER", "RED")
        and marking.reliability in "ABCDEF"
        and marking.credibility in (1, 2, 3, 4, 5, 6)
        and marking.disclosure in ("release", "view")
        and all(purpose in PURPOSES for purpose in marking.purposes)
    )


def _plain_agreement(marking: Marking, question: ReleaseQuestion) -> str:
    suspended = False
    for one in question.membership.agreements:
        if question.releaser not in one.parties or question.recipient not in one.parties:
            continue
        if marking.purposes and not set(marking.purposes).intersection(one.purposes):
            continue
        if not one.purposes or question.on < one.valid_from or (one.valid_to and question.on > one.valid_to):
            continue
        if any(
            pause.since <= question.on and (not pause.until or question.on <= pause.until) for pause in one.suspensions
        ):
            suspended = True
            continue
        return ""
    return "agreement_suspended" if suspended else "no_agreement"


def random_marking(dice: random.Random) -> Marking:
    """Return a marking that is often releasable, sometimes not, and now and then has a word nobody knows."""

    def word(words: tuple[str, ...]) -> str:
        return "MAUVE" if dice.random() < 0.015 else dice.choice(words)

    return Marking(
        tlp=word(TLP),
        classification=word(CLASSIFICATIONS),
        releasable_to=tuple(code for code in (*CODES, STRANGER) if dice.random() < 0.75),
        groups=dice.choice((("five",), ("members",), ("none", "two"))) if dice.random() < 0.4 else (),
        later_members=dice.random() < 0.3,
        originator_control=dice.random() < 0.5,
        purposes=tuple(word(PURPOSES) for _ in range(dice.choice((0, 0, 1, 2)))),
        caveats=("source-protected",) if dice.random() < 0.3 else (),
        expires=dice.choice((None, None, *DAYS)),
        retain_until=dice.choice((None, *DAYS)),
        reliability=word(RELIABILITY),
        credibility=9 if dice.random() < 0.015 else dice.choice(CREDIBILITY),
        pap=word(PAP),
        disclosure="view" if dice.random() < 0.2 else word(DISCLOSURES[:1]),
    )


def random_question(dice: random.Random) -> ReleaseQuestion:
    """Return a question among the five authorities, now and then with a stranger, with up to three agreements."""
    originator, recipient = dice.sample(CODES, 2)
    agreements = [
        Agreement(
            id=f"agreement-{number}",
            title="Exchange",
            parties=tuple(code for code in CODES if dice.random() < 0.85),
            legal_basis="Article 3",
            purposes=tuple(purpose for purpose in PURPOSES if dice.random() < 0.6),
            valid_from=dice.choice(DAYS[:3]),
            valid_to=dice.choice((None, None, *DAYS)),
            suspensions=(Suspension(since=dice.choice(DAYS), until=dice.choice((None, TODAY))),)
            if dice.random() < 0.4
            else (),
        )
        for number in range(dice.randint(0, 3))
    ]
    return ReleaseQuestion(
        originator=STRANGER if dice.random() < 0.03 else originator,
        releaser=originator if dice.random() < 0.6 else dice.choice(CODES),
        recipient=dice.choice((originator, STRANGER)) if dice.random() < 0.08 else recipient,
        membership=membership(
            *agreements,
            expires=dice.choice(DAYS[1:]) if dice.random() < 0.3 else DAYS[-1],
            ceiling=dice.choice((*CLASSIFICATIONS, "SECRET")),
        ),
        on=TODAY,
        kind=dice.choice(("", "facts", "correction", "withdrawal")),
        recall=dice.random() < 0.2,
        consents=frozenset(code for code in CODES if dice.random() < 0.3),
    )


def random_reader(dice: random.Random) -> Reader:
    """Return a person of one of the five authorities or of none."""
    return Reader(
        authority=dice.choice((*CODES, STRANGER)),
        ceiling=dice.choice((*CLASSIFICATIONS, *CLASSIFICATIONS, "SECRET", "")),
        purposes=tuple(purpose for purpose in PURPOSES if dice.random() < 0.5),
        name="Reader",
        groups=tuple(group for group in ("members", "five", "two") if dice.random() < 0.4),
    )


def _ladder(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from((*words, *words, "MAUVE"))


def _some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=4).map(tuple)


markings = st.builds(
    Marking,
    tlp=_ladder(TLP),
    classification=_ladder(CLASSIFICATIONS),
    releasable_to=_some(CODES),
    groups=st.sampled_from(((), (), ("five",), ("members",))),
    later_members=st.booleans(),
    originator_control=st.booleans(),
    purposes=_some((*PURPOSES, "none", "MAUVE")) | st.just(()),
    caveats=_some(("source-protected", "no-contact")),
    expires=st.sampled_from((None, *DAYS)),
    retain_until=st.sampled_from((None, *DAYS)),
    reliability=_ladder(RELIABILITY),
    credibility=st.sampled_from((*CREDIBILITY, *CREDIBILITY, 0, 9)),
    pap=_ladder(PAP),
    disclosure=_ladder(DISCLOSURES),
)
