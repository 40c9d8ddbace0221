# SPDX-License-Identifier: Apache-2.0
"""State: the journal, the feeds, the register's index, the editions of lists. The only room with SQL.

SQL is the truth of a node. Its functions take a connection and values and give values back; they decide nothing. This
room never changes or deletes a journal row or feed entry, never reads the clock, and never looks inside an envelope.

>>> from highfence.storage.journal import CHAIN_START, chained
>>> chained(CHAIN_START, "00" * 32, b"envelope").hex()[:8] == CHAIN_START.hex()[:8]
False
"""
