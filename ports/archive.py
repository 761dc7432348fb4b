"""What an auditor reads: every stored record to the byte, in the order in which they were added, and the seals over them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from ports.rounds import RoundStore


class Stored(NamedTuple):
    """One version as it lies in the store."""

    place: int
    """Ascending in the order of addition."""
    round: str
    version: int
    record: bytes


class Archive(Protocol):
    """A round store, as an auditor sees it."""

    def records(self) -> Iterator[Stored]:
        """Every version, in the order of addition."""
        ...

    def unsealed(self) -> Sequence[Stored]:
        """Every version that no seal covers yet, in the order of addition."""
        ...

    def seals(self) -> Sequence[bytes]:
        """All seals, oldest first."""
        ...

    def add_seal(self, seal: bytes, upto: int) -> None:
        """Keep a seal that covers everything up to this place; durable on return."""
        ...


class AuditedRounds(RoundStore, Archive, Protocol):
    """A round store that an auditor can read: what every store of ours is."""
