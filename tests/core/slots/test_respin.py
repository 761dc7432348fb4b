"""Hold and respin, against the judge that plays every sequence of draws, and against the law of large numbers."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from core.rng import TurnRng
from core.slots.machine import Fault, Lines, Machine, Phase
from core.slots.respin import DIGITS, RespinGame, Respins
from games import ember_vault
from ports.game import IllegalWager, Wager
from ports.randomness import Rng
from tests.core.slots.judge import every
from tests.games.catalogue import Bytes

BET = Wager("base")
SMALL = Machine(
    rows=1,
    pattern=Lines(((0, 0),)),
    pays={"a": {2: 3}},
    base=Phase(strips=(("a", "b", "c"), ("a", "c"))),
    cost=2,
)
FEW = Respins(symbol="c", starts=1, prizes={1: 1, 4: 1}, lands=(1, 2), lives=2, full=5)


def made(machine: Machine = SMALL, respins: Respins = FEW, rtp: Fraction | None = None) -> RespinGame:
    given: dict[str, Any] = {"id": "small", "name": "Small", "version": "1", "machine": machine, "respins": respins}
    try:
        return RespinGame(**given, rtp=rtp or Fraction(1, 3), cap=1000)
    except Fault as fault:
        if rtp is not None or "the tables return" not in str(fault):
            raise
        return RespinGame(**given, rtp=Fraction(str(fault).rpartition(" ")[2]), cap=1000)


@pytest.mark.parametrize(
    "respins",
    [FEW, replace(FEW, starts=2), replace(FEW, lives=1), replace(FEW, lives=3, lands=(1, 1)), replace(FEW, full=0)],
    ids=str,
)
def test_the_exact_return_is_the_mean_over_every_sequence_of_draws(respins: Respins) -> None:
    game = made(respins=respins)

    def play(rng: Rng) -> int:
        return game.play(BET, rng).win

    outcomes = list(every(play))
    assert 1 == sum(chance for _, chance in outcomes)
    assert game.rtp() == sum(win * chance for win, chance in outcomes) / 2


def test_how_many_of_the_symbol_a_spin_shows_is_counted_over_all_stops() -> None:
    assert [Fraction(2, 6), Fraction(3, 6), Fraction(1, 6)] == made().shown()


def test_the_game_returns_what_it_declares() -> None:
    """60,000 rounds, within four standard errors of the exact return."""
    game, rounds = ember_vault.game, 60_000
    entropy = Bytes(11)
    wins = [game.play(BET, TurnRng(entropy)).win for _ in range(rounds)]
    mean = sum(wins) / rounds
    error = (sum((win - mean) ** 2 for win in wins) / rounds / rounds) ** 0.5
    assert abs(mean - float(game.rtp()) * 10) < 4 * error
    assert game.modes[0].rtp == round(game.rtp(), DIGITS)


def test_what_is_told_of_a_hold_adds_up_and_leaves_no_cell_twice() -> None:
    game, seen = ember_vault.game, 0
    for seed in range(4000):
        turn = game.play(BET, TurnRng(Bytes(seed)))
        events = [dict(event) for event in turn.events]
        embers = sum(column.count("ember") for column in events[0]["window"])  # type: ignore[union-attr]
        holds: list[Any] = [event for event in events if event["type"] in ("hold", "respin")]
        assert bool(holds) == (embers >= 6)
        if not holds:
            continue
        seen += 1
        cells = [tuple(cell) for event in holds for cell in event["cells"]]
        [held] = [event for event in events if event["type"] == "held"]
        assert len(cells) == len(set(cells))
        assert held["win"] == sum(prize for event in holds for prize in event["prizes"])
        assert (5000 if len(cells) == 15 else 0) == held["full"]
        assert 0 == holds[-1]["left"] or len(cells) == 15
        lines = sum(event["win"] for event in events if event["type"] == "line")  # type: ignore[misc]
        assert turn.win == lines + held["win"] + held["full"]  # type: ignore[operator]
        for before, after in pairwise(holds):
            assert after["left"] == (3 if after["cells"] else before["left"] - 1)
    assert seen > 40


def test_no_round_can_reach_the_cap() -> None:
    game = ember_vault.game
    most = 10 * 1000 + 15 * max(game.respins.prizes) + game.respins.full
    assert most < game.cap


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"symbol": "z"}, "no strip has the symbol 'z'"), ({"symbol": "a"}, "a pays by its prizes only"),
        ({"starts": 0}, "starts"), ({"starts": 3}, "starts"), ({"prizes": {}}, "prizes"), ({"prizes": {0: 1}}, "prizes"),
        ({"prizes": {1: 0}}, "prizes"), ({"lands": (0, 1)}, "lands"), ({"lands": (1, 0)}, "lands"), ({"lives": 0}, "lives"),
        ({"full": -1}, "full"),
    ],
    ids=str,
)  # fmt: skip
def test_a_feature_with_a_fault_is_refused_with_its_place(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        made(respins=replace(FEW, **change))


def test_another_return_than_the_exact_one_is_refused() -> None:
    with pytest.raises(Fault, match="is declared, the tables return"):
        made(rtp=Fraction(1, 2))


@pytest.mark.parametrize("wager", [Wager("ante"), Wager("base", {"lines": 1})], ids=str)
def test_it_is_played_in_one_mode_and_without_a_selection(wager: Wager) -> None:
    with pytest.raises(IllegalWager):
        ember_vault.game.play(wager, TurnRng(Bytes(1)))
