"""The desk: what the house's staff decides about rounds, never alone where facts contradict each other.

    cancel     give a stake back, as long as nothing was drawn
    dispute    stop a round that does not come to its end, because its operator refuses what is owed, or is gone
    propose    say how a disputed round should end; changes nothing but the record
    confirm    a second person agrees, and it is done
    correct    propose a round that puts an ended one right; it too is confirmed by a second person

Staff never draws, and no record is ever changed: a decision is one more version.
"""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from core import book
from core.book import ESCROW, RESULT
from core.errors import BadRequest, Forbidden, NotFound, WrongState
from core.house import check_round_id, owed
from core.lifecycle import Lifecycle
from core.sender import Sender
from core.walker import Walker
from ports.clock import Clock
from ports.money import LIMIT
from ports.record import Kind, Round, State, Status
from ports.rounds import RoundStore
from ports.wallet import Funding

PROPOSAL = "proposal: "
PATIENCE = timedelta(minutes=10)
"""A round must have come no further for so long before staff may stop it."""
OWING = frozenset({State.DRAWN, State.CANCELLING, State.RAISING})
"""Something is owed to the player, or to be given back, and the operator has not confirmed it."""


class Decision(StrEnum):
    """How a disputed round may end."""

    RETRY = "retry"
    """Go on with what is owed: the result if it was drawn, else the stake goes back."""
    SETTLED = "settled"
    """The operator and we agree, outside this system, that the win on record is paid."""
    CANCELLED = "cancelled"
    """The operator and we agree, outside this system, that the stake went back."""


class Desk:
    """Staff's decisions. `actor` is "staff:NAME" of a person the caller has made sure of."""

    def __init__(
        self, *, rounds: RoundStore, lifecycle: Lifecycle, walker: Walker, sender: Sender, clock: Clock
    ) -> None:
        self._rounds = rounds
        self._sender = sender
        self._lifecycle = lifecycle
        self._walker = walker
        self._clock = clock

    def find(self, id: str) -> Round:
        """Any round. Raises `NotFound`."""
        round = self._rounds.load(id)
        if round is None:
            raise NotFound(f"there is no round {id}")
        return round

    def cancel(self, id: str, actor: str, reason: str) -> Round:
        """Give the stake back and walk on. Raises `NotFound`, `WrongState` once something was drawn."""
        round = self.find(id)
        if round.state not in (State.OPENED, State.ESCROWED):
            raise WrongState(round, "a cancel")
        return self._walker.walk(self._lifecycle.give_back(round, actor, reason), actor)

    def dispute(self, id: str, actor: str, reason: str) -> Round:
        """Stop a round that is owed something and does not come to its end: two people say then how it ends (`propose`).

        Nothing that is owed is lost by it: `retry` goes on where it stopped. Raises `NotFound`, `WrongState`, `BadRequest`
        for one that came further within the last ten minutes.
        """
        round = self.find(id)
        if round.state not in OWING:
            raise WrongState(round, "a dispute")
        if self._clock.now() - round.time < PATIENCE:
            raise BadRequest(f"the round came as far as this at {round.time:%H:%M:%S} UTC; give it ten minutes")
        return self._lifecycle.decide(round, State.DISPUTED, actor, f"stopped: {reason}", round.entries)

    def propose(self, id: str, decision: Decision, actor: str, reason: str) -> Round:
        """Put on record how a disputed round should end. Raises `NotFound`, `WrongState`, `BadRequest`."""
        round = self._disputed(id)
        if decision is Decision.SETTLED and book.find(round.entries, RESULT, 1) is None:
            raise BadRequest("nothing was drawn in this round: it cannot be settled")
        if decision is Decision.CANCELLED and book.find(round.entries, RESULT, 1) is not None:
            raise BadRequest("this round was drawn: it cannot be cancelled")
        return self._lifecycle.decide(round, State.DISPUTED, actor, f"{PROPOSAL}{decision}: {reason}", round.entries)

    def confirm(self, id: str, decision: Decision, actor: str) -> Round:
        """Agree with the proposal of somebody else, and do it. Raises `NotFound`, `WrongState`, `Forbidden`, `BadRequest`."""
        round = self._disputed(id)
        words = round.reason or ""
        if not words.startswith(f"{PROPOSAL}{decision}: "):
            raise BadRequest(f"{decision} is not what was proposed last: {words or 'nothing'}")
        if round.actor == actor:
            raise Forbidden("a second person has to confirm")
        reason = f"{words.removeprefix(PROPOSAL)} (proposed by {round.actor})"
        state, entries = self._ended(round, decision)
        return self._walker.walk(self._lifecycle.decide(round, state, actor, reason, entries), actor)

    def correct(self, id: str, amount: int, correction: str, actor: str, reason: str) -> Round:
        """Propose that the operator pays the player `amount` minor units more for a round that has ended.

        It is a round of its own, `correction` (a new UUID), which names the old one; `confirm(correction, RETRY)` by a
        second person sends it. Raises `NotFound`, `WrongState` while the old round goes on, `BadRequest`, also where the
        operator's protocol has no such payment, and `Unconfirmed` while no backend is configured for it.
        """
        round = self.find(id)
        if not round.final:
            raise WrongState(round, "a correction")
        if not self._sender.traits(round).corrections:
            raise BadRequest(
                f"the protocol of {round.terms.operator} pays nothing without a bet: it has to be paid there"
            )
        check_round_id(correction)
        if not 1 <= amount < LIMIT:
            raise BadRequest("a correction is 1 to 2**53-1 minor units")
        now = self._clock.now()
        terms = replace(
            round.terms,
            kind=Kind.CORRECTION,
            stake=0,
            cost=0,
            funding=Funding.FREE,
            reward=None,
            cap=amount,
            accepted=now,
            deadline=now,
            corrects=round.id,
        )
        words = f"{PROPOSAL}{Decision.RETRY}: {reason}"
        return self._lifecycle.open(owed(correction, terms, amount, State.DISPUTED, actor, now, words))

    def _disputed(self, id: str) -> Round:
        round = self.find(id)
        if round.state is not State.DISPUTED:
            raise WrongState(round, "a decision")
        return round

    def _ended(self, round: Round, decision: Decision) -> tuple[State, book.Entries]:
        """The state and the book that the decision leads to."""
        now = self._clock.now()
        result = book.find(round.entries, RESULT, 1)
        if decision is Decision.SETTLED:
            return State.SETTLED, book.by_hand(round.entries, RESULT, Status.CONFIRMED)
        if decision is Decision.CANCELLED:
            return State.CANCELLED, book.by_hand(round.entries, ESCROW, Status.RETURNED)
        if result is not None:
            return State.DRAWN, book.changed(round.entries, result, since=now)
        return State.CANCELLING, book.with_cancels(round.entries, now)
