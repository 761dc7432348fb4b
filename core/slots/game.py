"""A machine as a game of the house: a spin draws one stop for each reel, and tells what it shows and pays."""

from fractions import Fraction

from core.slots.machine import Fault, Machine
from core.slots.tables import Tables, compile_machine
from ports.game import Event, IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng


class SlotGame:
    """A `ports.game.Game`. One mode, one unit on each line."""

    variant = "default"
    selection: Json = None

    def __init__(self, *, id: str, name: str, version: str, machine: Machine, rtp: Fraction, cap: int) -> None:
        """`rtp` is the declared one, `cap` the most units a round pays. Raises `Fault`."""
        if not 0 < rtp < 1:
            raise Fault(f"rtp: {rtp} of the stake is returned")
        self.id = id
        self.name = name
        self.version = version
        self.machine = machine
        self.cap = cap
        self.tables: Tables = compile_machine(machine)
        self.modes = (Mode("base", len(machine.lines), rtp),)
        self.rules: Json = machine.rules()
        self.definition = machine.as_json()
        self._stops = self.tables.stops

    def cost(self, wager: Wager) -> int:
        """One unit a line."""
        mode = self.modes[0]
        if wager.mode != mode.id:
            raise IllegalWager(f"{self.id} is played in mode {mode.id!r}")
        if wager.selection is not None:
            raise IllegalWager(f"{self.id} takes no selection: all lines are always played")
        return mode.cost

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Spin once."""
        return self.show(rng.each(self._stops, "stop"))

    def show(self, stops: list[int]) -> Turn:
        """The turn that these stops make."""
        tables = self.tables
        window = tuple([reel[stop] for reel, stop in zip(tables.windows, stops, strict=True)])
        names = tables.symbols
        events: list[Event] = [
            {"type": "reels", "stops": stops, "window": [[names[symbol] for symbol in reel] for reel in window]}
        ]
        win = 0
        for number, line in enumerate(tables.lines):
            pay = tables.line_pay(window, line)
            if pay is not None:
                win += pay.units
                events.append(
                    {
                        "type": "line",
                        "line": number,
                        "symbol": names[pay.symbol],
                        "count": pay.run,
                        "win": pay.units,
                        "cells": [[reel, line[reel]] for reel in range(pay.run)],
                    }
                )
        events.append({"type": "total", "win": win})
        return Turn(win, tuple(events))
