"""The journal: everything the bench saw, in the one order in which it happened.

    Said    somebody asked or was told something          client
    Call    a call to a wallet, and its answer            house -> wallet
    Write   a version of a round that is durable now      house -> record

A timeline is the journal of one round; the transactions are its calls.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import TypeAlias

from ports.wallet import Receipt

CAPACITY = 200_000
"""Lines kept; beyond it the oldest fifth is forgotten."""


@dataclass(slots=True, kw_only=True)
class Said:
    """What the client asked for, or was told."""

    place: int
    at: datetime
    round: str
    text: str


@dataclass(slots=True, kw_only=True)
class Call:
    """One call to a wallet: begun when it is entered, and filled in when the answer is there."""

    place: int
    at: datetime
    operator: str
    call: str
    """player, refresh, escrow, result, cancel or query."""
    round: str
    """Empty for a call about a player."""
    movement: str
    amount: int | None
    currency: str
    attempt: int
    """1 for the first send of this movement."""
    answer: str = ""
    """receipt, declined, unconfirmed or contradicted; empty while the call is out."""
    detail: str = ""
    """What the answer said, in words."""
    seconds: float | None = None
    balance: int | None = None
    state: str = ""
    """The state that the record had after it."""
    game: str = ""
    """Of a call about a player: where they sit down."""
    answered: int | None = None
    """The place of the line that came next when the answer was there; None while the call is out."""
    receipt: Receipt | None = None
    """The answer to a movement, as the house had it."""
    message: str = ""
    """What an answer that is no receipt said, and `reason` and `code` of it."""
    reason: str = ""
    code: str | None = None


@dataclass(slots=True, kw_only=True)
class Write:
    """A version that the store has confirmed."""

    place: int
    at: datetime
    round: str
    version: int
    state: str
    reason: str | None
    actor: str
    digest: str
    forced: bool


Line: TypeAlias = Said | Call | Write


class Journal:
    """An append-only list that many threads write and one window reads, a little at a time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = RLock()
        self._lines: list[Line] = []
        self._first = 0
        self._next = 0
        self._attempts: Counter[str] = Counter()
        self._of: dict[str, list[Line]] = {}

    def said(self, round: str, text: str) -> None:
        """Note what passed between client and house."""
        with self._lock:
            self._keep(Said(place=self._next, at=self._now(), round=round, text=text))

    def call(
        self,
        operator: str,
        call: str,
        *,
        round: str = "",
        movement: str = "",
        amount: int | None,
        currency: str,
        game: str = "",
    ) -> Call:
        """Begin a call."""
        with self._lock:
            key = f"{movement}/{call}"
            self._attempts[key] += 1
            begun = Call(
                place=self._next,
                at=self._now(),
                operator=operator,
                call=call,
                round=round,
                movement=movement,
                amount=amount,
                currency=currency,
                game=game,
                attempt=self._attempts[key] if movement else 1,
            )
            self._keep(begun)
            return begun

    def write(
        self, round: str, *, version: int, state: str, reason: str | None, actor: str, digest: str, forced: bool
    ) -> None:
        """Note a version, and tell the calls before it which state they led to."""
        with self._lock:
            self._keep(
                Write(
                    place=self._next,
                    at=self._now(),
                    round=round,
                    version=version,
                    state=state,
                    reason=reason,
                    actor=actor,
                    digest=digest,
                    forced=forced,
                )
            )
            calls = [line for line in self._of[round] if isinstance(line, Call)]
            if calls and calls[-1].answer:
                calls[-1].state = state

    def answered(self, call: Call, answer: str) -> None:
        """Note that the answer to a call is there: all else of it is filled in by then."""
        with self._lock:
            call.answer, call.answered = answer, self._next

    def since(self, place: int) -> Sequence[Line]:
        """Every line from this place on, oldest first."""
        with self._lock:
            return self._lines[max(0, place - self._first) :]

    def of(self, round: str) -> Sequence[Line]:
        """The lines of one round."""
        with self._lock:
            return list(self._of.get(round, ()))

    def rounds(self) -> Sequence[str]:
        """Every round that is still remembered, the first heard of first."""
        with self._lock:
            return list(self._of)

    def calls(self) -> Sequence[Call]:
        """Every call that is still remembered."""
        with self._lock:
            return [line for line in self._lines if isinstance(line, Call)]

    def _keep(self, line: Line) -> None:
        self._lines.append(line)
        self._next += 1
        if line.round:
            self._of.setdefault(line.round, []).append(line)
        if len(self._lines) > CAPACITY:
            gone = CAPACITY // 5
            del self._lines[:gone]
            self._first += gone
            self._of = {round: lines for round, lines in self._of.items() if lines[-1].place >= self._first}
