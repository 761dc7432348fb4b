"""Play money of our own: the wallet that is there without any operator, over a double-entry ledger.

    player:NAME   what NAME can spend      held:ROUND   set aside for a round
    house         what players lost, less what they won, less the coins they were given

    escrow   player -> held        result   held -> house, house -> player        cancel   held -> player

The stake of a free round comes from the house, and goes back to it.

A currency at a time, these add up to zero. `demo-NAME` is player NAME with the first kind of coin, `demo-NAME.GEM` the
same player with coins called GEM.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from adapters.backends.coins import Coins, described
from adapters.backends.ledger import HOUSE, Ledger, Line
from adapters.pen import Fatal, die
from ports.books import Booked
from ports.money import LIMIT, Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    FreeRounds,
    Funding,
    InDoubt,
    Movement,
    MovementKind,
    Player,
    Reason,
    Receipt,
    Traits,
    WalletError,
)

FILE = "social.sqlite"
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]+\.sqlite\Z")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
Answer = TypeVar("Answer")


def _utc() -> datetime:
    return datetime.now(UTC)


class SocialWallet:
    """A `ports.wallet.Wallet` over play money, with `ports.books.Books` and `Grants`. Players are made at first sight."""

    def __init__(self, path: Path | str, *coins: Coins, now: Callable[[], datetime] = _utc, fatal: Fatal = die) -> None:
        """The first of the coins is the usual one. `path` may be ":memory:". Raises `ValueError`."""
        self._coins = {each.currency.code: each for each in coins}
        self._usual = coins[0]
        self._now = now
        if len(self._coins) < len(coins):
            raise ValueError("two coins have the same code")
        self._ledger = Ledger(path, [each.currency for each in coins], fatal=fatal)

    @property
    def traits(self) -> Traits:
        """It remembers everything, and can be asked."""
        return Traits(
            real_money=False,
            in_doubt=InDoubt.CANCEL,
            tombstones=True,
            queryable=True,
            free_rounds=FreeRounds.BY_ROUND,
            corrections=True,
        )

    def player(self, token: str, game: str) -> Player:
        """`demo-NAME` or `demo-NAME.COIN`."""
        name, _, code = token.removeprefix("demo-").partition(".")
        if not token.startswith("demo-") or not _NAME.match(name) or ("." in token and not code):
            raise Declined(
                Reason.SESSION_INVALID, "a token here is demo-NAME, NAME of 1 to 40 letters, digits, - and _"
            )
        coin = self._coins.get(code) if code else self._usual
        if coin is None:
            raise Declined(Reason.SESSION_INVALID, f"there are no coins called {code[:32]!r} here")
        return self._ledger.do(lambda: self._arrives(name, coin))

    def refresh(self, player: Player, game: str) -> Player:
        """The balance as it is."""
        return self._ledger.do(lambda: self._player(player.id, player.currency))

    def escrow(self, movement: Movement) -> Receipt:
        """Player to held; house to held in a free round, which is its treat."""
        return self._answer(lambda: self._once(movement) or self._escrow(movement))

    def result(self, movement: Movement) -> Receipt:
        """Held to house, and the win from the house to the player."""
        return self._answer(lambda: self._once(movement) or self._result(movement))

    def cancel(self, movement: Movement) -> Receipt:
        """Held back to whom it came from. An escrow that never came will be refused when it comes."""
        return self._answer(lambda: self._once(movement) or self._cancel(movement))

    def query(self, movement: Movement) -> Receipt | None:
        """What the books say."""
        return self._answer(lambda: self._once(movement) if _is_booked(self._ledger.line(movement.id)) else None)

    def grant(self, player: str, amount: int, note: str, *, currency: str | None = None) -> Money:
        """Give a player coins from the house; returns the balance. Raises `ValueError`."""
        coin = self._usual if currency is None else self._coins.get(currency)
        if coin is None:
            raise ValueError(f"there are no coins called {currency!r}; there are {', '.join(self._coins)}")
        if type(amount) is not int or amount <= 0:
            raise ValueError("a grant is a positive number of minor units")
        if not _NAME.match(player):
            raise ValueError(f"{player!r} is no player's name: 1 to 40 letters, digits, - and _")
        note.encode()
        granted = self._ledger.do(lambda: self._grant(player, amount, note, coin))
        if granted is None:
            raise ValueError(f"{amount} more would be beyond 2**53")
        return granted

    def booked(self) -> Iterator[Booked]:
        """Every movement in the books, by id."""
        lines = self._ledger.do(lambda: self._ledger.booked(list(self._coins)))
        return (Booked(line.id, line.player, line.amount) for line in lines)

    def currencies(self) -> Sequence[Currency]:
        """Every currency of the books, the usual one first, also one that is no longer among the coins."""
        return sorted(self._ledger.do(self._ledger.currencies), key=lambda each: each != self._usual.currency)

    def sums(self, currency: str | None = None) -> Mapping[str, int]:
        """The total of the players' accounts, of what is held, and of the house; together zero."""
        code = self._usual.currency.code if currency is None else currency
        return {"player": 0, "held": 0, HOUSE: 0} | self._ledger.do(lambda: self._ledger.sums(code))

    def close(self) -> None:
        """Let the file go."""
        self._ledger.close()

    # What follows runs inside the ledger's transaction: it decides first, writes then, and a refusal is kept like
    # everything else.

    def _answer(self, work: Callable[[], Answer]) -> Answer:
        def attempt() -> Answer | WalletError:
            try:
                return work()
            except WalletError as refusal:
                return refusal

        answer = self._ledger.do(attempt)
        if isinstance(answer, WalletError):
            raise answer
        return answer

    def _once(self, movement: Movement) -> Receipt | None:
        """The answer to a movement that came before; None for a new one."""
        line = self._ledger.line(movement.id)
        if line is None:
            return None
        if line.status == "tombstone":
            raise Declined(Reason.OTHER, f"{movement.id} was given back before it came")
        if line != _line(movement, line.status, line.reason):
            raise Contradicted(f"{movement.id} stands in the books with another content")
        if line.reason is not None:
            raise Declined(Reason(line.reason), f"{movement.id} was refused, and stays so")
        return self._receipt(movement)

    def _escrow(self, movement: Movement) -> Receipt:
        self._check(movement)
        if self._ledger.line(f"{movement.round}:{MovementKind.RESULT}:1") is not None:
            raise self._refuse(movement, Reason.OTHER, "the round is closed")
        if movement.funding is not Funding.FREE and self._spendable(movement) < movement.amount.minor:
            raise self._refuse(movement, Reason.INSUFFICIENT_FUNDS, "not enough coins")
        self._ledger.book(_line(movement, "booked", None))
        self._post(movement, _payer(movement), _held(movement), movement.amount.minor)
        return self._receipt(movement)

    def _result(self, movement: Movement) -> Receipt:
        self._check(movement)
        for escrow in movement.escrows:
            line = self._ledger.line(escrow.id)
            if line is None or not _is_booked(line):
                raise Contradicted(f"a result for {escrow.id}, which is not booked")
            if (line.round, line.player) != (movement.round, movement.player):
                raise Contradicted(f"a result for {escrow.id}, which is of another round or player")
        code = movement.amount.currency.code
        held = self._ledger.balance(code, _held(movement))
        named = sum(escrow.amount for escrow in movement.escrows)
        if held != named:
            raise Contradicted(f"a result for {named} set aside, but {held} is")
        if self._spendable(movement) + movement.amount.minor >= LIMIT:
            raise Declined(Reason.LIMIT, "the player would have more than 2**53")
        self._ledger.book(_line(movement, "booked", None))
        self._post(movement, _held(movement), HOUSE, held)
        self._post(movement, HOUSE, _player(movement), movement.amount.minor)
        return self._receipt(movement)

    def _cancel(self, movement: Movement) -> Receipt:
        escrow = f"{movement.round}:{MovementKind.ESCROW}:{movement.number}"
        line = self._ledger.line(escrow)
        if self._ledger.line(f"{movement.round}:{MovementKind.RESULT}:1") is not None:
            raise Contradicted(f"a cancel of {escrow} after the result")
        if line is None:
            kind = MovementKind.ESCROW
            self._ledger.book(_line(movement, "tombstone", None)._replace(id=escrow, kind=kind))
        if line is None or not _is_booked(line):
            return Receipt(balance=self._balance(movement.player, movement.amount.currency), applied=False)
        if line != _line(movement, "booked", None)._replace(id=escrow, kind=MovementKind.ESCROW):
            raise Contradicted(f"a cancel of {escrow}, which is of another player or amount")
        if movement.funding is not Funding.FREE and self._spendable(movement) + line.amount >= LIMIT:
            raise Declined(Reason.LIMIT, "the player would have more than 2**53: it goes back when some is spent")
        self._ledger.book(_line(movement, "booked", None))
        self._post(movement, _held(movement), _payer(movement), line.amount)
        return self._receipt(movement)

    def _check(self, movement: Movement) -> None:
        coin = self._coins.get(movement.amount.currency.code)
        if coin is None or coin.currency != movement.amount.currency:
            raise Declined(Reason.CURRENCY, f"this wallet holds {', '.join(self._coins)}")
        if movement.amount.minor < 0:
            raise Declined(Reason.UNREPRESENTABLE, "a movement of less than nothing")

    def _refuse(self, movement: Movement, reason: Reason, message: str) -> Declined:
        """Keep the refusal, so that the same movement is never booked later."""
        self._ledger.book(_line(movement, "declined", reason))
        return Declined(reason, message)

    def _post(self, movement: Movement, source: str, target: str, amount: int) -> None:
        self._ledger.post(movement.id, movement.amount.currency.code, source, target, amount, self._now())

    def _arrives(self, name: str, coin: Coins) -> Player:
        code, account = coin.currency.code, f"player:{name}"
        self._welcome(name, coin)
        rule, balance = coin.refill, self._ledger.balance(code, account)
        if rule is not None and balance < rule.below:
            last = self._ledger.last(f"refill:{name}", code)
            if last is None or self._now() - last >= rule.every:
                self._ledger.post(f"refill:{name}", code, HOUSE, account, rule.to - balance, self._now())
        return self._player(name, coin.currency)

    def _welcome(self, name: str, coin: Coins) -> None:
        code, account = coin.currency.code, f"player:{name}"
        if not self._ledger.has(code, account):
            self._ledger.open(code, account)
            self._ledger.post(f"opening:{name}", code, HOUSE, account, coin.opening, self._now())

    def _grant(self, name: str, amount: int, note: str, coin: Coins) -> Money | None:
        code, account = coin.currency.code, f"player:{name}"
        if coin.opening + self._ledger.balance(code, account) + amount >= LIMIT:
            return None
        self._welcome(name, coin)
        self._ledger.post(f"grant:{note}", code, HOUSE, account, amount, self._now())
        return self._balance(name, coin.currency)

    def _spendable(self, movement: Movement) -> int:
        return self._ledger.balance(movement.amount.currency.code, _player(movement))

    def _balance(self, name: str, currency: Currency) -> Money:
        return Money(self._ledger.balance(currency.code, f"player:{name}"), currency)

    def _player(self, name: str, currency: Currency) -> Player:
        return Player(id=name, currency=currency, balance=self._balance(name, currency), handle=name)

    def _receipt(self, movement: Movement) -> Receipt:
        balance = self._balance(movement.player, movement.amount.currency)
        return Receipt(reference=movement.id, balance=balance)


def _line(movement: Movement, status: str, reason: Reason | str | None) -> Line:
    amount = movement.amount
    return Line(
        id=movement.id,
        round=movement.round,
        kind=movement.kind,
        player=movement.player,
        currency=amount.currency.code,
        amount=amount.minor,
        funding=movement.funding,
        status=status,
        reason=reason,
    )


def _is_booked(line: Line | None) -> bool:
    return line is not None and line.status == "booked"


def _player(movement: Movement) -> str:
    return f"player:{movement.player}"


def _payer(movement: Movement) -> str:
    """Whose money a stake is."""
    return HOUSE if movement.funding is Funding.FREE else _player(movement)


def _held(movement: Movement) -> str:
    return f"held:{movement.round}"


def backend(options: Mapping[str, object], data: Path) -> SocialWallet:
    """The wallet as `rgs.yaml` describes it (`adapters.backends.coins.described`). Its books are below `data`, in `file`:
    each operator of play money has its own. Raises `ValueError`.
    """
    coins = dict(options)
    file = coins.pop("file", FILE)
    if not isinstance(file, str) or not _FILE_NAME.match(file) or file == "rgs.sqlite":
        raise ValueError(f"file: {file!r}; a name like {FILE}, below the data directory")
    return SocialWallet(data / file, *described(coins))
