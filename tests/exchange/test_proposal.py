# SPDX-License-Identifier: Apache-2.0
"""The next membership document: each change, what it does to the rest, and how it is told in words."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from highfence.errors import InvalidDocument, InvalidInput, Refused
from highfence.exchange.differences import differences
from highfence.exchange.keys import SigningKey
from highfence.exchange.proposal import Changes, Pause, propose
from highfence.exchange.rotation import ask_rotation, read_rotation
from highfence.model.agreement import Agreement, Suspension
from highfence.model.authority import Authority, Membership
from nodes import NOON

KEYS = {code: SigningKey.from_seed(code.encode() * 16) for code in ("us", "eu", "nl", "cy")}
NEW = SigningKey.from_seed(b"n" * 32)
PREVIOUS = "a" * 64


def authority(code: str, **changes: object) -> Authority:
    """Return an authority."""
    fields: dict[str, object] = {"name": f"Authority {code}", "country": code, "keys": (KEYS[code].public,), **changes}
    return Authority(code=code, **fields)  # type: ignore[arg-type]


def agreement(name: str, *parties: str) -> Agreement:
    """Return an agreement."""
    return Agreement(
        id=name,
        title=f"Agreement {name}",
        parties=parties,
        legal_basis="Article 1",
        purposes=("sanctions",),
        valid_from=date(2026, 1, 1),
    )


CURRENT = Membership(
    version=4,
    issued=NOON - timedelta(days=1),
    expires=NOON + timedelta(days=29),
    threshold=2,
    authorities=tuple(authority(code) for code in ("us", "eu", "nl")),
    agreements=(agreement("all", "us", "eu", "nl"), agreement("two", "us", "nl")),
)


def proposed(**changes: object) -> Membership:
    """Return the document that follows with these changes."""
    return propose(CURRENT, Changes(**changes), previous=PREVIOUS, issued=NOON)  # type: ignore[arg-type]


def words(**changes: object) -> str:
    """Return what a person reads of these changes."""
    return "\n".join(differences(CURRENT, proposed(**changes))[1:])


def test_without_changes_it_is_a_renewal_for_thirty_days():
    renewed = proposed()
    assert (renewed.version, renewed.previous, renewed.expires) == (5, PREVIOUS, NOON + timedelta(days=30))
    assert (renewed.authorities, renewed.agreements, renewed.threshold) == (CURRENT.authorities, CURRENT.agreements, 2)
    assert differences(CURRENT, renewed) == ("Version 4 becomes version 5, good until 2026-12-24 12:00 UTC.",)


def test_a_newcomer_is_admitted():
    cy = authority("cy", groups=("members-eu",), endpoint="https://cy.example")
    assert proposed(admitted=(cy,)).authority("cy") == cy
    assert "CY (Authority cy) is admitted as member, groups members-eu" in words(admitted=(cy,))
    assert KEYS["cy"].public.id in words(admitted=(cy,))


def test_who_leaves_stays_known_and_is_party_to_nothing():
    gone = proposed(removed=("nl",))
    assert (gone.codes(), gone.known("nl")) == (("eu", "us"), authority("nl", left=date(2026, 11, 24)))
    assert [(one.id, one.parties) for one in gone.agreements] == [("all", ("us", "eu"))]
    told = words(removed=("nl",))
    assert "NL (Authority nl) leaves on 2026-11-24." in told
    assert "Agreement two (Agreement two) is taken out" in told
    assert "Agreement all: parties is us, eu (before: us, eu, nl)." in told


def test_who_comes_back_keeps_its_old_key_for_what_it_said():
    without = proposed(removed=("nl",))
    back = authority("nl", keys=(NEW.public,))
    again = propose(without, Changes(admitted=(back,)), previous=PREVIOUS, issued=NOON)
    retired = msgspec.structs.replace(KEYS["nl"].public, retired=True)
    assert (again.former, again.authorities[-1].keys) == ((), (retired, NEW.public))
    assert again.authorities[-1].left is None
    assert any("NL (Authority nl) comes back" in one for one in differences(without, again))


def test_the_threshold_is_never_more_than_there_are():
    both = proposed(removed=("nl", "eu"))
    assert both.threshold == 1
    assert proposed(threshold=3).threshold == 3
    assert "3 of 3 authorities sign the next version (before: 2)." in words(threshold=3)


def test_groups_and_addresses_change():
    changed = proposed(groups={"nl": ("g7",)}, endpoints={"us": "https://us.example"})
    assert (changed.resolve(("g7",)), changed.authorities[0].endpoint) == (("nl",), "https://us.example")
    told = words(groups={"nl": ("g7",)}, endpoints={"us": "https://us.example"})
    assert "NL joins g7." in told
    assert "US: the address is https://us.example (before: none)." in told


def test_an_agreement_rests_and_another_takes_over():
    pause = Pause(agreement="two", since=date(2026, 12, 1), until=date(2026, 12, 31))
    paused = proposed(pauses=(pause,))
    assert paused.agreements[1].suspensions == (Suspension(since=pause.since, until=pause.until),)
    assert "Agreement two rests from 2026-12-01 to 2026-12-31." in words(pauses=(pause,))
    other = agreement("new", "us", "nl")
    assert proposed(agreements=(other,)).agreements == (other,)
    assert "Agreement new (Agreement new) is new: us, nl for sanctions" in words(agreements=(other,))


def test_a_new_key_vouched_for_by_the_old_one_is_taken_up_beside_it():
    request = ask_rotation("nl", NEW, old=KEYS["nl"], at=NOON)
    renewed = proposed(new_keys=(request,)).authority("nl")
    assert renewed is not None
    assert renewed.keys == (KEYS["nl"].public, NEW.public)
    assert f"NL: new key {NEW.public.id}" in words(new_keys=(request,))
    with pytest.raises(InvalidInput, match="has this key already"):
        propose(proposed(new_keys=(request,)), Changes(new_keys=(request,)), previous=PREVIOUS, issued=NOON)


def test_a_new_key_for_which_no_old_one_vouches_is_taken_only_where_the_old_one_was_stolen():
    request = ask_rotation("nl", NEW, old=None, at=NOON)
    with pytest.raises(InvalidInput, match="vouches"):
        proposed(new_keys=(request,))
    by_another = ask_rotation("nl", NEW, old=KEYS["us"], at=NOON)
    with pytest.raises(InvalidInput, match="vouches"):
        proposed(new_keys=(by_another,))
    stolen = {KEYS["nl"].public.id[:16]: {"us": 7, "*": 0}}
    nl = proposed(new_keys=(request,), stolen=stolen).authority("nl")
    assert nl is not None
    assert [(key.speaks, key.untrusted_after) for key in nl.keys] == [(False, {"us": 7, "*": 0}), (True, {})]
    told = words(new_keys=(request,), stolen=stolen)
    assert "believed up to entry 7 of the feed to US, entry 0 of the feed to all others" in told


def test_a_key_that_its_bringer_does_not_hold_is_refused():
    forged = msgspec.structs.replace(read_rotation(ask_rotation("nl", NEW, old=None, at=NOON), authority("nl")).key)
    stolen = ask_rotation("nl", KEYS["eu"], old=KEYS["nl"], at=NOON).replace(
        KEYS["eu"].public.id.encode(), forged.id.encode()
    )
    with pytest.raises(Refused):
        read_rotation(stolen, authority("nl"))


def test_a_request_of_another_member_or_kind_is_refused():
    with pytest.raises(InvalidDocument, match="'nl'"):
        read_rotation(ask_rotation("nl", NEW, old=KEYS["nl"], at=NOON), authority("us"))
    with pytest.raises(InvalidInput, match="no member"):
        proposed(new_keys=(ask_rotation("xx", NEW, old=None, at=NOON),))


def test_a_replaced_key_is_retired():
    nl = proposed(retired=(KEYS["nl"].public.id[:16],)).authority("nl")
    assert nl is not None
    assert nl.keys[0].retired
    assert "is retired" in words(retired=(KEYS["nl"].public.id[:16],))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"removed": ("xx",)}, "no member"),
        ({"groups": {"xx": ()}}, "no member"),
        ({"endpoints": {"xx": ""}}, "no member"),
        ({"admitted": (authority("nl"),)}, "member already"),
        ({"pauses": (Pause(agreement="none", since=date(2026, 1, 1)),)}, "no agreement"),
        ({"retired": ("f" * 16,)}, "no member has a key"),
        ({"retired": (KEYS["nl"].public.id[:15],)}, "no member has a key"),
        ({"stolen": {"f" * 64: {"*": 0}}}, "no member has a key"),
    ],
)
def test_a_change_of_what_is_not_there_is_refused(changes, what):
    with pytest.raises(InvalidInput, match=what) as refusal:
        proposed(**changes)
    assert refusal.value.where.startswith("--")


def test_a_first_document_is_told_whole():
    told = differences(None, CURRENT)
    assert told[0].startswith("Version 0 becomes version 4")
    assert sum("is admitted" in one for one in told) == 3
