"""The tails of the distributions that test statistics have, in double precision. Checked against printed tables."""

from math import ceil, erfc, exp, inf, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.int64]


def gamma_tail(a: float, x: float) -> float:
    """Q(a, x), the regularized upper incomplete gamma function (NIST DLMF 8.2.4): series (8.7.1) or fraction (8.9.2)."""
    if x <= 0:
        return 1.0
    front = exp(a * log(x) - x - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-16:
            n += 1
            term *= x / n
            total += term
        return max(0.0, 1 - front * total)
    b = x + 1 - a
    c, d = inf, 1 / b
    h = d
    for i in range(1, 100_000):
        b += 2
        numerator = -i * (i - a)
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return min(1.0, front * h)


def chi_square_tail(square: float, freedom: float) -> float:
    """P(chi-square of so many degrees of freedom is larger)."""
    return gamma_tail(freedom / 2, square / 2)


def normal_tail(deviation: float) -> float:
    """P(a normal variable is further from its mean, on either side)."""
    return erfc(abs(deviation) / sqrt(2))


def poisson_tail(count: int, mean: float) -> float:
    """Twice the smaller of P(at most so many), P(at least so many), at most 1."""
    at_most = gamma_tail(count + 1, mean)
    at_least = 1 - gamma_tail(count, mean) if count else 1.0
    return min(1.0, 2 * min(at_most, at_least))


def kolmogorov(values: NDArray[np.float64]) -> float:
    """P(Kolmogorov-Smirnov distance of so many uniform values of 0 .. 1 is larger); Stephens' correction (1970)."""
    n = len(values)
    ordered = np.sort(values)
    steps = np.arange(1, n + 1) / n
    distance = float(max(np.max(steps - ordered), np.max(ordered - steps + 1 / n)))
    scaled = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    if scaled < 0.2:
        return 1.0
    terms = range(1, max(4, ceil(20 / scaled)))
    return float(min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * exp(-2 * (k * scaled) ** 2) for k in terms))))


def fit(counts: "Array | list[int]", chances: "NDArray[np.float64] | list[float]", least: float = 8) -> float:
    """Pearson's chi-square test of counts against chances; neighbours with too small an expectation are joined."""
    observed = np.asarray(counts, dtype=np.float64)
    expected = np.asarray(chances, dtype=np.float64) * observed.sum()
    joined: list[list[float]] = []
    got, due = 0.0, 0.0
    for count, mean in zip(observed.tolist(), expected.tolist(), strict=True):
        got, due = got + count, due + mean
        if due >= least:
            joined.append([got, due])
            got, due = 0.0, 0.0
    if due or got:
        if not joined:
            return 1.0
        joined[-1][0] += got
        joined[-1][1] += due
    if len(joined) < 2:
        return 1.0
    return chi_square_tail(sum((count - mean) ** 2 / mean for count, mean in joined), len(joined) - 1)


def even(counts: "Array") -> float:
    """Pearson's chi-square test of counts against equal chances."""
    mean = counts.sum() / len(counts)
    return chi_square_tail(float(((counts - mean) ** 2).sum() / mean), len(counts) - 1) if len(counts) > 1 else 1.0


def together(p_values: list[float]) -> float:
    """One p-value for several tests: the smallest, times their number (Bonferroni)."""
    return min(1.0, len(p_values) * min(p_values))
