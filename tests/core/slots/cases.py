"""The real definitions of tests/data/slots as machines."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from core.slots.compiling import compile_machine
from core.slots.machine import Anywhere, Cascade, Lines, Machine, Scatter, Ways, Wild
from core.slots.phase import Phase
from core.slots.tables import Tables
from ports.randomness import Rng

DATA = Path(__file__).parents[2] / "data" / "slots"

FRUIT = "lines_5x3_fruit"
DOUBLING = "lines_5x3_wild_doubles_free_games_x3"
RISING = "cascade_5x3_rising_multiplier"
MULTIPLYING = "lines_5x3_wild_multiplier_free_games"
WAYS = "ways_5x3_free_games"
ANYWHERE = "pay_anywhere_6x5_tumble"

UNITS = 100
"""Units of a whole bet, where a case gives its pays in hundredths of it."""


class Stops(Rng):
    """Gives stops, and for every drawn value whatever `value` says."""

    def __init__(self, stops: Sequence[int], value: int = 0) -> None:
        self._stops = list(stops)
        self._value = value

    def below(self, bound: int, purpose: str) -> int:
        return self._value if purpose == "value" else self._stops.pop(0)


@cache
def read(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return case


@cache
def tables(name: str) -> Tables:
    return compile_machine(MACHINES[name]())


def forced(name: str, value: int) -> int:
    """The draw that gives a symbol of the free phase this value."""
    [weights] = MACHINES[name]().phases["free"].values.values()
    at = list(weights).index(value)
    return sum(list(weights.values())[:at])


def fruit() -> Machine:
    case = read(FRUIT)
    return Machine(
        rows=3,
        pattern=_lines(case),
        pays=_pays(case),
        base=Phase(strips=_strips(case, "base")),
        cost=5,
        scatter=Scatter(symbol="8", pays={3: 2 * 5, 4: 10 * 5, 5: 50 * 5}),
    )


def doubling() -> Machine:
    case = read(DOUBLING)
    return Machine(
        rows=3,
        pattern=_lines(case),
        pays=_pays(case),
        base=Phase(strips=_strips(case, "base"), awards={3: 15}),
        free=Phase(strips=_strips(case, "free"), awards={3: 15}, factor=3),
        cost=10,
        wild=Wild(symbol="1", factor=2),
        scatter=Scatter(symbol="13", pays={2: 2 * 10, 3: 5 * 10, 4: 20 * 10, 5: 500 * 10}),
    )


def rising() -> Machine:
    case = read(RISING)
    steps = (1, 2, 3, 4, 5)
    return Machine(
        rows=3,
        pattern=_lines(case),
        pays=_pays(case),
        base=Phase(strips=_strips(case, "base"), awards={3: 10}, steps=steps),
        free=Phase(strips=_strips(case, "free"), awards={3: 10}, steps=steps, factor=3),
        cost=20,
        wild=Wild(symbol="1"),
        scatter=Scatter(symbol="2", settled=False),
        cascade=Cascade(),
    )


def multiplying() -> Machine:
    case = read(MULTIPLYING)
    return Machine(
        rows=3,
        pattern=Lines(tuple(map(tuple, case["paylines"]))),
        pays=_hundredths(case["paytable"]),
        base=Phase(strips=_strips(case, "base"), awards=_counts(case["free_spins"]["trigger"])),
        free=Phase(
            strips=_strips(case, "free"),
            awards=_counts(case["free_spins"]["retrigger_adds"]),
            values={"W": _counts(case["free_spins"]["wild_multiplier_weights"])},
        ),
        cost=UNITS,
        wild=Wild(symbol="W", ties="symbol"),
        scatter=Scatter(symbol="S"),
    )


def ways() -> Machine:
    case = read(WAYS)
    return Machine(
        rows=3,
        pattern=Ways(),
        pays=_hundredths(case["paytable"]),
        base=Phase(strips=_strips(case, "base"), awards=_counts(case["free_spins"]["trigger"])),
        free=Phase(
            strips=_strips(case, "free"),
            awards=_counts(case["free_spins"]["retrigger_adds"]),
            values={"W": _counts(case["free_spins"]["wild_multiplier_weights"])},
        ),
        cost=UNITS,
        wild=Wild(symbol="W"),
        scatter=Scatter(symbol="S"),
    )


def anywhere() -> Machine:
    case = read(ANYWHERE)
    shown = {symbol for strip in case["reels"]["base"] for symbol in strip}
    bands = {symbol: counts for symbol, counts in case["paytable_by_count"].items() if symbol in shown}
    return Machine(
        rows=5,
        pattern=Anywhere(),
        pays={s: {int(b.split("-")[0]): _units(pay) for b, pay in counts.items()} for s, counts in bands.items()},
        base=Phase(strips=_strips(case, "base"), awards={count: 2 * count for count in range(3, 31)}),
        free=Phase(
            strips=_strips(case, "free"),
            awards=_counts(case["free_spins"]["retrigger_adds"]),
            values={"M": _counts(case["free_spins"]["M_multiplier_weights"])},
            growth=1,
        ),
        cost=UNITS,
        scatter=Scatter(symbol="S"),
        cascade=Cascade(),
    )


MACHINES = {
    FRUIT: fruit,
    DOUBLING: doubling,
    RISING: rising,
    MULTIPLYING: multiplying,
    WAYS: ways,
    ANYWHERE: anywhere,
}


def _strips(case: Mapping[str, Any], phase: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, strip)) for strip in case["reels"][phase])


def _lines(case: Mapping[str, Any]) -> Lines:
    return Lines(tuple(tuple(row - 1 for row in line) for line in case["lines"]))


def _pays(case: Mapping[str, Any]) -> dict[str, dict[int, int]]:
    table = case["paytable_by_symbol_id"]
    pays = {symbol: {count: pay for count, pay in enumerate(row, 1) if pay} for symbol, row in table.items()}
    return {symbol: counts for symbol, counts in pays.items() if counts}


def _units(pay: float | str) -> int:
    units = Fraction(str(pay)) * UNITS
    assert units.denominator == 1
    return units.numerator


def _counts(table: Mapping[str, int]) -> dict[int, int]:
    return {int(count): number for count, number in table.items()}


def _hundredths(table: Mapping[str, Mapping[str, float]]) -> dict[str, dict[int, int]]:
    return {symbol: {int(count): _units(pay) for count, pay in row.items()} for symbol, row in table.items()}
