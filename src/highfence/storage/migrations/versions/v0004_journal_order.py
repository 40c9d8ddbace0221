# SPDX-License-Identifier: Apache-2.0
"""The journal by kind and by instant: what changed since a day, and which decisions there are."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("journal_received", "journal", ["received"])
    op.create_index("journal_kind", "journal", ["kind"])
