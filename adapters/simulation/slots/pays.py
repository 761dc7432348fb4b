"""What a board pays, compiled: `core.slots.patterns` without its events.

`where` has the cells of each symbol, as bits: to count them is one instruction, and a cluster grows by shifts.
"""

import numpy as np

from adapters.simulation.slots.board import cell, column
from adapters.simulation.slots.compiled import njit
from core.slots.machine import SIDE

LINES, WAYS, ANYWHERE = 0, 1, 2

_ONE = np.uint64(1)
_REEL = np.uint64(SIDE)
_TOPS = np.uint64(0x0101010101010101)
"""The top row of every reel."""


@njit()
def size(cells):  # type: ignore[no-untyped-def]
    """How many cells a set has: of two bits, of four, of eight, of all (compilers know it as one instruction)."""
    cells -= (cells >> _ONE) & np.uint64(0x5555555555555555)
    cells = (cells & np.uint64(0x3333333333333333)) + ((cells >> np.uint64(2)) & np.uint64(0x3333333333333333))
    cells = (cells + (cells >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((cells * _TOPS) >> np.uint64(56))


@njit()
def _find(m, work, where):  # type: ignore[no-untyped-def]
    for symbol in range(m.symbols):
        where[symbol] = 0
    for reel in range(m.reels):
        here = cell(reel, 0)
        for row in range(work.high[reel]):
            where[np.uint64(work.board[reel, row])] |= here
            here += here


@njit()
def _takes(data, where, symbol, others):  # type: ignore[no-untyped-def]
    """The cells of a symbol and of the others that count as it (see `arrays`): most often none, or one wild."""
    cells = where[symbol]
    if others < 0:
        return cells | where[np.uint64(-1 - others)]
    if others:
        for place in range(others + 1, others + 1 + data[others]):
            cells |= where[data[place]]
    return cells


@njit()
def _lines(data, m, p, work):  # type: ignore[no-untyped-def]
    win = 0
    for side in range(2):
        if (side == 0 and m.direction == 1) or (side == 1 and m.direction == 0):
            continue
        for line in range(m.line_count):
            rows = m.lines + line * m.reels
            node = m.root
            for step in range(m.reels):
                reel = step if side == 0 else m.reels - 1 - step
                node = data[m.branches + node * m.symbols + work.board[reel, data[rows + reel]]]
                if node < 0:
                    break
            if node == -1:
                continue
            mask = data[m.masks - 1 - node]
            if side == 1 and m.direction == 2 and mask == (1 << m.reels) - 1:
                continue
            factor = 0
            for step in range(m.reels):
                if not mask >> step & 1:
                    continue
                reel = step if side == 0 else m.reels - 1 - step
                row = data[rows + reel]
                work.gone |= cell(reel, row)
                if p.wild_valued:
                    value = work.values[reel, row]
                    factor = factor * value if m.product and factor and value else factor + value
            win += data[m.units - 1 - node] * max(factor, 1)
    return win


@njit()
def _ways(data, m, p, work, where):  # type: ignore[no-untyped-def]
    win = 0
    for symbol in range(m.symbols):
        cells = _takes(data, where, symbol, data[m.takes + symbol])
        through = np.uint64(0)
        number = 1
        reached = 0
        while reached < m.reels and cells & column(reached):
            through |= cells & column(reached)
            width = 0
            for row in range(work.high[reached]):
                if cells & cell(reached, row):
                    width += max(work.values[reached, row], 1) if p.wild_valued else 1
            number *= width
            reached += 1
        pay = data[m.counts + symbol * (m.most + 1) + reached]
        if reached and pay:
            win += pay * number
            work.gone |= through
    return win


@njit()
def _win(data, p, work, cells):  # type: ignore[no-untyped-def]
    """A win of these cells: they are marked and counted; what they multiply it by."""
    work.gone |= cells
    if p.last_position == 0:
        return 1
    multiplier = 0
    for reel in range(SIDE):
        for row in range(SIDE):
            if cells & cell(reel, row):
                work.more[reel, row] += 1
                multiplier += data[p.positions + min(work.wins[reel, row], p.last_position)]
    return max(multiplier, 1)


@njit()
def _group(cells, first):  # type: ignore[no-untyped-def]
    """The cells that touch `first` by their sides, and those that touch these, and so on."""
    group = first
    grown = np.uint64(0)
    while grown != group:
        grown = group
        group |= (grown << _REEL) | (grown >> _REEL)
        group |= ((grown << _ONE) & ~_TOPS) | ((grown & ~_TOPS) >> _ONE)
        group &= cells
    return group


@njit()
def _anywhere_and_clusters(data, m, p, work, where):  # type: ignore[no-untyped-def]
    win = 0
    for symbol in range(m.symbols):
        pays = m.counts + symbol * (m.most + 1)
        cells = _takes(data, where, symbol, data[np.uint64(m.takes + symbol)])
        pay = data[np.uint64(pays + size(cells))]
        if pay == 0:  # then fewer do not pay, either
            continue
        if m.pattern == ANYWHERE:
            win += pay * _win(data, p, work, cells)
            continue
        left = where[symbol]
        while left:
            group = _group(cells, left & (~left + _ONE))
            left &= ~group
            pay = data[pays + size(group)]
            if pay:
                win += pay * _win(data, p, work, group)
    if p.last_position and win:
        for reel in range(SIDE):
            for row in range(SIDE):
                work.wins[reel, row] += work.more[reel, row]
                work.more[reel, row] = 0
    return win


@njit()
def evaluate(data, m, p, work, where):  # type: ignore[no-untyped-def]
    """Units of the board, before the phase's multipliers; `where` is made, and `gone` notes which cells won."""
    _find(m, work, where)
    work.gone = np.uint64(0)
    if m.pattern == LINES:
        return _lines(data, m, p, work)
    if m.pattern == WAYS:
        return _ways(data, m, p, work, where)
    return _anywhere_and_clusters(data, m, p, work, where)


@njit()
def book(data, m, work, where):  # type: ignore[no-untyped-def]
    """What the special symbol of a series pays on the board last evaluated, before the phase's multipliers."""
    reels = 0
    for reel in range(m.reels):
        if where[work.special] & column(reel):
            reels += 1
    return data[m.book + work.special * (m.reels + 1) + reels]


@njit()
def scatters(data, m, p, work, where):  # type: ignore[no-untyped-def]
    """Units and free games that scatters pay and award on the board last evaluated; if any, `gone` notes where they are."""
    win = games = 0
    for kind in range(m.scatter_count):
        place = m.scatters + 3 * kind
        cells = _takes(data, where, data[place], data[place + 1]) & np.uint64(data[place + 2])
        place = kind * (m.cells + 1) + size(cells)
        pay, award = data[m.scatter_pays + place] * p.factor, data[p.awards + place]
        if pay or award:
            work.gone |= cells
            win += pay
            games += award
    return win, games
