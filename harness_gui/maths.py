"""The figures of a game as they must be, and the ranges in which wins are counted, to be laid beside what is played.

    a slot of the house     by recurrence over its reels, from the very tables that the served spin reads
    a small game            every way in which its draws can fall is played once
    a game that counted     what it says of itself, and its tests count again
    none of these           what the game declares, and nothing that is not exact

A cap takes nothing away from an exact return here; where one could, that is said.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import sqrt
from typing import TypeAlias

from core.slots import exact, reach, spread
from core.slots.game import SlotGame
from core.slots.tables import Tables
from core.ways import WHOLE, played_whole
from ports.game import Counted, Event, Game, Wager

BOUNDS = (1, 2, 5, 10, 20, 50, 100, 500)
"""Wins in multiples of the stake: from each of these on it is the next range."""
BINS = (
    "nothing", "below 1x", "1x", "2x", "5x", "10x", "20x", "50x", "100x", "500x or more", "free games",
)  # fmt: skip
"""Ranges by where they begin. A round with free games is counted there, whatever it paid."""
NOTHING, FREE = 0, len(BINS) - 1

Told: TypeAlias = Callable[[float], bool]
"""Hears how far it is (0 to 1), and says whether it shall go on."""


class Stopped(Exception):
    """Somebody did not want to know any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is known exactly of one way to bet. None: not to be had exactly."""

    declared: Fraction
    cost: int
    """Units of the bet."""
    cap: int
    """The most units that a round pays."""
    method: str
    rtp: Fraction | None = None
    hit_rate: Fraction | None = None
    hit_of: str = "round"
    """What pays so often: a whole round, or the base spin alone."""
    variance: Fraction | None = None
    """Of win / stake, over whole rounds."""
    feature_rate: Fraction | None = None
    """Chance that a round comes to free games or respins; None where there are none, or nobody counted."""
    most: int | None = None
    """The most units that a round, or the base spin of one, pays."""
    most_chance: Fraction | None = None
    chances: tuple[Fraction, ...] | None = None
    """Of each of `BINS`, in its order."""

    @property
    def sigma(self) -> float | None:
        """Standard deviation of win / stake."""
        return None if self.variance is None else sqrt(self.variance)


def place(win: int, stake: int, events: Iterable[Event] = ()) -> int:
    """The range of `BINS` that a round belongs to. Win and stake in the same units."""
    if any(event.get("type") == "free_game" for event in events):
        return FREE
    return NOTHING if not win else 1 + bisect_right(BOUNDS, win // stake)


def sheet(game: Game, wager: Wager, go_on: Told = lambda _: True) -> Sheet:
    """The figures of a bet. May take seconds. Raises `Stopped`, and `IllegalWager`."""
    declared = next(mode.rtp for mode in game.modes if mode.id == wager.mode)
    cost = game.cost(wager)
    if isinstance(game, SlotGame):
        return _slot(game.compiled(wager.mode), declared, game.cap, go_on)
    if isinstance(game, Counted):
        method = "by the game's own count, which its tests do again"
        return _counted(game.wins[wager.mode], method, declared=declared, cost=cost, cap=game.cap)
    wins = played_whole(game, wager, partial(_say, go_on))
    if wins is None:
        method = f"declared; the draws fall in more than {WHOLE:,} ways, too many to play them all"
        return Sheet(declared=declared, cost=cost, cap=game.cap, method=method)
    method = "every way in which the draws fall was played"
    return _counted(wins, method, declared=declared, cost=cost, cap=game.cap)


def _slot(tables: Tables, declared: Fraction, cap: int, go_on: Told) -> Sheet:
    cost = tables.machine.cost
    if not reach.computable(tables.machine):
        method = "declared; a machine of this kind is not computed but simulated: rgs par, rgs simulate"
        return Sheet(declared=declared, cost=cost, cap=cap, method=method)
    _say(go_on, 0.05)
    found = exact.figures(tables)
    _say(go_on, 0.6)
    instead = tables.machine.buys or tables.machine.holds
    return Sheet(
        declared=declared,
        cost=cost,
        cap=cap,
        method="by recurrence over the reels, without the cap",
        rtp=found.rtp,
        hit_rate=found.hit_rate if found.round_hit_rate is None and not instead else found.round_hit_rate,
        hit_of="base spin" if found.round_hit_rate is None else "round",
        variance=found.variance,
        feature_rate=found.free_game_rate or found.hold_rate or None,
        most=found.max_spin,
        most_chance=found.max_spin_chance,
        chances=_slot_chances(tables),
    )


def _slot_chances(tables: Tables) -> tuple[Fraction, ...] | None:
    """By range: base spins that award nothing by what they pay, all others as free games."""
    if tables.machine.buys:
        return tuple(Fraction(bin == FREE) for bin in range(len(BINS)))
    alone = tables.machine.hold is None and tables.base.sticky is None
    if not (alone and reach.distributable(tables, tables.base)):
        return None
    chances = [Fraction(0)] * len(BINS)
    for (units, games), chance in spread.wins_and_awards(tables, tables.base).items():
        chances[FREE if games else place(units, tables.machine.cost)] += chance
    return tuple(chances)


def _counted(wins: Mapping[int, Fraction], method: str, *, declared: Fraction, cost: int, cap: int) -> Sheet:
    """The figures of a distribution of units."""
    mean = sum((units * chance for units, chance in wins.items()), Fraction(0))
    square = sum((units * units * chance for units, chance in wins.items()), Fraction(0))
    chances = [Fraction(0)] * len(BINS)
    for units, chance in wins.items():
        chances[place(units, cost)] += chance
    return Sheet(
        declared=declared,
        cost=cost,
        cap=cap,
        method=method,
        rtp=mean / cost,
        hit_rate=1 - wins.get(0, Fraction(0)),
        variance=(square - mean**2) / cost**2,
        most=max(wins),
        most_chance=wins[max(wins)],
        chances=tuple(chances),
    )


def _say(go_on: Told, part: float) -> None:
    if not go_on(part):
        raise Stopped
