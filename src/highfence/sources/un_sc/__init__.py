# SPDX-License-Identifier: Apache-2.0
"""United Nations: the Security Council's consolidated list.

This folder reads whole, well-formed editions of the publisher's XML. It never expands an entity, never opens a
schema or another file the XML names, and never takes part of a broken one.

>>> from highfence.sources.un_sc.parse import parse
>>> edition = (
...     b"<CONSOLIDATED_LIST><INDIVIDUALS/><ENTITIES><ENTITY><FIRST_NAME>EXAMPLE BANK</FIRST_NAME>"
...     b"<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPe.999</REFERENCE_NUMBER>"
...     b"<LISTED_ON>2016-03-02</LISTED_ON></ENTITY></ENTITIES></CONSOLIDATED_LIST>"
... )
>>> listing = parse(edition).parties[0].listing
>>> listing.key, listing.programme, listing.reference
('KPe.999', 'DPRK', 'Resolution 1718 (2006)')
"""
