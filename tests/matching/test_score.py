# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from highfence.errors import NotFound
from highfence.matching.score import prepare, score, score_prepared, value_prepared
from highfence.matching.scorers import scorer
from highfence.model.entity import Entity

#: A released scorer is never edited: a change of weights is a new version beside it.
V1_SHA256 = "1620a893bb5b69936e958948fb498f916d347292bc1504d9b5885708863dc657"


def company(name: str = "Zorvex Instrument Works JSC", schema: str = "Company", **properties: str) -> Entity:
    values = {prop: (text,) for prop, text in properties.items()}
    return Entity(id="x", schema=schema, properties={"name": (name,), **values} if name else values)


def feature(query: Entity, candidate: Entity, name: str) -> str:
    found = [one for one in score(query, candidate).explanation if one.feature == name]
    return found[0].text if found else ""


def test_the_weights_of_v1_are_what_was_released() -> None:
    data = resources.files("highfence.matching.scorers").joinpath("v1.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == V1_SHA256


@pytest.mark.parametrize("name", ["v99", "../v1", ""])
def test_refuses_a_scorer_that_is_not_there(name: str) -> None:
    with pytest.raises(NotFound):
        scorer(name)


def test_an_equal_strong_identifier_decides() -> None:
    left, right = company("Zorvex", innCode="7736050003"), company("Marbury Trading", innCode="7736050003")
    assert score(left, right).match
    assert "same inn 7736050003" in feature(left, right, "identifier")
    assert "names differ" in feature(left, right, "identifier")


def test_another_identifier_of_the_same_kind_speaks_against() -> None:
    plain = score(company(), company()).value
    other = score(company(ogrnCode="1027700092661"), company(ogrnCode="1027700070518")).value
    assert other < plain
    assert not score(company(ogrnCode="1027700092661"), company(ogrnCode="1027700070518")).match


def test_another_country_lowers_and_an_unknown_one_does_not() -> None:
    name = "Zorvex Instruments"
    unknown = score(company(name), company("Zorvex Instrument Works", country="ru")).value
    other = score(company(name, country="de"), company("Zorvex Instrument Works", country="ru")).value
    same = score(company(name, country="ru"), company("Zorvex Instrument Works", country="ru")).value
    assert other < unknown <= same


def test_an_address_alone_never_decides() -> None:
    address = "12 Zavodskaya Street, Trelkov, 190000, Russia"
    left, right = company("Zorvex", address=address), company("Marbury Trading", address=address)
    assert not score(left, right).match
    assert feature(left, right, "address").startswith("address: verify")


def test_a_weak_alias_is_never_fully_believed() -> None:
    listed = Entity(id="y", schema="Company", properties={"name": ("Marbury",), "weakAlias": ("Zorvex Kaltron",)})
    found = score(company("Zorvex Kaltron"), listed)
    assert found.value == scorer().features.weak_alias_most
    assert "(weak alias)" in found.explanation[0].text


def test_a_former_name_is_told() -> None:
    listed = Entity(id="y", schema="Company", properties={"name": ("Marbury",), "previousName": ("Zorvex Kaltron",)})
    assert "(former name)" in score(company("Zorvex Kaltron"), listed).explanation[0].text


def test_dates_of_birth_that_differ_speak_against_and_a_year_agrees_with_its_day() -> None:
    def born(day: str) -> Entity:
        return company("Ivan Trelkov", "Person", birthDate=day)

    assert score(born("1960"), born("1960-08-11")).match
    assert score(born("1960-08-11"), born("1971-01-02")).value < score(born("1960"), born("1960-08-11")).value


def test_a_person_is_no_ship() -> None:
    assert not score(company("Trelkov Zorvan", "Person"), company("Trelkov Zorvan", "Vessel")).match


def test_never_says_no_match_in_silence_where_it_could_not_look() -> None:
    for query in (company("Zorvex " * 3000), company("", country="ru"), company("\u202e")):
        found = score(query, company())
        assert found.incomplete
        assert "compare by hand" in found.explanation[-1].text
    assert not score(company(), company("Marbury")).incomplete


def test_is_symmetric_and_the_short_way_gives_the_same_number() -> None:
    left, right = company("Zorvex Holding", country="ru"), company("Zorvex Kaltron", country="de")
    one, other = prepare(left), prepare(right)
    assert score_prepared(one, other).value == score_prepared(other, one).value == value_prepared(one, other)


def test_every_feature_says_a_number_and_a_sentence() -> None:
    found = score(
        company(country="ru", ogrnCode="1027700092661", incorporationDate="1990-01-01"),
        company(country="de", ogrnCode="1027700070518", incorporationDate="1991-01-01"),
    )
    assert {one.feature for one in found.explanation} >= {"name", "identifier", "country", "legal_form", "dates"}
    assert all(0.0 <= one.score <= 1.0 and one.text for one in found.explanation)
