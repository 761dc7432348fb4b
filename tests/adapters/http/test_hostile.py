"""Everything that strangers may send, at every endpoint: a 4xx problem, whatever it is, and never a 500."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.http.hostile import GARBAGE, QUERIES, in_place
from tests.adapters.http.shop import Client, Shop, new_id

JSON = "application/json"

shop = Shop()
PLAYER, SERVER, STRANGER = shop.player(), shop.server(), shop.stranger()
VISIT = shop.visit()
ROUND = new_id()

BODIES: dict[str, tuple[Client, dict[str, object]]] = {
    "POST /v1/sessions": (STRANGER, {"operator": "social", "token": "demo-ann", "game": "coin"}),
    "PUT /v1/rounds/{id}": (PLAYER, {"stake": 100, "mode": "base", "selection": None, "reward": "free"}),
    "POST /v1/rounds/{id}/choices": (PLAYER, {"turn": 1, "choice": "stop"}),
    "POST /v1/rng/weighted": (SERVER, {"weights": [[1, 2], [3, 4]], "count": 3}),
    "POST /v1/rng/shuffle": (SERVER, {"items": [1, 2, 3], "count": 2}),
    "POST /v1/player": (SERVER, {"operator": "social", "token": "demo-ann", "game": "theirs"}),
    "POST /v1/escrow": (SERVER, {"session": VISIT, "round": ROUND, "stake": 10, "escrow": 1, "reward": "free"}),
    "POST /v1/result": (SERVER, {"round": ROUND, "win": 1, "outcome": None}),
    "POST /v1/cancel": (SERVER, {"round": ROUND, "reason": "because"}),
}
"""A good body for every address that takes one."""

BODILESS: dict[str, Client] = {
    "GET /v1/rng/range": SERVER,
    "GET /v1/session": PLAYER,
    "GET /v1/rounds": PLAYER,
    "GET /v1/rounds/{id}": PLAYER,
    "GET /v1/games": STRANGER,
    "GET /v1/games/{id}": STRANGER,
    "DELETE /v1/session": PLAYER,
}


def split(endpoint: str) -> tuple[str, str]:
    method, path = endpoint.split()
    return method, path.replace("{id}", new_id())


def refused(client: Client, endpoint: str, data: bytes, *, kind: str = JSON) -> None:
    method, path = split(endpoint)
    before = time.perf_counter()
    reply = client.send(method, path, data, Content_Type=kind)
    assert time.perf_counter() - before < 1
    assert 400 <= reply.status < 500, (endpoint, data[:100], reply.body)
    assert len(str(reply.body)) < 4096


def test_the_corpus_covers_every_endpoint_of_the_api() -> None:
    document = shop.stranger().get("/openapi.json").body
    api = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/v1/")
    }
    assert api == BODIES.keys() | BODILESS.keys()


@pytest.mark.parametrize("endpoint", BODIES)
@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused(endpoint: str, name: str) -> None:
    client, _ = BODIES[endpoint]
    refused(client, endpoint, GARBAGE[name])


@pytest.mark.parametrize("endpoint", BODILESS)
def test_a_body_where_there_is_none_is_refused(endpoint: str) -> None:
    for data in GARBAGE.values():
        if data:
            refused(BODILESS[endpoint], endpoint, data)


def wrong_bodies() -> Iterator[Any]:
    for endpoint, (_, body) in BODIES.items():
        for name, data in in_place(body).items():
            yield pytest.param(endpoint, data, id=f"{endpoint} {name}")


@pytest.mark.parametrize(("endpoint", "data"), [*wrong_bodies()])
def test_a_body_that_is_wrong_in_one_place_is_refused(endpoint: str, data: bytes) -> None:
    client, _ = BODIES[endpoint]
    refused(client, endpoint, data)


@pytest.mark.parametrize("endpoint", BODIES)
def test_a_field_left_out_is_refused_or_has_a_default(endpoint: str) -> None:
    client, body = BODIES[endpoint]
    refused(client, endpoint, b"{}")
    needed = next(iter(body))
    method, path = split(endpoint)
    reply = client.json(method, path, {key: value for key, value in body.items() if key != needed})
    assert (400, "bad_request") == reply.problem()
    assert needed in reply.body["detail"] or "operator" in reply.body["detail"]


@pytest.mark.parametrize("endpoint", BODIES)
@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "multipart/form-data",
             "application/xml", "application/jsonp", "text/json"]
)  # fmt: skip
def test_another_content_type_is_unsupported(endpoint: str, kind: str) -> None:
    client, _ = BODIES[endpoint]
    method, path = split(endpoint)
    assert (415, "unsupported_type") == client.send(method, path, b"{}", Content_Type=kind).problem()


@pytest.mark.parametrize("endpoint", BODIES)
def test_a_compressed_body_is_unsupported_and_utf_8_may_be_named(endpoint: str) -> None:
    client, _ = BODIES[endpoint]
    method, path = split(endpoint)
    zipped = client.send(method, path, b"{}", Content_Type=JSON, Content_Encoding="gzip")
    assert (415, "unsupported_type") == zipped.problem()
    named = client.send(method, path, b"{}", Content_Type='application/json; charset="UTF-8"')
    assert (400, "bad_request") == named.problem()


@pytest.mark.parametrize("endpoint", BODIES)
def test_a_large_body_is_too_large(endpoint: str) -> None:
    client, _ = BODIES[endpoint]
    method, path = split(endpoint)
    limit = 2**20 if "/rng/" in endpoint else 2**16
    data = b'{"nonsense": "' + b"a" * limit + b'"}'
    assert (413, "too_large") == client.send(method, path, data, Content_Type=JSON).problem()


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("endpoint", [*BODILESS, *BODIES])
def test_a_query_that_is_not_exactly_right_is_refused(endpoint: str, query: str) -> None:
    client = BODILESS.get(endpoint) or BODIES[endpoint][0]
    method, path = split(endpoint)
    body = BODIES[endpoint][1] if endpoint in BODIES else None
    if body is None:
        reply = client.get(f"{path}?{query}") if method == "GET" else client.send(method, f"{path}?{query}", None)
    else:
        reply = client.json(method, f"{path}?{query}", body)
    assert 400 <= reply.status < 500, (query, reply.body)


def test_the_session_and_the_key_of_this_corpus_are_alive_after_it() -> None:
    assert 200 == PLAYER.get("/v1/session").status
    assert 200 == SERVER.get("/v1/rng/range?min=0&max=6").status
