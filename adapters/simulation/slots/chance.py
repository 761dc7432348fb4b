"""Fair integers for compiled code: the ChaCha20 keystream of a key (RFC 8439), and the rejection of `core.rng`.

A tape in place of the keystream gives its values as they are, so that compiled code replays a served round.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

BLOCKS = 1024
"""Blocks of the keystream made at once: 64 KiB."""


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


@nb.njit(inline="always")
def _quarter(x, a, b, c, d):  # type: ignore[no-untyped-def]
    x[a] += x[b]
    x[d] ^= x[a]
    x[d] = (x[d] << np.uint32(16)) | (x[d] >> np.uint32(16))
    x[c] += x[d]
    x[b] ^= x[c]
    x[b] = (x[b] << np.uint32(12)) | (x[b] >> np.uint32(20))
    x[a] += x[b]
    x[d] ^= x[a]
    x[d] = (x[d] << np.uint32(8)) | (x[d] >> np.uint32(24))
    x[c] += x[d]
    x[b] ^= x[c]
    x[b] = (x[b] << np.uint32(7)) | (x[b] >> np.uint32(25))


@nb.njit(cache=True)
def fill(words, state):  # type: ignore[no-untyped-def]
    """The next blocks of the keystream."""
    x = np.empty(16, np.uint32)
    for block in range(len(words) // 16):
        for place in range(16):
            x[place] = state[place]
        for _ in range(10):
            _quarter(x, 0, 4, 8, 12)
            _quarter(x, 1, 5, 9, 13)
            _quarter(x, 2, 6, 10, 14)
            _quarter(x, 3, 7, 11, 15)
            _quarter(x, 0, 5, 10, 15)
            _quarter(x, 1, 6, 11, 12)
            _quarter(x, 2, 7, 8, 13)
            _quarter(x, 3, 4, 9, 14)
        for place in range(16):
            words[16 * block + place] = x[place] + state[place]
        state[12] += np.uint32(1)
        if state[12] == 0:
            state[15] += np.uint32(1)


@nb.njit(cache=True)
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
