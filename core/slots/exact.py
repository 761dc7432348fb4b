"""Exact figures of a slot, as fractions, from the very tables that the served spin reads.

Means come by linearity: each line, or each symbol, for itself, by a recurrence over the reels. Distributions come by the
same recurrence over whole boards, in which boards that can only pay alike from here on are one. Where a spin draws more than
its stops, it is a mixture of parts (`core.slots.parts`), in each of which the reels are independent. What none of these
reaches (cascades; drawn multipliers beyond the mean) is enumerated or simulated by `adapters.simulation`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import product
from math import lcm, prod

from core.slots import parts
from core.slots.boards import SHIFT, Boards, Nothing, pack, unpack
from core.slots.hold import Hold
from core.slots.machine import Fault, Lines, Machine, Ways
from core.slots.patterns import book_pay, lines, marked
from core.slots.series import Moments, games_played, instead_of_a_spin, series_variance
from core.slots.tables import Marks, Odds, PhaseTables, Tables

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
    hold_rtp: Fraction
    """Of hold and respin."""
    hold_rate: Fraction
    """Chance that a base spin begins it."""
    hit_rate: Fraction | None
    """Chance that the base spin pays something, features aside; None: not to be had exactly."""
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
    along = machine.cascade is None and isinstance(machine.pattern, Lines | Ways)
    holds = machine.hold is None or machine.hold.lands is not None
    return along and holds and not _multiplies_all(machine) and parts.countable_series(machine)


def long(machine: Machine) -> bool:
    """Whether the exact return is a fraction of hundreds of digits."""
    return machine.hold is not None or any(phase.sticky is not None or phase.most for phase in machine.phases.values())


def countable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the boards of a kind of spin can be counted here, drawn values aside: by the recurrence, which knows one way
    along a line, or one by one.
    """
    pattern = tables.machine.pattern
    one_way = not (isinstance(pattern, Lines) and pattern.direction == "both")
    few = prod(len(reel) for reel in phase.odds) <= ONE_BY_ONE
    return computable(tables.machine) and phase.landing is None and (one_way or few)


def distributable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the distribution of wins of a kind of spin can be computed here."""
    return countable(tables, phase) and not phase.weights


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
    return games_played(first, _awards(tables, free), free.of.most or len(first) - 1)


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
        shown = _one_kind(tables, tables.base, _held_marks(tables, hold))
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
        tables, lambda phase: Fraction(sum(means(tables, phase).values())), lambda phase: _awards(tables, phase)
    )


def _first_awards(tables: Tables) -> list[Fraction]:
    """The chances that a round begins with 0, 1, ... free games."""
    bought = tables.machine.buys
    return [Fraction(games == bought) for games in range(bought + 1)] if bought else _awards(tables, tables.base)


def _awards(tables: Tables, phase: PhaseTables) -> list[Fraction]:
    """The chances that a spin awards 0, 1, ... free games."""
    found = [Fraction(0)] * (sum(map(max, phase.awards)) + 1)
    for counts, chance in chances_of(tables, phase, [scatter.marks for scatter in tables.scatters]).items():
        found[_award(phase, counts)] += chance
    return found


def _award(phase: PhaseTables, counts: int) -> int:
    """Free games for so many of each scatter, packed."""
    return sum(awards[unpack(counts, place)] for place, awards in enumerate(phase.awards))


def check_ends(tables: Tables) -> None:
    """Raise `Fault` if free games award at least one more each, in the mean: such a series need not end."""
    if tables.free is not None and not tables.free.of.most and games(tables, tables.free) >= 1:
        raise Fault(f"free.awards: a free game awards {games(tables, tables.free)} more, and the series has no end")


def means(tables: Tables, phase: PhaseTables) -> Means:
    """Expected units of a spin by symbol and count, scatters included. Raises `ValueError` if not `computable`."""
    if not computable(tables.machine):
        raise ValueError("this machine has no means by recurrence")
    found: Counter[tuple[str, int]] = Counter()
    by_pattern = _line_means if isinstance(tables.machine.pattern, Lines) else _ways_means
    for chance, part in parts.parts(tables, phase):
        for key, mean in (*by_pattern(tables, part), *_book_means(tables, part)):
            found[key] += chance * mean * phase.factor * phase.steps[0] * part.times  # type: ignore[assignment]
    for scatter in tables.scatters:
        for count, chance in enumerate(_one_kind(tables, phase, scatter.marks)):
            if chance and scatter.pays[count]:
                pay = scatter.pays[count] * phase.factor * chance
                found[tables.symbols[scatter.symbol], count] += pay  # type: ignore[assignment]
    return {key: Fraction(mean) for key, mean in found.items()}


def games(tables: Tables, phase: PhaseTables) -> Fraction:
    """Expected free games that the scatters of a spin award, on the board as it first stops."""
    if not any(map(any, phase.awards)):
        return Fraction(0)
    return sum((games * chance for games, chance in enumerate(_awards(tables, phase))), Fraction(0))


def scatter_chances(tables: Tables, phase: PhaseTables) -> list[Fraction]:
    """The chance of 0, 1, ... of the first scatter on the board."""
    return _one_kind(tables, phase, tables.scatters[0].marks)


def _one_kind(tables: Tables, phase: PhaseTables, marks: Marks) -> list[Fraction]:
    """The chance of 0, 1, ... symbols that these marks count."""
    found = [Fraction(0)] * (sum(tables.machine.heights) + 1)
    for count, chance in chances_of(tables, phase, [marks]).items():
        found[count] = chance
    return found


def chances_of(tables: Tables, phase: PhaseTables, kinds: Sequence[Marks]) -> dict[int, Fraction]:
    """The chances of the numbers of symbols that count on the board, kind by kind, packed (`boards.pack`)."""
    found: dict[int, Fraction] = {}
    for chance, part in parts.parts(tables, phase):
        ways: Counter[int] = Counter({0: 1})
        for place, reel in enumerate(part.odds):
            counts: Counter[int] = Counter()
            for window, weight in reel:
                counts[pack(sum(map(window.count, marks[place])) for marks in kinds)] += weight
            more: Counter[int] = Counter()
            for have, number in ways.items():
                for count, windows in counts.items():
                    more[have + count] += number * windows
            ways = more
        for count, number in ways.items():
            found[count] = found.get(count, Fraction(0)) + chance * Fraction(number, part.total)
    return found


def _held_marks(tables: Tables, hold: Hold) -> Marks:
    return (frozenset(map(tables.symbols.index, hold.kinds)),) * len(tables.machine.heights)


def figures(tables: Tables) -> Figures:
    """All that can be had exactly. Raises `ValueError` if not even the return can."""
    cost = tables.machine.cost
    whole = rtp(tables)
    wins = variance = None
    base = distribution(tables, tables.base) if distributable(tables, tables.base) else None
    if base is not None and not tables.machine.holds:
        wins = None if tables.machine.buys else _wins(tables, tables.base, base)
        variance = _variance(tables, base)
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
        hit_rate=hit_rate(tables) if wins is None else 1 - wins.get(0, Fraction(0)),
        free_game_rate=triggered,
        games_a_trigger=_games_of_a_round(tables) / triggered if triggered else Fraction(0),
        variance=None if variance is None else variance / cost**2,
        max_spin=None if wins is None else max(wins),
        max_spin_chance=None if wins is None else wins[max(wins)],
        wins=wins,
    )


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
    found = distribution(tables, tables.base, [_held_marks(tables, hold)])
    mean = square = Fraction(0)
    for packed, number in found.items():
        units, count = packed & ((1 << SHIFT) - 1), packed >> SHIFT
        pay, second = after[count] if count >= hold.starts else (0, 0)
        mean += number * (units + pay)
        square += number * (units**2 + 2 * units * pay + second)
    whole = sum(found.values())
    return square / whole - (mean / whole) ** 2


def moments(tables: Tables, phase: PhaseTables, found: Mapping[int, int] | None = None) -> Moments:
    """The moments of a spin, from its distribution."""
    found = distribution(tables, phase) if found is None else found
    total = sum(found.values())
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


def distribution(tables: Tables, phase: PhaseTables, kinds: Sequence[Marks] | None = None) -> dict[int, int]:
    """Of all combinations of stops, how many pay so many units and show so many of each scatter (or of what else `kinds`
    count), packed; scatters' pays and drawn values are left out. Raises `ValueError` if not `countable`.
    """
    kinds = [scatter.marks for scatter in tables.scatters] if kinds is None else kinds
    if not countable(tables, phase):
        raise ValueError("no distribution by recurrence")
    mixed = [(chance, part, _of_a_part(tables, part, kinds)) for chance, part in parts.parts(tables, phase)]
    if len(mixed) == 1:
        return mixed[0][2]
    whole = lcm(*((chance / part.total).denominator for chance, part, _ in mixed))
    found: Counter[int] = Counter()
    for chance, part, counted in mixed:
        for packed, count in counted.items():
            found[packed] += int(count * whole * chance / part.total)
    return found


def _of_a_part(tables: Tables, part: PhaseTables, kinds: Sequence[Marks]) -> dict[int, int]:
    pattern = tables.machine.pattern
    if isinstance(pattern, Lines) and pattern.direction == "both":
        return _one_by_one(tables, part, kinds)
    return Boards(tables, part, kinds).whole()


def wins_and_awards(tables: Tables, phase: PhaseTables) -> dict[tuple[int, int], Fraction]:
    """(Units, free games awarded) -> chance that a spin comes to just that. Raises `ValueError` if not `distributable`."""
    if not distributable(tables, phase):
        raise ValueError("no distribution: values are drawn, or no recurrence knows it")
    counted: Counter[tuple[int, int]] = Counter()
    for packed, count in distribution(tables, phase).items():
        counted[_unpack(tables, phase, packed)] += count
    whole = counted.total()
    return {came: Fraction(count, whole) for came, count in counted.items()}


def _one_by_one(tables: Tables, phase: PhaseTables, kinds: Sequence[Marks]) -> dict[int, int]:
    factor = phase.factor * phase.step(0)
    found: Counter[int] = Counter()
    for board in product(*phase.odds):
        window = [column for column, _ in board]
        units = sum(won["win"] for won in lines(tables, window, None, factor))
        units += _book_pay(tables, phase, sum(phase.special in column for column in window))
        found[units + (pack(sum(marked(marks, window)) for marks in kinds) << SHIFT)] += prod(n for _, n in board)
    return found


def hit_rate(tables: Tables) -> Fraction | None:
    """Chance that a base spin pays something; drawn values change how much, never whether. None if not `countable`."""
    if tables.machine.buys or tables.machine.holds:
        return Fraction(0)
    if not countable(tables, tables.base):
        return None
    pattern = tables.machine.pattern
    if isinstance(pattern, Lines) and pattern.direction == "left" and not any(any(s.pays) for s in tables.scatters):
        nothing = Fraction(0)
        for chance, part in parts.parts(tables, tables.base):
            nothing += chance * Fraction(Nothing(tables, part).whole(), part.total)
        return 1 - nothing
    found = distribution(tables, tables.base)
    hits = sum(count for packed, count in found.items() if _unpack(tables, tables.base, packed)[0])
    return Fraction(hits, sum(found.values()))


def _unpack(tables: Tables, phase: PhaseTables, packed: int) -> tuple[int, int]:
    """Units and free games."""
    scatters = packed >> SHIFT
    units = packed & ((1 << SHIFT) - 1)
    for place, scatter in enumerate(tables.scatters):
        units += scatter.pays[unpack(scatters, place)] * phase.factor
    return units, _award(phase, scatters)


def _wins(tables: Tables, phase: PhaseTables, found: Mapping[int, int]) -> dict[int, Fraction]:
    counted: Counter[int] = Counter()
    for packed, count in found.items():
        counted[_unpack(tables, phase, packed)[0]] += count
    total = sum(found.values())
    return {units: Fraction(count, total) for units, count in sorted(counted.items())}


def _line_means(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[str, int], Fraction]]:
    """Line by line. On a strip every row sees the same; where stops weigh, or wilds come, rows differ, and so may lines."""
    pattern = tables.machine.pattern
    assert isinstance(pattern, Lines)
    value = _mean_value(tables, phase)
    for line, times in _alike(tables, phase):
        counts = [_in_row(reel, row) for reel, row in zip(phase.odds, line, strict=True)]
        for from_left in {"left": (True,), "right": (False,), "both": (True, False)}[pattern.direction]:
            reached = leaf_ways(tables, counts if from_left else counts[::-1])
            for leaf, ways in reached.items():
                pay = tables.leaves[leaf]
                if pay is None or (not from_left and pattern.direction == "both" and pay.run == len(counts)):
                    continue
                mean = Fraction(ways * pay.units * times, phase.total)
                if pay.wilds and tables.wild in phase.weights:
                    mean *= value**pay.wilds if tables.product else value * pay.wilds
                yield (pay.symbol, pay.run), mean


def _in_row(reel: Odds, row: int) -> Counter[int]:
    """The symbols that a reel shows in this row, with their weights."""
    found: Counter[int] = Counter()
    for window, weight in reel:
        found[window[row]] += weight
    return found


def _alike(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[int, ...], int]]:
    """Lines, and how many there are that expect the same as each."""
    if phase.alike:
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
        for reels in range(len(phase.odds) + 1):
            if reels == len(phase.odds):
                yield (tables.symbols[symbol], reels), expected * pays[reels]
                break
            takes = tables.takes[symbol]
            none = width = total = Fraction(0)
            for window, weight in phase.odds[reels]:
                total += weight
                none += weight if takes.isdisjoint(window) else 0
                width += weight * sum(window.count(taken) * (value if taken == tables.wild else 1) for taken in takes)
            if reels:
                yield (tables.symbols[symbol], reels), expected * pays[reels] * none / total
            expected *= width / total


def _book_means(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[str, int], Fraction]]:
    """What the special symbol of a series pays beyond its lines."""
    if phase.special < 0:
        return
    chances = [Fraction(1)]
    for reel in phase.odds:
        shows = Fraction(sum(n for window, n in reel if phase.special in window), sum(n for _, n in reel))
        chances = [
            (chances[count] * (1 - shows) if count < len(chances) else 0)
            + (chances[count - 1] * shows if count else Fraction(0))
            for count in range(len(chances) + 1)
        ]
    for count, chance in enumerate(chances):
        yield (tables.symbols[phase.special], count), chance * book_pay(tables, phase.special, count)


def _book_pay(tables: Tables, phase: PhaseTables, reels: int) -> int:
    if phase.special < 0:
        return 0
    return book_pay(tables, phase.special, reels) * phase.factor * phase.step(0)


def _mean_value(tables: Tables, phase: PhaseTables) -> Fraction:
    """What a wild's value is in the mean; 1 if it has none."""
    weights = phase.weights.get(tables.wild)
    if weights is None:
        return Fraction(1)
    return Fraction(sum(value * weight for value, weight in weights.items()), sum(weights.values()))


def _chance_of_award(tables: Tables) -> Fraction:
    if tables.machine.buys:
        return Fraction(1)
    if tables.machine.holds:
        return Fraction(0)
    if tables.base.sticky is not None and tables.base.sticky.respins:
        return parts.chance_of_wilds(tables, tables.base)
    return 1 - _awards(tables, tables.base)[0]


def _multiplies_all(machine: Machine) -> bool:
    """Whether some symbol's values multiply a whole spin."""
    wild = None if machine.wild is None else machine.wild.symbol
    return any(symbol != wild for phase in machine.phases.values() for symbol in phase.values)
