"""The machine compiled, once: the tables that the served spin and the exact maths both read.

The symbols along a line, as digits of a number in base "how many symbols there are", index one table of line pays; so
what a line pays is looked up, never worked out again by other code.
"""

from dataclasses import dataclass
from itertools import product

from core.slots.machine import Machine


@dataclass(frozen=True, slots=True)
class LinePay:
    """What one row of symbols along a line pays."""

    units: int
    symbol: int
    """Index of the symbol that is paid for."""
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A compiled machine. Symbols are indices into `symbols`."""

    symbols: tuple[str, ...]
    windows: tuple[tuple[tuple[int, ...], ...], ...]
    """Reel -> stop -> the visible symbols, from the top row down."""
    lines: tuple[tuple[int, ...], ...]
    pays: tuple[LinePay | None, ...]
    """By the number that the symbols along a line spell; None: it pays nothing."""

    @property
    def stops(self) -> tuple[int, ...]:
        """How many stops each reel has."""
        return tuple(len(reel) for reel in self.windows)

    def line_pay(self, window: tuple[tuple[int, ...], ...], line: tuple[int, ...]) -> LinePay | None:
        """What this line pays in this window."""
        index = 0
        base = len(self.symbols)
        for reel, row in zip(window, line, strict=True):
            index = index * base + reel[row]
        return self.pays[index]


def compile_machine(machine: Machine) -> Tables:
    """The tables of a machine."""
    symbols = machine.symbols
    number = {symbol: index for index, symbol in enumerate(symbols)}
    windows = tuple(
        tuple(
            tuple(number[strip[(stop + row) % len(strip)]] for row in range(machine.rows)) for stop in range(len(strip))
        )
        for strip in machine.strips
    )
    rows = product(range(len(symbols)), repeat=len(machine.strips))
    pays = tuple(_best(machine, symbols, row) for row in rows)
    return Tables(symbols=symbols, windows=windows, lines=machine.lines, pays=pays)


def _best(machine: Machine, symbols: tuple[str, ...], row: tuple[int, ...]) -> LinePay | None:
    """The highest pay among the symbols that the row can be a run of."""
    wild = None if machine.wild is None else symbols.index(machine.wild)
    first = next((symbol for symbol in row if symbol != wild), wild)
    best: LinePay | None = None
    for symbol in dict.fromkeys((row[0], first)):
        if symbol is None:
            continue
        run = 0
        for shown in row:
            if shown != symbol and shown != wild:
                break
            if symbol == wild and shown != wild:
                break
            run += 1
        units = machine.pays.get(symbols[symbol], {}).get(run, 0)
        if units and (best is None or units > best.units):
            best = LinePay(units, symbol, run)
    return best
