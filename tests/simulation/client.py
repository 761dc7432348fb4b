"""A client of the real server, on the standard library: plays hosted and external rounds, and remembers what it was told."""

import http.client
import json
import threading
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from tests.rgs.server import Server

GONE = (OSError, http.client.HTTPException, json.JSONDecodeError)


class Line:
    """One connection at a time to a server that may be gone."""

    def __init__(self, server: Callable[[], Server]) -> None:
        self._server = server
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: Any = None, bearer: str = "") -> tuple[int, Any]:
        """Status and answer. Raises one of `GONE` when there is none."""
        server = self._server()
        if self._connection is not None and self._connection.port != server.port:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body).encode()
            headers = {"Content-Type": "application/json"} if body is not None else {}
            if bearer:
                headers["Authorization"] = f"Bearer {bearer}"
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Client(threading.Thread):
    """A player, or a game server with one player, that never stops asking until it has an answer."""

    def __init__(self, server: Callable[[], Server], name: str, seed: int, *, external: bool) -> None:
        super().__init__(name=name, daemon=True)
        self._line = Line(server)
        self._server = server
        self._chance = Random(seed)
        self._external = external
        self.stopping = threading.Event()
        self.told: dict[str, dict[str, Any]] = {}
        """Round -> the last answer that said how it ended."""
        self.trouble: list[str] = []

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._session()
                for _ in range(20):
                    if self.stopping.is_set():
                        return
                    self._round(str(UUID(int=self._chance.getrandbits(128))))
        except Exception as problem:
            self.trouble.append(repr(problem))
        finally:
            self._line.close()

    def _insist(self, method: str, path: str, body: Any, bearer: str) -> tuple[int, Any]:
        """Ask until there is an answer that is none of the server's troubles; the same words each time."""
        while True:
            try:
                status, answer = self._line.call(method, path, body, bearer)
                if status < 500 and status != 202:
                    return status, answer
            except GONE:
                pass
            if self.stopping.wait(0.02):
                return 0, {}

    def _session(self) -> None:
        game = "theirs" if self._external else "three-fruits"
        body = {"operator": "social", "token": f"demo-{self.name}", "game": game}
        path, bearer = ("/v1/player", self._server().key) if self._external else ("/v1/sessions", "")
        _, answer = self._insist("POST", path, body, bearer)
        self._bearer = answer.get("session", "")

    def _round(self, id: str) -> None:
        status, answer = self._stages(id) if self._external else self._bet(id)
        if status in (200, 201):
            self._remember(id, answer)
        elif status not in (0, 402, 409):
            self.trouble.append(f"{id}: {status} {answer}")
        elif answer.get("code") == "round_open":
            self._finish(answer["round"])

    def _remember(self, id: str, answer: dict[str, Any]) -> None:
        shown = {name: answer[name] for name in ("win", "events", "stake")}
        before = self.told.setdefault(id, shown)
        if before != shown:
            self.trouble.append(f"{id} was shown twice: {before} and {shown}")

    def _bet(self, id: str) -> tuple[int, Any]:
        return self._insist("PUT", f"/v1/rounds/{id}", {"stake": 100}, self._bearer)

    def _finish(self, id: str) -> None:
        """A round of an earlier life of ours is not at its end: help it there."""
        if self._external:
            self._stages(id)
        else:
            self._insist("GET", f"/v1/rounds/{id}", None, self._bearer)

    def _stages(self, id: str) -> tuple[int, Any]:
        key = self._server().key
        body = {"session": self._bearer, "round": id, "stake": 100}
        status, answer = self._insist("POST", "/v1/escrow", body, key)
        if status not in (200, 201) or answer["state"] in ("settled", "cancelled"):
            return status, answer
        if self._chance.random() < 0.1:
            return self._insist("POST", "/v1/cancel", {"round": id, "reason": "test"}, key)
        status, answer = self._insist("GET", f"/v1/rng/range?min=0&max=3&round={id}&draw=1", None, key)
        if status != 200:
            return status, answer
        win = 150 * (answer["values"][0] == 0)
        return self._insist("POST", "/v1/result", {"round": id, "win": win, "outcome": answer["values"]}, key)
