# SPDX-License-Identifier: Apache-2.0
"""The `highfence` command."""

from __future__ import annotations

from highfence.entrypoints.cli import main

if __name__ == "__main__":
    main()
