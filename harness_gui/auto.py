"""Auto-spin: many bets in a row, until something happens that somebody should look at; and the return as it comes in."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

from harness_gui.bench import Bench
from harness_gui.maths import BINS, FREE, place
from ports.game import Json
from ports.record import Round, State

CHECKED_EVERY = 250
"""Spins between two looks at the lamps."""
TOLD_EVERY = 5
Z = 1.96
"""Standard deviations of an interval that holds in 95 of 100 cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What ends it before all spins are played."""

    win: int | None = None
    """A win of so many minor units, or more."""
    balance: int | None = None
    """A balance below so many minor units."""
    event: str | None = None
    """An event of this type."""
    red: bool = True
    """A red lamp."""
    unsettled: bool = True
    """A round that is not at its end when it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How it went so far. Sums in minor units."""

    spins: int = 0
    hits: int = 0
    staked: int = 0
    won: int = 0
    squares: float = 0.0
    """Sum of (win / stake) squared."""
    most: float = 0.0
    """The largest win / stake."""
    forced: int = 0
    """Rounds that were forced, and so are no chance."""
    bins: tuple[int, ...] = (0,) * len(BINS)
    """Rounds in each range of wins, those that drew nothing left out."""
    why: str = ""
    """Why it ended; empty while it goes on."""

    @property
    def rtp(self) -> float:
        """Returned for each unit staked."""
        return self.won / self.staked if self.staked else 0.0

    @property
    def drawn(self) -> int:
        """Rounds that came to an outcome."""
        return sum(self.bins)

    @property
    def hit_rate(self) -> float:
        """The part of them that paid."""
        return self.hits / self.drawn if self.drawn else 0.0

    @property
    def free_game_rate(self) -> float:
        """The part of them that had free games."""
        return self.bins[FREE] / self.drawn if self.drawn else 0.0

    @property
    def sigma(self) -> float:
        """Standard deviation of win / stake."""
        return math.sqrt(max(0.0, self.squares / self.drawn - self.rtp**2)) if self.drawn else 0.0

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval of `rtp`."""
        if self.drawn < 2:
            return math.inf
        return Z * self.sigma / math.sqrt(self.drawn)


def run(
    bench: Bench,
    count: int,
    *,
    stake: int | None,
    mode: str | None,
    selection: Json = None,
    stops: Stops,
    stop: Event,
    told: Callable[[Tally, Round | None], object],
) -> Tally:
    """Spin `count` times, or until a stop; choices are taken as the game publishes.

    `told` hears of it every few spins. Whatever a spin raises ends it.
    """
    tally = Tally()
    while tally.spins < count and not tally.why:
        if stop.is_set():
            tally = replace(tally, why="stopped")
            break
        try:
            round = bench.spin(stake=stake, mode=mode, selection=selection)
            while (choice := bench.published_choice(round)) is not None:
                round = bench.choose(round.id, choice)
        except Exception as problem:
            tally = replace(tally, why=f"error: {problem}")
            break
        tally = _count(tally, round)
        tally = replace(tally, why=_why(bench, tally, round, stops))
        if tally.spins % TOLD_EVERY == 0:
            told(tally, round)
    if not tally.why:
        tally = replace(tally, why="all spins played")
    told(tally, None)
    return tally


def _count(tally: Tally, round: Round) -> Tally:
    if not round.turns:
        return replace(tally, spins=tally.spins + 1)
    here = place(round.win, round.terms.stake, (event for played in round.turns for event in played.turn.events))
    return replace(
        tally,
        spins=tally.spins + 1,
        hits=tally.hits + bool(round.win),
        staked=tally.staked + round.terms.stake,
        won=tally.won + round.win,
        squares=tally.squares + (round.win / round.terms.stake) ** 2,
        most=max(tally.most, round.win / round.terms.stake),
        forced=tally.forced + round.terms.forced,
        bins=tuple(count + (bin == here) for bin, count in enumerate(tally.bins)),
    )


def _why(bench: Bench, tally: Tally, round: Round, stops: Stops) -> str:
    if stops.unsettled and round.state not in (State.SETTLED, State.DECLINED, State.CANCELLED):
        return f"round {round.id[:8]} is {round.state}"
    if stops.win is not None and round.win >= stops.win:
        return f"a win of {round.win}"
    if stops.event is not None and any(e.get("type") == stops.event for t in round.turns for e in t.turn.events):
        return f"event {stops.event}"
    if stops.balance is not None and (money := bench.balances().available) is not None and money < stops.balance:
        return f"a balance of {money}"
    if stops.red and tally.spins % CHECKED_EVERY == 0:
        red = [lamp.id for lamp in bench.invariants() if lamp.holds is False]
        if red:
            return f"red: {', '.join(red)}"
    return ""
