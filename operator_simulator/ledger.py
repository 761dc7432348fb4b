"""The operator's own books: entries are only ever added, and a balance is their sum."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Account:
    """A player. Amounts are in main units."""

    id: str
    currency: str
    exponent: int
    opening: Decimal
    disabled: bool = False
    limit: Decimal | None = None
    """The largest stake."""
    sessions: dict[str, bool] = field(default_factory=dict)
    """Session -> it is live."""


@dataclass(frozen=True)
class Entry:
    """A line: what it did to the balance of the account."""

    number: int
    id: str
    verb: str
    account: str
    round: str
    amount: Decimal
    effect: Decimal


@dataclass
class Operation:
    """A movement with an id: what was asked, what was done, and what was answered."""

    id: str
    verb: str
    account: str
    round: str
    amount: Decimal
    content: Any
    reference: str
    free: bool = False
    reversed: bool = False
    answered: Any = None


class Ledger:
    """Accounts, operations, tombstones, and closed rounds."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.entries: list[Entry] = []
        self.operations: dict[str, Operation] = {}
        self.tombstones: set[str] = set()
        self.closed: set[str] = set()
        self.refused: dict[str, str] = {}
        """Bets that were refused, and with which code; sent again, they are refused again."""
        self.alarms: list[str] = []
        """What the other side should never have done."""
        self._balances: dict[str, Decimal] = {}
        self._rounds: dict[str, list[Operation]] = {}

    def open(self, account: Account) -> None:
        """Add a player, or change one; the balance is then the new opening and what was booked since."""
        known = self.accounts.get(account.id)
        moved = Decimal(0) if known is None else self._balances[account.id] - known.opening
        if known is not None:
            account.sessions = known.sessions | account.sessions
        self.accounts[account.id] = account
        self._balances[account.id] = account.opening + moved

    def balance(self, account: str) -> Decimal:
        """What the player can spend."""
        return self._balances[account]

    def shown(self, account: str) -> str:
        """The balance with the decimals of its currency."""
        return f"{self._balances[account]:.{self.accounts[account].exponent}f}"

    def session(self, token: str) -> Account | None:
        """Whose session this is, live or not."""
        return next((account for account in self.accounts.values() if token in account.sessions), None)

    def book(self, operation: Operation, effect: Decimal) -> Operation:
        """Add an operation and its entry."""
        self.operations[operation.id] = operation
        self._rounds.setdefault(operation.round, []).append(operation)
        self._post(operation, operation.id, operation.verb, effect)
        return operation

    def reverse(self, operation: Operation, by: str) -> None:
        """Undo what a bet or a win did."""
        operation.reversed = True
        sign = 1 if operation.verb == "bet" else -1
        self._post(operation, by, "cancel", sign * (Decimal(0) if operation.free else operation.amount))

    def of_round(self, round: str) -> Iterable[Operation]:
        """Every operation of a round, oldest first."""
        return self._rounds.get(round, [])

    def alarm(self, text: str) -> None:
        """Note what the other side should never have done."""
        self.alarms.append(text)

    def told(self) -> dict[str, Any]:
        """Everything, for the control API."""
        return {
            "balances": {id: self.shown(id) for id in self.accounts},
            "entries": [
                asdict(entry) | {"amount": str(entry.amount), "effect": str(entry.effect)} for entry in self.entries
            ],
            "tombstones": sorted(self.tombstones),
            "closed": sorted(self.closed),
            "alarms": self.alarms,
        }

    def _post(self, operation: Operation, id: str, verb: str, effect: Decimal) -> None:
        entry = Entry(
            len(self.entries) + 1, id, verb, operation.account, operation.round, operation.amount, Decimal(effect)
        )
        self.entries.append(entry)
        self._balances[operation.account] += effect
