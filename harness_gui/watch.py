"""Watching without touching: decorators of the wallet and of the round store that write the journal."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from harness_gui.deck import Deck
from harness_gui.journal import Call, Journal
from harness_gui.outside import Outside
from ports.archive import AuditedRounds, Stored
from ports.money import Currency
from ports.record import Round
from ports.rounds import Page, Pending
from ports.wallet import Declined, Movement, Player, Receipt, Traits, Wallet, WalletError

T = TypeVar("T")


class WatchedWallet:
    """A `ports.wallet.Wallet` that notes each call, as the house sees it: behind all faults."""

    def __init__(self, operator: str, wallet: Wallet, journal: Journal, deck: Deck) -> None:
        self._operator = operator
        self._wallet = wallet
        self._journal = journal
        self._deck = deck

    @property
    def traits(self) -> Traits:
        """Those of the wallet."""
        return self._wallet.traits

    def player(self, token: str, game: str) -> Player:
        """Pass on, and note."""
        call = self._journal.call(self._operator, "player", amount=None, currency="", game=game)
        player = self._note(call, lambda: self._wallet.player(token, game))
        self._balance(call, player)
        return player

    def refresh(self, player: Player, game: str) -> Player:
        """Pass on, and note."""
        call = self._journal.call(self._operator, "refresh", amount=None, currency=player.currency.code, game=game)
        now = self._note(call, lambda: self._wallet.refresh(player, game))
        self._balance(call, now)
        return now

    def escrow(self, movement: Movement) -> Receipt:
        """Pass on, and note; the deck learns that this round draws next."""
        self._deck.paid(None)
        receipt = self._move("escrow", movement, self._wallet.escrow)
        if movement.number == 1:
            self._deck.paid(movement.round)
        return receipt

    def result(self, movement: Movement) -> Receipt:
        """Pass on, and note."""
        return self._move("result", movement, self._wallet.result)

    def cancel(self, movement: Movement) -> Receipt:
        """Pass on, and note."""
        return self._move("cancel", movement, self._wallet.cancel)

    def query(self, movement: Movement) -> Receipt | None:
        """Pass on, and note."""
        call = self._begin("query", movement)
        receipt = call.receipt = self._note(call, lambda: self._wallet.query(movement))
        call.detail = "not booked" if receipt is None else f"booked as {receipt.reference}"
        return receipt

    def _move(self, name: str, movement: Movement, send: Callable[[Movement], Receipt]) -> Receipt:
        call = self._begin(name, movement)
        receipt = call.receipt = self._note(call, lambda: send(movement))
        call.balance = None if receipt.balance is None else receipt.balance.minor
        said = [f"reference {receipt.reference}"] if receipt.reference else []
        if receipt.applied is not True:
            said.append({False: "it knows of no such escrow", None: "it does not say whether"}[receipt.applied])
        call.detail = "; ".join([*said, *receipt.messages])
        return receipt

    def _begin(self, name: str, movement: Movement) -> Call:
        return self._journal.call(
            self._operator,
            name,
            round=movement.round,
            movement=movement.id,
            amount=movement.amount.minor,
            currency=movement.amount.currency.code,
        )

    def _note(self, call: Call, ask: Callable[[], T]) -> T:
        begun = time.perf_counter()
        try:
            answer = ask()
        except WalletError as problem:
            call.seconds = time.perf_counter() - begun
            code = f" (code {problem.code})" if problem.code else ""
            call.detail = f"{problem}{code}"
            call.message, call.code = str(problem), problem.code
            call.reason = str(problem.reason) if isinstance(problem, Declined) else ""
            self._journal.answered(call, type(problem).__name__.lower())
            raise
        except Exception as problem:
            call.seconds = time.perf_counter() - begun
            call.detail = call.message = repr(problem)
            self._journal.answered(call, "broken")
            raise
        call.seconds = time.perf_counter() - begun
        self._journal.answered(call, "receipt")
        return answer

    def _balance(self, call: Call, player: Player) -> None:
        call.detail = f"player {player.id}"
        call.currency = player.currency.code
        call.balance = None if player.balance is None else player.balance.minor


class WatchedRounds:
    """A `ports.archive.AuditedRounds` that notes each version once it is durable."""

    def __init__(self, rounds: AuditedRounds, journal: Journal, deck: Deck, outside: Outside) -> None:
        self._rounds = rounds
        self._journal = journal
        self._deck = deck
        self._outside = outside

    def add(self, *versions: Round) -> None:
        """Keep, then note."""
        self._rounds.add(*versions)
        for version in versions:
            forced = version.terms.forced
            if version.version == 1 and forced and version.hosted:
                self._deck.marked(version.id)
            if version.final:
                self._deck.ended(version.id)
            if forced and not version.hosted:
                self._outside.recorded(version)
            self._journal.write(
                version.id,
                version=version.version,
                state=str(version.state),
                reason=version.reason,
                actor=version.actor,
                digest=version.digest,
                forced=forced,
            )

    def load(self, round: str) -> Round | None:
        """As the store says."""
        return self._rounds.load(round)

    def versions(self, round: str) -> Sequence[Round]:
        """As the store says."""
        return self._rounds.versions(round)

    def open_round(self, operator: str, player: str, game: str) -> Round | None:
        """As the store says."""
        return self._rounds.open_round(operator, player, game)

    def held(self, operator: str, player: str, currency: Currency) -> int:
        """As the store says."""
        return self._rounds.held(operator, player, currency)

    def history(self, operator: str, player: str, *, game: str | None, limit: int, cursor: str | None) -> Page:
        """As the store says."""
        return self._rounds.history(operator, player, game=game, limit=limit, cursor=cursor)

    def rewarded(self, operator: str, player: str, reward: str) -> Sequence[Round]:
        """As the store says."""
        return self._rounds.rewarded(operator, player, reward)

    def unfinished(self) -> Sequence[str]:
        """As the store says."""
        return self._rounds.unfinished()

    def disputed(self) -> Sequence[str]:
        """As the store says."""
        return self._rounds.disputed()

    def pending(self) -> Sequence[Pending]:
        """As the store says."""
        return self._rounds.pending()

    def records(self) -> Iterator[Stored]:
        """As the store says."""
        return self._rounds.records()

    def unsealed(self) -> Sequence[Stored]:
        """As the store says."""
        return self._rounds.unsealed()

    def seals(self) -> Sequence[bytes]:
        """As the store says."""
        return self._rounds.seals()

    def add_seal(self, seal: bytes, upto: int) -> None:
        """As the store does."""
        self._rounds.add_seal(seal, upto)
