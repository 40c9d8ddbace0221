# SPDX-License-Identifier: Apache-2.0
"""Document: from the bytes of the consolidated list to its entries, trusting nothing in them.

No document type, no entity, no network, no schema fetched, and the parser's own limits on depth and size stay on
(OWASP, XML External Entity Prevention).
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from highfence.errors import ListRefused

#: Thirty times the largest edition so far (2.2 MB).
BYTES_MOST = 64 * 1024 * 1024
_ROOT = "CONSOLIDATED_LIST"
#: Section -> what its entries are called.
_SECTIONS = {"INDIVIDUALS": "INDIVIDUAL", "ENTITIES": "ENTITY"}
#: `2016-03-02`, and with an offset that says nothing about a day: `2012-07-18-04:00`.
_DAY = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T.*)?")


def read_document(data: bytes) -> list[etree._Element]:
    """Return the entries of both sections, individuals first, in the file's order.

    Raises:
        ListRefused: see `parse`; nothing of the document is used.
    """
    if len(data) > BYTES_MOST:
        raise ListRefused(
            f"the file has {len(data):,} bytes, an edition has at most {BYTES_MOST:,}",
            where="file",
            advice="Check that this is the consolidated list",
        )
    root = _root(data)
    if root.tag != _ROOT:
        raise ListRefused(
            f"the document is a {str(root.tag)[:40]}, not a {_ROOT}",
            where=f"line {root.sourceline}",
            advice="Hand in the consolidated list as the Security Council publishes it in XML",
        )
    return [entry for section, tag in _SECTIONS.items() for entry in _section(root, section).iterchildren(tag)]


def text_of(element: etree._Element, path: str) -> str:
    """Return the text of the first child at `path` with runs of spaces made one; empty if there is none."""
    return " ".join((element.findtext(path) or "").split())


def texts_of(element: etree._Element, path: str) -> tuple[str, ...]:
    """Return the texts of all children at `path` that are not blank."""
    found = (" ".join((child.text or "").split()) for child in element.iterfind(path))
    return tuple(text for text in found if text)


def day(text: str) -> date | None:
    """Read an XML Schema date or instant as the day it prints; None if it is not one."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found["day"])
    except ValueError:
        return None


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise ListRefused(
            f"the XML is not well-formed: {re.sub(r', line [0-9]+, column [0-9]+.*', '', error.msg or '')}",
            where=f"line {line}, column {column}",
            advice="Nothing of it was taken. Download it again; if it is the publisher's own mistake, wait for the "
            "next edition",
        ) from error
    except ValueError as error:
        # lxml's own refusal of an encoding it does not have.
        raise ListRefused(str(error), where="line 1", advice="Hand in the publisher's own file") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ListRefused(
            "the document declares a document type, which the list never does",
            where="line 1",
            advice="Do not use this file: it may have been made to harm its reader",
        )
    return root


def _section(root: etree._Element, name: str) -> etree._Element:
    found = root.find(name)
    if found is None:
        raise ListRefused(
            f"the section {name} is missing",
            where=f"line {root.sourceline}",
            advice="Nothing was taken: without it every entry of that section would seem to be delisted",
        )
    return found
