"""Fair integers from random words, and what games make of them.

    Entropy --one read a turn--> words --rejection--> Rng.below --> between, weighted, shuffle, sample
                                                          '-> the tape of the turn

`TurnRng` is made for one turn and dropped with it: no word outlives the turn, so there is nothing to share over a fork,
to lock, to erase or to find in a snapshot. `Replay` plays a tape back. The functions below them see an `Rng` and do not
know which one it is. Integers only, and no value is ever looked at before it is decided whether a word is used.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, islice, repeat
from struct import unpack
from typing import Any, Generic, TypeVar

from ports.randomness import Draw, Entropy, Rng, Tape, Unhealthy

T = TypeVar("T")

MAX_BOUND = 2**64
MAX_COUNT = 10_000
"""Values of one request."""
MAX_ITEMS = 10_000
MAX_WEIGHTS = 4096
MAX_TOTAL_WEIGHT = 2**63
WORD_BITS = 32
TURN_WORDS = 24
"""Words of a turn's first read, if its size is not known beforehand: enough for a spin of twenty reels."""
BULK = 512
"""From so many values at once on, a `Bulk` takes over, where there is one."""

Bulk = Callable[[Entropy, int, int], list[int]]
"""Another way to the same values: (entropy, bound, count) -> that many fair integers below the bound, in the order drawn."""


class TapeMismatch(Exception):
    """What is drawn is not what stands on the tape: the tape belongs to another game, version or request."""


class TurnRng(Tape):
    """The fair integers of one turn, and their tape. One thread, one turn.

    A word has `bits` bits; a bound above 2**bits takes two words. A word `w` stands for `w % bound` unless it lies in the
    last, incomplete block of `bound` words; then the next word is taken. Every value has the same number of words that
    stand for it, so all are equally likely (rejection sampling; Lemire, "Fast random integer generation in an interval",
    2019, section 3). With small words that is proved by enumeration; see tests/core/test_rng_proofs.py.
    """

    __slots__ = (
        "_bits",
        "_bulk",
        "_entropy",
        "_keep",
        "_narrow",
        "_next",
        "_sure",
        "_tape",
        "_want",
        "_witness",
        "_words",
    )

    def __init__(
        self,
        entropy: Entropy,
        *,
        words: int = TURN_WORDS,
        bits: int = WORD_BITS,
        bulk: Bulk | None = None,
        witness: Callable[[Sequence[Draw]], None] | None = None,
    ) -> None:
        """Nothing is read yet.

        `words`: how many the first draw reads. `witness` is told the draws when they are taken from the tape.
        """
        self._entropy = entropy
        self._bits = bits
        self._bulk = bulk
        self._witness = witness
        self._narrow = 1 << bits // 2
        self._sure = (1 << bits) - self._narrow
        self._want = [words]
        self._words = chain.from_iterable(_blocks(entropy, self._want, bits))
        self._next = self._words.__next__
        self._tape: list[tuple[str, Any, Any]] = []
        self._keep = self._tape.append

    def below(self, bound: int, purpose: str) -> int:
        """One integer of 0 .. bound-1, each equally likely; `1 <= bound <= 2**64`. Raises `ValueError`, `Unhealthy`."""
        try:
            word = self._next()
            # A word up to `sure` is in a complete block of any narrow bound. The rest takes the long way.
            if word > self._sure or bound.__class__ is not int or not 0 < bound <= self._narrow:
                value = self._fair(word, bound)
            else:
                value = word % bound
        except StopIteration:
            raise _source_failed() from None
        self._keep((purpose, bound, value))
        return value

    def many(self, bound: int, count: int, purpose: str) -> list[int]:
        """`count` integers below `bound`: the same as `count` calls of `below`, and several times as fast."""
        _check_bound(bound, MAX_BOUND)
        if self._bulk is not None and count >= BULK:
            values = self._bulk(self._entropy, bound, count)
        else:
            values = self._batch(bound, count)
        self._keep((purpose, bound, tuple(values)))
        return values

    def each(self, bounds: Sequence[int], purpose: str) -> list[int]:
        """One integer below each of the bounds: the same as a call of `below` for each, and twice as fast."""
        self._want[0] = max(self._want[0], len(bounds) + 2)
        take, sure, narrow = self._next, self._sure, self._narrow
        values = []
        try:
            for bound in bounds:
                word = take()
                if word > sure or bound.__class__ is not int or not 0 < bound <= narrow:
                    values.append(self._fair(word, bound))
                else:
                    values.append(word % bound)
        except StopIteration:
            raise _source_failed() from None
        self._keep((purpose, bounds if bounds.__class__ is range else tuple(bounds), tuple(values)))
        return values

    @property
    def draws(self) -> Sequence[Draw]:
        """Everything drawn so far, in order. Take it when the turn is over."""
        draws: list[Draw] = []
        for purpose, bound, value in self._tape:
            if value.__class__ is int:
                draws.append(Draw(purpose, bound, value))
            else:
                bounds = repeat(bound) if bound.__class__ is int else bound
                draws.extend(map(Draw, repeat(purpose), bounds, value))
        if self._witness is not None:
            self._witness(draws)
        return draws

    def _fair(self, word: int, bound: int) -> int:
        """The value of the first fair word, `word` being the next one."""
        bits = self._bits
        _check_bound(bound, min(MAX_BOUND, 1 << 2 * bits))
        wide = bound > 1 << bits
        span = 1 << (2 * bits if wide else bits)
        while True:
            if wide:
                word = word << bits | self._next()
            value = word % bound
            if word - value + bound <= span:
                return value
            word = self._next()

    def _batch(self, bound: int, count: int) -> list[int]:
        bits, words = self._bits, self._words
        wide = bound > 1 << bits
        span = 1 << (2 * bits if wide else bits)
        fair = span - span % bound
        stream: Iterator[int] = (high << bits | low for high, low in zip(words, words)) if wide else words
        values: list[int] = []
        while (missing := count - len(values)) > 0:
            self._want[0] = max(self._want[0], missing * (1 + wide) + 2)
            block = list(islice(stream, missing))
            if not block:
                raise _source_failed()
            values += [word % bound for word in block if word < fair]
        return values


class Replay(Tape):
    """An `Rng` that gives what is on a tape, and after its end what `then` gives.

    Raises `TapeMismatch` where another bound is asked for than was drawn, where a value on the tape is not below its bound,
    and past the end of the tape if there is no `then`.
    """

    def __init__(self, tape: Sequence[Draw], then: Rng | None = None) -> None:
        self._tape = tape
        self._then = then
        self._draws: list[Draw] = []

    def below(self, bound: int, purpose: str) -> int:
        """The next value of the tape."""
        _check_bound(bound, MAX_BOUND)
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
    integer below the sum, looked up in the running sums: of that many equally likely ones, `weight` stand for each value.
    """

    __slots__ = ("_sums", "_values")

    def __init__(self, pairs: Sequence[Sequence[Any]]) -> None:
        """Raises `ValueError` that says what is allowed."""
        if not isinstance(pairs, list | tuple) or not 1 <= len(pairs) <= MAX_WEIGHTS:
            raise ValueError(f"weights are a list of 1 to {MAX_WEIGHTS} pairs [value, weight]")
        for pair in pairs:
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise ValueError(f"weights are a list of 1 to {MAX_WEIGHTS} pairs [value, weight]")
            if type(pair[1]) is not int or pair[1] < 0:
                raise ValueError("a weight is an integer, at least 0")
        self._values: list[T] = [value for value, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))
        if not 1 <= self._sums[-1] <= MAX_TOTAL_WEIGHT:
            raise ValueError("the sum of the weights is 1 to 2**63")

    def draw(self, rng: Rng, purpose: str) -> T:
        """One value, as likely as its weight."""
        return self._values[bisect_right(self._sums, rng.below(self._sums[-1], purpose))]

    def draw_many(self, rng: Rng, count: int, purpose: str) -> list[T]:
        """`count` independent values, in the order drawn."""
        sums, values = self._sums, self._values
        return [values[bisect_right(sums, point)] for point in rng.many(sums[-1], _check_count(count), purpose)]


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
    """One of the values in `pairs`, [[value, weight], ...], as likely as its weight; see `Weights`. Raises `ValueError`."""
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
    """The first `count` steps of the Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P), in place.

    Step i swaps place i with one of the places i .. n-1: n * (n-1) * ... equally likely ways, one for each result. The
    last step of a whole shuffle has one way only, and draws nothing.
    """
    size = len(pool)
    offsets = rng.each(range(size, max(size - count, 1), -1), purpose)
    for place, offset in enumerate(offsets):
        other = place + offset
        pool[place], pool[other] = pool[other], pool[place]
    del pool[count:]
    return pool


def _blocks(entropy: Entropy, want: list[int], bits: int) -> Iterator[tuple[int, ...]]:
    """Words, read as many at once as `want` says; each read resets it. Holds no reference to the turn."""
    size = -(-bits // 8)
    mask = (1 << bits) - 1
    while True:
        count, want[0] = want[0], TURN_WORDS
        block = entropy.read(count * size)
        if bits == WORD_BITS:
            yield unpack(f"<{count}I", block)
        else:
            yield tuple(int.from_bytes(block[at : at + size], "little") & mask for at in range(0, count * size, size))


def _source_failed() -> Unhealthy:
    return Unhealthy("the source of this turn failed before")


def _check_bound(bound: int, most: int) -> None:
    if type(bound) is not int or not 1 <= bound <= most:
        raise ValueError(f"a bound is an integer from 1 to {most}")


def _check_count(count: int) -> int:
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise ValueError(f"count is an integer from 0 to {MAX_COUNT}")
    return count


def _check_items(items: Sequence[T]) -> list[T]:
    """A copy of the items."""
    if isinstance(items, str | bytes) or not isinstance(items, Sequence) or len(items) > MAX_ITEMS:
        raise ValueError(f"items are a list of at most {MAX_ITEMS}")
    return list(items)


def _width(low: int, high: int) -> int:
    if type(low) is not int or type(high) is not int or not 1 <= high - low <= MAX_BOUND:
        raise ValueError("a range goes from min to max - 1: integers, max - min from 1 to 2**64")
    return high - low
