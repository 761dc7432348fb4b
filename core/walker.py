"""Walking a round as far as it goes, one walker of this process at a time.

A client that repeats itself while its round walks waits for the walk to end, and then gets what there is. The operator
is asked at most twice for the same thing within one request, and not at all when its time is up: recovery goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import NamedTuple

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
        with self._turnstile.at(round.id, self._budget) as alone:
            newest = self._rounds.load(round.id) or round
            return self._run(newest, actor, TRIES) if alone else newest

    def resume(self, id: str, actor: str) -> "Walked | None":
        """Recovery: walk the round on, each arrow tried once. None: it is being walked right now, or does not exist."""
        with self._turnstile.at(id, 0) as alone:
            before = self._rounds.load(id) if alone else None
            if before is None:
                return None
            after = self._run(before, actor, 1)
            return Walked(after, after.version != before.version, self._lifecycle.rests(after))

    def _run(self, round: Round, actor: str, tries: int) -> Round:
        end = self._clock.monotonic() + self._budget
        while tries and not self._lifecycle.rests(round) and self._clock.monotonic() < end:
            after = self._lifecycle.advance(round, actor)
            if after.version == round.version:
                tries -= 1
            round = after
        return round


class Walked(NamedTuple):
    """How far recovery came with a round."""

    round: Round
    moved: bool
    rests: bool


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
