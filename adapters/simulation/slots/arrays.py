"""The tables of a slot as arrays: the same numbers, laid out for compiled code. Nothing is worked out again here."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.slots.machine import Anywhere, Clusters, Lines, Ways
from core.slots.tables import PhaseTables, Tables

Ints = NDArray[np.int64]

PATTERNS = {Lines: 0, Ways: 1, Anywhere: 2, Clusters: 3}
DIRECTIONS = {"left": 0, "right": 1, "both": 2}
REFILLS = {"strip": 1, "fresh": 2}


class PhaseArrays(NamedTuple):
    """One kind of spin."""

    strips: NDArray[np.int64]
    """Reel x place; each strip is repeated as far as a window reaches."""
    stops: Ints
    expanding: NDArray[np.bool_]
    """Reels that a wild fills."""
    factor: int
    steps: Ints
    growth: int
    sums: Ints
    """Symbol x option: running sums of the weights of its values; 0: no value."""
    values: Ints
    valued: bool
    wild_valued: bool
    awards: Ints


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
    stands: NDArray[np.bool_]
    wild: int
    product: bool
    scatter: int
    settled: bool
    least: int
    scatter_pays: Ints
    cost: int
    buys: int
    base: PhaseArrays
    free: PhaseArrays
    """The base again, where there are no free games."""


def arrays(tables: Tables) -> Arrays:
    """The arrays of compiled tables."""
    machine = tables.machine
    base = _phase(tables, tables.base)
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
        stands=np.array(tables.stands, np.bool_),
        wild=tables.wild,
        product=tables.product,
        scatter=tables.scatter,
        settled=machine.scatter is None or machine.scatter.settled,
        least=tables.least,
        scatter_pays=_ints(tables.scatter_pays),
        cost=machine.cost,
        buys=machine.buys,
        base=base,
        free=base if tables.free is None else _phase(tables, tables.free),
    )


def _phase(tables: Tables, phase: PhaseTables) -> PhaseArrays:
    heights = tables.machine.heights
    longest = max(len(strip) + height for strip, height in zip(phase.strips, heights, strict=True))
    strips = [[strip[place % len(strip)] for place in range(longest)] for strip in phase.strips]
    options = max((len(weights) for weights in phase.weights.values()), default=1)
    sums = np.zeros((len(tables.symbols), options), np.int64)
    values = np.zeros((len(tables.symbols), options), np.int64)
    for symbol, weights in phase.weights.items():
        sums[symbol] = np.cumsum(list(weights.values()) + [0] * (options - len(weights)))
        values[symbol, : len(weights)] = list(weights)
    return PhaseArrays(
        strips=_ints(strips),
        stops=_ints(phase.stops),
        expanding=np.array([any(reel) for reel in phase.expands or [()] * len(heights)], np.bool_),
        factor=phase.factor,
        steps=_ints(phase.steps),
        growth=phase.growth,
        sums=sums,
        values=values,
        valued=bool(phase.weights),
        wild_valued=tables.wild in phase.weights,
        awards=_ints(phase.awards),
    )


def _ints(value: Any) -> Ints:
    return np.array(value, np.int64)
