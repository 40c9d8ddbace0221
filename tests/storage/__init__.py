# SPDX-License-Identifier: Apache-2.0
"""Tests of the storage: what is kept, and what is not when it fails."""
