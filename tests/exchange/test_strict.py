# SPDX-License-Identifier: Apache-2.0
"""Strict decoding: what is refused, and that everything else means what JSON says."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument
from highfence.exchange.strict import DEPTH_MAX, DOCUMENT_BYTES_MAX, INTEGER_MAX, decode, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
COMPOSED = TEXTS.map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | COMPOSED,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(COMPOSED, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(COMPOSED, VALUES, max_size=5)


def nested(levels: int, *, opening: str = "[", closing: str = "]") -> bytes:
    """Return an object that is `levels` deep, itself included."""
    return b'{"a":' + (opening * (levels - 1)).encode() + b"0" + (closing * (levels - 1)).encode() + b"}"


@given(value=OBJECTS, ascii_only=st.booleans(), indent=st.sampled_from((None, 1)))
def test_what_keeps_the_limits_means_what_json_says(value, ascii_only, indent):
    document = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert decode(document) == json.loads(document) == value


@given(text=TEXTS, ascii_only=st.booleans())
def test_text_is_taken_exactly_when_it_is_composed(text, ascii_only):
    document = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
    if unicodedata.is_normalized("NFC", text):
        assert decode(document) == {"text": text}
    else:
        with pytest.raises(InvalidDocument, match="NFC"):
            decode(document)


@given(st.binary(max_size=60) | TEXTS.map(str.encode))
def test_any_bytes_give_an_object_or_invalid_document(data):
    try:
        found = decode(data)
    except InvalidDocument:
        return
    assert found == json.loads(data)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b'{"a":1,"a":1}', "stands twice"),
        (b'{"x":[{"a":1,"b":2,"a":3}]}', "stands twice"),
        (b'{"a":1,"\\u0061":2}', "stands twice"),
        (b'{"a":1.5}', "only integers"),
        (b'{"a":1.0}', "only integers"),
        (b'{"a":1e3}', "only integers"),
        (b'{"a":-0.0}', "only integers"),
        (b'{"a":NaN}', "only integers"),
        (b'{"a":Infinity}', "only integers"),
        (b'{"a":[-Infinity]}', "only integers"),
        (b'{"a":9007199254740992}', "outside"),
        (b'{"a":-9007199254740992}', "outside"),
        (b'{"a":' + b"9" * 100_000 + b"}", "outside"),
        (b'{"a":"\xff"}', "not UTF-8"),
        ('{"a":"é"}'.encode("latin-1"), "not UTF-8"),
        ('{"a":"é"}'.encode("utf-16"), "not UTF-8"),
        ('{"a":"e\u0301"}'.encode(), "NFC"),
        (b'{"a":"e\\u0301"}', "NFC"),
        (b'{"a":"\\u0065\\u0301"}', "NFC"),
        (b'{"e\\u0301":1}', "NFC"),
        (b'{"a":["x",{"b":"\\u212b"}]}', "NFC"),
        (b'{"a":"\\ud83d"}', "surrogate"),
        (b'{"a":"b\\u0000"}', "U\\+0000"),
        (b'{"a\\u0000":["b"]}', "U\\+0000"),
        (b'{"a":"\\ude00\\ud83d"}', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"12", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"", "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":"\x01"}', "not JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":01}', "not JSON"),
    ],
)
def test_refuses_what_two_parsers_may_read_differently(document, why):
    with pytest.raises(InvalidDocument, match=why) as refusal:
        decode(document, where="feed")
    assert refusal.value.where == "feed"


def test_takes_the_largest_integers():
    assert decode(b'{"a":9007199254740991,"b":-9007199254740991}') == {"a": INTEGER_MAX, "b": -INTEGER_MAX}


def test_takes_a_pair_of_surrogates_that_makes_one_letter():
    assert decode(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_takes_a_mark_behind_an_escape_it_cannot_join_with():
    assert decode('{"a":"x\\n\u0303y"}'.encode()) == {"a": "x\n\u0303y"}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"b":', "}")])
def test_takes_thirty_two_levels_and_refuses_thirty_three(opening, closing):
    assert decode(nested(DEPTH_MAX, opening=opening, closing=closing))
    with pytest.raises(InvalidDocument, match="levels deep"):
        decode(nested(DEPTH_MAX + 1, opening=opening, closing=closing))


def test_brackets_inside_text_are_no_levels():
    text = '[{"' * 40 + "\\"
    assert decode(json.dumps({"a": text, "b": [[1]]}).encode())["a"] == text


def test_many_shallow_objects_are_not_deep():
    assert decode(json.dumps({"a": [{"b": []} for _ in range(500)]}).encode())


@pytest.mark.parametrize(
    "document",
    [b'{"a":' + b"[" * 1_000_000, b"[" * 1_000_000, b'{"a":' * 150_000, b'{"a":' + b"[]," * 300_000 + b"[" * 33],
)
def test_a_million_brackets_are_refused_before_they_reach_the_parser(document):
    with pytest.raises(InvalidDocument):
        decode(document)


def test_refuses_more_than_a_mebibyte():
    least = len(b'{"a":""}')
    assert decode(b'{"a":"' + b"x" * (DOCUMENT_BYTES_MAX - least) + b'"}')
    with pytest.raises(InvalidDocument, match="bytes, more than"):
        decode(b'{"a":"' + b"x" * (DOCUMENT_BYTES_MAX - least + 1) + b'"}')


def test_a_caller_may_ask_for_less():
    with pytest.raises(InvalidDocument, match="more than 8"):
        decode(b'{"a":123}', bytes_max=8)


class Inner(msgspec.Struct, frozen=True, omit_defaults=True):
    """A struct inside another."""

    name: str
    words: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Outer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is read in these tests."""

    text: str
    number: int = 0
    on: date | None = None
    inner: tuple[Inner, ...] = ()


INNER = st.builds(Inner, TEXTS, st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2).map(tuple), max_size=3))
OUTER = st.builds(
    Outer, TEXTS, st.integers(-(1 << 60), 1 << 60), st.none() | st.dates(), st.lists(INNER, max_size=2).map(tuple)
)


def outcome(document: bytes, how: Callable[[bytes], Outer]) -> object:
    """Return what a way of reading gives, or how it refuses."""
    try:
        return how(document)
    except (InvalidDocument, msgspec.ValidationError) as error:
        return type(error), str(error)


def closely(document: bytes) -> Outer:
    """Read as strict decoding is defined."""
    return msgspec.convert(decode(document), Outer)


@given(
    value=OUTER,
    spaced=st.booleans(),
    ascii_only=st.booleans(),
    more=st.sampled_from(("", '"text":"again",', '"other":1,', '"number":1.0,', '"number":1e2,')),
)
def test_reading_a_struct_gives_what_strict_decoding_gives(value, spaced, ascii_only, more):
    document = msgspec.json.encode(value)
    if spaced or ascii_only:
        document = json.dumps(json.loads(document), ensure_ascii=ascii_only, indent=spaced or None).encode()
    document = b"{" + more.encode() + document[1:]
    assert outcome(document, lambda one: read(one, Outer, where="document")) == outcome(document, closely)


@given(value=OUTER, place=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_byte_that_was_changed_changes_both_ways_of_reading_alike(value, place, byte):
    document = bytearray(msgspec.json.encode(value))
    document[place % len(document)] = byte
    found = outcome(bytes(document), lambda one: read(one, Outer, where="document"))
    assert found == outcome(bytes(document), closely)


def test_a_key_that_stands_twice_in_a_struct_is_refused():
    with pytest.raises(InvalidDocument, match="stands twice"):
        read(b'{"text":"a","inner":[{"name":"b","words":{"c":[],"c":[]}}]}', Outer, where="document")


def test_a_struct_that_could_hold_a_float_is_not_read():
    class Loose(msgspec.Struct):
        number: float

    with pytest.raises(TypeError, match="Loose"):
        read(b'{"number":1.5}', Loose, where="document")
