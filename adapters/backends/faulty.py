"""A wallet whose calls break on command: a decorator of any `ports.wallet.Wallet`, for tests and for the bench.

    caller -> [ before: the wallet never hears of it ] -> wallet -> [ after: it did, and the answer is spoilt ] -> caller

It raises nothing that a wallet may not raise. With nothing armed it is the wallet that it holds.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TypeVar

from ports.wallet import (
    Contradicted,
    Declined,
    Movement,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
    Wallet,
    WalletError,
)

LOGGED = 10_000
"""Lines of the log that are kept."""
Answer = TypeVar("Answer")


class Call(StrEnum):
    """The methods of a wallet."""

    PLAYER = "player"
    REFRESH = "refresh"
    ESCROW = "escrow"
    RESULT = "result"
    CANCEL = "cancel"
    QUERY = "query"


class Fault(StrEnum):
    """What can become of a call."""

    LOST_BEFORE = "lost before"
    """No answer, and the wallet never heard of it."""
    LOST_AFTER = "lost after"
    """No answer, whatever the wallet did and said."""
    SERVER_ERROR = "server error"
    """Answered 500; the wallet did nothing."""
    REFUSED = "refused"
    NO_FUNDS = "declined for funds"
    CONTRADICTED = "contradicted"
    """The wallet did it; the answer is about something else."""
    UNREACHABLE = "unreachable"
    """No connection could be made."""
    SLOW_BEFORE = "slow before"
    """The wallet hears of it `seconds` later."""
    SLOW_AFTER = "slow after"
    """The wallet's true answer comes `seconds` later."""


_ERRORS: dict[Fault, Callable[[], WalletError]] = {
    Fault.LOST_BEFORE: lambda: Unconfirmed("no answer in time"),
    Fault.LOST_AFTER: lambda: Unconfirmed("no answer in time"),
    Fault.SERVER_ERROR: lambda: Unconfirmed("answered 500", code="500"),
    Fault.REFUSED: lambda: Declined(Reason.OTHER, "refused", code="refused"),
    Fault.NO_FUNDS: lambda: Declined(Reason.INSUFFICIENT_FUNDS, "not enough money", code="funds"),
    Fault.CONTRADICTED: lambda: Contradicted("the answer is about another movement"),
    Fault.UNREACHABLE: lambda: Declined(Reason.UNREACHABLE, "no connection could be made"),
}
_BOOKED = frozenset({Fault.LOST_AFTER, Fault.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class When:
    """Which calls a fault strikes: every `every`-th since it was armed; the first of those only, if `once`."""

    every: int = 1
    once: bool = False

    def __post_init__(self) -> None:
        if type(self.every) is not int or self.every < 1:
            raise ValueError(f"every {self.every!r} is no number of calls")


NEXT = When(once=True)
ALWAYS = When()


@dataclass(slots=True)
class Armed:
    """A fault that waits for its call. `seconds` is for the slow ones."""

    call: Call
    fault: Fault
    when: When
    seconds: float
    seen: int = 0
    """Calls since it was armed; one that is for once does not count those that an older fault strikes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One call, as its caller saw it."""

    call: Call
    movement: str | None
    """The movement's id; None where the call has none."""
    fault: Fault | None
    answer: str
    """The class of what was returned or raised: "Receipt", "NoneType", "Declined"."""


class Faulty:
    """The wallet that it holds, but for the faults that are armed. Many threads may call and arm at once."""

    def __init__(self, wallet: Wallet, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._wallet = wallet
        self._sleep = sleep
        self._armed: list[Armed] = []
        self._calls: Counter[Call] = Counter()
        self._struck: Counter[Fault] = Counter()
        self._log: deque[Line] = deque(maxlen=LOGGED)
        self._lock = Lock()

    def arm(self, call: str, fault: str, when: When = NEXT, *, seconds: float = 0.0) -> None:
        """Break this call. Of several armed for it the oldest that is due strikes. Raises `ValueError` for what is not."""
        if seconds < 0:
            raise ValueError(f"{seconds} seconds are in the past")
        armed = Armed(Call(call), Fault(fault), when, seconds)
        with self._lock:
            self._armed.append(armed)

    def disarm_all(self) -> None:
        """From now on nothing breaks. Counters and log stay."""
        with self._lock:
            self._armed.clear()

    @property
    def armed(self) -> Sequence[Armed]:
        """What waits, oldest first."""
        with self._lock:
            return tuple(Armed(a.call, a.fault, a.when, a.seconds, a.seen) for a in self._armed)

    @property
    def calls(self) -> Counter[Call]:
        """How often each method was called."""
        with self._lock:
            return Counter(self._calls)

    @property
    def struck(self) -> Counter[Fault]:
        """How often each fault struck."""
        with self._lock:
            return Counter(self._struck)

    @property
    def log(self) -> Sequence[Line]:
        """The calls in the order in which they were answered, the newest `LOGGED` of them."""
        with self._lock:
            return tuple(self._log)

    @property
    def traits(self) -> Traits:
        """Those of the wallet."""
        return self._wallet.traits

    def player(self, token: str, game: str) -> Player:
        """The wallet's answer, or a fault."""
        return self._through(Call.PLAYER, None, lambda: self._wallet.player(token, game))

    def refresh(self, player: Player, game: str) -> Player:
        """The wallet's answer, or a fault."""
        return self._through(Call.REFRESH, None, lambda: self._wallet.refresh(player, game))

    def escrow(self, movement: Movement) -> Receipt:
        """The wallet's answer, or a fault."""
        return self._through(Call.ESCROW, movement.id, lambda: self._wallet.escrow(movement))

    def result(self, movement: Movement) -> Receipt:
        """The wallet's answer, or a fault."""
        return self._through(Call.RESULT, movement.id, lambda: self._wallet.result(movement))

    def cancel(self, movement: Movement) -> Receipt:
        """The wallet's answer, or a fault."""
        return self._through(Call.CANCEL, movement.id, lambda: self._wallet.cancel(movement))

    def query(self, movement: Movement) -> Receipt | None:
        """The wallet's answer, or a fault."""
        return self._through(Call.QUERY, movement.id, lambda: self._wallet.query(movement))

    def _through(self, call: Call, movement: str | None, send: Callable[[], Answer]) -> Answer:
        armed = self._strike(call)
        said: object = None
        try:
            said = answer = send() if armed is None else self._break(armed, send)
        except Exception as problem:
            said = problem
            raise
        finally:
            line = Line(call, movement, None if armed is None else armed.fault, type(said).__name__)
            with self._lock:
                self._log.append(line)
        return answer

    def _break(self, armed: Armed, send: Callable[[], Answer]) -> Answer:
        if armed.fault is Fault.SLOW_BEFORE:
            self._sleep(armed.seconds)
            return send()
        if armed.fault is Fault.SLOW_AFTER:
            try:
                return send()
            finally:
                self._sleep(armed.seconds)
        if armed.fault in _BOOKED:
            try:
                send()
            except WalletError:
                pass
        raise _ERRORS[armed.fault]()

    def _strike(self, call: Call) -> Armed | None:
        """Count the call for everything armed for it; the fault that strikes it, if any."""
        with self._lock:
            self._calls[call] += 1
            struck: Armed | None = None
            for armed in [armed for armed in self._armed if armed.call is call]:
                if armed.when.once and struck is not None:
                    continue
                armed.seen += 1
                if struck is None and armed.seen % armed.when.every == 0:
                    struck = armed
                    self._struck[armed.fault] += 1
                    if armed.when.once:
                        self._armed.remove(armed)
            return struck
