"""Operators that hang, at the real server: they take their share of its threads, and the house goes on answering."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import yaml

from tests.rgs.server import Server, serving


class Hung:
    """Takes connections, and never says a word."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        self.arrived = threading.Semaphore(0)
        self._held: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                wire, _ = self._listening.accept()
            except OSError:
                return
            self._held.append(wire)
            self.arrived.release()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for wire in self._held:
            wire.close()


@contextmanager
def house(tmp_path: Path, operators: list[Hung], **settings: str) -> Iterator[Server]:
    config = tmp_path / "rgs.yaml"
    options = {"currencies": {"EUR": 2}, "key": {"variable": "WALLET"}, "real_money": False, "timeout_seconds": 60}
    hung = {
        f"hung-{n}": {
            "backend": "path_hmac_get",
            "threads": 4,
            "options": {**options, "url": f"http://127.0.0.1:{operator.port}"},
        }
        for n, operator in enumerate(operators)
    }
    config.write_text(yaml.safe_dump({"operators": {"social": {"backend": "social", "threads": 4}, **hung}}))
    with serving(
        tmp_path / "data", RGS_CONFIG=str(config), WALLET="a2tra2tra2tra2tra2tra2tra2tra2tra2s=", **settings
    ) as s:
        yield s


def ask(server: Server, method: str, path: str, body: str | None = None, seconds: float = 10) -> int:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=seconds)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        return connection.getresponse().status
    finally:
        connection.close()


def opening(operator: str) -> str:
    token = "accountid=jo&sessionid=s1&device=desktop" if operator != "social" else f"demo-{uuid4().hex[:8]}"
    return f'{{"operator": "{operator}", "token": "{token}", "game": "three-fruits"}}'


def test_two_operators_that_hang_leave_the_house_able_to_answer(tmp_path: Path) -> None:
    operators = [Hung(), Hung()]
    with house(tmp_path, operators, RGS_SERVER__THREADS="8") as server:
        waiting = [(n, operator) for n, operator in enumerate(operators) for _ in range(3 + (n == 0))]

        def arrive(n: int) -> None:
            try:
                ask(server, "POST", "/v1/sessions", opening(f"hung-{n}"), 60)
            except OSError:
                pass

        for n, operator in waiting[:6]:
            threading.Thread(target=arrive, args=(n,), daemon=True).start()
            assert operator.arrived.acquire(timeout=20)
        assert 200 == ask(server, "GET", "/healthz")
        assert 200 == ask(server, "GET", "/v1/games")
        assert 503 == ask(server, "POST", "/v1/sessions", opening("social")), "six of eight threads are all there are"
        assert 503 == ask(server, "POST", "/v1/sessions", opening("hung-1"))
        for operator in operators:
            operator.close()
        assert 201 == ask(server, "POST", "/v1/sessions", opening("social"))
