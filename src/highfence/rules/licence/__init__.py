# SPDX-License-Identifier: Apache-2.0
"""The fence: is a licence needed for a transaction, why, under whose rule, and how are applications reviewed.

Rules are dated tables (`rules/tables/licence`) and small pure functions over them. This room never looks anybody up
(who is like whom comes in as an argument), never reads a file that does not ship with it, and never decides: it answers
"cannot tell" where a fact is missing, and says that it is an aid and no legal advice.

>>> from datetime import date
>>> from decimal import Decimal
>>> from highfence.model.application import Application, EndUse, Item, Measure, ShipmentParty
>>> item = Item(id="bolts", description="Steel bolts", quantity=Measure(value=Decimal(100), unit="kg"), eccn="EAR99")
>>> buyer = ShipmentParty(id="buyer", name="Example Works", roles=("end user",), country="ca")
>>> no = {"military": False, "military_parts": False, "weapons_of_mass_destruction": False, "advanced_chips": False}
>>> application = Application(
...     id="a-1",
...     exporter="us",
...     destination="ca",
...     items=(item,),
...     parties=(buyer,),
...     end_use=EndUse(text="A bridge", **no),
...     on=date(2026, 11, 24),
... )
>>> Desk().determine(application).verdict
'licence not required'
"""

from __future__ import annotations

from highfence.rules.licence.answer import Determination, Reason, RegimeAnswer
from highfence.rules.licence.determine import Desk

__all__ = ["Desk", "Determination", "Reason", "RegimeAnswer"]
