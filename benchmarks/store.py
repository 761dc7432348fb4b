"""The store of rounds beside plain sqlite3, in one run: `python -m benchmarks.store [--json]`.

Both keep the same records, as durably (write-ahead log, `synchronous=FULL`), on the same disk. Plain sqlite3 is one
connection behind a lock, and a commit for each version; it keeps the records alone, no projection of them. Each is
measured in turns, three times; the best of each counts. Wall time, as a player feels it.
"""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from adapters.storage.sqlite import SqliteRounds, SqliteStore
from benchmarks import Line, line, tell
from ports.conformance.rounds import life
from ports.record import Round

TIMES = 3
THREADS = (1, 16, 64)
ADDS = {1: 400, 16: 4800, 64: 6400}
"""How many versions are added in one measurement, all threads together."""
REACH = {1: 0.5, 16: 2.5, 64: 5.0}


class Store(Protocol):
    """What is measured."""

    def add(self, *versions: Round) -> None:
        """Keep these versions, durably."""
        ...


class Plain:
    """sqlite3 as it comes: a lock, an INSERT, a commit."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE versions (round TEXT, version INTEGER, record BLOB, PRIMARY KEY (round, version))"
        )

    def add(self, *versions: Round) -> None:
        """Keep these versions."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT INTO versions VALUES (?, ?, ?)", [(v.id, v.version, v.record) for v in versions]
            )
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


def work(threads: int, times: int) -> list[list[Round]]:
    """The versions that each thread adds, made beforehand."""
    share = ADDS[threads] // threads // 4
    numbers = iter(range(1, ADDS[threads] + 1))
    return [
        [version for _ in range(share) for version in life(next(numbers), player=f"player {times} {thread}")]
        for thread in range(threads)
    ]


def rate(store: Store, shares: Sequence[Sequence[Round]]) -> tuple[float, float]:
    """Versions a second, and the milliseconds within which 99 of 100 were durable."""
    gate = threading.Barrier(len(shares) + 1)
    waits: list[float] = []

    def add(share: Sequence[Round]) -> None:
        gate.wait()
        for version in share:
            start = time.perf_counter()
            store.add(version)
            waits.append(time.perf_counter() - start)

    threads = [threading.Thread(target=add, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    gate.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    waits.sort()
    return len(waits) / seconds, waits[len(waits) * 99 // 100] * 1000


def measure(threads: int) -> list[Line]:
    """Ours and plain sqlite3 in turns."""
    ours, plain = [], []
    for times in range(TIMES):
        shares = work(threads, times)
        for version in (version for share in shares for version in share):
            assert version.record
        with tempfile.TemporaryDirectory() as data:
            ours.append(_closing(SqliteStore(Path(data)), shares))
        with tempfile.TemporaryDirectory() as data:
            reference = Plain(Path(data) / "plain.sqlite")
            plain.append(rate(reference, shares))
            reference.close()
    name = f"versions kept durably by {threads} thread{'s' if threads > 1 else ''}"
    fastest, plainest = max(rate for rate, _ in ours), max(rate for rate, _ in plain)
    wait, plain_wait = min(wait for _, wait in ours), min(wait for _, wait in plain)
    return [
        line(f"{name}, beside plain sqlite3", fastest, "versions/s", plainest, REACH[threads]),
        line(f"99 of 100 {name} within, beside plain sqlite3", wait, "ms", plain_wait, 0.5),
    ]


def _closing(store: SqliteStore, shares: Sequence[Sequence[Round]]) -> tuple[float, float]:
    try:
        return rate(SqliteRounds(store), shares)
    finally:
        store.close()


if __name__ == "__main__":
    tell(__doc__, lambda: (each for threads in THREADS for each in measure(threads)))
