# SPDX-License-Identifier: Apache-2.0
"""Documents: all versions of the membership document that a node has believed, kept and told to peers that lack them.

A peer that is behind gets every version it lacks, in order, because each is believed by the one before. What does not
follow from the version in use although somebody signed it is a fork: both documents are kept as evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from highfence.clock import instant_text
from highfence.errors import HighfenceError, InvalidDocument, Refused
from highfence.exchange.envelope import open_envelope
from highfence.exchange.membership import signatures_on
from highfence.home import Home, write_private_bytes
from highfence.model.authority import Membership
from highfence.storage import peers
from highfence.storage.database import Connection

#: Where evidence of two documents of one version stands, among the evidence against peers.
FORK = "membership"
#: The versions that are told at once; a peer further behind asks again.
TOLD_MOST = 32
TOLD_BYTES_MAX = 8 << 20
#: What refuses a document because it stands against the one in use.
_FORKS = ("same_version", "other_history")


def keep_document(home: Home, version: int, envelope: bytes) -> None:
    """Keep a version that is believed, for peers that are behind."""
    home.memberships.mkdir(mode=0o700, exist_ok=True)
    write_private_bytes(home.memberships / f"{version:08}.json", envelope)


def documents_after(home: Home, version: int, *, current: int) -> bytes:
    """Return the versions behind one as a JSON list of envelopes, each as text, oldest first; as many as go at once.

    `current` is the version in use, whose document may lie in the home alone.
    """
    paths = {int(path.stem): path for path in home.memberships.glob("*.json") if path.stem.isdecimal()}
    paths[current] = home.membership
    told: list[str] = []
    carried = 0
    for number in sorted(paths):
        if version < number <= current:
            text = paths[number].read_text()
            carried += len(text)
            if told and (len(told) == TOLD_MOST or carried > TOLD_BYTES_MAX // 2):
                break
            told.append(text)
    return msgspec.json.encode(told)


def read_documents(body: bytes) -> tuple[bytes, ...]:
    """Return the envelopes in a peer's answer, none of them believed; raises InvalidDocument."""
    try:
        return tuple(text.encode() for text in _TEXTS.decode(body)[:TOLD_MOST])
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise InvalidDocument(
            "the answer is no list of membership documents", where="membership", advice="Ask the peer to update"
        ) from error


def is_fork(refusal: Refused, envelope: bytes, trusted: Membership) -> bool:
    """Tell whether a refused document stands against the one in use and somebody who counts has signed it."""
    if refusal.reason not in _FORKS:
        return False
    try:
        return bool(signatures_on(open_envelope(envelope), trusted).signed)
    except HighfenceError:
        return False


def keep_fork(connection: Connection, refusal: Refused, *, envelopes: Sequence[bytes], at: str) -> None:
    """Keep the two documents that stand against each other."""
    item = peers.Evidence(
        peer=FORK, at=at, reason=refusal.reason, text=refusal.what, body=b"\n".join(envelopes) + b"\n"
    )
    peers.keep_evidence(connection, item)


def forks(connection: Connection) -> int:
    """Return how many pieces of evidence of forks are kept."""
    return peers.evidence_counts(connection).get(FORK, 0)


class MembershipState(msgspec.Struct, frozen=True, kw_only=True):
    """How the membership document in use stands: `state` is `none`, `valid`, `expiring` or `expired`.

    `id` is the SHA-256 of the document, `previous` that of the version before; `forks` counts the documents kept as
    evidence because they stand against one in use.
    """

    version: int
    id: str
    previous: str
    issued: str
    expires: str
    state: str
    text: str
    threshold: int
    authorities: tuple[str, ...]
    former: tuple[str, ...]
    forks: int


def state_of(membership: Membership, name: str, *, told: tuple[str, str], forks: int) -> MembershipState:
    """Return how a document stands; `told` is what `membership.standing` says of it."""
    return MembershipState(
        version=membership.version,
        id=name,
        previous=membership.previous,
        issued=instant_text(membership.issued),
        expires=instant_text(membership.expires),
        state=told[0],
        text=told[1],
        threshold=membership.threshold,
        authorities=membership.codes(),
        former=tuple(sorted(one.code for one in membership.former)),
        forks=forks,
    )


_TEXTS = msgspec.json.Decoder(list[str])
