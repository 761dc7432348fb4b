"""Rounds and sessions in one SQLite file that one process owns: the embedded default.

Insert only, and durable when `add` returns: write-ahead log, `synchronous=FULL`, one transaction at a time. Threads that
come while a transaction is being written wait together, and the first of them writes for all (group commit); a lone one
never waits for company. The records are the truth; `heads` is a projection of the newest ones in the same transaction.

A disk that fails must not be survived: what a failed commit left behind nobody knows, so the process ends at once, and the
next one starts from what is durable.
"""

import fcntl
import os
import re
import sqlite3
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TextIO

from cryptography.fernet import Fernet, InvalidToken
from sqlite_utils import Database

from ports.archive import Stored
from ports.money import Currency
from ports.record import Round, State
from ports.rounds import Page, RoundConflict, RoundOpen
from ports.sessions import Session

FILE = "rgs.sqlite"
LOCK = "rgs.lock"
KEY = "handle.key"
SCHEMA = 1
CACHED = 4096
"""Newest versions kept in memory, so that a walk does not read back what it just wrote."""
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z)~([0-9a-f-]{36})\Z")


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
        self._queue: list[_Job] = []
        self._queueing = threading.Lock()
        self._writing = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []

    def write(self, job: "_Job") -> None:
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


class _Job:
    """Something to write; it refuses by keeping what is to be raised, and then has written nothing."""

    def __init__(self, run: Callable[[sqlite3.Connection], Exception | None]) -> None:
        self._run = run
        self.done = False
        self.refusal: Exception | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        self.refusal = self._run(connection)


class SqliteRounds:
    """A `ports.rounds.RoundStore`, and its `ports.archive.Archive`."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._newest: OrderedDict[str, Round] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, *versions: Round) -> None:
        """Keep these versions, all or none; durable on return."""
        rows = [(version.id, version.version, version.record) for version in versions]
        self._store.write(_Job(lambda connection: _insert(connection, versions, rows)))
        self._remember(versions[-1])

    def _remember(self, round: Round) -> None:
        with self._lock:
            known = self._newest.get(round.id)
            if known is None or known.version < round.version:
                self._newest[round.id] = round
                self._newest.move_to_end(round.id)
            if len(self._newest) > CACHED:
                self._newest.popitem(last=False)

    def load(self, round: str) -> Round | None:
        """The newest version."""
        known = self._newest.get(round)
        if known is not None:
            return known
        row = self._store.reader.execute(
            "SELECT record FROM versions WHERE round = ? ORDER BY version DESC LIMIT 1", (round,)
        ).fetchone()
        if row is None:
            return None
        found = Round.parse(row[0])
        self._remember(found)
        return found

    def versions(self, round: str) -> Sequence[Round]:
        """All versions, oldest first."""
        rows = self._store.reader.execute("SELECT record FROM versions WHERE round = ? ORDER BY version", (round,))
        return [Round.parse(record) for (record,) in rows]

    def open_round(self, operator: str, player: str, game: str) -> Round | None:
        """The round that occupies this player's place in the game."""
        row = self._store.reader.execute(_OCCUPIED, (operator, player, game)).fetchone()
        return None if row is None else self.load(row[0])

    def held(self, operator: str, player: str, currency: Currency) -> int:
        """What is set aside for all rounds of the player in this currency."""
        (held,) = self._store.reader.execute(
            "SELECT coalesce(sum(held), 0) FROM heads"
            " WHERE operator = ? AND player = ? AND currency = ? AND exponent = ? AND held > 0",
            (operator, player, currency.code, currency.exponent),
        ).fetchone()
        return int(held)

    def history(self, operator: str, player: str, *, game: str | None, limit: int, cursor: str | None) -> Page:
        """The player's rounds, newest accepted first."""
        before = ("9999", "") if cursor is None else _before(cursor)
        rows = self._store.reader.execute(
            "SELECT round, accepted FROM heads WHERE operator = ? AND player = ? AND (? IS NULL OR game = ?)"
            " AND (accepted, round) < (?, ?) ORDER BY accepted DESC, round DESC LIMIT ?",
            (operator, player, game, game, *before, limit + 1),
        ).fetchall()
        rounds = [found for found in (self.load(id) for id, _ in rows[:limit]) if found is not None]
        id, accepted = rows[limit - 1] if len(rows) > limit else ("", "")
        return Page(rounds, f"{accepted}~{id}" if id else None)

    def records(self) -> Iterator[Stored]:
        """Every version, in the order of addition."""
        rows = self._store.reader.execute("SELECT seq, round, version, record FROM versions ORDER BY seq")
        return (Stored(seq, id, version, _as_bytes(record)) for seq, id, version, record in rows)

    def unsealed(self) -> Sequence[Stored]:
        """Every version that no seal covers yet."""
        rows = self._store.reader.execute(
            "SELECT seq, round, version, record FROM versions"
            " WHERE seq > (SELECT coalesce(max(upto), 0) FROM seals) ORDER BY seq"
        )
        return [Stored(*row) for row in rows]

    def seals(self) -> Sequence[bytes]:
        """All seals, oldest first."""
        return [seal for (seal,) in self._store.reader.execute("SELECT record FROM seals ORDER BY number")]

    def add_seal(self, seal: bytes, upto: int) -> None:
        """Keep a seal; durable on return."""
        add = "INSERT INTO seals (upto, record) VALUES (?, ?)"
        self._store.write(_Job(lambda connection: _run(connection, add, (upto, seal))))

    def unfinished(self) -> Sequence[str]:
        """The rounds that recovery walks, oldest first."""
        return self._pending(0)

    def disputed(self) -> Sequence[str]:
        """The rounds that people must decide, oldest first."""
        return self._pending(1)

    def _pending(self, disputed: int) -> Sequence[str]:
        rows = self._store.reader.execute(
            "SELECT round FROM heads WHERE ended = 0 AND disputed = ? ORDER BY accepted, round", (disputed,)
        )
        return [id for (id,) in rows]


class SqliteSessions:
    """A `ports.sessions.SessionStore`."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def add(self, session: Session, token_digest: bytes) -> None:
        """Keep a new session; durable on return."""
        row = (
            session.id,
            token_digest,
            session.operator,
            session.player,
            session.currency.code,
            session.currency.exponent,
            session.game,
            session.opened_by,
            self._store.seal.encrypt(session.handle.encode()),
            session.demo,
            _stamp(session.created),
            _stamp(session.expires),
        )
        self._store.write(_Job(lambda connection: _run(connection, _NEW_SESSION, row)))

    def find(self, token_digest: bytes) -> Session | None:
        """The session of this bearer token, unless it was ended."""
        return self._one(f"{_SESSION} WHERE token = ? AND ended = 0", token_digest)

    def get(self, id: str) -> Session | None:
        """The session with this id, ended or not."""
        return self._one(f"{_SESSION} WHERE id = ?", id)

    def end(self, id: str) -> None:
        """From now on its bearer token opens nothing; durable on return."""
        self._store.write(_Job(lambda c: _run(c, "UPDATE sessions SET ended = 1 WHERE id = ?", (id,))))

    def _one(self, query: str, value: str | bytes) -> Session | None:
        row = self._store.reader.execute(query, (value,)).fetchone()
        if row is None:
            return None
        id, operator, player, code, exponent, game, opened_by, sealed, demo, created, expires = row
        try:
            handle = self._store.seal.decrypt(sealed).decode()
        except InvalidToken:
            raise ValueError(f"the handle of session {id} was sealed with another {KEY}") from None
        return Session(
            id=id,
            operator=operator,
            player=player,
            currency=Currency(code, exponent),
            game=game,
            opened_by=opened_by,
            handle=handle,
            demo=bool(demo),
            created=datetime.fromisoformat(created),
            expires=datetime.fromisoformat(expires),
        )


_NEW_HEAD = "INSERT INTO heads VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_NEW_SESSION = "INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0)"
_SESSION = (
    "SELECT id, operator, player, currency, exponent, game, opened_by, handle, demo, created, expires FROM sessions"
)
_OCCUPIED = "SELECT round FROM heads WHERE operator = ? AND player = ? AND game = ? AND occupies = 1"


def _insert(
    connection: sqlite3.Connection, versions: Sequence[Round], rows: Sequence[tuple[str, int, bytes]]
) -> Exception | None:
    first, last = versions[0], versions[-1]
    head = connection.execute("SELECT version, occupies FROM heads WHERE round = ?", (first.id,)).fetchone()
    known, occupied = (0, True) if head is None else head
    if [version.version for version in versions] != list(range(known + 1, known + len(versions) + 1)):
        return RoundConflict(f"version {first.version} of round {first.id} does not follow {known}")
    terms = first.terms
    if head is None and first.occupies:
        other = connection.execute(_OCCUPIED, (terms.operator, terms.player, terms.game)).fetchone()
        if other is not None:
            return RoundOpen(other[0])
    connection.executemany("INSERT INTO versions (round, version, record) VALUES (?, ?, ?)", rows)
    connection.execute("DELETE FROM heads WHERE round = ?", (first.id,))
    connection.execute(_NEW_HEAD, _head(last, occupies=bool(occupied) and last.occupies))
    return None


def _head(newest: Round, *, occupies: bool) -> tuple[object, ...]:
    """The projection. A place that a dispute has freed is not taken back: another round may be in it."""
    terms = newest.terms
    return (
        newest.id,
        newest.version,
        newest.state,
        terms.operator,
        terms.player,
        terms.game,
        terms.currency.code,
        terms.currency.exponent,
        newest.held,
        occupies,
        newest.final,
        newest.state is State.DISPUTED,
        _stamp(terms.accepted),
    )


def rebuild(store: SqliteStore) -> int:
    """Make all heads anew from the records; returns how many there are. Raises `canonical.Unreadable`."""

    def run(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM heads")
        taken: dict[str, bool] = {}
        newest: dict[str, Round] = {}
        for (record,) in connection.execute("SELECT record FROM versions ORDER BY seq"):
            version = Round.parse(record)
            taken[version.id] = taken.get(version.id, True) and version.occupies
            newest[version.id] = version
        for id, version in newest.items():
            connection.execute(_NEW_HEAD, _head(version, occupies=taken[id]))

    store.write(_Job(run))
    (count,) = store.reader.execute("SELECT count(*) FROM heads").fetchone()
    return int(count)


def _run(connection: sqlite3.Connection, statement: str, values: Sequence[object]) -> None:
    connection.execute(statement, values)


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


def _as_bytes(record: bytes | str) -> bytes:
    """A record that somebody made into text is still read, so that the audit can name it."""
    return record.encode() if isinstance(record, str) else record


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


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _before(cursor: str) -> tuple[str, str]:
    match = _CURSOR.match(cursor)
    if match is None:
        raise ValueError(f"{cursor!r} is no cursor of this history")
    return match[1], match[2]
