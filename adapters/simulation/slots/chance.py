"""Fair integers for compiled code: the ChaCha20 keystream of a key (RFC 8439), and the rejection of `core.rng`.

A tape in place of the keystream gives its values as they are, so that compiled code replays a served round.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.simulation.slots.compiled import njit

BLOCKS = 1024
"""Blocks of the keystream made at once: 64 KiB."""
LANES = 16
"""Of them, so many are worked on side by side."""


class Chance(NamedTuple):
    """A source, in arrays that compiled code moves on."""

    words: NDArray[np.uint32]
    place: NDArray[np.int64]
    """The next word; how many words there are; whether they come from a keystream."""
    key: NDArray[np.uint32]
    """The 16 words of the cipher's state."""


def keystream(key: bytes, stream: int) -> Chance:
    """Endless words of a key of 32 bytes; each `stream` number gives others."""
    state = np.zeros(16, np.uint32)
    state[:4] = np.frombuffer(b"expand 32-byte k", "<u4")
    state[4:12] = np.frombuffer(key, "<u4")
    state[13:15] = stream & 0xFFFFFFFF, stream >> 32
    words = np.zeros(16 * BLOCKS, np.uint32)
    return Chance(words, np.array([len(words), len(words), 1], np.int64), state)


def tape(values: list[int]) -> Chance:
    """These values and no more."""
    words = np.array([*values, 0], np.uint32)
    return Chance(words, np.array([0, len(values), 0], np.int64), np.zeros(16, np.uint32))


@njit(inline="always")
def _quarter(x, a, b, c, d):  # type: ignore[no-untyped-def]
    """A quarter round on all lanes; they are independent, so that the processor works on many of them at once."""
    for lane in range(LANES):
        p, q, r, s = x[a, lane], x[b, lane], x[c, lane], x[d, lane]
        p = np.uint32(p + q)
        s = np.uint32(s ^ p)
        s = np.uint32(s << np.uint32(16) | s >> np.uint32(16))
        r = np.uint32(r + s)
        q = np.uint32(q ^ r)
        q = np.uint32(q << np.uint32(12) | q >> np.uint32(20))
        p = np.uint32(p + q)
        s = np.uint32(s ^ p)
        s = np.uint32(s << np.uint32(8) | s >> np.uint32(24))
        r = np.uint32(r + s)
        q = np.uint32(q ^ r)
        q = np.uint32(q << np.uint32(7) | q >> np.uint32(25))
        x[a, lane], x[b, lane], x[c, lane], x[d, lane] = p, q, r, s


@njit()
def fill(words, state):  # type: ignore[no-untyped-def]
    """The next blocks of the keystream, a multiple of `LANES`."""
    x = np.empty((16, LANES), np.uint32)
    for first in range(0, len(words), 16 * LANES):
        for place in range(16):
            for lane in range(LANES):
                x[place, lane] = state[place] + np.uint32(lane if place == 12 else 0)
        for _ in range(10):
            for turn in range(2):  # the columns, then the diagonals
                for a in range(4):
                    _quarter(x, a, 4 + (a + turn & 3), 8 + (a + 2 * turn & 3), 12 + (a + 3 * turn & 3))
        for place in range(16):
            for lane in range(LANES):
                words[first + 16 * lane + place] = x[place, lane] + state[place] + np.uint32(lane if place == 12 else 0)
        state[12] += np.uint32(LANES)
        if state[12] == 0:
            state[15] += np.uint32(1)


@njit(inline="always")
def below(chance, bound):  # type: ignore[no-untyped-def]
    """One of 0 .. bound-1, each equally likely; bound is at most 2**32."""
    bound = np.uint64(bound)
    while True:
        if chance.place[0] == chance.place[1]:
            if chance.place[2] == 0:
                raise IndexError("past the end of the tape")
            fill(chance.words, chance.key)
            chance.place[0] = 0
        word = np.uint64(chance.words[chance.place[0]])
        chance.place[0] += 1
        value = np.uint64(np.uint32(word) % np.uint32(bound))
        if word - value + bound <= np.uint64(4294967296):
            return np.int64(value)
