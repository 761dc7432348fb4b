"""Lines of every kind, made by chance: from wherever runs begin, with what counts in any position, mixes and wilds.

Each machine is played at all its stops by a few lines of Python that know nothing of the engine; the served spin, the exact
figures and the compiled reader come to the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from random import Random

import pytest

from adapters.simulation.slots.runs import replay
from core.slots import exact
from core.slots.compiling import compile_machine
from core.slots.machine import Lines, Machine, Wild
from core.slots.patterns import lines
from core.slots.phase import Phase
from tests.core.slots.judge import mean, served, variance, wins


def made(chance: Random) -> Machine:
    """A small machine."""
    reels, rows = chance.randint(1, 5), chance.randint(1, 3)
    symbols = "abcwx"[: chance.randint(2, 5)]
    long = 4 if reels < 4 else 3
    strips = tuple(tuple(chance.choices(symbols, k=chance.randint(max(2, rows), long))) for _ in range(reels))
    shown = sorted({symbol for strip in strips for symbol in strip})
    plain = [symbol for symbol in shown if symbol not in "wx"]
    mixes = {"few": tuple(chance.sample(plain, 2))} if len(plain) > 1 and chance.random() < 0.4 else {}
    pays = {key: _pays(chance, reels) for key in (*shown, *mixes) if key in mixes or chance.random() < 0.8}
    pays = pays or {shown[0]: {1: 3}}
    wild = None
    if "w" in shown and chance.random() < 0.6:
        spared = [key for key in pays if key not in "wx"]
        wild = Wild(
            symbol="w",
            factor=chance.randint(1, 3),
            multiplies=chance.choice(("once", "each")),
            ties=chance.choice(("wild", "symbol")),
            others={"x": chance.randint(1, 3)} if "x" in shown and chance.random() < 0.5 else {},
            spares=tuple(chance.sample(spared, 1)) if spared and chance.random() < 0.4 else (),
        )
    every = list(product(range(rows), repeat=reels))
    rows_of = tuple(chance.sample(every, min(len(every), chance.randint(1, 4))))
    direction = chance.choice(("left", "right", "any"))
    loose = tuple(key for key in pays if chance.random() < 0.35)
    return Machine(
        rows=rows,
        pattern=Lines(rows_of, direction, loose),
        pays=pays,
        mixes=mixes,
        wild=wild,
        base=Phase(strips=strips),
        cost=len(rows_of),
    )


def _pays(chance: Random, reels: int) -> dict[int, int]:
    """Any units for any counts: more of a symbol may well pay less."""
    return {count: chance.randint(1, 9) for count in range(1, reels + 1) if chance.random() < 0.6} or {1: 1}


def best(machine: Machine, line: Sequence[str]) -> int:
    """What a line pays: the best of all that it shows."""
    assert isinstance(machine.pattern, Lines)
    wilds = {} if machine.wild is None else machine.wild.factors
    line = line[::-1] if machine.pattern.direction == "right" else line
    most = 0
    for key, table in machine.pays.items():
        counts = [symbol in _taken(machine, key, wilds) for symbol in line]
        groups = [[place for place, taken in enumerate(counts) if taken]]
        if key not in machine.pattern.any_position:
            groups = [run for run in _runs(counts) if machine.pattern.direction == "any" or run[0] == 0]
        for group in groups:
            factors = [wilds[line[place]] for place in group if line[place] in wilds]
            units = table.get(len(group), 0)
            if factors and key not in wilds:
                each = machine.wild is not None and machine.wild.multiplies == "each"
                units *= 0 if len(factors) == len(group) else prod(factors) if each else max(factors)
            most = max(most, units)
    return most


def _taken(machine: Machine, key: str, wilds: Mapping[str, int]) -> set[str]:
    members = set(machine.mixes.get(key, (key,)))
    if machine.wild is None or (key in wilds and key != machine.wild.symbol):
        return members
    return members if {key, *members} & {*machine.wild.spares} else members | {*wilds}


def _runs(counts: Sequence[bool]) -> Iterator[list[int]]:
    """Places that follow each other and count, as far as they go."""
    run: list[int] = []
    for place, taken in enumerate((*counts, False)):
        if taken:
            run.append(place)
        elif run:
            yield run
            run = []


@pytest.mark.parametrize("seed", range(150))
def test_a_line_pays_the_best_of_what_it_shows(seed: int) -> None:
    machine = made(Random(seed))
    assert isinstance(machine.pattern, Lines)
    counted: Counter[int] = Counter()
    strips = machine.base.strips
    for stops in product(*(range(len(strip)) for strip in strips)):
        shown = [
            [strip[(stop + row) % len(strip)] for row in range(3)] for strip, stop in zip(strips, stops, strict=True)
        ]
        counted[
            sum(best(machine, [c[row] for c, row in zip(shown, line, strict=True)]) for line in machine.pattern.rows)
        ] += 1
    found = {units: Fraction(count, counted.total()) for units, count in counted.items()}
    tables = compile_machine(machine)
    assert found == wins(tables)
    figures = exact.figures(tables)
    assert (found, mean(found) / machine.cost) == (figures.wins, figures.rtp)
    assert variance(found) / machine.cost**2 == figures.variance
    assert 1 - found.get(0, Fraction(0)) == figures.hit_rate == figures.round_hit_rate
    if seed % 10 == 0:
        tapes, played = served(tables, 100)
        assert played == replay(tables, tapes)


@pytest.mark.parametrize("seed", range(50))
def test_the_cells_that_are_told_are_those_that_count(seed: int) -> None:
    chance = Random(seed)
    machine = made(chance)
    tables = compile_machine(machine)
    wilds = {} if machine.wild is None else machine.wild.factors
    for _ in range(20):
        window = [chance.choice(reel) for reel in tables.base.windows]
        for won in lines(tables, window, None, 1):
            shown = [tables.symbols[window[reel][row]] for reel, row in won["cells"]]
            assert len(set(won["cells"])) == won["count"] == len(shown)
            assert set(shown) <= _taken(machine, won["symbol"], wilds)
            assert set(won["cells"]) <= set(enumerate(tables.lines[won["line"]]))
