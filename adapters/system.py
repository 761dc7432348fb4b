"""The operating system's clock and entropy, and bulk draws with numpy where it is installed."""

import os
import time
from datetime import UTC, datetime

from ports.randomness import Unhealthy


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back."""
        return time.monotonic()


class SystemEntropy:
    """The kernel's generator: `getrandom`, which waits until it is seeded and reseeds itself. Nothing is buffered here."""

    def read(self, count: int) -> bytes:
        """Exactly `count` fresh bytes. Raises `Unhealthy` if the kernel has none."""
        try:
            return os.urandom(count)
        except (OSError, NotImplementedError) as problem:
            raise Unhealthy(f"the operating system gives no random bytes: {problem}") from problem
