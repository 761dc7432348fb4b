"""Means of one spin, exactly: each line, or each symbol, for itself, by a recurrence over the reels; and how many symbols are
in view.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from core.slots import parts
from core.slots.boards import pack, unpack
from core.slots.hold import Hold
from core.slots.machine import Lines
from core.slots.patterns import book_pay
from core.slots.reach import computable
from core.slots.tables import Marks, Odds, PhaseTables, Tables

Means = dict[tuple[str, int], Fraction]
"""(symbol, count) -> expected units a spin."""


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
        for count, chance in enumerate(counts_of(tables, phase, scatter.marks)):
            if chance and scatter.pays[count]:
                pay = scatter.pays[count] * phase.factor * chance
                found[tables.symbols[scatter.symbol], count] += pay  # type: ignore[assignment]
    return {key: Fraction(mean) for key, mean in found.items()}


def games(tables: Tables, phase: PhaseTables) -> Fraction:
    """Expected free games that the scatters of a spin award, on the board as it first stops."""
    if not any(map(any, phase.awards)):
        return Fraction(0)
    return sum((number * chance for number, chance in enumerate(awards(tables, phase))), Fraction(0))


def counts_of(tables: Tables, phase: PhaseTables, marks: Marks) -> list[Fraction]:
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


def held_marks(tables: Tables, hold: Hold) -> Marks:
    """What hold and respin counts: its symbols, on every reel."""
    return (frozenset(map(tables.symbols.index, hold.kinds)),) * len(tables.machine.heights)


def awards(tables: Tables, phase: PhaseTables) -> list[Fraction]:
    """The chances that a spin awards 0, 1, ... free games."""
    found = [Fraction(0)] * (sum(map(max, phase.awards)) + 1)
    for counts, chance in chances_of(tables, phase, [scatter.marks for scatter in tables.scatters]).items():
        found[award(phase, counts)] += chance
    return found


def award(phase: PhaseTables, counts: int) -> int:
    """Free games for so many of each scatter, packed."""
    return sum(given[unpack(counts, place)] for place, given in enumerate(phase.awards))


def _line_means(tables: Tables, phase: PhaseTables) -> Iterator[tuple[tuple[str, int], Fraction]]:
    """Line by line. On a strip every row sees the same; where stops weigh, or wilds come, rows differ, and so may lines."""
    pattern = tables.machine.pattern
    assert isinstance(pattern, Lines)
    value = _mean_value(tables, phase)
    for line, times in _alike(tables, phase):
        counts = [_in_row(reel, row) for reel, row in zip(phase.odds, line, strict=True)]
        for from_left in {"right": (False,), "both": (True, False)}.get(pattern.direction, (True,)):
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


def _mean_value(tables: Tables, phase: PhaseTables) -> Fraction:
    """What a wild's value is in the mean; 1 if it has none."""
    weights = phase.weights.get(tables.wild)
    if weights is None:
        return Fraction(1)
    return Fraction(sum(value * weight for value, weight in weights.items()), sum(weights.values()))
