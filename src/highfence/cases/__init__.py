# SPDX-License-Identifier: Apache-2.0
"""Human work with clocks: what waits for a person, what stands in the way, what is told to others once it is decided.

This room never decides: it keeps what officers do, refuses what is not possible yet, and says why and what is. It never
sends anything; what leaves does so as an assertion under a marking that an officer has given.

>>> from datetime import date
>>> from highfence.model.case_move import Asked, CaseEvent
>>> ask = CaseEvent(at="2026-11-24T09:00:00Z", by="jane", on=date(2026, 11, 24), move=Asked(text="Who pays?"))
>>> read_event(written(ask)) == ask
True
"""

from __future__ import annotations

from highfence.cases.licence import read_event, written

__all__ = ["read_event", "written"]
