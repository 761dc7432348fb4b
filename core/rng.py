"""Fair integers from random words, and what games make of them.

    Entropy --one read a turn--> words --rejection--> Rng.below --> between, weighted, shuffle, sample
                                                          '-> the tape of the turn

`TurnRng` is made for one turn and dropped with it: no word outlives the turn, so there is nothing to share over a fork,
to lock, to erase or to find in a snapshot. `Replay` plays a tape back. The functions below them see an `Rng` and do not
know which one it is. Integers only, and no value is ever looked at before it is decided whether a word is used.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import accumulate, islice, repeat
from operator import length_hint
from struct import Struct
from typing import Any, Generic, TypeVar

from ports.randomness import Draw, Entropy, Rng, Tape

T = TypeVar("T")

MAX_BOUND = 2**64
MAX_COUNT = 10_000
"""Values of one request."""
MAX_ITEMS = 10_000
MAX_WEIGHTS = 4096
MAX_TOTAL_WEIGHT = 2**63
WORD_BITS = 16
TURN_WORDS = 20
"""Words that a turn reads at once, if nobody says more: enough for a spin of twenty reels."""
TOP_UP = 8
"""Words that are read more, at least, where rejections or a long turn need more."""
BULK = 512
"""From so many values at once on, a `Bulk` takes over, where there is one."""

Bulk = Callable[[Entropy, int, int], list[int]]
"""Another way to as fair values: (entropy, bound, count) -> so many integers below the bound, in the order drawn."""

_FEW = 64
_UNPACK = [Struct(f"<{count}H").unpack for count in range(_FEW + 1)]
_NO_WORDS: Iterator[int] = iter(())
_new: Callable[[type[Draw], tuple[str, int, int]], Draw] = tuple.__new__
_LISTS = (list, tuple)
_PAIRS = f"weights are a list of 1 to {MAX_WEIGHTS} pairs [value, weight]"


class TapeMismatch(Exception):
    """What is drawn is not what stands on the tape: the tape belongs to another game, version or request."""


class TurnRng(Tape):
    """The fair integers of one turn, and their tape. One thread, one turn.

    Words have 16 bits, and a draw takes as many of them as its bound needs. Joined, they stand for `word % bound`, unless
    that lies in the last, incomplete block of `bound` words; then the next ones are taken. So every value has as many
    words as any other, and all are equally likely (rejection; Lemire, "Fast random integer generation in an interval",
    2019, section 3). tests/core/test_rng_proofs.py proves it by trying every word.
    """

    __slots__ = ("_bulk", "_entropy", "_tape", "_witness", "_witnessed", "_words")

    _bits = WORD_BITS
    """Of a word; other than 16 in proofs only."""
    _span = 1 << WORD_BITS
    """How many words there are."""

    def __init__(
        self,
        entropy: Entropy,
        *,
        words: int = TURN_WORDS,
        bulk: Bulk | None = None,
        witness: Callable[[Sequence[Draw]], None] | None = None,
    ) -> None:
        """Reads `words` words at once; 0 where the first request says itself how many it needs. Raises `Unhealthy`.

        `witness` is told the draws when `draws` is first read after them.
        """
        self._entropy = entropy
        self._bulk = bulk
        self._witness = witness
        self._witnessed = 0
        self._tape: list[tuple[str, Any, Any]] = []
        self._words = iter(self._read(words)) if words else _NO_WORDS

    def _read(self, count: int) -> tuple[int, ...]:
        """So many fresh words, in the order of their bytes."""
        unpack = _UNPACK[count] if count <= _FEW else Struct(f"<{count}H").unpack
        return unpack(self._entropy.read(2 * count))

    def below(self, bound: int, purpose: str) -> int:
        """One integer of 0 .. bound-1, each equally likely; `1 <= bound <= 2**64`. Raises `ValueError`, `Unhealthy`."""
        for word in self._words:  # noqa: B007 - the quickest way to take one: no call
            break
        else:
            word = self._more()
        # No block of `bound` words that begins at or before this word reaches past the last one: it is complete.
        value = word % bound if bound.__class__ is int and 0 < bound <= self._span - word else self._fair(word, bound)
        self._tape.append((purpose, bound, value))
        return value

    def many(self, bound: int, count: int, purpose: str) -> list[int]:
        """`count` integers below `bound`: the same as `count` calls of `below`, and several times as fast."""
        _check_bound(bound)
        if self._bulk is not None and count >= BULK:
            values = self._bulk(self._entropy, bound, count)
        else:
            values = self._batch(bound, count)
        self._tape.append((purpose, bound, tuple(values)))
        return values

    def each(self, bounds: Sequence[int], purpose: str) -> list[int]:
        """One integer below each of the bounds: the same as a call of `below` for each, and faster."""
        if self._words is _NO_WORDS:
            self._reserve(len(bounds))
        span = self._span
        values: list[int] = []
        missing = bounds
        while missing:
            for bound, word in zip(missing, self._words):  # noqa: B905 - either may be longer; no word is taken in vain
                if bound.__class__ is int and 0 < bound <= span - word:
                    values.append(word % bound)
                else:
                    values.append(self._fair(word, bound))
            if len(values) == len(bounds):
                break
            missing = bounds[len(values) :]
            self._reserve(len(missing))
        self._tape.append((purpose, bounds if bounds.__class__ is range else tuple(bounds), tuple(values)))
        return values

    @property
    def draws(self) -> Sequence[Draw]:
        """Everything drawn so far, in order. Take it when the turn is over."""
        draws: list[Draw] = []
        for entry in self._tape:
            purpose, bound, value = entry
            if value.__class__ is int:
                draws.append(_new(Draw, entry))
            else:
                bounds = repeat(bound) if bound.__class__ is int else bound
                draws += map(_new, repeat(Draw), zip(repeat(purpose), bounds, value))
        if self._witness is not None and self._witnessed < len(draws):
            self._witness(draws[self._witnessed :])
            self._witnessed = len(draws)
        return draws

    def _fair(self, word: int, bound: int) -> int:
        """The value of the first fair word of those to come, `word` being the next."""
        _check_bound(bound)
        bits = self._bits
        size = _words_for(bound, bits)
        span = 1 << bits * size
        while True:
            for _ in range(size - 1):
                word = word << bits | self._more()
            value = word % bound
            if word - value + bound <= span:
                return value
            word = self._more()

    def _batch(self, bound: int, count: int) -> list[int]:
        bits = self._bits
        size = _words_for(bound, bits)
        span = 1 << bits * size
        fair = span - span % bound
        values: list[int] = []
        while (missing := count - len(values)) > 0:
            self._reserve(missing * size)
            words: Iterator[int] = islice(self._words, missing * size)
            if size > 1:
                words = (
                    reduce(lambda high, low: high << bits | low, group) for group in zip(*[words] * size, strict=True)
                )
            values += [word % bound for word in words if word < fair]
        return values

    def _more(self) -> int:
        """The next word, read if there is none left."""
        self._reserve(1)
        return next(self._words)

    def _reserve(self, count: int) -> None:
        """Have `count` words at hand, after those already read."""
        left = length_hint(self._words)
        if left < count:
            fresh = self._read(max(count - left, TOP_UP))
            self._words = iter((*self._words, *fresh) if left else fresh)


class Replay(Tape):
    """An `Rng` that gives what is on a tape, and after its end what `then` gives.

    Raises `TapeMismatch` where another bound is asked for than was drawn, where a value on the tape is not below its
    bound, and past the end of the tape if there is no `then`.
    """

    def __init__(self, tape: Sequence[Draw], then: Rng | None = None) -> None:
        self._tape = tape
        self._then = then
        self._draws: list[Draw] = []

    def below(self, bound: int, purpose: str) -> int:
        """The next value of the tape."""
        _check_bound(bound)
        place = len(self._draws)
        if place < len(self._tape):
            taped = self._tape[place]
            if taped.bound != bound:
                raise TapeMismatch(
                    f"draw {place + 1} ({purpose}) is below {bound}; "
                    f"on the tape it is below {taped.bound} ({taped.purpose})"
                )
            value = taped.value
            if value.__class__ is not int or not 0 <= value < bound:
                raise TapeMismatch(f"draw {place + 1} ({purpose}) is below {bound}; on the tape it is {value!r}")
        elif self._then is not None:
            value = self._then.below(bound, purpose)
        else:
            raise TapeMismatch(f"draw {place + 1} ({purpose}, below {bound}) is past the end of the tape")
        self._draws.append(Draw(purpose, bound, value))
        return value

    @property
    def draws(self) -> Sequence[Draw]:
        """Everything given so far, in order, with the purposes that were asked for now."""
        return self._draws

    @property
    def remaining(self) -> int:
        """How many draws of the tape nobody has asked for yet. A true replay ends with none."""
        return max(0, len(self._tape) - len(self._draws))


class Weights(Generic[T]):
    """A weighted choice, checked and added up once, to be drawn from often. Exact: integers, no rounding.

    `pairs` are (value, weight); weights are integers from 0, at most 4096 of them, their sum 1 to 2**63. A draw is one
    integer below the sum, looked up in the running sums: of that many, all equally likely, `weight` stand for each value.
    """

    __slots__ = ("_sums", "_total", "_values")

    def __init__(self, pairs: Sequence[Sequence[Any]]) -> None:
        """Raises `ValueError` that says what is allowed."""
        if not isinstance(pairs, _LISTS) or not 1 <= len(pairs) <= MAX_WEIGHTS:
            raise ValueError(_PAIRS)
        for pair in pairs:
            if not isinstance(pair, _LISTS) or len(pair) != 2:
                raise ValueError(_PAIRS)
            if pair[1].__class__ is not int or pair[1] < 0:
                raise ValueError("a weight is an integer, at least 0")
        values, weights = zip(*pairs, strict=True)
        self._values: tuple[T, ...] = values
        self._sums = tuple(accumulate(weights))
        self._total = self._sums[-1]
        if not 1 <= self._total <= MAX_TOTAL_WEIGHT:
            raise ValueError("the sum of the weights is 1 to 2**63")

    def draw(self, rng: Rng, purpose: str) -> T:
        """One value, as likely as its weight."""
        return self._values[bisect_right(self._sums, rng.below(self._total, purpose))]

    def draw_many(self, rng: Rng, count: int, purpose: str) -> list[T]:
        """`count` independent values, in the order drawn."""
        sums, values = self._sums, self._values
        return [values[bisect_right(sums, point)] for point in rng.many(self._total, _check_count(count), purpose)]


def between(rng: Rng, low: int, high: int, purpose: str) -> int:
    """One integer of low .. high-1 (the upper end is not included), each equally likely.

    Either may be negative; `high - low` is 1 to 2**64. Raises `ValueError` otherwise.
    """
    return low + rng.below(_width(low, high), purpose)


def between_many(rng: Rng, low: int, high: int, count: int, purpose: str) -> list[int]:
    """`count` (0 to 10,000) independent integers of low .. high-1, in the order drawn. Raises `ValueError`."""
    values = rng.many(_width(low, high), _check_count(count), purpose)
    return [low + value for value in values]


def weighted(rng: Rng, pairs: Sequence[Sequence[Any]], purpose: str) -> Any:
    """One value of `pairs`, [[value, weight], ...], as likely as its weight; see `Weights`. Raises `ValueError`."""
    chosen: Weights[Any] = Weights(pairs)
    return chosen.draw(rng, purpose)


def weighted_many(rng: Rng, pairs: Sequence[Sequence[Any]], count: int, purpose: str) -> list[Any]:
    """`count` (0 to 10,000) independent weighted choices, in the order drawn; see `Weights`. Raises `ValueError`."""
    chosen: Weights[Any] = Weights(pairs)
    return chosen.draw_many(rng, count, purpose)


def shuffle(rng: Rng, items: Sequence[T], purpose: str) -> list[T]:
    """A new list of all the items (at most 10,000) in random order, each order equally likely. Raises `ValueError`."""
    return _deal(rng, _check_items(items), len(items), purpose)


def sample(rng: Rng, items: Sequence[T], count: int, purpose: str) -> list[T]:
    """`count` of the items (at most 10,000), none twice, in the order drawn: each such list equally likely.

    Raises `ValueError` unless 0 <= count <= number of items.
    """
    pool = _check_items(items)
    if type(count) is not int or not 0 <= count <= len(pool):
        raise ValueError(f"count is an integer from 0 to the number of items, {len(pool)}")
    return _deal(rng, pool, count, purpose)


def _deal(rng: Rng, pool: list[T], count: int, purpose: str) -> list[T]:
    """Take one of the items that are left, `count` times: the shuffle of Fisher and Yates (1938), as they wrote it down.

    There are n * (n-1) * ... equally likely ways, one for each result. The last item of all is left without a draw.
    """
    size = len(pool)
    offsets = rng.each(range(size, max(size - count, 1), -1), purpose)
    dealt = list(map(pool.pop, offsets))
    return dealt + pool if count == size else dealt


def _words_for(bound: int, bits: int) -> int:
    """How many words it takes to tell `bound` values apart."""
    return max(1, -(-(bound - 1).bit_length() // bits))


def _check_bound(bound: int) -> None:
    if type(bound) is not int or not 1 <= bound <= MAX_BOUND:
        raise ValueError("a bound is an integer from 1 to 2**64")


def _check_count(count: int) -> int:
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise ValueError(f"count is an integer from 0 to {MAX_COUNT}")
    return count


def _check_items(items: Sequence[T]) -> list[T]:
    """A copy of the items."""
    if (items.__class__ is not list and not isinstance(items, tuple | range)) or len(items) > MAX_ITEMS:
        raise ValueError(f"items are a list of at most {MAX_ITEMS}")
    return list(items)


def _width(low: int, high: int) -> int:
    if type(low) is not int or type(high) is not int or not 1 <= high - low <= MAX_BOUND:
        raise ValueError("a range goes from min to max - 1: integers, max - min from 1 to 2**64")
    return high - low
