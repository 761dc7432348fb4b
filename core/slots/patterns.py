"""What a board pays: lines, ways, anywhere, clusters and scatters, each win told as the event that the client shows."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from core.slots.machine import Lines
from core.slots.tables import Marks, Opening, PhaseTables, Tables
from core.slots.tree import LinePay

Window = Sequence[Sequence[int]]
Told = list[dict[str, Any]]


def lines(tables: Tables, window: Window, values: Window | None, factor: int) -> Told:
    """The wins of all lines, in their order: from the left, then from the right."""
    pattern = tables.machine.pattern
    assert isinstance(pattern, Lines)
    found = [] if pattern.direction == "right" else from_left(tables, window, values, factor, tables.opening)
    if pattern.direction in ("right", "both"):
        found += _from_right(tables, window, values, factor, whole=pattern.direction == "right")
    return found


def from_left(tables: Tables, window: Window, values: Window | None, factor: int, opening: Sequence[Opening]) -> Told:
    """The wins of runs from the first reel on; `opening` are the lines that can still pay after the first reels."""
    found: Told = []
    for number, path, node, rest in opening:
        for reel, row in rest:
            if node.__class__ is not tuple:
                break
            node = node[window[reel][row]]
        if node is not None:
            found.append(_line(tables, number, node, path, values, factor))  # type: ignore[arg-type]
    return found


def _from_right(tables: Tables, window: Window, values: Window | None, factor: int, *, whole: bool) -> Told:
    """The wins of runs from the last reel; those over all reels only if `whole`."""
    found: Told = []
    for number, line in enumerate(tables.lines):
        path = list(enumerate(line))[::-1]
        node = tables.tree
        for reel, row in path:
            node = node[window[reel][row]]  # type: ignore[index]
            if node.__class__ is not tuple:
                break
        if isinstance(node, LinePay) and (whole or node.run < len(line)):
            found.append(_line(tables, number, node, path, values, factor) | {"from": "right"})
    return found


def _line(
    tables: Tables, number: int, pay: LinePay, path: Sequence[tuple[int, int]], values: Window | None, factor: int
) -> dict[str, Any]:
    run = tuple(map(path.__getitem__, pay.at)) if pay.at else path[: pay.run]
    if values is not None and tables.wild >= 0:
        drawn = [value for reel, row in run if (value := values[reel][row])]
        factor *= (prod(drawn) if tables.product else sum(drawn)) or 1
    event: dict[str, Any] = {
        "type": "line",
        "line": number,
        "symbol": pay.symbol,
        "count": pay.run,
        "win": pay.units * factor,
        "cells": run,
    }
    if factor != 1:
        event["factor"] = factor
    return event


def ways(tables: Tables, window: Window, values: Window | None, factor: int) -> Told:
    """The wins of all symbols on the first reel, in the order of the symbols."""
    found: Told = []
    first = set(window[0])
    for symbol, pays in enumerate(tables.counts):
        takes = tables.takes[symbol]
        if takes.isdisjoint(first):
            continue
        cells: list[list[int]] = []
        number, reels = 1, 0
        for reel, column in enumerate(window):
            width = 0
            for row, shown in enumerate(column):
                if shown in takes:
                    width += (values[reel][row] or 1) if values is not None else 1
                    cells.append([reel, row])
            if not width:
                break
            number *= width
            reels += 1
        if pays[reels]:
            found.append(_counted("ways", tables, symbol, reels, pays[reels] * number * factor, cells, factor))
            found[-1]["ways"] = number
    return found


def anywhere(tables: Tables, window: Window, values: Window | None, factor: int) -> Told:
    """The wins of all symbols, in their order."""
    del values
    found: Told = []
    flat = [symbol for column in window for symbol in column]
    for symbol, pays in enumerate(tables.counts):
        count = sum(map(flat.count, tables.takes[symbol]))
        if pays[count]:
            cells = _cells(tables, window, symbol)
            found.append(_counted("anywhere", tables, symbol, count, pays[count] * factor, cells, factor))
    return found


def clusters(tables: Tables, window: Window, values: Window | None, factor: int) -> Told:
    """The wins of all groups, in the order of their symbols and then of their first cells."""
    del values
    found: Told = []
    where: dict[int, list[tuple[int, int]]] = {}
    for reel, column in enumerate(window):
        for row, shown in enumerate(column):
            where.setdefault(shown, []).append((reel, row))
    for symbol, own in sorted(where.items()):
        pays = tables.counts[symbol]
        cells = {cell for taken in tables.takes[symbol] for cell in where.get(taken, ())}
        if not pays[len(cells)]:  # nor do fewer of them pay
            continue
        for group in _groups(cells):
            if pays[len(group)] and not group.isdisjoint(own):
                told = [list(cell) for cell in sorted(group)]
                found.append(_counted("cluster", tables, symbol, len(group), pays[len(group)] * factor, told, factor))
    return found


def scatters(tables: Tables, phase: PhaseTables, window: Window) -> Told:
    """What the scatters of this board pay and award, in the order in which the machine has them."""
    found = []
    for place, kind in enumerate(tables.scatters):
        won = scatter(tables, phase, place, window, sum(marked(kind.marks, window)))
        if won is not None:
            found.append(won)
    return found


def scatter(tables: Tables, phase: PhaseTables, place: int, window: Window, count: int) -> dict[str, Any] | None:
    """What one kind of scatter pays and awards, of which there are so many on this board; None: nothing."""
    kind = tables.scatters[place]
    if count < kind.least:
        return None
    win, games = kind.pays[count] * phase.factor, phase.awards[place][count]
    if not win and not games:
        return None
    cells = [
        [reel, row]
        for reel, column in enumerate(window)
        for row, shown in enumerate(column)
        if shown in kind.marks[reel]
    ]
    name = tables.symbols[kind.symbol]
    event: dict[str, Any] = {"type": "scatter", "symbol": name, "count": count, "win": win, "cells": cells}
    return event | {"games": games} if games else event


def marked(marks: Marks, window: Window) -> list[int]:
    """Of each reel, how many symbols in view count."""
    return [sum(map(column.count, counts)) for counts, column in zip(marks, window, strict=True)]


def book_pay(tables: Tables, special: int, reels: int) -> int:
    """Units, before any factor, that the special symbol of a series pays when it fills so many reels: on every line."""
    pays = tables.machine.pays.get(tables.symbols[special], {})
    return pays.get(reels, 0) * len(tables.lines)


def book(tables: Tables, special: int, window: Window, factor: int) -> dict[str, Any] | None:
    """What the special symbol of a series pays on this board beyond its lines, if anything; its reels fill with it."""
    reels = [reel for reel, column in enumerate(window) if special in column]
    win = book_pay(tables, special, len(reels)) * factor
    if not win:
        return None
    cells = [[reel, row] for reel in reels for row in range(len(window[reel]))]
    return _counted("book", tables, special, len(reels), win, cells, factor) | {"reels": reels}


def _counted(
    type: str, tables: Tables, symbol: int, count: int, win: int, cells: list[list[int]], factor: int
) -> dict[str, Any]:
    event = {"type": type, "symbol": tables.symbols[symbol], "count": count, "win": win, "cells": cells}
    return event if factor == 1 else event | {"factor": factor}


def _cells(tables: Tables, window: Window, symbol: int) -> list[list[int]]:
    """Where the symbol stands, or the wild for it."""
    takes = tables.takes[symbol]
    return [[reel, row] for reel, column in enumerate(window) for row, shown in enumerate(column) if shown in takes]


def _groups(cells: set[tuple[int, int]]) -> Iterator[set[tuple[int, int]]]:
    """The parts of `cells` that touch by their sides, by their first cells."""
    for first in sorted(cells):
        if first not in cells:
            continue
        cells.remove(first)
        group, edge = {first}, [first]
        for reel, row in edge:
            for cell in ((reel + 1, row), (reel - 1, row), (reel, row + 1), (reel, row - 1)):
                if cell in cells:
                    cells.remove(cell)
                    group.add(cell)
                    edge.append(cell)
        yield group
