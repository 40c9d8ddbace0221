# SPDX-License-Identifier: Apache-2.0
"""model.marking: the defaults are the strictest, the vocabulary is closed."""

from __future__ import annotations

import msgspec
import pytest

from highfence.errors import InvalidMarking
from highfence.model.marking import (
    CLASSIFICATIONS,
    CREDIBILITY,
    DISCLOSURES,
    PAP,
    PURPOSES,
    RELIABILITY,
    TLP,
    Marking,
    public,
    require_known,
)


def test_a_marking_nobody_filled_in_is_the_most_restrictive() -> None:
    marking = Marking()
    assert (marking.tlp, marking.classification, marking.pap) == (TLP[-1], CLASSIFICATIONS[-1], PAP[-1])
    assert (marking.reliability, marking.credibility) == (RELIABILITY[-1], CREDIBILITY[-1])
    assert marking.disclosure == "view"
    assert marking.originator_control
    assert marking.releasable_to == ()


def test_the_default_and_the_public_marking_are_in_the_vocabulary() -> None:
    for marking in (Marking(), public(releasable_to=("us", "eu"), groups=("g7",))):
        assert require_known(marking) is marking


def test_what_is_published_is_free_but_goes_only_to_whom_it_names() -> None:
    marking = public(releasable_to=("us",), groups=("partners",))
    assert (marking.tlp, marking.classification, marking.disclosure) == ("CLEAR", "PUBLIC", "release")
    assert (marking.releasable_to, marking.groups) == (("us",), ("partners",))
    assert not marking.originator_control


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tlp", "WHITE"),
        ("tlp", "amber"),
        ("classification", "SECRET"),
        ("pap", "BLACK"),
        ("reliability", "G"),
        ("credibility", 0),
        ("credibility", 7),
        ("disclosure", "copy"),
        ("purposes", ("curiosity",)),
        ("purposes", ("enforcement", "curiosity")),
    ],
)
def test_refuses_a_word_outside_the_vocabulary_and_names_the_field(field: str, value: object) -> None:
    marking = msgspec.structs.replace(Marking(), **{field: value})
    with pytest.raises(InvalidMarking) as refused:
        require_known(marking)
    assert refused.value.where == f"marking.{field}"
    assert refused.value.advice.startswith("Use one of: ")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("tlp", TLP),
        ("classification", CLASSIFICATIONS),
        ("pap", PAP),
        ("reliability", RELIABILITY),
        ("credibility", CREDIBILITY),
        ("disclosure", DISCLOSURES),
    ],
)
def test_takes_every_word_of_the_vocabulary(field: str, words: tuple[object, ...]) -> None:
    for word in words:
        require_known(msgspec.structs.replace(Marking(), **{field: word}))


def test_takes_all_purposes_together() -> None:
    require_known(Marking(purposes=PURPOSES))


def test_an_error_never_repeats_a_long_foreign_value_whole() -> None:
    with pytest.raises(InvalidMarking) as refused:
        require_known(Marking(tlp="X" * 1000))
    assert len(refused.value.what) < 120


def test_a_word_nobody_knows_is_kept_as_it_arrived() -> None:
    decoded = msgspec.json.decode(b'{"tlp":"ULTRAVIOLET"}', type=Marking)
    assert decoded.tlp == "ULTRAVIOLET"
    assert msgspec.json.decode(msgspec.json.encode(decoded), type=Marking) == decoded
