# SPDX-License-Identifier: Apache-2.0
"""What several processes of a node tell each other; and on PostgreSQL, texts in the order that SQLite has them in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and let PostgreSQL compare texts byte by byte and of any length."""
    op.create_table(
        "document",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "moved",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "nonce",
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_index("nonce_at", "nonce", ["at"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _bytewise(connection)


def _bytewise(connection: sa.Connection) -> None:
    bytewise = sa.Text(collation="C")
    shape = sa.inspect(connection)
    for table in shape.get_table_names():
        for column in shape.get_columns(table):
            if isinstance(column["type"], sa.String) and table != "alembic_version":
                op.alter_column(table, column["name"], type_=bytewise, existing_nullable=False)
