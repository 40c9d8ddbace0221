# SPDX-License-Identifier: Apache-2.0
"""Statement: one value of one property of one entity, with who says so and since when."""

from __future__ import annotations

from datetime import date

import msgspec


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A single value with its provenance, as in FollowTheMoney's statement model.

    `assertion` is the id of the signed assertion it stands in, `originator` the authority that signed it.
    `original_value` is the text as the source printed it when that differs; `language` an ISO 639-3 code or empty.
    `first_seen` and `last_seen` are days; `last_seen` is None while the statement stands.
    """

    assertion: str
    originator: str
    entity: str
    schema: str
    prop: str
    value: str
    first_seen: date
    last_seen: date | None = None
    original_value: str = ""
    language: str = ""
    dataset: str = ""
