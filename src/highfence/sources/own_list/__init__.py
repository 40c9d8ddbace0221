# SPDX-License-Identifier: Apache-2.0
"""Own list: what an authority lists itself, one JSON object on each line.

This folder reads the lines. It never mends one, never guesses a field and never takes half a file: the list is the
authority's own, so a line that is wrong is for the authority to correct.

>>> from highfence.sources.own_list.parse import parse
>>> listing = b'{"jurisdiction": "nl", "list": "Watch list", "key": "1", "entity": "nl-1"}'
>>> company = b'{"id": "nl-1", "schema": "Company", "properties": {"name": ["Example B.V."]}}'
>>> parse(b'{"listing": ' + listing + b', "entities": [' + company + b']}').parties[0].entities[0].caption
'Example B.V.'
"""
