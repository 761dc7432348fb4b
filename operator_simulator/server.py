"""The HTTP server of an operator: the protocol's own calls, and `/_ctl/...`, by which a test is the master of it.

POST /_ctl/reset      as at the start; {"account": ...} etc.  POST /_ctl/fault    order a fault; {"clear": true}
POST /_ctl/account    add or change a player                 POST /_ctl/weather  {"rate", "seed", "faults"?}
POST /_ctl/profile    switches of the protocol               POST /_ctl/deliver  let parked requests arrive
POST /_ctl/launch     the call that opens a game, made or sent (`send_to`)
POST /_ctl/keys       take keys; tells the operator's own    GET  /_ctl/ledger   the books, and alarms
GET  /_ctl/exchanges  every request with its bytes           GET  /_ctl/faults   the catalogue
"""

import json
import socket
import sys
import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from operator_simulator.exchange import Intent, Operator, Reply, Request
from operator_simulator.faults import CATALOGUE, DROP, STALL, STORM, Faults, Outcome, Struck
from operator_simulator.ledger import Account, Ledger

LONGEST_STALL = 30.0

Build = Callable[[Ledger, dict[str, Any], dict[str, Any]], Operator]
"""A protocol over a ledger, with its switches, and its keys, which outlive a reset."""


class Simulation:
    """An operator, its books and its weather. One request at a time is processed; waiting is done outside."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._secrets: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._reset({})

    def handle(self, request: Request) -> Outcome:
        """A call of the protocol."""
        with self._lock:
            intent = self.operator.intent(request)
            self._compare(intent, request)
            order = self.faults.strike(intent)
            if order is None:
                outcome: Outcome = self.operator.answer(request)
            else:
                struck = Struck(request, self.operator, order, self.faults.parked)
                outcome = CATALOGUE[order["fault"]](struck)
            self._note(intent, request, order, outcome)
            return outcome

    def control(self, path: str, order: Mapping[str, Any]) -> Any:
        """A call of the test's."""
        if path == "launch" and "send_to" in order:
            with self._lock:
                made = self.operator.launch(order)
            return _sent(made, order["send_to"])
        with self._lock:
            action = getattr(self, f"_{path}", None)
            if action is None or path not in _CONTROL:
                raise ValueError(f"there is no /_ctl/{path}")
            return action(order)

    def _reset(self, order: Mapping[str, Any]) -> Any:
        self.ledger = Ledger()
        self.faults = Faults()
        self.switches: dict[str, Any] = {}
        self.exchanges: list[dict[str, Any]] = []
        self._bytes: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.operator = self._build(self.ledger, self.switches, self._secrets)
        return {path: getattr(self, f"_{path}")(inner) for path, inner in order.items() if path in _CONTROL}

    def _account(self, order: Mapping[str, Any]) -> Any:
        known = self.ledger.accounts.get(order["id"])
        sessions = {str(order["session"]): not order.get("expired", False)} if "session" in order else {}
        account = Account(
            id=str(order["id"]),
            currency=str(order.get("currency", known.currency if known else "EUR")),
            exponent=int(order.get("exponent", known.exponent if known else 2)),
            opening=Decimal(str(order["balance"])) if "balance" in order else (known.opening if known else Decimal(0)),
            disabled=bool(order.get("disabled", known.disabled if known else False)),
            limit=Decimal(str(order["limit"])) if order.get("limit") is not None else None,
            sessions=sessions,
        )
        self.ledger.open(account)
        return {"id": account.id, "balance": self.ledger.shown(account.id)}

    def _profile(self, order: Mapping[str, Any]) -> Any:
        self.switches.update(order)
        return self.switches

    def _fault(self, order: Mapping[str, Any]) -> Any:
        if order.get("clear"):
            self.faults.orders.clear()
            self.faults.weather(0, 0)
        else:
            self.faults.order(order)
        return {"orders": self.faults.orders}

    def _weather(self, order: Mapping[str, Any]) -> Any:
        self.faults.weather(float(order["rate"]), int(order.get("seed", 0)), tuple(order.get("faults", STORM)))
        return {}

    def _deliver(self, order: Mapping[str, Any]) -> Any:
        parked, self.faults.parked[:] = list(self.faults.parked), []
        return [_told(self.operator.answer(request)) for request in parked]

    def _launch(self, order: Mapping[str, Any]) -> Any:
        return self.operator.launch(order)

    def _keys(self, order: Mapping[str, Any]) -> Any:
        return self.operator.keys(order)

    def _ledger(self, order: Mapping[str, Any]) -> Any:
        return self.ledger.told() | {"parked": len(self.faults.parked)}

    def _exchanges(self, order: Mapping[str, Any]) -> Any:
        return self.exchanges

    def _faults(self, order: Mapping[str, Any]) -> Any:
        return list(CATALOGUE)

    def _compare(self, intent: Intent, request: Request) -> None:
        """The same movement has the same bytes, however often it comes."""
        if not intent.id:
            return
        now = (request.target, request.body)
        if self._bytes.setdefault((intent.verb, intent.id), now) != now:
            self.ledger.alarm(f"{intent.verb} {intent.id} came again with other bytes")

    def _note(self, intent: Intent, request: Request, order: Mapping[str, Any] | None, outcome: Outcome) -> None:
        self.exchanges.append(
            {
                "verb": intent.verb,
                "id": intent.id,
                "round": intent.round,
                "method": request.method,
                "target": request.target,
                "headers": dict(request.headers),
                "body": b64encode(request.body).decode(),
                "fault": None if order is None else order["fault"],
                "answer": outcome if isinstance(outcome, str) else outcome.body[:2000].decode("utf-8", "replace"),
            }
        )


_CONTROL = (
    "reset", "account", "profile", "fault", "weather", "deliver", "launch", "keys", "ledger", "exchanges", "faults"
)  # fmt: skip


def _told(reply: Reply) -> Any:
    return {"status": reply.status, "body": reply.body.decode("utf-8", "replace")}


def _sent(made: Mapping[str, Any], address: str) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the test says where to
        address + made.get("query", ""),
        data=made["body"].encode() or None,
        headers=made["headers"],
        method=made["method"],
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return {"status": answer.status, "body": answer.read().decode()}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        """Every method is served alike; the protocol tells them apart."""
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - names that the base class wants

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the exchanges are on record."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the other side went away before it had said everything: nothing has arrived
            self.close_connection = True
            return None
        if self.path.startswith("/_ctl/"):
            return self._control(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        outcome = self.server.simulation.handle(Request(self.command, self.path, headers, body))
        if isinstance(outcome, Reply):
            return self._send(outcome)
        if outcome == STALL:
            self._wait()
        assert outcome in (DROP, STALL)
        self.close_connection = True
        return None

    def _control(self, body: bytes) -> None:
        try:
            order = json.loads(body, parse_float=Decimal) if body else {}
            told = self.server.simulation.control(self.path.removeprefix("/_ctl/"), order)
            reply = Reply(200, json.dumps(told, default=str).encode())
        except (ValueError, KeyError, OSError) as problem:
            reply = Reply(400, json.dumps({"error": f"{type(problem).__name__}: {problem}"}).encode())
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} simulated", f"Content-Length: {len(reply.body)}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        try:
            if "X-Drip" in reply.headers:
                self.wfile.write(head)
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            else:
                self.wfile.write(head + reply.body)
        except OSError:
            self.close_connection = True

    def _wait(self) -> None:
        """Until the other side goes away."""
        self.connection.settimeout(LONGEST_STALL)
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            pass


class Server(ThreadingHTTPServer):
    """An operator on a loopback port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, simulation: Simulation) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.simulation = simulation

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what faults are for; anything else is a mistake in here, and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
