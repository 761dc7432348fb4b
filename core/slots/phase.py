"""One kind of spin as a value: what its reels show, what its wilds do, what multiplies its wins, what it awards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Strips: TypeAlias = tuple[tuple[str, ...], ...]
"""One cyclic strip for each reel, from the left."""

MOST_WINDOWS = 100_000
"""Places where one reel can stop, weights counted: what a table can hold."""
MOST_GAMES = 1000
"""Free games that can be awarded or bought at once, and the highest cap on a series."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Multipliers of places on the board: what wins there raises them. Those of a win's cells are summed, and multiply it."""

    steps: tuple[int, ...]
    """What a place counts after 1, 2, ... wins on it; then the last. A place without a win counts nothing."""
    kept: bool = True
    """Over a series of free games; else each begins without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """Wilds that are held when the next free game begins: each on its place, or, where it filled its reel, all over it."""

    walks: Literal[-1, 0, 1] = 0
    """Reels that they move before each free game; who leaves the board is gone."""
    fills: bool = False
    """A wild that is held stands all over its reel from then on."""
    redraws: bool = False
    """A value is drawn anew in each free game; else it stays."""
    respins: bool = False
    """A spin with a wild that was not held awards one free game; of those that walk, a spin with any that will be held."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Wilds that come upon the board after the reels have stopped, each on a reel without one that was held or came so."""

    numbers: Mapping[int, int]
    """How many -> weight. Reel and row are drawn evenly, and what stood there is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One kind of spin: the base game's, or a free game's."""

    strips: Strips
    """A stop s shows s, s+1, ... from the top row down, and after the last the first again."""
    weights: tuple[tuple[int, ...], ...] = ()
    """Of each reel the weights of its stops ("virtual reels"); nothing: all are equally likely."""
    weight: int = 1
    """Of `strips`, where there are others."""
    others: tuple[tuple[int, Strips], ...] = ()
    """Further sets of strips, each with its weight. Every spin draws one."""
    cells: bool = False
    """Every place on the board draws a stop of its reel for itself, and shows it: weighted symbols instead of reels."""
    heights: tuple[Mapping[int, int], ...] = ()
    """Of each reel: visible symbols -> weight, drawn at every spin; nothing: the machine's `rows`."""
    factor: int = 1
    """Multiplies every pay."""
    steps: tuple[int, ...] = (1,)
    """Multiplies pays, but no scatter's: evaluation after evaluation of a cascade; then the last one, plus `growth` each."""
    growth: int = 0
    accumulates: bool = False
    """The steps go on from one free game to the next: of a cascade with each evaluation that won, else with each game."""
    times: Mapping[int, int] = field(default_factory=dict)
    """Multiplier -> weight: every spin draws one, and multiplies every pay by it, but no scatter's."""
    values: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Symbol -> value -> weight: each such symbol draws a value as it enters. A wild's come together over a winning line
    and multiply it, or count as so many ways. Those of any other symbol are summed at the end and multiply the whole spin."""
    expanding: tuple[int, ...] = ()
    """Reels, the first is 0, on which a wild in view fills every place but those of scatters, before anything is paid."""
    landing: Landing | None = None
    sticky: Sticky | None = None
    """Of the base spin: those wilds begin the free games that it leads to."""
    positions: Positions | None = None
    book: Mapping[str, int] = field(default_factory=dict)
    """Symbol -> weight: one is drawn for a series of free games. In view on so many reels that it would pay, it fills
    them after everything else was paid, and pays on every line, whatever stands between."""
    awards: Mapping[int, int] = field(default_factory=dict)
    """Scatters -> (more) free games."""
    most: int = 0
    """Free games of a series at most; what is awarded beyond it is lost. 0: any number."""

    @property
    def sets(self) -> tuple[tuple[int, Strips], ...]:
        """Every set of strips with its weight."""
        return ((self.weight, self.strips), *self.others)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol, in the order in which the strips name them first."""
        return tuple(dict.fromkeys(symbol for _, strips in self.sets for strip in strips for symbol in strip))

    def faults(self, rows: tuple[int, ...]) -> Iterator[str]:
        """What is wrong with it on a grid of so many rows on each reel, as far as it is its own."""
        for weight, strips in self.sets:
            yield from _strip_faults(strips, rows)
            if weight < 1:
                yield f"others: a set of strips has the weight {weight}"
        yield from self._chance_faults(rows)
        for symbol, weights in self.values.items():
            if not sum(weights.values()) or any(value < 1 or weight < 0 for value, weight in weights.items()):
                yield f"values: the weights of {symbol} sum to nothing, or one is below 0, or a value is below 1"
        if self.factor < 1 or self.growth < 0 or not self.steps or min(self.steps) < 1:
            yield "steps: a multiplier is at least 1"
        if self.times and (len(self.times) < 2 or min(self.times) < 1 or min(self.times.values()) < 1):
            yield "times: several multipliers, each of 1 or more, with a weight of 1 or more; one alone is `factor`"
        for count, games in self.awards.items():
            if count < 1 or not 1 <= games <= MOST_GAMES:
                yield f"awards: cannot award {games} games for {count}"
        if self.most < 0 or self.most > MOST_GAMES:
            yield f"most: {self.most} free games; the most is {MOST_GAMES}, and 0 is any number"
        if not set(self.expanding) <= set(range(len(rows))):
            yield f"expanding: there are reels 0 to {len(rows) - 1}"
        if self.positions is not None and (not self.positions.steps or min(self.positions.steps) < 0):
            yield "positions: there are no steps, or one is below 0"
        if self.landing is not None and not _weighty(self.landing.numbers, least=0):
            yield "landing: the numbers of wilds and their weights are 0 or more, and one weight is more"
        if not set(self.book) <= set(self.symbols) or (self.book and not _weighty(self.book)):
            yield "book: no strip has such a symbol, or the weights sum to nothing, or one is below 0"

    def _chance_faults(self, rows: tuple[int, ...]) -> Iterator[str]:
        """Of the weights of stops and heights."""
        lengths = [len(strip) for strip in self.strips]
        if self.weights:
            if self.others or [len(weights) for weights in self.weights] != lengths:
                yield "weights: there is one for each stop of each reel, and only where there is one set of strips"
            elif any(min(weights) < 0 or not sum(weights) for weights in self.weights):
                yield "weights: those of a reel sum to nothing, or one is below 0"
            lengths = [sum(weights) for weights in self.weights]
        if self.heights:
            if len(self.heights) != len(rows) or not all(_weighty(heights, least=1) for heights in self.heights):
                yield "heights: each reel has some, of 1 row or more, and their weights sum to something"
            elif any(max(heights) != most for heights, most in zip(self.heights, rows, strict=True)):
                yield "heights: the greatest of each reel is what `rows` says"
            lengths = [n * sum(heights.values()) for n, heights in zip(lengths, self.heights, strict=False)]
        if any(length > MOST_WINDOWS for length in lengths):
            yield f"weights: a reel has {max(lengths)} places to stop, {MOST_WINDOWS} at most can be"


def _strip_faults(strips: Strips, rows: tuple[int, ...]) -> Iterator[str]:
    if len(strips) != len(rows):
        yield f"strips: there are {len(strips)} for {len(rows)} reels"
    for reel, (strip, height) in enumerate(zip(strips, rows, strict=False), 1):
        if len(strip) < height:
            yield f"strips: reel {reel} has {len(strip)} stops, fewer than the {height} rows"


def _weighty(weights: Mapping[str, int] | Mapping[int, int], *, least: int | None = None) -> bool:
    """Whether these are weights, of numbers of at least so much."""
    numbers = all(isinstance(key, int) and key >= least for key in weights) if least is not None else True
    return numbers and all(weight >= 0 for weight in weights.values()) and sum(weights.values()) > 0
