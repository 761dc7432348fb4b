"""The file: who owns it, who writes it, how it is read, and the key to the secrets in it."""

import fcntl
import sqlite3
import threading
from pathlib import Path
from typing import TextIO
from weakref import WeakSet, finalize

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from adapters.pen import Fatal, Pen, Unusable, Work, connect, die
from adapters.secret_file import keep
from adapters.storage.sqlite.schema import migrate

FILE = "rgs.sqlite"
LOCK = "rgs.lock"
KEY = "handle.key"


class StoreInUse(Unusable):
    """Another process owns the data."""


class _Reader:
    """A connection for reading. Its thread alone holds on to it: when the thread has ended, it is closed.

    (SQLite keeps the descriptor of the file itself, for the next one: so many as there were readers at one time.)
    """

    def __init__(self, path: Path) -> None:
        self.connection = connect(path)
        self.connection.execute("PRAGMA query_only=ON")
        self.close = finalize(self, self.connection.close)


class SqliteStore:
    """The file, its lock, its pen and its key; the stores of rounds and sessions share it."""

    def __init__(self, data: Path, *, fatal: Fatal = die) -> None:
        """Open or create the file below `data`. Raises `Unusable`, such as `StoreInUse`."""
        self._lock_file = own(data)
        self.path = data / FILE
        try:
            self._writer = connect(self.path)
            try:
                migrate(self._writer, FILE)
                self.seal = _sealer(data / KEY, self._writer)
            except BaseException:
                self._writer.close()
                raise
        except BaseException as problem:
            self._lock_file.close()
            if isinstance(problem, sqlite3.DatabaseError):
                raise Unusable(f"{self.path}: {problem}") from problem
            raise
        self.pen = Pen(self._writer, fatal=fatal)
        self._local = threading.local()
        self._readers: WeakSet[_Reader] = WeakSet()
        """Those of threads that live."""

    def write(self, work: Work[Exception | None]) -> None:
        """Do the work in a transaction; durable on return. Raises what it answered: then it has written nothing."""
        refusal = self.pen.write(work)
        if refusal is not None:
            raise refusal

    @property
    def reader(self) -> sqlite3.Connection:
        """The connection of this thread, for reading."""
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader(self.path)
            self._readers.add(reader)
        return reader.connection

    def close(self) -> None:
        """Let the file go. Nobody may be using it."""
        for reader in list(self._readers):
            reader.close()
        self._writer.close()
        self._lock_file.close()


def own(data: Path) -> TextIO:
    """Make the directory this process's, for as long as the file that is returned is open. Raises `StoreInUse`."""
    file = (data / LOCK).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StoreInUse(f"another process is using {data}") from None
    return file


def _sealer(path: Path, connection: sqlite3.Connection) -> MultiFernet:
    """What seals the operators' session handles. The file has a key a line: the first seals, all of them open.

    Made with the data, and durable before anything is sealed with it. Raises `Unusable` if it is lost, or another one: rounds
    of the sessions could not be ended at their operators.
    """
    newest = connection.execute("SELECT handle FROM sessions ORDER BY rowid DESC LIMIT 1").fetchone()
    if newest is not None and not path.exists():
        raise Unusable(f"{path} is lost: the sessions in {FILE} are sealed with it; put it back")
    if not path.exists():
        keep(path, Fernet.generate_key() + b"\n")
    try:
        seal = MultiFernet([Fernet(line) for line in path.read_bytes().split()])
    except ValueError as problem:
        raise Unusable(f"{path}: {problem}") from None
    if newest is not None:
        try:
            seal.decrypt(newest[0])
        except InvalidToken:
            raise Unusable(f"{path} is not the key of the sessions in {FILE}; put that one back") from None
    return seal
