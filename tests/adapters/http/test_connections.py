"""Slow and idle clients keep nobody out: real sockets at a real server with few places and little time."""

import socket
import time
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tests.adapters.http.shop import Shop, serving

PLACES = 12


def look(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status


def is_closed(wire: socket.socket) -> bool:
    wire.settimeout(0)
    try:
        return wire.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def connected(port: int, number: int, first: bytes, held: ExitStack) -> list[socket.socket]:
    wires = [held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(number)]
    for wire in wires:
        wire.sendall(first)
    return wires


def trickle(wires: list[socket.socket], data: bytes, seconds: float) -> None:
    """Send a byte over each, again and again, until all are closed. Fails if they are not in time."""
    end = time.monotonic() + seconds
    open = wires
    while open := [wire for wire in open if not is_closed(wire)]:
        assert time.monotonic() < end, f"{len(open)} are still open"
        for wire in open:
            wire.settimeout(1)
            try:
                wire.sendall(data)
            except OSError:
                continue
        time.sleep(0.1)


HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: "
BODY = b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"


@pytest.mark.parametrize(("first", "then"), [(HEAD, b"a"), (BODY, b" "), (b"", b"\r\n"), (b"\r", b"\n")])
def test_a_request_that_trickles_in_is_given_up_in_time_whatever_still_comes(first: bytes, then: bytes) -> None:
    with serving(Shop().app, places=100, seconds=0.5) as port, ExitStack() as held:
        trickle(connected(port, 3, first, held), then, 20)


@pytest.mark.parametrize("first", [HEAD, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b""])
def test_when_all_places_are_taken_by_slow_or_idle_clients_the_next_one_is_answered_in_seconds(first: bytes) -> None:
    with serving(Shop().app, places=PLACES, seconds=1000) as port, ExitStack() as held:
        connected(port, PLACES + 4, first, held)
        start = time.monotonic()
        assert 200 == look(port)
        assert time.monotonic() - start < 15


def test_a_client_that_comes_back_on_its_connection_is_served_while_there_is_room() -> None:
    with serving(Shop().app, places=PLACES, seconds=2) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.connect()
        first = connection.sock
        for _ in range(12):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            assert (200, first) == (answer.status, connection.sock)
            time.sleep(0.3)
        connection.close()
