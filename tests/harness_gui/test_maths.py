"""The figures of a game: exact where they are said to be, and counted in the same ranges as what is played."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from threading import Event

import pytest

from core.rng import Replay
from core.slots import exact, spread
from core.slots.game import SlotGame
from core.ways import example
from harness_gui import auto, maths
from harness_gui.auto import Stops, Tally
from harness_gui.bench import Bench
from harness_gui.maths import BINS, BOUNDS, FREE, NOTHING, Sheet, place
from ports.game import Game, Wager
from ports.randomness import Draw
from rgs import plugins
from rgs.settings import Settings
from tests.core.test_ways import Dice

GAMES = {listing.game.id: listing.game for listing in plugins.catalogue()}
BETS = [(game.id, mode.id) for game in GAMES.values() for mode in game.modes]


def of(game: Game, mode: str = "base") -> Sheet:
    return maths.sheet(game, Wager(mode, None if game.selection is None else example(game.selection)))


@pytest.mark.parametrize(("game", "mode"), BETS)
def test_every_bet_of_the_house_has_figures_that_agree_with_what_is_declared(game: str, mode: str) -> None:
    found = of(GAMES[game], mode)
    if found.rtp is None:
        assert found.method.startswith("declared")
    else:
        assert abs(found.rtp - found.declared) < Fraction(1, 10**12)
    if found.chances is not None:
        assert (1, len(BINS)) == (sum(found.chances), len(found.chances))
        if found.hit_rate is not None and found.hit_of == "round":
            assert found.chances[NOTHING] <= 1 - found.hit_rate <= found.chances[NOTHING] + found.chances[FREE]


def test_a_slot_is_counted_as_its_every_stop_pays() -> None:
    game = GAMES["three-fruits"]
    chances = [0] * len(BINS)
    total = square = most = 0
    for stops in product(range(32), repeat=3):
        turn = game.play(Wager("base"), Replay([Draw("stop", 32, stop) for stop in stops]))
        chances[place(turn.win, 5, turn.events)] += 1
        total, square, most = total + turn.win, square + turn.win**2, max(most, turn.win)
    found = of(game)
    assert tuple(Fraction(count, 32**3) for count in chances) == found.chances
    assert (Fraction(total, 5 * 32**3), most) == (found.rtp, found.most)
    assert Fraction(square, 25 * 32**3) - Fraction(total, 5 * 32**3) ** 2 == found.variance


def test_free_games_are_a_range_of_their_own() -> None:
    game = GAMES["deep-lanterns"]
    assert isinstance(game, SlotGame)
    found, tables = of(game), game.compiled()
    assert found.chances is not None
    assert found.feature_rate == found.chances[FREE] == exact.figures(tables).free_game_rate
    joint = spread.wins_and_awards(tables, tables.base)
    wins: dict[int, Fraction] = {}
    for (units, _), chance in joint.items():
        wins[units] = wins.get(units, Fraction(0)) + chance
    assert exact.figures(tables).wins == wins
    assert (0, 1) == (of(game, "buy").chances[NOTHING], of(game, "buy").chances[FREE])  # type: ignore[index]
    stones = GAMES["seven-stones"]
    assert isinstance(stones, SlotGame)
    with pytest.raises(ValueError, match="no distribution"):
        spread.wins_and_awards(stones.compiled(), stones.compiled().base)


def test_a_small_game_is_played_in_every_way() -> None:
    wheel, table = of(GAMES["fortune-wheel"]), of(GAMES["roulette"])
    assert (Fraction(413, 1000), Fraction(3, 1000)) == (1 - (wheel.hit_rate or 0), wheel.most_chance)
    assert (Fraction(36, 37), Fraction(1, 37), 36) == (table.rtp, table.hit_rate, table.most)


def test_a_small_game_is_played_whole() -> None:
    found = of(Dice())
    wins = [first + second for first in range(6) for second in range(1, 6) for _ in range(6)]
    wins += [first + again for first in range(6) for again in range(6)]
    assert Fraction(sum(wins), len(wins)) == found.rtp
    assert Fraction(sum(win > 0 for win in wins), len(wins)) == found.hit_rate
    assert (10, Fraction(sum(win == 10 for win in wins), len(wins))) == (found.most, found.most_chance)


def test_a_game_with_too_many_ways_is_left_alone() -> None:
    found = of(Dice(sides=1_000))
    assert (None, None, Fraction(1)) == (found.rtp, found.chances, found.declared)


def test_it_says_how_far_it_is_and_can_be_stopped() -> None:
    parts: list[float] = []
    maths.sheet(Dice(sides=40), Wager("base"), lambda part: bool(parts.append(part)) or True)
    assert parts == sorted(parts)
    assert 0 < parts[0] < parts[-1] <= 1
    for game in (Dice(sides=40), GAMES["three-fruits"]):
        with pytest.raises(maths.Stopped):
            maths.sheet(game, Wager("base"), lambda part: False)


def test_a_win_is_in_the_range_that_begins_below_it() -> None:
    assert [NOTHING, 1, 2, 2, 3] == [place(win, 10) for win in (0, 9, 10, 19, 20)]
    assert [place(bound * 7, 7) for bound in BOUNDS] == list(range(2, FREE))
    assert FREE == place(0, 10, [{"type": "free_game"}])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def test_what_is_played_is_counted_in_the_same_ranges(bench: Bench) -> None:
    bench.force.stops([11, 11, 13], shots=2)
    tally = auto.run(bench, 20, stake=10, mode=None, stops=Stops(), stop=Event(), told=lambda tally, round: None)
    rounds = bench.history()
    expected = [0] * len(BINS)
    for round in rounds:
        expected[place(round.win, round.terms.stake)] += 1
    assert (20, 2, tuple(expected)) == (tally.drawn, tally.forced, tally.bins)
    assert tally.most == max(round.win / round.terms.stake for round in rounds) >= 50.6
    assert tally.hit_rate == (20 - expected[NOTHING]) / 20


def test_rounds_that_drew_nothing_are_in_no_range(bench: Bench) -> None:
    bench.arm("escrow", "refused", "0110")
    tally = auto.run(bench, 4, stake=10, mode=None, stops=Stops(), stop=Event(), told=lambda tally, round: None)
    assert (4, 2) == (tally.spins, tally.drawn)
    assert (0, 0, 0, 0) == (Tally().hit_rate, Tally().sigma, Tally().free_game_rate, Tally().rtp)
