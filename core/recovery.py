"""Recovery: whoever holds the record walks every unfinished round on, at start and every few seconds, and then the totals
of rewards that have come due.

There is no recovery code beside the walk: this is only its patience. What cannot move is tried again after 1, 2, 4, ...
seconds, up to 5 minutes, each at its own moment, so that a wallet that comes back is not stormed. Nor does one that breaks
(its record cannot be read, say) keep the others waiting: that is told, and the next one has its turn.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from threading import Lock
from typing import TypeVar

from core.rewards import Rewards
from core.walker import Walker
from ports.clock import Clock
from ports.record import Round
from ports.rounds import RoundStore
from ports.watch import Watch

log = logging.getLogger("rgs.recovery")

ACTOR = "recovery"
LONGEST_PAUSE = 300.0
"""Seconds between two tries of the same round, at most."""
ALARM_AFTER = 10
"""Tries without success, after which people should look."""
Answer = TypeVar("Answer")


class Recovery:
    """Walks unfinished rounds on."""

    def __init__(self, *, rounds: RoundStore, walker: Walker, rewards: Rewards, clock: Clock, watch: Watch) -> None:
        self._rounds = rounds
        self._walker = walker
        self._rewards = rewards
        self._watch = watch
        self._patience = _Patience(clock)
        self._of_totals = _Patience(clock)

    def sweep(self, *, at_once: bool = False) -> Iterator[Round]:
        """Walk each round that is due (`at_once`: every round) as far as it goes; yields each that moved, as it is then."""
        unfinished = self._rounds.unfinished()
        self._patience.keep(unfinished)
        for id in unfinished:
            if not (at_once or self._patience.due(id)):
                continue
            walked = self._guarded(self._patience, id, partial(self._walker.resume, id, ACTOR))
            if walked is None:
                continue
            if not walked.rests:
                self._patience.postpone(id)
            if walked.moved:
                yield walked.round
        owed = {
            f"{kept.reward.operator}/{kept.reward.player}/{kept.reward.id}": kept for kept in self._rewards.untold()
        }
        self._of_totals.keep(owed)
        for name, kept in owed.items():
            if at_once or self._of_totals.due(name):
                total = self._guarded(self._of_totals, name, partial(self._rewards.settle, kept))
                if total is not None:
                    yield total

    def stuck(self) -> list[str]:
        """The rounds that were tried too often without success."""
        return self._patience.lost()

    def _guarded(self, patience: "_Patience", name: str, walk: Callable[[], Answer]) -> Answer | None:
        """What the walk comes to; None if it broke."""
        try:
            return walk()
        except Exception:
            log.exception("recovery of %r broke; it is tried again", name)
            self._watch.broke()
            patience.postpone(name)
            return None


@dataclass(slots=True)
class _Try:
    failures: int
    next: float


class _Patience:
    """When each is to be tried again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, _Try] = {}
        self._lock = Lock()

    def keep(self, names: Collection[str]) -> None:
        """Forget all others."""
        here = set(names)
        with self._lock:
            self._tries = {name: tried for name, tried in self._tries.items() if name in here}

    def due(self, name: str) -> bool:
        tried = self._tries.get(name)
        return tried is None or tried.next <= self._clock.monotonic()

    def postpone(self, name: str) -> None:
        with self._lock:
            tried = self._tries.setdefault(name, _Try(0, 0.0))
        tried.failures += 1
        pause = min(2.0 ** (tried.failures - 1), LONGEST_PAUSE)
        spread = int.from_bytes(sha256(f"{name}{tried.failures}".encode()).digest()[:2]) / 65536
        tried.next = self._clock.monotonic() + pause * (0.5 + spread / 2)

    def lost(self) -> list[str]:
        return [name for name, tried in self._tries.items() if tried.failures >= ALARM_AFTER]
