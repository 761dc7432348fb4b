"""The compiled reader of plain lines: the rounds of `kernel`, several times as fast, for a machine that it can play."""

import numba as nb
import numpy as np

from adapters.simulation.slots.board import SIDE
from adapters.simulation.slots.chance import fill


@nb.njit(cache=True, inline="always", error_model="numpy")
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


@nb.njit(cache=True)
def _flat(m, p):  # type: ignore[no-untyped-def]
    """Strips in one row, how many scatters each stop shows, and the stops, for `_line_spin`."""
    scatters = np.zeros(p.strips[0].shape, np.int64)
    for reel in range(p.stops.shape[1]):
        for stop in range(p.stops[0, reel]):
            for row in range(m.heights[reel]):
                scatters[reel, stop] += m.marks[0, reel, p.strips[0, reel, stop + row]]
    return p.strips[0].copy().reshape(-1).astype(np.int32), scatters, p.stops[0].astype(np.uint32)


@nb.njit(cache=True, error_model="numpy")
def line_rounds(m, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """The same as `rounds`, several times as fast, for a machine that `_line_spin` can play."""
    strips, shows, stops = _flat(m, m.base)
    free_strips, free_shows, free_stops = _flat(m, m.free)
    symbols = m.branches.shape[1]
    branches = m.branches.copy().reshape(-1).astype(np.int32)
    for index in range(len(branches)):
        if branches[index] >= 0:
            branches[index] *= symbols
    root = np.int32((len(m.branches) - 1) * symbols)
    units = m.units
    offsets = np.empty(m.lines.shape, np.int32)
    free_offsets = np.empty(m.lines.shape, np.int32)
    for line in range(len(m.lines)):
        for reel in range(len(stops)):
            offsets[line, reel] = reel * m.base.strips.shape[2] + m.lines[line, reel]
            free_offsets[line, reel] = reel * m.free.strips.shape[2] + m.lines[line, reel]
    base_factor, free_factor = m.base.factor * m.base.steps[0], m.free.factor * m.free.steps[0]
    at = np.zeros(SIDE, np.int32)
    words, key, next_word = chance.words, chance.key, chance.place[0]
    for _ in range(count):
        won, shown, next_word = _line_spin(
            strips, shows, stops, offsets, branches, root, units, at, words, next_word, key
        )
        base = won * base_factor + m.scatter_pays[0, shown] * m.base.factor
        left = m.base.awards[0, shown]
        win = base
        games = 0
        sums[3] += left > 0
        while left:
            left -= 1
            games += 1
            won, shown, next_word = _line_spin(
                free_strips, free_shows, free_stops, free_offsets, branches, root, units, at, words, next_word, key
            )
            win += won * free_factor + m.scatter_pays[0, shown] * m.free.factor
            left += m.free.awards[0, shown]
        sums[0] += base
        sums[1] += base * base
        sums[2] += base > 0
        sums[4] += games
        sums[5] += win > 0
        sums[8] += win
        if win > cap:
            win = cap
            sums[9] += 1
        sums[6] += win
        sums[7] += win * win
        sums[10] = max(sums[10], win)
        place = 0
        while place < len(bounds) and win > bounds[place]:
            place += 1
        buckets[place] += 1
