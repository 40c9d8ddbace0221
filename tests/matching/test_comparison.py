# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.matching.analysis import analyse
from highfence.matching.comparison import compare

LINE = 0.7
SCHEMATA = ("Company", "Person", "Vessel", "LegalEntity")


def value(left: str, right: str, schema: str = "Company") -> float:
    return compare(analyse(left, schema=schema), analyse(right, schema=schema)).value


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Zorvex LLC", "Zorvex Ltd"),
        ("OOO Zorvex", "Limited Liability Company Zorvex"),
        ("Radio Avtomatika", "Radioavtomatika"),
        ("ZorvexAG", "Zorvex AG"),
        ("Plant No. 14", "Fourteenth Plant"),
        ("Zorvex Plant 14", "14-й завод Зорвекс"),
        ("GАZPRОM", "Gazprom"),
        ("Завод Радий", "Radiy Plant"),
        ("Trelkovskiy Nauchno-Issledovatelskiy Institut", "Trelkovsky Scientific Research Institute"),
        ("沈阳飞机工业（集团）有限公司", "Shenyang Aircraft Industry Group Co., Ltd."),
        ("北京無線電研究所", "北京无线电研究所"),
        ("中国电子科技集团公司第十三研究所", "China Electronics Technology Group Corporation 13th Research Institute"),
        ("Corvanta Systems Inc", "Systems Corvanta, Inc."),
        ("Corvanta Semiconductors", "Corvnata Semiconductors"),
        ("Foreign Arms Trade Organisation", "FATO"),
        ("Zorvex Industries (ZI)", "Zorvex Industries"),
        ("JSC NPO ZORVEX", "Joint Stock Company Scientific and Production Association ‘ZORVEX’"),
        ("IRGC Aerospace Force", "Islamic Revolutionary Guard Corps Aerospace Force"),
        ("АО «Кривцовский завод»", "JSC Krivtsov Plant"),
    ],
)
def test_one_party_however_it_is_written(left: str, right: str) -> None:
    assert value(left, right) >= LINE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Zorvex Holding", "Zorvex"),
        ("Alpha Zorvex Holding LLC", "Alpha Zorvex LLC"),
        ("Corvanta Fund II LP", "Corvanta Fund III LP"),
        ("Zorvex Institute 13", "Zorvex Institute 14"),
        ("China Zorvex 13th Research Institute", "China Zorvex 14th Research Institute"),
        ("LXQ Aviation", "LAU Aviation"),
        ("Trelkov Trading Company", "Marbury Trading Company"),
        ("Management Company", "Westmorland Management Company"),
        ("OOO BAJ", "OOO BAJKAL"),
        ("习近朋", "习近平"),
        ("AB", "ABC"),
    ],
)
def test_different_parties_that_look_alike(left: str, right: str) -> None:
    assert value(left, right) < LINE


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("TRELKOV, Ivan Petrovich", "Иван Трелков", True),
        ("I. Trelkov", "Ivan Trelkov", True),
        ("Mohammed Al-Zorvani", "Muhammad Zorvani", True),
        ("Dr. Ivan Trelkov", "Ivan Trelkov", True),
        ("Ivan Trelkov", "Anna Trelkova-Marbury", False),
        ("Yusuf Hassan Trelkov Abdul", "Yusuf Kamel Trelkov Abdul", False),
    ],
)
def test_persons_by_their_own_rules(left: str, right: str, same: bool) -> None:
    assert (value(left, right, "Person") >= LINE) is same


def test_ships_are_told_apart_by_their_numbers() -> None:
    assert value("Corvanta Star 5", "Corvanta Star 6", "Vessel") < LINE
    assert value("CORVANTA STAR 5", "Corvanta Star V", "Vessel") >= LINE


def test_a_legal_form_of_another_kind_weighs_more_than_a_near_one() -> None:
    assert value("Zorvex Ltd", "Zorvex JSC") > value("Zorvex Ltd", "Zorvex LP")


def test_initials_are_derived_from_the_long_name() -> None:
    assert value("NORINCO", "China North Industries Group Corporation") >= LINE
    assert value("NORINCA", "China North Industries Group Corporation") < LINE


NAMES = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "Zorvex",
                "завод",
                "研究所",
                "No",
                "14",
                "II",
                "OOO",
                "Ltd.",
                "«Радий»",
                "(ZX)",
                "&",
                "Holding",
                "株式会社",
                "주식회사",
                "محمد",
                "j",
                "k",
                "Ⅳ",
                "½",
            ]
        ),
        max_size=7,
    ).map(" ".join),
)


@given(NAMES, NAMES, st.sampled_from(SCHEMATA), st.sampled_from(SCHEMATA))
def test_scores_are_symmetric_and_between_zero_and_one(left: str, right: str, schema: str, other: str) -> None:
    first, second = analyse(left, schema=schema), analyse(right, schema=other)
    there, back = compare(first, second), compare(second, first)
    assert there.value == back.value
    assert 0.0 <= there.value <= 1.0


@given(NAMES, st.sampled_from(SCHEMATA))
def test_a_name_is_itself(text: str, schema: str) -> None:
    name = analyse(text, schema=schema)
    assert compare(name, name).value == (0.0 if name.empty else 1.0)


def test_a_subsidiary_named_after_its_country_is_another_party() -> None:
    assert value("Zorvex (Thailand) Ltd", "Zorvex Ltd") < value("Zorvex Thailand", "Zorvex Ltd")


def test_equal_generic_words_under_forms_of_other_countries_say_little() -> None:
    assert value("Technology s.r.o.", "Tekhnologiya OOO") < value("Technology Ltd", "Technology Ltd.") == 1.0
