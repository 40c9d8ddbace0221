# SPDX-License-Identifier: Apache-2.0
"""Who is at the door: codes, powers and sessions."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from highfence.clock import SetClock
from highfence.entrypoints import identity
from highfence.entrypoints.identity import (
    OPERATOR,
    POWERS,
    Identities,
    Officer,
    add_officer,
    first_officer,
    hash_code,
    read_identities,
)
from highfence.errors import NotAllowed, SettingsWrong
from highfence.home import Home
from highfence.model.marking import PURPOSES
from nodes import NOON

ANN = Officer(name="ann", code_hash=hash_code("code of ann"), clearance="SENSITIVE", purposes=("sanctions",))
BOB = Officer(name="bob", code_hash=hash_code("code of bob"), powers=("read", "publish"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def identities(clock: SetClock) -> Identities:
    return Identities((ANN, BOB), clock)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_officer_is_known_by_the_code_and_by_nothing_that_is_stored(identities: Identities) -> None:
    assert identities.by_code("code of bob") == BOB
    for wrong in ("", "code of Bob", "code of bob ", BOB.code_hash, BOB.name):
        with pytest.raises(NotAllowed, match="not known here"):
            identities.by_code(wrong)


def test_what_is_stored_of_a_code_does_not_hold_it() -> None:
    assert "correct-horse" not in hash_code("correct-horse")
    assert hash_code("correct-horse") != hash_code("correct-horse ")


def test_an_officer_reads_for_the_authority_with_own_clearance_and_purposes() -> None:
    reader = ANN.reader("nl")
    assert (reader.authority, reader.ceiling, reader.purposes, reader.name) == (
        "nl",
        "SENSITIVE",
        ("sanctions",),
        "ann",
    )


@pytest.mark.parametrize("power", POWERS)
def test_a_power_that_was_not_given_is_refused_by_name(power: str) -> None:
    Officer(name="all", code_hash="", powers=POWERS).require(power)
    with pytest.raises(NotAllowed, match=f"none may not {power} here") as refused:
        Officer(name="none", code_hash="", powers=()).require(power)
    assert refused.value.advice


def test_an_officer_may_only_read_and_sees_only_what_is_public_unless_told_otherwise() -> None:
    plain = Officer(name="plain", code_hash="")
    assert (plain.clearance, plain.purposes, plain.powers) == ("PUBLIC", (), ("read",))


def test_each_kind_of_reader_is_told_once(clock: SetClock) -> None:
    twin = Officer(name="eve", code_hash=hash_code("code of eve"), clearance="SENSITIVE", purposes=("sanctions",))
    blind = Officer(name="dan", code_hash=hash_code("code of dan"), clearance="RESTRICTED", powers=("publish",))
    kinds = [(one.ceiling, one.purposes) for one in Identities((ANN, BOB, twin, blind), clock).readers("nl")]
    assert sorted(kinds) == [("PUBLIC", ()), ("SENSITIVE", ("sanctions",))]


def test_a_session_is_its_officers_until_it_is_closed(identities: Identities) -> None:
    ann, bob = identities.open_session(ANN), identities.open_session(BOB)
    assert ann != bob
    assert (identities.by_session(ann), identities.by_session(bob)) == (ANN, BOB)
    identities.close_session(ann)
    identities.close_session(ann)
    assert identities.by_session(bob) == BOB
    with pytest.raises(NotAllowed, match="not signed in"):
        identities.by_session(ann)


def test_a_session_ends_after_eight_hours(identities: Identities, clock: SetClock) -> None:
    token = identities.open_session(ANN)
    clock.advance(8 * 3600 - 1)
    assert identities.by_session(token) == ANN
    clock.advance(2)
    with pytest.raises(NotAllowed, match="not signed in"):
        identities.by_session(token)


def test_a_token_nobody_was_given_opens_nothing(identities: Identities) -> None:
    token = identities.open_session(ANN)
    for wrong in ("", "x" * 43, hash_code(token), "code of ann"):
        with pytest.raises(NotAllowed, match="not signed in"):
            identities.by_session(wrong)


def test_sessions_are_bounded_and_those_that_ended_make_room(
    identities: Identities, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_SESSIONS_MAX", 2)
    identities.open_session(ANN)
    identities.open_session(BOB)
    with pytest.raises(NotAllowed, match="too many"):
        identities.open_session(ANN)
    clock.advance(8 * 3600 + 1)
    assert identities.by_session(identities.open_session(ANN)) == ANN


def test_officers_are_kept_in_a_file_for_its_owner_alone(home: Home, clock: SetClock) -> None:
    add_officer(home, ANN)
    add_officer(home, BOB)
    assert stat.S_IMODE(home.officers.stat().st_mode) == 0o600
    read = read_identities(home, clock)
    assert (read.by_code("code of ann"), read.by_code("code of bob")) == (ANN, BOB)


def test_an_officer_of_the_same_name_is_replaced_and_the_old_code_ends(home: Home, clock: SetClock) -> None:
    add_officer(home, ANN)
    add_officer(home, BOB)
    add_officer(home, Officer(name="ann", code_hash=hash_code("another code")))
    read = read_identities(home, clock)
    assert read.by_code("another code").name == "ann"
    assert read.by_code("code of bob") == BOB
    with pytest.raises(NotAllowed):
        read.by_code("code of ann")


def test_the_first_officer_may_do_everything_and_the_code_is_for_its_owner_alone(home: Home, clock: SetClock) -> None:
    code = first_officer(home, clearance="RESTRICTED")
    assert home.access_code.read_text() == code + "\n"
    assert stat.S_IMODE(home.access_code.stat().st_mode) == 0o600
    assert code not in home.officers.read_text()
    operator = read_identities(home, clock).by_code(code)
    assert (operator.name, operator.clearance) == (OPERATOR, "RESTRICTED")
    assert (operator.purposes, operator.powers) == (PURPOSES, POWERS)


@pytest.mark.parametrize("content", [None, b"", b"[", b"{}", b'[{"name": "ann"}]', b"\xff"])
def test_refuses_to_serve_with_a_missing_or_damaged_file_of_officers(
    home: Home, clock: SetClock, content: bytes | None
) -> None:
    if content is not None:
        home.officers.write_bytes(content)
    with pytest.raises(SettingsWrong, match="officers cannot be read") as refused:
        read_identities(home, clock)
    assert refused.value.where == str(home.officers)
