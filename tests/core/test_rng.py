"""What an `Rng` of a turn, its tape and the functions on it promise."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.system import SystemEntropy
from core import rng as fair
from core.rng import Replay, TapeMismatch, TurnRng, Weights
from ports.randomness import Draw, Rng, Unhealthy

EDGES = sorted({1, 2, 3, 37, 1000, *(2**k + d for k in (1, 2, 8, 15, 16, 17, 31, 32, 48, 63, 64) for d in (-1, 0, 1))})
BOUNDS = [bound for bound in EDGES if 1 <= bound <= 2**64]


class Script:
    """Gives the bytes it was made of, then fails; and tells how often it was asked."""

    def __init__(self, block: bytes) -> None:
        self.left = block
        self.reads: list[int] = []

    def read(self, count: int) -> bytes:
        self.reads.append(count)
        block, self.left = self.left[:count], self.left[count:]
        if len(block) < count:
            raise Unhealthy("the script is over")
        return block


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little") for value in values)


def turn(**options: Any) -> TurnRng:
    return TurnRng(SystemEntropy(), **options)


@pytest.mark.parametrize("bound", BOUNDS)
def test_values_lie_below_the_bound_and_reach_both_ends_of_it(bound: int) -> None:
    values = (
        [turn().below(bound, "x") for _ in range(50)] + turn().many(bound, 50, "x") + turn().each([bound] * 50, "x")
    )
    assert all(0 <= value < bound for value in values)
    assert (max(values) > bound // 2) or bound <= 2
    assert min(values) <= bound // 2


@pytest.mark.parametrize("bound", [0, -1, 2**64 + 1, True, 1.0, 37.0, "37", None])
def test_a_bound_outside_is_refused_by_every_way_to_draw(bound: Any) -> None:
    for draw in (
        lambda: turn().below(bound, "x"),
        lambda: turn().many(bound, 3, "x"),
        lambda: turn().each([2, bound], "x"),
        lambda: Replay([Draw("x", 37, 1)]).below(bound, "x"),
    ):
        with pytest.raises(ValueError, match=r"a bound is an integer from 1 to 2\*\*64"):
            draw()


def test_a_turn_reads_once_and_uses_its_words_in_order() -> None:
    source = Script(words(*range(100, 124)))
    rng = TurnRng(source, words=24)
    assert list(range(100, 124)) == [rng.below(1000, "x") for _ in range(24)]
    assert [48] == source.reads


def test_a_word_of_the_last_incomplete_block_is_passed_over_and_nothing_else_is() -> None:
    last_fair = 2**16 - 2**16 % 37 - 1
    rng = TurnRng(Script(words(last_fair, last_fair + 1, 0xFFFF, 5, 9)), words=5)
    assert [last_fair % 37, 5, 9] == [rng.below(37, "x") for _ in range(3)]


def test_a_bound_above_a_word_takes_as_many_words_as_it_needs_the_first_one_highest() -> None:
    rng = TurnRng(Script(words(1, 2, 3, 4, 5, 6, 7)), words=7)
    assert (1 << 16) + 2 == rng.below(2**17, "two words")
    assert (3 << 48) + (4 << 32) + (5 << 16) + 6 == rng.below(2**64, "four words")
    assert 7 == rng.below(2**16, "one word")


def test_a_turn_that_needs_more_reads_more_and_goes_on_with_the_words_it_has() -> None:
    source = Script(words(*range(40)))
    rng = TurnRng(source, words=3)
    assert list(range(11)) == [rng.below(1000, "x") for _ in range(11)]
    assert [6, 16] == source.reads


def test_a_turn_without_a_first_read_reads_what_its_first_request_needs() -> None:
    source = Script(bytes(1000))
    TurnRng(source, words=0).each(range(52, 1, -1), "deck")
    assert [102] == source.reads


def test_nothing_is_drawn_when_the_source_fails_nor_on_a_second_try() -> None:
    rng = TurnRng(Script(words(1, 2)), words=2)
    rng.below(10, "x")
    rng.below(10, "x")
    for _ in range(2):
        for draw in (lambda: rng.below(10, "x"), lambda: rng.many(10, 2, "x"), lambda: rng.each([10], "x")):
            with pytest.raises(Unhealthy, match="the script is over"):
                draw()
    assert [Draw("x", 10, 1), Draw("x", 10, 2)] == list(rng.draws)


BOUND = st.one_of(st.integers(1, 2**64), st.sampled_from(BOUNDS), st.integers(1, 300))


@given(st.lists(BOUND, max_size=30), st.integers(0, 40), st.binary(min_size=600, max_size=600))
def test_the_ways_to_draw_agree_word_for_word(bounds: list[int], first: int, block: bytes) -> None:
    block += bytes(6000)
    one_by_one = TurnRng(Script(block), words=first)
    singles = [one_by_one.below(bound, "x") for bound in bounds]
    at_once = TurnRng(Script(block), words=first)
    assert singles == at_once.each(bounds, "x")
    assert list(one_by_one.draws) == list(at_once.draws)


@given(BOUND, st.integers(0, 40), st.integers(0, 40), st.binary(min_size=600, max_size=600))
def test_many_are_the_same_as_so_many_singles(bound: int, count: int, first: int, block: bytes) -> None:
    block += bytes(6000)
    one_by_one = TurnRng(Script(block), words=first)
    singles = [one_by_one.below(bound, "x") for _ in range(count)]
    at_once = TurnRng(Script(block), words=first)
    assert singles == at_once.many(bound, count, "x")
    assert list(one_by_one.draws) == list(at_once.draws)


def test_the_tape_holds_every_draw_in_order_with_purpose_bound_and_value() -> None:
    rng = turn()
    single = rng.below(37, "pocket")
    batch = rng.many(6, 2, "dice")
    steps = rng.each((5, 4), "cards")
    values = [single, *batch, *steps]
    labels = [("pocket", 37), ("dice", 6), ("dice", 6), ("cards", 5), ("cards", 4)]
    assert [Draw(*label, value) for label, value in zip(labels, values, strict=True)] == list(rng.draws)
    assert all(type(draw) is Draw for draw in rng.draws)


def test_what_the_caller_does_to_its_values_does_not_reach_the_tape() -> None:
    rng = turn()
    bounds = [3, 4]
    values = rng.each(bounds, "x")
    kept = list(rng.draws)
    bounds.clear()
    values.clear()
    assert kept == list(rng.draws)


def test_the_witness_is_told_every_draw_once_however_often_the_tape_is_read() -> None:
    told: list[Draw] = []
    rng = turn(witness=told.extend)
    rng.below(3, "x")
    assert list(rng.draws) == list(rng.draws) == told
    rng.below(3, "y")
    assert list(rng.draws) == told


def test_a_bulk_draws_where_many_values_are_wanted_and_stands_on_the_tape() -> None:
    rng = turn(bulk=lambda entropy, bound, count: [bound - 1] * count)
    assert [6] * fair.BULK == rng.many(7, fair.BULK, "x")
    assert len(rng.many(7, fair.BULK - 1, "x")) == fair.BULK - 1
    assert [Draw("x", 7, 6)] * fair.BULK == list(rng.draws)[: fair.BULK]


# The tape, played again.


USES: dict[str, Callable[[Rng], Any]] = {
    "between": lambda rng: fair.between(rng, -5, 6, "x"),
    "between_many": lambda rng: fair.between_many(rng, 0, 2**64, 5, "x"),
    "weighted": lambda rng: fair.weighted(rng, [["a", 1], ["b", 0], ["c", 2**62]], "x"),
    "weighted_many": lambda rng: fair.weighted_many(rng, [[1, 1], [2, 3]], 9, "x"),
    "shuffle": lambda rng: fair.shuffle(rng, list("abcdefgh"), "x"),
    "sample": lambda rng: fair.sample(rng, list(range(80)), 20, "x"),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_every_use_is_executed_again_from_its_tape(use: Callable[[Rng], Any]) -> None:
    rng = turn()
    outcome = use(rng)
    replay = Replay(rng.draws)
    assert outcome == use(replay)
    assert list(rng.draws) == list(replay.draws)
    assert 0 == replay.remaining


def test_a_replay_goes_on_with_another_rng_after_the_end_of_its_tape() -> None:
    replay = Replay([Draw("x", 2, 1)], then=Replay([Draw("y", 9, 8)]))
    assert [1, 8] == [replay.below(2, "x"), replay.below(9, "y")]
    assert [Draw("x", 2, 1), Draw("y", 9, 8)] == list(replay.draws)


@pytest.mark.parametrize(
    ("tape", "message"),
    [
        ([], r"draw 1 \(reel, below 37\) is past the end of the tape"),
        ([Draw("die", 6, 5)], r"draw 1 \(reel\) is below 37; on the tape it is below 6 \(die\)"),
        ([Draw("reel", 37, 37)], r"draw 1 \(reel\) is below 37; on the tape it is 37"),
        ([Draw("reel", 37, -1)], r"draw 1 \(reel\) is below 37; on the tape it is -1"),
        ([Draw("reel", 37, True)], r"draw 1 \(reel\) is below 37; on the tape it is True"),
    ],
)
def test_a_replay_refuses_what_is_not_on_its_tape_and_says_how_it_differs(tape: list[Draw], message: str) -> None:
    with pytest.raises(TapeMismatch, match=message):
        Replay(tape).below(37, "reel")


# The functions of an Rng.


@given(st.integers(-(2**70), 2**70), st.integers(1, 2**64), st.integers(0, 20))
def test_a_range_has_its_lower_end_and_not_its_upper(low: int, width: int, count: int) -> None:
    for value in [
        fair.between(turn(), low, low + width, "x"),
        *fair.between_many(turn(), low, low + width, count, "x"),
    ]:
        assert low <= value < low + width


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 0), (0, 2**64 + 1), (0.0, 5), (0, "5"), (False, 5), (0, True)])
def test_a_range_outside_is_refused(low: Any, high: Any) -> None:
    for draw in (lambda: fair.between(turn(), low, high, "x"), lambda: fair.between_many(turn(), low, high, 2, "x")):
        with pytest.raises(ValueError, match=r"max - min from 1 to 2\*\*64"):
            draw()


@pytest.mark.parametrize("count", [-1, 10_001, 1.0, True, None, "2"])
def test_a_count_outside_is_refused(count: Any) -> None:
    for draw in (
        lambda: fair.between_many(turn(), 0, 5, count, "x"),
        lambda: fair.weighted_many(turn(), [[1, 1]], count, "x"),
    ):
        with pytest.raises(ValueError, match="count is an integer from 0 to 10000"):
            draw()


WEIGHT = st.one_of(st.integers(0, 5), st.integers(0, 2**50))


@given(st.lists(WEIGHT, min_size=1, max_size=12).filter(any))
def test_a_weighted_choice_takes_exactly_as_many_points_as_the_weight_says(weights: list[int]) -> None:
    """Each value stands for the points from its running sum to the next, so its ends decide."""
    pairs = [[place, weight] for place, weight in enumerate(weights)]
    total, start = sum(weights), 0
    for place, weight in pairs:
        if weight:
            for point in {start, start + weight // 2, start + weight - 1}:
                assert place == fair.weighted(Replay([Draw("x", total, point)]), pairs, "x")
        start += weight


@pytest.mark.parametrize("weights", [[1], [1, 2], [0, 3, 0, 1], [5, 0, 0], [1] * 7, [500, 300, 150, 49, 1]])
def test_every_point_of_small_weights_is_counted(weights: list[int]) -> None:
    pairs = tuple(enumerate(weights))
    points = range(sum(weights))
    chosen = Counter(fair.weighted(Replay([Draw("x", len(points), point)]), pairs, "x") for point in points)
    assert dict(enumerate(weights)) == {place: chosen[place] for place in range(len(weights))}


def test_weights_up_to_the_largest_sum_stay_exact() -> None:
    pairs = [["rare", 1], ["usual", 2**63 - 2], ["last", 1]]
    ends = [0, 1, 2**63 - 2, 2**63 - 1]
    chosen = [fair.weighted(Replay([Draw("x", 2**63, point)]), pairs, "x") for point in ends]
    assert ["rare", "usual", "usual", "last"] == chosen


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "1 to 4096 pairs"),
        ([[1, 1]] * 4097, "1 to 4096 pairs"),
        ("ab", "1 to 4096 pairs"),
        ({"a": 1}, "1 to 4096 pairs"),
        (None, "1 to 4096 pairs"),
        ([[1]], "1 to 4096 pairs"),
        ([[1, 2, 3]], "1 to 4096 pairs"),
        (["ab"], "1 to 4096 pairs"),
        ([7], "1 to 4096 pairs"),
        ([["a", -1]], "a weight is an integer, at least 0"),
        ([["a", 1.0]], "a weight is an integer, at least 0"),
        ([["a", True]], "a weight is an integer, at least 0"),
        ([["a", "1"]], "a weight is an integer, at least 0"),
        ([["a", 0]], r"sum of the weights is 1 to 2\*\*63"),
        ([["a", 2**63], ["b", 1]], r"sum of the weights is 1 to 2\*\*63"),
    ],
)
def test_weights_outside_are_refused(pairs: Any, message: str) -> None:
    for draw in (
        lambda: fair.weighted(turn(), pairs, "x"),
        lambda: fair.weighted_many(turn(), pairs, 2, "x"),
        lambda: Weights[Any](pairs),
    ):
        with pytest.raises(ValueError, match=message):
            draw()


def test_weights_made_once_draw_the_same_as_weights_made_for_each_draw() -> None:
    pairs = [[1, 5], [2, 3], [3, 2]]
    tape = [Draw("x", 10, point) for point in range(10)]
    once: Weights[int] = Weights(pairs)
    replay = Replay(tape)
    assert fair.weighted_many(Replay(tape), pairs, 10, "x") == [once.draw(replay, "x") for _ in range(10)]


@given(st.lists(st.integers(), max_size=60))
def test_a_shuffle_is_a_new_list_of_the_same_items(items: list[int]) -> None:
    before = list(items)
    shuffled = fair.shuffle(turn(), items, "x")
    assert before == items
    assert Counter(items) == Counter(shuffled)
    assert shuffled is not items


@given(st.data(), st.lists(st.integers(), max_size=60, unique=True))
def test_a_sample_has_no_item_twice(data: st.DataObject, items: list[int]) -> None:
    count = data.draw(st.integers(0, len(items)))
    drawn = fair.sample(turn(), items, count, "x")
    assert count == len(drawn) == len(set(drawn))
    assert set(drawn) <= set(items)


def test_a_shuffle_and_a_sample_of_all_are_one_thing() -> None:
    rng = turn()
    shuffled = fair.shuffle(rng, range(10), "x")
    assert shuffled == fair.sample(Replay(rng.draws), tuple(range(10)), 10, "x")
    assert list(range(10, 1, -1)) == [draw.bound for draw in rng.draws]


@pytest.mark.parametrize("items", ["abc", b"abc", {1, 2}, {1: 2}, None, 5, list(range(10_001))])
def test_items_that_are_no_list_or_too_many_are_refused(items: Any) -> None:
    for draw in (lambda: fair.shuffle(turn(), items, "x"), lambda: fair.sample(turn(), items, 1, "x")):
        with pytest.raises(ValueError, match="items are a list of at most 10000"):
            draw()


@pytest.mark.parametrize("count", [-1, 4, True, 1.0, "1", None])
def test_a_sample_of_more_than_there_is_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match="count is an integer from 0 to the number of items, 3"):
        fair.sample(turn(), [1, 2, 3], count, "x")


def test_the_largest_list_is_shuffled() -> None:
    assert list(range(10_000)) == sorted(fair.shuffle(turn(), range(10_000), "x"))
