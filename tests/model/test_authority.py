# SPDX-License-Identifier: Apache-2.0
"""model.authority: who is a member and whom names stand for."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.authority import Authority, Membership, PublicKey


def authority(code: str, *groups: str) -> Authority:
    return Authority(code=code, name=code.upper(), country=code, groups=groups)


MEMBERSHIP = Membership(
    version=1,
    issued=datetime(2026, 1, 1, tzinfo=UTC),
    expires=datetime(2026, 1, 31, tzinfo=UTC),
    threshold=2,
    authorities=(authority("us", "g7"), authority("eu", "g7", "europe"), authority("nl", "europe"), authority("kr")),
)


def test_finds_an_authority_by_its_code() -> None:
    found = MEMBERSHIP.authority("nl")
    assert found is not None
    assert found.code == "nl"
    assert MEMBERSHIP.authority("europe") is None


def test_lists_its_codes_sorted() -> None:
    assert MEMBERSHIP.codes() == ("eu", "kr", "nl", "us")


def test_a_group_stands_for_its_members() -> None:
    assert MEMBERSHIP.resolve(("europe",)) == ("eu", "nl")
    assert MEMBERSHIP.resolve(("g7", "kr")) == ("eu", "kr", "us")
    assert MEMBERSHIP.resolve(("members",)) == MEMBERSHIP.codes()


def test_an_unknown_name_stands_for_nobody() -> None:
    assert MEMBERSHIP.resolve(("ru", "everyone", "")) == ()
    assert MEMBERSHIP.resolve(()) == ()


NAMES = st.lists(st.sampled_from(["us", "eu", "nl", "kr", "g7", "europe", "members", "ru"])).map(tuple)


@given(NAMES, NAMES)
def test_more_names_never_stand_for_fewer_members(names: tuple[str, ...], more: tuple[str, ...]) -> None:
    together = set(MEMBERSHIP.resolve(names + more))
    assert together == set(MEMBERSHIP.resolve(names)) | set(MEMBERSHIP.resolve(more))
    assert together <= set(MEMBERSHIP.codes())


def test_an_authority_is_a_member_below_secret_unless_it_says_otherwise() -> None:
    assert (authority("us").role, authority("us").ceiling) == ("member", "RESTRICTED")


def test_a_key_is_trusted_until_it_is_said_not_to_be() -> None:
    key = PublicKey(id="00", public="AA==")
    assert not key.revoked
    assert key.untrusted_after == {}
    assert msgspec.json.decode(msgspec.json.encode(key), type=PublicKey) == key
