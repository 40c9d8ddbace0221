# SPDX-License-Identifier: Apache-2.0
"""formats.ftm: lines and statements keep an entity whole, and bad lines are refused by number and property."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, InvalidDocument, InvalidEntity
from highfence.formats.ftm import (
    MAX_LINE_BYTES,
    FtmLine,
    from_statements,
    read_line,
    read_lines,
    to_statements,
    write_line,
)
from highfence.model.entity import Entity
from highfence.model.schema import schema, schemata
from highfence.model.statement import Statement

TODAY = date(2026, 11, 24)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: not text.isspace()
)
USABLE = [found.name for found in schemata() if not found.abstract]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FOREIGN_FIELDS = st.dictionaries(
    st.sampled_from(["caption", "datasets", "referents", "first_seen", "target", "x-note"]), JSON, max_size=3
)
ACME = Entity(
    id="acme",
    schema="Company",
    properties={"name": ("Acme GmbH", "Акме"), "jurisdiction": ("de",)},
    originals={"de": "Germany"},
    languages={"Акме": "rus"},
)


@st.composite
def entities(draw: st.DrawFn) -> Entity:
    """Draw an entity of any usable schema, with distinct values and with originals and languages of some of them."""
    name = draw(st.sampled_from(USABLE))
    values = st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(tuple)
    properties = draw(st.dictionaries(st.sampled_from(sorted(schema(name).properties)), values, max_size=4))
    known = sorted({value for texts in properties.values() for value in texts})
    beside = st.dictionaries(st.sampled_from(known), TEXTS, max_size=2) if known else st.just({})
    return Entity(id=draw(TEXTS), schema=name, properties=properties, originals=draw(beside), languages=draw(beside))


def line_of(**fields: object) -> bytes:
    whole = {"id": "acme", "schema": "Company", "properties": {"name": ["Acme"]}} | fields
    return json.dumps({name: value for name, value in whole.items() if value is not ...}).encode()


@given(entities())
def test_an_entity_written_and_read_is_the_same(entity: Entity) -> None:
    assert read_line(write_line(entity)) == FtmLine(entity=entity)


@given(entities(), FOREIGN_FIELDS)
def test_the_fields_of_others_are_kept_and_written_again(entity: Entity, foreign: dict[str, object]) -> None:
    written = json.loads(write_line(entity)) | foreign
    line = read_line(json.dumps(written).encode())
    assert line.entity == entity
    assert json.loads(write_line(line)) == written
    assert read_line(write_line(line)) == line


@given(entities())
def test_a_line_is_one_line_of_plain_json_that_others_can_read(entity: Entity) -> None:
    written = write_line(entity)
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    others = json.loads(written)
    assert (others["id"], others["schema"]) == (entity.id, entity.schema)
    assert others["properties"] == {name: list(values) for name, values in entity.properties.items()}


def test_numbers_of_others_are_kept_to_the_last_digit() -> None:
    line = read_line(b'{"id":"a","schema":"Company","properties":{},"score":0.10000000000000000001,"n":1e400}')
    assert write_line(line).endswith(b'"score":0.10000000000000000001,"n":1e400}\n')


def test_another_field_can_be_read_by_name() -> None:
    line = read_line(line_of(datasets=["us_csl", "eu"], first_seen="2026-01-01"))
    assert line.field("datasets") == ["us_csl", "eu"]
    assert line.field("first_seen") == "2026-01-01"
    assert line.field("caption") is None


def test_a_field_of_another_shape_but_our_name_stays_with_its_owner() -> None:
    line = read_line(line_of(languages=["en", "de"]))
    assert line.entity.languages == {}
    assert json.loads(write_line(line))["languages"] == ["en", "de"]


def test_will_not_write_a_field_twice() -> None:
    with pytest.raises(InvalidEntity, match="hold 'id' a second time"):
        write_line(FtmLine(entity=ACME, extra={"id": msgspec.Raw(b'"b"')}))
    with pytest.raises(InvalidEntity, match="hold 'languages' a second time"):
        write_line(FtmLine(entity=ACME, extra={"languages": msgspec.Raw(b'["de"]')}))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (line_of(id=...), "line 3"),
        (line_of(schema=...), "line 3"),
        (line_of(properties=...), "line 3"),
        (line_of(id=7), "line 3, id"),
        (line_of(id=""), "line 3, entity.id"),
        (line_of(schema=["Company"]), "line 3, entity acme.schema"),
        (line_of(schema="Firm"), "line 3, entity acme"),
        (line_of(schema="Thing"), "line 3, entity acme"),
        (line_of(properties=[]), "line 3, entity acme.properties"),
        (line_of(properties={"nmae": ["Acme"]}), "line 3, entity acme.nmae"),
        (line_of(properties={"alias": ["A"], "name": "Acme"}), "line 3, entity acme.name"),
        (line_of(properties={"alias": ["A"], "name": ["Acme", 7]}), "line 3, entity acme.name"),
        (line_of(properties={"name": [None]}), "line 3, entity acme.name"),
        (line_of(properties={"name": [""]}), "line 3, entity acme.name"),
        (line_of(properties={"name": {"0": "Acme"}}), "line 3, entity acme.name"),
    ],
)
def test_refuses_a_line_that_is_no_entity_and_names_line_and_property(line: bytes, where: str) -> None:
    with pytest.raises(InvalidEntity) as refused:
        read_line(line, line_number=3)
    assert refused.value.where == where
    assert refused.value.advice


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"", "not one JSON object"),
        (b"[]", "not one JSON object"),
        (b'{"id": "a"', "not one JSON object"),
        (b'{"id": "a"} {"id": "b"}', "not one JSON object"),
        (b'{"id": NaN}', "not one JSON object"),
        (b'{"id": "\xff"}', "byte 8 is not UTF-8"),
        (b'{"id": "a",\n"schema": "Company"}', "several lines"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not one JSON object"),
        (b" " * (MAX_LINE_BYTES + 1), "more than"),
    ],
    ids=["empty", "list", "cut", "two", "nan", "utf-8", "lines", "deep", "long"],
)
def test_refuses_bytes_that_are_no_line(line: bytes, what: str) -> None:
    with pytest.raises(InvalidDocument, match=what) as refused:
        read_line(line, line_number=4)
    assert refused.value.where == "line 4"


@given(
    st.binary(max_size=60) | JSON.map(json.dumps).map(str.encode) | JSON.map(lambda value: line_of(properties=value))
)
def test_whatever_bytes_come_are_read_or_refused(line: bytes) -> None:
    try:
        read = read_line(line)
    except HighfenceError as error:
        refused = error
    else:
        refused = None
        assert read_line(write_line(read)) == read
    assert refused is None or refused.where.startswith("line 1")


def test_reads_a_file_past_its_byte_order_mark_and_blank_lines() -> None:
    file = [b"\xef\xbb\xbf" + write_line(ACME), b"\r\n", b"  \n", line_of() + b"\r\n"]
    assert [line.entity.first("name") for line in read_lines(file)] == ["Acme GmbH", "Acme"]


def test_counts_blank_lines_when_it_says_where() -> None:
    lines = read_lines([write_line(ACME), b"\n", line_of(schema="Firm")])
    assert next(lines).entity == ACME
    with pytest.raises(InvalidEntity) as refused:
        next(lines)
    assert refused.value.where == "line 3, entity acme"


def test_will_not_write_what_is_not_followthemoney() -> None:
    with pytest.raises(InvalidEntity, match="no property 'nmae'"):
        write_line(Entity(id="a", schema="Company", properties={"nmae": ("Acme",)}))


def test_will_not_write_half_a_surrogate_pair() -> None:
    with pytest.raises(InvalidEntity, match="surrogate"):
        write_line(Entity(id="a\ud800", schema="Company", properties={"name": ("Acme",)}))


def test_each_value_becomes_a_statement_with_its_provenance() -> None:
    statements = to_statements(ACME, assertion="a1", originator="eu", first_seen=TODAY, dataset="eu_oj")
    assert [(statement.prop, statement.value) for statement in statements] == [
        ("name", "Acme GmbH"),
        ("name", "Акме"),
        ("jurisdiction", "de"),
    ]
    assert statements[2] == Statement(
        assertion="a1",
        originator="eu",
        entity="acme",
        schema="Company",
        prop="jurisdiction",
        value="de",
        first_seen=TODAY,
        original_value="Germany",
        dataset="eu_oj",
    )
    assert statements[1].language == "rus"


@given(st.lists(entities().filter(lambda entity: entity.properties), unique_by=lambda entity: entity.id, max_size=4))
def test_statements_put_together_are_the_entities_they_came_from(drawn: list[Entity]) -> None:
    statements = [
        statement
        for entity in drawn
        for statement in to_statements(entity, assertion="a", originator="eu", first_seen=TODAY)
    ]
    assert from_statements(statements) == tuple(drawn)


def statement(value: str, *, schema: str = "Company", **changes: str) -> Statement:
    return Statement(
        assertion="a", originator="eu", entity="e", schema=schema, prop="name", value=value, first_seen=TODAY, **changes
    )


def test_what_two_authorities_say_is_put_together_each_value_once() -> None:
    said = [statement("A"), statement("B", original_value="b"), statement("A", language="deu"), statement("B")]
    assert from_statements(said) == (
        Entity(
            id="e",
            schema="Company",
            properties={"name": ("A", "B")},
            originals={"B": "b"},
            languages={"A": "deu"},
        ),
    )


def test_the_most_specific_schema_counts_whoever_speaks_first() -> None:
    said = [
        statement("A", schema="LegalEntity"),
        statement("A", schema="Company"),
        statement("A", schema="Organization"),
    ]
    assert from_statements(said)[0].schema == "Company"
    assert from_statements(reversed(said))[0].schema == "Company"


def test_refuses_to_choose_between_a_person_and_a_company() -> None:
    with pytest.raises(InvalidEntity, match="Company and Person") as refused:
        from_statements([statement("A"), statement("A", schema="Person")])
    assert refused.value.where == "entity e"


def test_refuses_statements_that_are_not_followthemoney() -> None:
    with pytest.raises(InvalidEntity, match="no schema 'Firm'"):
        from_statements([statement("A", schema="Firm")])
    with pytest.raises(InvalidEntity, match="no property 'nmae'"):
        from_statements([msgspec.structs.replace(statement("A"), prop="nmae")])
