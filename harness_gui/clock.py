"""A clock that QA can put forward: deadlines and windows pass at once, and nothing else changes."""

from datetime import datetime, timedelta
from threading import Lock

from ports.clock import Clock


class SettableClock:
    """A `ports.clock.Clock`: another one, so much ahead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ahead = timedelta(0)

    @property
    def ahead(self) -> timedelta:
        """How far it was put forward."""
        return self._ahead

    def forward(self, span: timedelta) -> None:
        """Put it forward; it never goes back. Raises `ValueError`."""
        if span < timedelta(0):
            raise ValueError("a clock is put forward, never back")
        with self._lock:
            self._ahead += span

    def now(self) -> datetime:
        """The time of day there."""
        return self._clock.now() + self._ahead

    def monotonic(self) -> float:
        """Seconds since some fixed moment there."""
        return self._clock.monotonic() + self._ahead.total_seconds()
