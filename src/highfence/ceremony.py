# SPDX-License-Identifier: Apache-2.0
"""Ceremony: making a node's home, and drafting and signing the membership document that several authorities share.

Nothing here needs a running node or a network: files are carried between the authorities as they see fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from highfence.errors import InvalidDocument, InvalidInput, SettingsWrong
from highfence.exchange.envelope import MEMBERSHIP_TYPE, cosign, open_envelope, unsigned
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import encode_membership, read_membership
from highfence.home import Home
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
    authorities = []
    for path in entries:
        try:
            authorities.append(msgspec.json.decode(path.read_bytes(), type=Authority))
        except (OSError, msgspec.DecodeError) as error:
            raise InvalidDocument(
                f"this is not an authority's entry: {error}",
                where=str(path),
                advice="Give the authority.json of a home",
            ) from error
    membership = Membership(
        version=version,
        issued=issued,
        expires=issued + timedelta(days=VALID_DAYS),
        threshold=threshold,
        authorities=tuple(authorities),
        agreements=tuple(agreements),
    )
    return unsigned(encode_membership(membership), MEMBERSHIP_TYPE)


def sign_membership(envelope: bytes, folder: Path) -> bytes:
    """Return the document with the signature of the authority whose home is `folder` added.

    Raises:
        InvalidDocument: it is not a membership document; an authority's key must not be lent to anything else.
        SettingsWrong: the home's key cannot be read.
    """
    read_membership(open_envelope(envelope))
    return cosign(envelope, SigningKey.read(Home(folder).signing_key))


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
