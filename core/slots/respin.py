"""Hold and respin: a base spin that shows enough of one symbol holds them, and the empty cells are spun again.

    base spin -> at least `starts` of the symbol in view -> each held with a prize
              -> respin: every empty cell may get one more, with a prize; then `lives` respins are left again
              -> no respin left, or no empty cell: the prizes are paid, and `full` for a full board

The base spin is a `Machine` as any other. The exact return adds the two: how many of the symbol a spin shows is counted over
the strips, and what a start with n of them comes to by a recurrence over (held, respins left).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from math import comb

from core.rng import Weights
from core.slots import exact
from core.slots.machine import BASE, Fault, Machine
from core.slots.spin import Told, play_round
from core.slots.tables import compile_machine
from ports.game import IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng

DIGITS = 12
"""Decimals of a declared return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respins:
    """The feature. Its symbol pays nothing else."""

    symbol: str
    starts: int
    """So many in view begin it."""
    prizes: Mapping[int, int]
    """Units -> weight; each held symbol draws one."""
    lands: tuple[int, int]
    """Weights of an empty cell at a respin: that the symbol lands on it, and that it does not."""
    lives: int = 3
    """Respins, and again so many after each that landed one."""
    full: int = 0
    """Units more for a board that is full."""

    @property
    def prize(self) -> Fraction:
        """The mean prize in units."""
        return Fraction(sum(units * weight for units, weight in self.prizes.items()), sum(self.prizes.values()))

    def ends(self, cells: int) -> list[tuple[Fraction, Fraction]]:
        """For 0, 1, ... cells held at the start: the mean number held at the end, and the chance of a full board."""
        lands = Fraction(self.lands[0], sum(self.lands))

        @cache
        def end(held: int, left: int) -> tuple[Fraction, Fraction]:
            if held == cells:
                return Fraction(cells), Fraction(1)
            if not left:
                return Fraction(held), Fraction(0)
            empty = cells - held
            mean = full = Fraction(0)
            for more in range(empty + 1):
                chance = comb(empty, more) * lands**more * (1 - lands) ** (empty - more)
                after = end(held + more, self.lives if more else left - 1)
                mean, full = mean + chance * after[0], full + chance * after[1]
            return mean, full

        return [end(held, self.lives) for held in range(cells + 1)]


class RespinGame:
    """A `ports.game.Game`: a machine's spins, and what they hold."""

    selection: Json = None
    variant = "default"

    def __init__(
        self, *, id: str, name: str, version: str, machine: Machine, respins: Respins, rtp: Fraction, cap: int
    ) -> None:
        """`rtp` is the declared one, the exact one to `DIGITS` decimals (its denominator has hundreds of digits). Raises
        `Fault`, also where it is another.
        """
        for fault in _faults(machine, respins):
            raise Fault(fault)
        self.id, self.name, self.version, self.cap = id, name, version, cap
        self.machine, self.respins = machine, respins
        self._tables = compile_machine(machine)
        self._prizes: Weights[int] = Weights(list(respins.prizes.items()))
        self._lands: Weights[bool] = Weights(list(zip((True, False), respins.lands, strict=True)))
        if rtp != (found := round(self.rtp(), DIGITS)):
            raise Fault(f"rtp: {rtp} is declared, the tables return {found}")
        self.modes = (Mode(BASE, machine.cost, rtp),)
        told = machine.rules()
        self.rules: Json = told | {"hold": {"symbol": respins.symbol, "starts": respins.starts, "lives": respins.lives,
                                            "prizes": sorted(respins.prizes), "full": respins.full}}  # fmt: skip
        feature = {**asdict(respins), "prizes": [list(each) for each in respins.prizes.items()]}
        self.definition: Json = machine.as_json() | {"respins": {**feature, "lands": list(respins.lands)}}

    def rtp(self) -> Fraction:
        """Expected units for each unit staked, exactly."""
        return exact.rtp(self._tables) + self.feature_pay() * Fraction(1, self.machine.cost)

    def feature_pay(self) -> Fraction:
        """Expected units of the feature in one spin."""
        ends = self.respins.ends(sum(self.machine.heights))
        return sum(
            (
                chance * (ends[count][0] * self.respins.prize + ends[count][1] * self.respins.full)
                for count, chance in enumerate(self.shown())
                if count >= self.respins.starts
            ),
            Fraction(0),
        )

    def shown(self) -> list[Fraction]:
        """For 0, 1, ...: the chance that a spin shows so many of the symbol."""
        chances = [Fraction(1)]
        for strip, height in zip(self.machine.base.strips, self.machine.heights, strict=True):
            twice = strip + strip
            reel = [Fraction(0)] * (height + 1)
            for stop in range(len(strip)):
                reel[twice[stop : stop + height].count(self.respins.symbol)] += Fraction(1, len(strip))
            chances = [
                sum((chances[n - k] * reel[k] for k in range(height + 1) if 0 <= n - k < len(chances)), Fraction(0))
                for n in range(len(chances) + height)
            ]
        return chances

    def cost(self, wager: Wager) -> int:
        """Units of one bet."""
        if wager.mode != BASE or wager.selection is not None:
            raise IllegalWager(f"{self.id} is played in mode {BASE}, without a selection")
        return self.machine.cost

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Spin; hold and respin if there is enough to hold."""
        self.cost(wager)
        told: Told = []
        win = play_round(self._tables, rng, told)
        window = told[0]["window"]
        held = [
            [reel, row]
            for reel, column in enumerate(window)
            for row, s in enumerate(column)
            if s == self.respins.symbol
        ]
        if len(held) >= self.respins.starts:
            win += self._hold(held, rng, told)
        if win > self.cap:
            win = self.cap
            told.append({"type": "cap", "win": win})
        told.append({"type": "total", "win": win})
        return Turn(win, tuple(told))

    def _hold(self, held: list[list[int]], rng: Rng, told: Told) -> int:
        empty = [[reel, row] for reel, height in enumerate(self.machine.heights) for row in range(height)]
        empty = [cell for cell in empty if cell not in held]
        prizes = self._prizes.draw_many(rng, len(held), "prize")
        win, left = sum(prizes), self.respins.lives
        symbol = self.respins.symbol
        told.append({"type": "hold", "symbol": symbol, "cells": held, "prizes": prizes, "left": left})
        while left and empty:
            landed = self._lands.draw_many(rng, len(empty), "land")
            more = [cell for cell, lands in zip(empty, landed, strict=True) if lands]
            empty = [cell for cell, lands in zip(empty, landed, strict=True) if not lands]
            prizes = self._prizes.draw_many(rng, len(more), "prize") if more else []
            win += sum(prizes)
            left = self.respins.lives if more else left - 1
            told.append({"type": "respin", "symbol": symbol, "cells": more, "prizes": prizes, "left": left})
        full = 0 if empty else self.respins.full
        told.append({"type": "held", "win": win, "full": full})
        return win + full


def _faults(machine: Machine, respins: Respins) -> list[str]:
    cells, found = sum(machine.heights), []
    if respins.symbol not in machine.symbols:
        found.append(f"respins: no strip has the symbol {respins.symbol!r}")
    if respins.symbol in machine.pays or (machine.scatter is not None and machine.scatter.symbol == respins.symbol):
        found.append(f"respins: {respins.symbol} pays by its prizes only")
    if not exact.computable(machine) or machine.free is not None or machine.bets or machine.base.expanding:
        found.append("respins: the base spin is of lines or ways, without free games and further modes")
    if not 1 <= respins.starts <= cells:
        found.append(f"respins.starts: {respins.starts} of {cells} cells")
    if not respins.prizes or any(units < 1 or weight < 1 for units, weight in respins.prizes.items()):
        found.append("respins.prizes: a prize and its weight are at least 1")
    if min(respins.lands) < 1 or respins.lives < 1 or respins.full < 0:
        found.append("respins: lands, lives and full cannot be below 1, 1 and 0")
    return found
