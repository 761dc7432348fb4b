"""Hold and respin: a base spin that shows enough of one symbol holds them, and the empty cells are spun again.

    base spin -> at least `starts` of the symbol in view -> each held with a prize
              -> respin: every empty cell may get one more, with a prize; then `lives` respins are left again
              -> no respin left, or no empty cell: the prizes are paid, and `full` for a full board

Where each empty cell is drawn for itself, what a start with n of them comes to is a recurrence over (held, respins left).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb

from core.slots.phase import Strips
from ports.game import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The feature. Its symbol pays nothing else."""

    symbol: str
    starts: int
    """So many in view begin it."""
    prizes: Mapping[int, int]
    """Units -> weight; each held symbol draws one."""
    lands: tuple[int, int] | None = None
    """Weights of an empty cell at a respin: that the symbol lands on it, and that it does not."""
    strips: Strips = ()
    """Instead of `lands`: the reels turn below what is held, and the symbol is held where it comes into view."""
    lives: int = 3
    """Respins, and again so many after each that landed one."""
    full: int = 0
    """Units more for a board that is full."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those of its own strips."""
        return tuple(symbol for strip in self.strips for symbol in strip)

    @property
    def prize(self) -> Fraction:
        """The mean prize in units."""
        return Fraction(sum(units * weight for units, weight in self.prizes.items()), sum(self.prizes.values()))

    def told(self) -> Json:
        """What the player may read."""
        told: dict[str, Json] = {"symbol": self.symbol, "starts": self.starts, "lives": self.lives}
        return told | {"prizes": sorted(self.prizes), "full": self.full}

    def means(self, cells: int) -> list[Fraction]:
        """For 0, 1, ... cells held at the start, of so many in all: the mean units. `lands` only."""
        return [held * self.prize + full * self.full for held, full in self.ends(cells)]

    def ends(self, cells: int) -> list[tuple[Fraction, Fraction]]:
        """The same: the mean number held at the end, and the chance of a full board."""
        assert self.lands is not None
        lands = Fraction(self.lands[0], sum(self.lands))

        @cache
        def end(held: int, left: int) -> tuple[Fraction, Fraction]:
            if held == cells:
                return Fraction(cells), Fraction(1)
            if not left:
                return Fraction(held), Fraction(0)
            empty = cells - held
            mean = full = Fraction(0)
            for more in range(empty + 1):
                chance = comb(empty, more) * lands**more * (1 - lands) ** (empty - more)
                after = end(held + more, self.lives if more else left - 1)
                mean, full = mean + chance * after[0], full + chance * after[1]
            return mean, full

        return [end(held, self.lives) for held in range(cells + 1)]

    def faults(self, rows: tuple[int, ...]) -> Iterator[str]:
        """What is wrong with it on a grid of so many rows on each reel."""
        if not 1 <= self.starts <= sum(rows):
            yield f"hold.starts: {self.starts} of {sum(rows)} cells"
        if not self.prizes or any(units < 1 or weight < 1 for units, weight in self.prizes.items()):
            yield "hold.prizes: a prize and its weight are at least 1"
        if (self.lands is None) == (not self.strips):
            yield "hold: it has `lands` or strips, one of them"
        if self.lands is not None and min(self.lands) < 1:
            yield "hold.lands: a weight is at least 1"
        if self.lives < 1 or self.full < 0:
            yield "hold: lives and full cannot be below 1 and 0"
        if self.strips and [len(strip) >= height for strip, height in zip(self.strips, rows, strict=False)] != [
            True
        ] * len(rows):
            yield "hold.strips: there is one for each reel, with at least as many stops as rows"
