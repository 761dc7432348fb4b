"""The compiled reader: the rounds of `core.slots.spin`, without its events. It draws in the same order and pays the same.

What its functions take is short, for they are called often: `data`, the tables; `m`, the record of the machine; `p`, that of
the phase; `work`, the board; `where`, the cells of each symbol on it (see `arrays`, `board`).
"""

import numpy as np

from adapters.simulation.slots.board import begin_round, cell, choose, fall, forget_wins, reveal
from adapters.simulation.slots.chance import below
from adapters.simulation.slots.compiled import njit, uncounted
from adapters.simulation.slots.pays import book, evaluate, scatters, size
from adapters.simulation.slots.sums import add
from core.slots.cascade import FALLS
from core.slots.spin import SERIES


@njit()
def _step(data, p, number):  # type: ignore[no-untyped-def]
    """The multiplier of evaluation `number`."""
    return data[p.steps + min(number, p.last_step)] + p.growth * max(0, number - p.last_step)


@njit()
def spin(data, m, p, work, where, chance):  # type: ignore[no-untyped-def]
    """One spin: units won, free games awarded."""
    work.again = 0
    if p.last_position and not p.kept:
        forget_wins(work)
    chosen = reveal(data, m, p, work, chance)
    times = data[p.times + chosen] * p.factor
    win = award = 0
    number = first = work.steps if p.accumulates else 0
    while True:
        won = evaluate(data, m, p, work, where) * times * _step(data, p, number)
        games = 0
        if m.refill and not m.settled:
            more, games = scatters(data, m, p, work, where)
            won += more
        win += won
        award += games
        if m.refill == 0 or (won == 0 and games == 0):
            break
        fall(data, m, p, chosen, work, chance)
        number += 1
        if number - first > FALLS:
            raise ValueError("a board does not come to rest")
    if p.accumulates:
        work.steps = number if m.refill else number + 1
    if work.special >= 0:
        win += book(data, m, work, where) * times * _step(data, p, first)
    if p.valued and not p.wild_valued and win:
        factor = 0
        for reel in range(m.reels):
            for row in range(work.high[reel]):
                factor += work.values[reel, row]
        win *= max(factor, 1)
    if m.settled:
        more, games = scatters(data, m, p, work, where)
        win += more
        award += games
    return win, award + work.again


@njit()
def _prizes(data, m, work, cells, chance):  # type: ignore[no-untyped-def]
    """What the symbols on these cells are worth that are held from now on."""
    win = 0
    for reel in range(m.reels):
        for row in range(m.heights[reel]):
            if cells & cell(reel, row):
                win += choose(data, data[m.prizes + work.board[reel, row]], chance)
    return win


@njit()
def _respins(data, m, work, chance):  # type: ignore[no-untyped-def]
    """Hold and respin, from the cells that `gone` marks on: units."""
    win = _prizes(data, m, work, work.gone, chance)
    count = size(work.gone)
    left = m.lives
    while left and count < m.cells:
        landed = np.uint64(0)
        for reel in range(m.reels):
            first = 0
            if not m.lands:
                first = m.held_strips + reel * m.held_longest + below(chance, m.held_stops[reel])
            for row in range(m.heights[reel]):
                if work.gone & cell(reel, row):
                    continue
                symbol = data[first + row] if first else m.held
                if data[m.prizes + symbol] and (first or choose(data, m.lands, chance)):
                    landed |= cell(reel, row)
                    work.board[reel, row] = symbol
        win += _prizes(data, m, work, landed, chance)
        work.gone |= landed
        count = size(work.gone)
        left = m.lives if landed else left - 1
    return win + (m.full if count == m.cells else 0)


@njit()
def _hold(data, m, work, where, chance):  # type: ignore[no-untyped-def]
    """What a base spin holds, if it is enough: units."""
    work.gone = np.uint64(0)
    if not m.holds:
        for symbol in range(m.symbols):
            if data[m.prizes + symbol]:
                work.gone |= where[symbol]
    return _respins(data, m, work, chance) if m.holds or size(work.gone) >= m.starts else 0


@njit()
def _round(data, m, base_phase, free_phase, work, where, chance):  # type: ignore[no-untyped-def]
    """A round before its cap: units of the base spin and of all, free games that it began with, and all that were played."""
    begin_round(work)
    if base_phase.last_position:
        forget_wins(work)
    base, award = 0, m.buys
    if m.buys == 0 and not m.holds:
        base, award = spin(data, m, base_phase, work, where, chance)
    win = base
    if m.held >= 0 and m.buys == 0:
        win += _hold(data, m, work, where, chance)
    most = free_phase.most_games or award + (1 << 40)
    left = min(award, most)
    games = 0
    if left:
        forget_wins(work)
        work.steps = 0
        if free_phase.book:
            work.special = choose(data, free_phase.book, chance)
    while left:
        left -= 1
        games += 1
        if games > SERIES:
            raise ValueError("a series of free games does not come to its end")
        more, again = spin(data, m, free_phase, work, where, chance)
        win += more
        left += min(again, most - games - left)
    return base, win, award, games


@njit()
def rounds(machine, work, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """Play `count` rounds; adds to `sums` (see `runs.batch`) and counts wins up to each of `bounds`."""
    machine, work = uncounted(machine), uncounted(work)
    data, m, base_phase, free_phase = machine.data, machine.machine[0], machine.base[0], machine.free[0]
    state, where, source = work.state[0], work.cells, chance[0]
    for _ in range(count):
        base, win, award, games = _round(data, m, base_phase, free_phase, state, where, source)
        add(sums, buckets, bounds, cap, base, win, award, games)


@njit()
def enumerate_spins(machine, free, first, work, chance, sums):  # type: ignore[no-untyped-def]
    """Every combination of stops below `first` of each reel, of a phase that draws nothing else; adds to `sums`.

    `chance` is a tape with a place for each reel.
    """
    machine, work = uncounted(machine), uncounted(work)
    data, m = machine.data, machine.machine[0]
    p = machine.free[0] if free else machine.base[0]
    state, where, source = work.state[0], work.cells, chance[0]
    at = source.words
    begin_round(state)
    while True:
        source.next = 0
        win, award = spin(data, m, p, state, where, source)
        sums[0] += win
        sums[1] += win * win
        sums[2] += win > 0
        sums[3] += award
        sums[4] += win * award
        sums[5] = max(sums[5], win)
        sums[6] += 1
        sums[7] += award * award
        reel = m.reels - 1
        while reel >= 0:
            at[reel] += 1
            if at[reel] < min(first, data[p.stops + reel]):
                break
            at[reel] = 0
            reel -= 1
        if reel < 0:
            return


@njit()
def replay(machine, work, chance, values, lengths, told):  # type: ignore[no-untyped-def]
    """Play a round for each of `lengths`, from so many of `values`, and fill its row of `told`: units before the cap, free
    games, values that it left.
    """
    machine, work = uncounted(machine), uncounted(work)
    data, m, base_phase, free_phase = machine.data, machine.machine[0], machine.base[0], machine.free[0]
    state, where, source = work.state[0], work.cells, chance[0]
    first = 0
    for row in range(len(lengths)):
        source.next, source.end = 0, lengths[row]
        for place in range(source.end):
            source.words[place] = values[first + place]
        first += source.end
        told[row, 2] = -1
        _, told[row, 0], _, told[row, 1] = _round(data, m, base_phase, free_phase, state, where, source)
        told[row, 2] = source.end - source.next
