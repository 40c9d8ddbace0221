# SPDX-License-Identifier: Apache-2.0
"""Tests of the exchange: what is believed of others, and what is told to them."""
