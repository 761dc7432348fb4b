"""The random numbers beside what Python offers, in one run: `python -m benchmarks.rng [--json]`.

Each row is ours through the production path (kernel, health tests, fair integers, tape) and its reference, taken in turns,
three times; the best of each counts. Rates are of CPU time, so that a busy machine changes them little; the HTTP row is
of wall time, as a client sees it.
"""

import http.client
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from adapters.system import SystemEntropy, draw_array
from benchmarks import Line, line, tell
from core.health import Monitor
from core.rng import TurnRng, Weights, sample, shuffle

ROUNDS = 3
MILLION = 1_000_000

monitor = Monitor(SystemEntropy())
system = random.SystemRandom()
weights = [500, 300, 100, 50, 25, 15, 7, 2, 1]
names = list(range(9))
table: Weights[int] = Weights(list(enumerate(weights)))
deck = list(range(52))
balls = list(range(80))

Work = Callable[[], object]


def draws(count: int, words: int) -> Work:
    """So many calls of `below(37)` in one turn, the tape kept, as a game makes them."""

    def turn() -> TurnRng:
        rng = TurnRng(monitor, words=words)
        for _ in range(count):
            rng.below(37, "pocket")
        return rng

    return turn


def secret_draws(count: int) -> Work:
    """The same number of calls of `secrets.randbelow`."""

    def turn() -> None:
        for _ in range(count):
            secrets.randbelow(37)

    return turn


def choices() -> None:
    """Twenty exact weighted choices in one turn, from a table made beforehand, as a game's are."""
    rng = TurnRng(monitor)
    for _ in range(20):
        table.draw(rng, "symbol")


def inexact_choices() -> None:
    """Twenty weighted choices of Python's own, by floating point."""
    for _ in range(20):
        system.choices(names, weights)


class Row(NamedTuple):
    """Something of ours beside its reference."""

    name: str
    unit: str
    ours: Work
    reference: Work
    reach: float
    values: int
    """Of one call of ours."""
    reference_values: int
    repeats: int
    """Calls in one measurement."""


ROWS = [
    Row(
        "20 draws of below(37) in one turn, tape recorded, beside secrets.randbelow",
        "draws/s",
        draws(20, 24),
        secret_draws(20),
        4,
        20,
        20,
        2000,
    ),
    Row(
        "5 draws of below(37) in one turn, tape recorded, beside secrets.randbelow",
        "draws/s",
        draws(5, 6),
        secret_draws(5),
        2,
        5,
        5,
        5000,
    ),
    Row(
        "exact weighted choice of 9, 20 in a turn, beside SystemRandom.choices",
        "choices/s",
        choices,
        inexact_choices,
        4,
        20,
        20,
        1000,
    ),
    Row(
        "shuffle of 52, beside SystemRandom.shuffle",
        "decks/s",
        lambda: shuffle(TurnRng(monitor, words=0), deck, "deck"),
        lambda: system.shuffle(deck),
        4,
        1,
        1,
        1000,
    ),
    Row(
        "sample of 20 from 80, beside SystemRandom.sample",
        "samples/s",
        lambda: sample(TurnRng(monitor, words=0), balls, 20, "balls"),
        lambda: system.sample(balls, 20),
        4,
        1,
        1,
        1000,
    ),
    Row(
        "a million integers below 37 in bulk, beside secrets.randbelow",
        "draws/s",
        lambda: draw_array(monitor, 37, MILLION),
        secret_draws(MILLION // 10),
        100,
        MILLION,
        MILLION // 10,
        5,
    ),
    Row(
        "a million integers below 1,000 in bulk, beside as many bytes from the kernel",
        "draws/s",
        lambda: draw_array(monitor, 1000, MILLION),
        lambda: os.urandom(2 * MILLION),
        0.4,
        MILLION,
        MILLION,
        10,
    ),
]


def measure(each: Row) -> Line:
    """Ours and the reference in turns; the best of each."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(each.values / seconds(each.ours, each.repeats))
        theirs.append(each.reference_values / seconds(each.reference, each.repeats))
    return line(each.name, each.unit, max(ours), max(theirs), each.reach)


def seconds(work: Work, repeats: int) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) / repeats


SERVER = """
import sys, pathlib
from flask import Flask
from waitress.server import create_server
from rgs.container import Container
from rgs.settings import Settings
container = Container(settings=Settings(data=pathlib.Path(sys.argv[1]), store="memory"))
container.init_resources()
ours, empty = container.app(), Flask("empty")
empty.add_url_rule("/empty", "empty", lambda: "")
def app(environ, start_response):
    return (empty if environ["PATH_INFO"] == "/empty" else ours)(environ, start_response)
server = create_server(app, host="127.0.0.1", port=0, threads=4)
print(server.effective_port, flush=True)
server.run()
"""


@contextmanager
def server() -> Iterator[tuple[http.client.HTTPConnection, str]]:
    """The house and an empty Flask application in one server; a connection to it, and a key for the house."""
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen([sys.executable, "-c", SERVER, data], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()))
            yield connection, (Path(data) / "game-server.key").read_text().strip()
            connection.close()
        finally:
            process.terminate()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def http_row(requests: int = 1000) -> Line:
    """One value over HTTP beside an empty answer of Flask on the same server, one client, kept alive."""
    with server() as (connection, key):

        def rate(path: str) -> float:
            start = time.perf_counter()
            for _ in range(requests):
                connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 200, body
            return requests / (time.perf_counter() - start)

        range_path = "/v1/rng/range?min=0&max=37&count=1"
        rate(range_path)
        rate("/empty")
        pairs = [(rate(range_path), rate("/empty")) for _ in range(ROUNDS)]
    ours, theirs = max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    name = "GET /v1/rng/range, one value, beside an empty Flask answer"
    return line(name, "requests/s", ours, theirs, 0.8)


if __name__ == "__main__":
    tell(__doc__, lambda: (work() for work in [*(partial(measure, each) for each in ROWS), http_row]))
