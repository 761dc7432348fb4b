"""The pen: one connection that writes one SQLite file, for many threads (group commit).

Threads that come while a transaction is being written wait together, and the first of them writes for all; a lone one
never waits for company. What is written is durable when `write` returns: write-ahead log, `synchronous=FULL`.

A disk that fails must not be survived: what a failed commit left behind nobody knows, so the process ends at once, and the
next one starts from what is durable.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

FAILED = 70
"""Exit status of a process whose disk failed (EX_SOFTWARE)."""
Answer = TypeVar("Answer")
Work = Callable[[sqlite3.Connection], Answer]
"""Something to write, and what is to be told of it. To refuse is an answer too, given before anything is written; it must
not raise."""
Fatal = Callable[[BaseException], NoReturn]


def die(problem: BaseException) -> NoReturn:
    """End the process, loudly, without any clean-up that could write."""
    sys.stderr.write(f"rgs: the store failed, and nothing may be built on it: {problem!r}\n")
    sys.stderr.flush()
    os._exit(FAILED)


class Unusable(Exception):
    """What is in the data directory cannot be used as it is; the message says which file, and why."""


def connect(path: Path | str) -> sqlite3.Connection:
    """A connection whose commits are durable, for whichever thread has its turn. Raises `Unusable`."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.DatabaseError as problem:
        raise Unusable(f"{path}: {problem}") from problem
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.DatabaseError as problem:
        connection.close()
        raise Unusable(f"{path}: {problem}") from problem
    return connection


def statement(query: str, values: Sequence[object]) -> Work[None]:
    """The work of one statement. Raises `ValueError` for text that is none (half a surrogate pair), before it is queued."""
    for value in values:
        if isinstance(value, str):
            value.encode()

    def run(connection: sqlite3.Connection) -> None:
        connection.execute(query, values)

    return run


class Pen:
    """Writes for all."""

    def __init__(self, connection: sqlite3.Connection, *, fatal: Fatal) -> None:
        self._connection = connection
        self._fatal = fatal
        self._lock = threading.Lock()
        self._queue: list[_Job[Any]] = []
        self._leading = False
        """Somebody is writing; who comes now waits."""

    @property
    def waiting(self) -> int:
        """How many wait for whoever is writing."""
        return len(self._queue)

    def write(self, work: Work[Answer]) -> Answer:
        """Do the work in a transaction, together with whatever waits. Durable on return."""
        job = _Job(work)
        with self._lock:
            self._queue.append(job)
            follows, self._leading = self._leading, True
        try:
            if follows:
                job.woken.acquire()
            if not job.done:
                self._lead()
        except BaseException as problem:
            self._fatal(problem)
        return job.answer

    def _lead(self) -> None:
        """Write for all who wait; the first who came meanwhile leads next."""
        with self._lock:
            jobs, self._queue = self._queue, []
        self._connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            job.answer = job.work(self._connection)
        self._connection.execute("COMMIT")
        with self._lock:
            following = self._queue[:1]
            self._leading = bool(following)
        for job in jobs:
            job.done = True
        for job in (*following, *jobs):
            job.woken.release()


class _Job(Generic[Answer]):
    """What one thread wants written."""

    answer: Answer

    def __init__(self, work: Work[Answer]) -> None:
        self.work = work
        self.done = False
        self.woken = threading.Lock()
        """Free when there is something to do for the thread whose job this is: return, or write for all."""
        self.woken.acquire()
