# SPDX-License-Identifier: Apache-2.0
"""Published lists in: from a publisher's file to parties, and from one edition to what the next one changes.

One folder per list, each with source.toml (publisher, licence, expected counts), parse.py (bytes to parties, pure) and
NOTES.md (what the columns mean, what is left out and why). `ingest` compares editions, `expectations` stops a broken
one. This room never opens a connection, never stores anything, never decides whether two parties are the same, and
never guesses: what it cannot read it reports with its line, and a file that breaks its bounds is refused whole.

>>> from highfence.sources.catalogue import parser, source
>>> from highfence.sources.progress import quiet
>>> table = b"Name,Start date,End date\\nExample Aviation Ltd. (EXA)*,2026-06-08,\\n"
>>> party, = parser("us_1260h")(table, quiet).parties
>>> party.entities[0].caption, str(party.listing.listed)
('Example Aviation Ltd. (EXA)', '2026-06-08')
>>> source("us_1260h").publisher
'United States Department of Defense'
"""
