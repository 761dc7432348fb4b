"""What each player can spend, as the wallet last said. For showing; nothing is ever decided on it."""

from collections import OrderedDict
from threading import Lock

from ports.money import Money

CAPACITY = 100_000
"""Players remembered; the one heard of longest ago is forgotten first."""


class Balances:
    """The last word of the wallets, a (operator, player, currency) at a time. Safe to share between threads."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str, str], Money] = OrderedDict()
        self._lock = Lock()

    def note(self, operator: str, player: str, balance: Money | None) -> None:
        """Remember what the wallet just said; None says nothing."""
        if balance is None:
            return
        key = (operator, player, balance.currency.code)
        with self._lock:
            self._said[key] = balance
            self._said.move_to_end(key)
            if len(self._said) > CAPACITY:
                self._said.popitem(last=False)

    def last(self, operator: str, player: str, currency: str) -> int | None:
        """Minor units, or None if unknown."""
        said = self._said.get((operator, player, currency))
        return None if said is None else said.minor
