# SPDX-License-Identifier: Apache-2.0
"""European Union: the annexes of its restrictive measures, as the Official Journal prints them.

This folder reads tables of whole consolidated annexes and tables of amending acts. It never takes an entry off because
an amending act does not name it, never splits a name where only a reader of the language could tell, and never calls a
Cyrillic name Russian unless the table does.

>>> from highfence.sources.eu_oj.parse import parse
>>> edition = "celex,annex,recordId,measure,schema,name,startDate,registrationNumber\\n" \\
...     "32014R0833,IV,9999,Export control,LegalEntity,Example Works,24 July 2026,7736050003 (Tax ID/INN)\\n"
>>> party = parse(edition.encode()).parties[0]
>>> party.listing.key, party.listing.list, party.listing.listed.isoformat()
('32014R0833/IV/9999', 'Regulation (EU) 833/2014, Annex IV', '2026-07-24')
>>> party.entities[0].values("innCode")
('7736050003',)
"""
