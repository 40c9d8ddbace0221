# SPDX-License-Identifier: Apache-2.0
"""Highfence: the exchange by which allied authorities tell each other what they know about companies of concern.

The public Python API. Each authority runs its own node; nothing a node holds leaves it unless a marking and an
agreement allow it. This package never decides for an authority, and never releases by itself what was not marked so.

>>> from highfence import Entity
>>> Entity(id="demo-1", schema="Company", properties={"name": ("Example Works",)}).caption
'Example Works'
"""

from __future__ import annotations

from highfence.errors import HighfenceError
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.marking import Marking

__version__ = "0.1.0"
__all__ = ["Assertion", "Entity", "HighfenceError", "Marking", "__version__"]
