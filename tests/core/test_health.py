"""The health tests catch bad sources of each kind, and let good ones through."""

import os
from collections.abc import Callable
from math import comb, exp, lgamma, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.system import SystemEntropy
from core.health import (
    CELLS,
    DEVIATIONS,
    PROPORTION,
    REPETITIONS,
    WINDOW,
    Monitor,
    _repeats_somewhere,
    deviation,
    repeats,
)
from core.rng import TurnRng
from ports.randomness import Draw, Unhealthy


class Source:
    """Sound until `break_with` replaces what it gives."""

    def __init__(self) -> None:
        self.give: Callable[[int], bytes] = os.urandom

    def read(self, count: int) -> bytes:
        return self.give(count)


def read_all(monitor: Monitor, sizes: list[int]) -> None:
    for size in sizes:
        monitor.read(size)


def unavailable(count: int) -> bytes:
    raise Unhealthy("the operating system gives no random bytes")


def now_and_then_stuck(count: int) -> bytes:
    return os.urandom(count - REPETITIONS) + b"\x07" * REPETITIONS


def one_byte_too_often(count: int) -> bytes:
    return bytes(byte if byte > 25 else 200 for byte in os.urandom(count))


def few_bytes(count: int) -> bytes:
    return bytes(byte % 10 for byte in os.urandom(count))


def always_the_same() -> Callable[[int], bytes]:
    block = os.urandom(8192)
    return lambda count: block[:count]


BROKEN: dict[str, tuple[Callable[[int], bytes], str]] = {
    "zeros": (bytes, "repetition count"),
    "ones": (lambda count: b"\xff" * count, "repetition count"),
    "a stuck byte": (lambda count: b"\x42" * count, "repetition count"),
    "a run of one byte": (now_and_then_stuck, "repetition count"),
    "the same block again": (always_the_same(), "stuck source"),
    "a period shorter than a read": (lambda count: (b"abcdefgh" * count)[:count], "adaptive proportion|stuck source"),
    "one byte in ten": (one_byte_too_often, "adaptive proportion"),
    "ten bytes only": (few_bytes, "adaptive proportion"),
    "too short": (lambda count: os.urandom(count - 1), "short read: 47 bytes of 48"),
    "nothing": (lambda count: b"", "short read: 0 bytes of 48"),
    "unavailable": (unavailable, "gives no random bytes"),
}


@pytest.mark.parametrize(("give", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_source_that_breaks_is_caught_within_some_turns_and_for_ever(
    give: Callable[[int], bytes], reason: str
) -> None:
    source, alarms = Source(), list[str]()
    monitor = Monitor(source, alarm=alarms.append)
    monitor.require()
    source.give = give
    with pytest.raises(Unhealthy, match=reason):
        read_all(monitor, [48] * 5000)
    source.give = os.urandom
    for refused in (monitor.require, lambda: monitor.read(48), lambda: TurnRng(monitor)):
        with pytest.raises(Unhealthy, match=reason):
            refused()
    assert not monitor.health.sound
    assert [monitor.health.reason] == alarms


@pytest.mark.parametrize(
    "give",
    [bytes, few_bytes, unavailable, lambda count: b"", lambda count: (bytes(range(256)) * count)[:count]],
    ids=["zeros", "few bytes", "unavailable", "nothing", "a counter"],
)
def test_a_source_that_is_broken_from_the_start_gives_nothing(give: Callable[[int], bytes]) -> None:
    source = Source()
    source.give = give
    monitor = Monitor(source)
    if monitor.health.sound:
        with pytest.raises(Unhealthy):
            read_all(monitor, [4096] * 2)
    with pytest.raises(Unhealthy):
        monitor.require()


def test_an_uneven_source_fails_the_start_up_test() -> None:
    source = Source()
    source.give = lambda count: bytes(byte & 0xFE if byte < 128 else byte for byte in os.urandom(count))
    with pytest.raises(Unhealthy, match=r"start-up|adaptive"):
        Monitor(source).require()


def test_a_sound_source_passes_whole_and_every_byte_is_tested() -> None:
    monitor = Monitor(SystemEntropy())
    start = monitor.health.tested
    sizes = [1, 2, 7, 48, 511, 512, 513, 5000, 1 << 20]
    assert sizes == [len(monitor.read(size)) for size in sizes]
    assert start + sum(sizes) == monitor.health.tested
    assert monitor.health.sound


def test_what_is_passed_on_is_what_the_source_gave() -> None:
    source = Source()
    monitor = Monitor(source)
    block = os.urandom(100)
    source.give = lambda count: block[:count]
    assert block == monitor.read(100)


def test_one_repetition_less_than_the_cut_off_passes() -> None:
    source = Source()
    monitor = Monitor(source)
    source.give = lambda count: b"\x01\x02" + b"\x07" * (REPETITIONS - 1) + b"\x05\x06"
    assert REPETITIONS + 3 == len(monitor.read(REPETITIONS + 3))


@pytest.mark.parametrize("begun", [0, 100])
@pytest.mark.parametrize("bad", [0, 1, 2, 3])
def test_every_window_of_a_long_read_is_counted_by_itself(bad: int, begun: int) -> None:
    """Also where the first of them was begun by an earlier read."""
    even = bytes(range(256)) * (WINDOW // 256)
    lopsided = bytes(0 if at % 13 == 0 and at < 13 * PROPORTION else 1 + at % 255 for at in range(WINDOW))
    assert PROPORTION == lopsided.count(0)
    source = Source()
    monitor = Monitor(source)
    source.give = lambda count: even * 4
    assert even * 4 == monitor.read(4 * WINDOW)
    windows = [even] * 4
    windows[bad] = lopsided
    stream = iter([b"".join(windows)[:begun], b"".join(windows)[begun:]])
    source.give = lambda count: next(stream)
    monitor.read(begun)
    with pytest.raises(Unhealthy, match=f"one byte {PROPORTION} times"):
        monitor.read(4 * WINDOW - begun)


@pytest.mark.parametrize("reads", [[WINDOW], [100, 412], [8] * 64])
def test_the_proportion_is_counted_over_exact_windows_across_reads(reads: list[int]) -> None:
    """A window of `PROPORTION - 1` equal bytes passes, one more fails; other bytes all differ from the first."""
    for equal, passes in ((PROPORTION - 1, True), (PROPORTION, False)):
        source = Source()
        monitor = Monitor(source)
        chance = Random(equal)
        rest = [1 + at % 255 for at in range(WINDOW - equal)]
        window = [0, *chance.sample(rest, len(rest))]
        for at in range(1, equal):
            window.insert(at * 13, 0)
        assert WINDOW == len(window)
        left = bytes(window)

        def give(count: int) -> bytes:
            nonlocal left
            block, left = left[:count], left[count:]
            return block

        source.give = give
        if passes:
            read_all(monitor, reads)
        else:
            with pytest.raises(Unhealthy, match=f"one byte {PROPORTION} times"):
                read_all(monitor, reads)


def turns(monitor: Monitor, value: Callable[[int], int], bound: int, count: int) -> None:
    for at in range(0, count, 100):
        monitor.witness([Draw("x", bound, value(at + k)) for k in range(100)])


@pytest.mark.parametrize("bound", [2, 37, 52, 64, 100, 1000, 2**32, 2**64])
def test_even_outcomes_pass_the_rolling_chi_square(bound: int) -> None:
    monitor = Monitor(SystemEntropy())
    rng = TurnRng(SystemEntropy())
    for _ in range(400):
        rng = TurnRng(monitor, witness=monitor.witness)
        rng.many(bound, 100, "x")
        assert 100 == len(rng.draws)
    assert 40_000 == monitor.health.witnessed
    monitor.require()


@pytest.mark.parametrize(
    "uneven",
    [lambda chance: chance.randrange(36), lambda chance: chance.randrange(37) * chance.randrange(2), lambda chance: 5],
    ids=["a value that never comes", "half of them nought", "always the same"],
)
def test_uneven_outcomes_stop_all_drawing(uneven: Callable[[Random], int]) -> None:
    chance, alarms = Random(1), list[str]()
    monitor = Monitor(SystemEntropy(), alarm=alarms.append)
    turns(monitor, lambda _: uneven(chance), 37, 40_000)
    with pytest.raises(Unhealthy, match="chi-square: outcomes below 37 are"):
        monitor.require()
    with pytest.raises(Unhealthy):
        monitor.read(48)
    assert 1 == len(alarms)


def test_an_uneven_part_of_a_large_bound_is_seen() -> None:
    chance = Random(2)
    monitor = Monitor(SystemEntropy())
    turns(monitor, lambda _: chance.randrange(900), 1000, 60_000)
    assert "below 1000" in monitor.health.reason


def test_a_table_that_was_judged_begins_anew_and_is_judged_on_whole_tables_only() -> None:
    """A coin of which 270 of 400 throws are heads, heads first, is 6.1 deviations from even: an alarm begins at 7."""
    monitor = Monitor(SystemEntropy())
    turns(monitor, lambda throw: int(throw < 270), 2, 400)
    turns(monitor, lambda throw: int(throw >= 270), 2, 400)
    assert monitor.health.sound
    turns(monitor, lambda throw: 0, 2, 400)
    assert not monitor.health.sound
    assert monitor.health.reason.startswith("chi-square: outcomes below 2 are")


def test_a_bound_of_one_and_ever_new_bounds_cost_neither_alarm_nor_memory() -> None:
    monitor = Monitor(SystemEntropy())
    monitor.witness([Draw("x", 1, 0)] * 100)
    for bound in range(2, 3000):
        monitor.witness([Draw("x", bound, 0)])
    assert monitor.health.sound
    assert len(monitor._tables) < 300


def test_drawing_stops_for_a_reason_found_elsewhere_and_the_first_one_stands() -> None:
    alarms: list[str] = []
    monitor = Monitor(SystemEntropy(), alarm=alarms.append)
    monitor.stop("a critical file changed")
    monitor.stop("something else")
    with pytest.raises(Unhealthy, match="a critical file changed"):
        monitor.read(48)
    assert ["a critical file changed"] == alarms


# The cut-offs, derived again.


def test_the_cut_offs_are_those_of_sp_800_90b_at_their_false_alarm_rates() -> None:
    assert REPETITIONS == 1 + -(-48 // 8)
    tail, critical = 1.0, -1
    while tail > 2.0**-40:
        critical += 1
        tail -= comb(WINDOW, critical) * (1 / 256) ** critical * (255 / 256) ** (WINDOW - critical)
    assert PROPORTION == 1 + critical


def upper_tail(square: float, freedom: int) -> float:
    """P(chi-square of so many degrees of freedom > square): the continued fraction of the incomplete gamma function."""
    a, x = freedom / 2, square / 2
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return h * exp(-x + a * log(x) - lgamma(a))


@pytest.mark.parametrize("cells", [2, 3, 6, 10, 37, 52, CELLS, 256])
def test_the_chi_square_alarms_falsely_less_than_once_in_2_to_the_39_tables(cells: int) -> None:
    freedom = cells - 1
    scale = 2 / (9 * freedom)
    square = freedom * (1 - scale + DEVIATIONS * scale**0.5) ** 3
    assert upper_tail(square, freedom) < 2.0**-39
    even = [100.0] * cells
    shift = (square * 100 / 2) ** 0.5
    counts = [100 + shift, 100 - shift, *even[2:]]
    assert deviation(counts, even) == pytest.approx(DEVIATIONS)


def naive(block: bytes) -> bool:
    return any(len(set(block[at : at + REPETITIONS])) == 1 for at in range(len(block) - REPETITIONS + 1))


@given(st.lists(st.tuples(st.sampled_from([0, 0, 1, 255]), st.integers(1, REPETITIONS + 1)), max_size=40))
def test_runs_are_found_wherever_they_are_in_small_and_large_blocks(runs: list[tuple[int, int]]) -> None:
    block = b"".join(bytes([value]) * length for value, length in runs)
    assert naive(block) == repeats(block) == _repeats_somewhere(block)
