# SPDX-License-Identifier: Apache-2.0
"""Case part: what the moves of a licence case have made: checks, consultations, requests, holds, decision, outcomes."""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.model.case_move import Checked, Decided


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A determination in the file: when and by whom it was made."""

    at: str
    by: str
    made: Checked


class ConsultationLink(msgspec.Struct, frozen=True, kw_only=True):
    """A consultation the case waits for, or waited for until `closed`."""

    consultation: str
    authority: str
    about: str
    opened: date
    closed: date | None = None
    answer: str = ""
    binding: bool = False
    text: str = ""


class InformationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the applicant. Numbers count from 1."""

    number: int
    asked: date
    text: str
    answered: date | None = None
    answer: str = ""
    sources: tuple[str, ...] = ()


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Something else the case waits for, or waited for until `until`."""

    ground: str
    text: str
    since: date
    until: date | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The decision, when, on which day and by whom."""

    at: str
    by: str
    on: date
    made: Decided


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Something that became of the licence."""

    on: date
    by: str
    outcome: str
    text: str
    assertion: str = ""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """That the case waited after the day `since` until and with the day `until`, None if it still does, and for what.

    `ground` is `information`, `consultation` or one of `HOLDS`.
    """

    ground: str
    since: date
    until: date | None
    text: str
