# SPDX-License-Identifier: Apache-2.0
"""Bodies: what OpenAPI says of requests that are read as bytes, so that strict decoding sees them as they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema

from highfence.entrypoints.case_words import WORDS
from highfence.entrypoints.denial_entry import Amending, Asking, DenialEntry, Renewing, Revoking, Stepping
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.judging import Judging, Undoing
from highfence.formats.application_form import SHIPMENT


@dataclass
class DraftOperation(Operation):
    """An operation whose body is a draft."""

    def __post_init__(self) -> None:
        """Describe the body; the schemas it names are described with what the API returns."""
        _, named = msgspec.json.schema_components([Draft], ref_template="#/components/schemas/{name}")
        self.request_body = _body("application/json", named["Draft"], "The draft, in strict JSON of at most 1 MiB")


@dataclass
class JudgingOperation(Operation):
    """An operation whose body is a person's judgement."""

    def __post_init__(self) -> None:
        """Describe the body."""
        _, named = msgspec.json.schema_components([Judging], ref_template="#/components/schemas/{name}")
        self.request_body = _body("application/json", named["Judging"], "The judgement, in strict JSON")


@dataclass
class UndoingOperation(Operation):
    """An operation whose body says why a judgement is taken back."""

    def __post_init__(self) -> None:
        """Describe the body."""
        _, named = msgspec.json.schema_components([Undoing], ref_template="#/components/schemas/{name}")
        self.request_body = _body("application/json", named["Undoing"], "The reason, in strict JSON")


@dataclass
class DenialOperation(Operation):
    """An operation whose body is a denial."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(DenialEntry, "The denial, in strict JSON; numbers are text")


@dataclass
class AmendingOperation(Operation):
    """An operation whose body is a denial as it is amended."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(Amending, "The denial, and why it is amended, in strict JSON; numbers are text")


@dataclass
class RenewingOperation(Operation):
    """An operation whose body is why a denial is renewed."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(Renewing, "Why it is renewed, in strict JSON; numbers are text")


@dataclass
class RevokingOperation(Operation):
    """An operation whose body is why a denial is revoked."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(Revoking, "Why it is revoked, in strict JSON; numbers are text")


@dataclass
class AskingOperation(Operation):
    """An operation whose body is a question before an approval."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(Asking, "The question and the application, in strict JSON; numbers are text")


@dataclass
class SteppingOperation(Operation):
    """An operation whose body is a step in a consultation."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _described(Stepping, "The step, in strict JSON; numbers are text")


@dataclass
class FileOperation(Operation):
    """An operation whose body is a publisher's file."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _body("application/octet-stream", {"type": "string"}, "The publisher's file, byte by byte")


@dataclass
class SignedDocument(Operation):
    """An operation whose body is a signed membership document."""

    def __post_init__(self) -> None:
        """Describe the body."""
        envelope = {"type": "object", "required": ["payload", "payloadType", "signatures"]}
        self.request_body = _body("application/json", envelope, "The document in its envelope, see docs/protocol.md")


@dataclass
class NamesOperation(Operation):
    """An operation whose body is a watch list."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _body("text/plain", {"type": "string"}, "Companies, one to a line, in UTF-8")


@dataclass
class MatchOperation(Operation):
    """An operation whose body asks for parties by schema and properties."""

    def __post_init__(self) -> None:
        """Describe the body in yente's words."""
        values = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        example = {
            "type": "object",
            "properties": {
                "schema": {"type": "string"},
                "properties": {"type": "object", "additionalProperties": values},
            },
        }
        bounds = {"limit": {"type": "integer"}, "threshold": {"type": "number"}, "cutoff": {"type": "number"}}
        queries = {"type": "object", "additionalProperties": example}
        schema = {"type": "object", "properties": {"queries": queries, **bounds}, "required": ["queries"]}
        self.request_body = _body("application/json", schema, "Parties to look for, by keys of the caller's own")


def _described(kind: type[msgspec.Struct], words: str) -> RequestBody:
    """Return a body with all that it is made of: what only bodies hold is not among what the API returns."""
    _, named = msgspec.json.schema_components([kind], ref_template="{name}")
    return _body("application/json", _whole(named[kind.__name__], named), words)


def _whole(schema: Any, named: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _whole(named[schema["$ref"]], named)
        return {key: _whole(value, named) for key, value in schema.items()}
    return [_whole(one, named) for one in schema] if isinstance(schema, list) else schema


def _body(media_type: str, schema: dict[str, Any], description: str) -> RequestBody:
    # Litestar writes a plain mapping as it is; its own class would know fewer of JSON Schema's words than msgspec.
    content = OpenAPIMediaType(schema=cast(Schema, schema))
    return RequestBody(content={media_type: content}, description=description, required=True)


@dataclass
class ApplicationOperation(Operation):
    """An operation whose body is an application for a licence."""

    def __post_init__(self) -> None:
        """Describe the body."""
        described: dict[str, Any] = {
            "type": "object",
            "required": [name for name, field in SHIPMENT.fields.items() if field.needed],
            "properties": {name: {"description": field.form} for name, field in SHIPMENT.fields.items()},
        }
        self.request_body = _body("application/json", described, "The application, see docs/determination.md")


@dataclass
class ApplicationsOperation(Operation):
    """An operation whose body is a file of applications, as JSON or as CSV."""

    def __post_init__(self) -> None:
        """Describe the body."""
        kinds: dict[str, dict[str, Any]] = {"application/json": {}, "text/csv": {"type": "string"}}
        content = {name: OpenAPIMediaType(schema=cast(Schema, schema)) for name, schema in kinds.items()}
        described = "Applications, one or many, see docs/cases.md"
        self.request_body = RequestBody(content=content, description=described, required=True)


@dataclass
class CaseWordOperation(Operation):
    """An operation whose body moves a case."""

    def __post_init__(self) -> None:
        """Describe the body."""
        schema = {
            "type": "object",
            "required": ["move"],
            "properties": {
                "move": {"enum": list(WORDS)},
                "on": {"type": "string", "format": "date"},
                "after": {"type": "integer"},
            },
        }
        self.request_body = _body("application/json", schema, "The move with its fields, see docs/cases.md")
