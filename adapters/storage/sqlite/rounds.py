"""Rounds on the file: records that are only ever added, and `heads`, a projection of the newest ones."""

import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime

from adapters.pen import statement
from adapters.storage.sqlite.file import SqliteStore
from ports.archive import Stored
from ports.canonical import Unreadable
from ports.money import Currency
from ports.record import VOID, Kind, Round, State, spelt
from ports.rounds import Page, Pending, RewardSpent, RoundConflict, RoundOpen

CACHED = 4096
"""Newest versions kept in memory, so that a walk does not read back what it just wrote."""
CACHED_BYTES = 16 * 2**20
"""Of their records together. (What is parsed of them takes about nine times as much.)"""
_HEAD = (
    "INSERT INTO heads VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (round) DO UPDATE SET version = excluded.version,"
    " state = excluded.state, held = excluded.held, occupies = excluded.occupies, ended = excluded.ended,"
    " disputed = excluded.disputed"
)
_OCCUPIED = "SELECT round FROM heads WHERE operator = ? AND player = ? AND game = ? AND occupies = 1"
_SPENT = "SELECT count(*) FROM heads WHERE operator = ? AND player = ? AND reward = ? AND state NOT IN (?, ?)"
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z)~(.{1,64})\Z")


class SqliteRounds:
    """A `ports.rounds.RoundStore`, and its `ports.archive.Archive`."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._newest: OrderedDict[str, Round] = OrderedDict()
        self._bytes = 0
        """Of the records in it."""
        self._lock = threading.Lock()

    def add(self, *versions: Round) -> None:
        """Keep these versions, all or none; durable on return."""
        rows = [(version.id, version.version, version.record) for version in versions]
        self._store.write(lambda connection: _insert(connection, versions, rows))
        self._remember(versions[-1])

    def _remember(self, round: Round) -> None:
        with self._lock:
            known = self._newest.get(round.id)
            if known is None or known.version < round.version:
                self._newest[round.id] = round
                self._newest.move_to_end(round.id)
                self._bytes += len(round.record) - (0 if known is None else len(known.record))
            while len(self._newest) > CACHED or self._bytes > CACHED_BYTES:
                _, oldest = self._newest.popitem(last=False)
                self._bytes -= len(oldest.record)

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

    def rewarded(self, operator: str, player: str, reward: str) -> Sequence[Round]:
        """The rounds that this reward pays for, oldest first."""
        rows = self._store.reader.execute(
            "SELECT round FROM heads WHERE operator = ? AND player = ? AND reward = ? ORDER BY accepted, round",
            (operator, player, reward),
        ).fetchall()
        return [found for found in (self.load(id) for (id,) in rows) if found is not None]

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
        self._store.write(statement("INSERT INTO seals (upto, record) VALUES (?, ?)", (upto, seal)))

    def unfinished(self) -> Sequence[str]:
        """The rounds that recovery walks, oldest first."""
        return self._pending(0)

    def disputed(self) -> Sequence[str]:
        """The rounds that people must decide, oldest first."""
        return self._pending(1)

    def pending(self) -> Sequence[Pending]:
        """What has not ended, by state."""
        rows = self._store.reader.execute(
            "SELECT state, count(*), min(accepted) FROM heads WHERE ended = 0 GROUP BY state"
        ).fetchall()
        found = {
            State(state): Pending(State(state), count, datetime.fromisoformat(oldest)) for state, count, oldest in rows
        }
        return [found[state] for state in State if state in found]

    def _pending(self, disputed: int) -> Sequence[str]:
        rows = self._store.reader.execute(
            "SELECT round FROM heads WHERE ended = 0 AND disputed = ? ORDER BY accepted, round", (disputed,)
        )
        return [id for (id,) in rows]


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
    most = terms.limits.get("reward_rounds")
    if head is None and most is not None and terms.kind is Kind.PLAY:
        (spent,) = connection.execute(_SPENT, (terms.operator, terms.player, terms.reward, *VOID)).fetchone()
        if spent >= most:
            return RewardSpent(f"reward {terms.reward} has paid its {spent} rounds")
    connection.executemany("INSERT INTO versions (round, version, record) VALUES (?, ?, ?)", rows)
    occupies = bool(occupied) and all(version.occupies for version in versions)
    connection.execute(_HEAD, _head(last, occupies=occupies))
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
        spelt(terms.accepted),
        terms.reward if terms.kind is Kind.PLAY else None,
    )


def rebuild(store: SqliteStore) -> int:
    """Make all heads anew from the records; returns how many there are. Raises `canonical.Unreadable`."""

    def anew(connection: sqlite3.Connection) -> Exception | None:
        taken: dict[str, bool] = {}
        newest: dict[str, Round] = {}
        try:
            for (record,) in connection.execute("SELECT record FROM versions ORDER BY seq"):
                version = Round.parse(_as_bytes(record))
                taken[version.id] = taken.get(version.id, True) and version.occupies
                newest[version.id] = version
        except Unreadable as problem:
            return problem
        connection.execute("DELETE FROM heads")
        connection.executemany(_HEAD, (_head(version, occupies=taken[id]) for id, version in newest.items()))
        return None

    store.write(anew)
    (count,) = store.reader.execute("SELECT count(*) FROM heads").fetchone()
    return int(count)


def _as_bytes(record: bytes | str) -> bytes:
    """A record that somebody made into text is still read, so that the audit can name it."""
    return record.encode() if isinstance(record, str) else record


def _before(cursor: str) -> tuple[str, str]:
    match = _CURSOR.match(cursor)
    if match is None:
        raise ValueError(f"{cursor!r} is no cursor of this history")
    return match[1], match[2]
