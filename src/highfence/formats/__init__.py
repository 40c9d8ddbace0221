# SPDX-License-Identifier: Apache-2.0
"""Foreign shapes, read and written: bytes or rows in, the model's nouns out, and back.

This room never opens a file or a connection, never asks whether someone may see what it writes (`rules.handling` is
asked before), and never mends what is ambiguous: it refuses and says where.

>>> from highfence.formats.ftm import read_line, write_line
>>> line = read_line(b'{"id": "x1", "schema": "Company", "properties": {"name": ["Acme"]}, "caption": "Acme"}')
>>> line.entity.first("name")
'Acme'
>>> write_line(line)
b'{"id":"x1","schema":"Company","properties":{"name":["Acme"]},"caption":"Acme"}\\n'
"""
