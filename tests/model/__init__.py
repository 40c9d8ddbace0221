# SPDX-License-Identifier: Apache-2.0
"""Tests of the nouns: schemata, identifiers, countries, markings, assertions."""
