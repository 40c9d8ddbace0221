# SPDX-License-Identifier: Apache-2.0
"""Case form: the forms of a case's page as words that move the case. Pure.

What is told to others is told to those who were ticked, and to nobody if nobody was: a form that is sent without a
choice keeps everything inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from highfence.errors import InvalidInput

_CHARACTERS_MOST = 10_000
#: Fields of each form, and of which kind they are.
FORMS: dict[str, dict[str, str]] = {
    "assign": {"officer": "text"},
    "check": {"day": "day"},
    "consult": {"consultation": "text", "authority": "text", "about": "text"},
    "conclude": {"consultation": "text", "answer": "text", "binding": "flag", "text": "text"},
    "ask": {"text": "text"},
    "answer": {"request": "number", "text": "text", "sources": "lines"},
    "hold": {"ground": "text", "text": "text"},
    "resume": {"ground": "text", "text": "text"},
    "decide": {
        "decision": "text",
        "reason": "text",
        "legal_basis": "text",
        "conditions": "lines",
        "valid_until": "day",
    },
    "outcome": {"outcome": "text", "text": "text"},
    "note": {"text": "text"},
}


class CaseForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it was sent: which move, its fields, those who were ticked, and the overrides by their code."""

    move: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    share: tuple[str, ...] = ()
    overrides: dict[str, str] = msgspec.field(default_factory=dict)

    def get(self, move: str, name: str) -> str:
        """Return what was filled in, if it was that move's form."""
        return self.fields.get(name, "") if move == self.move else ""


def read_case_form(form: Mapping[str, object], share: Sequence[str]) -> CaseForm:
    """Read a form; what it holds is looked at by `word`."""
    fields = {name: value.strip()[:_CHARACTERS_MOST] for name, value in form.items() if isinstance(value, str)}
    overrides = {
        name.removeprefix("override-"): value
        for name, value in fields.items()
        if name.startswith("override-") and value
    }
    return CaseForm(move=fields.get("move", ""), fields=fields, share=tuple(share), overrides=overrides)


def word(form: CaseForm) -> dict[str, Any]:
    """Return the form as the API would be told.

    Raises:
        InvalidInput: there is no such form, or a number is none.
    """
    kinds = FORMS.get(form.move)
    if kinds is None:
        raise InvalidInput("the form does not say what is to be done", where="move", advice="Load the page again")
    said: dict[str, Any] = {"move": form.move, "after": _number(form.fields.get("after", ""), "after")}
    if form.fields.get("on"):
        said["on"] = form.fields["on"]
    for name, kind in kinds.items():
        value = form.fields.get(name, "")
        if kind == "text":
            said[name] = value
        elif kind == "lines":
            said[name] = [line.strip() for line in value.splitlines() if line.strip()]
        elif kind == "flag":
            said[name] = bool(value)
        elif kind == "number":
            said[name] = _number(value, name)
        elif value:
            said[name] = value
    if form.move == "decide":
        said |= _decision(form)
    if form.move in ("decide", "outcome") and form.share:
        said["tell"] = _telling(form)
    return said


def _decision(form: CaseForm) -> dict[str, Any]:
    more: dict[str, Any] = {
        "overrides": [{"block": code, "reason": reason} for code, reason in sorted(form.overrides.items())]
    }
    if form.fields.get("decision") == "deny":
        more["ground"] = {
            "regime": form.fields.get("regime", ""),
            "reason": form.fields.get("class", ""),
            "catch_all": bool(form.fields.get("catch_all")),
        }
    return more


def _telling(form: CaseForm) -> dict[str, Any]:
    """Return what is told: under the marking that was chosen, for export control, to those who were ticked."""
    return {
        "text": form.fields.get("tell_text", ""),
        "marking": {
            "tlp": form.fields.get("tlp", "RED"),
            "classification": form.fields.get("classification", "RESTRICTED"),
            "releasable_to": list(form.share),
            "purposes": ["export-control"],
            "disclosure": "release",
            "reliability": "A",
            "credibility": 1,
            "pap": "AMBER",
        },
    }


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise InvalidInput(f"{name} is no number", where=name, advice="Load the page again")
    return int(text)
