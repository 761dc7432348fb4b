"""The API as an OpenAPI 3.1 document, made of the endpoints themselves and the models that they check with."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapters.http import models
from adapters.http.endpoints import Audience, Endpoint
from adapters.http.problems import CODES

Schemas = Mapping[Any, Any]
"""(model, "validation") -> a reference to its schema."""

_TITLES = {code.status: " / ".join(c.code for c in CODES if c.status == code.status) for code in CODES}
_SAID = {200: "Done", 201: "Made", 202: "Money is in doubt: this is what is known", 204: "Done", 302: "Elsewhere"}
_SECURITY = {Audience.GAME_SERVERS: "key", Audience.PLAYERS: "session"}


def document(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """The whole document."""
    used = {model for endpoint in endpoints for model in _models(endpoint)} | {models.Problem}
    wanted = sorted(used, key=lambda model: model.__name__)
    schemas, definitions = models_json_schema(
        [(model, "validation") for model in wanted], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PyRGS",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": audience.value} for audience in Audience],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A game server's API key."},
                "session": {"type": "http", "scheme": "bearer", "description": "A player's session."},
            },
        },
    }


def _models(endpoint: Endpoint) -> Iterable[type[BaseModel]]:
    yield from (model for model in endpoint.answers.values() if model is not None)
    yield from _bodies(endpoint)
    if endpoint.query is not None:
        yield endpoint.query


def _bodies(endpoint: Endpoint) -> list[type[BaseModel]]:
    body = endpoint.body
    if body is None:
        return []
    return list(body.values()) if isinstance(body, Mapping) else [body]


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _identifier(endpoint),
        "tags": [endpoint.audience.value],
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint)],
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.authenticated:
        operation["security"] = [{_SECURITY[endpoint.audience]: []}]
    bodies = [schemas[model, "validation"] for model in _bodies(endpoint)]
    if bodies:
        schema = bodies[0] if len(bodies) == 1 else {"oneOf": bodies}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", endpoint.path)
    kind = {"type": "string"} | ({"pattern": models.ROUND_ID} if endpoint.path.startswith("/v1/rounds/") else {})
    return [{"name": name, "in": "path", "required": True, "schema": kind} for name in names]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, model in endpoint.answers.items():
        responses[str(status)] = {"description": _SAID[status]}
        if model is not None:
            responses[str(status)]["content"] = {"application/json": {"schema": schemas[model, "validation"]}}
    problem = {"application/problem+json": {"schema": schemas[models.Problem, "validation"]}}
    for status in sorted({*endpoint.problems, *_usual_problems(endpoint)}):
        responses[str(status)] = {"description": _TITLES[status], "content": problem}
    return responses


def _usual_problems(endpoint: Endpoint) -> Iterable[int]:
    yield 500
    if endpoint.query is not None or endpoint.body is not None:
        yield 400
    if endpoint.authenticated or endpoint.body is models.Open:
        yield 401
    if endpoint.body is not None:
        yield from (413, 415)


def _identifier(endpoint: Endpoint) -> str:
    words = re.findall(r"\w+", endpoint.path.removeprefix("/v1"))
    if endpoint.path.endswith("/"):
        words.append("index")
    return "_".join([endpoint.method.lower(), *words])


_DESCRIPTION = """\
A remote gaming server: random numbers, and rounds that cannot lose a cent.

Money is a whole number of minor units; `currency` and `exponent` say of what. A round's id is a lower-case UUID that
the client makes: the same id with the same body is the same request, however often it is sent. Errors are problem
details (RFC 9457) with a `code` and `retryable`."""
