"""Exact figures of a slot, as fractions, from the very tables that the served spin reads.

    means    each line, or each symbol, for itself, by a recurrence over the reels
    spread   whole boards, of which those that can only pay alike from here on are one
    parts    a spin that draws more than its stops, as a mixture of spins in which the reels are independent
    reach    which of these reach a machine

What none reaches (cascades; drawn multipliers beyond the mean) is enumerated or simulated by `adapters.simulation`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import TypeVar

from core.slots import parts
from core.slots.boards import SHIFT, TooMany
from core.slots.hold import Hold
from core.slots.machine import Fault
from core.slots.means import awards, counts_of, games, held_marks, means
from core.slots.reach import countable, distributable
from core.slots.series import games_played, instead_of_a_spin, pays_nothing, series_variance
from core.slots.spread import distribution, hit_rate, losing, moments, wins_of
from core.slots.tables import PhaseTables, Tables

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a slot returns, for each unit staked; a cap is left out of it."""

    rtp: Fraction
    base_rtp: Fraction
    """Of the base spin alone."""
    free_rtp: Fraction
    hold_rtp: Fraction
    """Of hold and respin."""
    hold_rate: Fraction
    """Chance that a base spin begins it."""
    hit_rate: Fraction | None
    """Chance that the base spin pays something, features aside; None: not to be had exactly."""
    round_hit_rate: Fraction | None
    """Chance that the round does, features included."""
    free_game_rate: Fraction
    """Chance that a base spin awards free games."""
    games_a_trigger: Fraction
    """Expected free games of a series, those awarded again included."""
    variance: Fraction | None
    """Of win / stake over whole rounds, the series of free games included; None: not to be had exactly."""
    max_spin: int | None
    """The most units that one base spin pays."""
    max_spin_chance: Fraction | None
    wins: Mapping[int, Fraction] | None
    """Units -> chance that a base spin pays exactly that."""


def rtp(tables: Tables) -> Fraction:
    """Expected units for each unit staked, all features included."""
    return (base_pay(tables) + free_pay(tables) + hold_pay(tables)) / tables.machine.cost


def base_pay(tables: Tables) -> Fraction:
    """Expected units of the base spin alone; nothing where a feature is bought instead."""
    bought = tables.machine.buys or tables.machine.holds
    return Fraction(0) if bought else Fraction(sum(means(tables, tables.base).values()))


def free_pay(tables: Tables) -> Fraction:
    """Expected units of the free games of a round."""
    if tables.free is None or tables.machine.holds:
        return Fraction(0)
    if tables.free.sticky is not None:
        return _held(tables).pay
    if tables.free.of.most or tables.free.of.accumulates:
        return _followed(tables, tables.free)
    return started(tables) * value_of_a_free_game(tables)


def _followed(tables: Tables, free: PhaseTables) -> Fraction:
    """Expected units of free games that are followed one by one, each with its own multiplier."""

    @cache
    def mean(step: int) -> Fraction:
        return Fraction(sum(means(tables, replace(free, steps=(step,))).values()))

    pay = Fraction(0)
    for number, chance in enumerate(_played(tables, free)):
        pay += chance * mean(free.step(number) if free.of.accumulates else free.steps[0])
    return pay


def _played(tables: Tables, free: PhaseTables) -> list[Fraction]:
    """The chances that a first, second, ... free game is played, where there is a last one."""
    first = _first_awards(tables)
    return games_played(first, awards(tables, free), free.of.most or len(first) - 1)


def hold_pay(tables: Tables) -> Fraction:
    """Expected units of hold and respin in a round."""
    hold, cells = tables.machine.hold, sum(tables.machine.heights)
    if hold is None or tables.machine.buys:
        return Fraction(0)
    moments = hold.moments(cells)
    if tables.machine.holds:
        return moments[0][0]
    return sum((chance * moments[count][0] for count, chance in _beginnings(tables)), Fraction(0))


def _beginnings(tables: Tables) -> Iterator[tuple[int, Fraction]]:
    """How many of its symbol begin hold and respin, with the chances."""
    hold = tables.machine.hold
    if hold is not None and not tables.machine.buys:
        shown = counts_of(tables, tables.base, held_marks(tables, hold))
        yield from ((count, chance) for count, chance in enumerate(shown) if count >= hold.starts)


def started(tables: Tables) -> Fraction:
    """Expected free games that a round starts, those not counted that they award again."""
    if tables.machine.buys:
        return Fraction(tables.machine.buys)
    if tables.base.sticky is not None and tables.base.sticky.respins:
        return parts.chance_of_wilds(tables, tables.base) + games(tables, tables.base)
    return games(tables, tables.base)


def value_of_a_free_game(tables: Tables) -> Fraction:
    """Expected units of a free game and of those that it leads to, where no wild is held."""
    assert tables.free is not None
    return Fraction(sum(means(tables, tables.free).values())) / (1 - games(tables, tables.free))


def _held(tables: Tables) -> parts.Series:
    """The free games of a round in which wilds may be held."""
    return parts.series(
        tables, lambda phase: Fraction(sum(means(tables, phase).values())), lambda phase: awards(tables, phase)
    )


def _first_awards(tables: Tables) -> list[Fraction]:
    """The chances that a round begins with 0, 1, ... free games."""
    bought = tables.machine.buys
    return [Fraction(games == bought) for games in range(bought + 1)] if bought else awards(tables, tables.base)


def check_ends(tables: Tables) -> None:
    """Raise `Fault` if free games award at least one more each, in the mean: such a series need not end."""
    if tables.free is not None and not tables.free.of.most and games(tables, tables.free) >= 1:
        raise Fault(f"free.awards: a free game awards {games(tables, tables.free)} more, and the series has no end")


def figures(tables: Tables) -> Figures:
    """All that can be had exactly. Raises `ValueError` if not even the return can."""
    cost = tables.machine.cost
    whole = rtp(tables)
    wins = variance = None
    base = _counted(lambda: distribution(tables, tables.base)) if distributable(tables, tables.base) else None
    if base is not None and not tables.machine.holds:
        wins = None if tables.machine.buys else wins_of(tables, tables.base, base)
        variance = _counted(lambda: _variance(tables, base))
    elif tables.machine.holds and tables.machine.hold is not None:
        pay, square = tables.machine.hold.moments(sum(tables.machine.heights))[0]
        variance = square - pay**2
    triggered = _chance_of_award(tables)
    return Figures(
        rtp=whole,
        base_rtp=base_pay(tables) / cost,
        free_rtp=free_pay(tables) / cost,
        hold_rtp=hold_pay(tables) / cost,
        hold_rate=Fraction(tables.machine.holds) or Fraction(sum(chance for _, chance in _beginnings(tables))),
        hit_rate=_counted(lambda: hit_rate(tables)) if wins is None else 1 - wins.get(0, Fraction(0)),
        round_hit_rate=_counted(lambda: _round_hit_rate(tables)),
        free_game_rate=triggered,
        games_a_trigger=_games_of_a_round(tables) / triggered if triggered else Fraction(0),
        variance=None if variance is None else variance / cost**2,
        max_spin=None if wins is None else max(wins),
        max_spin_chance=None if wins is None else wins[max(wins)],
        wins=wins,
    )


def _counted(count: Callable[[], Answer | None]) -> Answer | None:
    """A figure; None where counting would take too long."""
    try:
        return count()
    except TooMany:
        return None


def _games_of_a_round(tables: Tables) -> Fraction:
    """Expected free games of a round, those awarded again included."""
    if tables.free is None:
        return Fraction(0)
    if tables.free.sticky is not None:
        return _held(tables).games
    if tables.free.of.most:
        return sum(_played(tables, tables.free), Fraction(0))
    return started(tables) / (1 - games(tables, tables.free))


def _variance(tables: Tables, base: Mapping[int, int]) -> Fraction | None:
    """Of a round in units; None where it takes more than moments of independent spins."""
    bought, free, hold = tables.machine.buys, tables.free, tables.machine.hold
    if hold is not None and not bought:
        return _variance_with_hold(tables, hold) if free is None and not tables.scatters else None
    if tables.base.sticky is not None:
        return None
    spin = instead_of_a_spin(bought) if bought else moments(tables, tables.base, base)
    if free is None:
        return spin.pay_square - spin.pay**2
    if free.sticky is not None or free.of.most or free.of.accumulates or not distributable(tables, free):
        return None
    return series_variance(spin, [(chance, moments(tables, kind)) for chance, kind in parts.kinds(free)])


def _variance_with_hold(tables: Tables, hold: Hold) -> Fraction:
    """Of a base spin and the hold and respin that it begins: the pay of its lines and its number of held symbols together."""
    after = hold.moments(sum(tables.machine.heights))
    found = distribution(tables, tables.base, [held_marks(tables, hold)])
    mean = square = Fraction(0)
    for packed, number in found.items():
        units, count = packed & ((1 << SHIFT) - 1), packed >> SHIFT
        pay, second = after[count] if count >= hold.starts else (0, 0)
        mean += number * (units + pay)
        square += number * (units**2 + 2 * units * pay + second)
    whole = sum(found.values())
    return square / whole - (mean / whole) ** 2


def _round_hit_rate(tables: Tables) -> Fraction | None:
    """Drawn values and multipliers change how much a round pays, never whether. None where wilds are held, where hold and
    respin comes with free games or is bought, and where free games that pay nothing award several more.
    """
    bought, free, hold = tables.machine.buys, tables.free, tables.machine.hold
    held = any(phase is not None and phase.sticky is not None for phase in (tables.base, free))
    if held or tables.machine.holds or not countable(tables, tables.base):
        return None
    if hold is not None and not bought:
        return _hit_rate_with_hold(tables, hold) if free is None and not tables.scatters else None
    first = [Fraction(games == bought) for games in range(bought + 1)] if bought else losing(tables, tables.base)
    if free is None:
        return 1 - sum(first, Fraction(0))
    if not countable(tables, free):
        return None
    nothing = Fraction(0)
    for chance, kind in parts.kinds(free):
        series = pays_nothing(first, losing(tables, kind), free.of.most)
        if series is None:
            return None
        nothing += chance * series
    return 1 - nothing


def _hit_rate_with_hold(tables: Tables, hold: Hold) -> Fraction:
    """Every held symbol has a prize: what begins hold and respin pays."""
    found = distribution(tables, tables.base, [held_marks(tables, hold)])
    nothing = sum(
        number for packed, number in found.items() if packed & ((1 << SHIFT) - 1) == 0 and packed >> SHIFT < hold.starts
    )
    return 1 - Fraction(nothing, sum(found.values()))


def _chance_of_award(tables: Tables) -> Fraction:
    if tables.machine.buys:
        return Fraction(1)
    if tables.machine.holds:
        return Fraction(0)
    if tables.base.sticky is not None and tables.base.sticky.respins:
        return parts.chance_of_wilds(tables, tables.base)
    return 1 - awards(tables, tables.base)[0]
