# SPDX-License-Identifier: Apache-2.0
"""Is it the same party? Names across scripts, candidates, features with reasons, and a score that can be reproduced.

Pure: candidates come in through an argument, nothing is read or written. This room never decides that two parties are
the same: it scores and explains, a person judges. It never says "no match" where it could not look.

>>> from highfence.model.entity import Entity
>>> Entity(id="x", schema="Company", properties={"name": ("Example Works Ltd",)}).caption
'Example Works Ltd'
"""
