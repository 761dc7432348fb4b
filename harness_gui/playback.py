"""A round walked again: the real walk over its record, with the recorded answers as the wallet.

    version 1 -> [ what was decided from outside, or `Lifecycle.advance` ] -> version 2 -> ...
                        '-> the wallet: the call that is next in the journal, and its very answer

Each arrow starts from the version on record, and what it leads to is compared with the next one, so that one difference does
not hide the others. What people, players and game servers decide (a choice, a cancel, a draw's request, an agreement) is
taken from the record, as they did. Times and the count of sends are not compared: they are of their day and their process.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

from adapters.storage.memory import MemoryRounds, MemorySessions
from core.balances import Balances
from core.catalogue import Catalogue
from core.lifecycle import Lifecycle
from core.rng import Replay
from core.sender import Sender
from ports.money import Currency, Money
from ports.randomness import Tape
from ports.record import Entry, Round, State
from ports.wallet import (
    Contradicted,
    Declined,
    InDoubt,
    Movement,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
    Wallet,
)
from ports.watch import Nobody

MOVES = ("escrow", "result", "cancel", "query")
FAILED = "game failed: "
"""Of a turn that failed nothing is on record, so it cannot fail again in the same way."""


@dataclass(slots=True)
class Walked:
    """What came of it."""

    differences: list[str] = field(default_factory=list)
    calls: int = 0
    """Answers that were played back."""
    note: str = ""
    """Why it was not walked again, if it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One call to the wallet as the journal has it."""

    place: int
    answered: int
    """The place of the line that came next when the answer was there."""
    at: datetime
    call: str
    movement: str
    amount: int
    currency: str
    give: Callable[[], Receipt | None]
    """Returns, or raises, what the wallet did."""


class _NotRecorded(BaseException):
    """The walk asks for what nobody answered then. No `Exception`: the walk itself must not take it for an answer."""


class _Broken(Exception):
    """An adapter that broke its promise, as it spelt itself."""

    def __repr__(self) -> str:
        return str(self)


def answer(line: Mapping[str, Any]) -> Answer:
    """Read a call of a journal. Raises `KeyError`, `TypeError` or `ValueError` for what is none."""
    return Answer(
        place=int(line["place"]),
        answered=int(line["answered"]),
        at=datetime.fromisoformat(line["at"]),
        call=str(line["call"]),
        movement=str(line["movement"]),
        amount=int(line["amount"]),
        currency=str(line["currency"]),
        give=_giver(line),
    )


def _giver(line: Mapping[str, Any]) -> Callable[[], Receipt | None]:
    message, code = str(line["message"]), line["code"]
    match line["answer"]:
        case "receipt":
            receipt = None if line["receipt"] is None else _receipt(line["receipt"])
            return lambda: receipt
        case "declined":
            return _thrower(lambda: Declined(Reason(line["reason"]), message, code=code))
        case "unconfirmed":
            return _thrower(lambda: Unconfirmed(message, code=code))
        case "contradicted":
            return _thrower(lambda: Contradicted(message, code=code))
        case "broken":
            return _thrower(lambda: _Broken(message))
        case other:
            raise ValueError(f"{other!r} is no answer")


def _thrower(make: Callable[[], Exception]) -> Callable[[], NoReturn]:
    make()

    def throw() -> NoReturn:
        raise make()

    return throw


def _receipt(told: Mapping[str, Any]) -> Receipt:
    balance = told["balance"]
    rest = {name: told[name] for name in ("reference", "cash", "bonus", "jackpots", "applied")}
    money = None if balance is None else Money(balance["minor"], Currency(**balance["currency"]))
    return Receipt(balance=money, messages=tuple(told["messages"]), **rest)


def traits(told: Mapping[str, Any]) -> Traits:
    """Read what a wallet promised; spans are in seconds. Raises `KeyError`, `TypeError` or `ValueError`."""
    window = told["idempotency_window"]
    return Traits(
        real_money=bool(told["real_money"]),
        in_doubt=InDoubt(told["in_doubt"]),
        tombstones=bool(told["tombstones"]),
        in_flight=timedelta(seconds=told["in_flight"]),
        idempotency_window=None if window is None else timedelta(seconds=window),
        queryable=bool(told["queryable"]),
    )


def walk_again(
    versions: Sequence[Round], lines: Sequence[Mapping[str, Any]], promised: Traits, catalogue: Catalogue
) -> Walked:
    """Walk a round again. `lines` are the journal's lines of it, oldest first."""
    writes = {int(line["version"]): int(line["place"]) for line in lines if line["kind"] == "write"}
    if set(writes) != {version.version for version in versions}:
        return Walked(note="the journal does not have the whole of it")
    if any("answered" not in line for line in lines if line["kind"] == "call"):
        return Walked(note="the file is of an earlier version, and does not have the answers themselves")
    asked = [answer(line) for line in lines if line["kind"] == "call" and line["answered"] is not None]
    asked = [each for each in asked if each.call in MOVES]
    if any(each.place < place < each.answered for each in asked for place in writes.values()):
        return Walked(note="somebody else decided about it while a call was out")
    return _Walk(versions, writes, asked, promised, catalogue).run()


class _Walk:
    """One round, its script, and the house over it."""

    def __init__(
        self,
        versions: Sequence[Round],
        writes: Mapping[int, int],
        asked: Sequence[Answer],
        promised: Traits,
        catalogue: Catalogue,
    ) -> None:
        self._versions = versions
        self._writes = writes
        self._found = Walked()
        self._wallet = _Wallet(asked, promised, self._found)
        self._record = _Record(versions, self._found)
        self._time = versions[0].time
        wallets: Mapping[str, Wallet] = {versions[0].terms.operator: self._wallet}
        sender = Sender(sessions=MemorySessions(), wallets=wallets, clock=self, balances=Balances(), watch=Nobody())
        self._lifecycle = Lifecycle(
            rounds=self._record, sender=sender, catalogue=catalogue, tape=self._tape, clock=self, watch=Nobody()
        )

    def now(self) -> datetime:
        """`ports.clock.Clock`: when it was."""
        return self._time

    def monotonic(self) -> float:
        """`ports.clock.Clock`: nothing takes time here."""
        return 0.0

    def run(self) -> Walked:
        """Every arrow of the record, and the calls after its last version."""
        try:
            self._lifecycle.open(self._versions[0])
            while self._record.number < len(self._versions):
                self._arrow(self._versions[self._record.number])
            self._calls(None)
            self._wallet.end()
        except Exception as problem:
            self._found.differences.append(f"it cannot be walked again: {problem!r}"[:500])
        return self._found

    def _tape(self) -> Tape:
        turn = len(self._record.newest.turns)
        known = self._versions[-1].turns
        return Replay(known[turn].draws if turn < len(known) else ())

    def _arrow(self, after: Round) -> None:
        """From the version that is reached to the next one on record."""
        reached = self._record.number
        self._calls(after)
        if self._record.number > reached:
            return
        self._time = after.time
        try:
            if not self._decided(after):
                self._lifecycle.advance(self._record.newest, after.actor)
        except _NotRecorded as unanswered:
            self._missing(after, unanswered)
        if self._record.number == reached:
            self._found.differences.append(f"version {after.version}: the walk rests before it ({after.state})")
            self._record.adopt()

    def _missing(self, after: Round, unanswered: _NotRecorded) -> None:
        """The walk would ask the wallet; so somebody decided otherwise, or it is another walk."""
        before = self._record.newest
        if after.state is State.CANCELLING and before.state in (State.OPENED, State.ESCROWED) and after.reason:
            self._lifecycle.give_back(before, after.actor, after.reason)
        else:
            self._found.differences.append(f"version {after.version}: {unanswered}, and no such call is on record")
            self._record.adopt()

    def _calls(self, after: Round | None) -> None:
        """Advance as often as the wallet was asked before the next version was durable."""
        reached = self._record.number
        upto = None if after is None else self._writes[after.version]
        while self._record.number == reached and (call := self._wallet.next(upto)) is not None:
            self._time, left = call.at, self._wallet.left
            actor = after.actor if after is not None else self._record.newest.actor
            try:
                self._lifecycle.advance(self._record.newest, actor)
            except _NotRecorded as unanswered:
                self._found.differences.append(f"{unanswered}, and no such call is on record")
            if self._wallet.left == left and self._record.number == reached:
                self._wallet.skip()

    def _decided(self, after: Round) -> bool:
        """Do what was decided from outside, if that is what led to this version."""
        before = self._record.newest
        if before.state is State.DISPUTED:
            self._lifecycle.decide(before, after.state, after.actor, after.reason or "", after.entries)
        elif not before.hosted and len(after.turns) > len(before.turns):
            played = after.turns[-1]
            step = self._lifecycle.finish if after.state is State.DRAWN else self._lifecycle.drew
            step(before, played, after.actor)
        elif (
            before.state is State.AWAITING and len(after.entries) > len(before.entries) and after.state is State.RAISING
        ):
            self._lifecycle.extend(before, after.entries[-1].amount, after.actor, raising=after.raising)
        elif before.hosted and before.state is State.AWAITING and len(after.turns) > len(before.turns):
            played = after.turns[-1]
            if played.automatic:
                return False
            self._lifecycle.choose(before, str(played.asked), 0, after.actor)
        elif before.state is State.ESCROWED and after.state is State.CANCELLING and not before.hosted:
            self._lifecycle.give_back(before, after.actor, after.reason or "")
        else:
            return False
        return True


class _Record(MemoryRounds):
    """A store that compares what it is given with what is on record, and keeps the latter."""

    def __init__(self, versions: Sequence[Round], found: Walked) -> None:
        super().__init__()
        self._known = versions
        self._found = found
        self.number = 0
        """The version that is reached."""

    @property
    def newest(self) -> Round:
        """The version that is reached, as it is on record."""
        return self._known[self.number - 1]

    def load(self, round: str) -> Round | None:
        """The version that is reached."""
        return self.newest if self.number else None

    def add(self, *versions: Round) -> None:
        """Compare each with the one on record in its place, and go on from that."""
        for version in versions:
            if self.number == len(self._known):
                self._found.differences.append(f"the walk goes on to version {version.version}, {version.state}")
                return
            known = self._known[self.number]
            self._found.differences += [f"version {known.version}: {what}" for what in _differing(version, known)]
            self.number += 1

    def adopt(self) -> None:
        """Go on from the next version on record, whatever led to it."""
        self.number += 1


def _differing(now: Round, then: Round) -> list[str]:
    pairs: dict[str, tuple[object, object]] = {
        "state": (now.state, then.state),
        "movements": (_told(now.entries), _told(then.entries)),
        "turns": (len(now.turns), len(then.turns)),
        "choice": (now.raising, then.raising),
        "win": (now.win, then.win),
        "reason": (_plain(now.reason), _plain(then.reason)),
    }
    return [f"{what} is {one} here, and {other} on record" for what, (one, other) in pairs.items() if one != other]


def _plain(reason: str | None) -> str | None:
    return FAILED.strip() if reason is not None and reason.startswith(FAILED) else reason


def _told(entries: Sequence[Entry]) -> str:
    """The book in words, without what differs from day to day."""
    return "; ".join(_line(entry) for entry in entries)


def _line(entry: Entry) -> str:
    more = {
        "reference": entry.reference,
        "balance": entry.balance,
        "cash": entry.cash,
        "bonus": entry.bonus,
        "jackpots": dict(entry.jackpots) or None,
        "code": entry.code,
    }
    words = [f"{name} {value}" for name, value in more.items() if value is not None]
    return " ".join([f"{entry.kind} {entry.number} of {entry.amount} {entry.status}", *words])


class _Wallet:
    """A `ports.wallet.Wallet` that gives the recorded answers, in their order."""

    def __init__(self, asked: Sequence[Answer], promised: Traits, found: Walked) -> None:
        self._asked = asked
        self._place = 0
        self._found = found
        self.traits = promised

    @property
    def left(self) -> int:
        """Answers nobody has asked for."""
        return len(self._asked) - self._place

    def next(self, upto: int | None) -> Answer | None:
        """The next answer, if it came before this place of the journal (None: at all)."""
        if not self.left or (upto is not None and self._asked[self._place].place > upto):
            return None
        return self._asked[self._place]

    def skip(self) -> None:
        """The walk does not make this call."""
        call = self._asked[self._place]
        self._place += 1
        self._found.differences.append(f"{call.call} for {call.movement} was called then, and is not called here")

    def end(self) -> None:
        """Nothing more happens."""
        while self.left:
            self.skip()

    def player(self, token: str, game: str) -> Player:
        """Not asked in a walk."""
        raise _NotRecorded("the walk asks who plays")

    def refresh(self, player: Player, game: str) -> Player:
        """Not asked in a walk."""
        raise _NotRecorded("the walk asks for a balance")

    def escrow(self, movement: Movement) -> Receipt:
        """As it was answered."""
        return self._moved("escrow", movement)

    def result(self, movement: Movement) -> Receipt:
        """As it was answered."""
        return self._moved("result", movement)

    def cancel(self, movement: Movement) -> Receipt:
        """As it was answered."""
        return self._moved("cancel", movement)

    def query(self, movement: Movement) -> Receipt | None:
        """As it was answered."""
        return self._answered("query", movement)

    def _moved(self, call: str, movement: Movement) -> Receipt:
        receipt = self._answered(call, movement)
        if receipt is None:
            raise ValueError(f"the recorded answer to {call} is none")
        return receipt

    def _answered(self, call: str, movement: Movement) -> Receipt | None:
        told = f"{call} for {movement.id} of {movement.amount.minor} {movement.amount.currency.code}"
        if not self.left:
            raise _NotRecorded(f"the walk asks {told}")
        then = self._asked[self._place]
        if (then.call, then.movement) != (call, movement.id):
            raise _NotRecorded(f"the walk asks {told}")
        self._place += 1
        self._found.calls += 1
        if (then.amount, then.currency) != (movement.amount.minor, movement.amount.currency.code):
            self._found.differences.append(f"the walk asks {told}; then it was of {then.amount} {then.currency}")
        return then.give()
