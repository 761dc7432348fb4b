"""The distribution of what one spin comes to, exactly: by the recurrence over whole boards, or board by board."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import lcm, prod

from core.slots import parts
from core.slots.boards import SHIFT, Boards, Nothing, pack, unpack
from core.slots.machine import Lines
from core.slots.means import award
from core.slots.patterns import book_pay, lines, marked
from core.slots.reach import countable, distributable
from core.slots.series import Moments
from core.slots.tables import Marks, PhaseTables, Tables


def moments(tables: Tables, phase: PhaseTables, found: Mapping[int, int] | None = None) -> Moments:
    """The moments of a spin, from its distribution."""
    found = distribution(tables, phase) if found is None else found
    total = sum(found.values())
    pay = pay_square = award = award_square = both = hits = 0
    for packed, count in found.items():
        units, number = unpacked(tables, phase, packed)
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
    count), packed; scatters' pays and drawn values are left out. Raises `ValueError` if not `countable`, and if that would
    take too long (`core.slots.boards.TooMany`).
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
        counted[unpacked(tables, phase, packed)] += count
    whole = counted.total()
    return {came: Fraction(count, whole) for came, count in counted.items()}


def _one_by_one(tables: Tables, phase: PhaseTables, kinds: Sequence[Marks]) -> dict[int, int]:
    factor = phase.factor * phase.step(0)
    found: Counter[int] = Counter()
    for board in product(*phase.odds):
        window = [column for column, _ in board]
        units = sum(won["win"] for won in lines(tables, window, None, factor))
        if phase.special >= 0:
            units += book_pay(tables, phase.special, sum(phase.special in column for column in window)) * factor
        found[units + (pack(sum(marked(marks, window)) for marks in kinds) << SHIFT)] += prod(n for _, n in board)
    return found


def hit_rate(tables: Tables) -> Fraction | None:
    """Chance that a base spin pays something; drawn values change how much, never whether. None if not `countable`.

    Raises `core.slots.boards.TooMany`.
    """
    if tables.machine.buys or tables.machine.holds:
        return Fraction(0)
    if not countable(tables, tables.base):
        return None
    pattern = tables.machine.pattern
    if (
        isinstance(pattern, Lines)
        and pattern.direction in ("left", "any")
        and not any(any(s.pays) for s in tables.scatters)
    ):
        nothing = Fraction(0)
        for chance, part in parts.parts(tables, tables.base):
            nothing += chance * Fraction(Nothing(tables, part).whole(), part.total)
        return 1 - nothing
    found = distribution(tables, tables.base)
    hits = sum(count for packed, count in found.items() if unpacked(tables, tables.base, packed)[0])
    return Fraction(hits, sum(found.values()))


def losing(tables: Tables, phase: PhaseTables) -> list[Fraction]:
    """The chances that a spin pays nothing and awards 0, 1, ... free games. Raises as `distribution` does."""
    found = distribution(tables, phase)
    counted: Counter[int] = Counter()
    for packed, count in found.items():
        units, games = unpacked(tables, phase, packed)
        counted[games] += count if units == 0 else 0
    whole = sum(found.values())
    return [Fraction(counted[games], whole) for games in range(max(counted) + 1)]


def unpacked(tables: Tables, phase: PhaseTables, packed: int) -> tuple[int, int]:
    """Units and free games."""
    scatters = packed >> SHIFT
    units = packed & ((1 << SHIFT) - 1)
    for place, scatter in enumerate(tables.scatters):
        units += scatter.pays[unpack(scatters, place)] * phase.factor
    return units, award(phase, scatters)


def wins_of(tables: Tables, phase: PhaseTables, found: Mapping[int, int]) -> dict[int, Fraction]:
    """Units -> chance, of a distribution."""
    counted: Counter[int] = Counter()
    for packed, count in found.items():
        counted[unpacked(tables, phase, packed)[0]] += count
    total = sum(found.values())
    return {units: Fraction(count, total) for units, count in sorted(counted.items())}
