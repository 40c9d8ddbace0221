# SPDX-License-Identifier: Apache-2.0
"""GLEIF's two levels together, each brought up to date by deltas."""

from __future__ import annotations

from pathlib import Path

import pytest

from highfence.entrypoints.gleif_files import read_gleif
from highfence.errors import InvalidDocument, InvalidInput

A, B, C = "5493001KJTIIGC8Y1R12", "7LTWFZYICNSX8D621K86", "391200GAL2O80LVLFJ24"
DELETED = "<x:Extension><g:Deletion><g:DeletedAt>2026-09-24T18:50:35Z</g:DeletedAt></g:Deletion></x:Extension>"


def companies(*named: tuple[str, str]) -> str:
    records = "".join(
        f"<x:LEIRecord><x:LEI>{lei}</x:LEI><x:Entity><x:LegalName>{name}</x:LegalName></x:Entity></x:LEIRecord>"
        for lei, name in named
    )
    return f'<x:LEIData xmlns:x="urn:x"><x:LEIRecords>{records}</x:LEIRecords></x:LEIData>'


def relationships(*pairs: tuple[str, str], extension: str = "") -> str:
    records = "".join(
        f"<x:RelationshipRecord><x:Relationship><x:StartNode><x:NodeID>{child}</x:NodeID></x:StartNode><x:EndNode>"
        f"<x:NodeID>{parent}</x:NodeID></x:EndNode><x:RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</x:RelationshipType>"
        f"<x:RelationshipStatus>ACTIVE</x:RelationshipStatus></x:Relationship>{extension}</x:RelationshipRecord>"
        for child, parent in pairs
    )
    return f'<x:RelationshipData xmlns:x="urn:x" xmlns:g="urn:g">{records}</x:RelationshipData>'


def read(folder: Path, *texts: str) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Return who holds whom, and the names, read from files with these texts."""
    for at, text in enumerate(texts):
        (folder / f"{at}.xml").write_text(text)
    held = read_gleif([folder / f"{at}.xml" for at in range(len(texts))]).interests
    pairs = {(held.ids[owner], held.ids[owned]) for owner, owned in zip(held.owner, held.owned, strict=True)}
    return pairs, held.names


def test_relationships_bear_the_names_of_the_companies(tmp_path: Path) -> None:
    pairs, names = read(tmp_path, relationships((A, B)), companies((A, "Example Works"), (B, "Holding")))
    assert pairs == {(B, A)}
    assert names == {A: "Example Works", B: "Holding"}


def test_updates_of_both_levels_are_taken_in_their_order(tmp_path: Path) -> None:
    gone = relationships((A, B), extension=DELETED)
    renamed = companies((B, "New Holding"))
    level_1 = companies((A, "Example Works"), (B, "Holding"), (C, "Third"))
    pairs, names = read(tmp_path, level_1, relationships((A, B)), relationships((A, C)), gone, renamed)
    assert pairs == {(C, A)}
    assert names[B] == "New Holding"
    again, _ = read(tmp_path, relationships((A, B)), gone, relationships((A, B)))
    assert again == {(B, A)}


def test_refuses_companies_alone_and_files_of_neither_level(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no file holds relationships"):
        read(tmp_path, companies((A, "Example Works")), companies((A, "Example Works")))
    with pytest.raises(InvalidDocument, match="neither LEI-CDF"):
        read(tmp_path, relationships((A, B)), "<other/>")


def test_an_error_and_a_fault_name_the_file_they_are_in(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as raised:
        read(tmp_path, relationships((A, B)), relationships((A, C))[:-5])
    assert "1.xml" in raised.value.where
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_gleif([tmp_path / "0.xml", tmp_path / "none.xml"])
    (tmp_path / "2.xml").write_text(relationships((A, "no LEI")))
    (fault,) = read_gleif([tmp_path / "0.xml", tmp_path / "2.xml"]).faults
    assert fault.place.startswith("2.xml, line ")
