"""Real definitions, against the golden vectors and the exact figures of independent programs."""

import math
from collections import Counter
from fractions import Fraction
from math import prod
from typing import Any

import pytest

from core.slots import exact, means, spread
from core.slots.reveal import Carried, Told
from core.slots.spin import spin
from tests.core.slots.cases import (
    ANYWHERE,
    DOUBLING,
    FRUIT,
    MACHINES,
    MULTIPLYING,
    RISING,
    UNITS,
    WAYS,
    Stops,
    forced,
    read,
    tables,
)


def play(name: str, phase: str, stops: list[int], value: int = 0) -> tuple[int, int, Told]:
    told: Told = []
    win, award, _ = spin(tables(name), tables(name).phase(phase), Stops(stops, value), told, Carried())
    return win, award, told


def by_columns(rows: list[list[int]]) -> list[list[str]]:
    return [[str(symbol) for symbol in column] for column in zip(*rows, strict=True)]


def line_wins(told: Told) -> list[dict[str, Any]]:
    found = []
    for event in told:
        if event["type"] == "line":
            found.append(
                {"sym": int(event["symbol"]), "num": event["count"], "line": event["line"] + 1, "win": event["win"]}
            )
        elif event["type"] == "scatter":
            found.append({"sym": int(event["symbol"]), "num": event["count"], "win": event["win"]})
    return sorted(found, key=str)


def expected_wins(wins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [
        {k: v for k, v in win.items() if k in ("sym", "num", "line")} | {"win": win["pay"] * win.get("mult", 1)}
        for win in wins
    ]
    return sorted(kept, key=str)


@pytest.mark.parametrize("name", [FRUIT, DOUBLING, RISING])
def test_every_golden_vector_of_the_first_kind_is_matched(name: str) -> None:
    for vector in read(name)["golden_vectors"]:
        win, award, told = play(name, vector["mode"], vector["stops"])
        assert by_columns(vector["grid_rows"]) == [list(column) for column in told[0]["window"]]
        assert (vector["total_pay"], vector["free_spins"]) == (win, award), vector
        wins = vector.get("wins", []) or [w for step in vector.get("cascade_falls", []) for w in step]
        assert expected_wins(wins) == line_wins(told), vector


@pytest.mark.parametrize("name", [MULTIPLYING, WAYS])
@pytest.mark.parametrize("phase", ["base", "free"])
def test_every_golden_vector_of_the_second_kind_is_matched(name: str, phase: str) -> None:
    vectors = read(name)["test_vectors"]
    value = forced(name, vectors["free_forced_multiplier"])
    for vector in vectors[phase]:
        win, _, told = play(name, phase, vector["stops"], value)
        assert vector["board"] == [list(column) for column in told[0]["window"]]
        assert vector["total_cents"] == win
        assert vector["scatters"] == sum(column.count("S") for column in told[0]["window"])
        won = [event for event in told if event["type"] in ("line", "ways")]
        wins = [
            (w["symbol"], w["kind"], w["win"], w["line"] - 1, w["multiplier"]) if "line" in w
            else (w["symbol"], w["kind"], w["win"], w["ways"], 1)
            for w in vector["wins_cents"]
        ]  # fmt: skip
        assert sorted(wins) == sorted(
            (e["symbol"], e["count"], e["win"], e["line"] if "line" in e else e["ways"], e.get("factor", 1))
            for e in won
        )


@pytest.mark.parametrize("phase", ["base", "free"])
def test_every_tumble_of_the_vectors_is_matched(phase: str) -> None:
    vectors = read(ANYWHERE)["test_vectors"]
    value = forced(ANYWHERE, vectors["free_forced_multiplier"])
    for vector in vectors[phase]:
        win, _, told = play(ANYWHERE, phase, vector["stops"], value)
        assert vector["board"] == [list(column) for column in told[0]["window"]]
        assert vector["total_cents"] == win
        steps: list[list[tuple[Any, ...]]] = [[]]
        for event in told:
            if event["type"] == "anywhere":
                steps[-1].append((event["symbol"], event["count"], event.get("factor", 1), event["win"]))
            elif event["type"] == "fall":
                steps.append([])
        wins = [[(w["symbol"], w["size"], w["mult"], w["win"]) for w in step] for step in vector["tumble_wins_cents"]]
        assert [sorted(step) for step in wins] == [sorted(step) for step in steps if step]
        last = [[list(column) for column in event["window"]] for event in told if "window" in event][-1]
        assert vector["final_board"] == last
        assert vector["scatters"] == sum(column.count("S") for column in last)
        factor = next((event["factor"] for event in told if event["type"] == "multiply"), 1)
        if win:
            assert vector.get("board_multiplier", 1) == factor


@pytest.mark.parametrize("name", [FRUIT, DOUBLING])
def test_the_moments_are_the_integer_sums_of_the_full_enumeration(name: str) -> None:
    for counted in read(name)["expected"]["exact_full_enumeration"]:
        phase = tables(name).phase(counted["mode"])
        moments = spread.moments(tables(name), phase)
        spins = counted["spins"]
        assert prod(phase.stops) == spins
        assert Fraction(counted["sum_pay"], spins) == moments.pay
        assert Fraction(counted["sum_pay_squared"], spins) == moments.pay_square
        assert Fraction(counted["free_spins_awarded_total"], spins) == moments.games
        assert Fraction(counted["sum_free_spins_squared"], spins) == moments.games_square
        assert Fraction(counted["sum_pay_times_free_spins"], spins) == moments.pay_games
        assert Fraction(counted["spins_with_pay_gt_0"], spins) == moments.hit_rate
        by_key: Counter[str] = Counter()
        for (symbol, count), mean in means.means(tables(name), phase).items():
            by_key[f"{symbol} x{count}"] = int(mean * spins)
        assert {k: v for k, v in counted["pay_sum_by_symbol_and_count"].items() if v} == {
            k: v for k, v in by_key.items() if v
        }


@pytest.mark.parametrize("name", [FRUIT, DOUBLING])
def test_the_figures_of_whole_rounds_are_those_stated(name: str) -> None:
    stated = read(name)["expected"]["derived_exact"]
    found = exact.figures(tables(name))
    assert found.variance is not None
    assert math.isclose(stated["rtp_percent"], 100 * found.rtp, rel_tol=1e-12)
    assert math.isclose(stated["sigma_per_paid_round"], math.sqrt(found.variance), rel_tol=1e-12)
    assert math.isclose(stated["base_hit_frequency"], found.hit_rate, rel_tol=1e-12)
    if "free_spins_hit_rate_1_in" in stated:
        assert math.isclose(stated["free_spins_hit_rate_1_in"], 1 / found.free_game_rate, rel_tol=1e-12)
    counted = read(name)["expected"]["exact_full_enumeration"][0]
    assert found.max_spin == counted["max_pay"]
    assert found.max_spin_chance == Fraction(counted["spins_at_max_pay"], counted["spins"])


@pytest.mark.parametrize("name", [MULTIPLYING, WAYS])
def test_multiplied_wilds_have_their_exact_means(name: str) -> None:
    expected = read(name)["expected"]
    base, free = expected["base_game_exact"], expected["free_spins_exact"]
    compiled = tables(name)
    assert compiled.free is not None
    paid = sum(means.means(compiled, compiled.base).values())
    assert Fraction(base["base_rtp_fraction"]) == Fraction(paid) / UNITS
    assert (
        Fraction(free["mean_win_per_free_spin_fraction"])
        == Fraction(sum(means.means(compiled, compiled.free).values())) / UNITS
    )
    found = [float(chance) for chance in means.counts_of(compiled, compiled.base, compiled.scatters[0].marks)][:6]
    assert pytest.approx(list(base["scatter_count_distribution"].values()), rel=1e-12) == found
    assert pytest.approx(free["rho_extra_spins_per_spin"], rel=1e-12) == float(means.games(compiled, compiled.free))
    assert pytest.approx(free["total_rtp_uncapped"], rel=1e-12) == float(exact.rtp(compiled))
    for key, figure in base["per_symbol_kind"].items():
        symbol, count = key.split("x")
        assert pytest.approx(figure["rtp"], rel=1e-9) == float(
            means.means(compiled, compiled.base)[symbol, int(count)] / UNITS
        )


@pytest.mark.parametrize("name", [MULTIPLYING, WAYS])
def test_the_hit_rate_is_that_of_the_full_enumeration(name: str) -> None:
    stated = read(name)["expected"]["base_game_exact"]["base_hit_rate_fraction"]
    assert Fraction(stated) == spread.hit_rate(tables(name))


@pytest.mark.parametrize("name", MACHINES)
def test_a_real_definition_is_json_and_tells_its_rules(name: str) -> None:
    from ports import canonical

    assert canonical.dump(MACHINES[name]().as_json())
    assert "strips" not in canonical.dump(MACHINES[name]().rules()).decode()
