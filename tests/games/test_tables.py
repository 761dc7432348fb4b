"""The wheel and the roulette table, counted over all that can fall."""

from fractions import Fraction

import pytest

from games.fortune_wheel import game as wheel
from games.roulette import BETS, WHEEL
from games.roulette import game as roulette
from ports.game import IllegalWager, Wager
from ports.randomness import Rng


class Falls(Rng):
    def __init__(self, value: int) -> None:
        self._value = value

    def below(self, bound: int, purpose: str) -> int:
        assert self._value < bound
        return self._value


def test_the_wheel_returns_what_it_declares() -> None:
    total = 1000
    wins = [wheel.play(Wager("base"), Falls(value)).win for value in range(total)]
    assert wheel.modes[0].rtp == Fraction(sum(wins), total * wheel.modes[0].cost)


@pytest.mark.parametrize("bet", BETS)
def test_every_bet_on_the_table_returns_the_same(bet: str) -> None:
    wager = Wager("base", {bet: 7})
    wins = [roulette.play(wager, Falls(value)).win for value in range(37)]
    assert roulette.modes[0].rtp == Fraction(sum(wins), 37 * roulette.cost(wager))


def test_the_roulette_wheel_has_every_number_once() -> None:
    assert list(range(37)) == sorted(WHEEL)
    colours = ["red" if number in BETS["red"] else "black" for number in WHEEL[1:]]
    assert ["red", "black"] * 18 == colours


def test_several_bets_are_paid_in_one_round() -> None:
    turn = roulette.play(Wager("base", {"red": 5, "number-3": 1, "black": 2}), Falls(3))
    assert 5 * 2 + 36 == turn.win
    assert ["ball", "bet", "bet", "total"] == [event["type"] for event in turn.events]


def test_no_wager_wins_more_than_the_cap() -> None:
    everything = Wager("base", dict.fromkeys(BETS, 1000))
    assert max(roulette.play(everything, Falls(value)).win for value in range(37)) <= roulette.cap


@pytest.mark.parametrize(
    "selection", [None, {}, [], {"red": 0}, {"red": True}, {"blue": 1}, {"red": 1001}, {"red": "1"}]
)
def test_bets_that_are_none_are_refused(selection: object) -> None:
    with pytest.raises(IllegalWager):
        roulette.cost(Wager("base", selection))  # type: ignore[arg-type]


def test_a_selection_on_the_wheel_is_refused() -> None:
    with pytest.raises(IllegalWager):
        wheel.cost(Wager("base", {"red": 1}))
