"""Exact figures of a slot, as fractions, from the very tables that the served spin reads.

Means come by linearity: each line, or each symbol, for itself, by a recurrence over the reels. Distributions come by the
same recurrence over whole boards, in which boards that can only pay alike from here on are one. What neither reaches
(cascades; drawn multipliers beyond the mean) is enumerated or simulated by `adapters.simulation`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from core.slots.boards import SHIFT, Boards, Nothing
from core.slots.machine import Fault, Lines, Machine, Ways
from core.slots.patterns import lines
from core.slots.series import Moments, instead_of_a_spin, series_variance
from core.slots.tables import PhaseTables, Tables

ONE_BY_ONE = 200_000
"""Combinations of stops that are counted one by one, where there is no recurrence."""
Means = dict[tuple[str, int], Fraction]
"""(symbol, count) -> expected units a spin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a slot returns, for each unit staked; a cap is left out of it."""

    rtp: Fraction
    base_rtp: Fraction
    """Of the base spin alone."""
    free_rtp: Fraction
    hit_rate: Fraction | None
    """Chance that the base spin pays something; None: not to be had exactly."""
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


def countable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the boards of a kind of spin can be counted here, drawn values aside: by the recurrence, which knows one way
    along a line, or one by one.
    """
    pattern = tables.machine.pattern
    one_way = not (isinstance(pattern, Lines) and pattern.direction == "both")
    return computable(tables.machine) and (one_way or prod(phase.stops) <= ONE_BY_ONE)


def distributable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the distribution of wins of a kind of spin can be computed here."""
    return countable(tables, phase) and not phase.weights


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
        moments_base = instead_of_a_spin(bought) if bought else moments(tables, tables.base, base)
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


def distribution(tables: Tables, phase: PhaseTables) -> dict[int, int]:
    """Of all combinations of stops, how many pay so many units on lines or ways and show so many scatters, packed. Drawn
    values are left out. Raises `ValueError` if not `countable`.
    """
    if not countable(tables, phase):
        raise ValueError("no distribution by recurrence")
    pattern = tables.machine.pattern
    if isinstance(pattern, Lines) and pattern.direction == "both":
        return _one_by_one(tables, phase)
    return Boards(tables, phase).whole()


def wins_and_awards(tables: Tables, phase: PhaseTables) -> dict[tuple[int, int], Fraction]:
    """(Units, free games awarded) -> chance that a spin comes to just that. Raises `ValueError` if not `distributable`."""
    if not distributable(tables, phase):
        raise ValueError("no distribution: values are drawn, or no recurrence knows it")
    counted: Counter[tuple[int, int]] = Counter()
    for packed, count in distribution(tables, phase).items():
        counted[_unpack(tables, phase, packed)] += count
    return {came: Fraction(count, prod(phase.stops)) for came, count in counted.items()}


def _one_by_one(tables: Tables, phase: PhaseTables) -> dict[int, int]:
    factor = phase.factor * phase.steps[0]
    found: Counter[int] = Counter()
    for window in product(*phase.windows):
        units = sum(won["win"] for won in lines(tables, window, None, factor))
        found[units + (sum(column.count(tables.scatter) for column in window) << SHIFT)] += 1
    return found


def hit_rate(tables: Tables) -> Fraction | None:
    """Chance that a base spin pays something; drawn values change how much, never whether. None if not `countable`."""
    if tables.machine.buys:
        return Fraction(0)
    if not countable(tables, tables.base):
        return None
    pattern = tables.machine.pattern
    if isinstance(pattern, Lines) and pattern.direction == "left" and not any(tables.scatter_pays):
        nothing = Nothing(tables, tables.base).whole()
        return 1 - Fraction(nothing, prod(tables.base.stops))
    found = distribution(tables, tables.base)
    hits = sum(count for packed, count in found.items() if _unpack(tables, tables.base, packed)[0])
    return Fraction(hits, prod(tables.base.stops))


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
    """Line by line. On a strip every row sees the same; where wilds fill the reel, rows differ, and so may lines."""
    pattern = tables.machine.pattern
    assert isinstance(pattern, Lines)
    value = _mean_value(tables, phase)
    for line, times in _alike(tables, phase):
        counts = [Counter(window[row] for window in reel) for reel, row in zip(phase.windows, line, strict=True)]
        for from_left in {"left": (True,), "right": (False,), "both": (True, False)}[pattern.direction]:
            reached = leaf_ways(tables, counts if from_left else counts[::-1])
            for leaf, ways in reached.items():
                pay = tables.leaves[leaf]
                if pay is None or (not from_left and pattern.direction == "both" and pay.run == len(counts)):
                    continue
                mean = Fraction(ways * pay.units * times, prod(phase.stops))
                if pay.wilds and tables.wild in phase.weights:
                    mean *= value**pay.wilds if tables.product else value * pay.wilds
                yield (pay.symbol, pay.run), mean


def _alike(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[int, ...], int]]:
    """Lines, and how many there are that expect the same as each."""
    if phase.expands is None:
        yield tables.lines[0], len(tables.lines)
        return
    for line in tables.lines:
        yield line, 1


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
