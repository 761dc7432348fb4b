"""What a spin shows, and what falls once it is paid, compiled: `core.slots.reveal`, and the falls of `core.slots.cascade`."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from adapters.simulation.slots.chance import below

SIDE = 8


class Work(NamedTuple):
    """Boards to work on, reel x row, and what goes from one free game to the next."""

    board: NDArray[np.int64]
    values: NDArray[np.int64]
    gone: NDArray[np.bool_]
    above: NDArray[np.int64]
    """By reel: the topmost place on its strip."""
    high: NDArray[np.int64]
    """By reel: visible symbols."""
    wins: NDArray[np.int64]
    """How often a place won."""
    more: NDArray[np.int64]
    """The same, of the wins of this evaluation."""
    wilds: NDArray[np.bool_]
    """Wilds that are held, with their values."""
    wild_values: NDArray[np.int64]
    filled: NDArray[np.bool_]
    """Reels that are held, wilds all over, with their values."""
    filled_values: NDArray[np.int64]
    whole: NDArray[np.bool_]
    """Reels that a wild fills in this spin."""
    held: NDArray[np.bool_]
    """Wilds that this spin began with."""
    special: NDArray[np.int64]
    """The symbol that the book has drawn, or -1; whether the last spin awards a respin; steps that count for multipliers."""
    seen: NDArray[np.int64]
    stack: NDArray[np.int64]


@nb.njit(cache=True)
def make_work(m):  # type: ignore[no-untyped-def]
    """For a machine."""
    reels = len(m.heights)
    return Work(
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.bool_),
        np.zeros(SIDE, np.int64),
        m.heights.copy(),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.bool_),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros(reels, np.bool_),
        np.zeros(reels, np.int64),
        np.zeros(reels, np.bool_),
        np.zeros((SIDE, SIDE), np.bool_),
        np.array([-1, 0, 0], np.int64),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE * SIDE, 2), np.int64),
    )


@nb.njit(cache=True)
def begin_round(work):  # type: ignore[no-untyped-def]
    """Nothing is carried."""
    work.wins[:] = 0
    work.wilds[:] = False
    work.filled[:] = False
    work.special[0], work.special[1], work.special[2] = -1, 0, 0


@nb.njit(cache=True)
def choose(chance, sums):  # type: ignore[no-untyped-def]
    """The number of an option, by the running sums of their weights."""
    point = below(chance, sums[-1])
    option = 0
    while sums[option] <= point:
        option += 1
    return option


@nb.njit(cache=True)
def reveal(m, p, work, chance):  # type: ignore[no-untyped-def]
    """Stop the reels and do all that wilds do; returns the number of the set of strips."""
    board, high = work.board, work.high
    reels = len(m.heights)
    chosen = choose(chance, p.shares) if len(p.shares) > 1 else 0
    if p.tall_sums[0, -1]:
        for reel in range(reels):
            high[reel] = p.tall[reel, choose(chance, p.tall_sums[reel])]
    for reel in range(reels):
        if p.cells:
            for row in range(high[reel]):
                board[reel, row] = p.strips[chosen, reel, _stop(p, chosen, reel, chance)]
            continue
        stop = _stop(p, chosen, reel, chance)
        work.above[reel] = stop
        for row in range(high[reel]):
            board[reel, row] = p.strips[chosen, reel, stop + row]
    if p.quick:
        for reel in range(reels):
            if p.expanding[reel]:
                _expand(m, work, reel)
        if p.valued:
            work.values[:] = -1
            draw_values(m, p, work, chance)
    else:
        _wilds(m, p, work, chance)
    return chosen


@nb.njit(cache=True)
def _stop(p, chosen, reel, chance):  # type: ignore[no-untyped-def]
    """A stop of a reel."""
    stop = below(chance, p.points[reel] or p.stops[chosen, reel])
    return p.places[reel, stop] if p.points[reel] else stop


@nb.njit(cache=True)
def _wilds(m, p, work, chance):  # type: ignore[no-untyped-def]
    board, high = work.board, work.high
    reels = len(m.heights)
    for reel in range(reels):
        work.whole[reel] = work.filled[reel]
        for row in range(high[reel]):
            work.held[reel, row] = work.filled[reel] or work.wilds[reel, row]
            if work.held[reel, row]:
                board[reel, row] = m.wild
    if p.landing[-1]:
        _land(m, p, work, chance)
    for reel in range(reels):
        if p.expanding[reel]:
            if not work.filled[reel]:
                _expand(m, work, reel)
            for row in range(high[reel]):
                if board[reel, row] == m.wild:
                    work.whole[reel] = True
    if p.valued:
        _values(m, p, work, chance)
    if p.sticky:
        _hold(m, p, work)


@nb.njit(cache=True)
def _land(m, p, work, chance):  # type: ignore[no-untyped-def]
    free = np.zeros(SIDE, np.int64)
    count = 0
    for reel in range(len(m.heights)):
        bare = not work.filled[reel]
        for row in range(work.high[reel]):
            bare = bare and not work.wilds[reel, row]
        if bare:
            free[count] = reel
            count += 1
    for _ in range(min(p.numbers[choose(chance, p.landing)], count)):
        place = below(chance, count)
        reel = free[place]
        count -= 1
        for later in range(place, count):
            free[later] = free[later + 1]
        work.board[reel, below(chance, work.high[reel])] = m.wild


@nb.njit(cache=True)
def _expand(m, work, reel):  # type: ignore[no-untyped-def]
    for row in range(work.high[reel]):
        if work.board[reel, row] == m.wild:
            for place in range(work.high[reel]):
                if not m.stays[work.board[reel, place]]:
                    work.board[reel, place] = m.wild
            return


@nb.njit(cache=True)
def _values(m, p, work, chance):  # type: ignore[no-untyped-def]
    for reel in range(len(m.heights)):
        whole = work.filled_values[reel] if work.filled[reel] else 0
        for row in range(work.high[reel]):
            symbol = work.board[reel, row]
            is_wild = symbol == m.wild
            value = whole if is_wild and whole else work.wild_values[reel, row] if work.wilds[reel, row] else 0
            if value == 0 and p.sums[symbol, -1]:
                value = p.values[symbol, choose(chance, p.sums[symbol])]
                if work.whole[reel] and is_wild:
                    whole = value
            work.values[reel, row] = value


@nb.njit(cache=True)
def _hold(m, p, work):  # type: ignore[no-untyped-def]
    reels = len(m.heights)
    came = False
    work.wilds[:] = False
    work.filled[:] = False
    for reel in range(reels):
        to = reel + p.walks
        for row in range(work.high[reel]):
            if work.board[reel, row] != m.wild:
                continue
            came = came or (p.walks == 0 and not work.held[reel, row])
            if to < 0 or to >= reels:
                continue
            value = 0 if p.redraws or not p.valued else work.values[reel, row]
            if p.fills or work.whole[reel]:
                if not work.filled[to]:
                    work.filled[to] = True
                    work.filled_values[to] = value
                came = came or p.walks != 0
            elif row < work.high[to]:
                work.wilds[to, row] = True
                work.wild_values[to, row] = value
                came = came or p.walks != 0
    work.special[1] = p.respins and came


@nb.njit(cache=True)
def draw_values(m, p, work, chance):  # type: ignore[no-untyped-def]
    """A value for each symbol that has one and just entered, where `values` is below 0."""
    for reel in range(len(m.heights)):
        for row in range(work.high[reel]):
            if work.values[reel, row] >= 0:
                continue
            symbol = work.board[reel, row]
            work.values[reel, row] = 0
            if p.sums[symbol, -1]:
                work.values[reel, row] = p.values[symbol, choose(chance, p.sums[symbol])]


@nb.njit(cache=True)
def fall(m, p, chosen, work, chance):  # type: ignore[no-untyped-def]
    """The cells that are gone leave; what is above falls, and holes are filled."""
    board, values, gone, above = work.board, work.values, work.gone, work.above
    for reel in range(len(m.heights)):
        height = work.high[reel]
        low = height - 1
        for row in range(height - 1, -1, -1):
            if not gone[reel, row]:
                board[reel, low] = board[reel, row]
                values[reel, low] = values[reel, row]
                low -= 1
        holes = low + 1
        size = p.stops[chosen, reel]
        if m.refill == 1:
            above[reel] = (above[reel] - holes) % size
            for row in range(holes):
                board[reel, row] = p.strips[chosen, reel, (above[reel] + row) % size]
        else:
            for row in range(holes):
                board[reel, row] = p.strips[chosen, reel, _stop(p, chosen, reel, chance)]
        for row in range(holes):
            values[reel, row] = -1
        for row in range(height):
            gone[reel, row] = False
    if p.valued:
        draw_values(m, p, work, chance)
