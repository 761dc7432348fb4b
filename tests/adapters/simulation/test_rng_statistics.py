"""The statistics are right: known answers, sound numbers pass at the stated rate, bad ones are caught."""

from collections.abc import Callable
from functools import cache
from math import lgamma, log

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.simulation.randomness import outcomes, sp800_22, teeth
from adapters.simulation.randomness.power import draws_needed, noncentral_tail, smallest_deviation
from adapters.simulation.randomness.tails import Array, chi_square_tail, even, kolmogorov, normal_tail, poisson_tail

SOUND = np.random.Generator(np.random.PCG64(20_260_102))
"""Good enough for these tests, and the same every time."""


@pytest.mark.parametrize(
    ("square", "freedom", "tail"),
    [
        (3.841459, 1, 0.05),
        (18.307038, 10, 0.05),
        (23.209251, 10, 0.01),
        (67.504807, 50, 0.05),
        (1074.67945, 1000, 0.05),
    ],
)
def test_the_chi_square_has_the_tails_of_the_printed_tables(square: float, freedom: int, tail: float) -> None:
    assert tail == pytest.approx(chi_square_tail(square, freedom), rel=1e-5)


def test_the_other_tails_are_those_of_the_printed_tables() -> None:
    assert pytest.approx(0.05, rel=1e-6) == normal_tail(1.959963985)
    assert pytest.approx(2 * 0.0996324, rel=1e-4) == poisson_tail(0, 2.306265)
    assert pytest.approx(0.05, abs=0.002) == kolmogorov(shifted(400, 1.358))
    assert pytest.approx(0.01, abs=0.001) == kolmogorov(shifted(400, 1.628))


def shifted(count: int, scaled: float) -> NDArray[np.float64]:
    """Even fractions, moved by so much of the scaled distance."""
    distance = scaled / (count**0.5 + 0.12 + 0.11 / count**0.5)
    fractions: NDArray[np.float64] = np.clip(np.arange(1, count + 1) / count - distance, 0, 1)
    return fractions


RUNS = 60


@cache
def calibration(bound: int) -> list[dict[str, float]]:
    return [outcomes.battery(SOUND.integers(0, bound, 20_000), bound) for _ in range(RUNS)]


@pytest.mark.parametrize("bound", [2, 6, 37, 1000])
def test_sound_outcomes_fail_together_once_in_a_hundred(bound: int) -> None:
    assert sum(not outcomes.passes(p_values) for p_values in calibration(bound)) <= 4


@pytest.mark.parametrize("name", outcomes.TESTS)
@pytest.mark.parametrize("bound", [6, 37, 1000])
def test_the_p_values_of_sound_outcomes_are_even_or_lean_to_one(bound: int, name: str) -> None:
    p_values = np.array([p[name] for p in calibration(bound)])
    for level in (0.05, 0.2, 0.5):
        expected = level * RUNS
        assert np.count_nonzero(p_values < level) <= expected + 4 * (expected * (1 - level)) ** 0.5 + 1


@pytest.mark.parametrize("bound", [2, 3, 5, 2**16, 2**31, 2**53])
def test_every_test_takes_ranges_of_any_size(bound: int) -> None:
    p_values = outcomes.battery(SOUND.integers(0, bound, 20_000), bound)
    assert all(0 <= p <= 1 for p in p_values.values())
    assert outcomes.passes(p_values, 1e-6)


def permutations(count: int, size: int) -> Array:
    return np.argsort(SOUND.random((count, size)), axis=1)


def test_sound_decks_and_samples_pass() -> None:
    assert outcomes.passes(outcomes.deck_battery(permutations(3000, 52)), 1e-4)
    assert outcomes.passes(outcomes.sample_battery(permutations(3000, 80)[:, :20], 80), 1e-4)


def test_a_sound_weighted_choice_passes_and_another_weight_does_not() -> None:
    weights = [500, 300, 150, 49, 1]
    sums = np.cumsum(weights)
    chosen = np.searchsorted(sums, SOUND.integers(0, 1000, 200_000), side="right")
    assert outcomes.passes(outcomes.weighted_battery(chosen, weights), 1e-4)
    assert not outcomes.passes(outcomes.weighted_battery(chosen, [500, 300, 150, 44, 6]), 1e-6)


@pytest.mark.parametrize("name", teeth.OUTCOMES)
def test_bad_uses_of_sound_numbers_are_caught(name: str) -> None:
    assert outcomes.caught_by(outcomes.battery(teeth.OUTCOMES[name](300_000), 37), 1e-6)


def test_a_naive_shuffle_is_caught_with_a_thousand_decks() -> None:
    assert "every card in every place" in outcomes.caught_by(outcomes.deck_battery(teeth.naive_shuffle(1000)), 1e-6)


def test_a_sample_with_an_item_twice_is_caught() -> None:
    drawn = permutations(1000, 80)[:, :20]
    drawn[500, 3] = drawn[500, 4]
    assert ["no item twice"] == outcomes.caught_by(outcomes.sample_battery(drawn, 80))


def alternating(count: int) -> Array:
    return np.arange(count) % 37


def rising(count: int) -> Array:
    return np.sort(SOUND.integers(0, 37, count))


def repeating(count: int) -> Array:
    return np.tile(SOUND.integers(0, 37, 1000), count // 1000)


def one_more_often(count: int) -> Array:
    drawn = SOUND.integers(0, 37, count)
    return np.where(SOUND.random(count) < 0.003, 5, drawn)


def always_the_same(count: int) -> Array:
    return np.full(count, 5)


def one_never(count: int) -> Array:
    return SOUND.integers(0, 36, count)


@pytest.mark.parametrize("bad", [alternating, rising, repeating, one_more_often, one_never, always_the_same])
def test_plain_defects_of_outcomes_are_caught(bad: Callable[[int], Array]) -> None:
    assert outcomes.caught_by(outcomes.battery(bad(1_000_000), 37), 1e-6)


@pytest.mark.parametrize("name", teeth.BYTES)
def test_the_shortest_register_of_a_linear_generator_is_found(name: str) -> None:
    lowest = np.frombuffer(teeth.BYTES[name](4 * 45_000), "<u4") & 1
    length, chance = sp800_22.shortest_register(lowest.astype(np.uint8))
    assert length < 20_000
    assert chance < 1e-6


def test_the_shortest_register_of_sound_bits_is_half_as_long_as_they_are() -> None:
    length, chance = sp800_22.shortest_register(SOUND.integers(0, 2, 10_000).astype(np.uint8))
    assert abs(length - 5000) < 25
    assert chance > 1e-6


def test_the_register_of_a_known_sequence_is_found() -> None:
    state, bits = 1, 0
    for at in range(60):
        bits |= (state & 1) << at
        state = state >> 1 | ((state ^ state >> 1) & 1) << 3
    assert 4 == sp800_22.berlekamp_massey(bits, 60)


# SP 800-22 on NIST's own vector: the first million bits of e.


@cache
def bits_of_e(count: int = 1_000_000) -> sp800_22.Bits:
    """e = 1 + 1/1! + 1/2! + ..., in binary, by splitting the sum."""
    terms = 10
    while lgamma(terms + 1) / log(2) < count + 64:
        terms = terms * 11 // 10

    def split(first: int, last: int) -> tuple[int, int]:
        if last - first == 1:
            return 1, last
        middle = (first + last) // 2
        left, right = split(first, middle), split(middle, last)
        return left[0] * right[1] + right[0], left[1] * right[1]

    above, below = split(0, terms)
    value = ((above << count + 64) // below) + (1 << count + 64)
    return np.frombuffer(bin(value)[2 : 2 + count].encode(), np.uint8) - 48


@cache
def battery_of_e() -> dict[str, float]:
    return sp800_22.battery(bits_of_e())


PRINTED = {
    "frequency": 0.953749,
    "block frequency": 0.211072,
    "runs": 0.561917,
    "rank": 0.306156,
    "spectral": 0.847187,
    "non-overlapping template 000000001": 0.078790,
    "universal": 0.282568,
    "approximate entropy": 0.700073,
    "serial 1": 0.766182,
    "serial 2": 0.462921,
    "cumulative sums forward": 0.669887,
    "cumulative sums backward": 0.724266,
    "excursions +1": 0.786868,
    "excursions variant -1": 0.826009,
}
"""SP 800-22 rev. 1a, appendix B, and the results that come with NIST's own program."""

NEARLY = {
    "longest run": (0.718945, 0.02),
    "overlapping template": (0.110434, 0.06),
    "linear complexity": (0.826335, 0.001),
}
"""Where NIST's program takes rounded or approximate class chances, and exact ones stand here."""


@pytest.mark.parametrize("name", PRINTED)
def test_the_first_million_bits_of_e_get_the_p_value_that_nist_prints(name: str) -> None:
    assert pytest.approx(PRINTED[name], abs=2e-6) == battery_of_e()[name]


@pytest.mark.parametrize("name", NEARLY)
def test_exact_class_chances_come_near_what_nist_prints(name: str) -> None:
    printed, distance = NEARLY[name]
    assert pytest.approx(printed, abs=distance) == battery_of_e()[name]


def test_a_sequence_has_188_p_values() -> None:
    assert 188 == len(battery_of_e())


def test_the_chances_of_longest_runs_are_the_counted_ones() -> None:
    assert pytest.approx(sp800_22.RUN_CHANCES, abs=1e-9) == sp800_22.longest_run_chances()


def test_bits_that_lean_are_caught() -> None:
    p_values = sp800_22.battery((SOUND.random(1_000_000) < 0.503).astype(np.uint8))
    assert p_values["frequency"] < 1e-6


# Power.


def test_the_sample_size_finds_its_deviation_as_often_as_it_says() -> None:
    bound, deviation = 37, 0.2
    draws = draws_needed(bound, deviation, alpha=0.01, power=0.9)
    assert pytest.approx(deviation, rel=1e-3) == smallest_deviation(bound, draws, alpha=0.01, power=0.9)
    chances = np.full(bound, (1 - (1 + deviation) / bound) / (bound - 1))
    chances[0] = (1 + deviation) / bound
    found = sum(even(SOUND.multinomial(draws, chances)) < 0.01 for _ in range(1000))
    assert 860 <= found <= 935


@pytest.mark.parametrize(("bound", "draws"), [(37, 431_220), (2, 6372)])
def test_the_sample_sizes_are_the_known_ones(bound: int, draws: int) -> None:
    assert draws == draws_needed(bound, 0.1, alpha=1e-6, power=0.999)


def test_a_noncentral_chi_square_without_noncentrality_is_a_central_one() -> None:
    assert chi_square_tail(50, 36) == noncentral_tail(50, 36, 0)
    assert noncentral_tail(50, 36, 1e-9) == pytest.approx(chi_square_tail(50, 36))
