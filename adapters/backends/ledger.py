"""A double-entry ledger of coins in one SQLite file: every posting moves an amount from one account to another.

So the accounts of a currency add up to zero at all times. A movement stands in the books under its id, once for ever:
booked, declined, or as a tombstone for one that was given back before it came.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from adapters.pen import Fatal, Pen, Unusable, connect, die
from ports.money import Currency

HOUSE = "house"
Answer = TypeVar("Answer")
_SCHEMA = """
BEGIN;
CREATE TABLE currencies (code TEXT PRIMARY KEY, exponent INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (
    currency TEXT NOT NULL, name TEXT NOT NULL, balance INTEGER NOT NULL, PRIMARY KEY (currency, name)
) WITHOUT ROWID;
CREATE TABLE movements (
    id TEXT PRIMARY KEY, round TEXT NOT NULL, kind TEXT NOT NULL, player TEXT NOT NULL, currency TEXT NOT NULL,
    amount INTEGER NOT NULL, funding TEXT NOT NULL, status TEXT NOT NULL, reason TEXT
) WITHOUT ROWID;
CREATE TABLE postings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, movement TEXT NOT NULL, currency TEXT NOT NULL,
    source TEXT NOT NULL, target TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0)
);
CREATE INDEX of_movement ON postings (movement, currency);
PRAGMA user_version = 1;
COMMIT;
"""


class Line(NamedTuple):
    """A movement as it stands in the books."""

    id: str
    round: str
    kind: str
    player: str
    currency: str
    amount: int
    funding: str
    status: str
    """booked, declined or tombstone."""
    reason: str | None
    """Declined: a `ports.wallet.Reason`."""


class Ledger:
    """The books. Everything is read and written inside `Work` that the ledger's pen does, one at a time."""

    def __init__(self, path: Path | str, currencies: Sequence[Currency], *, fatal: Fatal = die) -> None:
        """`path` may be ":memory:". Raises `ValueError` for a file that cannot be these books, `Unusable` for none at all."""
        self._connection = connect(path)
        try:
            self._open(path, currencies)
        except BaseException as problem:
            self._connection.close()
            if isinstance(problem, sqlite3.DatabaseError):
                raise Unusable(f"{path}: {problem}") from problem
            raise
        self._pen = Pen(self._connection, fatal=fatal)

    def _open(self, path: Path | str, currencies: Sequence[Currency]) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and not tables:
            self._connection.executescript(_SCHEMA)
        elif version != 1:
            raise ValueError(f"{path} is no ledger that this software knows (schema {version})")
        for currency in currencies:
            self._connection.execute(
                "INSERT OR IGNORE INTO currencies VALUES (?, ?)", (currency.code, currency.exponent)
            )
            query = "SELECT exponent FROM currencies WHERE code = ?"
            (exponent,) = self._connection.execute(query, (currency.code,)).fetchone()
            if exponent != currency.exponent:
                raise ValueError(f"{currency.code} has the exponent {exponent} in {path}, not {currency.exponent}")

    def do(self, work: Callable[[], Answer]) -> Answer:
        """Do the work in a transaction; durable on return. It must not raise."""
        return self._pen.write(lambda _: work())

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def balance(self, currency: str, account: str) -> int:
        """What an account has; 0 for one that never had anything."""
        query = "SELECT balance FROM accounts WHERE currency = ? AND name = ?"
        row = self._connection.execute(query, (currency, account)).fetchone()
        return 0 if row is None else int(row[0])

    def has(self, currency: str, account: str) -> bool:
        """Whether the account was ever opened."""
        query = "SELECT 1 FROM accounts WHERE currency = ? AND name = ?"
        return self._connection.execute(query, (currency, account)).fetchone() is not None

    def open(self, currency: str, account: str) -> None:
        """Open an account, empty."""
        self._connection.execute("INSERT INTO accounts VALUES (?, ?, 0)", (currency, account))

    def post(self, movement: str, currency: str, source: str, target: str, amount: int, time: datetime) -> None:
        """Move an amount from one account to another."""
        if amount == 0:
            return
        self._connection.execute(
            "INSERT INTO postings (time, movement, currency, source, target, amount) VALUES (?, ?, ?, ?, ?, ?)",
            (time.astimezone(UTC).isoformat(), movement, currency, source, target, amount),
        )
        self._connection.executemany(
            "INSERT INTO accounts VALUES (?, ?, ?)"
            " ON CONFLICT (currency, name) DO UPDATE SET balance = balance + excluded.balance",
            [(currency, source, -amount), (currency, target, amount)],
        )

    def last(self, movement: str, currency: str) -> datetime | None:
        """When something was last posted under this name."""
        query = "SELECT max(time) FROM postings WHERE movement = ? AND currency = ?"
        (time,) = self._connection.execute(query, (movement, currency)).fetchone()
        return None if time is None else datetime.fromisoformat(time)

    def book(self, line: Line) -> None:
        """Write a movement in; it stands for ever."""
        self._connection.execute("INSERT INTO movements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", line)

    def line(self, id: str) -> Line | None:
        """The movement with this id."""
        row = self._connection.execute("SELECT * FROM movements WHERE id = ?", (id,)).fetchone()
        return None if row is None else Line(*row)

    def booked(self, currencies: Sequence[str]) -> list[Line]:
        """Every movement that moved money in these currencies, by id."""
        rows = self._connection.execute("SELECT * FROM movements WHERE status = 'booked' ORDER BY id").fetchall()
        return [line for line in map(Line._make, rows) if line.currency in currencies]

    def currencies(self) -> list[Currency]:
        """Every currency that these books were ever kept in, by code."""
        return [
            Currency(*row) for row in self._connection.execute("SELECT code, exponent FROM currencies ORDER BY code")
        ]

    def sums(self, currency: str) -> dict[str, int]:
        """The total of each kind of account: what comes before the colon in its name."""
        rows: Sequence[tuple[str, int]] = self._connection.execute(
            "SELECT CASE WHEN instr(name, ':') THEN substr(name, 1, instr(name, ':') - 1) ELSE name END, sum(balance)"
            " FROM accounts WHERE currency = ? GROUP BY 1",
            (currency,),
        ).fetchall()
        return dict(rows)
