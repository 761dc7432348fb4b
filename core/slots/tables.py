"""The machine compiled, once: the tables that the served spin, the exact maths and the fast simulation all read."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TypeAlias

from core.rng import Weights
from core.slots.machine import Fault, Lines, Machine, Ways
from core.slots.phase import MOST_WINDOWS, Phase, Positions, Sticky, Strips
from core.slots.tree import LinePay, Node, Tree, taken_for

Path: TypeAlias = tuple[tuple[int, int], ...]
"""The (reel, row) of a line, or the last of them."""

Opening: TypeAlias = "tuple[int, Path, Node, Path]"
"""Of a line: its number, its path, where it is in the tree, and what of the path is still to be looked at."""

Openings: TypeAlias = tuple[tuple[tuple[Opening, ...], ...], ...]
"""Stop of the first reel -> of the second -> the lines that can still pay."""

NO_SYMBOL = -2
"""Stands for all symbols that nobody will ask for."""
MOST_OPENINGS = 4096
"""Combinations of the first two reels that `Openings` are made for."""

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
        settled=machine.scatter is not None and machine.scatter.settled,
        stays=_stays(machine, number),
        prizes={number[symbol]: _weights(prizes.items()) for symbol, prizes in machine.hold.kinds.items()}
        if machine.hold
        else {},
        lands=Weights(tuple(zip((True, False), machine.hold.lands, strict=True)))
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


def _weights(pairs: Iterable[tuple[int, int]]) -> Weights[int]:
    try:
        return Weights(tuple(pairs))
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
    lines = isinstance(machine.pattern, Lines) and machine.pattern.direction == "left" and machine.cascade is None
    more = phase.weights or phase.cells or phase.book or phase.accumulates
    return lines and not (wilds or more) and len(machine.scatters) <= 1


def _openings(windows: tuple[tuple[Window, ...], ...], opening: tuple[Opening, ...]) -> Openings | None:
    if len(windows) < 3 or len(windows[0]) * len(windows[1]) > MOST_OPENINGS:
        return None
    return tuple(tuple(_reached(_reached(opening, one), two) for two in windows[1]) for one in windows[0])


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
