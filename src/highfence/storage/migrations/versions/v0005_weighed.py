# SPDX-License-Identifier: Apache-2.0
"""When what had not gone to a reader was weighed last, under which membership document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it is empty, so everything is weighed once when the node is started."""
    op.create_table(
        "weighed",
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("reader"),
    )
