"""Time, as a promise: the wall clock for records and deadlines, a monotonic one for patience and budgets."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where time comes from. A simulation gives its own."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back. For spans within this process only."""
        ...
