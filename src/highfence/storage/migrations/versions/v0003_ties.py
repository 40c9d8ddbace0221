# SPDX-License-Identifier: Apache-2.0
"""Where links between parties were told; filled from the journal as far as it has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what the journal holds already is entered when the node is opened (`register.ties.catch_up`)."""
    op.create_table(
        "tie",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("end", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("marking", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("assertion", "link", "end", "key"),
    )
    op.create_index("tie_key", "tie", ["key"])
