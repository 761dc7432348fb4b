"""One call to a wallet, and what this process knows of its own sends.

A refusal ends a round only if it answers the only send there was (`core.lifecycle`, point 3). That is a fact about one
version of a round: the process that decided an escrow knows that nobody has sent it while that version is the newest.
The version is on record a moment before that is known, and recovery, or the same request again, may find it there: who
asks in that moment waits for its end. Otherwise a stake would be given back that nobody had put in doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, RLock
from weakref import WeakValueDictionary

from core import book
from core.balances import Balances
from core.book import CANCEL, ESCROW, RESULT
from ports import canonical
from ports.clock import Clock
from ports.record import Entry, Round
from ports.sessions import SessionStore
from ports.wallet import Contradicted, Movement, Receipt, Traits, Unconfirmed, Wallet, WalletError
from ports.watch import Watch


class Sender:
    """Sends what is on record to the wallet of its operator, and counts the sends until the movement is done."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        wallets: Mapping[str, Wallet],
        clock: Clock,
        balances: Balances,
        watch: Watch,
    ) -> None:
        self._sessions = sessions
        self._wallets = wallets
        self._clock = clock
        self._balances = balances
        self._watch = watch
        self._sends: dict[str, int] = {}
        """Movement id -> sends by this process, until it is done."""
        self._unsent: dict[str, int] = {}
        """Escrow -> the version on which this process decided it. On that version nobody else can have sent it."""
        self._guard = Lock()
        self._deciding: WeakValueDictionary[str, RLock] = WeakValueDictionary()
        """Escrow -> held while this process puts it on record, and while somebody asks whether it was sent."""

    def traits(self, round: Round) -> Traits:
        """What the round's operator promises. Raises `Unconfirmed` while no backend is configured for it."""
        return self._wallet(round).traits

    def send(self, round: Round, entry: Entry) -> Receipt:
        """One call to the wallet. Raises `WalletError`; an adapter that breaks its promise proves nothing about the money."""
        movement = self._movement(round, entry)
        self._unsent.pop(movement.id, None)
        self._sends[movement.id] = self._sends.get(movement.id, 0) + 1
        operator, start = round.terms.operator, self._clock.monotonic()
        outcome = "unconfirmed"
        try:
            receipt = self._answer(round, movement)
            outcome = "confirmed"
        except WalletError as answer:
            outcome = type(answer).__name__.lower()
            raise
        finally:
            self._watch.called(operator, movement.kind, outcome, self._clock.monotonic() - start)
        return receipt

    def _answer(self, round: Round, movement: Movement) -> Receipt:
        wallet = self._wallet(round)
        call = {ESCROW: wallet.escrow, RESULT: wallet.result, CANCEL: wallet.cancel}[movement.kind]
        receipt = _sound(lambda: call(movement))
        assert receipt is not None
        if receipt.balance is not None and receipt.balance.currency != round.terms.currency:
            raise Contradicted(f"the operator answered in {receipt.balance.currency.code}")
        self._balances.note(round.terms.operator, round.terms.player, receipt.balance)
        return receipt

    def query(self, round: Round, entry: Entry) -> Receipt | None:
        """What the operator booked for a movement, or None if it booked nothing. Raises `WalletError`."""
        wallet, movement = self._wallet(round), self._movement(round, entry)
        receipt = _sound(lambda: wallet.query(movement))
        if receipt is not None:
            self._balances.note(round.terms.operator, round.terms.player, receipt.balance)
        return receipt

    def stale(self, round: Round, entry: Entry) -> bool:
        """What is sent now may arrive when the operator has forgotten what was sent at first: the time in flight is
        counted twice, because this process may be slow to send, too.
        """
        traits = self.traits(round)
        if traits.idempotency_window is None:
            return False
        return self._clock.now() - entry.since + 2 * traits.in_flight >= traits.idempotency_window

    @contextmanager
    def deciding(self, round: Round) -> Iterator[None]:
        """Put this version on record within; if that succeeds, this process decided its newest escrow, and has not sent it.

        Whoever asks meanwhile whether the escrow was sent waits: it can be on record already.
        """
        entry = book.pending(round.entries, ESCROW)
        if entry is None:
            yield
            return
        id = book.movement_id(round, entry)
        with self._alone(id):
            yield
            self._unsent[id] = round.version

    def first(self, round: Round, entry: Entry) -> bool:
        """Whether the next send of this escrow is the first one of anybody."""
        id = book.movement_id(round, entry)
        with self._alone(id):
            return self._unsent.get(id) == round.version

    def took_over(self, round: Round, entry: Entry) -> None:
        """It is on record that this process sends an escrow that others may have sent."""
        self._sends[book.movement_id(round, entry)] = 0

    def sends_it(self, round: Round, entry: Entry) -> bool:
        """Whether this process has sent the movement, or took it over."""
        return book.movement_id(round, entry) in self._sends

    def done(self, round: Round, entry: Entry) -> int:
        """Forget a movement that is done with; returns how often this process sent it."""
        id = book.movement_id(round, entry)
        self._unsent.pop(id, None)
        return self._sends.pop(id, 0)

    def _alone(self, escrow: str) -> RLock:
        with self._guard:
            return self._deciding.setdefault(escrow, RLock())

    def _movement(self, round: Round, entry: Entry) -> Movement:
        session = self._sessions.get(entry.session)
        return book.as_movement(round, entry, "" if session is None else session.handle)

    def _wallet(self, round: Round) -> Wallet:
        try:
            return self._wallets[round.terms.operator]
        except KeyError:
            raise Unconfirmed(f"no backend is configured for operator {round.terms.operator}") from None


def _sound(call: Callable[[], Receipt | None]) -> Receipt | None:
    """An answer that can go on record, whatever it says. An adapter that fails otherwise, or says what cannot (half a
    surrogate pair), proves nothing about the money: `Unconfirmed`.
    """
    try:
        receipt = call()
        if receipt is not None:
            canonical.dump([receipt.reference, receipt.cash, receipt.bonus, dict(receipt.jackpots), receipt.messages])
        return receipt
    except WalletError as answer:
        if _printable(f"{answer}{answer.code}"):
            raise
        raise Unconfirmed("the backend answered what cannot be put on record") from answer
    except Exception as problem:
        raise Unconfirmed(f"the backend failed: {problem!a}") from problem


def _printable(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True
