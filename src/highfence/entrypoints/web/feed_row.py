# SPDX-License-Identifier: Apache-2.0
"""Feed row: a line of the live feed in the words of the page, the same whether it is rendered or pushed."""

from __future__ import annotations

import msgspec

from highfence.entrypoints.web.words import classification_colour, instant_words, kind_colour, segment, tlp_class
from highfence.model.authority import Membership
from highfence.register.view import Arrived

#: How many rows the page shows and keeps.
ROWS_MAX = 50
#: A long sentence is cut on the feed; the assertion's own page has all of it.
_TEXT_MAX = 280


class FeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row. All fields are texts for people or classes of a closed set; the script writes them as text only.

    `company_path` is empty when the assertion is about no company that is known here.
    """

    id: str
    path: str
    at: str
    time: str
    originator: str
    originator_name: str
    kind: str
    kind_class: str
    company_path: str
    caption: str
    text: str
    tlp: str
    tlp_class: str
    classification: str
    classification_class: str
    replaced: bool = False


def feed_row(arrived: Arrived, membership: Membership) -> FeedRow:
    """Return the row of an assertion that the reader may see."""
    authority = membership.authority(arrived.originator)
    marking = arrived.marking
    return FeedRow(
        id=arrived.id,
        path=f"/assertions/{segment(arrived.id)}",
        at=arrived.received,
        time=instant_words(arrived.received),
        originator=arrived.originator.upper(),
        originator_name=authority.name if authority else arrived.originator,
        kind=arrived.kind,
        kind_class=kind_colour(arrived.kind),
        company_path=f"/companies/{segment(arrived.company)}" if arrived.company else "",
        caption=arrived.caption,
        text=_cut(arrived.text),
        tlp=f"TLP:{marking.tlp}",
        tlp_class=tlp_class(marking.tlp),
        classification=marking.classification,
        classification_class=classification_colour(marking.classification),
        replaced=arrived.superseded,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 1].rstrip() + "…"
