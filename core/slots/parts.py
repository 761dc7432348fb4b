"""A spin that draws more than its stops, as a mixture of spins that do not; and free games in which whole reels are held.

    several sets of strips, wilds that land  ->  parts, each with its chance, in which the reels are independent again
    wilds that are held                      ->  a chain over the reels that they fill, which can only become more

What is neither is simulated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb

from core.slots.machine import Machine
from core.slots.phase import Phase
from core.slots.tables import Odds, PhaseTables, Tables

Reels = frozenset[int]


@dataclass(frozen=True, slots=True)
class Series:
    """The free games of a round, in the mean."""

    pay: Fraction
    """Units."""
    games: Fraction


def countable_series(machine: Machine) -> bool:
    """Whether the free games can be followed: where multipliers accumulate, there is a last one; where wilds are held, they
    make a chain over whole reels.
    """
    base, free = machine.base.sticky, None if machine.free is None else machine.free.sticky
    if base is not None and not (base.respins and _whole(machine, machine.base)):
        return False
    if machine.free is not None and machine.free.accumulates and any(machine.awards("free")) and not machine.free.most:
        return False
    if free is None or machine.free is None:
        return True
    followed = any(machine.awards("free")) or machine.free.most or machine.free.accumulates
    return not (free.walks or followed) and _whole(machine, machine.free)


def _whole(machine: Machine, phase: Phase) -> bool:
    """Whether a wild that is held fills its reel."""
    assert phase.sticky is not None
    assert machine.wild is not None
    wild = machine.wild.symbol
    comes = {reel for _, strips in phase.sets for reel, strip in enumerate(strips) if wild in strip}
    if phase.landing is not None:
        comes = set(range(len(machine.heights)))
    return phase.sticky.walks == 0 and (phase.sticky.fills or comes <= set(phase.expanding))


def kinds(phase: PhaseTables) -> Iterator[tuple[Fraction, PhaseTables]]:
    """The spins of a series, for each special symbol that its book may draw, with its chance."""
    if not phase.of.book or phase.special >= 0:
        yield Fraction(1), phase
        return
    whole = sum(phase.of.book.values())
    for symbol, weight in zip(phase.specials, phase.of.book.values(), strict=True):
        if weight:
            yield Fraction(weight, whole), replace(phase, special=symbol)


def parts(tables: Tables, phase: PhaseTables) -> Iterator[tuple[Fraction, PhaseTables]]:
    """The same spin as a mixture of spins that draw their stops only; values that are drawn stay."""
    for among, kind in kinds(phase):
        sets = kind.sets or (kind,)
        whole = sum(one.weight for one in sets)
        for one in sets:
            filled = _fill(tables, replace(one, special=kind.special, filled=kind.filled))
            for chance, part in _landed(tables, filled):
                yield among * Fraction(one.weight, whole) * chance, part


def _fill(tables: Tables, phase: PhaseTables) -> PhaseTables:
    """With wilds all over the reels that are held."""
    if not phase.filled:
        return phase
    full: list[Odds] = [
        (((tables.wild,) * len(reel[0][0]), 1),) if place in phase.filled else reel
        for place, reel in enumerate(phase.odds)
    ]
    return _with(phase, full)


def _with(phase: PhaseTables, odds: list[Odds]) -> PhaseTables:
    total = 1
    for reel in odds:
        total *= sum(weight for _, weight in reel)
    return replace(phase, odds=tuple(odds), total=total)


def _landed(tables: Tables, phase: PhaseTables) -> Iterator[tuple[Fraction, PhaseTables]]:
    """For each choice of reels on which wilds may land."""
    landing = phase.of.landing
    if landing is None:
        yield Fraction(1), phase
        return
    free = [reel for reel in range(len(phase.odds)) if reel not in phase.filled]
    whole = sum(landing.numbers.values())
    for most in range(len(free) + 1):
        weight = sum(w for number, w in landing.numbers.items() if min(number, len(free)) == most)
        for reels in combinations(free, most) if weight else ():
            odds = [_with_wild(tables, phase, at) if at in reels else reel for at, reel in enumerate(phase.odds)]
            yield Fraction(weight, whole * comb(len(free), most)), _with(phase, odds)


def _with_wild(tables: Tables, phase: PhaseTables, reel: int) -> Odds:
    """The windows of a reel on whose rows a wild lands evenly; where wilds expand, it fills them but for scatters."""
    found = []
    for window, weight in phase.odds[reel]:
        for row in range(len(window)):
            landed = (*window[:row], tables.wild, *window[row + 1 :])
            if reel in phase.expanding:
                landed = tuple(symbol if symbol in tables.stays else tables.wild for symbol in landed)
            found.append((landed, weight))
    return tuple(found)


def chance_of_wilds(tables: Tables, phase: PhaseTables) -> Fraction:
    """That a spin shows a wild which was not held."""
    return 1 - _come(tables, phase).get(frozenset(), Fraction(0))


def _come(tables: Tables, phase: PhaseTables) -> dict[Reels, Fraction]:
    """The reels on which wilds come that were not held, with their chances."""
    found: dict[Reels, Fraction] = {}
    for chance, part in parts(tables, phase):
        ways: dict[Reels, Fraction] = {frozenset(): chance}
        for place, reel in enumerate(part.odds):
            if place in phase.filled:
                continue
            shows = Fraction(sum(n for window, n in reel if tables.wild in window), sum(n for _, n in reel))
            after: dict[Reels, Fraction] = {}
            for reels, way in ways.items():
                for more, odds in ((reels, 1 - shows), (reels | {place}, shows)):
                    if odds:
                        after[more] = after.get(more, Fraction(0)) + way * odds
            ways = after
        for reels, way in ways.items():
            found[reels] = found.get(reels, Fraction(0)) + way
    return found


def series(
    tables: Tables, mean: Callable[[PhaseTables], Fraction], awards: Callable[[PhaseTables], list[Fraction]]
) -> Series:
    """The free games of a round: a chain over the reels that wilds fill. `mean` tells the units of one spin, `awards` the
    chances that a base spin awards 0, 1, ... games. Needs `countable_series`.
    """
    free = tables.free
    assert free is not None
    assert free.sticky is not None
    respins = free.sticky.respins

    @cache
    def spin(held: Reels) -> tuple[Fraction, dict[Reels, Fraction]]:
        phase = replace(free, filled=held)
        return mean(phase), _come(tables, phase)

    @cache
    def value(held: Reels, left: int) -> tuple[Fraction, Fraction]:
        if not left:
            return Fraction(0), Fraction(0)
        pay, come = spin(held)
        games = Fraction(1)
        for more, chance in come.items():
            then = value(held | more, left - 1 + (respins and bool(more)))
            pay, games = pay + chance * then[0], games + chance * then[1]
        return pay, games

    pay = games = Fraction(0)
    for (held, left), chance in _starts(tables, awards).items():
        then = value(held, left)
        pay, games = pay + chance * then[0], games + chance * then[1]
    return Series(pay, games)


def _starts(tables: Tables, awards: Callable[[PhaseTables], list[Fraction]]) -> dict[tuple[Reels, int], Fraction]:
    """The reels that are held when the free games begin, and how many games there are."""
    if tables.machine.buys:
        return {(frozenset(), tables.machine.buys): Fraction(1)}
    if tables.base.sticky is not None:
        return {(reels, 1): chance for reels, chance in _come(tables, tables.base).items() if reels}
    return {(frozenset(), games): chance for games, chance in enumerate(awards(tables.base)) if games and chance}
