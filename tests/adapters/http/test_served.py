"""The application over a real server and real sockets."""

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.adapters.http.shop import Shop, address, check_problem, new_id, serving

Told = tuple[int, Any, dict[str, str]]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(Shop().app) as port:
        yield port


def ask(port: int, method: str, path: str, bearer: str | None = None, body: object = None) -> Told:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, data, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    told = json.loads(text) if text else None
    if response.status >= 400:
        check_problem(response.status, response.headers["Content-Type"], told)
    return response.status, told, dict(response.headers)


@pytest.mark.parametrize("path", ["//v1//games", "//casino.example", "//casino.example/play"])
def test_a_path_is_no_host_to_be_led_to(port: int, path: str) -> None:
    assert 404 == ask(port, "GET", path)[0]


def test_a_round_is_played_over_the_wire(port: int) -> None:
    _, session, _ = ask(port, "POST", "/v1/sessions", body={"operator": "social", "token": "demo-ann", "game": "coin"})
    bearer, id = session["session"], new_id()
    status, played, headers = ask(port, "PUT", address(id), bearer, {"stake": 100})
    assert (201, "settled", "no-store") == (status, played["state"], headers["Cache-Control"])
    status, again, headers = ask(port, "PUT", address(id), bearer, {"stake": 100})
    assert (200, "true", played) == (status, headers["Idempotent-Replay"], again)
    assert 204 == ask(port, "DELETE", "/v1/session", bearer)[0]


@pytest.mark.parametrize("body", [b"[" * 60_000, b"\xff\xfe", b'{"stake": NaN}', b"1" * 2**17, "€".encode("utf-16")])
def test_hostile_bodies_are_refused_over_the_wire(port: int, body: bytes) -> None:
    status, _, _ = ask(port, "POST", "/v1/sessions", body=body)
    assert status in (400, 413)


def test_a_body_without_a_length_is_read_up_to_the_limit(port: int) -> None:
    status, _, _ = ask_chunked(port, b'{"operator": "social"}')
    assert 400 == status
    status, _, _ = ask_chunked(port, b" " * 2**17)
    assert 413 == status


def ask_chunked(port: int, data: bytes) -> Told:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/sessions", iter([data]), {"Content-Type": "application/json"}, encode_chunked=True)
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    check_problem(response.status, response.headers["Content-Type"], told)
    return response.status, told, dict(response.headers)


def test_head_answers_like_get_without_a_body(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(b"HEAD /v1/games HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"" == body


def test_many_clients_at_once_get_their_own_answers(port: int) -> None:
    faults: list[object] = []

    def live(name: str) -> None:
        opening = {"operator": "social", "token": f"demo-{name}", "game": "coin"}
        _, session, _ = ask(port, "POST", "/v1/sessions", body=opening)
        for _ in range(10):
            id = new_id()
            status, played, _ = ask(port, "PUT", address(id), session["session"], {"stake": 10})
            if (status, played["round"]) != (201, id):
                faults.append(played)

    threads = [threading.Thread(target=live, args=(f"crowd-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [] == faults


def test_one_bet_sent_by_many_at_once_is_played_once(port: int) -> None:
    opening = {"operator": "social", "token": "demo-eager", "game": "coin"}
    _, session, _ = ask(port, "POST", "/v1/sessions", body=opening)
    bearer, id = session["session"], new_id()
    told: list[Told] = []
    threads = [
        threading.Thread(target=lambda: told.append(ask(port, "PUT", address(id), bearer, {"stake": 100})))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [200] * 7 + [201] == sorted(status for status, _, _ in told)
    assert 1 == len({json.dumps([body["events"], body["win"]]) for _, body, _ in told})
    _, now, _ = ask(port, "GET", "/v1/session", bearer)
    assert session["balance"] - 100 + told[0][1]["win"] == now["balance"]
