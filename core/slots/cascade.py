"""Boards that are paid and fall until nothing wins, and the multipliers of their places."""

from collections.abc import Sequence
from typing import Any

from core.slots.machine import Anywhere, Clusters, Lines, Ways
from core.slots.patterns import anywhere, clusters, lines, scatters, ways
from core.slots.reveal import Board, Carried, Cell, Shown, Told, fresh
from core.slots.tables import PhaseTables, Tables
from ports.randomness import Rng

FALLS = 1000
"""A board that falls more often would not come to rest."""

_EVALUATE = {Lines: lines, Ways: ways, Anywhere: anywhere, Clusters: clusters}


class Endless(RuntimeError):
    """A board does not come to rest, or a series of free games to its end."""


def evaluate(tables: Tables, phase: PhaseTables, board: Shown, number: int, carried: Carried) -> Told:
    """The wins of evaluation `number` of a spin (the first is 0), scatters aside, with what their places multiply them by."""
    pattern = _EVALUATE[type(tables.machine.pattern)]
    values = board.values if tables.wild in phase.weights else None
    wins = pattern(tables, board.window, values, phase.factor * phase.step(number))
    if phase.positions is not None:
        for won in wins:
            factor = sum(_multiplier(phase, carried.wins.get((reel, row), 0)) for reel, row in won["cells"])
            if factor > 1:
                won["win"] *= factor
                won["factor"] = won.get("factor", 1) * factor
    return wins


def cascade(
    tables: Tables, phase: PhaseTables, board: Shown, rng: Rng, told: Told, carried: Carried
) -> tuple[int, int, Shown]:
    """Evaluate and fall until nothing wins; returns the win, the award, and the settled board. Raises `Endless`."""
    leaving = bool(tables.scatters) and not tables.settled
    above = list(board.stops)
    win = award = number = 0
    before = carried.steps
    while number <= FALLS:
        wins = evaluate(tables, phase, board, before + number, carried)
        counted = scatters(tables, phase, board.window) if leaving else []
        award += sum(won.get("games", 0) for won in counted)
        leave = [*wins, *counted]
        if not leave:
            return win, award, board
        told += leave
        win += sum(won["win"] for won in leave)
        if phase.positions is not None and wins:
            raise_positions(tables, phase, wins, told, carried)
        gone = {(reel, row) for won in leave for reel, row in won["cells"]}
        window, values = fall(tables, phase, board.window, board.values, gone, above, rng)
        board = Shown(board.stops, window, values)
        number += 1
        carried.steps += phase.of.accumulates
        event: dict[str, Any] = {
            "type": "fall",
            "cells": [list(cell) for cell in sorted(gone)],
            "window": [[tables.symbols[symbol] for symbol in reel] for reel in window],
        }
        if values is not None:
            event["values"] = values
        told.append(event)
    raise Endless(f"a board fell {FALLS} times")


def raise_positions(tables: Tables, phase: PhaseTables, wins: Told, told: Told, carried: Carried) -> None:
    """Each place of each win counts one more."""
    for won in wins:
        for reel, row in won["cells"]:
            carried.wins[reel, row] = carried.wins.get((reel, row), 0) + 1
    _tell_positions(tables, phase, told, carried)


def forget_positions(tables: Tables, phase: PhaseTables, told: Told, carried: Carried) -> None:
    """A spin begins; what places count is kept from the last one, or is not."""
    if phase.positions is not None and not phase.positions.kept and carried.wins:
        carried.wins = {}
        _tell_positions(tables, phase, told, carried)


def _tell_positions(tables: Tables, phase: PhaseTables, told: Told, carried: Carried) -> None:
    heights = tables.machine.heights
    grid = [
        [_multiplier(phase, carried.wins.get((reel, row), 0)) for row in range(height)]
        for reel, height in enumerate(heights)
    ]
    told.append({"type": "positions", "multipliers": grid})


def _multiplier(phase: PhaseTables, wins: int) -> int:
    """What a place counts after so many wins."""
    assert phase.positions is not None
    steps = phase.positions.steps
    return steps[min(wins, len(steps)) - 1] if wins else 0


def fall(
    tables: Tables,
    phase: PhaseTables,
    window: Sequence[Sequence[int]],
    values: Board | None,
    gone: set[Cell],
    above: list[int],
    rng: Rng,
) -> tuple[Board, Board | None]:
    """The board after the cells `gone` left it. `above` has each reel's topmost place on its strip, and moves."""
    falls = tables.machine.cascade
    assert falls is not None
    boards: Board = []
    kept: Board = []
    for reel, (column, strip) in enumerate(zip(window, phase.strips, strict=True)):
        stay = [row for row in range(len(column)) if (reel, row) not in gone]
        holes = len(column) - len(stay)
        size = len(strip)
        if falls.refill == "strip":
            above[reel] = (above[reel] - holes) % size
            new = [strip[(above[reel] + place) % size] for place in range(holes)]
        else:
            new = [strip[stop] for stop in fresh(phase, reel, holes, rng, "fill")]
        boards.append(new + [column[row] for row in stay])
        if values is not None:
            kept.append([-1] * holes + [values[reel][row] for row in stay])
    return boards, None if values is None else draw_values(phase, boards, kept, rng)


def draw_values(phase: PhaseTables, window: Sequence[Sequence[int]], kept: Board | None, rng: Rng) -> Board:
    """A value for each symbol that has one and just entered, reel after reel and from the top down; 0 elsewhere."""
    found = []
    for reel, column in enumerate(window):
        row_values = []
        for row, symbol in enumerate(column):
            value = -1 if kept is None else kept[reel][row]
            if value < 0:
                weights = phase.values[symbol]
                value = 0 if weights is None else weights.draw(rng, "value")
            row_values.append(value)
        found.append(row_values)
    return found
