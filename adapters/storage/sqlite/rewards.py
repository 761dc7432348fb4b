"""Rewards on the file."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from adapters.pen import statement
from adapters.storage.sqlite.file import SqliteStore
from ports.money import Currency
from ports.record import spelt
from ports.rewards import Kept, Reward, RewardConflict

_ONE = "SELECT * FROM rewards WHERE operator = ? AND player = ? AND id = ?"


class SqliteRewards:
    """A `ports.rewards.RewardStore`."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def add(self, reward: Reward) -> None:
        """Keep a reward; durable on return."""
        row = (
            reward.operator,
            reward.player,
            reward.id,
            reward.currency.code,
            reward.currency.exponent,
            json.dumps(dict(sorted(reward.stakes.items()))),
            reward.rounds,
            spelt(reward.begins),
            spelt(reward.expires),
        )
        insert = statement("INSERT INTO rewards VALUES (?,?,?,?,?,?,?,?,?,0,0)", row)

        def add(connection: sqlite3.Connection) -> Exception | None:
            known = connection.execute(_ONE, row[:3]).fetchone()
            if known is None:
                insert(connection)
            elif _kept(known).reward != reward:
                return RewardConflict(f"reward {reward.id} is another one already")
            return None

        self._store.write(add)

    def find(self, operator: str, player: str, id: str) -> Kept | None:
        """One reward."""
        found = self._select(_ONE, operator, player, id)
        return found[0] if found else None

    def withdraw(self, operator: str, player: str, id: str) -> None:
        """No round is begun from now on; durable on return."""
        self._store.write(
            statement(
                "UPDATE rewards SET withdrawn = 1 WHERE operator = ? AND player = ? AND id = ?", (operator, player, id)
            )
        )

    def tell(self, operator: str, player: str, id: str) -> None:
        """The total is on record; durable on return."""
        self._store.write(
            statement(
                "UPDATE rewards SET told = 1 WHERE operator = ? AND player = ? AND id = ?", (operator, player, id)
            )
        )

    def of(self, operator: str, player: str) -> Sequence[Kept]:
        """All rewards of a player, in the order in which they came."""
        return self._select("SELECT * FROM rewards WHERE operator = ? AND player = ? ORDER BY rowid", operator, player)

    def named(self, operator: str, id: str) -> Sequence[Kept]:
        """All rewards of an operator with this id."""
        return self._select("SELECT * FROM rewards WHERE operator = ? AND id = ? ORDER BY rowid", operator, id)

    def untold(self, operator: str) -> Sequence[Kept]:
        """All rewards of an operator whose total is not on record."""
        return self._select("SELECT * FROM rewards WHERE operator = ? AND told = 0 ORDER BY rowid", operator)

    def _select(self, query: str, *values: str) -> list[Kept]:
        rows = self._store.reader.execute(query, values)
        return [_kept(row) for row in rows]


def _kept(row: tuple[str, str, str, str, int, str, int, str, str, int, int]) -> Kept:
    operator, player, id, code, exponent, stakes, rounds, begins, expires, withdrawn, told = row
    reward = Reward(
        operator=operator,
        player=player,
        id=id,
        currency=Currency(code, exponent),
        stakes=json.loads(stakes),
        rounds=rounds,
        begins=datetime.fromisoformat(begins),
        expires=datetime.fromisoformat(expires),
    )
    return Kept(reward, bool(withdrawn), bool(told))
