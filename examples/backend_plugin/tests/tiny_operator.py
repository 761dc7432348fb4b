"""The Tiny Casino itself, small enough to run inside a test. It imports nothing of PyRGS, nor of the backend."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a key for tests"


class Refused(Exception):
    """Answered with 409 and this code."""


class Books:
    """Two players, holds, and every id that ever came."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.balances = {"ann": 10_000, "ben": 5}
        self.holds: dict[str, tuple[str, str, int]] = {}
        self.seen: dict[str, Any] = {}
        self.refused: dict[str, str] = {}
        self.tombs: set[str] = set()
        self.captured: set[str] = set()
        self.fault: str | None = None
        """What happens to the next request: lost, silent, broken, other_id."""

    def do(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """One request."""
        if path == "/session":
            player = str(asked["token"]).removeprefix("token-")
            return {"player": self._known(player), "session": f"s-{player}", "balance": self.balances[player]}
        if path == "/balance":
            player = self._known(asked["session"].removeprefix("s-"))
            return {"player": player, "balance": self.balances[player]}
        if path == "/find":
            if asked["id"] not in self.seen:
                raise Refused("not_found")
            return {"id": asked["id"]}
        if asked["id"] in self.seen and self.seen[asked["id"]][0] != (path, asked):
            raise Refused("conflict")
        if asked["id"] not in self.seen:
            player, found = {"/hold": self._hold, "/capture": self._capture, "/release": self._release}[path](asked)
            if not found:
                return {"id": asked["id"], "found": False}
            self.seen[asked["id"]] = ((path, asked), player)
        return {"id": asked["id"], "balance": self.balances[self.seen[asked["id"]][1]], "found": True}

    def _known(self, player: str) -> str:
        if player not in self.balances:
            raise Refused("session")
        return player

    def _hold(self, asked: dict[str, Any]) -> tuple[str, bool]:
        id, player, amount = asked["id"], self._known(asked["session"].removeprefix("s-")), asked["amount"]
        if id in self.tombs:
            raise Refused("released")
        if id in self.refused or amount > self.balances[player]:
            self.refused[id] = "funds"
            raise Refused("funds")
        self.balances[player] -= amount
        self.holds[id] = (player, asked["round"], amount)
        return player, True

    def _capture(self, asked: dict[str, Any]) -> tuple[str, bool]:
        if asked["round"] in self.captured:
            raise Refused("captured")
        if not asked["holds"] or any(hold not in self.holds for hold in asked["holds"]):
            raise Refused("unknown_hold")
        players = [self.holds.pop(hold)[0] for hold in asked["holds"]]
        self.captured.add(asked["round"])
        self.balances[players[0]] += asked["win"]
        return players[0], True

    def _release(self, asked: dict[str, Any]) -> tuple[str, bool]:
        if asked["round"] in self.captured:
            raise Refused("captured")
        self.tombs.add(asked["hold"])
        if asked["hold"] not in self.holds:
            return "", False
        player, _, amount = self.holds.pop(asked["hold"])
        self.balances[player] += amount
        return player, True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "TinyOperator"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        books = self.server.books
        with books.lock:
            fault, books.fault = books.fault, None
            if fault == "lost":
                self.close_connection = True
                return
            status, told = self._answer(body)
        if fault == "silent":
            self.close_connection = True
            return
        if fault == "other_id":
            told["id"] = "another"
        answer = b"<html>" if fault == "broken" else json.dumps(told).encode()
        head = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        self.wfile.write(head.encode() + answer)

    def _answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return 401, {"error": "key"}
        try:
            return 200, self.server.books.do(self.path, json.loads(body))
        except Refused as refused:
            return 409, {"error": str(refused)}


class TinyOperator(ThreadingHTTPServer):
    """The casino on a free loopback port, in a thread."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.books = Books()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self.shutdown()
        self.server_close()
        self._thread.join()
