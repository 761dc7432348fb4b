"""Chance, as a promise: bytes from the operating system, fair integers made of them, and the tape of what was drawn.

    Entropy (bytes) -> Rng.below(bound) -> range, weighted, shuffle, sample, every game

Everything random is a function of `Rng.below`, so a tape of (purpose, bound, value) re-executes any outcome.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Unhealthy(Exception):
    """The source of randomness failed, or failed its health tests. Nothing may be drawn until it is sound again."""


class Draw(NamedTuple):
    """One fair integer as it was drawn: `0 <= value < bound`, each value equally likely."""

    purpose: str
    bound: int
    value: int


class Entropy(Protocol):
    """A source of unpredictable bytes."""

    def read(self, count: int) -> bytes:
        """Exactly `count` fresh bytes. Raises `Unhealthy` rather than give fewer, or worse, ones."""
        ...


class Rng(Protocol):
    """A source of fair integers."""

    def below(self, bound: int, purpose: str) -> int:
        """One integer of 0 .. bound-1, each equally likely; `1 <= bound <= 2**64`.

        `purpose` says on the tape what it was for ("reel 1"). Raises `ValueError` for a bound outside, `Unhealthy`
        if the source is.
        """
        ...

    def many(self, bound: int, count: int, purpose: str) -> list[int]:
        """`count` independent integers below `bound`, in the order drawn; the same as `count` calls of `below`."""
        return [self.below(bound, purpose) for _ in range(count)]

    def each(self, bounds: Sequence[int], purpose: str) -> list[int]:
        """One integer below each of the bounds, in their order; the same as a call of `below` for each."""
        return [self.below(bound, purpose) for bound in bounds]


class Tape(Rng, Protocol):
    """An Rng that keeps what it gave: one is made for each turn, and its draws go on the round's record."""

    @property
    def draws(self) -> Sequence[Draw]:
        """Everything drawn so far, in order."""
        ...
