"""Hold and respin: a base spin that shows enough of one symbol holds them, and the empty cells are spun again.

    base spin -> at least `starts` of the symbol in view -> each held with a prize
              -> respin: every empty cell may get one more, with a prize; then `lives` respins are left again
              -> no respin left, or no empty cell: the prizes are paid, and `full` for a full board

Where each empty cell is drawn for itself, what a start with n of them comes to is a recurrence over (held, respins left).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import comb

from core.slots.phase import Strips
from ports.game import Json

MOST_LIVES = 100
"""Respins without anything that lands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The feature. Its symbol pays nothing else."""

    symbol: str
    starts: int
    """So many in view begin it."""
    prizes: Mapping[int, int]
    """Units -> weight; each held symbol draws one."""
    others: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Further symbols that are held where reels turn, each with its own prizes."""
    lands: tuple[int, int] | None = None
    """Weights of an empty cell at a respin: that the symbol lands on it, and that it does not."""
    strips: Strips = ()
    """Instead of `lands`: the reels turn below what is held, and the symbol is held where it comes into view."""
    lives: int = 3
    """Respins, and again so many after each that landed one."""
    full: int = 0
    """Units more for a board that is full."""

    @property
    def kinds(self) -> dict[str, Mapping[int, int]]:
        """Every symbol that is held, with its prizes."""
        return {self.symbol: self.prizes, **self.others}

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
        others: dict[str, Json] = {symbol: sorted(prizes) for symbol, prizes in self.others.items()}
        return told | {"prizes": sorted(self.prizes), "others": others, "full": self.full}

    def moments(self, cells: int) -> list[tuple[Fraction, Fraction]]:
        """For 0, 1, ... cells held at the start, of so many in all: mean units, and their mean square. With `lands` only."""
        square = Fraction(sum(units**2 * weight for units, weight in self.prizes.items()), sum(self.prizes.values()))
        found = []
        for ends in self.ends(cells):
            mean = second = Fraction(0)
            for held, chance in ends.items():
                prizes, more = held * self.prize, self.full if held == cells else 0
                spread = held * (square - self.prize**2)
                mean += chance * (prizes + more)
                second += chance * (spread + (prizes + more) ** 2)
            found.append((mean, second))
        return found

    def ends(self, cells: int) -> list[dict[int, Fraction]]:
        """For 0, 1, ... cells held at the start: how many are held at the end, with the chances. With `lands` only."""
        assert self.lands is not None
        lands = Fraction(self.lands[0], sum(self.lands))

        @cache
        def end(held: int, left: int) -> dict[int, Fraction]:
            if held == cells or not left:
                return {held: Fraction(1)}
            empty = cells - held
            found: dict[int, Fraction] = {}
            for more in range(empty + 1):
                chance = comb(empty, more) * lands**more * (1 - lands) ** (empty - more)
                for last, then in end(held + more, self.lives if more else left - 1).items():
                    found[last] = found.get(last, Fraction(0)) + chance * then
            return found

        return [end(held, self.lives) for held in range(cells + 1)]

    def faults(self, rows: tuple[int, ...]) -> Iterator[str]:
        """What is wrong with it on a grid of so many rows on each reel."""
        if not 1 <= self.starts <= sum(rows):
            yield f"hold.starts: {self.starts} of {sum(rows)} cells"
        for prizes in self.kinds.values():
            if not prizes or any(units < 1 or weight < 1 for units, weight in prizes.items()):
                yield "hold.prizes: a prize and its weight are at least 1"
        if self.others and not self.strips:
            yield "hold.others: several symbols are held where reels turn, on `strips`"
        if (self.lands is None) == (not self.strips):
            yield "hold: it has `lands` or strips, one of them"
        if self.lands is not None and min(self.lands) < 1:
            yield "hold.lands: a weight is at least 1"
        if not 1 <= self.lives <= MOST_LIVES or self.full < 0:
            yield f"hold: lives are 1 to {MOST_LIVES}, and full is not below 0"
        if self.strips and not set(self.kinds) & set(self.symbols):
            yield "hold.strips: they never show what is held"
        if self.strips and (
            len(self.strips) != len(rows)
            or any(len(strip) < height for strip, height in zip(self.strips, rows, strict=True))
        ):
            yield "hold.strips: there is one for each reel, with at least as many stops as rows"
