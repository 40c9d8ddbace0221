# SPDX-License-Identifier: Apache-2.0
"""The first shape: journal, feeds, register index, editions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "company_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("company_key_company", "company_key", ["company"], unique=False)
    op.create_table(
        "company_name",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("schema", sa.String(length=32), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("marking", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("assertion", "name"),
    )
    op.create_index("company_name_company", "company_name", ["company"], unique=False)
    op.create_index("company_name_name", "company_name", ["name"], unique=False)
    op.create_table(
        "edition",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_table(
        "edition_log",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "number"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("evidence_peer", "evidence", ["peer"], unique=False)
    op.create_table(
        "feed_in",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "seq"),
    )
    op.create_index("feed_in_assertion", "feed_in", ["assertion"], unique=False)
    op.create_table(
        "feed_out",
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("agreement", sa.String(length=64), nullable=False),
        sa.Column("recall", sa.Boolean(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "seq"),
    )
    op.create_index("feed_out_assertion", "feed_out", ["assertion"], unique=False)
    op.create_table(
        "feed_state",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("owner", "reader"),
    )
    op.create_table(
        "head",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "reader"),
    )
    op.create_table(
        "journal",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("originator", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("refers_to", sa.String(length=64), nullable=False),
        sa.Column("marking", sa.String(length=64), nullable=False),
        sa.Column("received", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("journal_refers_to", "journal", ["refers_to"], unique=False)
    op.create_table(
        "listing",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("listed", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("schema", sa.String(length=32), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("marking", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("assertion"),
    )
    op.create_index("listing_company", "listing", ["company"], unique=False)
    op.create_index("listing_jurisdiction", "listing", ["jurisdiction"], unique=False)
    op.create_table(
        "marking",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("originator", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "quarantine",
        sa.Column("peer", sa.String(length=32), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("peer"),
    )
    op.create_table(
        "receipt",
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reader"),
    )
    op.create_table(
        "refusal",
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "seq"),
    )
    op.create_index("refusal_assertion", "refusal", ["assertion"], unique=False)
    op.create_table(
        "standing",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("marking", sa.String(length=64), nullable=False),
        sa.Column("originator", sa.String(length=32), nullable=False),
        sa.Column("superseded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("standing_company", "standing", ["company"], unique=False)
    op.create_table(
        "withheld",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assertion", "reader"),
    )


def downgrade() -> None:
    """Drop all tables."""
    op.drop_table("withheld")
    op.drop_index("standing_company", table_name="standing")
    op.drop_table("standing")
    op.drop_index("refusal_assertion", table_name="refusal")
    op.drop_table("refusal")
    op.drop_table("receipt")
    op.drop_table("quarantine")
    op.drop_table("marking")
    op.drop_index("listing_jurisdiction", table_name="listing")
    op.drop_index("listing_company", table_name="listing")
    op.drop_table("listing")
    op.drop_index("journal_refers_to", table_name="journal")
    op.drop_table("journal")
    op.drop_table("head")
    op.drop_table("feed_state")
    op.drop_index("feed_out_assertion", table_name="feed_out")
    op.drop_table("feed_out")
    op.drop_index("feed_in_assertion", table_name="feed_in")
    op.drop_table("feed_in")
    op.drop_index("evidence_peer", table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("edition_log")
    op.drop_table("edition")
    op.drop_index("company_name_name", table_name="company_name")
    op.drop_index("company_name_company", table_name="company_name")
    op.drop_table("company_name")
    op.drop_index("company_key_company", table_name="company_key")
    op.drop_table("company_key")
