# SPDX-License-Identifier: Apache-2.0
"""Schema: the FollowTheMoney words an entity may use, as data.

`tables/schemata.json` holds names, types, ranges and inheritance as FollowTheMoney 4.11 defines them, for what is said
of companies, people, assets and the links and measures between them; documents and messages are left out. `check` is
the one gate every entity passes on entry.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from highfence.errors import InvalidEntity
from highfence.model.entity import Entity


class Property(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One property. `schema` names the schema that defines it, `type` the FollowTheMoney type of its values.

    `range` is the schema an `entity` value points to (it may name one that is not shipped, such as `Document`),
    `format` the identifier scheme (`lei`, `uscc`, ...). `matchable` tells that equal values speak for the same party.
    """

    name: str
    schema: str
    type: str
    range: str = ""
    format: str = ""
    matchable: bool = False
    deprecated: bool = False


class Edge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The two properties that make an entity a link from one party to another."""

    source: str
    target: str
    directed: bool = True


class Schema(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One schema with its inherited properties resolved.

    `lineage` is the schema itself and all it descends from. An `abstract` schema is only inherited, no entity has it.
    `required`, `featured` and `caption` name the properties a person must fill in, is shown first, reads as a name.
    """

    name: str
    extends: tuple[str, ...]
    lineage: tuple[str, ...]
    abstract: bool
    matchable: bool
    edge: Edge | None
    required: tuple[str, ...]
    featured: tuple[str, ...]
    caption: tuple[str, ...]
    properties: dict[str, Property]

    def is_a(self, name: str) -> bool:
        """Tell whether this is the named schema or descends from it."""
        return name in self.lineage


def schema(name: str) -> Schema:
    """Return the schema of that name.

    >>> schema("Company").is_a("LegalEntity"), schema("Ownership").edge.target
    (True, 'asset')

    Raises:
        InvalidEntity: FollowTheMoney, or the part of it that is shipped, has no such schema.
    """
    found = _schemata().get(name)
    if found is None:
        raise _unknown_schema(name, where="schema")
    return found


def schemata() -> tuple[Schema, ...]:
    """Return all schemata, sorted by name."""
    return tuple(found for _, found in sorted(_schemata().items()))


def check(entity: Entity) -> Entity:
    """Return `entity` unchanged if it is FollowTheMoney: schema, property names, and values that are non-blank text.

    What is required is not asked for: published lists leave much of it out. Runs once for each entity of an import.

    >>> from highfence.model.entity import Entity
    >>> check(Entity(id="x1", schema="Company", properties={"name": ("Acme GmbH",)})).caption
    'Acme GmbH'

    Raises:
        InvalidEntity: says which entity, property and value is wrong.
    """
    properties = entity.properties
    names = _usable_names().get(entity.schema)
    if names is None or not entity.id or not isinstance(entity.id, str) or not properties.keys() <= names:
        raise _explain(entity)
    for values in properties.values():
        if not isinstance(values, tuple):
            raise _explain(entity)
        for value in values:
            if not isinstance(value, str) or not value or value.isspace():
                raise _explain(entity)
    return entity


class _PropertyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    range: str = ""
    format: str = ""
    matchable: bool = False
    deprecated: bool = False


class _SchemaRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    properties: dict[str, _PropertyRow]
    extends: tuple[str, ...] = ()
    abstract: bool = False
    matchable: bool = False
    edge: Edge | None = None
    required: tuple[str, ...] = ()
    featured: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()


#: Made when the room is read, so while one thread is there: msgspec must not meet a type first in two threads at once.
_ROWS = msgspec.json.Decoder(dict[str, _SchemaRow])


@cache
def _schemata() -> dict[str, Schema]:
    data = resources.files("highfence.model").joinpath("tables/schemata.json").read_bytes()
    rows = _ROWS.decode(data)
    resolved: dict[str, Schema] = {}
    for name in rows:
        _resolve(name, rows, resolved)
    return resolved


def _resolve(name: str, rows: dict[str, _SchemaRow], resolved: dict[str, Schema]) -> Schema:
    if name in resolved:
        return resolved[name]
    row = rows[name]
    properties = {
        prop: Property(name=prop, schema=name, **msgspec.structs.asdict(cell)) for prop, cell in row.properties.items()
    }
    lineage = [name]
    for parent in (_resolve(parent, rows, resolved) for parent in row.extends):
        properties = {**parent.properties, **properties}
        lineage.extend(ancestor for ancestor in parent.lineage if ancestor not in lineage)
    resolved[name] = Schema(
        name=name,
        extends=row.extends,
        lineage=tuple(lineage),
        abstract=row.abstract,
        matchable=row.matchable,
        edge=row.edge,
        required=row.required,
        featured=row.featured,
        caption=row.caption,
        properties=properties,
    )
    return resolved[name]


@cache
def _usable_names() -> dict[str, frozenset[str]]:
    return {name: frozenset(found.properties) for name, found in _schemata().items() if not found.abstract}


def _explain(entity: Entity) -> InvalidEntity:
    """Say what is wrong with an entity that `check` has found wrong; here time does not matter."""
    place = f"entity {str(entity.id)[:80]}"
    if not entity.id or not isinstance(entity.id, str):
        return InvalidEntity("an entity has no id", where="entity.id", advice="Give it a text of its own as id")
    found = _schemata().get(entity.schema)
    if found is None:
        return _unknown_schema(entity.schema, where=place)
    if found.abstract:
        return InvalidEntity(
            f"schema {found.name} is abstract, no entity can have it",
            where=place,
            advice=f"Use a schema that descends from it, such as {_example_of(found.name)}",
        )
    for prop, values in entity.properties.items():
        if prop not in found.properties:
            return InvalidEntity(
                f"{found.name} has no property {str(prop)[:80]!r}",
                where=f"{place}.{str(prop)[:80]}",
                advice=f"Use a property of {found.name} as FollowTheMoney names it",
            )
        if not isinstance(values, tuple) or not all(isinstance(value, str) and value.strip() for value in values):
            return InvalidEntity(
                f"the values of {prop} are not all non-blank text",
                where=f"{place}.{prop}",
                advice="Give a tuple of texts and leave out what is empty",
            )
    raise AssertionError("check and its explanation disagree")


def _unknown_schema(name: str, *, where: str) -> InvalidEntity:
    return InvalidEntity(
        f"there is no schema {str(name)[:80]!r}",
        where=where,
        advice=f"Use one of: {', '.join(sorted(_usable_names()))}",
    )


def _example_of(name: str) -> str:
    return next(found.name for found in schemata() if found.is_a(name) and not found.abstract)
