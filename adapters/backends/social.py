"""Play money of our own: the wallet that is there without any operator. A double-entry ledger in one SQLite file.

Every posting moves an amount from one account to another, so the accounts of a currency add up to zero at all times:

    player:NAME   what NAME can spend      held:ROUND   set aside for a round
    house         what players lost, less what they won, less the coins they were given

    escrow   player -> held        result   held -> house, house -> player        cancel   held -> player
"""

import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ports.books import Booked
from ports.money import Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    Funding,
    InDoubt,
    Movement,
    MovementKind,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
)

FILE = "social.sqlite"
_TOKEN = re.compile(r"demo-([A-Za-z0-9_-]{1,40})\Z")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, balance INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS movements (
    id TEXT PRIMARY KEY, round TEXT NOT NULL, kind TEXT NOT NULL, player TEXT NOT NULL, amount INTEGER NOT NULL,
    funding TEXT NOT NULL, status TEXT NOT NULL, reason TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS of_round ON movements (round);
CREATE TABLE IF NOT EXISTS postings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, movement TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
);
"""


class SocialWallet:
    """A `ports.wallet.Wallet` over play money. Players are made at first sight."""

    def __init__(self, path: Path | str, currency: Currency, opening: int) -> None:
        """`opening`: minor units that a new player is given by the house. `path` may be ":memory:"."""
        self._currency = currency
        self._opening = opening
        self._lock = threading.Lock()
        self._books = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._books.execute("PRAGMA journal_mode=WAL")
        self._books.execute("PRAGMA synchronous=FULL")
        self._books.executescript(_SCHEMA)

    @property
    def traits(self) -> Traits:
        """It remembers everything, and can be asked."""
        return Traits(real_money=False, in_doubt=InDoubt.CANCEL, tombstones=True, queryable=True)

    def player(self, token: str, game: str) -> Player:
        """`demo-NAME` is player NAME."""
        match = _TOKEN.match(token)
        if match is None:
            raise Declined(
                Reason.SESSION_INVALID, "a token here is demo-NAME, NAME of 1 to 40 letters, digits, - and _"
            )
        name = match[1]
        with self._transaction():
            self._welcome(name)
            return self._player(name)

    def refresh(self, player: Player, game: str) -> Player:
        """The balance as it is."""
        with self._transaction():
            return self._player(player.id)

    def escrow(self, movement: Movement) -> Receipt:
        """Player to held; a free round is the house's treat, if the house has promised it."""
        with self._transaction():
            return self._once(movement) or self._escrow(movement)

    def result(self, movement: Movement) -> Receipt:
        """Held to house, and the win from the house to the player."""
        with self._transaction():
            return self._once(movement) or self._result(movement)

    def cancel(self, movement: Movement) -> Receipt:
        """Held back to whom it came from. An escrow that never came will be refused when it comes."""
        with self._transaction():
            return self._once(movement) or self._cancel(movement)

    def query(self, movement: Movement) -> Receipt | None:
        """What the books say."""
        with self._transaction():
            row = self._row(movement.id)
            return None if row is None or row[5] != "booked" else self._once(movement)

    def grant(self, player: str, amount: int, note: str) -> Money:
        """Give a player coins from the house; returns the balance. Raises `ValueError` unless the amount is positive."""
        if type(amount) is not int or amount <= 0:
            raise ValueError("a grant is a positive number of minor units")
        with self._transaction():
            self._welcome(player)
            self._post(f"grant:{note}", "house", f"player:{player}", amount)
            return self._balance(player)

    def booked(self) -> Iterator[Booked]:
        """Every movement in the books, by id."""
        query = "SELECT id, player, amount FROM movements WHERE status = 'booked' ORDER BY id"
        with self._lock:
            rows = self._books.execute(query).fetchall()
        return (Booked(*row) for row in rows)

    def sums(self) -> Mapping[str, int]:
        """The total of the players' accounts, of what is held, and of the house; together zero."""
        with self._lock:
            rows = self._books.execute(
                "SELECT CASE WHEN instr(name, ':') THEN substr(name, 1, instr(name, ':') - 1) ELSE name END, sum(balance)"
                " FROM accounts GROUP BY 1"
            ).fetchall()
        return {"player": 0, "held": 0, "house": 0} | dict(rows)

    def close(self) -> None:
        """Let the file go."""
        self._books.close()

    def _once(self, movement: Movement) -> Receipt | None:
        """The answer to a movement that came before; None for a new one."""
        row = self._row(movement.id)
        if row is None:
            return None
        round, kind, player, amount, funding, status, reason = row
        said = (movement.round, movement.kind, movement.player, movement.amount.minor, movement.funding)
        if status != "awaited" and said != (round, kind, player, amount, funding):
            raise Contradicted(f"{movement.id} stands in the books with another content")
        if status != "booked":
            raise Declined(Reason(reason), f"{movement.id} was refused, and stays so")
        return self._receipt(movement)

    def _escrow(self, movement: Movement) -> Receipt:
        amount = movement.amount.minor
        self._check_currency(movement)
        if movement.funding is Funding.FREE:
            raise self._refuse(movement, Reason.REWARD_INVALID, "no such reward was given")
        if self._account(f"player:{movement.player}") < amount:
            raise self._refuse(movement, Reason.INSUFFICIENT_FUNDS, "not enough coins")
        self._book(movement)
        self._post(movement.id, f"player:{movement.player}", f"held:{movement.round}", amount)
        return self._receipt(movement)

    def _result(self, movement: Movement) -> Receipt:
        self._check_currency(movement)
        for escrow in movement.escrows:
            row = self._row(escrow.id)
            if row is None or row[5] != "booked":
                raise Contradicted(f"a result for {escrow.id}, which is not booked")
            if self._row(escrow.id.replace(":escrow:", ":cancel:")) is not None:
                raise Contradicted(f"a result for {escrow.id}, which was given back")
        self._book(movement)
        self._post(movement.id, f"held:{movement.round}", "house", self._account(f"held:{movement.round}"))
        self._post(movement.id, "house", f"player:{movement.player}", movement.amount.minor)
        return self._receipt(movement)

    def _cancel(self, movement: Movement) -> Receipt:
        escrow = f"{movement.round}:{MovementKind.ESCROW}:{movement.number}"
        row = self._row(escrow)
        if self._row(f"{movement.round}:{MovementKind.RESULT}:1") is not None:
            raise Contradicted(f"a cancel of {escrow} after the result")
        if row is None:
            self._books.execute(
                "INSERT INTO movements VALUES (?, ?, ?, ?, ?, ?, 'awaited', ?)",
                (escrow, movement.round, "escrow", movement.player, 0, movement.funding, Reason.OTHER),
            )
        if row is None or row[5] != "booked":
            return Receipt(balance=self._balance(movement.player), applied=False)
        self._book(movement)
        self._post(movement.id, f"held:{movement.round}", f"player:{movement.player}", row[3])
        return self._receipt(movement)

    def _refuse(self, movement: Movement, reason: Reason, message: str) -> Declined:
        """Keep the refusal, so that the same movement is never booked later. It is committed; the caller raises it."""
        self._book(movement, status="declined", reason=reason)
        return Declined(reason, message)

    def _book(self, movement: Movement, *, status: str = "booked", reason: str | None = None) -> None:
        self._books.execute(
            "INSERT INTO movements VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                movement.id,
                movement.round,
                movement.kind,
                movement.player,
                movement.amount.minor,
                movement.funding,
                status,
                reason,
            ),
        )

    def _post(self, movement: str, source: str, target: str, amount: int) -> None:
        if amount == 0:
            return
        self._books.execute(
            "INSERT INTO postings (movement, source, target, amount) VALUES (?, ?, ?, ?)",
            (movement, source, target, amount),
        )
        for account, change in ((source, -amount), (target, amount)):
            self._books.execute(
                "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET balance = balance + excluded.balance",
                (account, change),
            )

    def _welcome(self, player: str) -> None:
        known = self._books.execute("SELECT 1 FROM accounts WHERE name = ?", (f"player:{player}",)).fetchone()
        if known is None:
            self._books.execute("INSERT INTO accounts VALUES (?, 0)", (f"player:{player}",))
            self._post(f"opening:{player}", "house", f"player:{player}", self._opening)

    def _account(self, name: str) -> int:
        row = self._books.execute("SELECT balance FROM accounts WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def _balance(self, player: str) -> Money:
        return Money(self._account(f"player:{player}"), self._currency)

    def _player(self, name: str) -> Player:
        return Player(id=name, currency=self._currency, balance=self._balance(name), handle=name)

    def _receipt(self, movement: Movement) -> Receipt:
        return Receipt(reference=movement.id, balance=self._balance(movement.player))

    def _row(self, id: str) -> Sequence[Any] | None:
        row: Sequence[Any] | None = self._books.execute(
            "SELECT round, kind, player, amount, funding, status, reason FROM movements WHERE id = ?", (id,)
        ).fetchone()
        return row

    def _check_currency(self, movement: Movement) -> None:
        if movement.amount.currency != self._currency:
            raise Declined(Reason.CURRENCY, f"this wallet holds {self._currency.code}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One at a time; a refusal is kept like everything else, any other trouble undoes what was begun."""
        with self._lock:
            try:
                self._books.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except (Declined, Contradicted):
                    self._books.execute("COMMIT")
                    raise
                self._books.execute("COMMIT")
            except sqlite3.Error as problem:
                raise Unconfirmed(f"the books could not be written: {problem}") from problem
            finally:
                if self._books.in_transaction:
                    self._books.execute("ROLLBACK")


def backend(options: Mapping[str, object], data: Path) -> SocialWallet:
    """The wallet as `rgs.yaml` describes it; its file is below `data`.

    Options: `currency` (code, FUN), `exponent` (2), `opening_balance` (minor units, 100000). Raises `ValueError`.
    """
    known = {"currency": "FUN", "exponent": 2, "opening_balance": 100_000}
    for name in options:
        if name not in known:
            raise ValueError(f"there is no option {name!r}; there are {', '.join(known)}")
    code, exponent, opening = (known | dict(options)).values()
    if not isinstance(code, str) or type(exponent) is not int or type(opening) is not int or opening < 0:
        raise ValueError("currency is a code, exponent and opening_balance are whole numbers, not below zero")
    return SocialWallet(data / FILE, Currency(code, exponent), opening)
