# SPDX-License-Identifier: Apache-2.0
"""Between authorities: envelopes, feeds, heads, receipts, membership, and what to believe of what arrives.

Bytes are verified first and believed later; what is decided is decided by pure functions (`receive`, `release`), and
what is kept is kept in one transaction. This room never merges two authorities' records, never re-serialises what was
signed, never sends what the handling rules do not release, and never drops a refusal without telling its sender.

>>> from highfence.exchange.envelope import ASSERTION_TYPE, open_envelope, payload_id, seal
>>> from highfence.exchange.keys import SigningKey
>>> envelope = seal(b'{"kind":"facts"}', ASSERTION_TYPE, SigningKey.from_seed(bytes(32)))
>>> payload_id(open_envelope(envelope).content())[:16]
'7cbd4ba0e2270bb5'
"""
