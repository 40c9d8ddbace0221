# SPDX-License-Identifier: Apache-2.0
"""Making homes, and the membership document that several authorities draft and sign one after the other."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from highfence.app import open_node
from highfence.ceremony import (
    VALID_DAYS,
    NewAuthority,
    combine_membership,
    draft_membership,
    init_home,
    make_new_key,
    propose_membership,
    read_agreements,
    sign_membership,
)
from highfence.clock import SetClock
from highfence.errors import InvalidDocument, InvalidInput, Refused, SettingsWrong
from highfence.exchange.envelope import ASSERTION_TYPE, open_envelope, unsigned
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import believe_membership
from highfence.exchange.proposal import Changes
from highfence.home import Home
from highfence.model.agreement import Agreement
from highfence.model.authority import Authority
from highfence.settings import load
from nodes import NOON

AGREEMENT = Agreement(
    id="agr-1",
    title="Agreement",
    parties=("us", "nl"),
    legal_basis="Arrangement of 2026",
    purposes=("sanctions",),
    valid_from=date(2026, 1, 1),
)


def new(code: str = "us", **changes: object) -> NewAuthority:
    """Return what `init` is told of an authority."""
    fields: dict[str, object] = {"name": f"Authority {code}", "country": code, **changes}
    return NewAuthority(code=code, **fields)  # type: ignore[arg-type]


def homes(folder: Path, *codes: str) -> list[Path]:
    """Make homes."""
    for code in codes:
        init_home(folder / code, new(code))
    return [folder / code for code in codes]


def draft(made: list[Path], *, threshold: int = 2, **changes: object) -> bytes:
    """Draft a document over homes."""
    return draft_membership(
        [Home(home).authority for home in made],
        agreements=(AGREEMENT,),
        issued=NOON,
        threshold=threshold,
        **changes,  # type: ignore[arg-type]
    )


def test_a_home_has_a_key_settings_and_an_entry_without_secrets(tmp_path):
    authority = init_home(tmp_path / "us", new(port=9000, groups=("g7",), contact="desk@us.example"))
    home = Home(tmp_path / "us")
    assert SigningKey.read(home.signing_key).public == authority.keys[0]
    settings = load(tmp_path / "us", environment={})
    assert (settings.authority, settings.port) == ("us", 9000)
    entry = home.authority.read_bytes()
    assert msgspec.json.decode(entry, type=Authority) == authority
    assert (authority.endpoint, authority.groups, authority.contact) == (
        "http://127.0.0.1:9000",
        ("g7",),
        "desk@us.example",
    )
    assert b"PRIVATE" not in entry
    assert (tmp_path / "us").stat().st_mode & 0o077 == 0


def test_an_endpoint_may_be_given(tmp_path):
    assert init_home(tmp_path / "us", new(endpoint="https://us.example")).endpoint == "https://us.example"


def test_a_home_is_never_made_over_another(tmp_path):
    first = init_home(tmp_path / "us", new())
    with pytest.raises(SettingsWrong, match="already"):
        init_home(tmp_path / "us", new("nl"))
    assert SigningKey.read(Home(tmp_path / "us").signing_key).public == first.keys[0]
    assert load(tmp_path / "us", environment={}).authority == "us"


def test_a_home_whose_making_was_interrupted_is_made_anew(tmp_path, monkeypatch):
    with monkeypatch.context() as broken:

        def fail(_key: SigningKey, _path: Path) -> None:
            raise OSError("no space left on device")

        broken.setattr(SigningKey, "write", fail)
        with pytest.raises(OSError, match="no space"):
            init_home(tmp_path / "us", new())
    init_home(tmp_path / "us", new())
    assert Home(tmp_path / "us").signing_key.exists()


def test_the_key_comes_last_so_that_a_home_with_a_key_is_whole(tmp_path):
    def fail() -> None:
        assert not Home(tmp_path / "us").signing_key.exists()
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        init_home(tmp_path / "us", new(), before_key=fail)
    made: list[bool] = []
    init_home(tmp_path / "us", new(), before_key=lambda: made.append(True))
    assert made == [True]
    assert Home(tmp_path / "us").signing_key.exists()


def test_a_folder_that_was_there_becomes_its_owners_alone(tmp_path):
    (tmp_path / "us").mkdir(mode=0o755)
    init_home(tmp_path / "us", new())
    assert (tmp_path / "us").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "changes",
    [
        {"code": ""},
        {"code": "US"},
        {"code": "u s"},
        {"code": "us/nl"},
        {"code": "us>nl"},
        {"code": "-"},
        {"role": "king"},
        {"role": ""},
        {"ceiling": "COSMIC"},
        {"ceiling": ""},
    ],
)
def test_refuses_what_cannot_be_an_authority_and_makes_nothing(tmp_path, changes):
    with pytest.raises(InvalidInput) as refusal:
        init_home(tmp_path / "home", new(**changes))
    assert refusal.value.where.startswith("--")
    assert not (tmp_path / "home").exists()


def test_a_document_is_good_for_thirty_days_once_enough_have_signed(tmp_path):
    made = homes(tmp_path, "us", "nl", "cy")
    envelope = draft(made)
    for home in made[:2]:
        with pytest.raises(Refused):
            believe_membership(envelope, trusted=None, now=NOON)
        envelope = sign_membership(envelope, home)
    membership = believe_membership(envelope, trusted=None, now=NOON)
    assert membership.expires == NOON + timedelta(days=VALID_DAYS) == NOON + timedelta(days=30)
    assert (membership.codes(), membership.threshold, membership.version) == (("cy", "nl", "us"), 2, 1)
    assert membership.agreements == (AGREEMENT,)


def test_nobody_has_signed_a_draft(tmp_path):
    assert open_envelope(draft(homes(tmp_path, "us", "nl"))).signatures == ()


def test_the_order_of_signing_does_not_matter_and_twice_is_once(tmp_path):
    made = homes(tmp_path, "us", "nl")
    one = other = draft(made)
    for home in (made[0], made[1], made[0]):
        one = sign_membership(one, home)
    for home in (made[1], made[0]):
        other = sign_membership(other, home)
    assert set(open_envelope(one).signatures) == set(open_envelope(other).signatures)


def test_refuses_to_lend_an_authoritys_key_to_anything_else(tmp_path):
    made = homes(tmp_path, "us", "nl")
    claim = unsigned(b'{"kind":"facts"}', ASSERTION_TYPE)
    with pytest.raises(InvalidDocument, match="not a membership document") as refusal:
        sign_membership(claim, made[0])
    assert refusal.value.advice
    with pytest.raises(InvalidDocument):
        sign_membership(b"rubbish", made[0])


def test_refuses_to_sign_a_document_that_contradicts_itself(tmp_path):
    made = homes(tmp_path, "us", "nl")
    with pytest.raises(InvalidDocument, match="contradicts itself"):
        sign_membership(draft([made[0], made[0]]), made[0])
    with pytest.raises(InvalidDocument, match="contradicts itself"):
        sign_membership(draft(made, threshold=3), made[0])


def test_refuses_to_sign_without_a_key(tmp_path):
    made = homes(tmp_path, "us", "nl")
    with pytest.raises(SettingsWrong, match="signing key"):
        sign_membership(draft(made), tmp_path / "nowhere")


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"code":1}', b"\xff"])
def test_an_entry_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "authority.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidDocument, match="authority's entry") as refusal:
        draft_membership([path], agreements=(), issued=NOON, threshold=1)
    assert refusal.value.where == str(path)


def test_agreements_are_read_from_a_list(tmp_path):
    path = tmp_path / "agreements.json"
    path.write_bytes(msgspec.json.encode([AGREEMENT]))
    assert read_agreements(path) == (AGREEMENT,)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'[{"id":"a"}]', json.dumps([{"id": 1}]).encode()])
def test_what_is_no_list_of_agreements_is_told(tmp_path, content):
    path = tmp_path / "agreements.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidDocument, match="not agreements") as refusal:
        read_agreements(path)
    assert refusal.value.where == str(path)


def test_a_node_opens_with_the_document_and_installs_the_next(tmp_path):
    made = homes(tmp_path, "us", "nl")
    envelope = draft(made)
    following = propose_membership(envelope, Changes(), issued=NOON)
    for home in made:
        envelope, following = sign_membership(envelope, home), sign_membership(following, home)
    Home(made[0]).membership.write_bytes(envelope)
    node = open_node(made[0], clock=SetClock(NOON))
    assert node.install_membership(following).version == 2
    with pytest.raises(Refused) as refusal:
        node.install_membership(envelope)
    assert refusal.value.reason == "older_version"
    node.close()
    assert Home(made[0]).membership.read_bytes() == following
    assert Home(made[0]).membership.stat().st_mode & 0o077 == 0


def test_a_key_signs_one_document_of_each_version(tmp_path):
    made = homes(tmp_path, "us", "nl")
    sign_membership(draft(made), made[0])
    sign_membership(draft(made), made[0])
    other = draft(made, threshold=1)
    with pytest.raises(Refused) as refusal:
        sign_membership(other, made[0])
    assert refusal.value.reason == "signed_another"
    assert len(open_envelope(sign_membership(other, made[0], instead=True)).signatures) == 1
    assert len(open_envelope(sign_membership(draft(made, version=2), made[0])).signatures) == 1


def test_copies_signed_apart_are_put_together(tmp_path):
    made = homes(tmp_path, "us", "nl", "cy")
    blank = draft(made, threshold=3)
    copies = [sign_membership(blank, home) for home in made]
    combined = combine_membership(copies)
    assert believe_membership(combined, trusted=None, now=NOON).version == 1
    assert combine_membership(copies[::-1]) == combined
    assert combine_membership([combined, copies[0]]) == combined
    with pytest.raises(InvalidDocument, match="different documents"):
        combine_membership([copies[0], draft(made, threshold=2)])


def test_a_second_new_key_does_not_take_the_place_of_one_that_waits(tmp_path):
    (home,) = homes(tmp_path, "us")
    make_new_key(home, code="us", at=NOON, stolen=False)
    with pytest.raises(SettingsWrong, match="already"):
        make_new_key(home, code="us", at=NOON, stolen=False)
