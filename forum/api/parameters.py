"""What several endpoints are told the same way, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from forum.models import ReactionKind

WITHOUT = OpenApiParameter(
    "without", str, description="Ids of content notes to leave out, with commas between, beside your filter."
)
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `prev` of the page before.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="1 to 100.")
CATEGORY = OpenApiParameter("category", str, description="A category's id.")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)
# Of operations that no claim code opens.
FOR_MEMBERS: Any = [{"sessionToken": []}, {"cookieAuth": []}]
REACTION = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=ReactionKind.values)
