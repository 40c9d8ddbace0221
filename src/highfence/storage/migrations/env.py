# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: runs the steps on the connection it is given, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from highfence.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
