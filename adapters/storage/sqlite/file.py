"""The file: who owns it, who writes it, and what is done when it cannot be written.

Insert only, and durable when `write` returns: write-ahead log, `synchronous=FULL`, one transaction at a time. Threads that
come while a transaction is being written wait together, and the first of them writes for all (group commit); a lone one
never waits for company.

A disk that fails must not be survived: what a failed commit left behind nobody knows, so the process ends at once, and the
next one starts from what is durable.
"""

import fcntl
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TextIO

from cryptography.fernet import Fernet, MultiFernet

from adapters.storage.sqlite.schema import migrate

FILE = "rgs.sqlite"
LOCK = "rgs.lock"
KEY = "handle.key"
FAILED = 70
"""Exit status of a process whose store failed (EX_SOFTWARE)."""


class StoreInUse(Exception):
    """Another process owns the data."""


def die(problem: BaseException) -> NoReturn:
    """End the process, loudly, without any clean-up that could write."""
    sys.stderr.write(f"rgs: the store failed, and nothing may be built on it: {problem!r}\n")
    sys.stderr.flush()
    os._exit(FAILED)


class Job:
    """Something to write. It refuses by returning what is to be raised, and then has written nothing."""

    def __init__(self, run: Callable[[sqlite3.Connection], Exception | None]) -> None:
        self._run = run
        self.done = False
        self.refusal: Exception | None = None
        self.woken = threading.Lock()
        """Free when there is something to do for the thread whose job this is: return, or write."""
        self.woken.acquire()

    def run(self, connection: sqlite3.Connection) -> None:
        """Write, in the transaction that is open."""
        self.refusal = self._run(connection)


class SqliteStore:
    """The file, its lock, its writer and its key; the stores of rounds and sessions share it."""

    def __init__(self, data: Path, *, fatal: Callable[[BaseException], NoReturn] = die) -> None:
        """Open or create the file below `data`. Raises `StoreInUse`, `UnknownSchema`."""
        self._fatal = fatal
        self._lock_file = _own(data / LOCK)
        self.path = data / FILE
        self._writer = _connect(self.path)
        try:
            migrate(self._writer, FILE)
            self.seal = _sealer(data / KEY)
        except BaseException:
            self._writer.close()
            self._lock_file.close()
            raise
        self._queue: list[Job] = []
        self._leading = False
        """Somebody is writing; who comes now waits."""
        self._queueing = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []

    def write(self, job: Job) -> None:
        """Do the job in a transaction, together with whatever waits. Durable on return; raises what the job refused."""
        with self._queueing:
            self._queue.append(job)
            follows, self._leading = self._leading, True
        try:
            if follows:
                job.woken.acquire()
            if not job.done:
                self._lead()
        except BaseException as problem:
            self._fatal(problem)
        if job.refusal is not None:
            raise job.refusal

    def _lead(self) -> None:
        """Write for all who wait; the first who came meanwhile leads next."""
        with self._queueing:
            jobs, self._queue = self._queue, []
        self._writer.execute("BEGIN IMMEDIATE")
        for job in jobs:
            job.run(self._writer)
        self._writer.execute("COMMIT")
        with self._queueing:
            following = self._queue[:1]
            self._leading = bool(following)
        for job in jobs:
            job.done = True
        for job in (*following, *jobs):
            job.woken.release()

    @property
    def reader(self) -> sqlite3.Connection:
        """The connection of this thread, for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _connect(self.path)
            connection.execute("PRAGMA query_only=ON")
            with self._queueing:
                self._readers.append(connection)
        return connection

    def close(self) -> None:
        """Let the file go. Nobody may be using it."""
        for connection in (*self._readers, self._writer):
            connection.close()
        self._lock_file.close()


def statement(query: str, values: Sequence[object]) -> Job:
    """The job of one statement. Raises `ValueError` for text that is none (half a surrogate pair), before it is queued."""
    for value in values:
        if isinstance(value, str):
            value.encode()

    def run(connection: sqlite3.Connection) -> None:
        connection.execute(query, values)

    return Job(run)


def stamp(moment: datetime) -> str:
    """A time as text that sorts as the time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _own(path: Path) -> TextIO:
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StoreInUse(f"another process is using {path.parent}") from None
    return file


def _sealer(path: Path) -> MultiFernet:
    """What seals the operators' session handles. The file has a key a line: the first seals, all of them open.

    Made when there is none, and durable before anything is sealed with it.
    """
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        directory = os.open(path.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    return MultiFernet([Fernet(line) for line in path.read_bytes().split()])
