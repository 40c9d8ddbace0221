# SPDX-License-Identifier: Apache-2.0
"""Ceremony: making a node's home, and drafting and signing the membership document that several authorities share.

Nothing here needs a running node or a network: files are carried between the authorities as they see fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from highfence.errors import InvalidDocument, InvalidInput, Refused, SettingsWrong
from highfence.exchange.envelope import MEMBERSHIP_TYPE, cosign, open_envelope, unsigned
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import encode_membership, membership_id, read_membership
from highfence.exchange.proposal import Changes, propose
from highfence.exchange.rotation import ask_rotation
from highfence.home import Home, write_private
from highfence.model.agreement import Agreement
from highfence.model.authority import ROLES, Authority, Membership
from highfence.model.marking import CLASSIFICATIONS
from highfence.settings import Settings, save

#: A membership document is good for 30 days; a node that has no newer one by then releases nothing.
VALID_DAYS = 30


class NewAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """What `init` needs to know of an authority; `endpoint` is where peers reach it, by default its host and port.

    `database` is the URL of the node's PostgreSQL database, empty for SQLite.
    """

    code: str
    name: str
    country: str
    role: str = "member"
    groups: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8321
    endpoint: str = ""
    ceiling: str = "RESTRICTED"
    screening_law: bool = True
    contact: str = ""
    database: str = ""


def init_home(folder: Path, new: NewAuthority, *, before_key: Callable[[], object] = lambda: None) -> Authority:
    """Make a node's home with its key and settings, and its entry for the membership document.

    The folder becomes its owner's alone. `before_key` makes whatever else belongs to the home; the key comes last, so
    that a home with a key is a whole home and one without can be made again.

    Raises:
        SettingsWrong: the folder is a node's home already.
        InvalidInput: a code, role or ceiling that cannot be.
    """
    _require_sound(new)
    home = Home(folder)
    if home.signing_key.exists():
        raise SettingsWrong("this is a node's home already", where=str(folder), advice="Choose another folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    key = SigningKey.generate()
    authority = Authority(
        code=new.code,
        name=new.name,
        country=new.country,
        role=new.role,
        groups=new.groups,
        keys=(key.public,),
        endpoint=new.endpoint or f"http://{new.host}:{new.port}",
        ceiling=new.ceiling,
        screening_law=new.screening_law,
        contact=new.contact,
    )
    save(folder, Settings(authority=new.code, host=new.host, port=new.port, database=new.database))
    home.authority.write_bytes(msgspec.json.format(msgspec.json.encode(authority)) + b"\n")
    before_key()
    key.write(home.signing_key)
    return authority


def draft_membership(
    entries: Sequence[Path], *, agreements: Sequence[Agreement], issued: datetime, threshold: int, version: int = 1
) -> bytes:
    """Return an unsigned membership document over the authorities whose entries (authority.json) are given.

    Raises:
        InvalidDocument: an entry cannot be read; names the file.
    """
    authorities = [read_entry(path) for path in entries]
    membership = Membership(
        version=version,
        issued=issued,
        expires=issued + timedelta(days=VALID_DAYS),
        threshold=threshold,
        authorities=tuple(authorities),
        agreements=tuple(agreements),
    )
    return unsigned(encode_membership(membership), MEMBERSHIP_TYPE)


def propose_membership(current: bytes, changes: Changes, *, issued: datetime) -> bytes:
    """Return the unsigned document that follows the one in `current`; raises as `exchange.proposal.propose`."""
    read = open_envelope(current)
    membership = propose(read_membership(read), changes, previous=membership_id(current), issued=issued)
    envelope = unsigned(encode_membership(membership), MEMBERSHIP_TYPE)
    # What contradicts itself is told here, before it goes round.
    read_membership(open_envelope(envelope))
    return envelope


def sign_membership(envelope: bytes, folder: Path, *, instead: bool = False) -> bytes:
    """Return the document with the signature of the authority whose home is `folder` added.

    A key signs one document of each version: two with enough signatures would split the exchange. `instead` is for a
    draft that was given up.

    Raises:
        InvalidDocument: it is not a membership document; an authority's key must not be lent to anything else.
        Refused: `signed_another`: this key has signed another document of that version.
        SettingsWrong: the home's key cannot be read.
    """
    home = Home(folder)
    version, name = read_membership(open_envelope(envelope)).version, membership_id(envelope)
    key = SigningKey.read(home.signing_key)
    note = home.signed / f"{version:08}"
    if note.exists() and note.read_text().strip() != name and not instead:
        raise Refused(
            "signed_another",
            f"this authority has signed another document of version {version}",
            where=str(note),
            advice="If that one was given up by all, sign this one with --instead",
        )
    home.signed.mkdir(mode=0o700, exist_ok=True)
    write_private(note, name + "\n")
    return cosign(envelope, key)


def combine_membership(envelopes: Sequence[bytes]) -> bytes:
    """Return one document with the signatures of all copies, which were signed apart from each other.

    Raises:
        InvalidDocument: they are not copies of one document.
    """
    names = {membership_id(one) for one in envelopes}
    if len(names) != 1:
        raise InvalidDocument(
            "these are copies of different documents", where="membership", advice="Compare them with `membership show`"
        )
    first, *others = (open_envelope(one) for one in envelopes)
    found = {one.keyid: one for read in (*others, first) for one in read.signatures}
    ordered = tuple(found[name] for name in sorted(found))
    return msgspec.json.encode(msgspec.structs.replace(first, signatures=ordered))


def make_new_key(folder: Path, *, code: str, at: datetime, stolen: bool) -> bytes:
    """Make the key that follows the one in `folder`, and return the request to take it into the next document.

    The home goes on with the old key until a document that names the new one is in use. With `stolen` the old key does
    not vouch for it.

    Raises:
        SettingsWrong: the old key cannot be read, or a new one waits already.
    """
    home = Home(folder)
    old = SigningKey.read(home.signing_key)
    new = SigningKey.generate()
    new.write(home.next_key)
    return ask_rotation(code, new, old=None if stolen else old, at=at)


def read_entry(path: Path) -> Authority:
    """Read an authority's entry (authority.json); raises InvalidDocument, which names the file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Authority)
    except (OSError, msgspec.DecodeError) as error:
        raise InvalidDocument(
            f"this is not an authority's entry: {error}",
            where=str(path),
            advice="Give the authority.json of a home",
        ) from error


def read_agreements(path: Path) -> tuple[Agreement, ...]:
    """Read a JSON list of agreements; raises InvalidDocument."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Agreement, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise InvalidDocument(
            f"these are not agreements: {error}", where=str(path), advice="Write a JSON list; see docs/membership.md"
        ) from error


def _require_sound(new: NewAuthority) -> None:
    if not new.code or new.code != new.code.lower() or not new.code.replace("-", "").isalnum():
        raise InvalidInput(
            f"{new.code[:32]!r} is no authority code", where="--authority", advice="Use lower-case letters and digits"
        )
    if new.role not in ROLES:
        raise InvalidInput(f"{new.role[:32]!r} is no role", where="--role", advice=f"Use one of: {', '.join(ROLES)}")
    if new.ceiling not in CLASSIFICATIONS:
        raise InvalidInput(
            f"{new.ceiling[:32]!r} is no classification",
            where="--ceiling",
            advice=f"Use one of: {', '.join(CLASSIFICATIONS)}",
        )
