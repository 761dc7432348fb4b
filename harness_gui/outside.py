"""What the rounds of game servers draw next, if QA has a say: a force that lasts from request to request.

    arm(force) -> armed() is true -> the round is accepted, and marked for ever
               -> its first draw is asked for -> the force is this round's: each request plays on where the last one ended

A value of a force has a purpose (range, weighted or shuffle) and a bound. A request for anything else is refused, with
nothing drawn and nothing on record. Only a round that was marked when it was accepted is ever given a force.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from core.errors import BadRequest
from core.rng import Replay
from harness_gui.deck import REMEMBERED, Force
from ports.randomness import Draw, Tape
from ports.record import Round

KINDS = {"range": "max - min", "weighted": "the sum of the weights", "shuffle": "the number of items left"}
"""What a game server can ask for, and what the bound of such a value is."""


def force(draws: Sequence[Draw], *, label: str, shots: int | None) -> Force:
    """A force for game servers. Raises `ValueError` for values that none of their requests can draw."""
    if not draws:
        raise ValueError("there are no values to force")
    for place, draw in enumerate(draws, 1):
        if draw.purpose not in KINDS:
            raise ValueError(f"value {place} is for {draw.purpose!r}; a game server draws {', '.join(KINDS)}")
        if not 0 <= draw.value < draw.bound:
            raise ValueError(f"value {place} is {draw.value}; below {draw.bound} there are 0 to {draw.bound - 1}")
    return Force(label=label, draws=tuple(draws), shots=shots)


def drawn(round: Round) -> int:
    """Values on a round's tape."""
    return sum(len(played.draws) for played in round.turns)


class Outside:
    """The force for game servers, and which of their rounds plays it. Many threads may use it."""

    def __init__(self, honest: Callable[[], Tape], told: Callable[[str, str], None]) -> None:
        """`told` hears of a refusal: the round, and what was wrong."""
        self._honest = honest
        self._told = told
        self._lock = Lock()
        self._force: Force | None = None
        self._given: dict[str, Force] = {}
        self._played: dict[str, int] = {}

    @property
    def force(self) -> Force | None:
        """What is armed."""
        return self._force

    def armed(self) -> bool:
        """Whether the next round of a game server is forced."""
        return self._force is not None

    def arm(self, force: Force) -> None:
        """The next round that a game server opens is forced."""
        with self._lock:
            self._force = force

    def disarm(self) -> None:
        """Chance decides again, also what is left of the rounds that have begun."""
        with self._lock:
            self._force = None
            self._given.clear()

    def played(self, round: str) -> int | None:
        """How many of the first values on a round's tape came from a force; None: it was given none here."""
        with self._lock:
            return self._played.get(round)

    def tape(self, round: Round) -> Tape:
        """The tape of the next draw of a round."""
        done = drawn(round)
        with self._lock:
            given = self._given.get(round.id) or (self._give(round.id) if round.terms.forced and not done else None)
        left = () if given is None else given.draws[done:]
        return _Fitting(left, done, self._honest(), lambda why: self._refuse(round, why)) if left else self._honest()

    def recorded(self, round: Round) -> None:
        """A version is durable: it may have drawn what it was given, or may draw no more."""
        with self._lock:
            given, done = self._given.get(round.id), drawn(round)
            if given is None:
                return
            if done:
                self._played[round.id] = min(done, len(given.draws))
                if len(self._played) > REMEMBERED:
                    del self._played[next(iter(self._played))]
            elif round.final:
                self._take_back(round.id)
            if round.final:
                self._given.pop(round.id, None)

    def _give(self, round: str) -> Force | None:
        force = self._force
        if force is not None:
            self._given[round] = force
            if force.shots is not None:
                self._force = replace(force, shots=force.shots - 1) if force.shots > 1 else None
        return force

    def _take_back(self, round: str) -> None:
        """Nothing of it was drawn: it is for another round, unless something else is armed by now."""
        given = self._given.pop(round, None)
        if given is None or given.shots is None:
            return
        if self._force is None:
            self._force = replace(given, shots=1)
        elif self._force.draws == given.draws and self._force.shots is not None:
            self._force = replace(self._force, shots=self._force.shots + 1)

    def _refuse(self, round: Round, why: str) -> None:
        with self._lock:
            if not drawn(round):
                self._take_back(round.id)
        self._told(round.id, f"refused: {why}")


class _Fitting(Replay):
    """A tape that plays a force, and refuses a request that it does not fit."""

    def __init__(self, forced: Sequence[Draw], done: int, then: Tape, refuse: Callable[[str], None]) -> None:
        super().__init__(forced, then)
        self._forced = forced
        self._done = done
        self._refuse = refuse

    def below(self, bound: int, purpose: str) -> int:
        """The next value of the force. Raises `BadRequest` where it is for something else."""
        place = len(self.draws)
        if place < len(self._forced):
            wanted = self._forced[place]
            if (wanted.purpose, wanted.bound) != (purpose, bound):
                why = (
                    f"value {self._done + place + 1} of this round is forced: {wanted.purpose} below {wanted.bound} is "
                    f"armed, and {purpose} below {bound} was asked for"
                )
                self._refuse(why)
                raise BadRequest(why)
        return super().below(bound, purpose)
