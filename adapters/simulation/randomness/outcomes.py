"""Tests of final outcomes: those that GLI-19 v3.0, 3.2.2 and 58 Pa. Code 810a.5 name, each with one p-value.

    outcomes of one range -> battery() -> {test: p}         decks, samples, weighted choices have their own
    verdict: all tests together at 99 %: none below 0.01 / number of tests

The source of a test without another is Knuth, The Art of Computer Programming 2, 3.3.2. Every chance is exact for whole
numbers, so that the tests hold for two outcomes as for a million. Where a test needs few outcomes, the range is divided
into equal parts, and what does not fit into them is left out.
"""

from collections.abc import Callable, Mapping
from math import comb, factorial, perm, sqrt

import numpy as np

from adapters.simulation.randomness.tails import (
    Array,
    chi_square_tail,
    even,
    fit,
    kolmogorov,
    normal_tail,
    poisson_tail,
    together,
)

ALPHA = 0.01
"""The chance that a sound generator fails any of the tests: they are judged collectively at 99 %, GLI-19 3.2.2."""
WALKED = 300_000
"""Outcomes of the tests that go through them one by one."""


def battery(outcomes: Array, bound: int) -> dict[str, float]:
    """The p-value of each test on independent outcomes of 0 .. bound-1, in the order drawn; `bound` is 2 or more."""
    return {name: test(outcomes, bound) for name, test in TESTS.items()}


def passes(p_values: Mapping[str, float], alpha: float = ALPHA) -> bool:
    """Whether all tests together pass (Bonferroni)."""
    return not caught_by(p_values, alpha)


def caught_by(p_values: Mapping[str, float], alpha: float = ALPHA) -> list[str]:
    """The tests that fail when all are judged together."""
    return [name for name, p in p_values.items() if p < alpha / len(p_values)]


def parts(outcomes: Array, bound: int, most: int) -> tuple[Array, int]:
    """Outcomes as numbers of equal parts of their range, at most so many; what does not fit is left out."""
    if bound <= most:
        return outcomes, bound
    size = bound // most
    return outcomes[outcomes < size * most] // size, most


def total_distribution(outcomes: Array, bound: int) -> float:
    """Chi-square of how often each outcome comes."""
    cells, count = parts(outcomes, bound, max(2, min(4096, len(outcomes) // 10)))
    return even(np.bincount(cells, minlength=count))


def equidistribution(outcomes: Array, bound: int) -> float:
    """A hundred stretches, each tested by itself; their chi-squares are added."""
    cells, count = parts(outcomes, bound, 16)
    stretches = cells[: len(cells) // 100 * 100].reshape(100, -1)
    mean = stretches.shape[1] / count
    tables = np.array([np.bincount(stretch, minlength=count) for stretch in stretches])
    return chi_square_tail(float(((tables - mean) ** 2).sum() / mean), 100 * (count - 1))


def overlaps(outcomes: Array, bound: int) -> float:
    """Overlapping pairs and triples: the difference of two chi-squares is one itself (Good 1953)."""
    p_values = []
    for length, most in ((2, 64), (3, 37)):
        cells, count = parts(outcomes, bound, most)
        if len(cells) < 5 * count**length:
            cells, count = parts(outcomes, bound, max(2, int((len(cells) / 5) ** (1 / length))))
        longer, shorter = (_psi(cells, count, size) for size in (length, length - 1))
        p_values.append(chi_square_tail(longer - shorter, count**length - count ** (length - 1)))
    return together(p_values)


def _psi(cells: Array, count: int, length: int) -> float:
    """Chi-square of overlapping tuples on a circle."""
    joined = np.zeros(len(cells), np.int64)
    for step in range(length):
        joined = joined * count + np.roll(cells, -step)
    mean = len(cells) / count**length
    return float(((np.bincount(joined, minlength=count**length) - mean) ** 2).sum() / mean)


def serial_pairs(outcomes: Array, bound: int) -> float:
    """Chi-square of pairs that do not overlap."""
    cells, count = parts(outcomes, bound, max(2, min(64, int(sqrt(len(outcomes) / 20)))))
    pairs = cells[: len(cells) // 2 * 2].reshape(-1, 2)
    return even(np.bincount(pairs[:, 0] * count + pairs[:, 1], minlength=count * count))


def coupon_collector(outcomes: Array, bound: int) -> float:
    """How many outcomes it takes to see all of them."""
    cells, count = parts(outcomes[:WALKED], bound, 16)
    longest = 12 * count
    lengths, seen, length = [0] * (longest + 1), set[int](), 0
    for cell in cells.tolist():
        length += 1
        seen.add(cell)
        if len(seen) == count:
            lengths[min(length, longest)] += 1
            seen.clear()
            length = 0
    state = np.zeros(count + 1)
    state[0] = 1
    chances, new = [0.0], 1 - np.arange(count + 1) / count
    for _ in range(longest - 1):
        found = state * new
        state = state - found
        state[1:] += found[:-1]
        chances.append(float(state[count]))
        state[count] = 0
    chances.append(max(0.0, 1 - sum(chances)))
    return fit(lengths, chances)


def runs(outcomes: Array, bound: int) -> float:
    """How long outcomes rise; the one after each run is left out, so that the lengths are independent (3.3.2, ex. 14)."""
    cells, count = parts(outcomes[:WALKED], bound, 1 << 20)
    longest = min(count, 12)
    lengths, length, before, skip = [0] * (longest + 1), 0, -1, True
    for cell in cells.tolist():
        if skip:
            length, before, skip = 1, cell, False
        elif cell > before:
            length, before = length + 1, cell
        else:
            lengths[min(length, longest)] += 1
            skip = True
    reach = [comb(count, length) / count**length for length in range(longest + 1)] + [0.0]
    chances = [0.0] + [reach[length] - reach[length + 1] for length in range(1, longest)] + [reach[longest]]
    return fit(lengths, chances)


def median_runs(outcomes: Array, bound: int) -> float:
    """How often outcomes change between the halves of their range (Wald and Wolfowitz 1940)."""
    cells, _ = parts(outcomes, bound, 2)
    n, high = len(cells), int(cells.sum())
    low = n - high
    mean = 2 * high * low / n + 1
    variance = (mean - 1) * (mean - 2) / (n - 1)
    changes = 1 + int(np.count_nonzero(np.diff(cells)))
    if variance <= 0:
        return 0.0
    return normal_tail((changes - mean) / sqrt(variance))


def interplay_correlation(outcomes: Array, bound: int) -> float:
    """Five outcomes of one play: no two places of the play may depend on each other."""
    cells, count = parts(outcomes, bound, 10)
    plays = cells[: len(cells) // 5 * 5].reshape(-1, 5)
    p_values = []
    for first in range(5):
        for second in range(first + 1, 5):
            p_values.append(even(np.bincount(plays[:, first] * count + plays[:, second], minlength=count * count)))
    return together(p_values)


def serial_correlation(outcomes: Array, _: int) -> float:
    """Correlation with what was drawn 1 .. 20 before."""
    centred = outcomes - outcomes.mean()
    power = float((centred**2).sum())
    if not power:
        return 0.0
    lags = range(1, 21)
    squares = sum(len(centred) * (float((centred[:-lag] * centred[lag:]).sum()) / power) ** 2 for lag in lags)
    return chi_square_tail(squares, len(lags))


def duplicates(outcomes: Array, bound: int) -> float:
    """Long outcomes that come twice (birthdays): several joined, so that few are expected to."""
    size = 1
    while bound**size < 1 << 24 and size < 24:
        size += 1
    cells = bound**size
    plays = outcomes[: len(outcomes) // size * size].reshape(-1, size)[: int(sqrt(cells * 200))]
    joined = plays[:, 0].astype(np.uint64)
    for column in range(1, size):
        joined = joined * np.uint64(bound) + plays[:, column].astype(np.uint64)
    mean = len(joined) - cells * -np.expm1(len(joined) * np.log1p(-1 / cells))
    return poisson_tail(len(joined) - len(np.unique(joined)), float(mean))


def gaps(outcomes: Array, bound: int) -> float:
    """How many outcomes lie between two of the same tenth of the range."""
    cells, count = parts(outcomes, bound, 10)
    p_values = []
    for cell in (0, count - 1):
        between = np.diff(np.flatnonzero(cells == cell)) - 1
        longest = 8 * count
        chances = [(1 - 1 / count) ** gap / count for gap in range(longest)]
        lengths = np.bincount(np.minimum(between, longest), minlength=longest + 1)
        p_values.append(fit(lengths, [*chances, 1 - sum(chances)]))
    return together(p_values)


def poker(outcomes: Array, bound: int) -> float:
    """How many different ones there are among five."""
    cells, count = parts(outcomes, bound, 13)
    hands = np.sort(cells[: len(cells) // 5 * 5].reshape(-1, 5), axis=1)
    different = 1 + np.count_nonzero(np.diff(hands, axis=1), axis=1)
    ways = {1: 1, 2: 15, 3: 25, 4: 10, 5: 1}  # Stirling numbers of the second kind, S(5, r)
    chances = [ways[r] * perm(count, r) / count**5 for r in ways]
    return fit(np.bincount(different, minlength=6)[1:], chances)


def permutation(outcomes: Array, bound: int) -> float:
    """In which order four come; fours with equal ones are left out."""
    cells, count = parts(outcomes, bound, 1 << 20)
    fours = cells[: len(cells) // 4 * 4].reshape(-1, 4)
    ordered = np.sort(fours, axis=1)
    fours = fours[(np.diff(ordered, axis=1) > 0).all(axis=1)]
    if count < 4 or len(fours) < 240:
        return 1.0
    orders = np.argsort(fours, axis=1) @ np.array([64, 16, 4, 1])
    counts = np.unique(orders, return_counts=True)[1]
    return even(np.concatenate([counts, np.zeros(24 - len(counts), np.int64)]))


def kolmogorov_smirnov(outcomes: Array, bound: int) -> float:
    """Outcomes as digits of fractions, which must be even."""
    size = 1
    while bound**size < 1 << 30:
        size += 1
    digits = outcomes[: len(outcomes) // size * size].reshape(-1, size)
    fractions = digits @ (float(bound) ** -np.arange(1, size + 1))
    return kolmogorov(fractions + 0.5 * float(bound) ** -size)


def adjacency(outcomes: Array, bound: int) -> float:
    """How far the two of a pair are apart."""
    cells, count = parts(outcomes, bound, 1024)
    pairs = cells[: len(cells) // 2 * 2].reshape(-1, 2)
    apart = np.bincount(np.abs(pairs[:, 0] - pairs[:, 1]), minlength=count)
    return fit(apart, [1 / count] + [2 * (count - step) / count**2 for step in range(1, count)])


def order_statistic(outcomes: Array, bound: int) -> float:
    """The largest and the smallest of five."""
    cells, count = parts(outcomes, bound, 1024)
    fives = cells[: len(cells) // 5 * 5].reshape(-1, 5)
    chances = np.diff((np.arange(count + 1) / count) ** 5)
    largest = np.bincount(fives.max(axis=1), minlength=count)
    smallest = np.bincount(fives.min(axis=1), minlength=count)
    return together([fit(largest, chances), fit(smallest, chances[::-1])])


def subsequences(outcomes: Array, bound: int) -> float:
    """Every second, third ... tenth outcome."""
    return together([total_distribution(outcomes[step - 1 :: step], bound) for step in range(2, 11)])


def poisson(outcomes: Array, bound: int) -> float:
    """How often one outcome comes in stretches in which it is expected once: a binomial, near Poisson's, law."""
    cells, count = parts(outcomes, bound, 64)
    stretches = cells[: len(cells) // count * count].reshape(-1, count)
    often = np.bincount(np.minimum((stretches == 0).sum(axis=1), 8), minlength=9)
    chances = [comb(count, k) * (count - 1) ** (count - k) / count**count for k in range(8)]
    return fit(often, [*chances, max(0.0, 1 - sum(chances))])


TESTS: dict[str, Callable[[Array, int], float]] = {
    "total distribution (chi-square)": total_distribution,
    "equidistribution": equidistribution,
    "overlaps": overlaps,
    "serial pairs": serial_pairs,
    "coupon collector": coupon_collector,
    "runs": runs,
    "runs about the median": median_runs,
    "interplay correlation": interplay_correlation,
    "serial correlation": serial_correlation,
    "duplicates": duplicates,
    "gap": gaps,
    "poker": poker,
    "permutation": permutation,
    "Kolmogorov-Smirnov": kolmogorov_smirnov,
    "adjacency": adjacency,
    "order statistic": order_statistic,
    "subsequences": subsequences,
    "Poisson": poisson,
}
"""GLI-19 3.2.2 a-g: total distribution, overlaps, coupon collector, runs, interplay and serial correlation, duplicates.
The others are those that 58 Pa. Code 810a.5 lists besides."""


def weighted_battery(outcomes: Array, weights: list[int]) -> dict[str, float]:
    """Weighted choices, as places of the list of weights: the declared distribution, in the whole and in pairs."""
    total = sum(weights)
    chances = np.array([weight / total for weight in weights])
    pairs = outcomes[: len(outcomes) // 2 * 2].reshape(-1, 2) @ np.array([len(weights), 1])
    found = np.bincount(pairs, minlength=len(weights) ** 2)
    return {
        "declared distribution (chi-square)": fit(np.bincount(outcomes, minlength=len(weights)), chances),
        "serial pairs": fit(found, np.outer(chances, chances).ravel()),
        "serial correlation": serial_correlation(outcomes, len(weights)),
    }


def deck_battery(decks: Array) -> dict[str, float]:
    """Shuffled decks, one a row: every card in every place, neighbours, fixed points, inversions."""
    size = decks.shape[1]
    places = np.bincount((decks * size + np.arange(size)).ravel(), minlength=size * size)
    mean = len(decks) / size
    square = float(((places - mean) ** 2).sum() / mean) * (size - 1) / size
    steps = np.bincount(((decks[:, 1::2] - decks[:, ::2][:, : size // 2]) % size).ravel(), minlength=size)[1:]
    fixed = np.bincount(np.minimum((decks == np.arange(size)).sum(axis=1), 8), minlength=9)
    inversions = sum((decks[:, at : at + 1] > decks[:, at + 1 :]).sum(axis=1) for at in range(size - 1))
    deviations = (inversions - size * (size - 1) / 4) / sqrt(size * (size - 1) * (2 * size + 5) / 72)
    return {
        "every card in every place": chi_square_tail(square, (size - 1) ** 2),
        "neighbours": even(steps),
        "cards in their own place": fit(fixed, _fixed_points(size)),
        "inversions": normal_tail(float(deviations.sum()) / sqrt(len(decks))),
        "first and last card": _independent(decks[:, 0], decks[:, -1], size),
    }


def _fixed_points(size: int) -> list[float]:
    """Chances of 0 .. 7, and of more, cards in their own place."""
    chances = [sum((-1) ** j / factorial(j) for j in range(size - k + 1)) / factorial(k) for k in range(8)]
    return [*chances, max(0.0, 1 - sum(chances))]


def _independent(first: Array, last: Array, size: int) -> float:
    """Two places of a deck: every pair of different cards equally often."""
    pairs = np.bincount(first * size + last, minlength=size * size).reshape(size, size)
    return even(pairs[~np.eye(size, dtype=bool)])


def sample_battery(samples: Array, size: int) -> dict[str, float]:
    """Samples without replacement, one a row, of items 0 .. size-1: every item equally often, no item twice."""
    rows, count = samples.shape
    often = np.bincount(samples.ravel(), minlength=size)
    share = count / size
    square = float(((often - rows * share) ** 2).sum() / (rows * share * (1 - share))) * (size - 1) / size
    ordered = np.sort(samples, axis=1)
    twice = int(np.count_nonzero(np.diff(ordered, axis=1) == 0))
    return {
        "every item (chi-square)": chi_square_tail(square, size - 1) if count < size else 1.0,
        "the first item": even(np.bincount(samples[:, 0], minlength=size)),
        "the last item": even(np.bincount(samples[:, -1], minlength=size)),
        "no item twice": 0.0 if twice else 1.0,
    }
