"""An operator's own books, where it lets them be read: what reconciliation compares our record with."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

from ports.money import Money


class Booked(NamedTuple):
    """One movement that the operator has booked."""

    id: str
    """Our id of it: `{round}:escrow:1`."""
    player: str
    amount: int
    """Minor units."""


@runtime_checkable
class Books(Protocol):
    """A wallet whose books can be read."""

    def booked(self) -> Iterator[Booked]:
        """Every movement that moved money; a line each time it did."""
        ...


@runtime_checkable
class Grants(Protocol):
    """A wallet of play money, whose coins are the house's to give."""

    def grant(self, player: str, amount: int, note: str, *, currency: str | None = None) -> Money:
        """Give a player so many minor units, of the usual coins if no others are named; returns the balance.

        Raises `ValueError`.
        """
        ...
