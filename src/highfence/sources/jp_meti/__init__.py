# SPDX-License-Identifier: Apache-2.0
"""Japan, METI: the Foreign End User List.

This folder reads the list's JSON form. It never fetches it, never translates a name, and never reads the running id
as an identity: the list is numbered anew with every edition.

>>> from highfence.sources.jp_meti.parse import parse
>>> edition = b'[{"entity_name": "Example Works", "addresses": ["India"], "reason": "N"}]'
>>> parse(edition).parties[0].listing.reason
'nuclear weapons; N'
"""
