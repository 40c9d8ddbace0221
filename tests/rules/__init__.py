# SPDX-License-Identifier: Apache-2.0
"""Tests of the rules: what the law and a marking allow."""
