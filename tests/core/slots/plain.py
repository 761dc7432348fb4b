"""What slots do, in plain Python that knows nothing of the engine: draw, look, and pay."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

Column = tuple[str, ...]
Board = list[Column]
Cell = tuple[int, int]
Draw = Callable[[Mapping[Any, int]], Any]
"""Takes options with their weights, gives one."""
Play = Callable[[Draw], int]
"""A round: units."""
Pays = Mapping[str, Mapping[int, int]]


def outcomes(play: Play) -> dict[int, Fraction]:
    """Units -> chance, over everything that can be drawn."""
    found: dict[int, Fraction] = {}
    paths: list[list[int]] = [[]]
    while paths:
        path = paths.pop()
        taken: list[Fraction] = []

        def draw(options: Mapping[Any, int], path: list[int] = path, taken: list[Fraction] = taken) -> Any:
            some = [(value, weight) for value, weight in options.items() if weight]
            if len(taken) == len(path):
                paths.extend([*path, other] for other in range(1, len(some)))
                path.append(0)
            value, weight = some[path[len(taken)]]
            taken.append(Fraction(weight, sum(options.values())))
            return value

        units = play(draw)
        found[units] = found.get(units, Fraction(0)) + prod(taken, start=Fraction(1))
    return found


def stopped(
    draw: Draw, strips: Sequence[Column], rows: Sequence[int], weights: Sequence[Sequence[int]] | None = None
) -> Board:
    """Reels that have stopped."""
    return [
        draw(shows(strip, rows[reel], None if weights is None else weights[reel])) for reel, strip in enumerate(strips)
    ]


def shows(strip: Column, rows: int, weights: Sequence[int] | None = None) -> Counter[Column]:
    """What a reel can show."""
    found: Counter[Column] = Counter()
    for stop in range(len(strip)):
        found[tuple((strip * 2)[stop : stop + rows])] += 1 if weights is None else weights[stop]
    return found


def run(
    row: Sequence[str],
    pays: Pays,
    wilds: Mapping[str, int] | None = None,
    *,
    each: bool = False,
    spares: Sequence[str] = (),
    mixes: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[int, int]:
    """What a row of symbols pays from its first on, and for how many of them."""
    wilds = wilds or {}
    most = (0, 0)
    for name, counts in pays.items():
        members = set((mixes or {}).get(name, (name,)))
        if name in wilds:
            members = set(wilds) if name == next(iter(wilds)) else {name}
        elif not members & set(spares):
            members |= set(wilds)
        long = next((place for place, symbol in enumerate(row) if symbol not in members), len(row))
        units = counts.get(long, 0)
        stood = [wilds[symbol] for symbol in row[:long] if symbol in wilds]
        if name not in wilds and stood:
            units *= 0 if len(stood) == long else prod(stood) if each else max(stood)
        most = max(most, (units, long))
    return most


def along(board: Board, rows: Sequence[Sequence[int]]) -> list[list[str]]:
    """What stands on each line."""
    return [[board[reel][row] for reel, row in enumerate(line)] for line in rows]


def count(board: Board, symbols: str, reels: Sequence[int] = range(8)) -> int:
    """How many of these (letters) are in view, on these reels."""
    return sum(symbol in symbols for reel, column in enumerate(board) if reel in reels for symbol in column)


def step(table: Mapping[int, int], number: int) -> int:
    """What a table says for so many: for a number that it does not have, as for the next lower one."""
    return table[max(known for known in table if known <= number)] if number >= min(table) else 0


def ways(board: Board, pays: Pays, takes: Mapping[str, str]) -> int:
    """Units on ways; `takes` says which letters count as a symbol."""
    win = 0
    for symbol, counts in pays.items():
        widths = [sum(shown in takes.get(symbol, symbol) for shown in column) for column in board]
        long = next((reel for reel, width in enumerate(widths) if not width), len(board))
        win += counts.get(long, 0) * prod(widths[:long])
    return win


def clusters(board: Board, symbol: str, wild: str) -> list[set[Cell]]:
    """Groups of a symbol and wilds that touch, with at least one of the symbol."""
    left = {(x, y) for x, column in enumerate(board) for y, shown in enumerate(column) if shown in (symbol, *wild)}
    found = []
    while left:
        group = {left.pop()}
        while more := {(x, y) for x, y in left for u, v in group if abs(x - u) + abs(y - v) == 1}:
            group |= more
            left -= more
        if any(board[x][y] == symbol for x, y in group):
            found.append(group)
    return found


def fallen(board: Board, tops: list[int], strips: Sequence[Column], gone: set[Cell]) -> Board:
    """The board once these cells have left: strips move down."""
    found = []
    for reel, column in enumerate(board):
        kept = [symbol for row, symbol in enumerate(column) if (reel, row) not in gone]
        while len(kept) < len(column):
            tops[reel] = (tops[reel] - 1) % len(strips[reel])
            kept.insert(0, strips[reel][tops[reel]])
        found.append(tuple(kept))
    return found


def series(games: int, play: Callable[[int], tuple[int, int]], most: int = 1000) -> int:
    """Units of free games; `play` has the number of each, from 0 on, and tells its units and how many it awards."""
    win = number = 0
    games = min(games, most)
    while number < games:
        units, more = play(number)
        win, games, number = win + units, min(games + more, most), number + 1
    return win
