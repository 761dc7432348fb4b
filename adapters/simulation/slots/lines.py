"""The compiled reader of plain lines: the rounds of `kernel`, twice as fast, for a machine that it can play.

A spin is stops, lines and scatters; how many scatters each stop of a reel shows is counted before.
"""

import numpy as np

from adapters.simulation.slots.board import column
from adapters.simulation.slots.chance import below
from adapters.simulation.slots.compiled import njit, uncounted
from adapters.simulation.slots.sums import add
from core.slots.machine import SIDE


@njit(inline="always")
def _line_spin(tables, branches, root, units, at, chance):  # type: ignore[no-untyped-def]
    """Units of all lines, before any factor, and scatters. Everything is flat, branches are named by their first place."""
    strips, scatters, stops, offsets = tables
    shown = 0
    for reel in range(len(stops)):
        at[reel] = below(chance, stops[reel])
        shown += scatters[reel, at[reel]]
    win = 0
    for line in range(len(offsets)):
        node = root
        for reel in range(len(stops)):
            node = branches[np.uint64(node + strips[np.uint64(at[reel] + offsets[line, reel])])]
            if node < 0:
                break
        win += units[np.uint64(-1 - node)]
    return win, shown


@njit()
def _counts(data, m, reel, symbol):  # type: ignore[no-untyped-def]
    """Whether a symbol on a reel counts as the scatter, of which there is one kind at most."""
    if m.scatter_count == 0 or not np.uint64(data[m.scatters + 2]) & column(reel):
        return False
    others = data[m.scatters + 1]
    if symbol == data[m.scatters] or (others < 0 and symbol == -1 - others):
        return True
    return others > 0 and symbol in data[others + 1 : others + 1 + data[others]]


@njit()
def _flat(data, m, p):  # type: ignore[no-untyped-def]
    """Strips in one row, how many scatters each stop shows, the stops, and the places of lines, for `_line_spin`."""
    strips = data[p.strips : p.strips + m.reels * p.longest].astype(np.int32)
    stops = data[p.stops : p.stops + m.reels].astype(np.uint32)
    scatters = np.zeros((m.reels, p.longest), np.int64)
    offsets = np.empty((m.line_count, m.reels), np.int32)
    for reel in range(m.reels):
        for stop in range(stops[reel]):
            for row in range(m.heights[reel]):
                scatters[reel, stop] += _counts(data, m, reel, strips[reel * p.longest + stop + row])
        for line in range(m.line_count):
            offsets[line, reel] = reel * p.longest + data[m.lines + line * m.reels + reel]
    return strips, scatters, stops, offsets


@njit()
def line_rounds(machine, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """The same as `kernel.rounds`, for a machine that `_line_spin` can play."""
    data, m = machine.data, machine.machine[0]
    branches = data[m.branches : m.branches + (m.root + 1) * m.symbols].astype(np.int32)
    for index in range(len(branches)):
        if branches[index] >= 0:
            branches[index] *= m.symbols
    base, free = _flat(data, m, machine.base[0]), _flat(data, m, machine.free[0])
    _rounds(machine, base, free, branches, chance, count, cap, sums, buckets, bounds)


@njit()
def _rounds(machine, base_tables, free_tables, branches, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    data, m, base_phase, free_phase = uncounted(machine.data), machine.machine[0], machine.base[0], machine.free[0]
    base_tables, free_tables, branches = uncounted(base_tables), uncounted(free_tables), uncounted(branches)
    root, units = np.int32(m.root * m.symbols), data[m.units : m.masks]
    base_factor, free_factor = base_phase.factor * data[base_phase.steps], free_phase.factor * data[free_phase.steps]
    at, source = np.zeros(SIDE, np.int32), chance[0]
    for _ in range(count):
        won, shown = _line_spin(base_tables, branches, root, units, at, source)
        base = won * base_factor + data[m.scatter_pays + shown] * base_phase.factor
        award = data[base_phase.awards + shown]
        left = award
        win = base
        games = 0
        while left:
            left -= 1
            games += 1
            won, shown = _line_spin(free_tables, branches, root, units, at, source)
            win += won * free_factor + data[m.scatter_pays + shown] * free_phase.factor
            left += data[free_phase.awards + shown]
        add(sums, buckets, bounds, cap, base, win, award, games)
