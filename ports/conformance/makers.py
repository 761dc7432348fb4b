"""Rounds, sessions and movements to try an adapter with: small, plain, and the same every time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from ports.game import Option, Turn, Wager
from ports.money import Currency, Money
from ports.randomness import Draw
from ports.record import Entry, Kind, Played, Round, State, Status, Terms
from ports.rewards import Reward
from ports.sessions import Session
from ports.wallet import EscrowReference, Funding, Movement, MovementKind, Player

EUR = Currency("EUR", 2)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Answer = TypeVar("Answer")


def round_id(number: int) -> str:
    """A round id, as clients make them."""
    return str(UUID(int=number, version=4))


def opened(number: int, *, stake: int = 100, **terms: Any) -> Round:
    """The first version of round `number`, accepted `number` seconds after the start; `terms` as in `Terms`."""
    accepted = START + timedelta(seconds=number)
    given: dict[str, Any] = {
        "kind": Kind.PLAY,
        "operator": "casino",
        "player": "ann",
        "session": "s-1",
        "currency": EUR,
        "opened_by": None,
        "game": "three-fruits",
        "version": "1",
        "variant": "default",
        "maths": "0" * 64,
        "software": "1",
        "wager": Wager("base"),
        "stake": stake,
        "cost": 1,
        "funding": Funding.CASH,
        "reward": None,
        "cap": 1_000_000,
        "limits": {},
        "accepted": accepted,
        "deadline": accepted + timedelta(hours=1),
    }
    escrow = Entry(kind=MovementKind.ESCROW, number=1, amount=stake, session="s-1", since=accepted)
    return Round(
        id=round_id(number),
        version=1,
        terms=Terms(**(given | terms)),
        state=State.OPENED,
        entries=(escrow,),
        actor="player",
        time=accepted,
    )


def walked(round: Round, state: State, *, actor: str = "player") -> Round:
    """The next version, in `state`; a cancelled round's escrow is returned, every other one's confirmed."""
    status = Status.RETURNED if state is State.CANCELLED else Status.CONFIRMED
    entries = tuple(replace(entry, status=status) for entry in round.entries)
    return round.successor(state, time=round.time + timedelta(seconds=1), actor=actor, entries=entries)


def drawn(round: Round) -> Round:
    """The next version, DRAWN, with a turn that has something of everything on it."""
    turn = Turn(3, ({"type": "reels", "shown": ["🍒", "ä", '"\\\n']},), {"left": [1, None, True]}, (Option("stop", 0),))
    played = Played(asked=None, draws=(Draw("reel 1", 2**64, 2**64 - 1), Draw("reel 2", 32, 0)), turn=turn)
    return replace(walked(round, State.DRAWN), turns=(played,), win=300)


def session(number: int, **changes: Any) -> Session:
    """Session `number`."""
    given: dict[str, Any] = {
        "id": f"session-{number}",
        "operator": "casino",
        "player": "ann",
        "currency": EUR,
        "game": "three-fruits",
        "opened_by": None,
        "handle": f"handle of {number}: ä🍒",
        "demo": False,
        "created": START,
        "expires": START + timedelta(hours=4, microseconds=7),
    }
    return Session(**(given | changes))


def reward(id: str = "r-1", **changes: Any) -> Reward:
    """Five free rounds of ann's, until an hour after the start."""
    given: dict[str, Any] = {
        "operator": "casino",
        "player": "ann",
        "id": id,
        "currency": EUR,
        "stakes": {"three-fruits": 100, "plums": 50},
        "rounds": 5,
        "begins": START,
        "expires": START + timedelta(hours=1, microseconds=7),
    }
    return Reward(**(given | changes))


class Story:
    """The movements of one round of one player."""

    def __init__(self, player: Player, game: str, number: int) -> None:
        self.player = player
        self.game = game
        self.round = round_id(number)

    def escrow(self, amount: int, number: int = 1) -> Movement:
        """Set a stake aside."""
        return self._movement(MovementKind.ESCROW, number, amount, closes=False, escrows=())

    def result(self, win: int, *stakes: int) -> Movement:
        """Take the escrows of these amounts, pay the win."""
        return self._movement(MovementKind.RESULT, 1, win, closes=True, escrows=self._named(enumerate(stakes, 1)))

    def cancel(self, amount: int, number: int = 1) -> Movement:
        """Give an escrow back."""
        escrows = self._named([(number, amount)])
        return self._movement(MovementKind.CANCEL, number, amount, closes=number == 1, escrows=escrows)

    def _named(self, stakes: Any) -> tuple[EscrowReference, ...]:
        return tuple(EscrowReference(f"{self.round}:escrow:{number}", None, amount) for number, amount in stakes)

    def _movement(
        self, kind: MovementKind, number: int, amount: int, *, closes: bool, escrows: tuple[EscrowReference, ...]
    ) -> Movement:
        return Movement(
            kind=kind,
            number=number,
            round=self.round,
            player=self.player.id,
            handle=self.player.handle,
            game=self.game,
            amount=Money(amount, self.player.currency),
            funding=Funding.CASH,
            reward=None,
            closes=closes,
            escrows=escrows,
            reason="asked" if kind is MovementKind.CANCEL else None,
        )


def at_once(works: Sequence[Callable[[], Answer]]) -> list[Answer | Exception]:
    """Do all of these in threads that start together; what each returned or raised."""
    gate = Barrier(len(works))

    def attempt(work: Callable[[], Answer]) -> Answer | Exception:
        gate.wait()
        try:
            return work()
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(attempt, works))
