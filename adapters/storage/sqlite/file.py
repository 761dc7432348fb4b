"""The file itself: its lock, its writer, its schema.

Insert only, and durable when `add` returns: write-ahead log, `synchronous=FULL`, one transaction at a time. Threads that
come while a transaction is being written wait together, and the first of them writes for all (group commit); a lone one
never waits for company. The records are the truth; `heads` is a projection of the newest ones in the same transaction.

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

from cryptography.fernet import Fernet
from sqlite_utils import Database

FILE = "rgs.sqlite"
LOCK = "rgs.lock"
KEY = "handle.key"
SCHEMA = 1


class StoreInUse(Exception):
    """Another process owns the data."""


class UnknownSchema(Exception):
    """The file was written by a newer version of this software."""


def die(problem: BaseException) -> NoReturn:
    """End the process, loudly, without any clean-up that could write."""
    sys.stderr.write(f"rgs: the store failed, and nothing may be built on it: {problem!r}\n")
    sys.stderr.flush()
    os._exit(70)


class SqliteStore:
    """The file, its lock, its writer. Shared by the two stores below."""

    def __init__(self, data: Path, *, fatal: Callable[[BaseException], NoReturn] = die) -> None:
        """Open or create the file below `data`. Raises `StoreInUse`, `UnknownSchema`."""
        self._fatal = fatal
        self._lock_file = _own(data / LOCK)
        self.path = data / FILE
        self._writer = _connect(self.path)
        _migrate(self._writer)
        self.seal = _sealer(data / KEY)
        self._queue: list[Job] = []
        self._queueing = threading.Lock()
        self._writing = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []

    def write(self, job: "Job") -> None:
        """Do the job in a transaction, together with whatever waits. Durable on return; raises what the job raised."""
        with self._queueing:
            self._queue.append(job)
        with self._writing:
            if not job.done:
                self._write_all()
        if job.refusal is not None:
            raise job.refusal

    def _write_all(self) -> None:
        with self._queueing:
            jobs, self._queue = self._queue, []
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for job in jobs:
                job.run(self._writer)
            self._writer.execute("COMMIT")
        except BaseException as problem:
            self._fatal(problem)
        for job in jobs:
            job.done = True

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


class Job:
    """Something to write; it refuses by keeping what is to be raised, and then has written nothing."""

    def __init__(self, run: Callable[[sqlite3.Connection], Exception | None]) -> None:
        self._run = run
        self.done = False
        self.refusal: Exception | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        """Write, inside the writer's transaction."""
        self.refusal = self._run(connection)


def run(connection: sqlite3.Connection, statement: str, values: Sequence[object]) -> None:
    """One statement, for a job that never refuses."""
    connection.execute(statement, values)


def stamp(moment: datetime) -> str:
    """A time as text that sorts as the time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest schema, one step after the other."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise UnknownSchema(f"{FILE} has schema {version}; this software knows up to {SCHEMA}")
    database = Database(connection)
    if version < 1:
        with database.atomic():
            _schema_1(database)
            connection.execute("PRAGMA user_version = 1")


def _schema_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE versions (seq INTEGER PRIMARY KEY AUTOINCREMENT, round TEXT NOT NULL, version INTEGER NOT NULL,"
        " record BLOB NOT NULL, UNIQUE (round, version))"
    )
    database.table("heads").create(
        {
            "round": str,
            "version": int,
            "state": str,
            "operator": str,
            "player": str,
            "game": str,
            "currency": str,
            "exponent": int,
            "held": int,
            "occupies": int,
            "ended": int,
            "disputed": int,
            "accepted": str,
        },
        pk="round",
    )
    database.execute("CREATE UNIQUE INDEX one_open_round ON heads (operator, player, game) WHERE occupies = 1")
    database.execute("CREATE INDEX pending ON heads (disputed, accepted) WHERE ended = 0")
    database.execute("CREATE INDEX history ON heads (operator, player, accepted, round)")
    database.execute("CREATE INDEX set_aside ON heads (operator, player, currency, held) WHERE held > 0")
    database.table("sessions").create(
        {
            "id": str,
            "token": bytes,
            "operator": str,
            "player": str,
            "currency": str,
            "exponent": int,
            "game": str,
            "opened_by": str,
            "handle": bytes,
            "demo": int,
            "created": str,
            "expires": str,
            "ended": int,
        },
        pk="id",
    )
    database.execute("CREATE UNIQUE INDEX token ON sessions (token)")
    database.execute(
        "CREATE TABLE seals (number INTEGER PRIMARY KEY AUTOINCREMENT, upto INTEGER NOT NULL, record BLOB NOT NULL)"
    )


def _own(path: Path) -> TextIO:
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StoreInUse(f"another process is using {path.parent}") from None
    return file


def _sealer(path: Path) -> Fernet:
    """The key that seals the operators' session handles; made when there is none."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
    return Fernet(path.read_bytes())
