# SPDX-License-Identifier: Apache-2.0
"""Bodies: what OpenAPI says of requests that are read as bytes, so that strict decoding sees them as they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema

from highfence.entrypoints.drafts import Draft


@dataclass
class DraftOperation(Operation):
    """An operation whose body is a draft."""

    def __post_init__(self) -> None:
        """Describe the body; the schemas it names are described with what the API returns."""
        _, named = msgspec.json.schema_components([Draft], ref_template="#/components/schemas/{name}")
        self.request_body = _body("application/json", named["Draft"], "The draft, in strict JSON of at most 1 MiB")


@dataclass
class FileOperation(Operation):
    """An operation whose body is a publisher's file."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = _body("application/octet-stream", {"type": "string"}, "The publisher's file, byte by byte")


def _body(media_type: str, schema: dict[str, Any], description: str) -> RequestBody:
    # Litestar writes a plain mapping as it is; its own class would know fewer of JSON Schema's words than msgspec.
    content = OpenAPIMediaType(schema=cast(Schema, schema))
    return RequestBody(content={media_type: content}, description=description, required=True)
