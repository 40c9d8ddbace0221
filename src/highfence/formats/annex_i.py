# SPDX-License-Identifier: Apache-2.0
"""EU Annex I: the dual-use list of Regulation (EU) 2021/821 as a database dump in JSON, read.

The dump is a list of rows `{"model", "pk", "fields"}`. Paragraphs come in the order of `path`, of which each level
takes four characters; a paragraph's code is those of the levels above with its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from highfence.errors import InvalidDocument
from highfence.model.control import EU_ANNEX_I, ControlEntry, ControlLists, Edition, Paragraph

_CITATION = "Regulation (EU) 2021/821, Annex I"
_LEVEL = 4
_MARKUP = re.compile(r"<[^>]{1,40}>|&emsp;|&nbsp;")


class _Row(msgspec.Struct):
    model: str
    pk: int
    fields: dict[str, Any]


class _Paragraph(msgspec.Struct):
    path: str
    code: str
    note_type: str
    text: str
    regulation: int


_ROWS = msgspec.json.Decoder(list[_Row])


def read_annex_i(data: bytes) -> ControlLists:
    """Read the dump.

    Raises:
        InvalidDocument: it is not such a dump, or has an entry without paragraphs.
    """
    try:
        rows = _ROWS.decode(data)
        codes = {row.pk: str(row.fields["code"]) for row in rows if row.model == "regulations.regulation"}
        read = [msgspec.convert(row.fields, _Paragraph) for row in rows if row.model == "regulations.paragraph"]
        made = [datetime.fromisoformat(str(row.fields["date_created"])) for row in rows]
    except (msgspec.MsgspecError, KeyError, ValueError, RecursionError) as error:
        raise _no_annex(str(error)) from error
    by_entry: dict[int, list[_Paragraph]] = {pk: [] for pk in codes}
    for one in read:
        by_entry.setdefault(one.regulation, []).append(one)
    empty = [codes.get(pk, str(pk)) for pk, paragraphs in by_entry.items() if pk not in codes or not paragraphs]
    if empty or not codes:
        raise _no_annex(f"the entry {empty[0]} has no paragraph" if empty else "it has no entry")
    entries = {codes[pk]: _entry(codes[pk], paragraphs) for pk, paragraphs in by_entry.items()}
    edition = Edition(name=EU_ANNEX_I, as_of=max(made).date(), rows=len(entries), citation=_CITATION)
    return ControlLists(editions=(edition,), annex_i=entries)


def _no_annex(why: str) -> InvalidDocument:
    return InvalidDocument(f"this is no Annex I: {why[:160]}", where="Annex I", advice="Give the dump as it was made")


def _entry(code: str, paragraphs: Iterable[_Paragraph]) -> ControlEntry:
    ordered = sorted(paragraphs, key=lambda one: one.path)
    own: dict[str, str] = {}
    told = []
    for one in ordered[1:]:
        note = one.note_type != "base"
        above = own.get(one.path[:-_LEVEL], code)
        own[one.path] = above if note else f"{above}.{one.code.strip().rstrip('.').lower()}"
        told.append(Paragraph(code=own[one.path], text=_plain(one.text), depth=len(one.path) // _LEVEL - 1, note=note))
    return ControlEntry(
        list=EU_ANNEX_I, code=code, heading=_plain(ordered[0].text), category=code[0], paragraphs=tuple(told)
    )


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", text).split())
