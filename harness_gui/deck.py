"""The deck: what will be drawn next, if QA has a say. The one place in the house where an outcome can be forced.

    arm(force) -> armed() is true -> the round is accepted, and marked for ever
               -> its escrow is confirmed -> tape() plays the force, and honest chance after its end

Only a round that was marked when it was accepted is ever given a force: the mark is looked for here, not assumed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock, local

from core.rng import Replay
from core.slots.game import SlotGame
from ports.game import Game
from ports.randomness import Draw, Tape


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """An armed outcome: the first draws of a round's first turn; for a game server, of its whole tape."""

    label: str
    draws: tuple[Draw, ...]
    shots: int | None = 1
    """How many rounds it is for; None: until it is disarmed."""


REMEMBERED = 10_000
"""Forced rounds of which it is known which of their draws were forced; the oldest are forgotten."""


class Deck:
    """A factory of tapes, as the lifecycle wants it, into which a force can be put."""

    def __init__(self, honest: Callable[[], Tape]) -> None:
        self._honest = honest
        self._lock = Lock()
        self._force: Force | None = None
        self._marked: set[str] = set()
        self._played: dict[str, int] = {}
        self._thread = local()

    @property
    def force(self) -> Force | None:
        """What is armed."""
        return self._force

    def honest(self) -> Tape:
        """A tape of fair chance, whatever is armed."""
        return self._honest()

    def armed(self) -> bool:
        """Whether the next round is forced: `House.forced` of the bench."""
        return self._force is not None

    def arm(self, force: Force) -> None:
        """The next round that is accepted is forced."""
        with self._lock:
            self._force = force

    def disarm(self) -> None:
        """Chance decides again."""
        with self._lock:
            self._force = None

    def marked(self, round: str) -> None:
        """The record says that this hosted round is forced."""
        with self._lock:
            self._marked.add(round)

    def ended(self, round: str) -> None:
        """The record says that nothing more is drawn in this round."""
        with self._lock:
            self._marked.discard(round)

    def paid(self, round: str | None) -> None:
        """Tell the deck that the calling thread has had a round's first escrow confirmed (None: not so), and draws next."""
        self._thread.round = round

    def played(self, round: str) -> int | None:
        """How many of the first draws of a round's first turn came from a force; None: it was given none here."""
        with self._lock:
            return self._played.get(round)

    def tape(self) -> Tape:
        """The tape of one turn."""
        round: str | None = getattr(self._thread, "round", None)
        self._thread.round = None
        with self._lock:
            force = self._force
            if force is None or round is None or round not in self._marked:
                return self._honest()
            self._marked.discard(round)
            self._played[round] = len(force.draws)
            if len(self._played) > REMEMBERED:
                del self._played[next(iter(self._played))]
            if force.shots is not None:
                self._force = replace(force, shots=force.shots - 1) if force.shots > 1 else None
        return Replay(force.draws, then=self._honest())


def value_of(game: Game, reel: int, stop: int) -> int:
    """What a reel draws to come to a stop. Where stops weigh, several values mean it; the first of them."""
    weights = game.machine.base.weights if isinstance(game, SlotGame) else ()
    return sum(weights[reel][:stop]) if weights else stop


def stops(values: Sequence[int], drawn: Sequence[Draw], *, shots: int | None = 1) -> Force:
    """A force by stops: the first draws that a rehearsal of the game made, with these values. Raises `ValueError`."""
    if len(values) > len(drawn):
        raise ValueError(f"the game draws {len(drawn)} values, not {len(values)}")
    draws = tuple(Draw(d.purpose, d.bound, value) for d, value in zip(drawn, values, strict=False))
    for place, draw in enumerate(draws, 1):
        if not 0 <= draw.value < draw.bound:
            raise ValueError(f"value {place} is {draw.value}; the game draws 0 to {draw.bound - 1} there")
    return Force(label="stops " + " ".join(map(str, values)), draws=draws, shots=shots)
