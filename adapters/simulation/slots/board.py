"""What a spin shows, and what falls once it is paid, compiled: `core.slots.reveal`, and the falls of `core.slots.cascade`.

A board has at most 8 by 8 cells, so that a set of cells is the bits of one number: a reel is a byte.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.simulation.slots.arrays import Arrays, Record
from adapters.simulation.slots.chance import below
from adapters.simulation.slots.compiled import njit
from core.slots.machine import SIDE

STATE = np.dtype(
    [
        ("board", np.int64, (SIDE, SIDE)),
        ("values", np.int64, (SIDE, SIDE)),
        ("above", np.int64, (SIDE,)),  # by reel: the topmost place on its strip
        ("high", np.int64, (SIDE,)),  # by reel: visible symbols
        ("gone", np.uint64),  # cells that won
        ("wins", np.int64, (SIDE, SIDE)),  # how often a place won
        ("more", np.int64, (SIDE, SIDE)),  # the same, of the wins of this evaluation
        ("wilds", np.uint64),  # that are held, with their values
        ("wild_values", np.int64, (SIDE, SIDE)),
        ("filled", np.int64, (SIDE,)),  # reels that are held, wilds all over, with their values
        ("filled_values", np.int64, (SIDE,)),
        ("whole", np.int64, (SIDE,)),  # reels that a wild fills in this spin
        ("held", np.uint64),  # wilds that this spin began with
        ("special", np.int64),  # the symbol that the book has drawn, or -1
        ("steps", np.int64),  # evaluations that count for the next multiplier
        ("again", np.int64),  # whether the last spin awards a respin
    ]
)
"""A board, reel x row, and what goes from one free game to the next."""


class Work(NamedTuple):
    """What a round is played on."""

    state: Record
    cells: NDArray[np.uint64]
    """By symbol: where it stands."""


def make_work(machine: Arrays) -> Work:
    """For a machine."""
    state = np.zeros(1, STATE)
    state["high"] = machine.machine["heights"]
    return Work(state, np.zeros(int(machine.machine["symbols"][0]), np.uint64))


@njit()
def cell(reel, row):  # type: ignore[no-untyped-def]
    """The set of one cell."""
    return np.uint64(1) << np.uint64(SIDE * reel + row)


@njit()
def column(reel):  # type: ignore[no-untyped-def]
    """The cells of a reel."""
    return np.uint64(255) << np.uint64(SIDE * reel)


@njit()
def forget_wins(work):  # type: ignore[no-untyped-def]
    """Places count nothing."""
    for reel in range(SIDE):
        for row in range(SIDE):
            work.wins[reel, row] = 0


@njit()
def begin_round(work):  # type: ignore[no-untyped-def]
    """Nothing is carried."""
    work.wilds = np.uint64(0)
    for reel in range(SIDE):
        work.filled[reel] = False
    work.special = -1
    work.steps = 0
    work.again = 0


@njit()
def choose(data, options, chance):  # type: ignore[no-untyped-def]
    """One of the values that are laid out at this place, by their weights."""
    point = below(chance, data[options])
    place = options + 1
    while data[place] <= point:
        place += 2
    return data[place + 1]


@njit()
def reveal(data, m, p, work, chance):  # type: ignore[no-untyped-def]
    """Stop the reels and do all that wilds do; returns the number of the set of strips."""
    chosen = choose(data, p.sets, chance) if p.sets else 0
    for reel in range(m.reels):
        work.high[reel] = choose(data, p.tall[reel], chance) if p.tall[reel] else m.heights[reel]
    if p.cellwise:
        _draw_cells(data, m, p, chosen, work, chance)
    else:
        for reel in range(m.reels):
            stop = below(chance, p.points[reel] or data[p.stops + chosen * m.reels + reel])
            if p.points[reel]:
                stop = data[p.places[reel] + stop]
            work.above[reel] = stop
            first = p.strips + (chosen * m.reels + reel) * p.longest + stop
            for row in range(SIDE):  # those below the window count nothing
                work.board[reel, row] = data[np.uint64(first + row)]
    if p.quick:
        for reel in range(m.reels):
            if p.expanding[reel]:
                _expand(data, m, work, reel)
        if p.valued:
            for reel in range(m.reels):
                for row in range(work.high[reel]):
                    work.values[reel, row] = -1
            draw_values(data, m, p, work, chance)
    else:
        _wilds(data, m, p, work, chance)
    return chosen


@njit()
def _stop(data, m, p, chosen, reel, chance):  # type: ignore[no-untyped-def]
    """Where a reel stops."""
    points = p.points[reel]
    stop = below(chance, points or data[p.stops + chosen * m.reels + reel])
    return data[p.places[reel] + stop] if points else stop


@njit()
def _draw_cells(data, m, p, chosen, work, chance):  # type: ignore[no-untyped-def]
    """Every place for itself."""
    for reel in range(m.reels):
        first = p.strips + (chosen * m.reels + reel) * p.longest
        for row in range(work.high[reel]):
            work.board[reel, row] = data[first + _stop(data, m, p, chosen, reel, chance)]


@njit()
def _wilds(data, m, p, work, chance):  # type: ignore[no-untyped-def]
    work.held = work.wilds
    for reel in range(m.reels):
        work.whole[reel] = work.filled[reel]
        for row in range(work.high[reel]):
            if work.filled[reel]:
                work.held |= cell(reel, row)
            if work.held & cell(reel, row):
                work.board[reel, row] = m.wild
    if p.landing:
        _land(data, m, p, work, chance)
    for reel in range(m.reels):
        if p.expanding[reel]:
            if not work.filled[reel]:
                _expand(data, m, work, reel)
            for row in range(work.high[reel]):
                if work.board[reel, row] == m.wild:
                    work.whole[reel] = True
    if p.valued:
        _values(data, m, p, work, chance)
    if p.sticky:
        _hold(m, p, work)


@njit()
def _land(data, m, p, work, chance):  # type: ignore[no-untyped-def]
    free = np.zeros(SIDE, np.int64)
    count = 0
    for reel in range(m.reels):
        if not work.filled[reel] and not work.wilds & column(reel):
            free[count] = reel
            count += 1
    for _ in range(min(choose(data, p.landing, chance), count)):
        place = below(chance, count)
        chosen = free[place]
        count -= 1
        for later in range(place, count):
            free[later] = free[later + 1]
        work.board[chosen, below(chance, work.high[chosen])] = m.wild


@njit()
def _expand(data, m, work, reel):  # type: ignore[no-untyped-def]
    for row in range(work.high[reel]):
        if work.board[reel, row] == m.wild:
            for place in range(work.high[reel]):
                if not data[m.stays + work.board[reel, place]]:
                    work.board[reel, place] = m.wild
            return


@njit()
def _values(data, m, p, work, chance):  # type: ignore[no-untyped-def]
    for reel in range(m.reels):
        whole = work.filled_values[reel] if work.filled[reel] else 0
        for row in range(work.high[reel]):
            symbol = work.board[reel, row]
            value = work.wild_values[reel, row] if work.wilds & cell(reel, row) else 0
            if symbol == m.wild and whole:
                value = whole
            if value == 0 and data[p.values + symbol]:
                value = choose(data, data[p.values + symbol], chance)
                if work.whole[reel] and symbol == m.wild:
                    whole = value
            work.values[reel, row] = value


@njit()
def _hold(m, p, work):  # type: ignore[no-untyped-def]
    came = False
    work.wilds = np.uint64(0)
    for reel in range(m.reels):
        work.filled[reel] = False
    for reel in range(m.reels):
        to = reel + p.walks
        for row in range(work.high[reel]):
            if work.board[reel, row] != m.wild:
                continue
            came = came or (p.walks == 0 and not work.held & cell(reel, row))
            if to < 0 or to >= m.reels:
                continue
            value = 0 if p.redraws or not p.valued else work.values[reel, row]
            if p.fills or work.whole[reel]:
                if not work.filled[to]:
                    work.filled[to] = True
                    work.filled_values[to] = value
                came = came or p.walks != 0
            elif row < work.high[to]:
                work.wilds |= cell(to, row)
                work.wild_values[to, row] = value
                came = came or p.walks != 0
    work.again = 1 if p.respins and came else 0


@njit()
def draw_values(data, m, p, work, chance):  # type: ignore[no-untyped-def]
    """A value for each symbol that has one and just entered, where `values` is below 0."""
    for reel in range(m.reels):
        for row in range(work.high[reel]):
            if work.values[reel, row] < 0:
                options = data[p.values + work.board[reel, row]]
                work.values[reel, row] = choose(data, options, chance) if options else 0


@njit()
def fall(data, m, p, chosen, work, chance):  # type: ignore[no-untyped-def]
    """The cells that are gone leave; what is above falls, and holes are filled."""
    for reel in range(m.reels):
        gone = work.gone >> np.uint64(SIDE * reel) & np.uint64(255)
        if not gone:
            continue
        low = np.uint64(work.high[reel])
        for row in range(work.high[reel] - 1, -1, -1):
            low -= np.uint64(1)
            work.board[reel, low] = work.board[reel, row]
            work.values[reel, low] = work.values[reel, row]
            low += gone >> np.uint64(row) & np.uint64(1)
        holes = np.int64(low)
        size, points = data[p.stops + chosen * m.reels + reel], p.points[reel]
        first = p.strips + (chosen * m.reels + reel) * p.longest
        if m.refill == 1:
            work.above[reel] -= holes
            if work.above[reel] < 0:
                work.above[reel] += size
        for row in range(holes):
            if m.refill == 1:
                place = work.above[reel] + row
            else:
                place = below(chance, points or size)
                if points:
                    place = data[p.places[reel] + place]
            work.board[reel, row] = data[np.uint64(first + place)]
            work.values[reel, row] = -1
    if p.valued:
        draw_values(data, m, p, work, chance)
