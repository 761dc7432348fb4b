"""Modes of a slot: an ante that plays other strips, and free games for sale; each counted out through the served game."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from adapters.simulation.slots.runs import Sums, simulate
from core.slots import exact
from core.slots.compiling import compile_machine
from core.slots.game import SlotGame
from core.slots.machine import Bet, Fault, Lines, Machine, Scatter, Wild
from core.slots.phase import Phase
from core.slots.series import pays_nothing
from core.slots.tables import Tables
from ports.game import IllegalWager, Wager
from ports.randomness import Rng
from tests.core.slots.judge import mean, variance, wins

STRIPS = (("a", "b", "s"), ("b", "a", "s", "w"), ("a", "s", "b"))
RICH = (("a", "s", "s"), ("b", "s", "s", "w"), ("a", "s", "b"))
FREE = (("a", "a", "b"), ("w", "b", "a"), ("a", "b", "b"))
MACHINE = Machine(
    rows=1,
    pattern=Lines(((0, 0, 0),)),
    pays={"a": {2: 2, 3: 9}, "b": {3: 4}, "w": {3: 20}},
    base=Phase(strips=STRIPS, awards={3: 2}),
    free=Phase(strips=FREE, factor=2),
    wild=Wild(symbol="w"),
    scatter=Scatter(symbol="s", pays={3: 1}),
    cost=8,
    bets={"ante": Bet(cost=10, base=Phase(strips=RICH, awards={3: 2})), "buy": Bet(cost=30, buys=3)},
)


class Stops(Rng):
    """Gives the stops of one spin after the other."""

    def __init__(self, stops: Iterator[int]) -> None:
        self._stops = stops

    def below(self, bound: int, purpose: str) -> int:
        return next(self._stops)


@pytest.fixture(scope="module")
def game() -> SlotGame:
    returns = {mode: exact.rtp(_compiled(mode)) for mode in ("base", "ante", "buy")}
    return SlotGame(id="tiny", name="Tiny", version="1", machine=MACHINE, rtp=returns, cap=10_000)


def _compiled(mode: str) -> Tables:
    return compile_machine(MACHINE.played_as(mode))


@pytest.mark.parametrize("mode", ["base", "ante", "buy"])
def test_the_exact_figures_of_a_mode_are_those_of_a_count(game: SlotGame, mode: str) -> None:
    found = wins(game.compiled(mode))
    cost = game.compiled(mode).machine.cost
    figures = exact.figures(game.compiled(mode))
    assert mean(found) / cost == figures.rtp == figures.base_rtp + figures.free_rtp
    assert variance(found) / cost**2 == figures.variance
    assert 1 - found.get(0, Fraction(0)) == figures.round_hit_rate


def test_games_that_pay_nothing_and_award_one_more_are_a_fraction_and_several_more_are_not() -> None:
    """A game pays nothing by 1/2, and by 1/4 nothing but another game: f = 1/2 + f/4, a round of two games f^2."""
    first, half, quarter = [Fraction(0), Fraction(0), Fraction(1)], Fraction(1, 2), Fraction(1, 4)
    assert Fraction(4, 9) == pays_nothing(first, [half, quarter], 0)
    assert pays_nothing(first, [half, Fraction(0), quarter], 0) is None
    limited = (
        quarter + quarter * Fraction(9, 16) + half * quarter * Fraction(3, 4)
    )  # two games, or the third one as well
    assert limited == pays_nothing(first, [half, Fraction(0), quarter], 3)


def test_what_is_bought_is_told_and_nothing_else_is_spun(game: SlotGame) -> None:
    turn = game.play(Wager("buy"), Stops(iter([0] * 9)))
    kinds = [event["type"] for event in turn.events]
    assert ({"type": "bought", "games": 3}, 3, 3) == (turn.events[0], kinds.count("free_game"), kinds.count("reels"))
    figures = exact.figures(game.compiled("buy"))
    assert (1, 3, 0, 0) == (figures.free_game_rate, figures.games_a_trigger, figures.base_rtp, figures.hit_rate)


def test_each_mode_has_its_cost_and_its_declared_return(game: SlotGame) -> None:
    assert [("base", 8), ("ante", 10), ("buy", 30)] == [(mode.id, mode.cost) for mode in game.modes]
    assert [8, 10, 30] == [game.cost(Wager(mode.id)) for mode in game.modes]
    with pytest.raises(IllegalWager, match="modes base, ante, buy"):
        game.cost(Wager("turbo"))


@pytest.mark.parametrize("mode", ["ante", "buy"])
def test_a_simulation_of_a_mode_finds_its_return(game: SlotGame, mode: str) -> None:
    sums = Sums()
    for batch in simulate(game.compiled(mode), key=bytes(32), rounds=200_000, cap=10_000, cores=1):
        sums.add(batch)
    figures = exact.figures(game.compiled(mode))
    cost = game.compiled(mode).machine.cost
    assert figures.variance is not None
    error = (float(figures.variance) / sums.rounds) ** 0.5
    assert abs(sums.win / sums.rounds / cost - float(figures.rtp)) < 4 * error


def test_players_are_told_the_modes_but_not_the_strips(game: SlotGame) -> None:
    assert isinstance(game.rules, dict)
    told = game.rules["bets"]
    assert {"ante", "buy"} == set(told)
    assert (30, 3, None) == (told["buy"]["cost"], told["buy"]["buys"], told["buy"]["base"])
    assert {"3": 2} == told["ante"]["base"]["awards"]
    assert "strips" not in str(game.rules)


@pytest.mark.parametrize(
    ("bets", "complaint"),
    [
        ({"ante": Bet(cost=0)}, "bets: ante: cost: 0 units"),
        ({"ante": Bet(cost=1, base=Phase(strips=(("a",),)))}, "bets: ante: free.strips: there are 3 for 1 reels"),
        ({"base": Bet(cost=1)}, "bets: base is the machine's own mode"),
        ({"buy": Bet(cost=1, buys=-1)}, "bets: buy: buys: -1 free games cannot be bought"),
    ],
)
def test_a_mode_that_cannot_be_played_is_refused_with_its_name(bets: dict[str, Bet], complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(MACHINE, bets=bets)


def test_free_games_that_there_are_none_of_cannot_be_bought() -> None:
    with pytest.raises(Fault, match="bets: buy: buys: 3 free games cannot be bought"):
        replace(MACHINE, base=Phase(strips=STRIPS), free=None, bets={"buy": Bet(cost=1, buys=3)})


@pytest.mark.parametrize(
    ("rtp", "complaint"),
    [
        (Fraction(1, 2), "declared for base, played as base, ante, buy"),
        ({"base": Fraction(1, 2), "ante": Fraction(1, 2)}, "declared for base, ante, played as"),
        ({"base": Fraction(1, 2), "ante": Fraction(1, 2), "buy": Fraction(1, 2)}, "declared for mode base"),
    ],
)
def test_every_mode_declares_its_own_return(rtp: Any, complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        SlotGame(id="tiny", name="Tiny", version="1", machine=MACHINE, rtp=rtp, cap=100)


def test_nothing_is_drawn_for_a_spin_that_is_not_played(game: SlotGame) -> None:
    game.play(Wager("buy"), Stops(iter([0] * 9)))
    with pytest.raises(StopIteration):
        game.play(Wager("buy"), Stops(iter([0] * 8)))
