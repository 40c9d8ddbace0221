# SPDX-License-Identifier: Apache-2.0
"""Human work with clocks: denials, and the consultations that they ask for before somebody else approves.

Each step is an assertion; this room works out what the steps come to on a day, and drafts the next one. It never keeps
a state of its own, never reads a clock, never publishes, and never decides: who has decided what stands in what was
signed.

>>> from datetime import date
>>> from highfence.model.denial import Denial
>>> from highfence.model.marking import Marking
>>> from highfence.cases.drafts import revoked
>>> told = Denial(end_users=("works",), destination="cn", regime="eu", reason="other", denied=date(2026, 3, 1))
>>> revoked(told, date(2026, 11, 24)).state
'revoked'
"""
