"""Compiling: a machine's tables are made, once, when it is loaded."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from typing import TypeVar

from core.rng import Weights
from core.slots.machine import Fault, Lines, Machine, Ways
from core.slots.phase import MOST_WINDOWS, Phase, Strips
from core.slots.tables import Odds, Opening, Openings, PhaseTables, Scatters, Tables, Window
from core.slots.tree import Tree, taken_for

Value = TypeVar("Value")
NO_SYMBOL = -2
"""Stands for all symbols that nobody will ask for."""
MOST_WEIGHT = 2**31
"""What weights sum to at most: the compiled reader draws 32 bits."""
MOST_OPENINGS = 2**18
"""Combinations of the first three reels that `Openings` are made for."""


def compile_machine(machine: Machine) -> Tables:
    """The tables of a machine. Raises `Fault`."""
    symbols = machine.symbols
    number = {symbol: index for index, symbol in enumerate(symbols)}
    cells = sum(machine.heights)
    wild = machine.wild
    whole = isinstance(machine.pattern, Ways)
    tree = Tree(machine) if isinstance(machine.pattern, Lines) else None
    nested = tree.nested() if tree else None
    lines = machine.pattern.rows if isinstance(machine.pattern, Lines) else ()
    paths = [tuple(enumerate(line)) for line in lines]
    opening = tuple((number, path, nested, path) for number, path in enumerate(paths))
    base = _phase(machine, "base", number, opening)
    alone = base.choice is None and machine.hold is None and not machine.buys
    return Tables(
        machine=machine,
        symbols=symbols,
        lines=lines,
        tree=nested,
        opening=opening,
        branches=tuple(tree.branches) if tree else (),
        leaves=tuple(tree.leaves) if tree else (),
        counts=tuple(_by_count(machine.pays.get(symbol, {}), cells, exact=whole) for symbol in symbols),
        wild=number[wild.symbol] if wild else -1,
        product=wild is not None and wild.values == "multiplied",
        takes=tuple(
            frozenset(number[taken] for taken in taken_for(machine, s)) if s in machine.pays else frozenset({number[s]})
            for s in symbols
        ),
        scatters=tuple(_scatter(machine, place, number) for place in range(len(machine.scatters))),
        settled=machine.scatter is not None and (machine.scatter.settled or machine.cascade is None),
        stays=_stays(machine, number),
        prizes={number[symbol]: _weights(prizes.items()) for symbol, prizes in machine.hold.kinds.items()}
        if machine.hold
        else {},
        lands=_weights(zip((True, False), machine.hold.lands, strict=True))
        if machine.hold and machine.hold.lands
        else None,
        held_strips=_numbered(machine.hold.strips if machine.hold else (), number),
        plain=base.openings if alone else None,
        base=base,
        free=None if machine.free is None else _phase(machine, "free", number, opening),
    )


def _scatter(machine: Machine, place: int, number: Mapping[str, int]) -> Scatters:
    scatter, cells = machine.scatters[place], sum(machine.heights)
    marks = frozenset(number[symbol] for symbol in (scatter.symbol, *scatter.takes))
    awards = [count for name in machine.phases if name in ("base", "free") for count in machine.awards(name)[place]]
    return Scatters(
        symbol=number[scatter.symbol],
        marks=tuple(
            marks if not scatter.reels or reel in scatter.reels else frozenset() for reel in range(len(machine.heights))
        ),
        pays=_by_count(scatter.pays, cells),
        least=min([*scatter.pays, *awards, cells + 1]),
    )


def _stays(machine: Machine, number: Mapping[str, int]) -> frozenset[int]:
    return frozenset(number[scatter.symbol] for scatter in machine.scatters)


def _phase(machine: Machine, name: str, number: Mapping[str, int], opening: tuple[Opening, ...]) -> PhaseTables:
    phase = machine.phases[name]
    awards = tuple(_by_count(counts, sum(machine.heights)) for counts in machine.awards(name))
    sets = tuple(
        replace(table, awards=awards, weight=weight * share, times=times)
        for weight, strips in phase.sets
        for table in [_set(machine, phase, strips, number, opening)]
        for times, share in (phase.times or {1: 1}).items()
    )
    if len(sets) == 1:
        return sets[0]
    return replace(
        sets[0],
        sets=sets,
        times=1,
        choice=_weights((place, one.weight) for place, one in enumerate(sets)),
        quick=False,
    )


def _set(
    machine: Machine, phase: Phase, named: Strips, number: Mapping[str, int], opening: tuple[Opening, ...]
) -> PhaseTables:
    """The tables of one set of strips."""
    strips = _numbered(named, number)
    tall = tuple(tuple(heights) for heights in phase.heights) or tuple((height,) for height in machine.heights)
    raw = tuple(
        tuple(
            tuple(strip[(stop + row) % len(strip)] for row in range(height))
            for height in some
            for stop in range(len(strip))
        )
        for strip, some in zip(strips, tall, strict=True)
    )
    windows = tuple(
        _filled(reel, machine, number) if place in phase.expanding else reel for place, reel in enumerate(raw)
    )
    if phase.cells:
        odds = tuple(_cell_odds(machine, phase, strip, reel, number) for reel, strip in enumerate(strips))
    else:
        odds = tuple(_odds(phase, reel, places) for reel, places in enumerate(windows))
    names = tuple(number)
    marks = _scatter(machine, 0, number).marks if machine.scatters else (frozenset[int](),) * len(strips)
    return PhaseTables(
        of=phase,
        windows=windows,
        raw=raw,
        odds=odds,
        total=prod(sum(weight for _, weight in reel) for reel in odds),
        expands=tuple(
            tuple(before != after for before, after in zip(reel, filled, strict=True))
            for reel, filled in zip(raw, windows, strict=True)
        )
        if phase.expanding
        else None,
        views=tuple(
            tuple(
                (window, tuple(names[symbol] for symbol in before), sum(map(window.count, counts)))
                for window, before in zip(reel, befores, strict=True)
            )
            for reel, befores, counts in zip(windows, raw, marks, strict=True)
        ),
        openings=_openings(windows, opening) if _plain(machine, phase) else None,
        strips=strips,
        stops=tuple(len(strip) for strip in strips),
        cells=phase.cells,
        weights_of_stops=tuple(_weights(enumerate(weights)) for weights in phase.weights),
        heights=tuple(_weights(enumerate(heights.values())) for heights in phase.heights),
        tall=tall,
        sets=(),
        weight=1,
        times=1,
        choice=None,
        expanding=phase.expanding,
        landing=_weights(phase.landing.numbers.items()) if phase.landing else None,
        sticky=phase.sticky,
        positions=phase.positions,
        book=_weights((number[symbol], weight) for symbol, weight in phase.book.items()) if phase.book else None,
        specials=tuple(number[symbol] for symbol in phase.book),
        special=-1,
        filled=frozenset(),
        alike=not (phase.weights or phase.expanding),
        quick=not (
            phase.cells
            or phase.weights
            or phase.heights
            or phase.landing
            or phase.sticky
            or (phase.expanding and phase.values)
        ),
        factor=phase.factor,
        steps=phase.steps,
        growth=phase.growth,
        values=tuple(_weights(phase.values[symbol].items()) if symbol in phase.values else None for symbol in number),
        weights={number[symbol]: dict(weights) for symbol, weights in phase.values.items()},
        awards=(),
    )


def _weights(pairs: Iterable[tuple[Value, int]]) -> Weights[Value]:
    pairs = tuple(pairs)
    if (whole := sum(weight for _, weight in pairs)) > MOST_WEIGHT:
        raise Fault(f"weights: they sum to {whole}, and {MOST_WEIGHT} is the most")
    try:
        return Weights(pairs)
    except ValueError as problem:
        raise Fault(f"weights: {problem}") from None


def _numbered(strips: Strips, number: Mapping[str, int]) -> tuple[Window, ...]:
    return tuple(tuple(number[symbol] for symbol in strip) for strip in strips)


def _odds(phase: Phase, reel: int, places: tuple[Window, ...]) -> Odds:
    """The windows of a reel with their weights: those of the stops, times those of the heights."""
    heights = tuple(phase.heights[reel].values()) if phase.heights else (1,)
    stops = phase.weights[reel] if phase.weights else (1,) * (len(places) // len(heights))
    found: Counter[Window] = Counter()
    for window, weight in zip(places, (height * stop for height in heights for stop in stops), strict=True):
        found[window] += weight
    return tuple((window, weight) for window, weight in found.items() if weight)


def _cell_odds(machine: Machine, phase: Phase, strip: Window, reel: int, number: Mapping[str, int]) -> Odds:
    """The windows of a reel whose places are drawn one by one. Where only its scatters will be asked for, whatever counts
    as none is one symbol.
    """
    chances: Counter[int] = Counter()
    count = {number[symbol] for scatter in machine.scatters for symbol in (scatter.symbol, *scatter.takes)}
    along = isinstance(machine.pattern, Lines | Ways) and machine.cascade is None
    for symbol, weight in zip(strip, phase.weights[reel] if phase.weights else (1,) * len(strip), strict=True):
        chances[symbol if along or symbol in count else NO_SYMBOL] += weight
    heights = phase.heights[reel] if phase.heights else {machine.heights[reel]: 1}
    most = max(heights)
    if len(chances) ** most > MOST_WINDOWS:
        raise Fault(f"cells: reel {reel + 1} shows {len(chances)} symbols on {most} rows, too many to count")
    found: Counter[Window] = Counter()
    whole = chances.total()
    for height, weight in heights.items():
        for window in product(chances, repeat=height):
            ways = prod(chances[symbol] for symbol in window)
            found[window] += weight * ways * whole ** (most - height)
    odds = tuple((window, weight) for window, weight in found.items() if weight)
    if reel in phase.expanding:
        filled = _filled(tuple(window for window, _ in odds), machine, number)
        return tuple((window, weight) for window, (_, weight) in zip(filled, odds, strict=True))
    return odds


def _filled(reel: tuple[Window, ...], machine: Machine, number: Mapping[str, int]) -> tuple[Window, ...]:
    """The windows of a reel that a wild fills, but for scatters."""
    assert machine.wild is not None
    wild = number[machine.wild.symbol]
    stays = _stays(machine, number)
    return tuple(
        tuple(symbol if symbol in stays else wild for symbol in window) if wild in window else window for window in reel
    )


def _plain(machine: Machine, phase: Phase) -> bool:
    """Whether a spin is stops, lines from the left and scatters, and no more."""
    wilds = phase.landing or phase.sticky or phase.expanding or phase.values
    lines = (
        isinstance(machine.pattern, Lines) and machine.pattern.direction in ("left", "any") and machine.cascade is None
    )
    more = phase.weights or phase.cells or phase.book or phase.accumulates
    return lines and not (wilds or more) and len(machine.scatters) <= 1


def _openings(windows: tuple[tuple[Window, ...], ...], opening: tuple[Opening, ...]) -> Openings | None:
    if len(windows) < 3 or prod(map(len, windows[:3])) > MOST_OPENINGS:
        return None
    made: dict[tuple[tuple[int, int], ...], tuple[tuple[Opening, ...], ...]] = {}

    def third(two: tuple[Opening, ...]) -> tuple[tuple[Opening, ...], ...]:
        alike = tuple((number, id(node)) for number, _, node, _ in two)
        if alike not in made:
            made[alike] = tuple(_reached(two, window) for window in windows[2])
        return made[alike]

    return tuple(tuple(third(_reached(_reached(opening, one), two)) for two in windows[1]) for one in windows[0])


def _reached(opening: tuple[Opening, ...], window: Window) -> tuple[Opening, ...]:
    """The lines that can still pay when one more reel shows this window."""
    found = []
    for number, path, node, rest in opening:
        if node.__class__ is tuple:
            node = node[window[rest[0][1]]]
        if node is not None:
            found.append((number, path, node, rest[1:]))
    return tuple(found)


def _by_count(pays: Mapping[int, int], most: int, *, exact: bool = False) -> tuple[int, ...]:
    """What 0, 1, ... `most` pay; a count that is not named pays as the next lower one, or nothing if `exact`."""
    if exact:
        return tuple(pays.get(count, 0) for count in range(most + 1))
    named = sorted(pays)
    return tuple(
        pays[named[bisect_right(named, count) - 1]] if named and count >= named[0] else 0 for count in range(most + 1)
    )
