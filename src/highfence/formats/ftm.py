# SPDX-License-Identifier: Apache-2.0
"""FollowTheMoney: entities as JSON lines, and as statements.

A line is `{"id", "schema", "properties": {name: [text, ...]}}` and whatever else its writer put beside (`datasets`,
`caption`, `first_seen`): that is kept byte for byte and written again. What Highfence knows beyond FollowTheMoney of a
value, its original text and its language, travels as `originals` and `languages`, which other readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

import msgspec

from highfence.errors import InvalidDocument, InvalidEntity
from highfence.model.entity import Entity
from highfence.model.schema import check, schema
from highfence.model.statement import Statement

#: The longest lines of public FollowTheMoney dumps are a few MiB; beyond this a file is not what it says it is.
MAX_LINE_BYTES = 16 * 1024 * 1024

_Kind = TypeVar("_Kind")
_OWN_FIELDS = ("id", "schema", "properties")
_BESIDE_FIELDS = ("originals", "languages")


class FtmLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entity and the other top-level fields of its line, as their JSON text."""

    entity: Entity
    extra: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)

    def field(self, name: str) -> object:
        """Return another field of the line, decoded; None if the line has none of that name."""
        raw = self.extra.get(name)
        return None if raw is None else msgspec.json.decode(raw)


def write_line(line: Entity | FtmLine) -> bytes:
    """Return an entity, with its other fields if it is an `FtmLine`, as one line of JSON in UTF-8 with its newline.

    Raises:
        InvalidEntity: the entity is not FollowTheMoney, or has text that UTF-8 cannot hold.
    """
    entity, extra = (line.entity, line.extra) if isinstance(line, FtmLine) else (line, {})
    check(entity)
    own = _as_written(entity)
    if taken := own.keys() & extra.keys():
        raise InvalidEntity(
            f"the other fields hold {min(taken)!r} a second time",
            where=f"entity {entity.id[:80]}",
            advice="Put it into the entity, not beside it",
        )
    try:
        return msgspec.json.encode(own | extra) + b"\n"
    except UnicodeEncodeError as error:
        raise InvalidEntity(
            "a text holds half a surrogate pair, which UTF-8 cannot carry",
            where=f"entity {entity.id[:80]!a}",
            advice="Read the source in its right encoding",
        ) from error


def read_line(line: bytes, *, line_number: int = 1) -> FtmLine:
    """Read one line. Of a key given twice the last one counts, as with most readers of JSON.

    >>> read_line(b'{"id": "a", "schema": "Person", "properties": {"nmae": ["A"]}}', line_number=7)
    Traceback (most recent call last):
    ...
    highfence.errors.InvalidEntity: Person has no property 'nmae' (line 7, entity a.nmae). Use a property of Person as \
FollowTheMoney names it

    Raises:
        InvalidDocument: the line is not one JSON object in UTF-8, or longer than `MAX_LINE_BYTES`.
        InvalidEntity: it has an unknown schema or property, or a value that is not a list of texts; says which.
    """
    fields = _fields(line, line_number)
    missing = [name for name in _OWN_FIELDS if name not in fields]
    if missing:
        raise InvalidEntity(
            f"the line has no {missing[0]!r}",
            where=f"line {line_number}",
            advice="Give each line id, schema and properties",
        )
    entity_id = _decoded(fields.pop("id"), str, where=f"line {line_number}, id", expected="a text")
    where = f"line {line_number}, entity {entity_id[:80]}"
    entity = Entity(
        id=entity_id,
        schema=_decoded(fields.pop("schema"), str, where=f"{where}.schema", expected="a text"),
        properties=_properties(fields.pop("properties"), where),
        originals=_texts(fields, "originals"),
        languages=_texts(fields, "languages"),
    )
    try:
        # A Raw is a view that would keep the whole line in memory.
        return FtmLine(entity=check(entity), extra={name: raw.copy() for name, raw in fields.items()})
    except InvalidEntity as error:
        raise InvalidEntity(error.what, where=f"line {line_number}, {error.where}", advice=error.advice) from error


def read_lines(lines: Iterable[bytes]) -> Iterator[FtmLine]:
    """Read lines one by one as they come, passing over blank ones and a byte order mark; the first bad one raises.

    Raises:
        InvalidDocument, InvalidEntity: as `read_line`, with the number of the line, from 1.
    """
    for line_number, line in enumerate(lines, start=1):
        if stripped := (line.removeprefix(b"\xef\xbb\xbf") if line_number == 1 else line).strip():
            yield read_line(stripped, line_number=line_number)


def to_statements(
    entity: Entity, *, assertion: str, originator: str, first_seen: date, dataset: str = ""
) -> tuple[Statement, ...]:
    """Return one statement for each value of an entity; an entity without values makes no statement.

    `assertion` is the id of the signed assertion it stands in, `first_seen` the day.

    Raises:
        InvalidEntity: the entity is not FollowTheMoney.
    """
    check(entity)
    return tuple(
        Statement(
            assertion=assertion,
            originator=originator,
            entity=entity.id,
            schema=entity.schema,
            prop=prop,
            value=value,
            first_seen=first_seen,
            original_value=entity.originals.get(value, ""),
            language=entity.languages.get(value, ""),
            dataset=dataset,
        )
        for prop, values in entity.properties.items()
        for value in values
    )


def from_statements(statements: Iterable[Statement]) -> tuple[Entity, ...]:
    """Put statements together to the entities they are about, in the order these are met, each value once.

    All that is given is used: leave out what has ended or may not be seen before. An entity's schema is the most
    specific of those its statements name; of two originals or languages of one value the first stays.

    Raises:
        InvalidEntity: two statements of one entity name schemata of which neither descends from the other.
    """
    parts: dict[str, list[Statement]] = {}
    for statement in statements:
        parts.setdefault(statement.entity, []).append(statement)
    return tuple(_entity(entity_id, about) for entity_id, about in parts.items())


def _as_written(entity: Entity) -> dict[str, object]:
    written: dict[str, object] = {"id": entity.id, "schema": entity.schema, "properties": entity.properties}
    for name in _BESIDE_FIELDS:
        if texts := getattr(entity, name):
            written[name] = texts
    return written


def _fields(line: bytes, line_number: int) -> dict[str, msgspec.Raw]:
    where = f"line {line_number}"
    if len(line) > MAX_LINE_BYTES:
        raise InvalidDocument(
            f"the line has more than {MAX_LINE_BYTES} bytes", where=where, advice="Write one entity on each line"
        )
    try:
        text = line.decode("utf-8").strip()
        if "\n" in text or "\r" in text:
            raise InvalidDocument("an entity goes over several lines", where=where, advice="Write it on one line")
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            f"byte {error.start} is not UTF-8", where=where, advice="Save the file in UTF-8"
        ) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidDocument(
            f"the line is not one JSON object: {str(error)[:120]}", where=where, advice="Write JSON, one object a line"
        ) from error


def _properties(raw: msgspec.Raw, where: str) -> dict[str, tuple[str, ...]]:
    try:
        return msgspec.json.decode(raw, type=dict[str, tuple[str, ...]])
    except msgspec.MsgspecError:
        by_name = _decoded(raw, dict[str, msgspec.Raw], where=f"{where}.properties", expected="an object of lists")
    return {
        name: _decoded(values, tuple[str, ...], where=f"{where}.{name[:80]}", expected="a list of texts")
        for name, values in by_name.items()
    }


def _decoded(raw: msgspec.Raw, kind: type[_Kind], *, where: str, expected: str) -> _Kind:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise InvalidEntity(f"the value is not {expected}", where=where, advice=f"Give {expected}") from error


def _texts(fields: dict[str, msgspec.Raw], name: str) -> dict[str, str]:
    """Take a field of texts by value; one of that name but another shape is someone else's and stays beside."""
    try:
        texts = msgspec.json.decode(fields.get(name, msgspec.Raw(b"{}")), type=dict[str, str])
    except msgspec.MsgspecError:
        return {}
    fields.pop(name, None)
    return texts


def _entity(entity_id: str, statements: list[Statement]) -> Entity:
    properties: dict[str, dict[str, None]] = {}
    originals: dict[str, str] = {}
    languages: dict[str, str] = {}
    for statement in statements:
        properties.setdefault(statement.prop, {})[statement.value] = None
        if statement.original_value:
            originals.setdefault(statement.value, statement.original_value)
        if statement.language:
            languages.setdefault(statement.value, statement.language)
    return check(
        Entity(
            id=entity_id,
            schema=_most_specific(entity_id, statements),
            properties={prop: tuple(values) for prop, values in properties.items()},
            originals=originals,
            languages=languages,
        )
    )


def _most_specific(entity_id: str, statements: list[Statement]) -> str:
    names = dict.fromkeys(statement.schema for statement in statements)
    for name in names:
        if all(schema(name).is_a(other) for other in names):
            return name
    raise InvalidEntity(
        f"its statements call it {' and '.join(names)}",
        where=f"entity {entity_id[:80]}",
        advice="Correct the statement with the wrong schema, or keep two entities apart",
    )
