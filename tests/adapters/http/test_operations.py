"""Health, figures and documents."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.http.shop import Shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def test_the_process_is_alive(shop: Shop) -> None:
    reply = shop.stranger().get("/healthz")
    assert (200, {"status": "ok"}) == (reply.status, reply.body)


def test_the_server_is_ready_unless_there_is_a_reason() -> None:
    shop = Shop()
    assert (200, {"status": "ready"}) == ((reply := shop.stranger().get("/readyz")).status, reply.body)
    shop.reasons.append("the disk is full")
    reply = shop.stranger().get("/readyz")
    assert ((503, "busy"), ["the disk is full"]) == (reply.problem(), reply.body["reasons"])


def test_requests_and_problems_are_counted() -> None:
    shop = Shop()
    shop.stranger().get("/v1/games")
    shop.stranger().get("/v1/session")
    figures = shop.app.test_client().get("/metrics")
    assert figures.content_type.startswith("text/plain")
    assert 'rgs_requests_total{method="GET",path="/v1/games",status="200"} 1.0' in figures.text
    assert 'rgs_problems_total{code="unauthenticated"} 1.0' in figures.text
    assert "rgs_rng_sound 1.0" in figures.text


def test_addresses_that_strangers_make_up_do_not_become_figures() -> None:
    shop = Shop()
    for number in range(3):
        shop.stranger().get(f"/made/up/{number}")
        shop.stranger().send(f"MADE{number}", "/v1/games", None)
    assert "made" not in shop.app.test_client().get("/metrics").text.lower()


def test_the_docs_are_one_page_that_loads_nothing(shop: Shop) -> None:
    response = shop.app.test_client().get("/docs")
    assert (200, "text/html; charset=utf-8") == (response.status_code, response.content_type)
    assert "<script" not in response.text
    assert "src=" not in response.text
    assert "http://" not in response.text
    assert "https://" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for word in ("/v1/rounds/{id}/choices", 'id="round_open"', "Weighted", "1.2.3"):
        assert word in response.text


@pytest.fixture(scope="module")
def document(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = shop.stranger().get("/openapi.json").body
    return found


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert "3.1.0" == document["openapi"]
    assert {"openapi", "info", "servers", "tags", "paths", "components"} == set(document)
    assert "1.2.3" == document["info"]["version"]


def test_every_route_is_in_the_document(shop: Shop, document: dict[str, Any]) -> None:
    """But for launches: those are in the words of the operators' own protocols."""
    routes = {
        (method.lower(), rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}"))
        for rule in shop.app.url_map.iter_rules()
        if rule.endpoint != "launch"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(method, path) for path, methods in document["paths"].items() for method in methods}


def test_every_operation_is_complete(document: dict[str, Any]) -> None:
    names = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert {"summary", "tags", "responses", "parameters"} <= set(operation), (method, path)
            in_path = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert any(status[0] in "23" for status in operation["responses"])
            assert all("description" in response for response in operation["responses"].values())
            assert ("requestBody" in operation) <= (method in ("post", "put"))
    assert len(names) == len(set(names))


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_somewhere_and_every_shape_is_used(document: dict[str, Any]) -> None:
    referred = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    queries = {"NoQuery", "RangeQuery", "HistoryQuery", "GamesQuery"}
    assert referred == set(document["components"]["schemas"]) - queries


def test_what_needs_a_credential_says_so(document: dict[str, Any]) -> None:
    open_to_all = {"/v1/sessions", "/v1/games", "/v1/games/{id}"}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert ("security" in operation) is (path.startswith("/v1/") and path not in open_to_all)
