# SPDX-License-Identifier: Apache-2.0
"""The United States' list of Chinese military companies under Section 1260H, with its past editions.

Reads bytes and gives parties, one for each time a company was named. Never says what follows for a contract: that is
`rules`.

>>> from highfence.sources.us_1260h.names import split_aliases
>>> split_aliases("Example,Example Cloud; Example Co., Ltd.")
('Example', 'Example Cloud', 'Example Co., Ltd.')
"""
