"""The statistical tests of NIST SP 800-22 rev. 1a, as a detector of defects in raw bits.

NIST itself decided in 2022 that they must not be used to assess cryptographic generators; neither are they here. The
sections are those of the publication; where it prints rounded class chances, better ones stand here. The numbers that it
prints for the first million bits of e are a test of this module.
"""

from math import erfc, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from adapters.simulation.randomness.tails import Array, chi_square_tail, gamma_tail, normal_tail

Bits = NDArray[np.uint8]

MINIMUM = 1_000_000
"""Bits of one sequence: what the slowest tests ask for."""
RANKS = [0.2887880950866, 0.5775761901732, 0.1336357147402]
"""Chances of rank 32, 31, and less, of 32 x 32 random bits."""
OVERLAPPING = [0.36409105321672786, 0.18565890010624038, 0.13938113045903269, 0.10057114399877811, 0.0704323263463978]
"""Chances of 0 .. 4 runs of nine ones, overlapping, in 1,032 bits; Hamano and Kaneko (2007)."""
RUN_CHANCES = [0.0866323111, 0.2082006484, 0.2484185819, 0.1939127867, 0.1214584851, 0.0680110893, 0.0733660975]
"""Chances of a longest run of <= 10, 11 .. 15, >= 16 ones in 10,000 bits; see `longest_run_chances`."""
COMPLEXITY = [0.010417, 0.03125, 0.125, 0.5, 0.25, 0.0625, 0.020833]
"""Chances of the classes of 3.10."""


def battery(bits: Bits) -> dict[str, float]:
    """All tests on one sequence of at least a million bits: 188 p-values, fewer where excursions are too few."""
    signs = 2 * bits.astype(np.int64) - 1
    results = {
        "frequency": normal_tail(float(signs.sum()) / sqrt(len(bits))),
        "block frequency": block_frequency(bits),
        "runs": runs(bits),
        "longest run": longest_run(bits),
        "rank": rank(bits),
        "spectral": spectral(signs),
        "overlapping template": overlapping_template(bits),
        "universal": universal(bits),
        "linear complexity": linear_complexity(bits),
        "approximate entropy": approximate_entropy(bits),
    }
    results["serial 1"], results["serial 2"] = serial(bits)
    results["cumulative sums forward"] = cumulative_sums(signs)
    results["cumulative sums backward"] = cumulative_sums(signs[::-1])
    return results | non_overlapping_templates(bits) | excursions(signs)


def block_frequency(bits: Bits, size: int = 128) -> float:
    """2.2: ones in blocks."""
    shares = bits[: len(bits) // size * size].reshape(-1, size).mean(axis=1)
    return chi_square_tail(float(4 * size * ((shares - 0.5) ** 2).sum()), len(shares))


def runs(bits: Bits) -> float:
    """2.3: changes between nought and one."""
    share = float(bits.mean())
    if abs(share - 0.5) >= 2 / sqrt(len(bits)):
        return 0.0
    changes = 1 + int(np.count_nonzero(np.diff(bits)))
    scale = share * (1 - share)
    return erfc(abs(changes - 2 * len(bits) * scale) / (2 * sqrt(2 * len(bits)) * scale))


def longest_run(bits: Bits, size: int = 10_000) -> float:
    """2.4: the longest run of ones in each block."""
    classes = np.zeros(7, np.int64)
    for block in bits[: len(bits) // size * size].reshape(-1, size):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], block, [0]]).astype(np.int8)))
        longest = int((edges[1::2] - edges[::2]).max(initial=0))
        classes[min(max(longest - 10, 0), 6)] += 1
    return _classes(classes, RUN_CHANCES)


def rank(bits: Bits) -> float:
    """2.5: the rank of 32 x 32 bits over GF(2)."""
    rows = np.packbits(bits[: len(bits) // 1024 * 1024]).view(">u4").reshape(-1, 32)
    classes = [0, 0, 0]
    for matrix in rows.tolist():
        basis = [0] * 32
        found = 0
        for row in matrix:
            while row:
                top = row.bit_length() - 1
                if not basis[top]:
                    basis[top] = row
                    found += 1
                    break
                row ^= basis[top]
        classes[min(32 - found, 2)] += 1
    return _classes(np.array(classes), RANKS)


def spectral(signs: Array) -> float:
    """2.6: peaks of the discrete Fourier transform."""
    n = len(signs)
    peaks = np.abs(np.fft.rfft(signs))[: n // 2]
    expected = 0.95 * n / 2
    found = int(np.count_nonzero(peaks < sqrt(log(1 / 0.05) * n)))
    return normal_tail((found - expected) / sqrt(n * 0.95 * 0.05 / 4))


def non_overlapping_templates(bits: Bits, length: int = 9, blocks: int = 8) -> dict[str, float]:
    """2.7: each of the 148 templates that cannot overlap itself, so that plain counts are the ones wanted."""
    size = len(bits) // blocks
    windows = size - length + 1
    mean = windows / 2**length
    variance = size * (1 / 2**length - (2 * length - 1) / 2 ** (2 * length))
    counts = np.array([_windows(bits[at * size : (at + 1) * size], length) for at in range(blocks)])
    squares = ((counts - mean) ** 2 / variance).sum(axis=0)
    aperiodic = [
        template
        for template in range(2**length)
        if all(template >> shift != template & (1 << length - shift) - 1 for shift in range(1, length))
    ]
    return {
        f"non-overlapping template {template:0{length}b}": chi_square_tail(float(squares[template]), blocks)
        for template in aperiodic
    }


def _windows(bits: Bits, length: int) -> Array:
    """How often each pattern of so many bits comes."""
    joined = np.zeros(len(bits) - length + 1, np.int64)
    for step in range(length):
        joined = joined * 2 + bits[step : len(bits) - length + 1 + step]
    return np.bincount(joined, minlength=2**length)


def overlapping_template(bits: Bits, size: int = 1032) -> float:
    """2.8: nine ones, wherever they are, in each block."""
    blocks = bits[: len(bits) // size * size].reshape(-1, size)
    sums = np.cumsum(np.pad(blocks, ((0, 0), (1, 0))), axis=1, dtype=np.int64)
    found = ((sums[:, 9:] - sums[:, :-9]) == 9).sum(axis=1)
    return _classes(np.bincount(np.minimum(found, 5), minlength=6), [*OVERLAPPING, 1 - sum(OVERLAPPING)])


def universal(bits: Bits, length: int = 7, warm_up: int = 1280) -> float:
    """2.9: Maurer's, the distance to the last time a block came."""
    blocks = bits[: len(bits) // length * length].reshape(-1, length) @ (1 << np.arange(length - 1, -1, -1))
    order = np.argsort(blocks, kind="stable")
    before = np.zeros(len(blocks), np.int64)
    same = blocks[order[1:]] == blocks[order[:-1]]
    before[order[1:][same]] = order[:-1][same] + 1
    place = np.arange(1, len(blocks) + 1)
    tested = len(blocks) - warm_up
    mean = float(np.log2((place - before)[warm_up:]).sum()) / tested
    spread = (0.7 - 0.8 / length + (4 + 32 / length) * tested ** (-3 / length) / 15) * sqrt(3.125 / tested)
    return normal_tail((mean - 6.1962507) / spread)


def berlekamp_massey(bits: int, length: int) -> int:
    """The length of the shortest shift register that makes these bits (bit 0 first); Massey (1969), on whole integers."""
    c, b, found, since = 1, 1, 0, 1
    reversed_bits = 0
    for n in range(length):
        reversed_bits = reversed_bits << 1 | (bits >> n & 1)
        if (c & reversed_bits).bit_count() & 1:
            if 2 * found <= n:
                c, b, found, since = c ^ b << since, c, n + 1 - found, 1
                continue
            c ^= b << since
        since += 1
    return found


def linear_complexity(bits: Bits, size: int = 500) -> float:
    """2.10: the shortest shift register of each block."""
    mean = size / 2 + (9 + (-1) ** (size + 1)) / 36 - (size / 3 + 2 / 9) / 2**size
    classes = np.zeros(7, np.int64)
    packed = np.packbits(bits[: len(bits) // size * size].reshape(-1, size), axis=1, bitorder="little")
    for block in packed:
        found = berlekamp_massey(int.from_bytes(block.tobytes(), "little"), size)
        distance = (-1) ** size * (found - mean) + 2 / 9
        classes[min(max(int(np.ceil(distance + 2.5)), 0), 6)] += 1
    return _classes(classes, COMPLEXITY)


def serial(bits: Bits, length: int = 16) -> tuple[float, float]:
    """2.11: overlapping patterns, first and second difference of their chi-squares."""
    n = len(bits)
    circle = np.concatenate([bits, bits[: length - 1]])
    squares = []
    for size in (length, length - 1, length - 2):
        counts = _windows(circle[: n + size - 1], size).astype(np.float64)
        squares.append(float((counts**2).sum()) * 2**size / n - n)
    first = squares[0] - squares[1]
    second = squares[0] - 2 * squares[1] + squares[2]
    return gamma_tail(2 ** (length - 2), first / 2), gamma_tail(2 ** (length - 3), second / 2)


def approximate_entropy(bits: Bits, length: int = 10) -> float:
    """2.12: patterns of one length beside those of the next."""
    n = len(bits)
    phis = []
    for size in (length, length + 1):
        shares = _windows(np.concatenate([bits, bits[: size - 1]]), size) / n
        shares = shares[shares > 0]
        phis.append(float((shares * np.log(shares)).sum()))
    return gamma_tail(2 ** (length - 1), n * (log(2) - (phis[0] - phis[1])))


def cumulative_sums(signs: Array) -> float:
    """2.13: how far the walk goes."""
    n = len(signs)
    furthest = int(np.abs(np.cumsum(signs)).max())
    root = sqrt(n)

    def below(x: float) -> float:
        return 0.5 * erfc(-x / sqrt(2))

    first = sum(
        below((4 * k + 1) * furthest / root) - below((4 * k - 1) * furthest / root)
        for k in range(int((-n / furthest + 1) / 4), int((n / furthest - 1) / 4) + 1)
    )
    second = sum(
        below((4 * k + 3) * furthest / root) - below((4 * k + 1) * furthest / root)
        for k in range(int((-n / furthest - 3) / 4), int((n / furthest - 1) / 4) + 1)
    )
    return min(1.0, max(0.0, 1 - first + second))


def excursions(signs: Array) -> dict[str, float]:
    """2.14 and 2.15: visits of the walk to -9 .. 9 between its returns to nought; nothing where these are fewer than 500."""
    walk = np.concatenate([[0], np.cumsum(signs), [0]])
    zeros = np.flatnonzero(walk == 0)
    cycles = len(zeros) - 1
    if cycles < max(500, 0.005 * sqrt(len(signs))):
        return {}
    which = np.searchsorted(zeros, np.arange(len(walk)), side="right") - 1
    results = {}
    for state in (-4, -3, -2, -1, 1, 2, 3, 4):
        visits = np.bincount(which[walk == state], minlength=cycles)[:cycles]
        stay = 1 - 1 / (2 * abs(state))
        chances = [stay] + [stay ** (k - 1) / (4 * state * state) for k in range(1, 5)] + [stay**4 / (2 * abs(state))]
        results[f"excursions {state:+}"] = _classes(np.bincount(np.minimum(visits, 5), minlength=6), chances)
    for state in [*range(-9, 0), *range(1, 10)]:
        visited = int(np.count_nonzero(walk == state))
        results[f"excursions variant {state:+}"] = erfc(abs(visited - cycles) / sqrt(2 * cycles * (4 * abs(state) - 2)))
    return results


def _classes(counts: Array, chances: list[float]) -> float:
    expected = np.array(chances) * counts.sum()
    return chi_square_tail(float(((counts - expected) ** 2 / expected).sum()), len(chances) - 1)


def longest_run_chances(size: int = 10_000) -> list[float]:
    """The chances of the classes of 2.4, counted: runs of ones of at most m in random bits."""
    at_most = []
    for longest in range(10, 16):
        last = np.zeros(longest + 1)
        last[0] = 1.0
        for _ in range(size):
            last = np.concatenate([[last.sum() / 2], last[:-1] / 2])
        at_most.append(float(last.sum()))
    return [at_most[0], *np.diff(at_most).tolist(), 1 - at_most[-1]]


def shortest_register(bits: Bits) -> tuple[int, float]:
    """The linear complexity of one long sequence, and the chance of one so far from half its length (Rueppel 1986)."""
    found = berlekamp_massey(int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little"), len(bits))
    distance = abs(found - len(bits) / 2)
    return found, min(1.0, exp(-log(2) * (2 * distance - 2)))
