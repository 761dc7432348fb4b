"""Generators and uses of them that are known to be bad: judges that pass them have no teeth. Never used for anything else.

The seeds are fixed, so that what catches a generator today catches it tomorrow.
"""

import random
from collections.abc import Callable

import numpy as np

from adapters.simulation.randomness.tails import Array

SEED = 20_260_101


def randu(count: int) -> bytes:
    """IBM's RANDU: 65539 x modulo 2**31. Its triples lie in fifteen planes."""
    return _congruential(count // 4 + 1, 65539, 0, 31, SEED | 1).astype("<u4").tobytes()[:count]


def low_bits(count: int) -> bytes:
    """The low eight bits of a linear congruential generator (Numerical Recipes'): they repeat after 256."""
    return (_congruential(count, 1664525, 1013904223, 32, SEED) & 0xFF).astype(np.uint8).tobytes()


def xorshift32(count: int) -> bytes:
    """Marsaglia's xorshift of 32 bits (2003), which is linear over GF(2)."""
    state, words = SEED, []
    for _ in range(count // 4 + 1):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        words.append(state)
    return np.array(words, "<u4").tobytes()[:count]


def mersenne_twister(count: int) -> bytes:
    """MT19937, Python's `random`: 19,937 bits of state, linear over GF(2), known after 624 outputs."""
    return random.Random(SEED).randbytes(count)  # noqa: S311 - that it is bad is the point


def modulo(count: int, bound: int = 37) -> Array:
    """Sound bytes taken modulo a bound: the first 256 % bound values come more often."""
    return np.random.Generator(np.random.PCG64(SEED)).integers(0, 256, count) % bound


def adaptive(count: int, bound: int = 37) -> Array:
    """An outcome that equals the one before is drawn again, once."""
    drawn = np.random.Generator(np.random.PCG64(SEED)).integers(0, bound, (count, 2))
    outcomes = drawn[:, 0].copy()
    for at in range(1, count):
        if outcomes[at] == outcomes[at - 1]:
            outcomes[at] = drawn[at, 1]
    return outcomes


def naive_shuffle(decks: int, size: int = 52) -> Array:
    """Each card swapped with any other: size**size ways do not divide evenly among size! orders."""
    with_any = np.random.Generator(np.random.PCG64(SEED)).integers(0, size, (decks, size))
    dealt = np.tile(np.arange(size), (decks, 1))
    rows = np.arange(decks)
    for place in range(size):
        other = with_any[:, place]
        dealt[rows, place], dealt[rows, other] = dealt[rows, other], dealt[rows, place].copy()
    return dealt


BYTES: dict[str, Callable[[int], bytes]] = {
    "RANDU": randu,
    "low bits of an LCG": low_bits,
    "xorshift32": xorshift32,
    "Mersenne Twister": mersenne_twister,
}
OUTCOMES: dict[str, Callable[[int], Array]] = {"bytes modulo 37": modulo, "an adaptive redraw": adaptive}
DECKS: dict[str, Callable[[int], Array]] = {"a naive shuffle": naive_shuffle}


def _congruential(count: int, a: int, c: int, bits: int, seed: int) -> Array:
    """x, a x + c, ...: a stretch one by one, the others from it, many at once."""
    mask = (1 << bits) - 1
    stretch, state, factor, summand = [], seed, 1, 0
    for _ in range(4096):
        state = (a * state + c) & mask
        stretch.append(state)
        factor, summand = factor * a & mask, (summand * a + c) & mask
    parts = [np.array(stretch, np.uint64)]
    for _ in range(count // 4096):
        parts.append((parts[-1] * np.uint64(factor) + np.uint64(summand)) & np.uint64(mask))
    return np.concatenate(parts)[:count].astype(np.int64)
