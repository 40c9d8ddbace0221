# SPDX-License-Identifier: Apache-2.0
"""Is it the same party? Names across scripts, candidates, features with reasons, and a score that can be reproduced.

Pure: candidates come in through an argument, nothing is read or written. This room never decides that two parties are
the same: it scores and explains, a person judges. It never says "no match" where it could not look.

>>> from highfence.matching.score import score
>>> from highfence.model.entity import Entity
>>> listed = Entity(id="a", schema="Company", properties={"name": ("Example Radio Works JSC",)})
>>> asked = Entity(id="b", schema="Company", properties={"name": ("AO Example Radiozavod",)})
>>> score(asked, listed).match
True
"""
