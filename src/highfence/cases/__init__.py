# SPDX-License-Identifier: Apache-2.0
"""Human work with clocks: licence cases, denials, and the consultations that these ask for before somebody approves.

What authorities tell each other is assertions: this room works out what they come to on a day, and drafts the next one.
What is internal to an authority, the file of a licence case, is events of its own that never leave the node. The room
never reads a clock, never publishes, and never decides: it keeps what officers do, refuses what is not possible yet and
says what is, and who has decided what stands in what was signed or entered.

>>> from datetime import date
>>> from highfence.model.denial import Denial
>>> from highfence.model.marking import Marking
>>> from highfence.cases.drafts import revoked
>>> told = Denial(end_users=("works",), destination="cn", regime="eu", reason="other", denied=date(2026, 3, 1))
>>> revoked(told, date(2026, 11, 24)).state
'revoked'
"""
