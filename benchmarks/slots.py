"""The slot engine beside its references, in one run: `python -m benchmarks.slots [--json]`.

Simulation beside C that plays the same rounds from the same tables; exact return and whole distribution beside compiled
enumeration of all stops; the served spin beside the same without events and tape, and beside `secrets.randbelow`. All of CPU
time, in turns, best of three.
"""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from adapters.simulation.slots.arrays import Arrays, arrays
from adapters.simulation.slots.runs import Sums, batch, enumerate_stops
from adapters.system import SystemEntropy
from benchmarks import Line, line, reference, tell
from core.health import Monitor
from core.rng import TurnRng
from core.slots import exact, spread
from core.slots.game import SlotGame
from games.deep_lanterns import game as lines
from games.seven_stones import game as clusters
from games.storm_gate import game as anywhere
from ports.game import Wager

ROUNDS = 3
SERVED = 20_000
SIMULATED = [
    ("5x3, 20 lines", lines, 2_000_000, 0.8),
    ("7x7, clusters that fall", clusters, 500_000, 0.5),
    ("6x5, anywhere, falling", anywhere, 1_000_000, 0.5),
]
"""Slots with the rounds that are played of each, and what is to be reached."""

monitor = Monitor(SystemEntropy())
wager = Wager("base")


class Row(NamedTuple):
    """Something of ours beside its reference: seconds for as much work."""

    name: str
    ours: Callable[[], float]
    theirs: Callable[[], float]
    reach: float
    work: int
    unit: str


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """CPU seconds of some work."""

    def measure() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return measure


def simulations(folder: Path) -> list[Row]:
    """Rounds of ours beside the same rounds in C: both add up to the same, or there is nothing to compare."""
    found = []
    for name, game, rounds, reach in SIMULATED:
        machine = arrays(game.compiled())
        program = reference.build(folder / game.id, game.compiled(), game.cap)
        key = monitor.read(32)

        def ours(game: SlotGame = game, machine: Arrays = machine, rounds: int = rounds, key: bytes = key) -> Sums:
            return batch(machine, key=key, stream=0, rounds=rounds, cap=game.cap)

        def theirs(program: Path = program, rounds: int = rounds, key: bytes = key) -> float:
            return reference.play(program, rounds, key).seconds

        sums = ours()
        assert reference.play(program, rounds, key)[1:] == (sums.win, sums.win_square, sums.games)
        found.append(Row(f"simulation, {name}, beside C", timed(ours), theirs, reach, rounds, "rounds/s"))
    return found


def serve() -> None:
    """Spins with tables, events and tape, as the server plays them."""
    for _ in range(SERVED):
        tape = TurnRng(monitor)
        lines.play(wager, tape)
        _ = tape.draws


def bare() -> None:
    """The same spins, without events, tape or free games told: symbols along lines looked up, and that is all."""
    tables, phase = lines.compiled(), lines.compiled().base
    for _ in range(SERVED):
        stops = [secrets.randbelow(bound) for bound in phase.stops]
        window = [reel[stop] for reel, stop in zip(phase.windows, stops, strict=True)]
        win = 0
        for path in tables.lines:
            node: Any = tables.tree
            for column, row in zip(window, path, strict=True):
                node = node[column[row]]
                if node.__class__ is not tuple:
                    break
            if node is not None:
                win += node.units


def randbelow() -> None:
    """One `secrets.randbelow(37)` for each spin."""
    for _ in range(SERVED):
        secrets.randbelow(37)


def rows(folder: Path) -> list[Row]:
    """All comparisons."""
    tables = lines.compiled()

    def whole() -> object:
        return spread.moments(tables, tables.base)

    enumerate_stops(tables, "base", 2)  # compiled
    start = time.process_time()
    known = enumerate_stops(tables, "base")
    once = time.process_time() - start
    moments = spread.moments(tables, tables.base)
    assert moments.pay == Fraction(known.pay, known.spins)
    assert moments.pay_square == Fraction(known.pay_square, known.spins)
    assert moments.hit_rate == Fraction(known.hits, known.spins)
    return [
        *simulations(folder),
        Row("exact return, beside enumeration", timed(lambda: exact.rtp(tables)), lambda: once, 1000, 1, "a second"),
        Row("distribution and variance, beside enumeration", timed(whole), lambda: once, 5, 1, "a second"),
        Row("served spin, beside one without events and tape", timed(serve), timed(bare), 0.5, SERVED, "spins/s"),
        Row(
            "served spin, beside 8 secrets.randbelow(37)",
            timed(serve),
            lambda: 8 * timed(randbelow)(),
            1,
            SERVED,
            "spins/s",
        ),
    ]


def measure(row: Row) -> Line:
    """The best of three, in turns."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours, theirs = min(ours, row.ours()), min(theirs, row.theirs())
    return line(row.name, row.work / ours, row.unit, row.work / theirs, row.reach)


def found() -> Iterator[Line]:
    """All lines."""
    with tempfile.TemporaryDirectory() as folder:
        yield from map(measure, rows(Path(folder)))


if __name__ == "__main__":
    tell(__doc__, found)
