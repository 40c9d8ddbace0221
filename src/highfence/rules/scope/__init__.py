# SPDX-License-Identifier: Apache-2.0
"""The yard: which technology is sensitive, where each list has it, and when it is to be looked at again.

A technology **area** leads to entries: ECCNs, codes of EU Annex I, HS-6 codes, entries of a Member's national list.
What is in the yard on a day follows from dated changes, each with its proposal, consultation, review and sunset, so
that its size is a number at any time. This room never classifies a product: it shows the paragraphs that fit a
description, and a person reads them.

>>> from datetime import date
>>> from highfence.rules.scope.yard import Yard
>>> yard = Yard.of()
>>> [area.id for area in yard.areas_of("3B001", on=date(2026, 11, 24))]
['semiconductors']
"""
