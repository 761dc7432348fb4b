"""Hold and respin, served."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.slots.reveal import Cell, Told
from core.slots.tables import Tables
from ports.randomness import Rng

Held = Mapping[Cell, int]
"""Cells in their order, each with its symbol."""


def respins(tables: Tables, held: Held, rng: Rng, told: Told) -> int:
    """Play the feature from these cells on; returns the units that it pays."""
    hold = tables.machine.hold
    assert hold is not None
    cells = [(reel, row) for reel, height in enumerate(tables.machine.heights) for row in range(height)]
    prizes = _prizes(tables, held, rng)
    win, left = sum(prizes), hold.lives
    told.append({"type": "hold", **_landed(tables, held, prizes), "left": left})
    while left and len(held) < len(cells):
        more, shown = _respin(tables, [cell for cell in cells if cell not in held], held, rng)
        prizes = _prizes(tables, more, rng)
        held = {**held, **more}
        win += sum(prizes)
        left = hold.lives if more else left - 1
        told.append({"type": "respin", **_landed(tables, more, prizes), "left": left, **shown})
    full = 0 if len(held) < len(cells) else hold.full
    told.append({"type": "held", "win": win, "full": full})
    return win + full


def _prizes(tables: Tables, held: Held, rng: Rng) -> list[int]:
    if len(tables.prizes) > 1:
        return [tables.prizes[symbol].draw(rng, "prize") for symbol in held.values()]
    [prizes] = tables.prizes.values()
    return prizes.draw_many(rng, len(held), "prize") if held else []


def _landed(tables: Tables, held: Held, prizes: Sequence[int]) -> dict[str, Any]:
    hold = tables.machine.hold
    assert hold is not None
    told = {"symbol": hold.symbol, "cells": [list(cell) for cell in held], "prizes": prizes}
    return told | {"symbols": [tables.symbols[symbol] for symbol in held.values()]} if hold.others else told


def _respin(tables: Tables, empty: Sequence[Cell], held: Held, rng: Rng) -> tuple[dict[Cell, int], dict[str, Any]]:
    """The empty cells that get a symbol, and what the client shows besides, where reels turn."""
    if tables.lands is not None:
        [symbol] = tables.prizes
        landed = tables.lands.draw_many(rng, len(empty), "land")
        return {cell: symbol for cell, lands in zip(empty, landed, strict=True) if lands}, {}
    stops = rng.each([len(strip) for strip in tables.held_strips], "stop")
    window = [
        [strip[(stop + row) % len(strip)] for row in range(height)]
        for strip, stop, height in zip(tables.held_strips, stops, tables.machine.heights, strict=True)
    ]
    more = {(reel, row): window[reel][row] for reel, row in empty if window[reel][row] in tables.prizes}
    for (reel, row), symbol in held.items():
        window[reel][row] = symbol
    return more, {"stops": stops, "window": [[tables.symbols[symbol] for symbol in column] for column in window]}
