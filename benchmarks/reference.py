"""The C programs of this folder, each compiled for one slot: they play the rounds that our simulation plays with a key."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.slots.machine import Clusters, Lines
from core.slots.tables import PhaseTables, Tables


class Played(NamedTuple):
    """What a program said."""

    seconds: float
    """Of CPU time."""
    win: int
    """Units, capped."""
    win_square: int
    games: int


def build(folder: Path, tables: Tables, cap: int) -> Path:
    """The program of a slot, compiled in a folder of its own. Its spins are stops, wins and falls, and values drawn."""
    source = Path(__file__).with_name("lines.c" if isinstance(tables.machine.pattern, Lines) else "cascades.c")
    folder.mkdir()
    (folder / "tables.h").write_text(header(tables, cap))
    program = folder / source.stem
    includes = (f"-I{folder}", f"-I{source.parent}")
    subprocess.run(["cc", "-O3", "-march=native", *includes, "-o", program, source], check=True)
    return program


def play(program: Path, rounds: int, key: bytes) -> Played:
    """Rounds of a program."""
    said = subprocess.run([program, str(rounds), key.hex()], capture_output=True, text=True, check=True).stdout.split()
    return Played(float(said[0]), *map(int, said[1:]))


def header(tables: Tables, cap: int) -> str:
    """The tables of a slot, as C."""
    machine = tables.machine
    falls = machine.cascade
    base, free = tables.base, tables.free or tables.base
    longest = max(len(strip) for phase in (base, free) for strip in phase.strips) + max(machine.heights)
    options = max((len(weights) for phase in (base, free) for weights in phase.weights.values()), default=1)
    text = _numbers(
        REELS=len(machine.heights),
        ROWS=machine.heights[0],
        SYMBOLS=len(tables.symbols),
        LONGEST=longest,
        OPTIONS=options,
        CAP=cap,
        WILD=tables.wild,
        SCATTER=tables.scatters[0].symbol if tables.scatters else -1,
        CLUSTERS=isinstance(machine.pattern, Clusters),
        FRESH=falls is not None and falls.refill == "fresh",
        LINE_COUNT=len(tables.lines),
        ROOT=len(tables.branches) - 1,
    )
    text += _array("int32_t", "SCATTER_PAYS", tables.scatters[0].pays if tables.scatters else [0] * 65)
    if tables.lines:
        text += _array("int16_t", "BRANCHES", tables.branches) + _array("int8_t", "LINES", tables.lines)
        text += _array("int32_t", "UNITS", [0 if leaf is None else leaf.units for leaf in tables.leaves])
    else:
        stands = [tables.wild in taken and symbol != tables.wild for symbol, taken in enumerate(tables.takes)]
        text += _array("int32_t", "COUNTS", tables.counts) + _array("int8_t", "STANDS", stands)
    for name, phase in (("BASE", base), ("FREE", free)):
        text += _phase(name, phase, len(tables.symbols), longest, options)
    return text


def _phase(name: str, phase: PhaseTables, symbols: int, longest: int, options: int) -> str:
    strips = [[strip[place % len(strip)] for place in range(longest)] for strip in phase.strips]
    sums, values = [], []
    for symbol in range(symbols):
        weights = phase.weights.get(symbol, {})
        shares = [*weights.values(), *[0] * (options - len(weights))]
        sums.append([sum(shares[: option + 1]) for option in range(options)])
        values.append([*weights, *[0] * (options - len(weights))])
    numbers = {"FACTOR": phase.factor, "LAST_STEP": len(phase.steps) - 1, "VALUED": bool(phase.weights)}
    text = _numbers(**{f"{name}_{key}": number for key, number in numbers.items()})
    text += _array("int16_t", f"{name}_STRIPS", strips) + _array("uint32_t", f"{name}_STOPS", phase.stops)
    text += _array("int32_t", f"{name}_AWARDS", phase.awards[0] if phase.awards else [0] * 65) + _array(
        "int32_t", f"{name}_STEPS", phase.steps
    )
    return text + _array("int32_t", f"{name}_SUMS", sums) + _array("int32_t", f"{name}_VALUES", values)


def _numbers(**numbers: int) -> str:
    return "".join(f"#define {name} ({int(number)})\n" for name, number in numbers.items())


def _array(kind: str, name: str, rows: Sequence[Any]) -> str:
    """Of one dimension, or of two."""
    if isinstance(rows[0], int):
        return f"static const {kind} {name}[{len(rows)}] = {_row(rows)};\n"
    return f"static const {kind} {name}[{len(rows)}][{len(rows[0])}] = {{{', '.join(map(_row, rows))}}};\n"


def _row(numbers: Sequence[int]) -> str:
    return "{" + ", ".join(str(int(number)) for number in numbers) + "}"
