"""A slot as a value: strips, lines and pays. It says what the game is; nothing here plays it.

A definition with a fault is refused when it is made, with the place named: the rules that are served, computed and
simulated are always these, and always whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ports.game import Json


class Fault(ValueError):
    """The definition of a slot cannot be played; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A slot with cyclic strips and pay lines.

    A stop s of a reel shows the symbols s, s+1, ... of its strip from the top row down, modulo its length; all stops are
    equally likely, and the reels are independent. A line pays for the longest run of one symbol from the first reel on, a
    wild standing for any other; where a run of wilds pays more by itself, that is paid. Pays are units for each line.
    """

    strips: tuple[tuple[str, ...], ...]
    """One strip for each reel, from the left."""
    rows: int
    """Visible symbols of each reel."""
    lines: tuple[tuple[int, ...], ...]
    """For each line the row (0: top) on each reel."""
    pays: Mapping[str, Mapping[int, int]]
    """Symbol -> length of the run -> units."""
    wild: str | None = None

    def __post_init__(self) -> None:
        if not self.strips:
            raise Fault("strips: there is no reel")
        for reel, strip in enumerate(self.strips, 1):
            if len(strip) < self.rows:
                raise Fault(f"strips: reel {reel} has {len(strip)} stops, fewer than the {self.rows} rows")
        for number, line in enumerate(self.lines, 1):
            if len(line) != len(self.strips):
                raise Fault(f"lines: line {number} has {len(line)} rows for {len(self.strips)} reels")
            if any(not 0 <= row < self.rows for row in line):
                raise Fault(f"lines: line {number} leaves the grid: {line}")
        if not self.lines or len(set(self.lines)) < len(self.lines):
            raise Fault("lines: there is none, or one stands twice")
        shown = {symbol for strip in self.strips for symbol in strip}
        for symbol, runs in self.pays.items():
            if symbol not in shown:
                raise Fault(f"pays: no strip has the symbol {symbol!r}")
            for run, units in runs.items():
                if not 1 <= run <= len(self.strips) or units < 1:
                    raise Fault(f"pays: {symbol} cannot pay {units} units for {run}")
        if self.wild is not None and self.wild not in shown:
            raise Fault(f"wild: no strip has the symbol {self.wild!r}")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol, in the order in which the strips name them first."""
        return tuple(dict.fromkeys(symbol for strip in self.strips for symbol in strip))

    def rules(self) -> dict[str, Json]:
        """What the player may read: everything but the strips."""
        return {
            "reels": len(self.strips),
            "rows": self.rows,
            "lines": self.lines,
            "pays": {symbol: {str(run): units for run, units in runs.items()} for symbol, runs in self.pays.items()},
            "wild": self.wild,
        }

    def as_json(self) -> Json:
        """The whole definition, for the maths digest."""
        return {**self.rules(), "strips": self.strips}
