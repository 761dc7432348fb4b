"""Runs of the compiled reader: rounds in batches, added up in integers, on as many cores as there are."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from itertools import chain
from math import sqrt
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np

from adapters.simulation.slots import kernel, lines
from adapters.simulation.slots.arrays import DIRECTIONS, PATTERNS, Arrays, Record, arrays
from adapters.simulation.slots.board import make_work
from adapters.simulation.slots.chance import LONGEST, keystream, tape
from adapters.simulation.slots.sums import NUMBERS
from core.slots.machine import Lines
from core.slots.tables import Tables

BATCH = 250_000
"""Rounds of a batch: its sums of squares stay below 2**63."""

BOUNDS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Wins are counted up to each of these multiples of the bet, and beyond the last."""


@dataclass(slots=True, kw_only=True)
class Sums:
    """Everything that rounds added up to, in units. It can be kept and gone on with."""

    rounds: int = 0
    base: int = 0
    base_square: int = 0
    base_hits: int = 0
    triggers: int = 0
    games: int = 0
    hits: int = 0
    win: int = 0
    """Capped, as paid."""
    win_square: int = 0
    uncapped: int = 0
    at_cap: int = 0
    most: int = 0
    counted: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, other: "Sums") -> None:
        """Take in other rounds."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if each.name == "counted":
                self.counted = [one + two for one, two in zip(mine, theirs, strict=True)]
            else:
                setattr(self, each.name, max(mine, theirs) if each.name == "most" else mine + theirs)

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        return asdict(self)


class Estimate(NamedTuple):
    """A mean, and its standard error."""

    mean: float
    error: float


def estimate(total: int, square: int, rounds: int, cost: int) -> Estimate:
    """Of win / stake over so many rounds."""
    mean = total / rounds / cost
    variance = max(0.0, square / rounds / cost**2 - mean**2)
    return Estimate(mean, sqrt(variance / rounds))


def plain(machine: Arrays) -> bool:
    """Whether `lines.line_rounds` can play it."""
    [m] = machine.machine
    fits = (
        m["pattern"] == PATTERNS[Lines]
        and m["direction"] == DIRECTIONS["left"]
        and not m["refill"]
        and m["scatter_count"] <= 1
    )
    return bool(fits and not m["buys"] and m["held"] < 0 and _bare(machine.base) and _bare(machine.free))


def _bare(phase: Record) -> bool:
    """Whether its spins are stops, lines and scatters, and no more."""
    [p] = phase
    longer = p["most_games"] or p["accumulates"]
    return bool(
        p["quick"]
        and not longer
        and not (p["sets"] or p["valued"] or p["book"] or p["points"].any() or p["expanding"].any())
    )


def batch(machine: Arrays, *, key: bytes, stream: int, rounds: int, cap: int, quick: bool = True) -> Sums:
    """Play rounds on the keystream `stream` of `key`; `quick` by the special reader for plain lines, where it fits."""
    sums = np.zeros(NUMBERS, np.int64)
    counted = np.zeros(len(BOUNDS) + 1, np.int64)
    bounds = np.array(BOUNDS, np.int64) * machine.machine["cost"]
    chance = keystream(key, stream)
    if quick and plain(machine):
        lines.line_rounds(machine, chance, rounds, cap, sums, counted, bounds)
    else:
        kernel.rounds(machine, make_work(machine), chance, rounds, cap, sums, counted, bounds)
    base, base_square, base_hits, triggers, games, hits, win, win_square, uncapped, at_cap, most = map(int, sums)
    return Sums(
        rounds=rounds,
        base=base,
        base_square=base_square,
        base_hits=base_hits,
        triggers=triggers,
        games=games,
        hits=hits,
        win=win,
        win_square=win_square,
        uncapped=uncapped,
        at_cap=at_cap,
        most=most,
        counted=[int(number) for number in counted],
    )


def simulate(
    tables: Tables, *, key: bytes, rounds: int, cap: int, first: int = 0, cores: int | None = None
) -> Iterator[Sums]:
    """Play `rounds` rounds on all cores and give the sums of batch after batch, in no order.

    `key` is 32 bytes of chance; batch number `first` is the first stream of it that is used.
    """
    machine = arrays(tables)
    sizes = [min(BATCH, rounds - done) for done in range(0, rounds, BATCH)]
    cores = min(cores or len(os.sched_getaffinity(0)), len(sizes))
    if cores <= 1:
        for number, size in enumerate(sizes):
            yield batch(machine, key=key, stream=first + number, rounds=size, cap=cap)
        return
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        asked = [
            pool.submit(batch, machine, key=key, stream=first + number, rounds=size, cap=cap)
            for number, size in enumerate(sizes)
        ]
        try:
            for done in as_completed(asked):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def replay(tables: Tables, tapes: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The units (before the cap) and free games of rounds that drew these values.

    Raises `ValueError` where a round takes more or fewer values than are on its tape, or one is longer than `LONGEST`.
    """
    lengths = np.array([len(values) for values in tapes], np.int64)
    if lengths.max(initial=0) > LONGEST:
        raise ValueError(f"round {int(lengths.argmax())} drew more than {LONGEST} values")
    values = np.fromiter(chain.from_iterable(tapes), np.uint32, int(lengths.sum()))
    told = np.zeros((len(tapes), 3), np.int64)
    machine = arrays(tables)
    with suppress(IndexError):
        kernel.replay(machine, make_work(machine), tape(()), values, lengths, told)
    if told[:, 2].any():
        raise ValueError(f"round {int(told[:, 2].nonzero()[0][0])} does not end where its tape does")
    return [(int(win), int(games)) for win, games, _ in told]


class Counted(NamedTuple):
    """Integer sums over combinations of stops of one kind of spin."""

    spins: int
    pay: int
    pay_square: int
    hits: int
    games: int
    games_square: int
    pay_games: int
    most: int


def enumerate_stops(tables: Tables, phase: str, first: int = 1 << 30) -> Counted:
    """Every combination of stops (below `first` of each reel) of a phase that draws nothing else."""
    machine = arrays(tables)
    sums = np.zeros(8, np.int64)
    stops = tape([0] * len(tables.machine.heights))
    kernel.enumerate_spins(machine, phase == "free", first, make_work(machine), stops, sums)
    pay, square, hits, games, both, most, spins, games_square = map(int, sums)
    return Counted(spins, pay, square, hits, games, games_square, both, most)
