"""What a board pays, compiled: `core.slots.patterns` without its events."""

import numba as nb
import numpy as np

LINES, WAYS, ANYWHERE = 0, 1, 2


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
def _ways(m, high, board, values, valued, gone, mark):  # type: ignore[no-untyped-def]
    win = 0
    reels = len(m.heights)
    for symbol in range(len(m.counts)):
        number = 1
        reached = 0
        for reel in range(reels):
            width = 0
            for row in range(high[reel]):
                shown = board[reel, row]
                if m.takes[symbol, shown]:
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
                for row in range(high[reel]):
                    shown = board[reel, row]
                    if m.takes[symbol, shown]:
                        gone[reel, row] = True
    return win


@nb.njit(cache=True)
def _anywhere(m, p, work, mark):  # type: ignore[no-untyped-def]
    board, high = work.board, work.high
    win = 0
    count = np.zeros(len(m.counts), np.int64)
    for reel in range(len(high)):
        for row in range(high[reel]):
            count[board[reel, row]] += 1
    for symbol in range(len(m.counts)):
        taken = 0
        for shown in range(len(count)):
            taken += count[shown] * m.takes[symbol, shown]
        pay = m.counts[symbol, taken]
        if pay == 0:
            continue
        multiplier = 0
        for reel in range(len(high)):
            for row in range(high[reel]):
                shown = board[reel, row]
                if m.takes[symbol, shown]:
                    multiplier += _win_at(p, work, reel, row, mark)
        win += pay * max(multiplier, 1)
    return win


@nb.njit(cache=True)
def _win_at(p, work, reel, row, mark):  # type: ignore[no-untyped-def]
    """A place of a win: marked, counted, and what it multiplies the win by."""
    if mark:
        work.gone[reel, row] = True
    last = len(p.positions) - 1
    if last == 0:
        return 0
    work.more[reel, row] += 1
    return p.positions[min(work.wins[reel, row], last)]


@nb.njit(cache=True)
def _clusters(m, p, work, mark):  # type: ignore[no-untyped-def]
    board, high, seen, stack = work.board, work.high, work.seen, work.stack
    win = 0
    reels = len(high)
    seen[:] = 0
    for symbol in range(len(m.counts)):
        if m.counts[symbol, -1] == 0:
            continue
        for reel in range(reels):
            for row in range(high[reel]):
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
                        if u < 0 or u >= reels or v < 0 or v >= high[u] or seen[u, v] == symbol + 1:
                            continue
                        if m.takes[symbol, board[u, v]]:
                            seen[u, v] = symbol + 1
                            stack[size, 0], stack[size, 1] = u, v
                            size += 1
                pay = m.counts[symbol, size]
                if pay == 0:
                    continue
                multiplier = 0
                for place in range(size):
                    multiplier += _win_at(p, work, stack[place, 0], stack[place, 1], mark)
                win += pay * max(multiplier, 1)
    return win


@nb.njit(cache=True)
def evaluate(m, p, work, mark):  # type: ignore[no-untyped-def]
    """Units of the board, before the phase's multipliers; `mark` notes which cells won."""
    if m.pattern == LINES:
        return _lines(m, work.board, work.values, p.wild_valued, work.gone, mark)
    if m.pattern == WAYS:
        return _ways(m, work.high, work.board, work.values, p.wild_valued, work.gone, mark)
    win = _anywhere(m, p, work, mark) if m.pattern == ANYWHERE else _clusters(m, p, work, mark)
    if len(p.positions) > 1 and win:
        for reel in range(len(work.high)):
            for row in range(work.high[reel]):
                work.wins[reel, row] += work.more[reel, row]
                work.more[reel, row] = 0
    return win


@nb.njit(cache=True)
def book(m, work):  # type: ignore[no-untyped-def]
    """What the special symbol of a series pays, before the phase's multipliers."""
    reels = 0
    for reel in range(len(work.high)):
        for row in range(work.high[reel]):
            if work.board[reel, row] == work.special[0]:
                reels += 1
                break
    return m.book[work.special[0], reels]


@nb.njit(cache=True)
def scatters(m, p, work, mark):  # type: ignore[no-untyped-def]
    """Units and free games that scatters pay and award."""
    board, high = work.board, work.high
    win = games = 0
    for scatter in range(len(m.marks)):
        count = 0
        for reel in range(len(high)):
            for row in range(high[reel]):
                count += m.marks[scatter, reel, board[reel, row]]
        pay, award = m.scatter_pays[scatter, count] * p.factor, p.awards[scatter, count]
        win += pay
        games += award
        if mark and (pay or award):
            for reel in range(len(high)):
                for row in range(high[reel]):
                    if m.marks[scatter, reel, board[reel, row]]:
                        work.gone[reel, row] = True
    return win, games
