"""Fairness proved: the production code tries every word there is, and each value comes out equally often.

A statistical test can miss a bias of one part in 2**16; counting all words cannot. The words here are those of
production (16 bits) for single draws in bulk, and 8 and 12 bits, a parameter, where several words or draws are joined.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import permutations, product
from math import factorial

import pytest

from adapters.system import SystemEntropy, draw_array, fold
from core import rng as fair
from core.rng import WORD_BITS, Replay, TurnRng
from ports.randomness import Draw, Unhealthy


class Words:
    """Gives the words it was made of, then fails: a draw that wants more is not counted."""

    def __init__(self, values: Iterable[int], bits: int) -> None:
        size = -(-bits // 8)
        self.block = b"".join(value.to_bytes(size, "little") for value in values)

    def read(self, count: int) -> bytes:
        block, self.block = self.block[:count], self.block[count:]
        if len(block) < count:
            raise Unhealthy("no more words")
        return block


class Given(TurnRng):
    """The production `TurnRng` over given words, of so many bits."""

    def __init__(self, values: Sequence[int], bits: int) -> None:
        self._bits, self._span = bits, 1 << bits
        self.words = Words(values, bits)
        super().__init__(self.words, words=len(values))

    def _read(self, count: int) -> tuple[int, ...]:
        if self._bits == WORD_BITS:
            return super()._read(count)
        size = -(-self._bits // 8)
        block = self.words.read(count * size)
        return tuple(int.from_bytes(block[at : at + size], "little") for at in range(0, count * size, size))


def singles(bound: int, words: Sequence[int], bits: int) -> Counter[int]:
    """How often each value comes out when `below` is asked until the words are used up."""
    rng = Given(words, bits)
    counts: Counter[int] = Counter()
    while True:
        try:
            counts[rng.below(bound, "x")] += 1
        except Unhealthy:
            return counts


def assert_even(bound: int, counts: Counter[int], ways: int) -> None:
    """Each value came out equally often, and no more words were passed over than do not fill a whole block."""
    assert dict.fromkeys(range(bound), ways // bound) == counts


@pytest.mark.parametrize("bits", [8, 12])
def test_every_word_gives_every_value_of_every_small_bound_equally_often(bits: int) -> None:
    words = range(1 << bits)
    for bound in range(1, 257 if bits == 8 else 400):
        assert_even(bound, singles(bound, words, bits), 1 << bits)


@pytest.mark.parametrize("bits", [8, 12])
def test_each_word_decides_alone_whether_it_counts(bits: int) -> None:
    """Whatever came before: the values of all words in one turn are those of a turn for each word."""
    for bound in (1, 2, 3, 37, 100, 255):
        apart = [value for word in range(1 << bits) for value in singles(bound, [word], bits).elements()]
        rng = Given(range(1 << bits), bits)
        assert apart == [rng.below(bound, "x") for _ in apart]


@pytest.mark.parametrize("way", ["below", "many", "each"])
@pytest.mark.parametrize("bound", [3, 100, 200, 1000, 50_000])
def test_the_first_word_of_the_last_incomplete_block_is_passed_over(bound: int, way: str) -> None:
    """Over words of 8 bits, of which the larger bounds take two."""
    size = 1 if bound <= 256 else 2
    incomplete = 256**size - 256**size % bound
    given = [byte for value in (incomplete, incomplete - 1) for byte in value.to_bytes(size, "big")]
    rng = Given(given, 8)
    asked = {
        "below": lambda: [rng.below(bound, "x")],
        "many": lambda: rng.many(bound, 1, "x"),
        "each": lambda: rng.each([bound], "x"),
    }
    assert [bound - 1] == asked[way]()


@pytest.mark.parametrize("bound", [257, 300, 1000, 4095, 4096, 32768, 40000, 65535, 65536])
def test_two_joined_words_give_every_value_equally_often(bound: int) -> None:
    pairs = [word for pair in product(range(256), repeat=2) for word in pair]
    assert_even(bound, singles(bound, pairs, 8), 1 << 16)


@pytest.mark.parametrize("way", ["many", "each"])
def test_draws_in_bulk_are_as_fair_with_all_words_of_production(way: str) -> None:
    """Every bound to 300, and larger ones: all 65,536 words of 16 bits."""
    words = list(range(1 << 16))
    bounds = [*range(1, 300, 1 if way == "many" else 29), 1000, 1024, 9999, 10000, 32768, 32769, 40000, 65535, 65536]
    for bound in bounds:
        passed_over = (1 << 16) % bound
        rng = Given(words, 16)
        count = (1 << 16) - passed_over
        values = rng.many(bound, count, "x") if way == "many" else rng.each([bound] * count, "x")
        assert_even(bound, Counter(values), 1 << 16)


@pytest.mark.parametrize(
    ("size", "bounds"), [(1, range(1, 257)), (2, [257, 999, 1000, 1024, 10000, 40000, 65535, 65536])]
)
def test_draws_with_numpy_are_as_fair_with_all_words(size: int, bounds: Sequence[int]) -> None:
    words = range(1 << 8 * size)
    block = b"".join(word.to_bytes(size, "little") for word in words)
    for bound in bounds:
        assert_even(bound, Counter(fold(block, bound, size).tolist()), 1 << 8 * size)


LARGE = [65537, 10**6, 2**31, 2**31 + 1, 2**32 - 1, 2**32, 2**32 + 1, 10**15, 2**63 + 1, 2**64 - 1, 2**64]


@pytest.mark.parametrize("bound", LARGE)
def test_large_words_are_passed_over_from_the_first_incomplete_block_on_and_no_sooner(bound: int) -> None:
    """All words cannot be tried; the rule is: those from span - span % bound on, and no others. Both codes keep to it."""
    joined = -(-(bound - 1).bit_length() // 16) * 16
    for word, expected in around_the_edge(bound, joined):
        words = [word >> shift & 0xFFFF for shift in range(joined - 16, -16, -16)]
        assert expected == list(singles(bound, words, 16).elements())
    whole = 32 if bound <= 1 << 32 else 64
    for word, expected in around_the_edge(bound, whole):
        assert expected == fold(word.to_bytes(whole // 8, "little"), bound, whole // 8).tolist()


def around_the_edge(bound: int, bits: int) -> Iterable[tuple[int, list[int]]]:
    """Words, and what each must give."""
    span = 1 << bits
    edge = span - span % bound
    for word in {0, 1, bound - 1, bound % span, edge - bound, edge - 1, edge, span - 1} - {span}:
        yield word, [word % bound] if word < edge else []


@pytest.mark.parametrize("weights", [[1, 1, 1], [5, 0, 3, 1], [500, 300, 150, 40, 9, 1], [7], [0, 0, 2]])
def test_a_weighted_choice_is_exact_over_all_words(weights: list[int]) -> None:
    total, bits = sum(weights), 12
    rng = Given(range(1 << bits), bits)
    pairs = list(enumerate(weights))
    ways = (1 << bits) // total
    drawn = Counter(fair.weighted(rng, pairs, "x") for _ in range(ways * total))
    assert {place: weight * ways for place, weight in pairs if weight} == drawn


@pytest.mark.parametrize("size", range(7))
def test_a_shuffle_reaches_every_permutation_in_exactly_one_way(size: int) -> None:
    items = list(range(size))
    results = Counter(
        tuple(fair.shuffle(Replay([Draw("x", size - step, offset) for step, offset in enumerate(steps)]), items, "x"))
        for steps in product(*(range(left) for left in range(size, 1, -1)))
    )
    assert dict.fromkeys(permutations(items), 1) == results
    assert factorial(size) == len(results)


def test_a_shuffle_of_four_is_even_over_all_its_words() -> None:
    """With real words: twelve of them are a whole number of blocks for each of the steps, below 4, 3 and 2."""
    results: Counter[tuple[int, ...]] = Counter()
    for words in product(range(12), repeat=3):
        results[tuple(fair.shuffle(Given(words, 8), range(4), "x"))] += 1
    assert 24 == len(results)
    assert {12**3 // 24} == set(results.values())


@pytest.mark.parametrize(("size", "count"), [(1, 1), (4, 0), (5, 1), (5, 3), (6, 2), (6, 6)])
def test_a_sample_reaches_every_ordered_choice_in_exactly_one_way(size: int, count: int) -> None:
    steps = range(size, max(size - count, 1), -1)
    results = Counter(
        tuple(
            fair.sample(Replay([Draw("x", *step) for step in zip(steps, taken, strict=True)]), range(size), count, "x")
        )
        for taken in product(*map(range, steps))
    )
    assert dict.fromkeys(permutations(range(size), count), 1) == results


@pytest.mark.parametrize("bound", [0, -1, 2**64 + 1, True, 2.0])
def test_numpy_draws_refuse_a_bound_outside(bound: int) -> None:
    with pytest.raises(ValueError, match="a bound is an integer"):
        draw_array(Words([], 8), bound, 5)


@pytest.mark.parametrize("bound", [1, 37, 129, 256, 257, 40000, 2**31 + 1, 2**32, 2**63 + 1, 2**64])
@pytest.mark.parametrize("count", [0, 1, 1000])
def test_numpy_draws_are_as_many_as_asked_for_and_below_the_bound(bound: int, count: int) -> None:
    values = draw_array(SystemEntropy(), bound, count).tolist()
    assert count == len(values)
    assert all(0 <= value < bound for value in values)


def test_numpy_draws_read_again_where_many_words_are_passed_over() -> None:
    """A source of which two bytes in three are passed over for a bound of 129: 0 is kept, 255 is not."""
    source = Alternating()
    assert [0] * 500 == draw_array(source, 129, 500).tolist()
    assert source.reads > 1


class Alternating:
    reads = 0

    def read(self, count: int) -> bytes:
        self.reads += 1
        return (b"\x00\xff\xff" * count)[:count]
