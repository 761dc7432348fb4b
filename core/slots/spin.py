"""One round of a compiled machine, served: stops drawn, boards evaluated, falls and free games, all told as events."""

from collections.abc import Sequence
from typing import Any

from core.slots.machine import Anywhere, Clusters, Lines, Ways
from core.slots.patterns import anywhere, clusters, lines, scatters, ways
from core.slots.tables import PhaseTables, Tables
from ports.randomness import Rng

Told = list[dict[str, Any]]
Board = list[list[int]]
"""Reel -> the visible symbols (or their values), from the top row down."""

_EVALUATE = {Lines: lines, Ways: ways, Anywhere: anywhere, Clusters: clusters}


def play_round(tables: Tables, rng: Rng, told: Told) -> int:
    """A base spin, and the free games it leads to, or free games that were bought; the units won, before any cap."""
    if buys := tables.machine.buys:
        told.append({"type": "bought", "games": buys})
        return free_games(tables, buys, rng, told)
    win, award = spin(tables, tables.base, rng, told)
    return win + free_games(tables, award, rng, told) if award else win


def free_games(tables: Tables, award: int, rng: Rng, told: Told) -> int:
    """A series of free games, and those they award again; returns the units won."""
    phase = tables.free
    assert phase is not None
    win = played = 0
    left = award
    while left:
        left -= 1
        played += 1
        told.append({"type": "free_game", "number": played, "left": left})
        more, award = spin(tables, phase, rng, told)
        win += more
        left += award
    return win


def spin(tables: Tables, phase: PhaseTables, rng: Rng, told: Told) -> tuple[int, int]:
    """One spin; returns the units won and the free games awarded."""
    stops = rng.each(phase.stops, "stop")
    window: Sequence[Sequence[int]] = [reel[stop] for reel, stop in zip(phase.windows, stops, strict=True)]
    shown = [reel[stop] for reel, stop in zip(phase.shown, stops, strict=True)]
    event: dict[str, Any] = {"type": "reels", "stops": stops, "window": shown}
    told.append(event)
    if phase.expands is not None:
        _tell_expansion(tables, phase, stops, window, told)
    values = draw_values(phase, window, None, rng) if phase.weights else None
    if values is not None:
        event["values"] = values
    if tables.machine.cascade is None:
        factor = phase.factor * phase.steps[0]
        if phase.openings is None:
            wins = _EVALUATE[type(tables.machine.pattern)](tables, window, values, factor)
        else:
            wins = lines(tables, window, values, factor, phase.openings[stops[0]][stops[1]])
        win = award = 0
        for won in wins:
            win += won["win"]
        told += wins
    else:
        win, award, window, values = _cascade(tables, phase, stops, window, values, rng, told)
    return _settle(tables, phase, window, values, win, award, told)


def _tell_expansion(
    tables: Tables, phase: PhaseTables, stops: Sequence[int], window: Sequence[Sequence[int]], told: Told
) -> None:
    """Wilds fill their reels."""
    assert phase.expands is not None
    reels = [reel for reel, stop in enumerate(stops) if phase.expands[reel][stop]]
    if reels:
        board = [[tables.symbols[symbol] for symbol in column] for column in window]
        told.append({"type": "expand", "reels": reels, "symbol": tables.symbols[tables.wild], "window": board})


def _settle(
    tables: Tables,
    phase: PhaseTables,
    window: Sequence[Sequence[int]],
    values: Board | None,
    win: int,
    award: int,
    told: Told,
) -> tuple[int, int]:
    """What is decided when nothing falls any more: multipliers on the board, and scatters."""
    if values is not None and tables.wild not in phase.weights:
        factor = sum(map(sum, values))
        if factor > 1 and win:
            told.append({"type": "multiply", "factor": factor, "win": win * (factor - 1)})
            win *= factor
    if tables.scatter >= 0 and tables.machine.scatter is not None and tables.machine.scatter.settled:
        won = scatters(tables, phase, window)
        if won is not None:
            told.append(won)
            win += won["win"]
            award += won.get("games", 0)
    return win, award


def _cascade(
    tables: Tables,
    phase: PhaseTables,
    stops: Sequence[int],
    window: Sequence[Sequence[int]],
    values: Board | None,
    rng: Rng,
    told: Told,
) -> tuple[int, int, Sequence[Sequence[int]], Board | None]:
    """Evaluate and fall until nothing wins; returns the win, the award, and the settled board."""
    evaluate = _EVALUATE[type(tables.machine.pattern)]
    leaving = tables.machine.scatter is not None and not tables.machine.scatter.settled
    above = list(stops)
    win = award = number = 0
    while True:
        wins = evaluate(tables, window, values, phase.factor * phase.step(number))
        if leaving and (won := scatters(tables, phase, window)) is not None:
            wins.append(won)
            award += won.get("games", 0)
        if not wins:
            return win, award, window, values
        told += wins
        win += sum(won["win"] for won in wins)
        gone = {(reel, row) for won in wins for reel, row in won["cells"]}
        window, values = fall(tables, phase, window, values, gone, above, rng)
        number += 1
        event: dict[str, Any] = {
            "type": "fall",
            "cells": [list(cell) for cell in sorted(gone)],
            "window": [[tables.symbols[symbol] for symbol in reel] for reel in window],
        }
        if values is not None:
            event["values"] = values
        told.append(event)


def fall(
    tables: Tables,
    phase: PhaseTables,
    window: Sequence[Sequence[int]],
    values: Board | None,
    gone: set[tuple[int, int]],
    above: list[int],
    rng: Rng,
) -> tuple[Board, Board | None]:
    """The board after the cells `gone` left it. `above` has each reel's topmost place on its strip, and moves."""
    cascade = tables.machine.cascade
    assert cascade is not None
    boards: Board = []
    kept: Board = []
    for reel, (column, strip) in enumerate(zip(window, phase.strips, strict=True)):
        stay = [row for row in range(len(column)) if (reel, row) not in gone]
        holes = len(column) - len(stay)
        size = len(strip)
        if cascade.refill == "strip":
            above[reel] = (above[reel] - holes) % size
            fresh = [strip[(above[reel] + place) % size] for place in range(holes)]
        else:
            fresh = [strip[place] for place in rng.many(size, holes, "fill")]
        boards.append(fresh + [column[row] for row in stay])
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
