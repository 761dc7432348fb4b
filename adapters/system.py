"""The operating system's clock and entropy, and draws in bulk with numpy where it is installed."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ports.randomness import Entropy, Unhealthy

if TYPE_CHECKING:
    import numpy

MAX_BOUND = 2**64
CHUNK = 1 << 16
"""Bytes of one read, at most: what fits a processor's nearest memory is worked on several times as fast."""
SPARE = 32
"""One word in so many is read beside those that are needed on average: one read is nearly always enough."""


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back."""
        return time.monotonic()


class SystemEntropy:
    """The kernel's generator: `getrandom`, which waits until it is seeded and reseeds itself. Nothing is kept here."""

    def read(self, count: int) -> bytes:
        """Exactly `count` fresh bytes. Raises `Unhealthy` if the kernel has none."""
        try:
            return os.urandom(count)
        except (OSError, NotImplementedError) as problem:
            raise Unhealthy(f"the operating system gives no random bytes: {problem}") from problem


def bulk() -> Callable[[Entropy, int, int], list[int]] | None:
    """(entropy, bound, count) -> fair integers, many at once: for `core.rng.TurnRng(bulk=...)`. None without numpy."""
    if find_spec("numpy") is None:
        return None
    return lambda entropy, bound, count: draw_array(entropy, bound, count).tolist()


def draw_array(entropy: Entropy, bound: int, count: int) -> "numpy.ndarray[Any, Any]":
    """`count` fair integers of 0 .. bound-1 (`1 <= bound <= 2**64`) as an unsigned array, in the order drawn.

    The rule of `core.rng`, with the smallest word of 8, 16, 32 or 64 bits that holds the bound: words of the last,
    incomplete block of `bound` are passed over, the others are taken modulo `bound`. What is read too much is dropped.
    """
    import numpy as np

    if type(bound) is not int or not 1 <= bound <= MAX_BOUND:
        raise ValueError("a bound is an integer from 1 to 2**64")
    size = next(size for size in (1, 2, 4, 8) if bound <= 1 << 8 * size)
    span = 1 << 8 * size
    fair = span - span % bound
    values = np.empty(count, np.dtype(f"<u{size}"))
    done = 0
    while done < count:
        expected = (count - done) * span // fair
        words = min(expected + expected // SPARE + 16, CHUNK // size)
        part = fold(entropy.read(words * size), bound, size)[: count - done]
        values[done : done + len(part)] = part
        done += len(part)
    return values


def fold(block: bytes, bound: int, size: int) -> "numpy.ndarray[Any, Any]":
    """The values that words of `size` bytes stand for, those passed over left out. Byte by byte through one table."""
    import numpy as np

    span = 1 << 8 * size
    fair = span - span % bound
    if size == 1:
        table = bytes(word % bound for word in range(span))
        return np.frombuffer(block.translate(table, bytes(range(fair, span))), np.uint8)
    words = np.frombuffer(block, f"<u{size}")
    if fair < span:
        words = words[words < fair]
    return words % words.dtype.type(bound) if bound < span else words
