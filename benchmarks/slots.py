"""The slot engine beside its references, in one run: `python -m benchmarks.slots [--json]`.

Simulation beside C with the same tables; exact return and whole distribution beside compiled enumeration of all stops; the
served spin beside the same without events and tape, and beside `secrets.randbelow`. All of CPU time, in turns, best of three.
"""

import argparse
import json
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from adapters.simulation.slots.arrays import arrays
from adapters.simulation.slots.runs import batch, enumerate_stops
from adapters.system import SystemEntropy
from core.health import Monitor
from core.rng import TurnRng
from core.slots import exact
from core.slots.tables import Tables
from games.deep_lanterns import game
from ports.game import Wager

ROUNDS = 3
PLAYED = 2_000_000
SERVED = 20_000
C = Path(__file__).with_name("slots.c")

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


def header(tables: Tables) -> str:
    """The tables of a slot with lines, as C."""
    machine = arrays(tables)

    def array(kind: str, name: str, value: Any) -> str:
        sizes = "".join(f"[{size}]" for size in value.shape)
        return (
            f"static const {kind} {name}{sizes} = {json.dumps(value.tolist()).replace('[', '{').replace(']', '}')};\n"
        )

    longest = max(machine.base.strips.shape[1], machine.free.strips.shape[1])
    reels = len(machine.heights)
    text = (
        f"#define REELS {reels}\n#define ROWS {machine.heights[0]}\n#define LONGEST {longest}\n#define CAP {game.cap}\n"
    )
    text += f"#define LINE_COUNT {len(machine.lines)}\n#define ROOT {len(machine.branches) - 1}\n"
    text += f"#define SCATTER {tables.scatters[0].symbol if tables.scatters else -1}\n"
    text += f"#define FREE_FACTOR {machine.free.factor}\n"
    for name, phase in (("BASE", machine.base), ("FREE", machine.free)):
        strips = [[*row, *[0] * (longest - len(row))] for row in phase.strips.tolist()]
        text += array("int16_t", name, _Shaped(strips)) + array("uint32_t", f"{name}_STOPS", phase.stops)
    text += array("int16_t", "BRANCHES", machine.branches) + array("int32_t", "UNITS", machine.units)
    text += array("int8_t", "LINES", machine.lines) + array("int32_t", "SCATTER_PAYS", machine.scatter_pays[0])
    return text + array("int32_t", "AWARDS", machine.base.awards[0])


class _Shaped:
    """A list of lists with the shape of an array."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.shape = (len(rows), len(rows[0]))
        self._rows = rows

    def tolist(self) -> list[list[int]]:
        return self._rows


def build(folder: Path) -> Path:
    """The C program, compiled."""
    (folder / "tables.h").write_text(header(game.compiled()))
    program = folder / "slots"
    subprocess.run(["cc", "-O3", "-march=native", f"-I{folder}", "-o", program, C], check=True)
    return program


def serve() -> None:
    """Spins with tables, events and tape, as the server plays them."""
    for _ in range(SERVED):
        tape = TurnRng(monitor)
        game.play(wager, tape)
        _ = tape.draws


def bare() -> None:
    """The same spins, without events, tape or free games told: symbols along lines looked up, and that is all."""
    tables, phase = game.compiled(), game.compiled().base
    for _ in range(SERVED):
        stops = [secrets.randbelow(bound) for bound in phase.stops]
        window = [reel[stop] for reel, stop in zip(phase.windows, stops, strict=True)]
        win = 0
        for line in tables.lines:
            node: Any = tables.tree
            for column, row in zip(window, line, strict=True):
                node = node[column[row]]
                if node.__class__ is not tuple:
                    break
            if node is not None:
                win += node.units


def randbelow() -> None:
    """One `secrets.randbelow(37)` for each spin."""
    for _ in range(SERVED):
        secrets.randbelow(37)


def rows(program: Path) -> list[Row]:
    """All comparisons."""
    machine, tables = arrays(game.compiled()), game.compiled()

    def simulate() -> object:
        return batch(machine, key=monitor.read(32), stream=0, rounds=PLAYED, cap=game.cap)

    def reference() -> float:
        said = subprocess.run([program, str(PLAYED)], capture_output=True, text=True, check=True).stdout
        return float(said.split()[0])

    def whole() -> object:
        return exact.moments(tables, tables.base)

    counted = timed(lambda: enumerate_stops(tables, "base"))
    known = enumerate_stops(tables, "base")
    moments = exact.moments(tables, tables.base)
    assert moments.pay == Fraction(known.pay, known.spins)
    assert moments.pay_square == Fraction(known.pay_square, known.spins)
    assert moments.hit_rate == Fraction(known.hits, known.spins)
    once = counted()
    return [
        Row("simulation, 5x3, 20 lines, beside C", timed(simulate), reference, 0.8, PLAYED, "rounds/s"),
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


def measure(row: Row) -> dict[str, Any]:
    """The best of three, in turns."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours, theirs = min(ours, row.ours()), min(theirs, row.theirs())
    return {
        "name": row.name,
        "value": row.work / ours,
        "unit": row.unit,
        "reference": row.work / theirs,
        "ratio": theirs / ours,
        "reach": row.reach,
    }


def main() -> None:
    """Measure, and print for people or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(row) for row in rows(build(Path(folder)))]
    if as_json:
        print(json.dumps(found, indent=2))
        return
    for row in found:
        reached = "" if row["ratio"] >= row["reach"] else "  MISSED"
        print(
            f"{row['name']:50} {row['value']:>14,.0f} {row['unit']:9} ratio {row['ratio']:.3g} of {row['reach']}{reached}"
        )


if __name__ == "__main__":
    main()
