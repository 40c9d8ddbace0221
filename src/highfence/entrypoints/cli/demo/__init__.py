# SPDX-License-Identifier: Apache-2.0
"""The demonstration: four authorities' nodes as processes of this machine, told as a story with measured times.

It uses the same commands, API and wire as any deployment, and never anything that is not on the loopback interface.
The concern it tells is about an invented company; the built-in lists are facts about real ones.

>>> [actor.code for actor in CAST]
['us', 'eu', 'nl', 'cy']
"""

from __future__ import annotations

from highfence.entrypoints.cli.demo.cast import CAST as CAST
