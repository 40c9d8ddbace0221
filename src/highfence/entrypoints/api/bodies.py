# SPDX-License-Identifier: Apache-2.0
"""Bodies: what OpenAPI says of requests that are read as bytes, so that strict decoding sees them as they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema

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
