# SPDX-License-Identifier: Apache-2.0
"""model.schema: the shipped vocabulary is whole, and the gate lets only it through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidEntity
from highfence.model.entity import Entity
from highfence.model.schema import Edge, check, schema, schemata

#: FollowTheMoney's property types, as its documentation lists them.
TYPES = {
    *("address", "checksum", "country", "date", "email", "entity", "gender", "html", "identifier", "ip", "json"),
    *("language", "mimetype", "name", "number", "phone", "string", "text", "topic", "url"),
}
#: Schemata other properties may point to although they are not shipped.
NOT_SHIPPED = {"Document"}
COMPANIES_NEED = [
    *("Thing", "LegalEntity", "Organization", "Company", "PublicBody", "Person", "Address", "Identification"),
    *("Sanction", "Interest", "Interval", "Ownership", "Control", "Directorship", "Membership", "Employment", "Family"),
    *("Representation", "UnknownLink", "Succession", "Asset", "Vehicle", "Vessel", "Airplane", "Security"),
]


def company(**properties: tuple[str, ...]) -> Entity:
    return Entity(id="c1", schema="Company", properties=properties)


@pytest.mark.parametrize("name", COMPANIES_NEED)
def test_ships_what_companies_need(name: str) -> None:
    assert schema(name).name == name


def test_a_company_inherits_from_all_its_ancestors() -> None:
    found = schema("Company")
    assert found.lineage == ("Company", "Organization", "LegalEntity", "Thing", "Asset", "Value")
    assert found.properties["leiCode"].schema == "LegalEntity"
    assert found.properties["name"].schema == "Thing"
    assert found.properties["amount"].schema == "Value"
    assert found.properties["kppCode"].schema == "Company"


def test_descent_goes_one_way() -> None:
    assert schema("Company").is_a("Asset")
    assert schema("Company").is_a("Company")
    assert not schema("LegalEntity").is_a("Company")
    assert not schema("Person").is_a("Organization")


def test_an_ownership_leads_from_its_owner_to_its_asset() -> None:
    found = schema("Ownership")
    assert found.edge == Edge(source="owner", target="asset")
    assert found.properties["owner"].range == "LegalEntity"
    assert found.properties["asset"].range == "Asset"
    assert found.required == ("owner", "asset")


def test_a_link_of_unknown_kind_has_no_direction() -> None:
    edge = schema("UnknownLink").edge
    assert edge is not None
    assert not edge.directed


def test_identifier_properties_name_their_scheme() -> None:
    properties = schema("Company").properties
    formats = {name: properties[name].format for name in ("leiCode", "uscCode", "innCode", "ogrnCode", "swiftBic")}
    assert formats == {"leiCode": "lei", "uscCode": "uscc", "innCode": "inn", "ogrnCode": "ogrn", "swiftBic": "bic"}
    assert all(properties[name].type == "identifier" for name in formats)


def test_the_table_is_consistent() -> None:
    names = {found.name for found in schemata()}
    for found in schemata():
        assert set(found.lineage) <= names
        assert {prop.type for prop in found.properties.values()} <= TYPES
        for prop in found.properties.values():
            assert (prop.type == "entity") == bool(prop.range), (found.name, prop.name)
            assert prop.range in names | NOT_SHIPPED | {""}
        for group in (found.required, found.featured, found.caption):
            assert set(group) <= set(found.properties)
        if found.edge is not None:
            assert found.properties[found.edge.source].type == "entity"
            assert found.properties[found.edge.target].type == "entity"


def test_agrees_with_followthemoney_where_it_is_installed() -> None:
    followthemoney = pytest.importorskip("followthemoney", reason="the extra [ftm] is not installed")
    for ours in schemata():
        theirs = followthemoney.model.get(ours.name)
        # Inverse properties cannot hold values; such a one knows only the name of the property it mirrors.
        written = {name: prop for name, prop in theirs.properties.items() if set(prop._reverse or ()) != {"name"}}
        assert set(ours.properties) == set(written)
        assert set(ours.lineage) == theirs.names
        assert (ours.abstract, ours.matchable) == (theirs.abstract, theirs.matchable)
        assert (ours.required, ours.featured) == (tuple(theirs.required), tuple(theirs.featured))
        assert (ours.edge.source if ours.edge else None) == theirs.edge_source
        for name, prop in written.items():
            mine = ours.properties[name]
            assert (mine.type, mine.matchable, mine.format) == (prop.type.name, prop.matchable, prop.format or "")
            assert mine.range == (prop._range or "")
            assert (mine.schema, mine.deprecated) == (prop.schema.name, prop.deprecated)


def test_refuses_an_unknown_schema_and_names_the_known_ones() -> None:
    with pytest.raises(InvalidEntity) as refused:
        schema("Firm")
    assert "'Firm'" in refused.value.what
    assert "Company" in refused.value.advice
    assert refused.value.where


def test_lets_a_sound_entity_through_unchanged() -> None:
    entity = company(name=("Acme",), jurisdiction=("de",), leiCode=("529900T8BM49AURSDO55",))
    assert check(entity) is entity


@pytest.mark.parametrize(
    ("entity", "where"),
    [
        (Entity(id="c1", schema="Firm"), "entity c1"),
        (Entity(id="c1", schema="Thing"), "entity c1"),
        (Entity(id="", schema="Company"), "entity.id"),
        (company(nmae=("Acme",)), "entity c1.nmae"),
        (company(name=("Acme", "")), "entity c1.name"),
        (company(name=(" \t",)), "entity c1.name"),
        (company(name=("Acme", 7)), "entity c1.name"),  # type: ignore[arg-type]
        (company(name=["Acme"]), "entity c1.name"),  # type: ignore[arg-type]
        (company(name="Acme"), "entity c1.name"),  # type: ignore[arg-type]
        (Entity(id=7, schema="Company"), "entity.id"),  # type: ignore[arg-type]
    ],
    ids=["schema", "abstract", "id", "property", "empty", "blank", "number", "list", "bare", "numeric-id"],
)
def test_refuses_what_is_not_followthemoney_and_says_where(entity: Entity, where: str) -> None:
    with pytest.raises(InvalidEntity) as refused:
        check(entity)
    assert refused.value.where == where
    assert refused.value.advice


def test_a_property_of_another_schema_is_unknown() -> None:
    check(Entity(id="v", schema="Vessel", properties={"flag": ("pa",)}))
    with pytest.raises(InvalidEntity, match="Company has no property 'flag'"):
        check(company(flag=("pa",)))


@given(st.text(), st.text(), st.dictionaries(st.text(), st.lists(st.text()).map(tuple)))
def test_whatever_comes_is_taken_or_refused_with_a_reason(
    entity_id: str, name: str, properties: dict[str, tuple[str, ...]]
) -> None:
    entity = Entity(id=entity_id, schema=name, properties=properties)
    try:
        passed = check(entity)
    except InvalidEntity as refused:
        passed = None
        reason = str(refused)
    assert passed is entity or "(entity" in reason
