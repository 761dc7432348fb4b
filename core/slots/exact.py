"""Exact figures of a slot, as fractions, from the very tables that the served spin reads.

Means come by linearity: each line, or each symbol, for itself, by a recurrence over the reels. Distributions come by the
same recurrence over whole boards, in which boards that can only pay alike from here on are one. What neither reaches
(cascades; drawn multipliers beyond the mean) is enumerated or simulated by `adapters.simulation`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from core.slots.boards import SHIFT, Boards, Nothing
from core.slots.machine import Fault, Lines, Machine, Ways
from core.slots.tables import PhaseTables, Tables

Means = dict[tuple[str, int], Fraction]
"""(symbol, count) -> expected units a spin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """One kind of spin: its pay X in units, and the free games N it awards."""

    pay: Fraction
    pay_square: Fraction
    games: Fraction
    games_square: Fraction
    pay_games: Fraction
    hit_rate: Fraction
    """Chance that the spin pays something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a slot returns, for each unit staked; a cap is left out of it."""

    rtp: Fraction
    base_rtp: Fraction
    """Of the base spin alone."""
    free_rtp: Fraction
    hit_rate: Fraction
    """Chance that the base spin pays something."""
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


def computable(machine: Machine) -> bool:
    """Whether the return can be computed here."""
    return machine.cascade is None and isinstance(machine.pattern, Lines | Ways) and not _multiplies_all(machine)


def distributable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the distribution of wins of a kind of spin can be computed here."""
    pattern = tables.machine.pattern
    one_way = not isinstance(pattern, Lines) or pattern.direction == "left"
    return computable(tables.machine) and one_way and not phase.weights


def rtp(tables: Tables) -> Fraction:
    """Expected units for each unit staked, free games included."""
    win = base_pay(tables)
    if tables.free is not None:
        win += started(tables) * value_of_a_free_game(tables)
    return win / tables.machine.cost


def base_pay(tables: Tables) -> Fraction:
    """Expected units of the base spin alone; nothing where free games are bought instead."""
    return Fraction(0) if tables.machine.buys else Fraction(sum(means(tables, tables.base).values()))


def started(tables: Tables) -> Fraction:
    """Expected free games that a round starts, those not counted that they award again."""
    return Fraction(tables.machine.buys or games(tables, tables.base))


def value_of_a_free_game(tables: Tables) -> Fraction:
    """Expected units of a free game and of those that it leads to."""
    assert tables.free is not None
    return Fraction(sum(means(tables, tables.free).values())) / (1 - games(tables, tables.free))


def check_ends(tables: Tables) -> None:
    """Raise `Fault` if free games award at least one more each, in the mean: such a series need not end."""
    if tables.free is not None and games(tables, tables.free) >= 1:
        raise Fault(f"free.awards: a free game awards {games(tables, tables.free)} more, and the series has no end")


def means(tables: Tables, phase: PhaseTables) -> Means:
    """Expected units of a spin by symbol and count, scatters included. Raises `ValueError` if not `computable`."""
    if not computable(tables.machine):
        raise ValueError("a cascade has no means by recurrence")
    found: Counter[tuple[str, int]] = Counter()
    by_pattern = _line_means if isinstance(tables.machine.pattern, Lines) else _ways_means
    for key, mean in by_pattern(tables, phase):
        found[key] += mean * phase.factor * phase.steps[0]  # type: ignore[assignment]
    if tables.scatter >= 0:
        for count, chance in enumerate(scatter_chances(tables, phase)):
            if chance and tables.scatter_pays[count]:
                pay = tables.scatter_pays[count] * phase.factor * chance
                found[tables.symbols[tables.scatter], count] += pay  # type: ignore[assignment]
    return {key: Fraction(mean) for key, mean in found.items()}


def games(tables: Tables, phase: PhaseTables) -> Fraction:
    """Expected free games that a spin awards, on the board as it first stops."""
    if not any(phase.awards):
        return Fraction(0)
    return Fraction(sum(phase.awards[count] * chance for count, chance in enumerate(scatter_chances(tables, phase))))


def scatter_chances(tables: Tables, phase: PhaseTables) -> list[Fraction]:
    """The chance of 0, 1, ... scatters on the board."""
    ways = [1]
    for reel in phase.windows:
        counts = Counter(window.count(tables.scatter) for window in reel)
        more = [0] * (len(ways) + max(counts))
        for have, number in enumerate(ways):
            for count, windows in counts.items():
                more[have + count] += number * windows
        ways = more
    return [Fraction(number, prod(phase.stops)) for number in ways]


def figures(tables: Tables) -> Figures:
    """All that can be had exactly. Raises `ValueError` if not even the return can."""
    cost = tables.machine.cost
    whole = rtp(tables)
    base_return = base_pay(tables) / cost
    wins = variance = None
    base = distribution(tables, tables.base) if distributable(tables, tables.base) else None
    if base is not None:
        bought = tables.machine.buys
        wins = None if bought else _wins(tables, tables.base, base)
        moments_base = _bought(bought) if bought else moments(tables, tables.base, base)
        if tables.free is None:
            variance = moments_base.pay_square - moments_base.pay**2
        elif distributable(tables, tables.free):
            variance = series_variance(moments_base, moments(tables, tables.free))
    triggered = _chance_of_award(tables)
    free_games = Fraction(0)
    if tables.free is not None and triggered:
        free_games = started(tables) / triggered / (1 - games(tables, tables.free))
    return Figures(
        rtp=whole,
        base_rtp=base_return,
        free_rtp=whole - base_return,
        hit_rate=hit_rate(tables) if wins is None else 1 - wins.get(0, Fraction(0)),
        free_game_rate=triggered,
        games_a_trigger=free_games,
        variance=None if variance is None else variance / cost**2,
        max_spin=None if wins is None else max(wins),
        max_spin_chance=None if wins is None else wins[max(wins)],
        wins=wins,
    )


def series_variance(base: Moments, free: Moments) -> Fraction:
    """Variance of a whole round in units: the base spin, and the free games that it and they lead to.

    A free game and all it leads to is T = X + T' + T'' + ... with N further terms like itself, so E[T] = E[X] / (1 - E[N])
    and E[T^2] (1 - E[N]) = E[X^2] + 2 E[XN] E[T] + E[N (N-1)] E[T]^2.
    """
    each = free.pay / (1 - free.games)
    square = free.pay_square + 2 * free.pay_games * each + (free.games_square - free.games) * each**2
    spread = square / (1 - free.games) - each**2
    total = base.pay_square + 2 * base.pay_games * each + base.games * spread + base.games_square * each**2
    return total - (base.pay + base.games * each) ** 2


def moments(tables: Tables, phase: PhaseTables, found: Mapping[int, int] | None = None) -> Moments:
    """The moments of a spin, from its distribution."""
    found = distribution(tables, phase) if found is None else found
    total = prod(phase.stops)
    pay = pay_square = award = award_square = both = hits = 0
    for packed, count in found.items():
        units, number = _unpack(tables, phase, packed)
        pay += units * count
        pay_square += units * units * count
        award += number * count
        award_square += number * number * count
        both += units * number * count
        hits += count if units else 0
    return Moments(
        pay=Fraction(pay, total),
        pay_square=Fraction(pay_square, total),
        games=Fraction(award, total),
        games_square=Fraction(award_square, total),
        pay_games=Fraction(both, total),
        hit_rate=Fraction(hits, total),
    )


def _bought(games: int) -> Moments:
    """Of a base spin that is not played, and so many free games instead."""
    none = Fraction(0)
    return Moments(
        pay=none,
        pay_square=none,
        games=Fraction(games),
        games_square=Fraction(games * games),
        pay_games=none,
        hit_rate=none,
    )


def distribution(tables: Tables, phase: PhaseTables) -> dict[int, int]:
    """Of all combinations of stops, how many pay so many units on lines or ways and show so many scatters, packed."""
    if not distributable(tables, phase):
        raise ValueError("no distribution by recurrence")
    return Boards(tables, phase).whole()


def hit_rate(tables: Tables) -> Fraction:
    """Chance that a base spin pays something, for a game whose values are drawn: they change how much, never whether."""
    if tables.machine.buys:
        return Fraction(0)
    pattern = tables.machine.pattern
    if isinstance(pattern, Lines) and pattern.direction == "left" and not any(tables.scatter_pays):
        nothing = Nothing(tables, tables.base).whole()
        return 1 - Fraction(nothing, prod(tables.base.stops))
    if isinstance(pattern, Ways):
        found = Boards(tables, tables.base).whole()
        hits = sum(count for packed, count in found.items() if _unpack(tables, tables.base, packed)[0])
        return Fraction(hits, prod(tables.base.stops))
    raise ValueError("no hit rate by recurrence")


def _unpack(tables: Tables, phase: PhaseTables, packed: int) -> tuple[int, int]:
    """Units and free games."""
    scatters = packed >> SHIFT
    units = packed & ((1 << SHIFT) - 1)
    if tables.scatter >= 0:
        units += tables.scatter_pays[scatters] * phase.factor
    return units, phase.awards[scatters]


def _wins(tables: Tables, phase: PhaseTables, found: Mapping[int, int]) -> dict[int, Fraction]:
    counted: Counter[int] = Counter()
    for packed, count in found.items():
        counted[_unpack(tables, phase, packed)[0]] += count
    return {units: Fraction(count, prod(phase.stops)) for units, count in sorted(counted.items())}


def _line_means(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[str, int], Fraction]]:
    """A symbol is as frequent in one row as in any other, so every line expects the same."""
    pattern = tables.machine.pattern
    assert isinstance(pattern, Lines)
    counts = [Counter(strip) for strip in phase.strips]
    for from_left in {"left": (True,), "right": (False,), "both": (True, False)}[pattern.direction]:
        reached = leaf_ways(tables, counts if from_left else counts[::-1])
        for leaf, ways in reached.items():
            pay = tables.leaves[leaf]
            if pay is None or (not from_left and pattern.direction == "both" and pay.run == len(counts)):
                continue
            mean = Fraction(ways * pay.units * len(tables.lines), prod(phase.stops))
            drawn = pay.wilds and tables.wild in phase.weights
            yield (pay.symbol, pay.run), mean * (_mean_value(tables, phase) * pay.wilds if drawn else 1)


def leaf_ways(tables: Tables, counts: list[Counter[int]]) -> dict[int, int]:
    """In how many ways a line reaches each leaf, when each reel has so many of each symbol."""
    reached: Counter[int] = Counter()
    at: dict[int, int] = {len(tables.branches) - 1: 1}
    for reel, symbols in enumerate(counts):
        rest = prod(sum(later.values()) for later in counts[reel + 1 :])
        after: Counter[int] = Counter()
        for node, ways in at.items():
            branch = tables.branches[node]
            for symbol, number in symbols.items():
                place = branch[symbol]
                if place < 0:
                    reached[-1 - place] += ways * number * rest
                else:
                    after[place] += ways * number
        at = after
    return reached


def _ways_means(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[str, int], Fraction]]:
    value = _mean_value(tables, phase)
    for symbol, pays in enumerate(tables.counts):
        expected = Fraction(1)
        for reels in range(len(phase.windows) + 1):
            if reels == len(phase.windows):
                yield (tables.symbols[symbol], reels), expected * pays[reels]
                break
            wilds = tables.wild if tables.stands[symbol] else -1
            none = sum(symbol not in window and wilds not in window for window in phase.windows[reels])
            if reels:
                yield (tables.symbols[symbol], reels), expected * pays[reels] * Fraction(none, phase.stops[reels])
            own = sum(window.count(symbol) for window in phase.windows[reels])
            stand = sum(window.count(wilds) for window in phase.windows[reels])
            expected *= (own + stand * value) / phase.stops[reels]


def _mean_value(tables: Tables, phase: PhaseTables) -> Fraction:
    """What a wild's value is in the mean; 1 if it has none."""
    weights = phase.weights.get(tables.wild)
    if weights is None:
        return Fraction(1)
    return Fraction(sum(value * weight for value, weight in weights.items()), sum(weights.values()))


def _chance_of_award(tables: Tables) -> Fraction:
    if tables.machine.buys:
        return Fraction(1)
    if tables.scatter < 0:
        return Fraction(0)
    chances = scatter_chances(tables, tables.base)
    return Fraction(sum(chance for count, chance in enumerate(chances) if tables.base.awards[count]))


def _multiplies_all(machine: Machine) -> bool:
    """Whether some symbol's values multiply a whole spin."""
    wild = None if machine.wild is None else machine.wild.symbol
    return any(symbol != wild for phase in machine.phases.values() for symbol in phase.values)
