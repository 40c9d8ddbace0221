# SPDX-License-Identifier: Apache-2.0
"""The tables of a node, one declaration for every engine.

`journal`, `feed_out`, `feed_in`, `case_event` and `case_paper` only ever grow. `standing`, `company_*`, `listing`,
`judgement`, `likeness` and `tie` are derived from the journal and can be rebuilt from it, `case_file` from
`case_event`. Nothing of `case_*` is ever sent. Times are RFC 3339 text in UTC, days ISO 8601 text, hashes raw bytes,
ids hex text.
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

journal = Table(
    "journal",
    metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("originator", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("refers_to", String(64), nullable=False),
    Column("marking", String(64), nullable=False),
    Column("received", String(32), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index("journal_refers_to", "refers_to"),
    Index("journal_received", "received"),
    Index("journal_kind", "kind"),
)

marking = Table(
    "marking",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("originator", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("company", String(64), nullable=False),
    Column("marking", String(64), nullable=False),
    Column("originator", String(32), nullable=False),
    Column("superseded_by", String(64), nullable=False),
    Index("standing_company", "company"),
)

company_key = Table(
    "company_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("company", String(64), nullable=False),
    Index("company_key_company", "company"),
)

company_name = Table(
    "company_name",
    metadata,
    Column("assertion", String(64), nullable=False),
    Column("company", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("caption", Text, nullable=False),
    Column("schema", String(32), nullable=False),
    Column("countries", Text, nullable=False),
    Column("marking", String(64), nullable=False),
    PrimaryKeyConstraint("assertion", "name"),
    Index("company_name_company", "company"),
    Index("company_name_name", "name"),
)

listing = Table(
    "listing",
    metadata,
    Column("assertion", String(64), primary_key=True),
    Column("company", String(64), nullable=False),
    Column("jurisdiction", String(32), nullable=False),
    Column("source", String(64), nullable=False),
    Column("programme", Text, nullable=False),
    Column("listed", String(10), nullable=False),
    Column("until", String(10), nullable=False),
    Column("caption", Text, nullable=False),
    Column("schema", String(32), nullable=False),
    Column("countries", Text, nullable=False),
    Column("marking", String(64), nullable=False),
    Index("listing_company", "company"),
    Index("listing_jurisdiction", "jurisdiction"),
)

judgement = Table(
    "judgement",
    metadata,
    Column("assertion", String(64), primary_key=True),
    Column("company", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("binds", Boolean, nullable=False),
    Index("judgement_company", "company"),
    Index("judgement_subject", "subject"),
    Index("judgement_other", "other"),
)

likeness = Table(
    "likeness",
    metadata,
    Column("one", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("one_assertion", String(64), nullable=False),
    Column("other_assertion", String(64), nullable=False),
    Column("score", Integer, nullable=False),
    Column("scorer", String(16), nullable=False),
    Column("joins", Boolean, nullable=False),
    PrimaryKeyConstraint("one", "other"),
    Index("likeness_one_assertion", "one_assertion"),
    Index("likeness_other_assertion", "other_assertion"),
    Index("likeness_score", "score"),
)

tie = Table(
    "tie",
    metadata,
    Column("assertion", String(64), nullable=False),
    Column("link", Text, nullable=False),
    Column("end", String(16), nullable=False),
    Column("key", Text, nullable=False),
    Column("marking", String(64), nullable=False),
    PrimaryKeyConstraint("assertion", "link", "end", "key"),
    Index("tie_key", "key"),
)

resolved = Table(
    "resolved",
    metadata,
    Column("scorer", String(16), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

feed_state = Table(
    "feed_state",
    metadata,
    Column("owner", String(32), nullable=False),
    Column("reader", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("last", String(64), nullable=False),
    PrimaryKeyConstraint("owner", "reader"),
)

feed_out = Table(
    "feed_out",
    metadata,
    Column("reader", String(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("assertion", String(64), nullable=False),
    Column("agreement", String(64), nullable=False),
    Column("recall", Boolean, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    PrimaryKeyConstraint("reader", "seq"),
    Index("feed_out_assertion", "assertion"),
)

feed_in = Table(
    "feed_in",
    metadata,
    Column("owner", String(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("assertion", String(64), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("owner", "seq"),
    Index("feed_in_assertion", "assertion"),
)

head = Table(
    "head",
    metadata,
    Column("owner", String(32), nullable=False),
    Column("reader", String(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    PrimaryKeyConstraint("owner", "reader"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("reader", String(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("received", String(32), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)

refusal = Table(
    "refusal",
    metadata,
    Column("reader", String(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("assertion", String(64), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("reader", "seq"),
    Index("refusal_assertion", "assertion"),
)

withheld = Table(
    "withheld",
    metadata,
    Column("assertion", String(64), nullable=False),
    Column("reader", String(32), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("assertion", "reader"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("peer", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("evidence_peer", "peer"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("peer", String(32), primary_key=True),
    Column("since", String(32), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("text", Text, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("source", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("assertion", String(64), nullable=False),
    Column("removed", Boolean, nullable=False),
    PrimaryKeyConstraint("source", "key"),
)

edition_log = Table(
    "edition_log",
    metadata,
    Column("source", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("summary", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "number"),
)

case_file = Table(
    "case_file",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("applicant", Text, nullable=False),
    Column("application", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("received", String(10), nullable=False),
    Column("state", String(40), nullable=False),
    Column("undecided", Boolean, nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Index("case_file_application", "application"),
    Index("case_file_undecided", "undecided", "received"),
)

case_event = Table(
    "case_event",
    metadata,
    Column("number", String(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "seq"),
)

case_paper = Table(
    "case_paper",
    metadata,
    Column("digest", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "digest"),
)

case_request = Table(
    "case_request",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
)

weighed = Table(
    "weighed",
    metadata,
    Column("reader", String(32), primary_key=True),
    Column("document", String(64), nullable=False),
    Column("day", String(10), nullable=False),
)
