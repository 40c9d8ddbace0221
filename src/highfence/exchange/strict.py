# SPDX-License-Identifier: Apache-2.0
"""Strict decoding of signed bytes: one text has one meaning, or it is refused.

Limits: UTF-8, NFC, no U+0000, at most 1 MiB, at most 32 levels deep, no duplicate keys, no floats, |int| < 2^53. Two
parsers that read the same bytes differently are how a signed document comes to mean two things.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import inspect

from highfence.errors import InvalidDocument

#: A claim that needs more belongs in an attachment; also bounds what a hostile peer can make us hold.
DOCUMENT_BYTES_MAX = 1 << 20
#: FollowTheMoney needs five levels; the rest is room for what is to come.
DEPTH_MAX = 32
#: Beyond this a JavaScript reader would round.
INTEGER_MAX = (1 << 53) - 1
#: As many digits as `INTEGER_MAX` has; a longer number has as many in a row too.
_LONG_NUMBER = re.compile(rb"[0-9]{16}")

T = TypeVar("T")


def read(document: bytes, kind: type[T], *, where: str, bytes_max: int = DOCUMENT_BYTES_MAX) -> T:
    """Return what `document` says as a struct of type `kind`, strictly decoded.

    A document that is, byte for byte, what writing the struct gives has no key twice, no unknown one, no depth and no
    number that the struct has no place for. That is nearly every honest one, and seen at once; the others are looked at
    closely.

    Raises:
        InvalidDocument: as `decode`.
        msgspec.ValidationError: it is no such struct.
    """
    decoder, numbers = _DECODERS.get(kind) or _decoder(kind)
    if len(document) <= bytes_max and b"\\u" not in document:
        try:
            value: T | None = decoder.decode(document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            value = None
        if (
            value is not None
            and _ENCODER.encode(value) == document
            and not (numbers and _LONG_NUMBER.search(document))
            and (document.isascii() or unicodedata.is_normalized("NFC", document.decode()))
        ):
            return value
    return msgspec.convert(decode(document, where=where, bytes_max=bytes_max), kind)


def decode(document: bytes, *, where: str = "document", bytes_max: int = DOCUMENT_BYTES_MAX) -> dict[str, Any]:
    """Return the JSON object that `document` holds.

    Raises:
        InvalidDocument: the bytes break a limit or are not one JSON object; says which and where.
    """
    if len(document) > bytes_max:
        _refuse(where, f"it has {len(document):,} bytes, more than {bytes_max:,}")
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(where, f"it is not UTF-8 at byte {error.start}")
    # Counting brackets first keeps a deep document from ever reaching the recursive parser.
    if text.count("{") + text.count("[") > DEPTH_MAX:
        _require_shallow(text, where)
    try:
        value = json.loads(
            text, object_pairs_hook=_unique_keys, parse_float=_no_float, parse_int=_small_int, parse_constant=_no_float
        )
    except json.JSONDecodeError as error:
        _refuse(where, f"it is not JSON at line {error.lineno} column {error.colno}: {error.msg}")
    except _Broken as error:
        _refuse(where, str(error))
    if not isinstance(value, dict):
        _refuse(where, "it is not a JSON object")
    _require_composed(text, value, where)
    return value


class _Broken(ValueError):
    """A limit broken inside the parser's callbacks."""


def _refuse(where: str, why: str) -> NoReturn:
    raise InvalidDocument(
        f"the bytes do not pass strict decoding: {why}", where=where, advice="The sender must build it anew"
    )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Broken(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _no_float(text: str) -> NoReturn:
    raise _Broken(f"it holds the number {text[:20]}, and only integers are allowed")


def _small_int(text: str) -> int:
    # Length first: turning a million digits into an integer is itself an attack.
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        raise _Broken(f"it holds the number {text[:20]}, outside +-2^53")
    return int(text)


def _require_shallow(text: str, where: str) -> None:
    depth = 0
    in_text = escaped = False
    for letter in text:
        if in_text:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                in_text = False
        elif letter == '"':
            in_text = True
        elif letter in "{[":
            depth += 1
            if depth > DEPTH_MAX:
                _refuse(where, f"it is more than {DEPTH_MAX} levels deep")
        elif letter in "}]":
            depth -= 1


def _require_composed(text: str, value: object, where: str) -> None:
    """Refuse text that is not in Unicode Normalisation Form C, also where it hides behind escapes."""
    # Every part of a composed text is composed. The reverse does not hold: a letter of an escape such as `\n` would
    # compose with a mark behind it, so a text that is not composed as a whole is looked at string by string.
    if "\\u" not in text and unicodedata.is_normalized("NFC", text):
        return
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if not unicodedata.is_normalized("NFC", item):
                _refuse(where, "its text is not in Unicode form NFC")
            if "\x00" in item:
                _refuse(where, "its text holds the character U+0000, which not every database can keep")
            if any("\ud800" <= letter <= "\udfff" for letter in item):
                _refuse(where, "its text holds half a surrogate pair")
        elif isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _decoder(kind: type[T]) -> tuple[msgspec.json.Decoder[T], bool]:
    """Make the decoder of a kind of struct, and tell whether there are numbers in it."""
    # One thread after the other: two that meet a type for the first time at once bring the process down.
    with _MAKING:
        kinds = _kinds_in(inspect.type_info(kind), set())
        if kinds & {inspect.AnyType, inspect.FloatType, inspect.DecimalType, inspect.RawType}:
            raise TypeError(f"{kind.__name__} has a field that may hold what strict decoding refuses")
        made = _DECODERS[kind] = (msgspec.json.Decoder(kind), inspect.IntType in kinds)
    return made


def _kinds_in(value: object, found: set[type]) -> set[type]:
    """Collect the kinds of types that a type is made of."""
    if isinstance(value, tuple | list):
        for one in value:
            _kinds_in(one, found)
    elif isinstance(value, inspect.Type | inspect.Field):
        found.add(type(value))
        for name in value.__struct_fields__:
            _kinds_in(getattr(value, name), found)
    return found


_ENCODER = msgspec.json.Encoder()
_MAKING = threading.Lock()
_DECODERS: dict[type, tuple[msgspec.json.Decoder[Any], bool]] = {}
