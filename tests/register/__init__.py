# SPDX-License-Identifier: Apache-2.0
"""Tests of the register: what is known of a company, and to whom."""
