"""The compiled reader of plain lines: the rounds of `kernel`, several times as fast, for a machine that it can play.

A spin is stops, lines and scatters; how many scatters each stop of a reel shows is counted before.
"""

import numpy as np

from adapters.simulation.slots.board import column
from adapters.simulation.slots.chance import fill
from adapters.simulation.slots.compiled import njit
from adapters.simulation.slots.sums import add
from core.slots.machine import SIDE


@njit(inline="always", error_model="numpy")
def _line_spin(strips, scatters, stops, offsets, branches, root, units, at, words, place, key):  # type: ignore[no-untyped-def]
    """Units of all lines, before any factor; scatters; and the next word. Everything flat, branches by their first place."""
    reels = len(stops)
    shown = 0
    for reel in range(reels):
        bound = stops[reel]
        while True:
            if place == len(words):
                fill(words, key)
                place = 0
            word = words[np.uint64(place)]
            place += 1
            value = word % bound
            if np.uint64(word) - np.uint64(value) + np.uint64(bound) <= np.uint64(4294967296):
                break
        at[reel] = value
        shown += scatters[reel, value]
    win = 0
    for line in range(offsets.shape[0]):
        node = root
        for reel in range(reels):
            node = branches[np.uint64(node + strips[np.uint64(at[reel] + offsets[line, reel])])]
            if node < 0:
                break
        win += units[np.uint64(-1 - node)]
    return win, shown, place


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


@njit(error_model="numpy")
def line_rounds(machine, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """The same as `rounds`, several times as fast, for a machine that `_line_spin` can play."""
    data, m, base_phase, free_phase = machine.data, machine.machine[0], machine.base[0], machine.free[0]
    strips, shows, stops, offsets = _flat(data, m, base_phase)
    free_strips, free_shows, free_stops, free_offsets = _flat(data, m, free_phase)
    branches = data[m.branches : m.branches + (m.root + 1) * m.symbols].astype(np.int32)
    for index in range(len(branches)):
        if branches[index] >= 0:
            branches[index] *= m.symbols
    root = np.int32(m.root * m.symbols)
    units = data[m.units : m.runs]
    base_factor, free_factor = base_phase.factor * data[base_phase.steps], free_phase.factor * data[free_phase.steps]
    at = np.zeros(SIDE, np.int32)
    words, key, next_word = chance.words, chance.key, chance.place[0]
    for _ in range(count):
        won, shown, next_word = _line_spin(
            strips, shows, stops, offsets, branches, root, units, at, words, next_word, key
        )
        base = won * base_factor + data[m.scatter_pays + shown] * base_phase.factor
        award = data[base_phase.awards + shown]
        left = award
        win = base
        games = 0
        while left:
            left -= 1
            games += 1
            won, shown, next_word = _line_spin(
                free_strips, free_shows, free_stops, free_offsets, branches, root, units, at, words, next_word, key
            )
            win += won * free_factor + data[m.scatter_pays + shown] * free_phase.factor
            left += data[free_phase.awards + shown]
        add(sums, buckets, bounds, cap, base, win, award, games)
