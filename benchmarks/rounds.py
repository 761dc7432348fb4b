"""Whole rounds over HTTP beside a server that only keeps a line of each: `python -m benchmarks.rounds [--json]`.

Ours: `PUT /v1/rounds/{id}` on the house as it comes: authentication, escrow, draw, result, play money in a double-entry
ledger, every version durable before anything depends on it. The reference: a Flask application that appends the body of
the request to a file and syncs it (`fdatasync`) before it answers. The same server, threads and disk; as many sessions,
each one request at a time; in turns, the best of three counts. Wall time, as a player feels it.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from benchmarks import Line, line, tell

TIMES = 3
SESSIONS = (1, 16)
ROUNDS = {1: 200, 16: 800}
"""Rounds of one measurement, all sessions together."""
REACH = {1: 0.25, 16: 0.35}
GAME = "three-fruits"

SERVER = """
import json, os, pathlib, sys, threading
from flask import Flask, request
from waitress.server import create_server
from rgs.container import Container
from rgs.settings import Settings
data = pathlib.Path(sys.argv[1])
container = Container(settings=Settings(data=data))
container.init_resources()
ours, plain = container.app(), Flask("plain")
file, lock = os.open(data / "plain.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), threading.Lock()
@plain.put("/plain/<id>")
def keep(id):
    with lock:
        os.write(file, request.get_data() + b"\\n")
        os.fdatasync(file)
    return {"kept": id}
def app(environ, start_response):
    return (plain if environ["PATH_INFO"].startswith("/plain/") else ours)(environ, start_response)
server = create_server(app, host="127.0.0.1", port=0, threads=20)
print(server.effective_port, flush=True)
server.run()
"""

Connection = http.client.HTTPConnection


@contextmanager
def server() -> Iterator[Callable[[], Connection]]:
    """Both in one process on a fresh directory; makes connections to it."""
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen([sys.executable, "-c", SERVER, data], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield lambda: Connection("127.0.0.1", port)
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


def session(connection: Connection, name: str) -> dict[str, str]:
    """The headers of a player's session."""
    body = json.dumps({"operator": "social", "token": f"demo-{name}", "game": GAME})
    connection.request("POST", "/v1/sessions", body, {"Content-Type": "application/json"})
    opened = json.loads(connection.getresponse().read())
    return {"Content-Type": "application/json", "Authorization": f"Bearer {opened['session']}"}


def rate(path: str, connections: list[tuple[Connection, dict[str, str]]], rounds: int) -> tuple[float, float]:
    """Answers a second, and the milliseconds within which 99 of 100 came."""
    gate = threading.Barrier(len(connections) + 1)
    waits: list[float] = []

    def play(connection: Connection, headers: dict[str, str]) -> None:
        gate.wait()
        for _ in range(rounds // len(connections)):
            start = time.perf_counter()
            connection.request("PUT", f"{path}{uuid4()}", b'{"stake": 10}', headers)
            answer = connection.getresponse()
            told = answer.read()
            assert answer.status in (200, 201), told
            waits.append(time.perf_counter() - start)

    threads = [threading.Thread(target=play, args=each) for each in connections]
    for thread in threads:
        thread.start()
    gate.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    waits.sort()
    return len(waits) / seconds, waits[len(waits) * 99 // 100] * 1000


def measure(sessions: int) -> list[Line]:
    """Both in turns on one server."""
    ours, plain = [], []
    with server() as connect:
        connections = []
        for number in range(sessions):
            connection = connect()
            connections.append((connection, session(connection, f"bench-{number}")))
        rate("/v1/rounds/", connections, sessions * 5)
        for _ in range(TIMES):
            ours.append(rate("/v1/rounds/", connections, ROUNDS[sessions]))
            plain.append(rate("/plain/", connections, ROUNDS[sessions]))
        for connection, _ in connections:
            connection.close()
    fastest, plainest = max(rate for rate, _ in ours), max(rate for rate, _ in plain)
    wait, plain_wait = min(wait for _, wait in ours), min(wait for _, wait in plain)
    who = f"{sessions} session{'s' if sessions > 1 else ''}"
    return [
        line(f"whole rounds over HTTP, {who}, beside one kept line", fastest, "rounds/s", plainest, REACH[sessions]),
        line(f"99 of 100 rounds within, {who}, beside one kept line", wait, "ms", plain_wait, REACH[sessions]),
    ]


if __name__ == "__main__":
    tell(__doc__, lambda: (each for sessions in SESSIONS for each in measure(sessions)))
