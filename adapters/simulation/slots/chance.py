"""Fair integers for compiled code: the ChaCha20 keystream of a key (RFC 8439), and the rejection of `core.rng`.

A tape in place of the keystream gives its values as they are, so that compiled code replays a served round.
"""

from collections.abc import Sequence

import numpy as np

from adapters.simulation.slots.arrays import Record
from adapters.simulation.slots.compiled import njit

WORDS = 1 << 14
"""Words of the keystream made at once: 64 KiB."""
LANES = 16
"""Blocks of it that are worked on side by side."""
LONGEST = 1 << 16
"""Values of the longest tape."""

CHANCE = np.dtype(
    [
        ("words", np.uint32, (LONGEST,)),
        ("key", np.uint32, (16,)),  # the words of the cipher's state
        ("next", np.int64),  # the place of the next word
        ("end", np.int64),  # how many words there are
        ("endless", np.int64),  # whether they come from a keystream
    ]
)
"""A source. A record, not arrays: compiled code counts, in atomic instructions, who refers to an array that it looks up."""


def keystream(key: bytes, stream: int) -> Record:
    """Endless words of a key of 32 bytes; each `stream` number gives others."""
    source = np.zeros(1, CHANCE)
    state = source["key"][0]
    state[:4] = np.frombuffer(b"expand 32-byte k", "<u4")
    state[4:12] = np.frombuffer(key, "<u4")
    state[13:15] = stream & 0xFFFFFFFF, stream >> 32
    source["next"] = source["end"] = WORDS
    source["endless"] = True
    return source


def tape(values: Sequence[int]) -> Record:
    """These values and no more, at most `LONGEST`."""
    source = np.zeros(1, CHANCE)
    source["words"][0, : len(values)] = values
    source["end"] = len(values)
    return source


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
    """One of 0 .. bound-1, each equally likely; bound is from 1 to 2**32 - 1."""
    bound = np.uint32(bound)
    while True:
        if chance.next == chance.end:
            if not chance.endless:
                raise IndexError("past the end of the tape")
            fill(chance.words[:WORDS], chance.key)
            chance.next = 0
        word = chance.words[np.uint64(chance.next)]
        chance.next += 1
        value = word % bound
        if np.uint64(word) - np.uint64(value) + np.uint64(bound) <= np.uint64(4294967296):
            return np.int64(value)
