"""A compiled machine: the tables that the served spin, the exact maths and the fast simulation all read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from core.rng import Weights
from core.slots.machine import Machine
from core.slots.phase import Phase, Positions, Sticky
from core.slots.tree import LinePay, Node

Path: TypeAlias = tuple[tuple[int, int], ...]
"""The (reel, row) of a line, or the last of them."""

Opening: TypeAlias = "tuple[int, Path, Node, Path]"
"""Of a line: its number, its path, where it is in the tree, and what of the path is still to be looked at."""

Openings: TypeAlias = tuple[tuple[tuple[tuple[Opening, ...], ...], ...], ...]
"""Stop of the first reel -> of the second -> of the third -> the lines that can still pay."""

Window: TypeAlias = tuple[int, ...]
"""The symbols of one reel, from the top row down."""

View: TypeAlias = "tuple[Window, tuple[str, ...], int]"
"""Of one reel: its window in `PhaseTables.windows`, the names of that in `raw`, its scatters of the first kind."""

Odds: TypeAlias = tuple[tuple[Window, int], ...]
"""The windows of one reel, each with its weight."""

Marks: TypeAlias = "tuple[frozenset[int], ...]"
"""By reel: the symbols that count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatters:
    """One scatter."""

    symbol: int
    marks: Marks
    pays: tuple[int, ...]
    least: int
    """So many, and more, pay or award something in some phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTables:
    """One kind of spin, compiled."""

    of: Phase
    """What it is compiled from."""
    windows: tuple[tuple[Window, ...], ...]
    """Reel -> place -> the symbols that count: those in view, once wilds have expanded. A place is a stop; where heights
    vary, it is the number of the height times the number of stops, plus the stop."""
    raw: tuple[tuple[Window, ...], ...]
    """The same, before anything expands."""
    odds: tuple[Odds, ...]
    """Of each reel, for the readers that do not draw: `windows` that differ, with their weights."""
    total: int
    """All combinations of `odds`."""
    expands: tuple[tuple[bool, ...], ...] | None
    """Reel -> place -> whether a wild expands there; None where none ever does."""
    strips: tuple[Window, ...]
    stops: tuple[int, ...]
    """How many stops each reel has."""
    cells: bool
    """Every place draws for itself."""
    weights_of_stops: tuple[Weights[int], ...]
    """By reel; nothing where all are equally likely."""
    heights: tuple[Weights[int], ...]
    """By reel: the number of a height, among those that `Phase.heights` names; nothing where they are fixed."""
    tall: tuple[tuple[int, ...], ...]
    """By reel: the heights."""
    sets: tuple["PhaseTables", ...]
    """Each set of strips with each multiplier that is drawn (`times`), where there are several; the windows, odds and strips
    here are the first one's.
    """
    weight: int
    """Of this one among them."""
    times: int
    """The multiplier that is drawn with it; 1: none is."""
    choice: Weights[int] | None
    """Of the sets."""
    expanding: tuple[int, ...]
    landing: Weights[int] | None
    """How many wilds come upon the board."""
    sticky: Sticky | None
    positions: Positions | None
    book: Weights[int] | None
    specials: tuple[int, ...]
    """The symbols of `book`."""
    special: int
    """The one that it has drawn; -1: none."""
    filled: frozenset[int]
    """Reels that are held, wilds all over."""
    alike: bool
    """Every row of a reel sees the same."""
    quick: bool
    """A spin is stops and no more, until it is paid."""
    factor: int
    steps: tuple[int, ...]
    growth: int
    values: tuple[Weights[int] | None, ...]
    """By symbol: what it draws as it enters."""
    weights: Mapping[int, Mapping[int, int]]
    """Symbol -> value -> weight, for the readers that do not draw."""
    awards: tuple[tuple[int, ...], ...]
    """By scatter: free games by the number of it."""
    views: tuple[tuple[View, ...], ...]
    """Reel -> place -> what is seen there."""
    openings: Openings | None
    """Of a plain spin (stops, lines and scatters, and no more); None of others, and where that would be too many."""

    def step(self, number: int) -> int:
        """The multiplier of evaluation `number` (the first is 0)."""
        last = len(self.steps) - 1
        return (self.steps[min(number, last)] + self.growth * max(0, number - last)) * self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A compiled machine. Symbols are indices into `symbols`."""

    machine: Machine
    symbols: tuple[str, ...]
    lines: tuple[tuple[int, ...], ...]
    tree: Node
    """What a line pays, from its first reel on."""
    opening: tuple[Opening, ...]
    """All lines, before a reel has stopped."""
    branches: tuple[tuple[int, ...], ...]
    """The same, flat: branch -> symbol -> branch, or, below 0, leaf -1 - place. The last branch is the root."""
    leaves: tuple[LinePay | None, ...]
    counts: tuple[tuple[int, ...], ...]
    """Symbol -> how many -> units, for ways (reels), anywhere and clusters (cells)."""
    wild: int
    """-1: there is none."""
    product: bool
    """The values of a run's wilds are multiplied by each other."""
    takes: Marks
    """By symbol: itself, and the wilds that stand for it."""
    scatters: tuple[Scatters, ...]
    settled: bool
    """Scatters are counted when nothing falls any more."""
    stays: frozenset[int]
    """Scatters: no wild that fills a reel takes their place."""
    prizes: Mapping[int, Weights[int]]
    """Of hold and respin: symbol -> what it may be worth."""
    lands: Weights[bool] | None
    held_strips: tuple[Window, ...]
    plain: Openings | None
    """Of the base spin, where a round is a plain one and free games; else None."""
    base: PhaseTables
    free: PhaseTables | None

    def phase(self, name: str) -> PhaseTables:
        """The tables of a phase, by its name."""
        found = self.base if name == "base" else self.free
        assert found is not None
        return found
