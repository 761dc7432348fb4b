"""The compiled reader: it plays as the served game does, and finds the figures of independent programs."""

import os
from fractions import Fraction
from pathlib import Path

import pytest
from numba.core.dispatcher import Dispatcher

from adapters.simulation.slots import board, compiled, kernel, pays
from adapters.simulation.slots import chance as chances
from adapters.simulation.slots import lines as plain_lines
from adapters.simulation.slots import sums as added
from adapters.simulation.slots.arrays import arrays
from adapters.simulation.slots.chance import LONGEST, WORDS, below, fill, keystream
from adapters.simulation.slots.runs import BATCH, Sums, batch, enumerate_stops, estimate, plain, replay, simulate
from core.slots import exact
from core.slots.game import SlotGame
from tests.core.slots.cases import ANYWHERE, DOUBLING, FRUIT, MACHINES, MULTIPLYING, RISING, UNITS, WAYS, read, tables
from tests.core.slots.judge import served
from tests.games.catalogue import GAMES

ROUNDS = int(os.environ.get("SLOT_ROUNDS", "50000"))
SLOTS = [game for game in GAMES if isinstance(game, SlotGame)]
KEY = bytes(range(32))


def test_the_keystream_is_that_of_the_standard() -> None:
    """RFC 8439, section 2.3.2, with its nonce and counter."""
    [chance] = keystream(KEY, 0)
    chance["key"][12:16] = 1, 0x09000000, 0x4A000000, 0
    fill(chance["words"][:WORDS], chance["key"])
    assert [0xE4E7F110, 0x15593BD1, 0x1FDD0F50, 0xC47120A3] == [int(word) for word in chance["words"][:4]]


def test_compiled_draws_are_fair() -> None:
    [chance] = keystream(KEY, 7)
    counts = [0] * 6
    for _ in range(60_000):
        counts[below(chance, 6)] += 1
    assert sum((count - 10_000) ** 2 / 10_000 for count in counts) < 25


@pytest.mark.parametrize(
    ("game", "mode"),
    [(game, mode.id) for game in SLOTS for mode in game.modes],
    ids=lambda part: getattr(part, "id", part),
)
def test_the_same_draws_give_the_same_rounds_compiled_and_served(game: SlotGame, mode: str) -> None:
    tapes, found = served(game.compiled(mode), ROUNDS)
    assert found == replay(game.compiled(mode), tapes)


@pytest.mark.parametrize("name", MACHINES)
def test_real_definitions_play_alike_compiled_and_served(name: str) -> None:
    tapes, found = served(tables(name), 2_000)
    assert found == replay(tables(name), tapes)


def test_a_tape_that_is_not_of_its_round_is_refused_with_its_number() -> None:
    tapes, _ = served(tables(FRUIT), 5)
    fewer, more = [*tapes[:3], tapes[3][:-1], tapes[4]], [*tapes[:3], [*tapes[3], 0], tapes[4]]
    for wrong in (fewer, more):
        with pytest.raises(ValueError, match="round 3 does not end where its tape does"):
            replay(tables(FRUIT), wrong)
    with pytest.raises(ValueError, match=f"round 1 drew more than {LONGEST} values"):
        replay(tables(FRUIT), [tapes[0], [0] * (LONGEST + 1)])


@pytest.mark.parametrize("name", [FRUIT, DOUBLING, RISING])
def test_the_mini_enumeration_has_the_integer_sums_of_the_independent_one(name: str) -> None:
    for stated in read(name)["expected"]["mini_enumeration"]:
        found = enumerate_stops(tables(name), stated["mode"], stated["stops_per_reel"])
        assert stated["spins"] == found.spins
        assert stated["sum_pay"] == found.pay
        assert stated["sum_pay_squared"] == found.pay_square
        assert stated["spins_with_pay_gt_0"] == found.hits
        assert stated["free_spins_awarded_total"] == found.games
        assert stated["sum_free_spins_squared"] == found.games_square
        assert stated["sum_pay_times_free_spins"] == found.pay_games
        assert stated["max_pay"] == found.most


@pytest.mark.parametrize("name", [FRUIT, DOUBLING, RISING])
@pytest.mark.skipif("ENUMERATE" not in os.environ, reason="a minute: ENUMERATE=1, make soak")
def test_the_whole_enumeration_has_the_integer_sums_of_the_independent_one(name: str) -> None:
    for stated in read(name)["expected"]["exact_full_enumeration"]:
        found = enumerate_stops(tables(name), stated["mode"])
        assert (stated["spins"], stated["sum_pay"], stated["sum_pay_squared"], stated["spins_with_pay_gt_0"]) == found[
            :4
        ]
        assert (stated["free_spins_awarded_total"], stated["sum_pay_times_free_spins"]) == (
            found.games,
            found.pay_games,
        )


def played(name: str, rounds: int) -> Sums:
    sums = Sums()
    for part in simulate(tables(name), key=KEY, rounds=rounds, cap=5000 * UNITS, cores=1):
        sums.add(part)
    assert rounds == sums.rounds == sum(sums.counted)
    return sums


@pytest.mark.parametrize("name", [MULTIPLYING, WAYS, ANYWHERE])
def test_simulated_figures_are_within_four_standard_errors_of_the_independent_ones(name: str) -> None:
    stated = read(name)["expected"]["monte_carlo"]
    rounds = 4 * BATCH
    sums = played(name, rounds)
    base = estimate(sums.base, sums.base_square, rounds, UNITS)
    assert abs(base.mean - stated["base_rtp"]) < 4 * (base.error**2 + stated["base_rtp_se"] ** 2) ** 0.5
    rtp = estimate(sums.win, sums.win_square, rounds, UNITS)
    assert abs(rtp.mean - stated["total_rtp_capped"]) < 4 * (rtp.error**2 + stated["total_rtp_capped_se"] ** 2) ** 0.5
    for counted, chance in ((sums.base_hits, "base_hit_rate"), (sums.triggers, "trigger_probability")):
        expected = stated[chance]
        assert abs(counted / rounds - expected) < 4 * (expected * (1 - expected) / rounds) ** 0.5
    games = stated["free_spins_per_trigger"]
    assert abs(sums.games / sums.triggers - games) < 8 * games / sums.triggers**0.5


def test_simulation_finds_what_the_exact_maths_says() -> None:
    figures = exact.figures(tables(DOUBLING))
    rounds = 4 * BATCH
    sums = played(DOUBLING, rounds)
    found = estimate(sums.uncapped, sums.win_square, rounds, 10)
    assert abs(found.mean - figures.rtp) < 4 * found.error
    assert abs(Fraction(sums.triggers, rounds) - figures.free_game_rate) < 4 * (figures.free_game_rate / rounds) ** 0.5


@pytest.mark.parametrize("name", [FRUIT, DOUBLING])
def test_the_quick_reader_of_plain_lines_plays_the_same_rounds(name: str) -> None:
    machine = arrays(tables(name))
    assert plain(machine)
    for cap in (500, 10**9):
        slow, quick = (
            batch(machine, key=KEY, stream=3, rounds=100_000, cap=cap, quick=quick) for quick in (False, True)
        )
        assert slow == quick


def test_batches_on_two_cores_are_the_same_as_on_one() -> None:
    one, two = Sums(), Sums()
    for sums, cores in ((one, 1), (two, 2)):
        for part in simulate(tables(FRUIT), key=KEY, rounds=2 * BATCH + 1, cap=10**9, cores=cores):
            sums.add(part)
    assert one == two


def test_what_is_compiled_is_kept_for_these_sources_alone(tmp_path: Path) -> None:
    """Numba does not see that a function which another one calls has changed: each state of the sources has its own place."""
    functions = {
        name: function
        for module in (board, chances, kernel, plain_lines, pays, added)
        for name, function in vars(module).items()
        if isinstance(function, Dispatcher)
    }
    assert {"spin", "evaluate", "fall", "below", "line_rounds", "add"} <= set(functions)
    assert {compiled.digest()} == {Path(each.stats.cache_path).parts[-2] for each in functions.values()}
    (tmp_path / "a.py").write_text("one")
    before = compiled.digest([tmp_path])
    (tmp_path / "a.py").write_text("two")
    changed = compiled.digest([tmp_path])
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert 3 == len({before, changed, compiled.digest([tmp_path])})
