"""What the OpenAPI document holds besides our own operations: the problem each may answer (RFC 9457), and the addresses
of django-allauth by which an account is made and opened.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import yaml

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "For people: what to do next."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; docs/errors.md has a paragraph for each."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def add_problem_responses(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOKS."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "A problem: why it could not be done, and what to do next.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result


# --- Signing up and in: allauth's own operations ----------------------------------------------------------------------

_PREFIX = "SignIn"  # before the names of allauth's components, so that none meets one of ours
_THEIRS = "/_allauth/{client}/v1/"
_OFFERED = (
    "auth/signup", "auth/login", "auth/session", "auth/reauthenticate",
    "auth/2fa/authenticate", "auth/2fa/reauthenticate",
    "auth/webauthn/login", "auth/webauthn/authenticate", "auth/webauthn/reauthenticate",
    "account/password/change", "account/authenticators", "account/authenticators/totp",
    "account/authenticators/recovery-codes", "account/authenticators/webauthn",
)  # fmt: skip
_NAME_AND_PASSWORD = {
    "type": "object",
    "required": ["username", "password"],
    "properties": {"username": {"type": "string"}, "password": {"type": "string", "format": "password"}},
}
_NO_TIME = {"type": "object", "properties": {"method": {"type": "string"}}, "required": ["method"]}


def add_signing_in(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOKS: from the document that allauth ships, what this site offers of it.

    Without e-mail, telephone and times, which no answer here holds (accounts/api/plain_answers.py).
    """
    theirs = yaml.safe_load(files("allauth.headless").joinpath("spec/doc/openapi.yaml").read_text(encoding="utf-8"))
    schemas = theirs["components"]["schemas"]
    schemas["Login"] = schemas["Signup"] = _NAME_AND_PASSWORD
    schemas["AuthenticationMethod"] = _NO_TIME
    schemas["User"]["properties"] = {
        name: schemas["User"]["properties"][name] for name in ("display", "has_usable_password")
    }
    paths = {
        way.replace(_THEIRS, "/api/auth/{client}/v1/"): _ours(theirs["paths"][way])
        for way in (_THEIRS + offered for offered in _OFFERED)
    }
    for path, operations in paths.items():
        for method, operation in operations.items():
            operation["operationId"] = "_".join([method, *re.findall(r"\w+", path.partition("/v1/")[2])])
    result["paths"] |= paths
    _add_components(result, theirs["components"], paths)
    return result


def _ours(value: Any) -> Any:
    """References lead to the prefixed components; examples of other sites' answers are left out."""
    if isinstance(value, dict):
        kept = {name: _ours(part) for name, part in value.items() if name not in {"example", "examples", "tags"}}
        if isinstance(reference := kept.get("$ref"), str):
            kept["$ref"] = re.sub(r"^(#/components/\w+/)", rf"\1{_PREFIX}", reference)
        return kept
    return [_ours(part) for part in value] if isinstance(value, list) else value


def _add_components(result: dict[str, Any], components: dict[str, Any], used_by: Any) -> None:
    """Those that are referred to, and what they refer to."""
    for kind, name in re.findall(rf"#/components/(\w+)/{_PREFIX}(\w+)", str(used_by)):
        ours = result["components"].setdefault(kind, {})
        if _PREFIX + name not in ours:
            ours[_PREFIX + name] = _ours(components[kind][name])
            _add_components(result, components, ours[_PREFIX + name])
