# SPDX-License-Identifier: Apache-2.0
"""The membership document is believed when enough of those trusted before have signed it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from highfence.errors import InvalidDocument, Refused
from highfence.exchange.envelope import ASSERTION_TYPE, MEMBERSHIP_TYPE, cosign, open_envelope, seal, unsigned
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import (
    believe_membership,
    encode_membership,
    membership_id,
    read_membership,
    standing,
)
from highfence.model.agreement import Agreement
from highfence.model.authority import Authority, Membership

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEYS = {code: SigningKey.from_seed(code.encode() * 16) for code in ("us", "eu", "nl", "cy", "jp")}


def document(codes=("us", "eu", "nl"), **changes: object) -> Membership:
    """Return a membership of the given authorities of which two must sign."""
    fields: dict[str, object] = {
        "version": 1,
        "issued": NOW - timedelta(days=1),
        "expires": NOW + timedelta(days=29),
        "threshold": 2,
        "authorities": tuple(
            Authority(code=code, name=code.upper(), country=code, keys=(KEYS[code].public,)) for code in codes
        ),
        **changes,
    }
    return Membership(**fields)  # type: ignore[arg-type]


def signed(membership: Membership, *signers: str) -> bytes:
    """Return the document in an envelope with the signatures of the given authorities."""
    envelope = unsigned(encode_membership(membership), MEMBERSHIP_TYPE)
    for signer in signers:
        envelope = cosign(envelope, KEYS[signer])
    return envelope


def believed(envelope: bytes, *, trusted: Membership | None = None, now: datetime | None = NOW) -> Membership:
    """Return the document once it is believed, at noon."""
    return believe_membership(envelope, trusted=trusted, now=now)


def reason(envelope: bytes, *, trusted: Membership | None = None) -> str:
    """Return why a document is not believed."""
    with pytest.raises(Refused) as refusal:
        believed(envelope, trusted=trusted)
    return refusal.value.reason


def contradiction(membership: Membership) -> str:
    """Return what a document is said to contradict itself in."""
    with pytest.raises(InvalidDocument, match="contradicts itself") as refusal:
        believed(signed(membership, "us", "eu"))
    return str(refusal.value)


def test_the_first_version_is_believed_once_a_threshold_of_its_own_authorities_signed():
    assert believed(signed(document(), "us", "nl")) == document()
    assert reason(signed(document(), "us")) == "too_few_signatures"
    assert reason(signed(document())) == "too_few_signatures"


def test_the_next_version_needs_a_threshold_of_the_version_before():
    trusted = document()
    following = document(codes=("us", "eu", "nl", "cy"), version=2)
    assert believed(signed(following, "us", "eu"), trusted=trusted) == following
    assert reason(signed(following, "us", "cy"), trusted=trusted) == "too_few_signatures"


def test_a_newcomer_does_not_vote_itself_in():
    takeover = document(codes=("cy",), version=9, threshold=1)
    assert reason(signed(takeover, "cy"), trusted=document()) == "too_few_signatures"


def test_signing_twice_counts_once():
    twice = open_envelope(signed(document(), "us"))
    doubled = msgspec.json.encode(msgspec.structs.replace(twice, signatures=twice.signatures * 2))
    assert reason(doubled) == "too_few_signatures"


def test_a_signature_that_does_not_fit_counts_for_nothing():
    forged = open_envelope(signed(document(), "us", "nl"))
    other = open_envelope(signed(document(version=2), "us", "nl"))
    mixed = msgspec.json.encode(msgspec.structs.replace(forged, signatures=other.signatures))
    assert reason(mixed) == "too_few_signatures"


def test_a_revoked_key_does_not_count():
    us, eu, nl = document().authorities
    revoked = msgspec.structs.replace(us, keys=(msgspec.structs.replace(us.keys[0], revoked=True),))
    assert reason(signed(document(authorities=(revoked, eu, nl)), "us", "nl")) == "too_few_signatures"


def test_an_older_version_is_refused():
    assert reason(signed(document(version=1), "us", "eu"), trusted=document(version=2)) == "older_version"


def test_another_document_of_the_version_in_use_is_refused():
    changed = document(version=2, threshold=1)
    assert reason(signed(changed, "us", "eu"), trusted=document(version=2)) == "same_version"
    assert believed(signed(document(version=2), "us", "eu"), trusted=document(version=2)).version == 2


def test_an_expired_version_is_refused():
    assert reason(signed(document(expires=NOW), "us", "eu")) == "expired"


def test_an_expired_version_that_was_believed_before_still_opens():
    assert believed(signed(document(expires=NOW), "us", "eu"), now=None).version == 1


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"codes": ("us", "us")}, "stands twice"),
        ({"threshold": 0}, "threshold 0"),
        ({"threshold": 4}, "threshold 4"),
        ({"threshold": -1}, "threshold -1"),
    ],
)
def test_refuses_a_document_that_contradicts_itself(changes, what):
    assert what in contradiction(document(**changes))


@pytest.mark.parametrize("code", ["", "US", "u s", "us!", "us>nl", "us\nnl"])
def test_refuses_a_code_that_is_not_plain(code):
    us, eu, nl = document().authorities
    assert "authority code" in contradiction(
        document(authorities=(msgspec.structs.replace(us, code=code, keys=()), eu, nl))
    )


def test_refuses_an_agreement_with_a_stranger():
    stranger = Agreement(
        id="a1",
        title="With a stranger",
        parties=("us", "xx"),
        legal_basis="none",
        purposes=("sanctions",),
        valid_from=date(2026, 1, 1),
    )
    assert "'xx'" in contradiction(document(agreements=(stranger,)))


def test_refuses_a_group_that_bears_an_authoritys_code():
    us, eu, nl = document().authorities
    assert "both a group and an authority" in contradiction(
        document(authorities=(msgspec.structs.replace(us, groups=("nl",)), eu, nl))
    )


def test_refuses_a_key_that_two_authorities_share():
    us, eu, nl = document().authorities
    shared = document(authorities=(us, msgspec.structs.replace(eu, keys=us.keys), nl))
    assert "key stands in it twice" in contradiction(shared)


def test_refuses_what_is_no_membership_document():
    with pytest.raises(InvalidDocument, match="not a membership document"):
        believed(seal(b'{"version":1}', MEMBERSHIP_TYPE, KEYS["us"]))
    with pytest.raises(InvalidDocument):
        believed(seal(b'{"version":1,"version":2}', MEMBERSHIP_TYPE, KEYS["us"]))
    with pytest.raises(InvalidDocument):
        believed(b"not even an envelope")


def test_refuses_a_membership_signed_as_something_else():
    with pytest.raises(InvalidDocument, match="not a membership document"):
        read_membership(open_envelope(seal(encode_membership(document()), ASSERTION_TYPE, KEYS["us"])))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://[x",
        "http://host:port",
        "http://host:0",
        "http://host:70000",
        "ftp://host",
        "//host",
        "host",
        "https://h/x",
    ],
)
def test_refuses_an_endpoint_that_cannot_be_asked(endpoint):
    us, eu, nl = document().authorities
    assert "the endpoint of 'us'" in contradiction(
        document(authorities=(msgspec.structs.replace(us, endpoint=endpoint), eu, nl))
    )


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:8321", "https://node.example", "https://[::1]:8321/"])
def test_takes_an_endpoint_that_can_be_asked_or_none(endpoint):
    us, eu, nl = document().authorities
    reached = document(authorities=(msgspec.structs.replace(us, endpoint=endpoint), eu, nl))
    assert believed(signed(reached, "us", "eu")) == reached


def test_the_refusal_says_who_signed_and_who_did_not():
    with pytest.raises(Refused, match=r"1 of 2 .* have signed \(us\); not signed: eu, nl") as refusal:
        believed(signed(document(), "us"))
    assert refusal.value.advice


def test_three_of_five_sign_by_default_strength():
    five = ("us", "eu", "nl", "cy", "jp")
    trusted = document(codes=five, threshold=3)
    following = msgspec.structs.replace(trusted, version=2)
    assert believed(signed(following, "us", "eu", "nl"), trusted=trusted) == following
    assert reason(signed(following, "us", "eu"), trusted=trusted) == "too_few_signatures"


def after(trusted: Membership, **changes: object) -> tuple[Membership, str]:
    """Return the version that follows one, and the id of the one before."""
    name = membership_id(signed(trusted))
    following = msgspec.structs.replace(trusted, version=trusted.version + 1, previous=name)
    return msgspec.structs.replace(following, **changes), name


def test_the_next_version_names_the_one_before():
    following, name = after(document())
    envelope = signed(following, "us", "eu")
    assert believe_membership(envelope, trusted=document(), now=NOW, trusted_id=name) == following
    with pytest.raises(Refused) as refusal:
        believe_membership(envelope, trusted=document(), now=NOW, trusted_id="0" * 64)
    assert refusal.value.reason == "other_history"


def test_no_version_is_skipped():
    assert reason(signed(document(version=3), "us", "eu"), trusted=document()) == "missing_version"


def test_signatures_do_not_change_the_id_of_a_document():
    assert membership_id(signed(document())) == membership_id(signed(document(), "us", "nl"))
    assert membership_id(signed(document())) != membership_id(signed(document(version=2)))


def test_no_document_is_good_for_more_than_thirty_days():
    assert "30 days" in contradiction(document(expires=NOW + timedelta(days=29, seconds=1)))


def test_a_retired_or_stolen_key_does_not_sign_documents():
    us, eu, nl = document().authorities
    for change in ({"retired": True}, {"untrusted_after": {"nl": 7}}):
        old = msgspec.structs.replace(us, keys=(msgspec.structs.replace(us.keys[0], **change),))
        assert reason(signed(document(authorities=(old, eu, nl)), "us", "nl")) == "too_few_signatures"


def test_who_has_left_has_a_day_and_does_not_count():
    us, eu, nl = document().authorities
    gone = msgspec.structs.replace(nl, left=date(2026, 11, 1))
    kept = document(authorities=(us, eu), former=(gone,))
    assert believed(signed(kept, "us", "eu")).known("nl") == gone
    assert kept.authority("nl") is None
    assert reason(signed(kept, "us", "nl")) == "too_few_signatures"
    assert "has left" in contradiction(document(authorities=(us, eu), former=(nl,)))
    assert "has left" in contradiction(document(authorities=(us, eu, gone)))
    assert "stands twice" in contradiction(document(former=(gone,)))


@pytest.mark.parametrize(
    ("before_end", "state"),
    [
        (timedelta(hours=24, seconds=1), "valid"),
        (timedelta(hours=24), "expiring"),
        (timedelta(seconds=1), "expiring"),
        (timedelta(0), "expired"),
        (timedelta(days=-3), "expired"),
    ],
)
def test_a_node_warns_from_twenty_four_hours_before_the_end(before_end, state):
    one = document()
    assert standing(one, one.expires - before_end)[0] == state


def test_without_a_document_there_is_nothing_that_could_expire():
    assert standing(document(version=0), NOW)[0] == "none"
