# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from highfence.matching.analysis import analyse
from highfence.matching.comparison import compare

LINE = 0.7


def value(left: str, right: str) -> float:
    return compare(analyse(left, schema="Person"), analyse(right, schema="Person")).value


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bill Zorvani", "William Zorvani"),
        ("Serhiy Yuriyovych Trelkov", "Sergey Yurievich TRELKOV"),
        ("Dzmitry Trelkou", "Dmitry Trelkov"),
        ("Abdulrahman al-Zorvani", "Abd al-Rahman Zorvani"),
        ("Nezamoldin Zorvani", "Nizam al-Din Zorvani"),
        ("Saif al-Qadhafi", "Seif El-Gaddafi"),
        ("Ali Jafarabadi", "علی جعفرآبادی"),
        ("Zaki Ezat Ahmed", "زكي عزت احمد"),
        ("CHANG, Chang-ha", "Jang Chang Ha"),
        ("Kim Jong-un", "김정은"),
        ("Pak Chong-su", "박정수"),
        ("Pak Chong-su", "박종수"),
        ("박 정수", "박정수"),
        ("ZORVANI, Salman bin Ali", "Salman bin Ali Zorvani"),
    ],
)
def test_one_person_however_the_name_is_written(left: str, right: str) -> None:
    assert value(left, right) >= LINE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Salman bin Muhammad al-Zorvani", "Muhammad bin Salman al-Zorvani"),
        ("Oleg Trelkov", "Olga Trelkova"),
        ("박정수", "박종수"),  # one spelling in Latin letters, two names in their own
        ("Chang Su Ha", "Chang Chang Ha"),
        ("Ivan Petrovich Trelkov", "Ivana Petrovna Trelkova"),
        ("عارف علی زروانی", "آصف علی زروانی"),
    ],
)
def test_different_persons_whose_names_share_words(left: str, right: str) -> None:
    assert value(left, right) < LINE


def test_a_father_called_after_his_child_does_not_bear_the_childs_name() -> None:
    assert value("Abu Ahmad al-Zorvani", "Ahmad al-Zorvani") < value("Abu Ahmad al-Zorvani", "Abou Ahmed al-Zorvani")


def test_a_short_form_of_two_names_does_not_make_them_one() -> None:
    assert value("Ted Zorvani", "Theodore Zorvani") >= LINE
    assert value("Ted Zorvani", "Edward Zorvani") >= LINE
    assert value("Theodore Zorvani", "Edward Zorvani") < LINE


def test_ben_is_a_given_name_where_it_begins_the_name() -> None:
    assert value("Ben Zorvani", "Benjamin Zorvani") >= LINE
