"""An operator, and the network to it, of the worst kind that its traits allow. Shares no code with our wallets."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from ports.money import Money
from ports.wallet import (
    Contradicted,
    Declined,
    Funding,
    Movement,
    MovementKind,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
)
from tests.simulation.time import VirtualClock

OPENING = 1_000_000


@dataclass
class Booking:
    """What the operator's books say of one movement."""

    movement: Movement
    effect: int
    at: datetime


@dataclass
class Operator:
    """The operator's books: free money, held money, the house; and what it remembers of what it was sent."""

    traits: Traits
    says_whether: bool
    """It tells an unknown escrow apart when it is asked to cancel one; False: it just says ok."""
    free: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    house: int = 0
    booked: dict[str, Booking] = field(default_factory=dict)
    tombs: set[str] = field(default_factory=set)
    refused: dict[str, Declined] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)
    spoilt: set[str] = field(default_factory=set)
    """Rounds of which it booked something else than was asked."""

    def total(self) -> int:
        return sum(self.free.values()) + sum(self.held.values()) + self.house

    def process(self, movement: Movement, now: datetime) -> Receipt:
        """What happens when a request arrives, for the first time or again."""
        known = self.booked.get(movement.id)
        window = self.traits.idempotency_window
        if known is not None and (window is None or movement.kind is MovementKind.CANCEL or now - known.at < window):
            if movement.round in self.spoilt:
                raise Contradicted("this is booked otherwise")
            assert known.movement == movement, "a repeat differs from what was sent first"
            return self._receipt(movement)
        if movement.id in self.refused:
            raise self.refused[movement.id]
        if movement.kind is MovementKind.ESCROW:
            return self._escrow(movement, now)
        if movement.kind is MovementKind.RESULT:
            return self._result(movement, now)
        return self._cancel(movement, now)

    def _escrow(self, movement: Movement, now: datetime) -> Receipt:
        if movement.id in self.tombs:
            raise Declined(Reason.OTHER, "cancelled before it came")
        amount = 0 if movement.funding is Funding.FREE else movement.amount.minor
        if self.free[movement.player] < amount:
            self.refused[movement.id] = Declined(Reason.INSUFFICIENT_FUNDS, "not enough", code="100")
            raise self.refused[movement.id]
        self.free[movement.player] -= amount
        self.held[movement.round] += amount
        self._book(movement, amount, now)
        return self._receipt(movement)

    def _result(self, movement: Movement, now: datetime) -> Receipt:
        for escrow in movement.escrows:
            assert escrow.id in self.booked, "a result for an escrow that was never booked"
        assert movement.round not in self.cancelled_rounds(), "a result for a round that was cancelled"
        self.house += self.held.pop(movement.round, 0)
        self.house -= movement.amount.minor
        self.free[movement.player] += movement.amount.minor
        self._book(movement, movement.amount.minor, now)
        return self._receipt(movement)

    def _cancel(self, movement: Movement, now: datetime) -> Receipt:
        escrow = f"{movement.round}:escrow:{movement.number}"
        if escrow not in self.booked:
            if self.traits.tombstones:
                self.tombs.add(escrow)
            return Receipt(applied=False if self.says_whether else None)
        assert f"{movement.round}:result:1" not in self.booked, "a cancel after the result"
        amount = self.booked[escrow].effect
        self.held[movement.round] -= amount
        self.free[movement.player] += amount
        self._book(movement, amount, now)
        return self._receipt(movement)

    def cancelled_rounds(self) -> set[str]:
        return {b.movement.round for b in self.booked.values() if b.movement.id.endswith(":cancel:1")}

    def _book(self, movement: Movement, effect: int, now: datetime) -> None:
        self.booked[movement.id] = Booking(movement, effect, now)
        self.moved[movement.id] += 1
        assert self.moved[movement.id] == 1

    def _receipt(self, movement: Movement) -> Receipt:
        balance = Money(self.free[movement.player], movement.amount.currency)
        return Receipt(reference=f"op-{movement.id}", balance=balance)


class Network:
    """The wallet port over a network that loses, delays, doubles and reorders; faults are drawn from the seed."""

    FAULTS = ("lost before", "lost after", "late", "doubled", "refused", "server error", "garbled", "contradicted")

    def __init__(self, operator: Operator, clock: VirtualClock, chance: Random, rate: float, hook: "Hook") -> None:
        self.operator = operator
        self._clock = clock
        self._chance = chance
        self.rate = rate
        self._hook = hook
        self._travelling: list[tuple[datetime, Movement]] = []
        self.down: frozenset[MovementKind] = frozenset()
        """Calls that get no answer at all just now."""
        self.hits: Counter[str] = Counter()

    @property
    def traits(self) -> Traits:
        return self.operator.traits

    def player(self, token: str, game: str) -> Player:
        raise AssertionError("sessions are made by hand here")

    def refresh(self, player: Player, game: str) -> Player:
        return player

    def escrow(self, movement: Movement) -> Receipt:
        return self._call(movement)

    def result(self, movement: Movement) -> Receipt:
        return self._call(movement)

    def cancel(self, movement: Movement) -> Receipt:
        return self._call(movement)

    def query(self, movement: Movement) -> Receipt | None:
        if self._chance.random() < self.rate:
            raise Unconfirmed("no answer to the query")
        booking = self.operator.booked.get(movement.id)
        return None if booking is None else Receipt(reference=f"op-{movement.id}")

    def settle(self) -> None:
        """Let everything arrive that is due by now."""
        due = [item for item in self._travelling if item[0] <= self._clock.now()]
        self._travelling = [item for item in self._travelling if item[0] > self._clock.now()]
        for _, movement in due:
            self._arrive(movement)

    def _arrive(self, movement: Movement) -> None:
        try:
            self.operator.process(movement, self._clock.now())
        except (Declined, Contradicted):
            pass

    def _call(self, movement: Movement) -> Receipt:
        stalled = self._hook.at(f"before {movement.kind}", movement.round)
        self._clock.tick(timedelta(milliseconds=self._chance.randint(1, 300)))
        self.settle()
        fault = "none" if stalled else self._fault(movement)
        self.hits[f"{fault} {movement.kind}"] += 1
        receipt = self._answer(movement, fault)
        self._hook.at(f"after {movement.kind}", movement.round)
        return receipt

    def _fault(self, movement: Movement) -> str:
        """What happens to this call."""
        if movement.kind in self.down:
            return "lost after" if self._chance.random() < 0.5 else "lost before"
        if self._chance.random() >= self.rate:
            return "none"
        fault = self._chance.choice(self.FAULTS)
        return "lost after" if fault == "contradicted" and self._chance.random() < 0.8 else fault

    def _answer(self, movement: Movement, fault: str) -> Receipt:
        now = self._clock.now()
        if fault in ("lost before", "server error") and self._chance.random() < 0.7:
            raise Unconfirmed(fault)
        if fault == "refused":
            raise Declined(Reason.OTHER, "not now")
        if fault == "late":
            delay = self.traits.in_flight * self._chance.random() * 0.99
            self._travelling.append((now + delay, movement))
            raise Unconfirmed("time-out")
        if fault == "contradicted" and movement.kind is MovementKind.ESCROW and movement.id not in self.operator.booked:
            self.operator.spoilt.add(movement.round)
            movement = replace(movement, amount=movement.amount + Money(1, movement.amount.currency))
        receipt = self.operator.process(movement, now)
        if fault == "doubled":
            delay = self.traits.in_flight * self._chance.random() * 0.99
            self._travelling.append((now + delay, movement))
        if fault in ("lost before", "lost after", "server error", "garbled"):
            raise Unconfirmed(fault)
        if fault == "contradicted":
            raise Contradicted("the answer is about somebody else")
        return receipt


class Hook:
    """Where the world may crash a process, or let another one in."""

    def at(self, point: str, round: str) -> bool:
        """Called at every boundary between us and the rest; says whether it took longer than a request may travel."""
        return False
