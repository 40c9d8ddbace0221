# SPDX-License-Identifier: Apache-2.0
"""The membership document is believed when enough of those trusted before have signed it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from highfence.errors import InvalidDocument, Refused
from highfence.exchange.envelope import ASSERTION_TYPE, MEMBERSHIP_TYPE, cosign, open_envelope, seal, unsigned
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import believe_membership, encode_membership, read_membership
from highfence.model.agreement import Agreement
from highfence.model.authority import Authority, Membership

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEYS = {code: SigningKey.from_seed(code.encode() * 16) for code in ("us", "eu", "nl", "cy")}


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
