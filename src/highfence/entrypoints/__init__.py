# SPDX-License-Identifier: Apache-2.0
"""Doors: command line, API, pages and the exchange's wire. Each parses, authorises, calls one function and renders.

A door never decides who may see what (`rules.handling` does), never keeps more than sessions and what is handed in
during them, and never shows an error that says more than its reader may know.

>>> from highfence.entrypoints.identity import hash_code
>>> hash_code("correct-horse")[:7]
'sha256:'
"""
