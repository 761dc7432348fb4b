"""Kinds of slots as people bring them, each beside an evaluator that knows nothing of the engine.

What a kind does is written twice: as a definition, and as a few lines of plain Python that draw, look and pay. Both are
counted over everything that can be drawn, and come to the same chances of the same wins; the exact return is their mean,
and the compiled reader plays the served rounds again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod
from typing import Any

import pytest

from adapters.simulation.slots.runs import replay
from core.slots import exact, means, reach
from core.slots.compiling import compile_machine
from core.slots.hold import Hold
from core.slots.machine import Anywhere, Bet, Cascade, Clusters, Fault, Lines, Machine, Pick, Scatter, Ways, Wild
from core.slots.phase import Landing, Phase, Positions, Sticky
from tests.core.slots.judge import mean, served, variance, wins
from tests.core.slots.plain import (
    Board,
    Cell,
    Column,
    Draw,
    Pays,
    Play,
    along,
    clusters,
    count,
    fallen,
    outcomes,
    run,
    series,
    shows,
    step,
    stopped,
    ways,
)

ROWS = ((0, 0, 0), (1, 1, 1), (0, 1, 0))
STRIPS = (("a", "b", "w", "s"), ("b", "w", "a", "x"), ("a", "x", "s", "b"))
PAYS = {"a": {2: 2, 3: 9}, "b": {1: 1, 3: 4}, "w": {2: 3, 3: 20}}


PLAIN = Machine(rows=2, pattern=Lines(ROWS), pays=PAYS, base=Phase(strips=STRIPS), cost=3)
KINDS: dict[str, tuple[Machine, Play]] = {}


def kind(name: str, machine: Machine) -> Callable[[Play], Play]:
    """What follows plays this machine."""

    def keep(play: Play) -> Play:
        KINDS[name] = (machine, play)
        return play

    return keep


# Steppers


STEPPER = (("7", "-", "c", "w", "I"), ("-", "7", "c", "II", "w"), ("c", "I", "-", "II", "7"))
STEPS: Pays = {"7": {3: 50}, "bars": {3: 4}, "c": {1: 2, 2: 5, 3: 12}, "w": {3: 90}}


def _loose(row: Column, takes: str, pays: dict[int, int], factor: int) -> int:
    """What so many of these pay, wherever they stand; wilds among them multiply, and are nothing by themselves."""
    taken = [symbol for symbol in row if symbol in takes]
    wild = "w" in taken
    return pays.get(len(taken), 0) * (factor if wild else 1) * (set(taken) != {"w"})


@kind("a stepper whose cherries count wherever they stand on each of its lines", Machine(
    rows=3,
    pattern=Lines(((0, 0, 0), (1, 1, 1), (2, 2, 2), (0, 1, 2)), any_position=("c",)),
    pays=STEPS,
    mixes={"bars": ("I", "II")},
    wild=Wild(symbol="w", factor=2),
    base=Phase(strips=STEPPER),
    cost=4,
))  # fmt: skip
def _stepper(draw: Draw) -> int:
    board = stopped(draw, STEPPER, (3, 3, 3))
    return sum(
        max(
            run(row, {"7": STEPS["7"], "w": STEPS["w"]}, {"w": 2})[0],
            4 * (2 if "w" in row else 1) * (set(row) <= set("w") | {"I", "II"} and set(row) != {"w"}),
            _loose(row, "cw", STEPS["c"], 2),
        )
        for row in along(board, ((0, 0, 0), (1, 1, 1), (2, 2, 2), (0, 1, 2)))
    )


@kind("a mix that counts wherever it stands, and a wild that does not stand for it, from the right", replace(
    PLAIN,
    pattern=Lines(ROWS, "right", any_position=("few",)),
    pays=PAYS | {"few": {1: 1, 2: 3, 3: 6}},
    mixes={"few": ("s", "x")},
    wild=Wild(symbol="w", factor=3, spares=("few",)),
))  # fmt: skip
def _mixed_anywhere(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    return sum(
        max(run(row[::-1], PAYS, {"w": 3})[0], _loose(row, "sx", {1: 1, 2: 3, 3: 6}, 1)) for row in along(board, ROWS)
    )


LONG = (("a", "b", "w"), ("b", "a", "w", "x"), ("a", "x", "b"), ("w", "b", "a", "a"))
LONG_ROWS = ((0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1))
LONG_PAYS: Pays = {"a": {2: 2, 3: 5, 4: 20}, "b": {2: 1, 3: 6, 4: 9}, "w": {2: 4, 3: 8, 4: 30}}


@kind("runs that begin on any reel", replace(
    PLAIN,
    pattern=Lines(LONG_ROWS, "any"),
    pays=LONG_PAYS,
    wild=Wild(symbol="w", factor=2),
    base=Phase(strips=LONG),
))  # fmt: skip
def _any_reel(draw: Draw) -> int:
    board = stopped(draw, LONG, (2, 2, 2, 2))
    return sum(max(run(row[start:], LONG_PAYS, {"w": 2})[0] for start in range(3)) for row in along(board, LONG_ROWS))


FALLING_PAYS: Pays = {"a": {2: 3, 3: 4}, "b": {3: 5}, "c": {2: 1, 3: 2}}
FALLING = (("a", "b", "c", "a", "x"), ("b", "c", "a", "x"), ("c", "a", "x", "b", "a"))


@kind("falls on lines on which a symbol counts wherever it stands and runs begin on any reel", Machine(
    rows=2,
    pattern=Lines(((0, 0, 0), (1, 1, 1)), "any", any_position=("c",)),
    pays=FALLING_PAYS,
    base=Phase(strips=FALLING),
    cascade=Cascade(refill="strip"),
    cost=2,
))  # fmt: skip
def _falling_loose(draw: Draw) -> int:
    stops = [draw(dict.fromkeys(range(len(strip)), 1)) for strip in FALLING]
    board = [[strip[(stop + row) % len(strip)] for row in range(2)] for strip, stop in zip(FALLING, stops, strict=True)]
    above, total = list(stops), 0
    while True:
        gone, won = set(), 0
        for row in range(2):
            line = [column[row] for column in board]
            found = [(FALLING_PAYS["c"].get(line.count("c"), 0), [x for x in range(3) if line[x] == "c"])]
            for symbol in "ab":
                for first, last in ((0, 3), (0, 2), (1, 3)):
                    alike = line[first:last] == [symbol] * (last - first)
                    whole = not (last - first == 2 and line == [symbol] * 3)
                    found.append((FALLING_PAYS[symbol].get(last - first, 0) * alike * whole, [*range(first, last)]))
            units, cells = max(found, key=lambda each: each[0])
            won += units
            gone |= {(x, row) for x in cells} if units else set()
        if not won:
            return total
        total += won
        for x, strip in enumerate(FALLING):
            left = [symbol for row, symbol in enumerate(board[x]) if (x, row) not in gone]
            above[x] -= 2 - len(left)
            board[x] = [strip[(above[x] + row) % len(strip)] for row in range(2 - len(left))] + left


# Wilds


@kind(
    "several wilds, of which the greatest multiplies",
    replace(PLAIN, wild=Wild(symbol="w", factor=2, others={"x": 5}, spares=("b",))),
)
def _greatest(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    return sum(run(row, PAYS, {"w": 2, "x": 5}, spares="b")[0] for row in along(board, ROWS))


@kind(
    "several wilds that multiply by one another, one with pays of its own, both ways",
    replace(
        PLAIN,
        pays=PAYS | {"x": {1: 7}},
        pattern=Lines(ROWS, "both"),
        wild=Wild(symbol="w", factor=2, others={"x": 3}, multiplies="each"),
    ),
)
def _each(draw: Draw) -> int:
    board, win = stopped(draw, STRIPS, (2, 2, 2)), 0
    for row in along(board, ROWS):
        left, _ = run(row, PAYS | {"x": {1: 7}}, {"w": 2, "x": 3}, each=True)
        right, long = run(row[::-1], PAYS | {"x": {1: 7}}, {"w": 2, "x": 3}, each=True)
        win += left + (right if long < 3 else 0)
    return win


TWO = Wild(symbol="w", others={"x": 1})
TAKES = {"a": "awx", "b": "bwx", "w": "wx"}


@kind("several wilds on ways, one of which draws values", replace(
    PLAIN, pattern=Ways(), wild=TWO, base=Phase(strips=STRIPS, values={"w": {1: 2, 3: 1}}), rows=(2, 2, 1)
))  # fmt: skip
def _ways_with_values(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 1))
    return _wide(draw, board)


def _wide(draw: Draw, board: Board) -> int:
    """A wild with a value is so many wilds."""
    grown = []
    for column in board:
        symbols: list[str] = []
        for symbol in column:
            symbols += [symbol] * (draw({1: 2, 3: 1}) if symbol == "w" else 1)
        grown.append(tuple(symbols))
    return ways(grown, PAYS, TAKES)


@kind("several wilds on lines, one of which draws values that are multiplied", replace(
    PLAIN,
    pays={"a": {3: 9}, "b": {3: 4}},
    wild=Wild(symbol="w", others={"x": 2}, values="multiplied"),
    base=Phase(strips=(("a", "w", "b"), ("x", "w", "a"), ("w", "x", "b")), values={"w": {2: 2, 3: 1}}),
    rows=1,
    pattern=Lines(((0, 0, 0),)),
))  # fmt: skip
def _valued(draw: Draw) -> int:
    board = stopped(draw, (("a", "w", "b"), ("x", "w", "a"), ("w", "x", "b")), (1, 1, 1))
    row = along(board, ((0, 0, 0),))[0]
    drawn = [draw({2: 2, 3: 1}) for symbol in row if symbol == "w"]
    return int(run(row, {"a": {3: 9}, "b": {3: 4}}, {"w": 1, "x": 2})[0] * prod(drawn))


@kind("several wilds, anywhere", replace(PLAIN, pattern=Anywhere(), pays={"a": {3: 2, 5: 7}, "b": {2: 1}}, wild=TWO))
def _anywhere(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    return step({3: 2, 5: 7}, count(board, "awx")) + step({2: 1}, count(board, "bwx"))


CLUSTERS: Pays = {"a": {2: 1, 4: 5}, "b": {3: 2}}


@kind(
    "several wilds in clusters that fall",
    replace(PLAIN, pattern=Clusters(), pays=CLUSTERS, wild=TWO, cascade=Cascade()),
)
def _falling(draw: Draw) -> int:
    tops = [draw(dict.fromkeys(range(4), 1)) for _ in STRIPS]
    board = [tuple((strip * 2)[top : top + 2]) for strip, top in zip(STRIPS, tops, strict=True)]
    win = 0
    while True:
        groups = [(symbol, group) for symbol in "ab" for group in clusters(board, symbol, "wx")]
        paid = [(step(CLUSTERS[symbol], len(group)), group) for symbol, group in groups]
        if not sum(units for units, _ in paid):
            return win
        win += sum(units for units, _ in paid)
        board = fallen(board, tops, STRIPS, {cell for units, group in paid if units for cell in group})


# Scatters

BOOKS_OF_B = (("a", "b"), ("b", "a"), ("b", "a"))
SCATTERED = replace(PLAIN, wild=Wild(symbol="w"), free=Phase(strips=(("a", "b"), ("b", "w"), ("a", "x"))))


def _free(draw: Draw, games: int, factor: int = 1) -> int:
    def play(number: int) -> tuple[int, int]:
        board = stopped(draw, (("a", "b"), ("b", "w"), ("a", "x")), (2, 2, 2))
        return sum(run(row, PAYS, {"w": 1})[0] for row in along(board, ROWS)) * factor, 0

    return series(games, play)


@kind("a scatter that counts on some reels", replace(
    SCATTERED,
    base=Phase(strips=STRIPS, awards={1: 1}),
    scatter=Scatter(symbol="s", pays={1: 2}, reels=(2,)),
))  # fmt: skip
def _on_some_reels(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    shown = count(board, "s", [2])
    lines = sum(run(row, PAYS, {"w": 1})[0] for row in along(board, ROWS))
    return lines + 2 * shown + _free(draw, shown)


@kind("a wild that counts as a scatter, which pays on lines, too", replace(
    SCATTERED,
    pays=PAYS | {"s": {1: 1, 2: 6}},
    base=Phase(strips=STRIPS, awards={3: 1, 4: 2}),
    scatter=Scatter(symbol="s", pays={2: 5, 4: 50}, takes=("w",)),
))  # fmt: skip
def _both(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    shown = count(board, "sw")
    lines = sum(run(row, PAYS | {"s": {1: 1, 2: 6}}, {"w": 1}, spares="s")[0] for row in along(board, ROWS))
    return lines + step({2: 5, 4: 50}, shown) + _free(draw, step({3: 1, 4: 2}, shown))


THREE_SCATTERS = replace(
    SCATTERED,
    base=Phase(strips=STRIPS, awards={2: 1}),
    scatter=Scatter(symbol="s", pays={1: 1}),
    others=(
        Scatter(symbol="x", pays={2: 10}, awards={"base": {2: 1}}),
        Scatter(symbol="b", reels=(0, 1), awards={"base": {2: 1}}, pays={2: 3}),
    ),
)


@kind("scatters of several kinds, each with its own awards", THREE_SCATTERS)
def _several(draw: Draw) -> int:
    board = stopped(draw, STRIPS, (2, 2, 2))
    first, second, third = count(board, "s"), count(board, "x"), count(board, "b", [0, 1])
    win = sum(run(row, PAYS, {"w": 1}, spares="sxb")[0] for row in along(board, ROWS))
    win += step({1: 1}, first) + step({2: 10}, second) + step({2: 3}, third)
    return win + _unlike_b(draw, step({2: 1}, first) + step({2: 1}, second) + step({2: 1}, third))


def _unlike_b(draw: Draw, games: int) -> int:
    """Free games in which two scatters pay, and no wild stands for one of them."""

    def play(number: int) -> tuple[int, int]:
        board = stopped(draw, (("a", "b"), ("b", "w"), ("a", "x")), (2, 2, 2))
        win = sum(run(row, PAYS, {"w": 1}, spares="sxb")[0] for row in along(board, ROWS))
        return win + step({2: 10}, count(board, "x")) + step({2: 3}, count(board, "b", [0, 1])), 0

    return series(games, play)


FREE_STRIPS = (("a", "s"), ("b", "w", "t"), ("s", "b"))


@kind("retrigger tables by phase, with a multiplier for each free game and a last one", replace(
    PLAIN,
    pattern=Lines(((0, 0, 0),)),
    rows=1,
    wild=Wild(symbol="w"),
    base=Phase(strips=(("a", "s"), ("b", "s"), ("a", "t")), awards={2: 2}),
    scatter=Scatter(symbol="s"),
    others=(Scatter(symbol="t", pays={1: 1}, awards={"free": {1: 1}}),),
    free=Phase(strips=FREE_STRIPS, steps=(1, 2), growth=3, accumulates=True, awards={1: 1, 2: 3}, most=3, factor=2),
))  # fmt: skip
def _retriggers(draw: Draw) -> int:
    board = stopped(draw, (("a", "s"), ("b", "s"), ("a", "t")), (1, 1, 1))

    def play(number: int) -> tuple[int, int]:
        board = stopped(draw, FREE_STRIPS, (1, 1, 1))
        units = run(along(board, ((0, 0, 0),))[0], PAYS, {"w": 1})[0] * (1, 2, 5, 8)[number]
        awards = step({1: 1, 2: 3}, count(board, "s")) + step({1: 1}, count(board, "t"))
        return 2 * (units + step({1: 1}, count(board, "t"))), awards

    win = run(along(board, ((0, 0, 0),))[0], PAYS)[0] + step({1: 1}, count(board, "t"))
    return win + series(2 * (count(board, "s") == 2), play, most=3)


DRAWN = {1: 3, 4: 1}


@kind("a multiplier that is drawn for each free game, and sets of strips", replace(
    SCATTERED,
    base=Phase(strips=STRIPS, awards={2: 2}, weight=2, others=((1, STRIPS[::-1]),)),
    scatter=Scatter(symbol="s", pays={2: 1}),
    free=Phase(strips=(("a", "b"), ("b", "w", "a"), ("a", "s")), times=DRAWN, factor=2, awards={1: 1}, most=2),
    rows=1,
    pattern=Lines(((0, 0, 0),)),
))  # fmt: skip
def _drawn(draw: Draw) -> int:
    board = stopped(draw, STRIPS[:: draw({1: 2, -1: 1})], (1, 1, 1))

    def play(number: int) -> tuple[int, int]:
        times = draw(DRAWN)
        board = stopped(draw, (("a", "b"), ("b", "w", "a"), ("a", "s")), (1, 1, 1))
        units = 2 * times * run(along(board, ((0, 0, 0),))[0], PAYS, {"w": 1})[0]
        return units + 2 * step({2: 1}, count(board, "s")), count(board, "s")

    win = run(along(board, ((0, 0, 0),))[0], PAYS, {"w": 1})[0] + step({2: 1}, count(board, "s"))
    return win + series(step({2: 2}, count(board, "s")), play, most=2)


@kind("drawn multipliers on a board that falls, with steps that grow", replace(
    PLAIN,
    pattern=Anywhere(),
    pays={"a": {3: 2}},
    base=Phase(strips=STRIPS, times=DRAWN, steps=(1, 2)),
    cascade=Cascade(),
))  # fmt: skip
def _drawn_on_falls(draw: Draw) -> int:
    times, win = draw(DRAWN), 0
    tops = [draw(dict.fromkeys(range(4), 1)) for _ in STRIPS]
    board = [tuple((strip * 2)[top : top + 2]) for strip, top in zip(STRIPS, tops, strict=True)]
    for step_ in (1, 2, 2, 2, 2):
        gone = {(x, y) for x, column in enumerate(board) for y, shown in enumerate(column) if shown == "a"}
        if len(gone) < 3:
            break
        win += 2 * times * step_
        board = fallen(board, tops, STRIPS, gone)
    return win


BOTH_WAYS = replace(
    PLAIN,
    pays={"a": PAYS["a"], "b": PAYS["b"]},
    pattern=Lines(((0, 0, 0),), "both"),
    rows=1,
    scatter=Scatter(symbol="s", pays={2: 1}),
    base=Phase(strips=(("a", "s"), ("b", "s", "a"), ("a", "b")), awards={2: 2}),
    free=Phase(strips=BOOKS_OF_B, times=DRAWN, steps=(1, 3), accumulates=True, book={"b": 1}),
)


@kind("a drawn multiplier, a growing one, a book and both ways", BOTH_WAYS)
def _all_of_them(draw: Draw) -> int:
    def pays(board: Board) -> int:
        row = along(board, ((0, 0, 0),))[0]
        right, long = run(row[::-1], PAYS)
        return run(row, PAYS)[0] + (right if long < 3 else 0)

    board = stopped(draw, (("a", "s"), ("b", "s", "a"), ("a", "b")), (1, 1, 1))
    win = pays(board) + step({2: 1}, count(board, "s"))

    def play(number: int) -> tuple[int, int]:
        times = draw(DRAWN) * (1, 3)[number]
        board = stopped(draw, BOOKS_OF_B, (1, 1, 1))
        return times * (pays(board) + PAYS["b"].get(count(board, "b"), 0)), 0

    return win + series(2 * (count(board, "s") == 2), play)


@kind("scatters of two kinds that leave with what won", replace(
    PLAIN,
    pattern=Anywhere(),
    pays={"a": {3: 2}},
    scatter=Scatter(symbol="s", pays={2: 3}, settled=False),
    others=(Scatter(symbol="x", pays={1: 1, 2: 4}, settled=False, reels=(2,)),),
    cascade=Cascade(),
))  # fmt: skip
def _leaving(draw: Draw) -> int:
    tops = [draw(dict.fromkeys(range(4), 1)) for _ in STRIPS]
    board = [tuple((strip * 2)[top : top + 2]) for strip, top in zip(STRIPS, tops, strict=True)]
    win = 0
    while True:
        paid = {
            symbol: step(table, count(board, symbol, reels))
            for symbol, table, reels in (("a", {3: 2}, (0, 1, 2)), ("s", {2: 3}, (0, 1, 2)), ("x", {1: 1, 2: 4}, (2,)))
        }
        if not any(paid.values()):
            return win
        win += sum(paid.values())
        gone = {
            (reel, row)
            for reel, column in enumerate(board)
            for row, shown in enumerate(column)
            if paid.get(shown) and (shown != "x" or reel == 2)
        }
        board = fallen(board, tops, STRIPS, gone)


# Whole games

METER = (("bar", "-", "seven"), ("bar", "two", "-", "wild"), ("seven", "-", "wild", "two"))
METER_WEIGHTS = ((3, 5, 1), (2, 3, 6, 1), (1, 6, 1, 3))
METER_PAYS = {"bar": {3: 20}, "two": {3: 30}, "any": {3: 5}, "seven": {3: 100, 1: 2}, "wild": {2: 4}}


@kind("a stepper: blanks, any bar, wilds that double each, stops that weigh", Machine(
    rows=1,
    pattern=Lines(((0, 0, 0),)),
    pays=METER_PAYS,
    mixes={"any": ("bar", "two")},
    base=Phase(strips=METER, weights=METER_WEIGHTS),
    wild=Wild(symbol="wild", factor=2, multiplies="each"),
    cost=1,
))  # fmt: skip
def _stepper(draw: Draw) -> int:
    row = along(stopped(draw, METER, (1, 1, 1), METER_WEIGHTS), ((0, 0, 0),))[0]
    return run(row, METER_PAYS, {"wild": 2}, each=True, mixes={"any": ("bar", "two")})[0]


@kind("ways with varying heights", replace(
    PLAIN, pattern=Ways(), wild=Wild(symbol="w"), rows=(2, 3, 1),
    base=Phase(strips=STRIPS, heights=({1: 1, 2: 2}, {3: 1, 2: 1}, {1: 1}))
))  # fmt: skip
def _varying(draw: Draw) -> int:
    rows = [draw(heights) for heights in ({1: 1, 2: 2}, {3: 1, 2: 1}, {1: 1})]
    return ways(stopped(draw, STRIPS, rows), PAYS, {"a": "aw", "b": "bw"})


BOOKS = (("a", "b", "s"), ("b", "s", "a"), ("a", "s", "b"))
BOOK_PAYS = {"a": {2: 2, 3: 9}, "b": {3: 4}}


@kind("a book that is wild and scatter, and a symbol that fills its reels", replace(
    PLAIN,
    pattern=Lines(((0, 0, 0),)),
    rows=1,
    pays=BOOK_PAYS,
    wild=Wild(symbol="s"),
    scatter=Scatter(symbol="s", pays={3: 10}),
    base=Phase(strips=BOOKS, awards={2: 2}),
    free=Phase(strips=BOOKS, book={"a": 1, "b": 2}),
))  # fmt: skip
def _book(draw: Draw) -> int:
    def spin(special: str | None) -> tuple[int, int]:
        board = stopped(draw, BOOKS, (1, 1, 1))
        win = run(along(board, ((0, 0, 0),))[0], BOOK_PAYS, {"s": 1})[0] + step({3: 10}, count(board, "s"))
        if special:
            win += BOOK_PAYS[special].get(count(board, special), 0)
        return win, count(board, "s")

    win, books = spin(None)
    if books < 2:
        return win
    special = draw({"a": 1, "b": 2})
    return win + series(2, lambda number: (spin(special)[0], 0))


GRID = (("a", "b"), ("b", "a", "c"))


@kind("clusters whose places count more with each win, up to some number", Machine(
    rows=2,
    pattern=Clusters(),
    pays=CLUSTERS,
    wild=Wild(symbol="w"),
    scatter=Scatter(symbol="c"),
    cascade=Cascade(),
    base=Phase(strips=GRID, awards={1: 2}),
    free=Phase(strips=(("a", "b", "c"), ("w", "b", "a", "c")), positions=Positions((1, 2, 3))),
    cost=2,
))  # fmt: skip
def _places(draw: Draw) -> int:
    counts: Counter[Cell] = Counter()

    def spin(strips: Sequence[Column], *, raised: bool) -> tuple[int, Board]:
        tops = [draw(dict.fromkeys(range(len(strip)), 1)) for strip in strips]
        board = [tuple((strip * 2)[top : top + 2]) for strip, top in zip(strips, tops, strict=True)]
        win = 0
        while True:
            paid = [
                (units, group)
                for symbol in "ab"
                for group in clusters(board, symbol, "w")
                if (units := step(CLUSTERS[symbol], len(group)))
            ]
            if not paid:
                return win, board
            win += sum(units * max(1, sum(min(counts[cell], 3) for cell in group)) for units, group in paid)
            for _, group in paid if raised else []:
                counts.update(group)
            board = fallen(board, tops, strips, {cell for _, group in paid for cell in group})

    win, board = spin(GRID, raised=False)
    games = 2 * (count(board, "c") > 0)
    return win + series(games, lambda number: (spin((("a", "b", "c"), ("w", "b", "a", "c")), raised=True)[0], 0))


UNEVEN = ((0, 0, 0), (1, 0, 0))
VALUES = {1: 1, 4: 1}


@kind("wilds that land, stay as whole reels, and are worth something else in every game", replace(
    PLAIN,
    rows=(2, 1, 1),
        pattern=Lines(UNEVEN),
        cost=2,
    pays={"a": {2: 1, 3: 4}, "w": {3: 6}},
    scatter=Scatter(symbol="s"),
    wild=Wild(symbol="w"),
    base=Phase(strips=(("a", "s", "b"), ("a",), ("b", "s")), awards={2: 2}),
    free=Phase(
        strips=(("a", "b"), ("a",), ("a",)),
        landing=Landing({1: 1, 2: 1}),
        sticky=Sticky(fills=True, redraws=True),
        values={"w": VALUES},
    ),
))  # fmt: skip
def _landing(draw: Draw) -> int:
    board = stopped(draw, (("a", "s", "b"), ("a",), ("b", "s")), (2, 1, 1))
    pays = {"a": {2: 1, 3: 4}, "w": {3: 6}}
    win = sum(run(row, pays)[0] for row in along(board, UNEVEN))
    held: set[int] = set()

    def play(number: int) -> tuple[int, int]:
        board = [list(column) for column in stopped(draw, (("a", "b"), ("a",), ("a",)), (2, 1, 1))]
        for reel in held:
            board[reel] = ["w"] * len(board[reel])
        bare = [reel for reel in range(3) if reel not in held]
        for _ in range(min(draw({1: 1, 2: 1}), len(bare))):
            reel = draw(dict.fromkeys(bare, 1))
            bare.remove(reel)
            board[reel][draw(dict.fromkeys(range(len(board[reel])), 1))] = "w"
        values = {reel: draw(VALUES) for reel in range(3) if "w" in board[reel]}
        units = 0
        for row in along([tuple(column) for column in board], UNEVEN):
            pay, long = run(row, pays, {"w": 1})
            units += pay * max(1, sum(values[reel] for reel in range(long) if row[reel] == "w"))
        held.update(values)
        return units, 0

    return win + series(2 * (count(board, "s") >= 2), play)


RESPUN = (("a", "b"), ("b", "w", "a"), ("a", "b", "w"))


@kind("wilds that fill the middle reels, stay, and respin, both ways", replace(
    PLAIN,
    pattern=Lines(ROWS, "both"),
    pays={"a": {2: 2, 3: 9}, "b": {3: 4}},
    wild=Wild(symbol="w"),
    base=Phase(strips=RESPUN, expanding=(1, 2), sticky=Sticky(respins=True)),
    free=Phase(strips=RESPUN, expanding=(1, 2), sticky=Sticky(respins=True)),
))  # fmt: skip
def _respins(draw: Draw) -> int:
    win, held = 0, set[int]()
    while True:
        board = stopped(draw, RESPUN, (2, 2, 2))
        full = held | {reel for reel in (1, 2) if "w" in board[reel]}
        board = [("w", "w") if reel in full else column for reel, column in enumerate(board)]
        for row in along(board, ROWS):
            left, _ = run(row, {"a": {2: 2, 3: 9}, "b": {3: 4}}, {"w": 1})
            right, long = run(row[::-1], {"a": {2: 2, 3: 9}, "b": {3: 4}}, {"w": 1})
            win += left + (right if long < 3 else 0)
        if full == held:
            return win
        held = full


WALK = (("a", "b"), ("b", "a"), ("a", "w", "b"))


@kind("wilds that walk to the left and respin while one is on its way", replace(
    PLAIN,
    pattern=Lines(((0, 0, 0), (1, 1, 1))),
    cost=2,
    pays={"a": {2: 2, 3: 9}, "b": {3: 4}},
    wild=Wild(symbol="w", factor=2),
    base=Phase(strips=WALK, sticky=Sticky(walks=-1, respins=True)),
    free=Phase(strips=(("a", "b"), ("b", "a"), ("a", "b")), sticky=Sticky(walks=-1, respins=True)),
))  # fmt: skip
def _walking(draw: Draw) -> int:
    win, held, first = 0, set[Cell](), True
    while True:
        strips = WALK if first else (("a", "b"), ("b", "a"), ("a", "b"))
        board = [list(column) for column in stopped(draw, strips, (2, 2, 2))]
        for reel, row in held:
            board[reel][row] = "w"
        shown = [tuple(column) for column in board]
        for line in along(shown, ((0, 0, 0), (1, 1, 1))):
            win += run(line, {"a": {2: 2, 3: 9}, "b": {3: 4}}, {"w": 2})[0]
        held = {(x - 1, y) for x, column in enumerate(board) for y, symbol in enumerate(column) if x and symbol == "w"}
        first = False
        if not held:
            return win


SUPER = (("-", "p"), ("-", "-", "p"))
PRIZES = {1: 3, 5: 1}
SUPERSPIN = replace(
    PLAIN,
    rows=(2, 1),
    pattern=Lines(((0, 0),)),
    pays={"a": {2: 3}},
    base=Phase(strips=(("a", "-", "p"), ("a", "p"))),
    cost=1,
    hold=Hold(symbol="p", starts=2, prizes=PRIZES, strips=SUPER, lives=2, full=10),
    bets={"super": Bet(cost=5, holds=True)},
)


def _held(draw: Draw, held: set[Cell]) -> int:
    left = 2
    win: int = sum(draw(PRIZES) for _ in held)
    while left and len(held) < 3:
        board = stopped(draw, SUPER, (2, 1))
        more = {(x, y) for x, column in enumerate(board) for y, symbol in enumerate(column) if symbol == "p"} - held
        win += sum(draw(PRIZES) for _ in more)
        left = 2 if more else left - 1
        held = held | more
    return win + 10 * (len(held) == 3)


@kind("hold and respin on turning reels", replace(SUPERSPIN, bets={}))
def _hold(draw: Draw) -> int:
    board = stopped(draw, (("a", "-", "p"), ("a", "p")), (2, 1))
    held = {(x, y) for x, column in enumerate(board) for y, symbol in enumerate(column) if symbol == "p"}
    return run(along(board, ((0, 0),))[0], {"a": {2: 3}})[0] + (_held(draw, held) if len(held) >= 2 else 0)


@kind("a bet on hold and respin at once", SUPERSPIN.played_as("super"))
def _super(draw: Draw) -> int:
    return _held(draw, set())


COINS = {"p": {1: 1}, "q": {5: 2, 20: 1}}


@kind("prize symbols of several kinds on turning reels", replace(
    SUPERSPIN,
    bets={},
    base=Phase(strips=(("a", "q", "p"), ("a", "p"))),
    hold=Hold(
        symbol="p", starts=2, prizes=COINS["p"], others={"q": COINS["q"]}, strips=(("-", "p"), ("-", "q", "p")), lives=1
    ),
))  # fmt: skip
def _coins(draw: Draw) -> int:
    board = stopped(draw, (("a", "q", "p"), ("a", "p")), (2, 1))
    win = run(along(board, ((0, 0),))[0], {"a": {2: 3}})[0]
    held = {(x, y) for x, column in enumerate(board) for y, symbol in enumerate(column) if symbol in "pq"}
    if len(held) < 2:
        return win
    for x, y in sorted(held):
        win += draw(COINS[board[x][y]])
    more = True
    while more and len(held) < 3:
        turned = stopped(draw, (("-", "p"), ("-", "q", "p")), (2, 1))
        more = False
        for x, column in enumerate(turned):
            for y, symbol in enumerate(column):
                if symbol in "pq" and (x, y) not in held:
                    held.add((x, y))
                    win += draw(COINS[symbol])
                    more = True
    return win


TALL_LINES = ((0, 0, 0, 0), (3, 3, 3, 3), (0, 1, 2, 3), (2, 2, 1, 1))


@kind("a grid of four by four with uneven lines", Machine(
    rows=4,
    pattern=Lines(TALL_LINES, "right"),
    pays={"a": {2: 1, 4: 9}, "b": {3: 2}},
    wild=Wild(symbol="w"),
    base=Phase(strips=(("a", "b", "b", "w"), ("a", "a", "b", "c"), ("b", "c", "a", "w"), ("a", "b", "c", "c", "a"))),
    cost=4,
))  # fmt: skip
def _square(draw: Draw) -> int:
    strips = (("a", "b", "b", "w"), ("a", "a", "b", "c"), ("b", "c", "a", "w"), ("a", "b", "c", "c", "a"))
    board = stopped(draw, strips, (4, 4, 4, 4))
    return sum(run(row[::-1], {"a": {2: 1, 4: 9}, "b": {3: 2}}, {"w": 1})[0] for row in along(board, TALL_LINES))


SIMULATED = {
    name
    for name in KINDS
    if any(word in name for word in ("fall", "leave", "places", "walk", "turning", "at once", "anywhere"))
}


@cache
def counted(name: str) -> dict[int, Fraction]:
    """What the evaluator finds."""
    return {units: chance for units, chance in outcomes(KINDS[name][1]).items() if chance}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_pays_what_plain_python_finds(name: str) -> None:
    found = counted(name)
    assert len(found) > 2
    assert found == wins(compile_machine(KINDS[name][0]))


@pytest.mark.parametrize("name", sorted(set(KINDS) - SIMULATED))
def test_its_exact_return_is_the_mean(name: str) -> None:
    machine = KINDS[name][0]
    figures = exact.figures(compile_machine(machine))
    assert mean(counted(name)) / machine.cost == figures.rtp
    if figures.variance is not None:
        assert variance(counted(name)) / machine.cost**2 == figures.variance
    if figures.round_hit_rate is not None:
        assert 1 - counted(name).get(0, Fraction(0)) == figures.round_hit_rate


@pytest.mark.parametrize("name", KINDS)
def test_the_compiled_reader_plays_its_rounds_again(name: str) -> None:
    tables = compile_machine(KINDS[name][0])
    tapes, found = served(tables, 500)
    assert found == replay(tables, tapes)


def test_what_is_only_simulated_is_said_to_be() -> None:
    assert SIMULATED == {name for name, (machine, _) in KINDS.items() if not reach.computable(machine)}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"wild": Wild(symbol="w", others={"z": 1})}, "wild.others: no strip has 'z'"),
        ({"wild": Wild(symbol="w", others={"w": 1})}, "wild.others: .* or it is the wild itself"),
        ({"wild": Wild(symbol="w", others={"x": 0})}, "wild.others: .* below 1"),
        ({"wild": Wild(symbol="w", others={"x": 2}), "pattern": Ways()}, "the factor of a wild, are for lines"),
        ({"pattern": Lines(ROWS, any_position=("z",))}, "pattern.any_position: 'z' has no pays"),
        ({"pattern": Lines(ROWS, "both", ("a",))}, "pattern.any_position: .* is not paid both ways"),
        ({"pattern": Lines(ROWS, any_position="a")}, "pattern.any_position: 'a' is no tuple"),  # type: ignore[arg-type]
        ({"pattern": Lines(ROWS, "up")}, "pattern.direction"),  # type: ignore[arg-type]
        ({"others": (Scatter(symbol="x"),), "scatter": None, "base": Phase(strips=STRIPS)}, "no first scatter"),
        ({"others": (Scatter(symbol="x", settled=False),)}, "all scatters are counted at the end, or all at each"),
        ({"others": (Scatter(symbol="s"),)}, "two scatters are one symbol"),
        ({"others": (Scatter(symbol="z"),)}, "others: z: no strip has the symbol 'z'"),
        ({"others": (Scatter(symbol="x", pays={9: 1}),)}, "others: x.pays: cannot pay 1 units for 9"),
        ({"others": (Scatter(symbol="x", awards={"base": {2: 0}}),)}, "others: x.awards: cannot award 0 games for 2"),
        ({"others": (Scatter(symbol="x", awards={"bonus": {2: 1}}),)}, "others: x.awards: they are for base and free"),
        ({"scatter": Scatter(symbol="s", awards={"base": {2: 1}})}, "scatter.awards: .* stand in the phases"),
        ({"scatter": Scatter(symbol="s", takes=("z",))}, "scatter: no strip has the symbol 'z'"),
        ({"scatter": Scatter(symbol="s", reels=(3,))}, "scatter.reels: there are reels 0 to 2"),
        ({"free": Phase(strips=STRIPS, times={2: 1})}, "free.times: .* one alone is `factor`"),
        ({"free": Phase(strips=STRIPS, times={2: 1, 0: 1})}, "free.times: several multipliers, each of 1 or more"),
        ({"free": None}, "there are no free games to award"),
        ({"hold": Hold(symbol="x", starts=1, prizes={1: 1}, lands=(1, 1))}, "hold: x pays by its prizes only"),
    ],
)
def test_what_scatters_and_wilds_cannot_be_is_refused_with_its_place(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(THREE_SCATTERS, **changes)


def test_free_games_to_choose_among_are_awarded_by_the_first_scatter_only() -> None:
    assert THREE_SCATTERS.free is not None
    picks = {"many": Pick(games=5, phase=THREE_SCATTERS.free)}
    with pytest.raises(Fault, match=r"picks: only the first scatter awards them"):
        replace(THREE_SCATTERS, free=None, picks=picks)


def test_runs_that_can_go_on_in_too_many_ways_are_refused_before_they_are_all_made() -> None:
    symbols = tuple(f"s{number}" for number in range(30))
    machine = Machine(
        rows=1,
        pattern=Lines(((0,) * 8,), "any"),
        pays={symbol: {count: 10 * count for count in range(3, 9)} for symbol in symbols},
        wild=Wild(symbol="s0", factor=2),
        base=Phase(strips=(symbols,) * 8),
        cost=1,
    )
    with pytest.raises(Fault, match=r"pattern: runs can go on in more than 262144 ways"):
        compile_machine(machine)
    compile_machine(replace(machine, pattern=Lines(((0,) * 8,))))


def test_the_rules_tell_every_wild_and_every_scatter_but_no_weight() -> None:
    told = KINDS["several wilds, of which the greatest multiplies"][0].rules()
    assert {"w": 2, "x": 5} == told["wilds"]
    others = THREE_SCATTERS.rules()["others"]
    assert [("x", []), ("b", [0, 1])] == [(other["symbol"], other["reels"]) for other in others]  # type: ignore[index, call-overload, union-attr]
    falling = KINDS["falls on lines on which a symbol counts wherever it stands and runs begin on any reel"][0].rules()
    assert ("any", ["c"]) == (falling["direction"], list(falling["any_position"]))  # type: ignore[arg-type]
    free = KINDS["a multiplier that is drawn for each free game, and sets of strips"][0].rules()["free"]
    assert [1, 4] == free["times"]  # type: ignore[index, call-overload]


def test_several_prize_symbols_are_for_reels_that_turn() -> None:
    hold = Hold(symbol="p", starts=1, prizes={1: 1}, others={"-": {1: 1}}, lands=(1, 1))
    with pytest.raises(Fault, match=r"hold.others: several symbols are held where reels turn"):
        replace(SUPERSPIN, hold=hold)


def test_the_chances_of_several_scatters_are_those_of_a_count() -> None:
    tables = compile_machine(THREE_SCATTERS)
    boards = [list(board) for board in product(*(tuple(shows(strip, 2).elements()) for strip in STRIPS))]
    games = [(count(board, "s") > 1) + (count(board, "x") > 1) + (count(board, "b", (0, 1)) > 1) for board in boards]
    assert Fraction(sum(games), len(games)) == means.games(tables, tables.base)
    assert Fraction(sum(map(bool, games)), len(games)) == exact.figures(tables).free_game_rate
