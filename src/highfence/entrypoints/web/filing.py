# SPDX-License-Identifier: Apache-2.0
"""Filing: a file of parties is handed in, its columns are confirmed, and the answers are shown and downloaded.

Each page of a file is at one address, whatever state it is in, and works without scripts: it then loads itself anew.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import msgspec
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import Provide
from litestar.response import Redirect

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.clerk import SHOWN_MOST, Look
from highfence.entrypoints.identity import hash_code
from highfence.entrypoints.inquiry import Reading
from highfence.entrypoints.web.desk import FILE_BYTES_MOST, Desk, Filed, Owner
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.screening import screen_page
from highfence.entrypoints.web.upload import read_upload
from highfence.entrypoints.web.visit import Visit, require_same_site, session_of, signed_in
from highfence.errors import InvalidInput
from highfence.formats.headings import FIELDS
from highfence.formats.spreadsheet import MEDIA_TYPE as XLSX
from highfence.matching.screen import THRESHOLD

_FORM_BYTES_MAX = 64 * 1024
#: What a column can hold, in the page's words.
FIELD_WORDS = {
    "name": "Name",
    "alias": "Other name",
    "id": "Your reference",
    "schema": "Kind of party",
    "country": "Country",
    "address": "Address",
    "identifiers": "Numbers of any kind",
    "lei": "LEI",
    "inn": "INN (Russia)",
    "ogrn": "OGRN (Russia)",
    "uscc": "Unified social credit code (China)",
    "vat": "VAT number",
    "tax": "Tax number",
    "registration": "Register number",
    "imo": "IMO number",
    "birth_date": "Date of birth",
}
#: Encodings in which spreadsheets save what is not in UTF-8.
ENCODINGS = {
    "": "UTF-8, or as the file says",
    "windows-1252": "Western European (windows-1252)",
    "windows-1250": "Central European (windows-1250)",
    "windows-1251": "Cyrillic (windows-1251)",
    "windows-1253": "Greek (windows-1253)",
    "windows-1254": "Turkish (windows-1254)",
    "windows-1256": "Arabic (windows-1256)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_kr": "Korean (EUC-KR)",
}
#: Of these only one column can hold the party's.
_SINGLE = ("id", "schema", "birth_date")
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "jsonl": "application/x-ndjson"}


class ProgressView(msgspec.Struct, frozen=True):
    """How far a file is, for the script of its page."""

    state: str
    done: int
    total: int


def desk_of(request: Request[Any, Any, Any]) -> Desk:
    """Return the node's desk."""
    desk: Desk = request.app.state.desk
    return desk


def own_file(request: Request[Any, Any, Any], visit: Visit, name: str) -> Filed:  # noqa: ARG001 - who is signed in
    """Return the file that the address names, if it is of the session that asks; raises NotFound otherwise."""
    return desk_of(request).get(hash_code(session_of(request)), name)


class Filing(Controller):
    """Files that are screened."""

    path = "/screen/files"
    dependencies = {  # noqa: RUF012 - Litestar reads the class
        "visit": Provide(signed_in, sync_to_thread=False),
        "desk": Provide(desk_of, sync_to_thread=False),
    }
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @post(status_code=303, request_max_body_size=None)
    async def hand_in(self, request: Request[Any, Any, Any], *, node: Node, visit: Visit, desk: Desk) -> Response[Any]:
        """Take a file in, and lead to its page; one that cannot be taken is told at the form."""
        require_same_site(request)
        owner = Owner(session=hash_code(session_of(request)), officer=_officer(visit), reader=visit.reader)
        try:
            upload = await read_upload(request, bytes_most=min(FILE_BYTES_MOST, node.settings.upload_bytes_max))
            filed = desk.take(owner, upload.name, upload.data)
        except InvalidInput as error:
            return screen_page(visit, desk.of(owner.session), wrong={"file": f"{error.what}. {error.advice}"})
        return _see(filed)

    @get("/{name:str}", dependencies={"filed": Provide(own_file, sync_to_thread=False)}, sync_to_thread=True)
    def file(self, *, node: Node, visit: Visit, filed: Filed) -> Response[str]:
        """Show how far a file is: its columns to confirm, its progress, or its answers."""
        return _page(node, visit, filed)

    @get("/{name:str}/progress", dependencies={"filed": Provide(own_file, sync_to_thread=False)}, sync_to_thread=False)
    def progress(self, *, filed: Filed) -> Response[ProgressView]:
        """Tell how far a file is."""
        view = ProgressView(filed.state, filed.progress.done, filed.progress.total)
        return Response(view, media_type=MediaType.JSON, headers=PAGE_HEADERS)

    @post(
        "/{name:str}",
        status_code=303,
        request_max_body_size=_FORM_BYTES_MAX,
        dependencies={"filed": Provide(own_file, sync_to_thread=False)},
    )
    async def decide(
        self, request: Request[Any, Any, Any], *, node: Node, visit: Visit, desk: Desk, filed: Filed
    ) -> Response[Any]:
        """Do with a file what the pressed button says: screen it, look at it again, or delete it."""
        require_same_site(request)
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        if form.get("do") == "delete":
            desk.drop(filed)
            return Redirect("/screen", status_code=303, headers=PAGE_HEADERS)
        if form.get("do") == "look":
            desk.look_again(filed, Reading(encoding=form.get("encoding", "")[:40], sheet=form.get("sheet", "")[:100]))
            return _see(filed)
        look = filed.look
        if look is None or filed.state != "columns":
            return _see(filed)
        fields, wrong = read_fields(look, form)
        if wrong:
            return await sync_to_thread(_page, node, visit, filed, wrong=wrong, chosen=fields)
        desk.screen(filed, fields)
        return _see(filed)

    @get("/{name:str}/{file:str}", dependencies={"filed": Provide(own_file, sync_to_thread=False)}, sync_to_thread=True)
    def answers(self, *, filed: Filed, file: str) -> Response[bytes]:
        """Give a file of answers, named after the marking of what is in it."""
        data = filed.file(file)
        stem, _, kind = file.rpartition(".")
        marking = f"-{filed.marking.classification}-TLP-{filed.marking.tlp}" if filed.marking else ""
        headers = {**PAGE_HEADERS, "content-disposition": f'attachment; filename="screening-{stem}{marking}.{kind}"'}
        return Response(data, media_type=_MEDIA_TYPES[kind], headers=headers)


def read_fields(look: Look, form: dict[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Read what each column holds, and what is wrong with that, by the ids of the page's fields."""
    chosen = tuple(form.get(f"column-{at}", "") for at in range(len(look.headings)))
    fields = tuple(field if field in FIELDS else "" for field in chosen)
    if look.headings and "name" not in fields:
        return fields, {"column-0": "No column holds the name. Choose the one that does"}
    for field in _SINGLE:
        places = [at for at, one in enumerate(fields) if one == field]
        if len(places) > 1:
            words = FIELD_WORDS[field].lower()
            return fields, {f"column-{places[1]}": f"Two columns are to hold the {words}. Choose one"}
    return fields, {}


def _page(
    node: Node, visit: Visit, filed: Filed, *, wrong: dict[str, str] | None = None, chosen: tuple[str, ...] = ()
) -> Response[str]:
    filed = copy(filed)
    listed: dict[str, tuple[str, ...]] = {}
    if filed.outcome is not None:
        ids = {match.id for one in filed.outcome.shown for match in one.matches}
        with node.sight(visit.reader) as sight:
            listed = sight.listed_by(ids)
    return page(
        "screen_file.html",
        visit,
        status=400 if wrong else 200,
        filed=filed,
        fields=chosen or (filed.look.guesses if filed.look else ()),
        wrong=wrong or {},
        words=FIELD_WORDS,
        encodings=ENCODINGS,
        listed=listed,
        shown_most=SHOWN_MOST,
        threshold=f"{THRESHOLD:.2f}",
        today=day(node.now()),
    )


def _officer(visit: Visit) -> str:
    return visit.officer.name if visit.officer is not None else ""


def _see(filed: Filed) -> Redirect:
    return Redirect(f"/screen/files/{filed.id}", status_code=303, headers=PAGE_HEADERS)
