# SPDX-License-Identifier: Apache-2.0
"""The United States' Consolidated Screening List: thirteen lists of three departments in one table.

Reads bytes and gives parties. Never fetches, never decides what a listing means for a licence: that is `rules`.

>>> from highfence.sources.us_csl.lists import list_of
>>> list_of("Entity List (EL) - Bureau of Industry and Security").code
'EL'
"""
