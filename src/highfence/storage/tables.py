# SPDX-License-Identifier: Apache-2.0
"""The tables of a node, one declaration for every engine.

`journal`, `feed_out`, `feed_in`, `case_event` and `case_paper` only ever grow. `standing`, `company_*`, `listing`,
`judgement`, `likeness` and `tie` are derived from the journal and can be rebuilt from it, `case_file` from
`case_event`. Nothing of `case_*` is ever sent. `document`, `moved` and `nonce` are what the processes of one node tell
each other. Times are RFC 3339 text in UTC, days ISO 8601 text, hashes raw bytes, ids hex text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

metadata = MetaData()

#: SQLite numbers rows only for INTEGER keys, PostgreSQL wants BIGINT.
_Position = BigInteger().with_variant(Integer, "sqlite")

#: SQLite compares texts byte by byte and minds no length; so PostgreSQL is told to do the same, whatever its database
#: was made with. What is too long is refused where it comes in, and alike behind every engine.
_BYTEWISE = Text(collation="C")
_TEXT = Text().with_variant(_BYTEWISE, "postgresql")


def _word(length: int) -> String:
    return String(length).with_variant(_BYTEWISE, "postgresql")


journal = Table(
    "journal",
    metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("id", _word(64), nullable=False, unique=True),
    Column("originator", _word(32), nullable=False),
    Column("kind", _word(32), nullable=False),
    Column("subject", _TEXT, nullable=False),
    Column("refers_to", _word(64), nullable=False),
    Column("marking", _word(64), nullable=False),
    Column("received", _word(32), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index("journal_refers_to", "refers_to"),
    Index("journal_received", "received"),
    Index("journal_kind", "kind"),
)

marking = Table(
    "marking",
    metadata,
    Column("id", _word(64), primary_key=True),
    Column("originator", _word(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("id", _word(64), primary_key=True),
    Column("company", _word(64), nullable=False),
    Column("marking", _word(64), nullable=False),
    Column("originator", _word(32), nullable=False),
    Column("superseded_by", _word(64), nullable=False),
    Index("standing_company", "company"),
)

company_key = Table(
    "company_key",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("company", _word(64), nullable=False),
    Index("company_key_company", "company"),
)

company_name = Table(
    "company_name",
    metadata,
    Column("assertion", _word(64), nullable=False),
    Column("company", _word(64), nullable=False),
    Column("name", _TEXT, nullable=False),
    Column("caption", _TEXT, nullable=False),
    Column("schema", _word(32), nullable=False),
    Column("countries", _TEXT, nullable=False),
    Column("marking", _word(64), nullable=False),
    PrimaryKeyConstraint("assertion", "name"),
    Index("company_name_company", "company"),
    Index("company_name_name", "name"),
)

listing = Table(
    "listing",
    metadata,
    Column("assertion", _word(64), primary_key=True),
    Column("company", _word(64), nullable=False),
    Column("jurisdiction", _word(32), nullable=False),
    Column("source", _word(64), nullable=False),
    Column("programme", _TEXT, nullable=False),
    Column("listed", _word(10), nullable=False),
    Column("until", _word(10), nullable=False),
    Column("caption", _TEXT, nullable=False),
    Column("schema", _word(32), nullable=False),
    Column("countries", _TEXT, nullable=False),
    Column("marking", _word(64), nullable=False),
    Index("listing_company", "company"),
    Index("listing_jurisdiction", "jurisdiction"),
)

judgement = Table(
    "judgement",
    metadata,
    Column("assertion", _word(64), primary_key=True),
    Column("company", _word(64), nullable=False),
    Column("subject", _TEXT, nullable=False),
    Column("other", _TEXT, nullable=False),
    Column("verdict", _word(16), nullable=False),
    Column("binds", Boolean, nullable=False),
    Index("judgement_company", "company"),
    Index("judgement_subject", "subject"),
    Index("judgement_other", "other"),
)

likeness = Table(
    "likeness",
    metadata,
    Column("one", _TEXT, nullable=False),
    Column("other", _TEXT, nullable=False),
    Column("one_assertion", _word(64), nullable=False),
    Column("other_assertion", _word(64), nullable=False),
    Column("score", Integer, nullable=False),
    Column("scorer", _word(16), nullable=False),
    Column("joins", Boolean, nullable=False),
    PrimaryKeyConstraint("one", "other"),
    Index("likeness_one_assertion", "one_assertion"),
    Index("likeness_other_assertion", "other_assertion"),
    Index("likeness_score", "score"),
)

tie = Table(
    "tie",
    metadata,
    Column("assertion", _word(64), nullable=False),
    Column("link", _TEXT, nullable=False),
    Column("end", _word(16), nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("marking", _word(64), nullable=False),
    PrimaryKeyConstraint("assertion", "link", "end", "key"),
    Index("tie_key", "key"),
)

resolved = Table(
    "resolved",
    metadata,
    Column("scorer", _word(16), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

feed_state = Table(
    "feed_state",
    metadata,
    Column("owner", _word(32), nullable=False),
    Column("reader", _word(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("last", _word(64), nullable=False),
    PrimaryKeyConstraint("owner", "reader"),
)

feed_out = Table(
    "feed_out",
    metadata,
    Column("reader", _word(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("previous", _word(64), nullable=False),
    Column("assertion", _word(64), nullable=False),
    Column("agreement", _word(64), nullable=False),
    Column("recall", Boolean, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    PrimaryKeyConstraint("reader", "seq"),
    Index("feed_out_assertion", "assertion"),
)

feed_in = Table(
    "feed_in",
    metadata,
    Column("owner", _word(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("assertion", _word(64), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("reason", _word(40), nullable=False),
    Column("text", _TEXT, nullable=False),
    PrimaryKeyConstraint("owner", "seq"),
    Index("feed_in_assertion", "assertion"),
)

head = Table(
    "head",
    metadata,
    Column("owner", _word(32), nullable=False),
    Column("reader", _word(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    PrimaryKeyConstraint("owner", "reader"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("reader", _word(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("received", _word(32), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)

refusal = Table(
    "refusal",
    metadata,
    Column("reader", _word(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("assertion", _word(64), nullable=False),
    Column("reason", _word(40), nullable=False),
    Column("text", _TEXT, nullable=False),
    PrimaryKeyConstraint("reader", "seq"),
    Index("refusal_assertion", "assertion"),
)

withheld = Table(
    "withheld",
    metadata,
    Column("assertion", _word(64), nullable=False),
    Column("reader", _word(32), nullable=False),
    Column("reason", _word(40), nullable=False),
    Column("text", _TEXT, nullable=False),
    PrimaryKeyConstraint("assertion", "reader"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", _word(64), primary_key=True),
    Column("peer", _word(32), nullable=False),
    Column("at", _word(32), nullable=False),
    Column("reason", _word(40), nullable=False),
    Column("text", _TEXT, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("evidence_peer", "peer"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("peer", _word(32), primary_key=True),
    Column("since", _word(32), nullable=False),
    Column("reason", _word(40), nullable=False),
    Column("text", _TEXT, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("source", _word(64), nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("fingerprint", _word(64), nullable=False),
    Column("assertion", _word(64), nullable=False),
    Column("removed", Boolean, nullable=False),
    PrimaryKeyConstraint("source", "key"),
)

edition_log = Table(
    "edition_log",
    metadata,
    Column("source", _word(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", _word(32), nullable=False),
    Column("as_of", _word(10), nullable=False),
    Column("digest", _word(64), nullable=False),
    Column("outcome", _word(16), nullable=False),
    Column("summary", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "number"),
)

case_file = Table(
    "case_file",
    metadata,
    Column("number", _word(64), primary_key=True),
    Column("applicant", _TEXT, nullable=False),
    Column("application", _TEXT, nullable=False),
    Column("digest", _word(64), nullable=False),
    Column("received", _word(10), nullable=False),
    Column("state", _word(40), nullable=False),
    Column("undecided", Boolean, nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Index("case_file_application", "application"),
    Index("case_file_undecided", "undecided", "received"),
)

case_event = Table(
    "case_event",
    metadata,
    Column("number", _word(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", _word(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "seq"),
)

case_paper = Table(
    "case_paper",
    metadata,
    Column("digest", _word(64), nullable=False),
    Column("number", _word(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "digest"),
)

case_request = Table(
    "case_request",
    metadata,
    Column("key", _word(200), primary_key=True),
    Column("at", _word(32), nullable=False),
    Column("digest", _word(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
)

weighed = Table(
    "weighed",
    metadata,
    Column("reader", _word(32), primary_key=True),
    Column("document", _word(64), nullable=False),
    Column("day", _word(10), nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("name", _word(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)

moved = Table(
    "moved",
    metadata,
    Column("number", _Position, primary_key=True, autoincrement=False),
    Column("assertion", _word(64), nullable=False),
)

nonce = Table(
    "nonce",
    metadata,
    Column("nonce", _word(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("nonce_at", "at"),
)
