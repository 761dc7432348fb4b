"""Walking a round as far as it goes, one walker of this process at a time.

A client that repeats itself while its round walks waits for the walk to end, and then gets what there is. The operator
is asked at most twice for the same thing within one request, and not at all when its time is up: recovery goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from core.lifecycle import Lifecycle
from ports.clock import Clock
from ports.record import Round
from ports.rounds import RoundStore

TRIES = 2
"""How often one request tries an arrow that leads nowhere."""


class Walker:
    """Runs `Lifecycle.advance` until the round rests."""

    def __init__(self, *, lifecycle: Lifecycle, rounds: RoundStore, clock: Clock, budget: timedelta) -> None:
        self._lifecycle = lifecycle
        self._rounds = rounds
        self._clock = clock
        self._budget = budget.total_seconds()
        self._turnstile = _Turnstile()

    def walk(self, round: Round, actor: str) -> Round:
        """Walk on from the newest version until the round rests, the operator gives no answer, or time is up.

        If another thread of this process walks it, wait for that instead, as long as the budget allows.
        """
        end = self._clock.monotonic() + self._budget
        with self._turnstile.at(round.id, self._budget) as alone:
            current = self._rounds.load(round.id) or round
            tries = TRIES if alone else 0
            while tries and not self._lifecycle.rests(current) and self._clock.monotonic() < end:
                after = self._lifecycle.advance(current, actor)
                if after.version == current.version:
                    tries -= 1
                current = after
            return current

    def step(self, round: str, actor: str) -> Round | None:
        """Recovery: one arrow, unless somebody else is walking the round right now. None: nothing was tried."""
        with self._turnstile.at(round, 0) as alone:
            current = self._rounds.load(round) if alone else None
            if current is None or self._lifecycle.rests(current):
                return None
            return self._lifecycle.advance(current, actor)


class _Turnstile:
    """A lock for each round that is being walked."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[str, tuple[Lock, int]] = {}

    @contextmanager
    def at(self, round: str, seconds: float) -> Iterator[bool]:
        """Hold the round's lock if it comes free within `seconds`; says whether it did."""
        with self._guard:
            lock, users = self._locks.get(round, (Lock(), 0))
            self._locks[round] = (lock, users + 1)
        acquired = lock.acquire(timeout=seconds) if seconds > 0 else lock.acquire(blocking=False)
        try:
            yield acquired
        finally:
            if acquired:
                lock.release()
            with self._guard:
                lock, users = self._locks.pop(round)
                if users > 1:
                    self._locks[round] = (lock, users - 1)
