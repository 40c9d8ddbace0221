# SPDX-License-Identifier: Apache-2.0
"""United Kingdom: the UK Sanctions List, and the OFSI Consolidated List it replaced.

The UK Sanctions List is three tables; `pack` puts them into the one byte string that `parse` takes. This folder never
unpacks more than it was told there is, never joins the two lists' entries, and never guesses what a number without a
label stands for.

>>> from highfence.sources.uk_sanctions.parse import pack, parse
>>> edition = pack({
...     "subjects.csv": b"unique_id,subject_type,date_designated\\nRUS9999,entity,24/02/2022\\n",
...     "names.csv": b"unique_id,name_type,full_name\\nRUS9999,primary,Example Works\\n",
...     "identifiers.csv": b"unique_id,raw_value,identifier_type\\n",
... })
>>> listing = parse(edition).parties[0].listing
>>> listing.key, listing.listed.isoformat(), listing.programme
('RUS9999', '2022-02-24', 'The Russia (Sanctions) (EU Exit) Regulations 2019')
"""
