"""What a spin shows before anything is paid: reels that stop, wilds that are held, land and expand, values that are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.slots.tables import PhaseTables, Tables
from ports.randomness import Rng

Told = list[dict[str, Any]]
Board = list[list[int]]
"""Reel -> the visible symbols (or their values), from the top row down."""
Cell = tuple[int, int]
"""Reel and row."""


class Carried:
    """What goes from one free game to the next."""

    __slots__ = ("came", "filled", "special", "steps", "wilds", "wins")

    def __init__(self) -> None:
        """Nothing: a round begins."""
        self.special = -1
        """The symbol that the book has drawn."""
        self.steps = 0
        """Evaluations that count for the next multiplier, where they accumulate."""
        self.wins: dict[Cell, int] = {}
        """How often a place won."""
        self.wilds: dict[Cell, int] = {}
        """Wilds that are held, each with its value; 0: it has none."""
        self.filled: dict[int, int] = {}
        """Reels that are held, wilds all over, with their value."""
        self.came = False
        """The last spin awards a respin."""


@dataclass(slots=True)
class Shown:
    """A board, ready to be paid."""

    stops: Sequence[int]
    window: Sequence[Sequence[int]]
    values: Board | None


def reveal(tables: Tables, phase: PhaseTables, rng: Rng, told: Told, carried: Carried) -> Shown:
    """Stop the reels, and do all that wilds do before anything is paid; `phase` is one set of strips."""
    board, stops = _cells(phase, rng) if phase.cells else _stop(phase, rng)
    shown = [[tables.symbols[symbol] for symbol in column] for column in board]
    told.append({"type": "reels", "stops": stops, "window": shown})
    held = {*carried.wilds, *((reel, row) for reel in carried.filled for row in range(len(board[reel])))}
    filled = set(carried.filled)
    if held:
        _put(tables, board, sorted(held))
        tell_wilds(tables, "sticky", board, told, cells=[list(cell) for cell in sorted(held)])
    if phase.landing is not None and (cells := _land(phase, board, carried, rng)):
        _put(tables, board, cells)
        tell_wilds(tables, "land", board, told, cells=[list(cell) for cell in cells])
    grown = [reel for reel in phase.expanding if reel not in filled and _expand(tables, board[reel])]
    if grown:
        tell_wilds(tables, "expand", board, told, reels=grown)
    filled |= {reel for reel in phase.expanding if tables.wild in board[reel]}
    values = None
    if phase.weights:
        values = _values(tables, phase, board, filled, carried, rng)
        told[-1]["values"] = values
    if phase.sticky is not None:
        _hold(tables, phase, board, values, filled, held, carried)
    return Shown(stops, board, values)


def _stop(phase: PhaseTables, rng: Rng) -> tuple[Board, list[int]]:
    """Where the reels stop: the board, and the stops."""
    tall = _heights(phase, rng)
    if phase.weights_of_stops:
        stops = [weights.draw(rng, "stop") for weights in phase.weights_of_stops]
    else:
        stops = list(rng.each(phase.stops, "stop"))
    places = [number * size + stop for number, size, stop in zip(tall, phase.stops, stops, strict=True)]
    return [list(reel[place]) for reel, place in zip(phase.raw, places, strict=True)], stops


def _heights(phase: PhaseTables, rng: Rng) -> list[int]:
    """The number of each reel's height among those that it may have."""
    return [heights.draw(rng, "height") for heights in phase.heights] or [0] * len(phase.stops)


def _cells(phase: PhaseTables, rng: Rng) -> tuple[Board, list[int]]:
    """A board whose places are drawn one by one, reel after reel and from the top; there are no stops."""
    board = []
    for reel, number in enumerate(_heights(phase, rng)):
        board.append([phase.strips[reel][stop] for stop in fresh(phase, reel, phase.tall[reel][number], rng, "cell")])
    return board, []


def fresh(phase: PhaseTables, reel: int, count: int, rng: Rng, purpose: str) -> list[int]:
    """So many stops of a reel, each drawn for itself."""
    if not count:
        return []
    if phase.weights_of_stops:
        return phase.weights_of_stops[reel].draw_many(rng, count, purpose)
    return rng.many(phase.stops[reel], count, purpose)


def _land(phase: PhaseTables, board: Board, carried: Carried, rng: Rng) -> list[Cell]:
    """Reels and rows on which wilds land, in the order drawn."""
    assert phase.landing is not None
    free = [reel for reel in range(len(board)) if reel not in {*carried.filled, *(reel for reel, _ in carried.wilds)}]
    found = []
    for _ in range(min(phase.landing.draw(rng, "wilds"), len(free))):
        reel = free.pop(rng.below(len(free), "reel"))
        found.append((reel, rng.below(len(board[reel]), "row")))
    return found


def _put(tables: Tables, board: Board, cells: Sequence[Cell]) -> None:
    for reel, row in cells:
        board[reel][row] = tables.wild


def _expand(tables: Tables, column: list[int]) -> bool:
    """Whether a wild in this column fills places that it did not have; scatters stay."""
    if tables.wild not in column:
        return False
    grows = False
    for row, symbol in enumerate(column):
        if symbol != tables.wild and symbol not in tables.stays:
            column[row] = tables.wild
            grows = True
    return grows


def tell_wilds(tables: Tables, type: str, board: Sequence[Sequence[int]], told: Told, **what: Any) -> None:
    """The board after its wilds did something."""
    window = [[tables.symbols[symbol] for symbol in column] for column in board]
    told.append({"type": type, **what, "symbol": tables.symbols[tables.wild], "window": window})


def _values(tables: Tables, phase: PhaseTables, board: Board, filled: set[int], carried: Carried, rng: Rng) -> Board:
    """A value for each symbol that has one, reel after reel and from the top: those that were held keep theirs, and a reel
    that a wild fills has one.
    """
    found: Board = []
    for reel, column in enumerate(board):
        whole = carried.filled.get(reel, 0)
        values = []
        for row, symbol in enumerate(column):
            weights = phase.values[symbol]
            value = whole if symbol == tables.wild and whole else carried.wilds.get((reel, row), 0)
            if not value and weights is not None:
                value = weights.draw(rng, "value")
                if reel in filled and symbol == tables.wild:
                    whole = value
            values.append(value)
        found.append(values)
    return found


def _hold(
    tables: Tables,
    phase: PhaseTables,
    board: Board,
    values: Board | None,
    filled: set[int],
    held: set[Cell],
    carried: Carried,
) -> None:
    """The wilds of this board that the next free game begins with."""
    sticky = phase.sticky
    assert sticky is not None
    wilds = {
        (reel, row): 0 if values is None or sticky.redraws else values[reel][row]
        for reel, column in enumerate(board)
        for row, symbol in enumerate(column)
        if symbol == tables.wild
    }
    came = set(wilds) - held
    full = {reel for reel, _ in wilds} if sticky.fills else filled
    carried.filled, carried.wilds = {}, {}
    for (reel, row), value in wilds.items():
        to = reel + sticky.walks
        if 0 <= to < len(board):
            if reel in full:
                carried.filled.setdefault(to, value)
            elif row < len(board[to]):
                carried.wilds[to, row] = value
    carried.came = sticky.respins and bool(carried.filled or carried.wilds if sticky.walks else came)
