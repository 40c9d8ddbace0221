# SPDX-License-Identifier: Apache-2.0
"""Who is the same: people's judgements and the engine's likenesses, and how far the engine has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; they fill as judgements are made and as the engine reads the journal."""
    op.create_table(
        "judgement",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("binds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("assertion"),
    )
    for column in ("company", "subject", "other"):
        op.create_index(f"judgement_{column}", "judgement", [column])
    op.create_table(
        "likeness",
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("one_assertion", sa.String(length=64), nullable=False),
        sa.Column("other_assertion", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scorer", sa.String(length=16), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("one", "other"),
    )
    for column in ("one_assertion", "other_assertion", "score"):
        op.create_index(f"likeness_{column}", "likeness", [column])
    op.create_table(
        "resolved",
        sa.Column("scorer", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scorer"),
    )
