"""The compiled reader: the rounds of `core.slots.spin`, without its events. It draws in the same order and pays the same."""

import numba as nb
import numpy as np

from adapters.simulation.slots.chance import Chance, below, fill

LINES, WAYS, ANYWHERE = 0, 1, 2
SIDE = 8


@nb.njit(cache=True)
def _lines(m, board, values, wild_valued, gone, mark):  # type: ignore[no-untyped-def]
    win = 0
    reels = len(m.heights)
    root = len(m.branches) - 1
    for side in range(2):
        if (side == 0 and m.direction == 1) or (side == 1 and m.direction == 0):
            continue
        for line in range(len(m.lines)):
            node = root
            for step in range(reels):
                reel = step if side == 0 else reels - 1 - step
                node = m.branches[node, board[reel, m.lines[line, reel]]]
                if node < 0:
                    break
            if node == -1:
                continue
            leaf = -1 - node
            run = m.runs[leaf]
            if side == 1 and m.direction == 2 and run == reels:
                continue
            pay = m.units[leaf]
            if wild_valued:
                factor = 0
                for step in range(run):
                    reel = step if side == 0 else reels - 1 - step
                    value = values[reel, m.lines[line, reel]]
                    factor = factor * value if m.product and factor and value else factor + value
                pay *= max(factor, 1)
            if mark:
                for step in range(run):
                    reel = step if side == 0 else reels - 1 - step
                    gone[reel, m.lines[line, reel]] = True
            win += pay
    return win


@nb.njit(cache=True)
def _ways(m, board, values, valued, gone, mark):  # type: ignore[no-untyped-def]
    win = 0
    reels = len(m.heights)
    for symbol in range(len(m.counts)):
        number = 1
        reached = 0
        for reel in range(reels):
            width = 0
            for row in range(m.heights[reel]):
                shown = board[reel, row]
                if shown == symbol or (m.stands[symbol] and shown == m.wild):
                    width += max(values[reel, row], 1) if valued else 1
            if width == 0:
                break
            number *= width
            reached += 1
        pay = m.counts[symbol, reached]
        if reached == 0 or pay == 0:
            continue
        win += pay * number
        if mark:
            for reel in range(reached):
                for row in range(m.heights[reel]):
                    shown = board[reel, row]
                    if shown == symbol or (m.stands[symbol] and shown == m.wild):
                        gone[reel, row] = True
    return win


@nb.njit(cache=True)
def _anywhere(m, board, gone, mark):  # type: ignore[no-untyped-def]
    win = 0
    count = np.zeros(len(m.counts), np.int64)
    for reel in range(len(m.heights)):
        for row in range(m.heights[reel]):
            count[board[reel, row]] += 1
    wilds = count[m.wild] if m.wild >= 0 else 0
    for symbol in range(len(m.counts)):
        pay = m.counts[symbol, count[symbol] + (wilds if m.stands[symbol] else 0)]
        if pay == 0:
            continue
        win += pay
        if mark:
            for reel in range(len(m.heights)):
                for row in range(m.heights[reel]):
                    shown = board[reel, row]
                    if shown == symbol or (m.stands[symbol] and shown == m.wild):
                        gone[reel, row] = True
    return win


@nb.njit(cache=True)
def _clusters(m, board, gone, mark):  # type: ignore[no-untyped-def]
    win = 0
    reels = len(m.heights)
    seen = np.zeros((SIDE, SIDE), np.int64)
    stack = np.zeros((SIDE * SIDE, 2), np.int64)
    for symbol in range(len(m.counts)):
        if m.counts[symbol, -1] == 0:
            continue
        for reel in range(reels):
            for row in range(m.heights[reel]):
                if board[reel, row] != symbol or seen[reel, row] == symbol + 1:
                    continue
                stack[0, 0], stack[0, 1] = reel, row
                seen[reel, row] = symbol + 1
                size = 1
                at = 0
                while at < size:
                    x, y = stack[at, 0], stack[at, 1]
                    at += 1
                    for side in range(4):
                        u = x + (1 if side == 0 else -1 if side == 1 else 0)
                        v = y + (1 if side == 2 else -1 if side == 3 else 0)
                        if u < 0 or u >= reels or v < 0 or v >= m.heights[u] or seen[u, v] == symbol + 1:
                            continue
                        if board[u, v] == symbol or (m.stands[symbol] and board[u, v] == m.wild):
                            seen[u, v] = symbol + 1
                            stack[size, 0], stack[size, 1] = u, v
                            size += 1
                win += m.counts[symbol, size]
                if mark and m.counts[symbol, size]:
                    for place in range(size):
                        gone[stack[place, 0], stack[place, 1]] = True
    return win


@nb.njit(cache=True)
def _evaluate(m, p, board, values, gone, mark):  # type: ignore[no-untyped-def]
    if m.pattern == LINES:
        return _lines(m, board, values, p.wild_valued, gone, mark)
    if m.pattern == WAYS:
        return _ways(m, board, values, p.wild_valued, gone, mark)
    if m.pattern == ANYWHERE:
        return _anywhere(m, board, gone, mark)
    return _clusters(m, board, gone, mark)


@nb.njit(cache=True)
def _draw_values(m, p, board, values, chance):  # type: ignore[no-untyped-def]
    for reel in range(len(m.heights)):
        for row in range(m.heights[reel]):
            if values[reel, row] >= 0:
                continue
            symbol = board[reel, row]
            total = p.sums[symbol, -1]
            values[reel, row] = 0
            if total:
                point = below(chance, total)
                option = 0
                while p.sums[symbol, option] <= point:
                    option += 1
                values[reel, row] = p.values[symbol, option]


@nb.njit(cache=True)
def _scatters(m, p, board, gone, mark):  # type: ignore[no-untyped-def]
    count = 0
    for reel in range(len(m.heights)):
        for row in range(m.heights[reel]):
            if board[reel, row] == m.scatter:
                count += 1
    if count < m.least:
        return 0, 0
    win, games = m.scatter_pays[count] * p.factor, p.awards[count]
    if mark and (win or games):
        for reel in range(len(m.heights)):
            for row in range(m.heights[reel]):
                if board[reel, row] == m.scatter:
                    gone[reel, row] = True
    return win, games


@nb.njit(cache=True)
def _fall(m, p, board, values, gone, above, chance):  # type: ignore[no-untyped-def]
    for reel in range(len(m.heights)):
        height = m.heights[reel]
        low = height - 1
        for row in range(height - 1, -1, -1):
            if not gone[reel, row]:
                board[reel, low] = board[reel, row]
                values[reel, low] = values[reel, row]
                low -= 1
        holes = low + 1
        size = p.stops[reel]
        if m.refill == 1:
            above[reel] = (above[reel] - holes) % size
            for row in range(holes):
                board[reel, row] = p.strips[reel, (above[reel] + row) % size]
        else:
            for row in range(holes):
                board[reel, row] = p.strips[reel, below(chance, size)]
        for row in range(holes):
            values[reel, row] = -1
        for row in range(height):
            gone[reel, row] = False
    if p.valued:
        _draw_values(m, p, board, values, chance)


@nb.njit(cache=True)
def _expand(m, board, reel):  # type: ignore[no-untyped-def]
    for row in range(m.heights[reel]):
        if board[reel, row] == m.wild:
            for place in range(m.heights[reel]):
                if board[reel, place] != m.scatter:
                    board[reel, place] = m.wild
            return


@nb.njit(cache=True)
def spin(m, p, work, chance):  # type: ignore[no-untyped-def]
    """One spin: units won, free games awarded."""
    board, values, gone, above = work
    reels = len(m.heights)
    for reel in range(reels):
        above[reel] = below(chance, p.stops[reel])
        for row in range(m.heights[reel]):
            board[reel, row] = p.strips[reel, above[reel] + row]
        if p.expanding[reel]:
            _expand(m, board, reel)
    if p.valued:
        values[:] = -1
        _draw_values(m, p, board, values, chance)
    win = 0
    award = 0
    if m.refill == 0:
        win = _evaluate(m, p, board, values, gone, False) * p.factor * p.steps[0]
    else:
        gone[:] = False
        number = 0
        last = len(p.steps) - 1
        while True:
            step = p.steps[min(number, last)] + p.growth * max(0, number - last)
            won = _evaluate(m, p, board, values, gone, True) * p.factor * step
            games = 0
            if m.scatter >= 0 and not m.settled:
                more, games = _scatters(m, p, board, gone, True)
                won += more
            if won == 0 and games == 0:
                break
            win += won
            award += games
            _fall(m, p, board, values, gone, above, chance)
            number += 1
    if p.valued and not p.wild_valued and win:
        factor = 0
        for reel in range(reels):
            for row in range(m.heights[reel]):
                factor += values[reel, row]
        win *= max(factor, 1)
    if m.scatter >= 0 and m.settled:
        more, games = _scatters(m, p, board, gone, False)
        win += more
        award += games
    return win, award


@nb.njit(cache=True)
def make_work():  # type: ignore[no-untyped-def]
    """Boards to work on."""
    return (
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.int64),
        np.zeros((SIDE, SIDE), np.bool_),
        np.zeros(SIDE, np.int64),
    )


@nb.njit(cache=True)
def rounds(m, chance, count, cap, sums, buckets, bounds):  # type: ignore[no-untyped-def]
    """Play `count` rounds; adds to `sums` (see `runs.SUMS`) and counts wins up to each of `bounds`."""
    work = make_work()
    for _ in range(count):
        base, award = (0, m.buys) if m.buys else spin(m, m.base, work, chance)
        win = base
        games = 0
        left = award
        while left:
            left -= 1
            games += 1
            more, again = spin(m, m.free, work, chance)
            win += more
            left += again
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
    scatters = np.zeros(p.strips.shape, np.int64)
    for reel in range(len(p.stops)):
        for stop in range(p.stops[reel]):
            for row in range(m.heights[reel]):
                scatters[reel, stop] += p.strips[reel, stop + row] == m.scatter
    return p.strips.copy().reshape(-1).astype(np.int32), scatters, p.stops.astype(np.uint32)


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
            offsets[line, reel] = reel * m.base.strips.shape[1] + m.lines[line, reel]
            free_offsets[line, reel] = reel * m.free.strips.shape[1] + m.lines[line, reel]
    base_factor, free_factor = m.base.factor * m.base.steps[0], m.free.factor * m.free.steps[0]
    at = np.zeros(SIDE, np.int32)
    words, key, next_word = chance.words, chance.key, chance.place[0]
    for _ in range(count):
        won, shown, next_word = _line_spin(
            strips, shows, stops, offsets, branches, root, units, at, words, next_word, key
        )
        base = won * base_factor + m.scatter_pays[shown] * m.base.factor
        left = m.base.awards[shown]
        win = base
        games = 0
        sums[3] += left > 0
        while left:
            left -= 1
            games += 1
            won, shown, next_word = _line_spin(
                free_strips, free_shows, free_stops, free_offsets, branches, root, units, at, words, next_word, key
            )
            win += won * free_factor + m.scatter_pays[shown] * m.free.factor
            left += m.free.awards[shown]
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


@nb.njit(cache=True)
def enumerate_spins(m, p, first, sums):  # type: ignore[no-untyped-def]
    """Every combination of stops below `first` of each reel, of a phase that draws nothing else; adds to `sums`."""
    work = make_work()
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
            if at[reel] < min(first, p.stops[reel]):
                break
            at[reel] = 0
            reel -= 1
        if reel < 0:
            return


@nb.njit(cache=True)
def replay(m, chance, told):  # type: ignore[no-untyped-def]
    """Play a round for each row of `told` from one tape: units before the cap, free games, place on the tape after it."""
    work = make_work()
    for row in range(len(told)):
        win, left = (0, m.buys) if m.buys else spin(m, m.base, work, chance)
        games = 0
        while left:
            left -= 1
            games += 1
            more, again = spin(m, m.free, work, chance)
            win += more
            left += again
        told[row, 0] = win
        told[row, 1] = games
        told[row, 2] = chance.place[0]
