"""Faults: everything that an operator, and the network to it, can do to a call; and when it does it.

    house -> [ network to the operator | the operator books it | network back ] -> house
              before: nothing moved      liar: books otherwise    after: moved, and nobody knows

A fault is decided at the wallet port, so it fits every backend. `Faulty` is a wallet like any other.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import RLock

from ports.money import Currency, Money
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

CALLS = ("player", "refresh", "escrow", "result", "cancel", "query")
MOVES = ("escrow", "result", "cancel")
SLOW = 2.9
"""Seconds of a slow answer: just below the three that many aggregators allow."""


class Effect(StrEnum):
    """What becomes of the call itself."""

    BEFORE = "before"
    """It never arrives."""
    AFTER = "after"
    """It is processed."""
    LATE = "late"
    """It arrives later: when `Faulty.deliver` is called."""
    TWICE = "twice"
    """It is processed two times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to go wrong."""

    name: str
    effect: Effect
    answer: Callable[[Receipt], Receipt] | None = None
    """What is made of the true answer; None: `error` is raised instead."""
    error: Callable[[], Exception] | None = None
    calls: tuple[str, ...] = MOVES
    about: str
    lies: bool = False
    """The operator's books and its words differ: the lamps must turn red, or people must decide."""


def _no_answer(said: str) -> Callable[[], Exception]:
    return lambda: Unconfirmed(said)


def _refusal(reason: Reason, said: str, code: str) -> Callable[[], Exception]:
    return lambda: Declined(reason, said, code=code)


def _elsewhere(said: str) -> Callable[[], Exception]:
    return lambda: Contradicted(said)


def _other_currency(receipt: Receipt) -> Receipt:
    amount = 0 if receipt.balance is None else receipt.balance.minor
    return replace(receipt, balance=Money(amount, Currency("XTS", 2)))


def _slowly(receipt: Receipt) -> Receipt:
    time.sleep(SLOW)
    return receipt


def _faults() -> list[Fault]:
    lost, known = (Effect.BEFORE, Effect.AFTER), ("player", "refresh", *MOVES, "query")
    silences = {
        "time-out": ("no answer in time", lost),
        "reset": ("the connection was cut", lost),
        "server error 500": ("answered 500", lost),
        "server error 503": ("answered 503", lost),
        "malformed answer": ("the answer is no JSON", lost),
        "html page": ("the answer is an HTML page", lost),
        "bad signature": ("the answer is not signed by the operator", lost),
        "rate limited": ("answered 429", (Effect.BEFORE,)),
        "truncated answer": ("the answer ends in the middle", (Effect.AFTER,)),
        "wrong schema": ("the balance is missing in the answer", (Effect.AFTER,)),
        "huge answer": ("the answer is longer than is read", (Effect.AFTER,)),
    }
    found = [
        Fault(name=f"{name} {effect}", effect=effect, error=_no_answer(said), calls=known, about=_about(effect))
        for name, (said, effects) in silences.items()
        for effect in effects
    ]
    refusals = {
        "unreachable": (Reason.UNREACHABLE, "no connection could be made", CALLS),
        "insufficient funds": (Reason.INSUFFICIENT_FUNDS, "not enough money", MOVES),
        "limit": (Reason.LIMIT, "beyond the player's limit", MOVES),
        "player blocked": (Reason.PLAYER_BLOCKED, "the player is blocked", known),
        "session expired": (Reason.SESSION_INVALID, "the session has ended", known),
        "refused": (Reason.OTHER, "refused", MOVES),
    }
    found += [
        Fault(name=n, effect=Effect.BEFORE, error=_refusal(r, said, n), calls=calls, about="Refused; nothing moved.")
        for n, (r, said, calls) in refusals.items()
    ]
    strangers = {"another player", "another movement", "another amount"}
    found += [
        Fault(name=n, effect=Effect.AFTER, error=_elsewhere(f"the answer is about {n}"), about="Booked; answers amiss.")
        for n in sorted(strangers)
    ]
    return [*found, *_liars(), *_oddities()]


def _about(effect: Effect) -> str:
    return "Nothing arrived, nothing moved." if effect is Effect.BEFORE else "The operator booked it; we cannot know."


def _oddities() -> list[Fault]:
    same: Callable[[Receipt], Receipt] = lambda receipt: receipt  # noqa: E731
    return [
        Fault(name="another currency", effect=Effect.AFTER, answer=_other_currency, about="The balance is in XTS."),
        Fault(name="doubled", effect=Effect.TWICE, answer=same, about="The network delivers it twice."),
        Fault(
            name="late", effect=Effect.LATE, error=_no_answer("no answer yet"), about="It arrives after our next call."
        ),
        Fault(name="slow", effect=Effect.AFTER, answer=_slowly, about=f"Right, after {SLOW} seconds."),
        Fault(
            name="broken adapter",
            effect=Effect.AFTER,
            error=lambda: RuntimeError("the adapter broke"),
            about="Booked; then the adapter raises what it must not.",
        ),
    ]


def _liars() -> list[Fault]:
    return [
        Fault(
            name="refused but booked",
            effect=Effect.AFTER,
            error=_refusal(Reason.OTHER, "refused, it says", "liar"),
            about="The operator says no, and books it all the same.",
            lies=True,
        ),
        Fault(
            name="forgotten",
            effect=Effect.BEFORE,
            answer=lambda receipt: receipt,
            about="The operator says yes, and has forgotten it: restored from a backup.",
            lies=True,
        ),
        Fault(
            name="denied",
            effect=Effect.AFTER,
            answer=lambda receipt: replace(receipt, applied=False),
            calls=("cancel",),
            about="The operator gives the stake back, and says that it knows of none.",
            lies=True,
        ),
    ]


FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _faults()}


@dataclass(frozen=True, slots=True)
class When:
    """Which of the calls a fault strikes: `next`, `always`, `every 3`, `25%`, or a script such as `0110`."""

    text: str

    def __post_init__(self) -> None:
        try:
            self.strikes(1)
        except (ValueError, ZeroDivisionError):
            raise ValueError(
                f"{self.text!r} is none of: next, always, every 3, 25%, or a script such as 0110"
            ) from None

    def strikes(self, count: int) -> bool:
        """Whether call number `count` (from 1) is struck."""
        text = self.text
        if text == "next":
            return count == 1
        if text == "always":
            return True
        if text.startswith("every "):
            return count % int(text[6:]) == 0
        if text.endswith("%"):
            return secrets.randbelow(10_000) < round(float(text[:-1]) * 100)
        if not text or set(text) - {"0", "1"}:
            raise ValueError(text)
        return count <= len(text) and text[count - 1] == "1"

    def over(self, count: int) -> bool:
        """Nothing is struck after call number `count`."""
        if self.text == "next":
            return count >= 1
        return not set(self.text) - {"0", "1"} and count >= len(self.text)


@dataclass(slots=True)
class Armed:
    """A fault in waiting."""

    call: str
    fault: Fault
    when: When
    calls: int = 0
    hits: int = 0

    def __str__(self) -> str:
        return f"{self.call}: {self.fault.name} ({self.when.text})"


@dataclass(slots=True)
class Faulty:
    """A `ports.wallet.Wallet` whose calls go wrong as ordered; otherwise the wallet that it holds."""

    wallet: Wallet
    armed: list[Armed] = field(default_factory=list)
    pretended: Traits | None = None
    """What it says of itself instead of what the wallet says: to try what recovery does with other operators."""
    _late: list[Callable[[], object]] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def arm(self, call: str, fault: str, when: str = "next") -> Armed:
        """Order a fault. Raises `ValueError` for what there is not."""
        known = FAULTS.get(fault)
        if known is None:
            raise ValueError(f"there is no fault {fault!r}; there are: {', '.join(FAULTS)}")
        if call not in known.calls:
            raise ValueError(f"{fault!r} does not happen to {call!r}, only to {', '.join(known.calls)}")
        armed = Armed(call, known, When(when))
        with self._lock:
            self.armed.append(armed)
        return armed

    def disarm(self) -> None:
        """All calls go well again. What is late still arrives."""
        with self._lock:
            self.armed.clear()

    def deliver(self) -> int:
        """Let everything arrive that was late; how many there were."""
        with self._lock:
            late, self._late = self._late, []
        for arrive in late:
            try:
                arrive()
            except WalletError:
                pass
        return len(late)

    @property
    def traits(self) -> Traits:
        """Those of the wallet, or the pretended ones."""
        return self.pretended or self.wallet.traits

    def player(self, token: str, game: str) -> Player:
        """The wallet's, or a fault."""
        fault = self._struck("player")
        self._refuse(fault, lambda: self.wallet.player(token, game))
        return self.wallet.player(token, game)

    def refresh(self, player: Player, game: str) -> Player:
        """The wallet's, or a fault."""
        fault = self._struck("refresh")
        self._refuse(fault, lambda: self.wallet.refresh(player, game))
        return self.wallet.refresh(player, game)

    def escrow(self, movement: Movement) -> Receipt:
        """The wallet's, or a fault."""
        return self._move("escrow", movement, self.wallet.escrow)

    def result(self, movement: Movement) -> Receipt:
        """The wallet's, or a fault."""
        return self._move("result", movement, self.wallet.result)

    def cancel(self, movement: Movement) -> Receipt:
        """The wallet's, or a fault."""
        return self._move("cancel", movement, self.wallet.cancel)

    def query(self, movement: Movement) -> Receipt | None:
        """The wallet's, or a fault."""
        self._refuse(self._struck("query"), lambda: self.wallet.query(movement))
        return self.wallet.query(movement)

    def _move(self, call: str, movement: Movement, send: Callable[[Movement], Receipt]) -> Receipt:
        fault = self._struck(call)
        if fault is None:
            receipt = send(movement)
            self.deliver()
            return receipt
        if fault.effect is Effect.BEFORE and fault.answer is not None:
            return fault.answer(Receipt(reference=movement.id, balance=None))
        self._refuse(fault, lambda: send(movement))
        receipt = send(movement)
        if fault.effect is Effect.TWICE:
            receipt = send(movement)
        assert fault.answer is not None
        return fault.answer(receipt)

    def _refuse(self, fault: Fault | None, send: Callable[[], object]) -> None:
        """Raise the fault's error, if that is what it does, once the call got as far as it gets."""
        if fault is None or fault.error is None:
            return
        if fault.effect is Effect.LATE:
            with self._lock:
                self._late.append(send)
        elif fault.effect is Effect.AFTER:
            try:
                send()
            except WalletError:
                pass
        raise fault.error()

    def _struck(self, call: str) -> Fault | None:
        """The fault that strikes this call; each armed one counts it."""
        with self._lock:
            struck: Fault | None = None
            for armed in [a for a in self.armed if a.call == call]:
                armed.calls += 1
                if struck is None and armed.when.strikes(armed.calls):
                    armed.hits += 1
                    struck = armed.fault
                if armed.when.over(armed.calls):
                    self.armed.remove(armed)
            return struck
