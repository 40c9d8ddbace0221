# SPDX-License-Identifier: Apache-2.0
"""The nouns: what is said, about whom, by whom, under which marking.

Frozen structs, closed vocabularies and tables. This room never reads a file it does not ship, never opens a
connection, never reads a clock or the environment, and never decides who may see what: that is `rules.handling`.

>>> from highfence.model.entity import Entity
>>> from highfence.model.identifier import identifiers_of
>>> from highfence.model.schema import check
>>> huawei = Entity(
...     id="example-1",
...     schema="Company",
...     properties={"name": ("Huawei Technologies Co., Ltd.",), "uscCode": ("9144 0300 1922 0382 16",)},
... )
>>> check(huawei).caption
'Huawei Technologies Co., Ltd.'
>>> identifiers_of(huawei)
(Identifier(kind='uscc', value='914403001922038216'),)
"""
