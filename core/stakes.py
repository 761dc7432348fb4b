"""Which stakes a house takes: so many minor units a unit of the game, on the ladder 1, 2, 5, 10, 20, 50, ..."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import BadRequest
from ports.money import LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """The limits of one operator, in minor units of a whole stake."""

    min: int
    max: int
    default: int

    def __post_init__(self) -> None:
        if not 1 <= self.min <= self.default <= self.max < LIMIT:
            raise ValueError("stakes must be 1 <= min <= default <= max < 2**53")

    def ladder(self, cost: int) -> list[int]:
        """All stakes for a wager of `cost` units, ascending."""
        return [unit * cost for unit in _units(self.max // cost) if unit * cost >= self.min]

    def usual(self, cost: int) -> int | None:
        """The stake on the ladder nearest to the default; None if nothing is on it."""
        return min(self.ladder(cost), key=lambda stake: abs(stake - self.default), default=None)

    def check(self, stake: int, cost: int) -> None:
        """Raise `BadRequest` unless `stake` is on the ladder."""
        ladder = self.ladder(cost)
        if stake not in ladder:
            listed = ", ".join(map(str, ladder)) or "none: this wager costs more units than the limits allow"
            raise BadRequest(f"stake {stake} is not among the stakes for this wager: {listed}")


def _units(most: int) -> Iterator[int]:
    decade = 1
    while decade <= most:
        for step in (1, 2, 5):
            if step * decade <= most:
                yield step * decade
        decade *= 10
