"""The tables of a slot as arrays: the same numbers, laid out for compiled code. Nothing is worked out again here."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.slots.machine import Anywhere, Clusters, Lines, Ways
from core.slots.patterns import book_pay
from core.slots.phase import Sticky
from core.slots.tables import PhaseTables, Tables

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PATTERNS = {Lines: 0, Ways: 1, Anywhere: 2, Clusters: 3}
DIRECTIONS = {"left": 0, "right": 1, "both": 2}
REFILLS = {"strip": 1, "fresh": 2}


class PhaseArrays(NamedTuple):
    """One kind of spin; what differs between its sets of strips has the set first."""

    shares: Ints
    """Running sums of the weights of the sets: strips, each with each multiplier that is drawn."""
    times: Ints
    """By set: that multiplier."""
    strips: Ints
    """Set x reel x place; each strip is repeated as far as a window reaches."""
    stops: Ints
    """Set x reel."""
    places: Ints
    """Reel x point: the stop that a draw below `points` means, where stops weigh."""
    points: Ints
    """By reel: the sum of the weights; 0: stops are equally likely."""
    cells: bool
    """Every place draws for itself."""
    tall: Ints
    """Reel x option: heights."""
    tall_sums: Ints
    """Reel x option: running sums of their weights; 0: heights are fixed."""
    expanding: Bools
    """Reels that a wild fills."""
    landing: Ints
    """Running sums of the weights of the numbers of wilds that land; 0: none do."""
    numbers: Ints
    sticky: bool
    walks: int
    fills: bool
    redraws: bool
    respins: bool
    positions: Ints
    """What a place counts after 0, 1, ... wins; just the 0: nothing."""
    kept: bool
    book: Ints
    """Running sums of the weights of the special symbols; 0: there is no book."""
    specials: Ints
    factor: int
    steps: Ints
    growth: int
    accumulates: bool
    sums: Ints
    """Symbol x option: running sums of the weights of its values; 0: no value."""
    values: Ints
    valued: bool
    wild_valued: bool
    awards: Ints
    """Scatter x how many."""
    most: int
    """Free games of a series; 0: any number."""
    quick: bool


class Arrays(NamedTuple):
    """A machine."""

    pattern: int
    direction: int
    refill: int
    """0: nothing falls."""
    heights: Ints
    lines: Ints
    branches: Ints
    units: Ints
    """By leaf."""
    wilds: Ints
    runs: Ints
    counts: Ints
    book: Ints
    """Symbol x reels -> units, as the special symbol of a series."""
    takes: Bools
    """Symbol x shown: whether this counts as the symbol."""
    wild: int
    product: bool
    marks: Bools
    """Scatter x reel x symbol; one that no symbol is, where there are none."""
    stays: Bools
    """Symbols that a wild which fills their reel leaves."""
    settled: bool
    scatter_pays: Ints
    """Scatter x how many."""
    cost: int
    buys: int
    holds: bool
    held: int
    """The symbol of hold and respin, or the first of several; -1: there is none."""
    holdable: Bools
    """By symbol: whether it is held."""
    starts: int
    prizes: Ints
    """Symbol x option."""
    prize_sums: Ints
    lands: Ints
    """Running sums of its weights; 0: the reels turn below."""
    held_strips: Ints
    held_stops: Ints
    lives: int
    full: int
    base: PhaseArrays
    free: PhaseArrays
    """The base again, where there are no free games."""


def arrays(tables: Tables) -> Arrays:
    """The arrays of compiled tables."""
    machine = tables.machine
    base = _phase(tables, tables.base)
    hold = machine.hold
    kinds = hold.kinds if hold else {}
    reels, symbols = range(len(machine.heights) + 1), len(tables.symbols)
    branches = tables.branches or ((0,),)
    pattern = machine.pattern
    return Arrays(
        pattern=PATTERNS[type(pattern)],
        direction=DIRECTIONS[pattern.direction] if isinstance(pattern, Lines) else 0,
        refill=0 if machine.cascade is None else REFILLS[machine.cascade.refill],
        heights=_ints(machine.heights),
        lines=_ints(tables.lines or ((0,) * len(machine.heights),)),
        branches=_ints(branches),
        units=_ints([0 if leaf is None else leaf.units for leaf in tables.leaves] or [0]),
        wilds=_ints([0 if leaf is None else leaf.wilds for leaf in tables.leaves] or [0]),
        runs=_ints([0 if leaf is None else leaf.run for leaf in tables.leaves] or [0]),
        counts=_ints(tables.counts),
        book=_ints([[book_pay(tables, symbol, n) for n in reels] for symbol in range(symbols)]),
        takes=_flags(tables.takes, symbols),
        wild=tables.wild,
        product=tables.product,
        marks=np.stack(
            [_flags(scatter.marks, symbols) for scatter in tables.scatters] or [_flags([()] * reels[-1], symbols)]
        ),
        stays=_flags([tables.stays], symbols)[0],
        settled=machine.scatter is None or machine.scatter.settled,
        scatter_pays=_ints([scatter.pays for scatter in tables.scatters] or [[0] * (sum(machine.heights) + 1)]),
        cost=machine.cost,
        buys=machine.buys,
        holds=machine.holds,
        held=-1 if hold is None else tables.symbols.index(hold.symbol),
        holdable=_flags([tables.prizes], symbols)[0],
        starts=0 if hold is None else hold.starts,
        prizes=_rows([list(kinds.get(name, (0,))) for name in tables.symbols], symbols),
        prize_sums=_rows([_sums(kinds[name].values() if name in kinds else ()) for name in tables.symbols], symbols),
        lands=_sums(hold.lands or () if hold else ()),
        held_strips=_repeated(tables.held_strips, machine.heights),
        held_stops=_ints([len(strip) for strip in tables.held_strips]),
        lives=hold.lives if hold else 0,
        full=hold.full if hold else 0,
        base=base,
        free=base if tables.free is None else _phase(tables, tables.free),
    )


def _phase(tables: Tables, phase: PhaseTables) -> PhaseArrays:
    of, heights = phase.of, tables.machine.heights
    sets = phase.sets or (phase,)
    longest = max(len(strip) for one in sets for strip in one.strips) + max(heights)
    options = max((len(weights) for weights in phase.weights.values()), default=1)
    sums = np.zeros((len(tables.symbols), options), np.int64)
    values = np.zeros((len(tables.symbols), options), np.int64)
    for symbol, weights in phase.weights.items():
        sums[symbol] = np.cumsum(list(weights.values()) + [0] * (options - len(weights)))
        values[symbol, : len(weights)] = list(weights)
    sticky = phase.sticky or Sticky()
    return PhaseArrays(
        shares=_sums(one.weight for one in sets),
        times=_ints([one.times for one in sets]),
        strips=np.stack([_repeated(one.strips, heights, longest) for one in sets]),
        stops=_ints([one.stops for one in sets]),
        places=_rows(
            [[stop for stop, n in enumerate(weights) for _ in range(n)] for weights in of.weights], len(heights)
        ),
        points=_ints([sum(weights) for weights in of.weights] or [0] * len(heights)),
        cells=phase.cells,
        tall=_rows(phase.tall, len(heights)),
        tall_sums=_rows([_sums(some.values()) for some in of.heights], len(heights)),
        expanding=np.isin(np.arange(len(heights)), phase.expanding),
        landing=_sums(of.landing.numbers.values() if of.landing else ()),
        numbers=_ints(list(of.landing.numbers) if of.landing else [0]),
        sticky=phase.sticky is not None,
        walks=sticky.walks,
        fills=sticky.fills,
        redraws=sticky.redraws,
        respins=sticky.respins,
        positions=_ints([0, *(phase.positions.steps if phase.positions else ())]),
        kept=phase.positions is not None and phase.positions.kept,
        book=_sums(of.book.values()),
        specials=_ints(phase.specials or [0]),
        factor=phase.factor,
        steps=_ints(phase.steps),
        growth=phase.growth,
        accumulates=of.accumulates,
        sums=sums,
        values=values,
        valued=bool(phase.weights),
        wild_valued=tables.wild in phase.weights,
        awards=_ints(phase.awards),
        most=of.most,
        quick=phase.quick,
    )


def _flags(rows: Sequence[Iterable[int]], count: int) -> Bools:
    """For each row, which of so many numbers are in it."""
    return np.array([np.isin(np.arange(count), list(row)) for row in rows], np.bool_)


def _repeated(strips: Sequence[Sequence[int]], heights: Sequence[int], longest: int = 0) -> Ints:
    """Strips as rows of one length, repeated."""
    longest = longest or max((len(strip) for strip in strips), default=0) + max(heights)
    return _ints([[strip[place % len(strip)] for place in range(longest)] for strip in strips] or [[0]])


def _rows(rows: Sequence[Sequence[int] | Ints], reels: int) -> Ints:
    """Rows of different lengths: each goes on with its last number, and zeros where there is none."""
    longest = max((len(row) for row in rows), default=1)
    return _ints([[*row, *([row[-1]] * (longest - len(row)))] for row in rows] or [[0]] * reels)


def _sums(weights: Iterable[int]) -> Ints:
    """Running sums; just a 0 where there is nothing to choose from."""
    return _ints(np.cumsum(list(weights) or [0]))


def _ints(value: Any) -> Ints:
    return np.array(value, np.int64)
