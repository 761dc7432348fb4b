"""Hold and respin, served."""

from collections.abc import Sequence
from typing import Any

from core.slots.reveal import Cell, Told
from core.slots.tables import Tables
from ports.randomness import Rng


def respins(tables: Tables, held: Sequence[Cell], rng: Rng, told: Told) -> int:
    """Play the feature from these cells on; returns the units that it pays."""
    hold = tables.machine.hold
    assert hold is not None
    assert tables.prizes is not None
    cells = [(reel, row) for reel, height in enumerate(tables.machine.heights) for row in range(height)]
    empty = [cell for cell in cells if cell not in set(held)]
    prizes = tables.prizes.draw_many(rng, len(held), "prize") if held else []
    win, left = sum(prizes), hold.lives
    told.append({"type": "hold", **_landed(hold.symbol, held, prizes), "left": left})
    while left and empty:
        more, shown = _respin(tables, empty, rng)
        empty = [cell for cell in empty if cell not in set(more)]
        prizes = tables.prizes.draw_many(rng, len(more), "prize") if more else []
        win += sum(prizes)
        left = hold.lives if more else left - 1
        told.append({"type": "respin", **_landed(hold.symbol, more, prizes), "left": left, **shown})
    full = 0 if empty else hold.full
    told.append({"type": "held", "win": win, "full": full})
    return win + full


def _landed(symbol: str, cells: Sequence[Cell], prizes: Sequence[int]) -> dict[str, Any]:
    return {"symbol": symbol, "cells": [list(cell) for cell in cells], "prizes": prizes}


def _respin(tables: Tables, empty: Sequence[Cell], rng: Rng) -> tuple[list[Cell], dict[str, Any]]:
    """The empty cells that get the symbol, and what the client shows besides, where reels turn."""
    if tables.lands is not None:
        landed = tables.lands.draw_many(rng, len(empty), "land")
        return [cell for cell, lands in zip(empty, landed, strict=True) if lands], {}
    hold = tables.machine.hold
    assert hold is not None
    stops = rng.each([len(strip) for strip in hold.strips], "stop")
    window = [
        [strip[(stop + row) % len(strip)] for row in range(height)]
        for strip, stop, height in zip(hold.strips, stops, tables.machine.heights, strict=True)
    ]
    more = [(reel, row) for reel, row in empty if window[reel][row] == hold.symbol]
    free = set(empty)
    for reel, column in enumerate(window):
        for row in range(len(column)):
            if (reel, row) not in free:
                column[row] = hold.symbol
    return more, {"stops": stops, "window": window}
