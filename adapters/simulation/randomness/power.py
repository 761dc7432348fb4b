"""How many outcomes it takes to see a deviation: the sample size, justified by power (GLI-19 3.2.2).

A chi-square over `bound` equally likely outcomes, one of which is in truth more likely by the share `deviation`, has a
noncentrality of draws * deviation**2 / (bound - 1).
"""

from collections.abc import Callable
from math import ceil, exp, lgamma, log, sqrt

from adapters.simulation.randomness.tails import chi_square_tail


def draws_needed(bound: int, deviation: float, *, alpha: float, power: float) -> int:
    """Outcomes after which a chi-square at `alpha` sees the deviation with probability `power`."""
    return ceil(noncentrality(bound - 1, alpha, power) * (bound - 1) / deviation**2)


def smallest_deviation(bound: int, draws: int, *, alpha: float, power: float) -> float:
    """The deviation of one outcome that so many draws show with probability `power`."""
    return sqrt(noncentrality(bound - 1, alpha, power) * (bound - 1) / draws)


def noncentrality(freedom: int, alpha: float, power: float) -> float:
    """What a chi-square test at `alpha` needs, to fail with probability `power`."""
    critical = _solve(lambda square: alpha - chi_square_tail(square, freedom), 2.0 * freedom + 100)
    return _solve(lambda amount: noncentral_tail(critical, freedom, amount) - power, 2.0 * sqrt(freedom) + 100)


def noncentral_tail(square: float, freedom: int, amount: float) -> float:
    """P(noncentral chi-square is larger): a Poisson mixture of central ones."""
    half = amount / 2
    if half == 0:
        return chi_square_tail(square, freedom)
    spread = int(10 * sqrt(half) + 20)
    first = max(0, int(half) - spread)
    total = 0.0
    for j in range(first, int(half) + spread):
        weight = exp(j * log(half) - half - lgamma(j + 1))
        total += weight * chi_square_tail(square, freedom + 2 * j)
    return min(1.0, total)


def _solve(rising: Callable[[float], float], start: float) -> float:
    """Where a rising function of 0 .. is nought."""
    high = start
    while rising(high) < 0:
        high *= 2
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return high
