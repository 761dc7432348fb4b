"""Recovery: whoever holds the record walks every unfinished round on, at start and every few seconds, and then the totals
of rewards that have come due.

There is no recovery code beside the walk: this is only its patience. A round that cannot move is tried again after 1, 2,
4, ... seconds, up to 5 minutes, each round at its own moment, so that a wallet that comes back is not stormed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from core.rewards import Rewards
from core.walker import Walker
from ports.clock import Clock
from ports.record import Round
from ports.rounds import RoundStore

ACTOR = "recovery"
LONGEST_PAUSE = 300.0
"""Seconds between two tries of the same round, at most."""
ALARM_AFTER = 10
"""Tries without success, after which people should look."""


@dataclass(slots=True)
class _Try:
    failures: int
    next: float


class Recovery:
    """Walks unfinished rounds on."""

    def __init__(self, *, rounds: RoundStore, walker: Walker, rewards: Rewards, clock: Clock) -> None:
        self._rounds = rounds
        self._walker = walker
        self._rewards = rewards
        self._clock = clock
        self._tries: dict[str, _Try] = {}
        self._lock = Lock()

    def sweep(self, *, at_once: bool = False) -> Iterator[Round]:
        """Walk each round that is due (`at_once`: every round) as far as it goes; yields each that moved, as it is then."""
        unfinished = self._rounds.unfinished()
        here = set(unfinished)
        with self._lock:
            self._tries = {id: tried for id, tried in self._tries.items() if id in here}
        for id in unfinished:
            tried = self._tries.get(id)
            due = at_once or tried is None or tried.next <= self._clock.monotonic()
            walked = self._walker.resume(id, ACTOR) if due else None
            if walked is None:
                continue
            if not walked.rests:
                self._postpone(id)
            if walked.moved:
                yield walked.round
        yield from self._rewards.settle()

    def stuck(self) -> list[str]:
        """The rounds that were tried too often without success."""
        return [id for id, tried in self._tries.items() if tried.failures >= ALARM_AFTER]

    def _postpone(self, id: str) -> None:
        with self._lock:
            tried = self._tries.setdefault(id, _Try(0, 0.0))
        tried.failures += 1
        pause = min(2.0 ** (tried.failures - 1), LONGEST_PAUSE)
        spread = int.from_bytes(sha256(f"{id}{tried.failures}".encode()).digest()[:2]) / 65536
        tried.next = self._clock.monotonic() + pause * (0.5 + spread / 2)
