"""The compiled reader: the rounds of `core.slots.spin`, without its events. It draws in the same order and pays the same."""

import numba as nb
import numpy as np

from adapters.simulation.slots.board import begin_round, choose, fall, make_work, reveal
from adapters.simulation.slots.chance import Chance, below
from adapters.simulation.slots.pays import book, evaluate, scatters
from core.slots.cascade import FALLS


@nb.njit(cache=True)
def _step(p, number):  # type: ignore[no-untyped-def]
    """The multiplier of evaluation `number`."""
    last = len(p.steps) - 1
    return p.steps[min(number, last)] + p.growth * max(0, number - last)


@nb.njit(cache=True)
def spin(m, p, work, chance):  # type: ignore[no-untyped-def]
    """One spin: units won, free games awarded."""
    work.special[1] = 0
    if not p.kept:
        work.wins[:] = 0
    chosen = reveal(m, p, work, chance)
    win = 0
    award = 0
    before = work.special[2]
    times = p.times[chosen]
    step = _step(p, before) * times
    if m.refill == 0:
        win = evaluate(m, p, work, False) * p.factor * step
        work.special[2] += p.accumulates
    else:
        work.gone[:] = False
        number = 0
        while True:
            won = evaluate(m, p, work, True) * p.factor * _step(p, before + number) * times
            games = 0
            if not m.settled:
                more, games = scatters(m, p, work, True)
                won += more
            if won == 0 and games == 0:
                break
            win += won
            award += games
            fall(m, p, chosen, work, chance)
            number += 1
            work.special[2] += p.accumulates
            if number > FALLS:
                raise ValueError("a board does not come to rest")
    if work.special[0] >= 0:
        win += book(m, work) * p.factor * step
    if p.valued and not p.wild_valued and win:
        factor = 0
        for reel in range(len(work.high)):
            for row in range(work.high[reel]):
                factor += work.values[reel, row]
        win *= max(factor, 1)
    if m.settled:
        more, games = scatters(m, p, work, False)
        win += more
        award += games
    return win, award + work.special[1]


@nb.njit(cache=True)
def _prize(m, symbol, chance):  # type: ignore[no-untyped-def]
    """What one more held symbol is worth."""
    return m.prizes[symbol, choose(chance, m.prize_sums[symbol])]


@nb.njit(cache=True)
def _respins(m, work, count, chance):  # type: ignore[no-untyped-def]
    """Hold and respin, from the cells that `gone` marks on: units."""
    cells = 0
    for reel in range(len(m.heights)):
        cells += m.heights[reel]
    win = 0
    for reel in range(len(m.heights)):
        for row in range(m.heights[reel]):
            if work.gone[reel, row]:
                win += _prize(m, work.board[reel, row], chance)
    left = m.lives
    while left and count < cells:
        more = 0
        if m.lands[-1]:
            for reel in range(len(m.heights)):
                for row in range(m.heights[reel]):
                    if not work.gone[reel, row] and choose(chance, m.lands) == 0:
                        work.gone[reel, row] = True
                        work.stack[more, 0] = m.held
                        more += 1
        else:
            for reel in range(len(m.heights)):
                stop = below(chance, m.held_stops[reel])
                for row in range(m.heights[reel]):
                    if not work.gone[reel, row] and m.holdable[m.held_strips[reel, stop + row]]:
                        work.gone[reel, row] = True
                        work.stack[more, 0] = m.held_strips[reel, stop + row]
                        more += 1
        for new in range(more):
            win += _prize(m, work.stack[new, 0], chance)
        count += more
        left = m.lives if more else left - 1
    return win + (m.full if count == cells else 0)


@nb.njit(cache=True)
def _hold(m, work, chance):  # type: ignore[no-untyped-def]
    """What a base spin holds, if it is enough: units."""
    count = 0
    for reel in range(len(m.heights)):
        for row in range(m.heights[reel]):
            work.gone[reel, row] = not m.holds and m.holdable[work.board[reel, row]]
            count += work.gone[reel, row]
    return _respins(m, work, count, chance) if m.holds or count >= m.starts else 0


@nb.njit(cache=True)
def _round(m, work, chance):  # type: ignore[no-untyped-def]
    """A round before its cap: units of the base spin and of all, free games that it began with, and all that were played."""
    begin_round(work)
    base, award = 0, m.buys
    if m.buys == 0 and not m.holds:
        base, award = spin(m, m.base, work, chance)
    win = base
    if m.held >= 0 and m.buys == 0:
        win += _hold(m, work, chance)
    most = m.free.most if m.free.most else award + (1 << 40)
    left = min(award, most)
    games = 0
    if left:
        work.wins[:] = 0
        work.special[2] = 0
        if m.free.book[-1]:
            work.special[0] = m.free.specials[choose(chance, m.free.book)]
    while left:
        left -= 1
        games += 1
        more, again = spin(m, m.free, work, chance)
        win += more
        left += min(again, most - games - left)
    return base, win, award, games


@nb.njit(cache=True)
def rounds(m, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """Play `count` rounds; adds to `sums` (see `runs.SUMS`) and counts wins up to each of `bounds`."""
    work = make_work(m)
    for _ in range(count):
        base, win, award, games = _round(m, work, chance)
        sums[0] += base
        sums[1] += base * base
        sums[2] += base > 0
        sums[3] += award > 0
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


@nb.njit(cache=True)
def enumerate_spins(m, p, first, sums):  # type: ignore[no-untyped-def]
    """Every combination of stops below `first` of each reel, of a phase that draws nothing else; adds to `sums`."""
    work = make_work(m)
    reels = len(m.heights)
    at = np.zeros(reels, np.int64)
    words = np.zeros(reels, np.uint32)
    place = np.zeros(3, np.int64)
    key = np.zeros(16, np.uint32)
    while True:
        for reel in range(reels):
            words[reel] = at[reel]
        place[0], place[1], place[2] = 0, reels, 0
        win, award = spin(m, p, work, Chance(words, place, key))
        sums[0] += win
        sums[1] += win * win
        sums[2] += win > 0
        sums[3] += award
        sums[4] += win * award
        sums[5] = max(sums[5], win)
        sums[6] += 1
        sums[7] += award * award
        reel = reels - 1
        while reel >= 0:
            at[reel] += 1
            if at[reel] < min(first, p.stops[0, reel]):
                break
            at[reel] = 0
            reel -= 1
        if reel < 0:
            return


@nb.njit(cache=True)
def replay(m, chance, told):  # type: ignore[no-untyped-def]
    """Play a round for each row of `told` from one tape: units before the cap, free games, place on the tape after it."""
    work = make_work(m)
    for row in range(len(told)):
        _, win, _, games = _round(m, work, chance)
        told[row, 0] = win
        told[row, 1] = games
        told[row, 2] = chance.place[0]
