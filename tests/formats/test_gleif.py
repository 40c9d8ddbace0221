# SPDX-License-Identifier: Apache-2.0
"""GLEIF's files: streamed, updated, and read for what they say and no more."""

from __future__ import annotations

import io

import pytest

from highfence.errors import InvalidDocument
from highfence.formats.gleif import (
    Relationship,
    holdings,
    read_companies,
    read_relationships,
    updated_companies,
    updated_relationships,
)
from highfence.model.interest import NO_SHARE, UNKNOWN_SHARE, WHOLE, Control

A, B, C = "5493001KJTIIGC8Y1R12", "7LTWFZYICNSX8D621K86", "391200GAL2O80LVLFJ24"
DELETED = "<gleif:Deletion><gleif:DeletedAt>2026-09-24T18:50:35Z</gleif:DeletedAt></gleif:Deletion>"


def level_1(*records: str, head: str = "") -> io.BytesIO:
    return io.BytesIO(
        f'<?xml version="1.0"?>{head}<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016" '
        f'xmlns:gleif="http://www.gleif.org/data/schema/golden-copy/extensions/1.0"><lei:LEIRecords>'
        f"{''.join(records)}</lei:LEIRecords></lei:LEIData>".encode()
    )


def company(lei: str, name: str = "Acme", number: str = "1", status: str = "ISSUED", extension: str = "") -> str:
    return (
        f"<lei:LEIRecord><lei:LEI>{lei}</lei:LEI><lei:Entity><lei:LegalName>{name}</lei:LegalName>"
        "<lei:RegistrationAuthority><lei:RegistrationAuthorityID>RA000665</lei:RegistrationAuthorityID>"
        f"<lei:RegistrationAuthorityEntityID>{number}</lei:RegistrationAuthorityEntityID></lei:RegistrationAuthority>"
        "<lei:LegalJurisdiction>US</lei:LegalJurisdiction><lei:EntityStatus>ACTIVE</lei:EntityStatus></lei:Entity>"
        f"<lei:Registration><lei:RegistrationStatus>{status}</lei:RegistrationStatus></lei:Registration>"
        f"<lei:Extension>{extension}</lei:Extension></lei:LEIRecord>"
    )


def level_2(*records: str) -> io.BytesIO:
    return io.BytesIO(
        '<rr:RelationshipData xmlns:rr="http://www.gleif.org/data/schema/rr/2016" '
        'xmlns:gleif="http://www.gleif.org/data/schema/golden-copy/extensions/1.0"><rr:RelationshipRecords>'
        f"{''.join(records)}</rr:RelationshipRecords></rr:RelationshipData>".encode()
    )


def record(
    child: str, parent: str, kind: str = "IS_DIRECTLY_CONSOLIDATED_BY", end: str = "", extension: str = ""
) -> str:
    return (
        f"<rr:RelationshipRecord><rr:Relationship><rr:StartNode><rr:NodeID>{child}</rr:NodeID></rr:StartNode>"
        f"<rr:EndNode><rr:NodeID>{parent}</rr:NodeID></rr:EndNode><rr:RelationshipType>{kind}</rr:RelationshipType>"
        "<rr:RelationshipPeriods><rr:RelationshipPeriod><rr:StartDate>2020-05-01T08:00:00+01:00</rr:StartDate>"
        f"{end}<rr:PeriodType>RELATIONSHIP_PERIOD</rr:PeriodType></rr:RelationshipPeriod></rr:RelationshipPeriods>"
        "<rr:RelationshipStatus>ACTIVE</rr:RelationshipStatus></rr:Relationship><rr:Registration>"
        "<rr:RegistrationStatus>PUBLISHED</rr:RegistrationStatus></rr:Registration>"
        f"<rr:Extension>{extension}</rr:Extension></rr:RelationshipRecord>"
    )


def test_reads_companies_and_relationships() -> None:
    (one,) = read_companies(level_1(company(A, "Acme Works")))
    assert (one.lei, one.name, one.register, one.number, one.country) == (A, "Acme Works", "RA000665", "1", "US")
    (held,) = read_relationships(level_2(record(A, B)))
    assert (held.child, held.parent, held.kind, str(held.since)) == (A, B, "IS_DIRECTLY_CONSOLIDATED_BY", "2020-05-01")


@pytest.mark.parametrize(
    ("kind", "share", "control"),
    [
        ("IS_DIRECTLY_CONSOLIDATED_BY", UNKNOWN_SHARE, Control.MAYBE),
        ("IS_ULTIMATELY_CONSOLIDATED_BY", UNKNOWN_SHARE, Control.MAYBE),
        ("IS_INTERNATIONAL_BRANCH_OF", (WHOLE, WHOLE), Control.YES),
        ("IS_FUND-MANAGED_BY", NO_SHARE, Control.MAYBE),
    ],
)
def test_consolidation_is_no_share_and_a_branch_is_its_head_office(kind: str, share: object, control: Control) -> None:
    interest = holdings(read_relationships(level_2(record(A, B, kind)))).interests.interest(0)
    assert (interest.owner, interest.owned, interest.control) == (B, A, control)
    assert interest.share == share or (interest.share.low, interest.share.high) == share


def test_what_is_no_lei_or_of_no_known_kind_is_refused_with_its_line() -> None:
    found = holdings(read_relationships(level_2(record(A, B[:-1] + "0"), record(A, A), record(A, B, "IS_LIKED_BY"))))
    left = [found.interests.interest(row) for row in range(len(found.interests))]
    assert [(one.owner, one.owned, one.share, one.control) for one in left] == [(B, A, UNKNOWN_SHARE, Control.MAYBE)]
    assert [fault.what.split(":")[0] for fault in found.faults] == [
        f"'{B[:-1]}0' is no LEI",
        f"{A} has a relationship with itself",
        "the kind of relationship 'IS_LIKED_BY' is not known",
    ]
    assert all(fault.place == "line 1" for fault in found.faults)


def test_two_leis_for_one_company_are_told_and_not_joined() -> None:
    companies = list(
        read_companies(level_1(company(A, number="S 12"), company(B, number="s12"), company(C, number="3")))
    )
    found = holdings(read_relationships(level_2(record(A, B))), companies)
    (fault,) = found.faults
    assert fault.taken
    assert f"{B} and {A} are one company" in fault.what
    assert sorted(found.interests.ids) == sorted([A, B])


def test_a_parent_without_a_record_is_told() -> None:
    found = holdings(read_relationships(level_2(record(A, B))), read_companies(level_1(company(A))))
    assert [note.what for note in found.notes] == [f"{B} is in no LEI record"]


def test_an_update_replaces_adds_and_takes_out() -> None:
    before = list(read_companies(level_1(company(A, "Old"), company(B))))
    delta = read_companies(level_1(company(A, "New"), company(B, extension=DELETED), company(C)))
    assert [(one.lei, one.name) for one in updated_companies(before, delta)] == [(A, "New"), (C, "Acme")]
    links = list(read_relationships(level_2(record(A, B), record(C, B))))
    end = "<rr:EndDate>2024-01-01T00:00:00Z</rr:EndDate>"
    changed = read_relationships(level_2(record(A, B, extension=DELETED), record(C, B, end=end)))
    assert [(one.child, str(one.until)) for one in updated_relationships(links, changed)] == [(C, "2024-01-01")]


def test_an_inactive_relationship_does_not_count_and_is_told() -> None:
    found = holdings(
        [Relationship(child=A, parent=B, kind="IS_DIRECTLY_CONSOLIDATED_BY", status="INACTIVE", place="line 3")]
    )
    assert len(found.interests) == 0
    assert "not counted" in found.notes[0].what


def test_a_document_type_is_refused() -> None:
    bomb = '<!DOCTYPE lei [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(InvalidDocument, match="document type"):
        list(read_companies(level_1(company(A, "&b;"), head=bomb)))


@pytest.mark.parametrize("data", [b"<a/>", b"<rr:x>", b"", b"<LEIData><LEIRecord></LEIData>"])
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument):
        list(read_companies(io.BytesIO(data)))
