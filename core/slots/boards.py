"""The recurrence over the reels for whole boards: boards that can only pay alike from here on are one.

A key is all that the reels to come need to know of those that have stopped: the lines that are alive with their branches,
or the symbols on ways with their number of ways.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import prod
from typing import TypeAlias

from core.slots.machine import Lines
from core.slots.patterns import book_pay
from core.slots.tables import Marks, PhaseTables, Tables

Key: TypeAlias = tuple[tuple[int, int], ...]

BOOK = 48
"""On the way, the reels that show the special symbol stand above the units."""
SHIFT = 52
"""A distribution packs (units, scatters) into one integer: units + scatters << 52."""
BITS = 8
"""For the number of each scatter: the first stands lowest."""


def pack(counts: Iterable[int]) -> int:
    """Numbers of several scatters as one."""
    return sum(count << place * BITS for place, count in enumerate(counts))


def unpack(packed: int, place: int) -> int:
    """The number of one of them."""
    return packed >> place * BITS & (1 << BITS) - 1


MOST_STEPS = 30_000_000
"""Windows that are looked at and distributions that are added up, at most: half a minute, or less."""
MOST_BITS = 1 << 20
"""Of the sets of windows in `Nothing`, for one reel."""


class TooMany(ValueError):
    """There are more boards than can be counted in good time."""


class _Steps:
    """Counts what is done."""

    def __init__(self) -> None:
        self._done = 0

    def take(self, steps: int) -> None:
        """So much more. Raises `TooMany`."""
        self._done += steps
        if self._done > MOST_STEPS:
            raise TooMany(f"more than {MOST_STEPS} steps")


class Boards:
    """The distribution of the units of a spin and of how many symbols of each kind (`marks`) are in view, over all
    combinations of its stops.
    """

    def __init__(self, tables: Tables, phase: PhaseTables, marks: Sequence[Marks]) -> None:
        self._tables = tables
        pattern = tables.machine.pattern
        turn = -1 if isinstance(pattern, Lines) and pattern.direction == "right" else 1  # from where runs begin
        self._rows = [line[::turn] for line in tables.lines]
        self._windows = [
            [
                (w, (pack(sum(map(w.count, of[at])) for of in marks) << SHIFT) + ((phase.special in w) << BOOK), n)
                for w, n in phase.odds[at]
            ]
            for at in range(len(phase.odds))[::turn]
        ]
        self._special = phase.special
        self._factor = phase.factor * phase.step(0)
        self._units = [0 if leaf is None else leaf.units * self._factor for leaf in tables.leaves]
        self._known: list[dict[Key, dict[int, int]]] = [{} for _ in phase.odds]
        self._steps = _Steps()
        self._last = len(phase.odds)

    def whole(self) -> dict[int, int]:
        """The distribution over all reels. Raises `TooMany`."""
        return self._lines_and_ways() if self._special < 0 else self._with_book(self._lines_and_ways())

    def _lines_and_ways(self) -> dict[int, int]:
        tables = self._tables
        if isinstance(tables.machine.pattern, Lines):
            return self._after(0, tuple((line, len(tables.branches) - 1) for line in range(len(tables.lines))))
        return self._after(0, tuple((symbol, 1) for symbol, pays in enumerate(tables.counts) if any(pays)))

    def _with_book(self, counted: dict[int, int]) -> dict[int, int]:
        """What the special symbol pays more, by the number of reels that show it."""
        found: dict[int, int] = {}
        for packed, count in counted.items():
            reels = packed >> BOOK & (1 << SHIFT - BOOK) - 1
            total = packed - (reels << BOOK) + book_pay(self._tables, self._special, reels) * self._factor
            found[total] = found.get(total, 0) + count
        return found

    def _after(self, reel: int, key: Key) -> dict[int, int]:
        """Of the combinations of the reels to come, how many add so many units and scatters."""
        if reel == self._last:
            return {self._finish(key): 1}
        known = self._known[reel]
        if key in known:
            return known[key]
        step = self._lines if isinstance(self._tables.machine.pattern, Lines) else self._ways
        groups: Counter[tuple[int, Key]] = Counter()
        self._steps.take(len(self._windows[reel]))
        for window, scatters, number in self._windows[reel]:
            pay, after = step(reel, key, window)
            groups[pay + scatters, after] += number
        found: dict[int, int] = {}
        for (pay, after), number in groups.items():
            rest = self._after(reel + 1, after)
            self._steps.take(len(rest))
            for more, count in rest.items():
                total = pay + more
                found[total] = found.get(total, 0) + number * count
        known[key] = found
        return found

    def _lines(self, reel: int, key: Key, window: tuple[int, ...]) -> tuple[int, Key]:
        branches, lines, units = self._tables.branches, self._rows, self._units
        pay, alive = 0, []
        for line, node in key:
            after = branches[node][window[lines[line][reel]]]
            if after < 0:
                pay += units[-1 - after]
            else:
                alive.append((line, after))
        return pay, tuple(alive)

    def _ways(self, reel: int, key: Key, window: tuple[int, ...]) -> tuple[int, Key]:
        tables = self._tables
        pay, alive = 0, []
        for symbol, number in key:
            width = sum(map(window.count, tables.takes[symbol]))
            if width:
                alive.append((symbol, number * width))
            else:
                pay += tables.counts[symbol][reel] * number * self._factor
        return pay, tuple(alive)

    def _finish(self, key: Key) -> int:
        """Ways that reach the last reel; a line is at its leaf by then."""
        return sum(self._tables.counts[symbol][self._last] * number * self._factor for symbol, number in key)


class Nothing:
    """How many combinations of stops pay nothing on lines: as `Boards`, but a board that will pay is left at once.

    Where the next reel decides for all lines that are alive, the windows at which one of them goes on are the union of sets
    that are known, as the bits of integers: as many for each window as it weighs.
    """

    def __init__(self, tables: Tables, phase: PhaseTables) -> None:
        self._tables = tables
        self._odds = phase.odds
        self._sizes = [sum(weight for _, weight in reel) for reel in phase.odds]
        self._pays: list[bool] = []
        for branch in tables.branches:
            self._pays.append(all(self._sure(place) for place in branch))
        self._decided = [all(place == -1 or self._sure(place) for place in branch) for branch in tables.branches]
        self._masks: dict[tuple[int, int, int], int] = {}
        self._known: list[dict[Key, int]] = [{} for _ in phase.odds]
        self._steps = _Steps()

    def whole(self) -> int:
        """The number over all reels. Raises `TooMany`."""
        if max(self._sizes) > MOST_BITS:
            raise TooMany(f"the windows of a reel weigh {max(self._sizes)}")
        tables = self._tables
        return self._after(0, tuple((line, len(tables.branches) - 1) for line in range(len(tables.lines))))

    def _sure(self, place: int) -> bool:
        """Whether a line pays whatever comes (the leaf -1 is the one that pays nothing)."""
        return self._pays[place] if place >= 0 else place != -1

    def _after(self, reel: int, key: Key) -> int:
        rest = prod(self._sizes[reel + 1 :])
        if not key:
            return rest * (self._sizes[reel] if reel < len(self._sizes) else 1)
        known = self._known[reel]
        if key not in known:
            if all(self._decided[node] for _, node in key):
                paying = 0
                for line, node in key:
                    paying |= self._mask(reel, self._tables.lines[line][reel], node)
                known[key] = (self._sizes[reel] - paying.bit_count()) * rest
            else:
                known[key] = self._tried(reel, key)
        return known[key]

    def _tried(self, reel: int, key: Key) -> int:
        lines, branches = self._tables.lines, self._tables.branches
        groups: Counter[Key] = Counter()
        self._steps.take(len(self._odds[reel]))
        for window, number in self._odds[reel]:
            alive = []
            for line, node in key:
                place = branches[node][window[lines[line][reel]]]
                if place == -1:
                    continue
                if self._sure(place):
                    break
                alive.append((line, place))
            else:
                groups[tuple(alive)] += number
        return sum(number * self._after(reel + 1, after) for after, number in groups.items())

    def _mask(self, reel: int, row: int, node: int) -> int:
        """The windows at which a line in this row goes on to pay, as bits."""
        place = (reel, row, node)
        if place not in self._masks:
            branch = self._tables.branches[node]
            mask = first = 0
            for window, number in self._odds[reel]:
                if branch[window[row]] != -1:
                    mask |= ((1 << number) - 1) << first
                first += number
            self._masks[place] = mask
        return self._masks[place]
