# SPDX-License-Identifier: Apache-2.0
"""Keys join what is one party and keep apart what only looks alike."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import highfence.register
import highfence.register.keys
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.join import Arrival, join
from highfence.register.keys import join_keys, keys_of, normalise
from highfence.sources.jp_meti.parse import parse as parse_jp_meti
from highfence.sources.us_csl.parse import parse as parse_us_csl


def keys(schema: str = "Company", *, entity: str = "x-1", **properties: tuple[str, ...]) -> set[str]:
    found = join_keys((Entity(id=entity, schema=schema, properties=properties),))
    assert found[0] == f"entity:{entity}"
    return set(found[1:])


def joined(one: set[str], other: set[str]) -> bool:
    return not one.isdisjoint(other)


def test_the_examples_run():
    assert doctest.testmod(highfence.register).failed == 0
    assert doctest.testmod(highfence.register.keys).failed == 0


def test_only_the_first_entity_gives_keys():
    kin = Entity(id="x-2", schema="Company", properties={"name": ("Northern Optical Instruments Plant JSC",)})
    assert join_keys((Entity(id="x-1", schema="Company"), kin)) == ("entity:x-1",)
    assert join_keys(()) == ()


def test_a_strong_identifier_is_a_key_and_a_weak_one_is_not():
    assert keys(innCode=("7736050003",), swiftBic=("GAZPRUMM",)) == {"inn:7736050003"}


def test_an_identifier_with_a_wrong_check_digit_is_no_key():
    assert keys(innCode=("7736050004",)) == set()


def test_a_long_name_with_its_legal_form_is_a_key_with_and_without_country():
    assert keys(name=("Nantong Laser Optics Co., Ltd.",), country=("cn",)) == {
        "name:nantong laser optics co ltd",
        "name:nantong laser optics co ltd|cn",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Joint Stock Company Uralsk Optical Works", "URALSK OPTICAL WORKS, JSC"),
        ("Uralsk Optical Works Limited Liability Company", "OOO “Uralsk Optical Works”"),
        ("Haleel Commodities Limited", "HALEEL COMMODITIES LTD."),
        ("АО «Уральский оптический завод»", "Акционерное общество Уральский оптический завод"),
        ("İstanbul Optik Sanayi Ltd. Şirketi", "ISTANBUL OPTIK SANAYI LIMITED SIRKETI"),
    ],
)
def test_ways_to_write_a_legal_form_do_not_part_a_company(one, other):
    assert joined(keys(name=(one,)), keys(name=(other,)))


def test_another_legal_form_is_another_company():
    assert not joined(
        keys(name=("Uralsk Optical Works LLC",), country=("ru",)),
        keys(name=("Uralsk Optical Works JSC",), country=("ru",)),
    )


def test_a_short_name_joins_only_within_one_country():
    short = ("Win Key Ltd",)
    assert keys(name=short) == set()
    assert joined(keys(name=short, country=("tr",)), keys(name=short, country=("tr", "ae")))
    assert not joined(keys(name=short, country=("tr",)), keys(name=short, country=("ae",)))


def test_hong_kong_and_macao_count_as_china():
    short = ("Win Key Ltd",)
    assert joined(keys(name=short, country=("hk",)), keys(name=short, country=("cn",)))
    assert joined(keys(name=short, country=("mo",)), keys(name=short, jurisdiction=("cn",)))


@pytest.mark.parametrize("name", ["VTK Ltd", "OOO Orion", "Huawei", "华为公司", "Feniks", ""])
def test_one_short_word_is_never_a_key(name):
    assert keys(name=(name,) if name else (), country=("ru",)) == set()


@pytest.mark.parametrize("name", ["United Engineering", "Industrial Solutions", "Electro-Power Solutions"])
def test_a_name_that_many_firms_bear_never_joins_across_countries(name):
    assert not joined(keys(name=(name,), country=("pk",)), keys(name=(name,), country=("in",)))


@pytest.mark.parametrize("name", ["Garg Industries", "Phoenix Engineering"])
def test_two_words_without_a_legal_form_join_nowhere(name):
    assert keys(name=(name,), country=("in",)) == set()


def test_a_body_that_every_state_has_joins_only_within_one_country():
    name = ("Ministry of State Security of the Interior",)
    assert keys("PublicBody", name=name) == set()
    assert not joined(keys("PublicBody", name=name, country=("kp",)), keys("PublicBody", name=name, country=("cn",)))


def test_an_alias_needs_a_legal_form_a_length_and_a_country():
    long = ("Beijing Aerospace Optical Electronic Technology Co. Ltd",)
    assert keys(alias=long) == set()
    assert keys(alias=long, country=("cn",)) == {"name:beijing aerospace optical electronic technology co ltd|cn"}
    assert keys(alias=("Al-Aqsa Islamic Charitable Society",), country=("se",)) == set()
    assert keys(alias=("Text of image",), country=("cn",)) == set()
    assert keys(alias=("Allied Co.",), country=("pk",)) == set()


def test_a_former_name_counts_as_an_alias_and_a_weak_alias_never():
    long = ("Beijing Aerospace Optical Electronic Technology Co. Ltd",)
    assert joined(keys(previousName=long, country=("cn",)), keys(name=long, country=("cn",)))
    assert keys(weakAlias=long, abbreviation=long, country=("cn",)) == set()


def test_a_party_of_unknown_kind_joins_by_name_only_if_the_name_is_an_organisations():
    assert keys("LegalEntity", name=("Mohammed Ahmed Hassan al Katranji",), country=("lb",)) == set()
    assert keys("LegalEntity", name=("Damascus Higher Research Institute",), country=("sy",))
    assert keys("LegalEntity", name=("Damascus Optical Works LLC",))


def test_a_person_joins_by_name_and_day_of_birth_in_any_order_of_words():
    one = keys("Person", name=("IVANOV, Ivan Petrovich",), birthDate=("1970-01-31",))
    assert one == {"person:ivan ivanov petrovich|1970-01-31"}
    assert joined(one, keys("Person", name=("Ivan Petrovich Ivanov",), birthDate=("1970-01-31", "1971")))


def test_a_person_never_joins_by_name_alone_or_year_or_tax_number():
    assert keys("Person", name=("Ivan Petrovich Ivanov",)) == set()
    assert keys("Person", name=("Ivan Petrovich Ivanov",), birthDate=("1970", "1970-01")) == set()
    assert keys("Person", name=("Ivanov",), birthDate=("1970-01-31",)) == set()
    assert keys("Person", innCode=("500100732259",)) == set()


def test_a_vessel_joins_by_its_number_and_never_by_its_name():
    assert keys("Vessel", name=("Northern Star of the Ocean Limited",), imoNumber=("IMO 9074729",)) == {"imo:9074729"}


def test_an_address_joins_only_in_full():
    assert keys("Address", name=("Address 01",), full=("cn",)) == set()
    assert keys("Address", full=("Flat 1203, 12/F, Tung Wai Bldg., Wan Chai, Hong Kong",)) == {
        "address:flat 1203 12 f tung wai bldg wan chai hong kong"
    }


def test_a_company_never_joins_by_its_address():
    assert keys(address=("Flat 1203, 12/F, Tung Wai Bldg., Wan Chai, Hong Kong",)) == set()


def test_an_entity_with_more_names_than_any_list_gives_joins_by_none_of_them():
    names = tuple(f"Northern Optical Works Number {number} Ltd" for number in range(101))
    assert len(keys(name=names[:99])) == 99
    assert keys(name=names) == set()


def test_an_assertion_that_carries_no_entity_still_has_its_subjects_key():
    comment = Assertion(
        kind="comment", originator="nl", issued="2026-11-24T00:00:00Z", subject="us-7", marking=Marking()
    )
    assert keys_of(comment) == ("entity:us-7",)


def test_an_assertion_has_the_keys_of_its_subject_wherever_it_stands():
    kin = Entity(id="x-2", schema="Company", properties={"name": ("Northern Optical Instruments Plant JSC",)})
    subject = Entity(id="x-1", schema="Company", properties={"innCode": ("7736050003",)})
    claim = Assertion(
        kind="facts",
        originator="nl",
        issued="2026-11-24T00:00:00Z",
        subject="x-1",
        entities=(kin, subject),
        marking=Marking(),
    )
    assert keys_of(claim) == ("entity:x-1", "inn:7736050003")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O’Brien & Söhne GmbH", "o brien söhne gmbh"),
        ("ＨＵＡＷＥＩ　技術", "huawei 技術"),
        ("می\u200cخواهم", "میخواهم"),
        ("İSTANBUL", "istanbul"),
        ("Straße", "strasse"),
        ("  --  ", ""),
    ],
)
def test_normalises_every_script(text, expected):
    assert normalise(text) == expected


accented = st.text(st.sampled_from("aciİCß\u0301\u0307\u0327\u0345\u200d\u00ad '"), max_size=8)


@given(st.text(max_size=40) | accented)
def test_normalising_again_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == " ".join(once.split())


@given(st.text(max_size=40))
def test_case_and_quotes_make_no_difference(text):
    assert normalise(f"«{text}»") == normalise(text)
    assert normalise(text.upper()) == normalise(text.upper().lower())


@given(st.text(max_size=30), st.sampled_from(("Company", "Person", "Address", "LegalEntity", "Vessel")))
def test_any_text_gives_well_formed_keys(text, schema):
    properties = dict.fromkeys(("name", "alias", "country", "full", "birthDate"), (text,))
    found = join_keys((Entity(id="x", schema=schema, properties=properties),))
    assert len(found) == len(set(found))
    assert all(key.partition(":")[1] for key in found)


@pytest.mark.lists
def test_no_company_of_the_real_lists_swallows_a_crowd(lists: Path):
    csl = parse_us_csl((lists / "us_csl" / "consolidated_2026-07-31.csv").read_bytes())
    meti = parse_jp_meti((lists / "jp_meti" / "end_user_list_2025-09.json").read_bytes())
    parties = [*csl.parties, *meti.parties]
    arrivals = [Arrival(entity=party.listing.entity, keys=join_keys(party.entities)) for party in parties]
    company_of = join(arrivals, {}).company_of
    members: dict[str, list[int]] = {}
    for number, arrival in enumerate(arrivals):
        members.setdefault(company_of[arrival.entity], []).append(number)
    both = sum(len({parties[number].listing.jurisdiction for number in numbers}) == 2 for numbers in members.values())
    assert max(map(len, members.values())) <= 12
    assert both >= 400
