"""The tables of a slot as numbers in one row, laid out for compiled code. Nothing is worked out again here.

    Arrays -- data      every table, one after the other
          |- machine    a record of numbers; a field that names a table is the place in `data` where it begins
          |- base       a record of the same kind for each kind of spin
          '- free

Records go to compiled functions as one pointer, where a tuple of arrays is hundreds of arguments: that is what makes them
quick to compile, and to call. A table of options with weights is laid out as their sum, and for each option the running sum
and the value; the place 0 holds a sum of 0, so that it stands for "there is nothing to choose from".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.slots.machine import SIDE, Anywhere, Clusters, Lines, Machine, Ways
from core.slots.patterns import book_pay
from core.slots.phase import Sticky
from core.slots.tables import PhaseTables, Tables

Ints = NDArray[np.int64]
Record = NDArray[np.void]
"""One record, as an array of it."""

PATTERNS = {Lines: 0, Ways: 1, Anywhere: 2, Clusters: 3}
DIRECTIONS = {"left": 0, "any": 0, "right": 1, "both": 2}
REFILLS = {"strip": 1, "fresh": 2}

_MACHINE = (
    "pattern direction refill",  # refill 0: nothing falls
    "reels cells symbols",
    "lines line_count",  # line x reel -> row
    "branches root",  # branch x symbol, see `core.slots.tables.Tables.branches`
    "units masks",  # by leaf; the cells along the line, as bits
    "counts most",  # symbol x how many; `most` is the greatest number
    "book",  # symbol x reels -> units, as the special symbol of a series
    "takes wild product",  # by symbol: the others that count as it, see `_Row.put_others`
    "scatters scatter_count settled scatter_pays",  # scatter x (its symbol, the others, its cells); scatter x how many
    "stays",  # by symbol: whether a wild that fills a reel leaves it
    "cost buys holds",
    # symbol -> place of its prizes, 0: it is not held; lands 0: the reels turn below
    "held starts prizes lands held_strips held_longest lives full",  # held -1: no hold
)
_PHASE = (
    "sets times",  # options: the numbers of the sets of strips; by set: the multiplier that is drawn with it
    "cellwise",  # every place draws for itself
    "strips longest stops",  # set x reel x place, repeated as far as a window reaches; set x reel
    "landing",  # options
    "sticky walks fills redraws respins",
    "positions last_position kept",  # what a place counts after 0, 1, ... wins; the last is 0: nothing
    "book",  # options: symbols
    "factor steps last_step growth accumulates",
    "values valued wild_valued",  # symbol -> place of its options
    "awards most_games",  # scatter x how many; most_games 0: any number
    "quick",
)


def _record(names: Iterable[str], *by_reel: str) -> np.dtype[np.void]:
    numbers = [(name, np.int64) for line in names for name in line.split()]
    return np.dtype([*numbers, *((name, np.int64, (SIDE,)) for name in by_reel)])


MACHINE = _record(_MACHINE, "heights", "held_stops")
PHASE = _record(_PHASE, "points", "places", "tall", "expanding")
"""By reel: the sum of the weights of its stops, or 0, and the stop that each point of it means; the options of its height,
or 0; whether a wild fills it."""


class Arrays(NamedTuple):
    """A machine."""

    data: Ints
    machine: Record
    base: Record
    free: Record
    """The base again, where there are no free games."""


def arrays(tables: Tables) -> Arrays:
    """The numbers of compiled tables."""
    row = _Row()
    machine = _machine(row, tables)
    base = _phase(row, tables, tables.base)
    free = base if tables.free is None else _phase(row, tables, tables.free)
    return Arrays(np.array(row.numbers, np.int64), machine, base, free)


class _Row:
    """The numbers of all tables, one table after the other."""

    def __init__(self) -> None:
        self.numbers = [0]

    def put(self, table: Any) -> int:
        """Append a table, row after row; returns the place where it begins."""
        place = len(self.numbers)
        self.numbers += np.array(table, np.int64).reshape(-1).tolist()
        return place

    def put_options(self, weights: Mapping[int, int]) -> int:
        """Append values with their weights; 0 where there are none."""
        if not weights:
            return 0
        running = np.cumsum(list(weights.values())).tolist()
        return self.put([running[-1], *(number for pair in zip(running, weights, strict=True) for number in pair)])

    def put_others(self, symbol: int, taken: Iterable[int]) -> int:
        """The symbols that count as another. 0: only itself; below 0: one more, which is -1 - this; else the place of more:
        how many, and which.
        """
        others = sorted({*taken} - {symbol})
        if len(others) <= 1:
            return -1 - others[0] if others else 0
        return self.put([len(others), *others])

    def put_strips(self, sets: Sequence[Sequence[Sequence[int]]], longest: int) -> int:
        """Append strips, all repeated to one length."""
        return self.put(
            [[[strip[place % len(strip)] for place in range(longest)] for strip in strips] for strips in sets]
        )


def _machine(row: _Row, tables: Tables) -> Record:
    machine = tables.machine
    pattern, symbols = machine.pattern, range(len(tables.symbols))
    reels = range(len(machine.heights) + 1)
    leaves = [
        (0, 0) if leaf is None else (leaf.units, sum(1 << step for step in leaf.at or range(leaf.run)))
        for leaf in tables.leaves
    ]
    found = np.zeros(1, MACHINE)
    _fill(
        found,
        pattern=PATTERNS[type(pattern)],
        direction=DIRECTIONS[pattern.direction] if isinstance(pattern, Lines) else 0,
        refill=0 if machine.cascade is None else REFILLS[machine.cascade.refill],
        reels=len(machine.heights),
        cells=sum(machine.heights),
        symbols=len(tables.symbols),
        lines=row.put(tables.lines),
        line_count=len(tables.lines),
        branches=row.put(tables.branches),
        root=len(tables.branches) - 1,
        units=row.put([units for units, _ in leaves]),
        masks=row.put([mask for _, mask in leaves]),
        counts=row.put(tables.counts),
        most=len(tables.counts[0]) - 1,
        book=row.put([[book_pay(tables, symbol, n) for n in reels] for symbol in symbols]),
        takes=row.put([row.put_others(symbol, taken) for symbol, taken in enumerate(tables.takes)]),
        wild=tables.wild,
        product=tables.product,
        scatters=row.put(
            [
                (kind.symbol, row.put_others(kind.symbol, set().union(*kind.marks)), _cells(kind.marks))
                for kind in tables.scatters
            ]
        ),
        scatter_count=len(tables.scatters),
        settled=tables.settled or not tables.scatters,
        scatter_pays=row.put([kind.pays for kind in tables.scatters] or [0] * (sum(machine.heights) + 1)),
        stays=row.put([symbol in tables.stays for symbol in symbols]),
        cost=machine.cost,
        buys=machine.buys,
        holds=machine.holds,
        heights=machine.heights,
        **_hold(row, tables, machine),
    )
    return found


def _hold(row: _Row, tables: Tables, machine: Machine) -> dict[str, Any]:
    hold = machine.hold
    if hold is None:
        return {"held": -1}
    lands = None if hold.lands is None else dict(zip((1, 0), hold.lands, strict=True))
    longest = max((len(strip) for strip in tables.held_strips), default=0) + max(machine.heights)
    return {
        "held": tables.symbols.index(hold.symbol),
        "starts": hold.starts,
        "prizes": row.put([row.put_options(hold.kinds.get(symbol, {})) for symbol in tables.symbols]),
        "lands": row.put_options(lands or {}),
        "held_strips": row.put_strips([tables.held_strips], longest),
        "held_longest": longest,
        "held_stops": [len(strip) for strip in tables.held_strips],
        "lives": hold.lives,
        "full": hold.full,
    }


def _phase(row: _Row, tables: Tables, phase: PhaseTables) -> Record:
    of, heights = phase.of, tables.machine.heights
    sets = phase.sets or (phase,)
    longest = max(len(strip) for one in sets for strip in one.strips) + SIDE
    sticky = phase.sticky or Sticky()
    positions = phase.positions.steps if phase.positions else ()
    places = [[stop for stop, n in enumerate(weights) for _ in range(n)] for weights in of.weights]
    found = np.zeros(1, PHASE)
    _fill(
        found,
        sets=row.put_options({number: one.weight for number, one in enumerate(sets)}) if phase.sets else 0,
        times=row.put([one.times for one in sets]),
        cellwise=phase.cells,
        strips=row.put_strips([one.strips for one in sets], longest),
        longest=longest,
        stops=row.put([one.stops for one in sets]),
        points=[len(some) for some in places],
        places=[row.put(some) for some in places],
        tall=[row.put_options(some) for some in of.heights],
        expanding=[reel in phase.expanding for reel in range(len(heights))],
        landing=row.put_options(of.landing.numbers if of.landing else {}),
        sticky=phase.sticky is not None,
        walks=sticky.walks,
        fills=sticky.fills,
        redraws=sticky.redraws,
        respins=sticky.respins,
        positions=row.put([0, *positions]),
        last_position=len(positions),
        kept=phase.positions is not None and phase.positions.kept,
        book=row.put_options(dict(zip(phase.specials, of.book.values(), strict=True))),
        factor=phase.factor,
        steps=row.put(phase.steps),
        last_step=len(phase.steps) - 1,
        growth=phase.growth,
        accumulates=of.accumulates,
        values=row.put([row.put_options(phase.weights.get(symbol, {})) for symbol in range(len(tables.symbols))]),
        valued=bool(phase.weights),
        wild_valued=tables.wild in phase.weights,
        awards=row.put(phase.awards or [0] * (sum(heights) + 1)),
        most_games=of.most,
        quick=phase.quick,
    )
    return found


def _cells(marks: Sequence[frozenset[int]]) -> int:
    """The cells of the reels on which a scatter counts, as the bits of a signed number."""
    cells = sum(0xFF << (SIDE * reel) for reel, symbols in enumerate(marks) if symbols)
    return cells - (1 << 64) if cells >> 63 else cells


def _fill(record: Record, **numbers: Any) -> None:
    for name, number in numbers.items():
        if record.dtype[name].shape:
            record[name][0, : len(number)] = number
        else:
            record[name] = number
