# SPDX-License-Identifier: Apache-2.0
"""The weights by which gaps are ranked."""

from __future__ import annotations

import pytest

from highfence.rules.sensitivity import sensitivity


@pytest.mark.parametrize(
    ("programme", "weight"),
    [
        ("Entity List", 1.0),
        ("Regulation (EU) 833/2014, Annex IV", 1.0),
        ("Regulation (EU) 833/2014, Annex XIV", 0.7),
        ("Regulation (EU) 833/2014, Annex XLII", 0.7),
        ("Chinese military companies (Section 1260H)", 1.0),
        ("Non-SDN Chinese Military-Industrial Complex Companies List", 1.0),
        ("Denied Persons List", 0.4),
        ("Identity listing", 0.7),
        ("", 0.7),
    ],
)
def test_a_programme_has_the_weight_of_the_first_row_whose_words_stand_in_its_name(programme, weight):
    assert sensitivity(programme) == weight
