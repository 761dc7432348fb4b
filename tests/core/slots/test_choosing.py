"""Slots that ask: which free games, and whether a win is gambled."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from core.rng import TurnRng
from core.slots import exact
from core.slots.choosing import GUESSES, ChoosingSlot, Gamble
from core.slots.compiling import compile_machine
from core.slots.game import SlotGame
from core.slots.machine import Bet, Fault, Lines, Machine, Pick, Scatter
from core.slots.phase import Phase
from ports.game import IllegalChoice, Interactive, Turn, Wager
from ports.randomness import Rng
from tests.core.slots.judge import every
from tests.games.catalogue import Bytes

BET = Wager("base")
FREE = Phase(strips=(("a", "b"), ("a", "b", "b")))
MACHINE = Machine(
    rows=1,
    pattern=Lines(((0, 0),)),
    pays={"a": {2: 2}, "b": {2: 1}},
    base=Phase(strips=(("a", "b", "s"), ("a", "s", "b", "b")), awards={2: 9}),
    scatter=Scatter(symbol="s"),
    cost=3,
    picks={"many": Pick(games=2, phase=FREE), "few": Pick(games=1, phase=replace(FREE, factor=3))},
)
PLAIN = replace(MACHINE, picks={}, base=replace(MACHINE.base, awards={}))


def slot(machine: Machine = MACHINE, gamble: Gamble | None = None, **changes: Any) -> ChoosingSlot:
    modes = {mode: machine.played_as(mode) for mode in ("base", *machine.bets)}
    rtp = {
        mode: exact.rtp(compile_machine(played.picked("many") if machine.picks else played))
        for mode, played in modes.items()
    }
    given: dict[str, Any] = {
        "id": "small",
        "name": "Small",
        "version": "1",
        "machine": machine,
        "rtp": rtp,
        "cap": 1000,
    }
    return ChoosingSlot(**given | changes, gamble=gamble)


def rounds(game: ChoosingSlot, prefer: str, times: int = 1) -> Iterator[tuple[int, Fraction]]:
    """What every sequence of draws comes to when `prefer` is chosen where it is offered, so often, and then the free way."""

    def play(rng: Rng) -> int:
        turn, left = game.play(BET, rng), times
        while turn.choices:
            offered = [option.id for option in turn.choices]
            wanted = prefer in offered and left
            left -= bool(wanted)
            turn = game.act(turn.state, prefer if wanted else game.auto(turn.state), rng)
        return turn.win

    return every(play)


def mean(found: Iterator[tuple[int, Fraction]]) -> Fraction:
    return Fraction(sum(win * chance for win, chance in found))


@pytest.mark.parametrize("pick", MACHINE.picks)
def test_each_pick_returns_what_its_tables_say_and_the_first_is_declared(pick: str) -> None:
    game = slot()
    found = mean(rounds(game, pick)) / 3
    assert exact.rtp(game.compiled("base", pick)) == found
    assert (game.modes[0].rtp == found) == (pick == "many")


@pytest.mark.parametrize("guess", GUESSES)
@pytest.mark.parametrize("times", [1, 2])
def test_gambling_returns_what_is_put_in(guess: str, times: int) -> None:
    game = slot(PLAIN, Gamble(most=100))
    assert mean(rounds(game, guess, times)) == mean(rounds(game, "take")) == game.modes[0].rtp * 3


def gambled(game: ChoosingSlot, guesses: list[str], seed: int) -> list[Turn]:
    """A round that wins, gambled on these guesses as far as they are offered."""
    rng = TurnRng(Bytes(seed))
    turns = [game.play(BET, rng)]
    for guess in guesses:
        if guess not in [option.id for option in turns[-1].choices]:
            break
        turns.append(game.act(turns[-1].state, guess, rng))
    return turns


def test_what_a_gamble_makes_of_a_win_is_told() -> None:
    game = slot(PLAIN, Gamble(most=64, times=3))
    seen = set()
    for seed in range(400):
        for before, after in zip(turns := gambled(game, ["red", "hearts", "black"], seed), turns[1:], strict=False):
            [event] = [event for event in after.events if event["type"] == "gamble"]
            suits = GUESSES[str(event["guess"])]
            won = before.win * (4 // len(suits)) if event["suit"] in suits else 0
            assert (won, won > 0) == (event["to"], event["right"])
            assert after.win == won == after.events[-1]["win"]
            seen.add((event["guess"], event["suit"]))
    assert {("red", suit) for suit in ("clubs", "diamonds", "hearts", "spades")} <= seen


def test_a_gamble_is_offered_so_often_and_no_higher() -> None:
    game = slot(PLAIN, Gamble(most=8, times=2))
    offers = {
        (turn.win, tuple(o.id for o in turn.choices)) for s in range(600) for turn in gambled(game, ["red"] * 3, s)
    }
    assert {"take", *GUESSES} == {id for win, ids in offers for id in ids if win in (1, 2)}
    assert {("take", "red", "black"), ()} == {ids for win, ids in offers if win == 4}  # suits would come to 16
    assert {()} == {ids for win, ids in offers if win in (0, 8)}
    assert max(len(gambled(game, ["red"] * 9, seed)) for seed in range(600)) == 3


def test_what_is_asked_is_answered_and_nothing_else() -> None:
    game = slot(MACHINE, Gamble(most=100))
    assert isinstance(game, Interactive)
    asked: dict[str, Turn] = {}
    for seed in range(200):
        turn = game.play(BET, TurnRng(Bytes(seed)))
        if turn.choices:
            asked[turn.choices[0].id] = turn
    assert {"many", "take"} == set(asked)
    assert {"many": "many", "take": "take"} == {name: game.auto(turn.state) for name, turn in asked.items()}
    for turn, choice in ((asked["many"], "take"), (asked["take"], "many"), (asked["take"], "green")):
        with pytest.raises(IllegalChoice, match=f"not '{choice}'"):
            game.act(turn.state, choice, TurnRng(Bytes(1)))


def test_bought_free_games_are_picked_too() -> None:
    game = slot(replace(MACHINE, bets={"buy": Bet(cost=9, buys=1)}))
    turn = game.play(Wager("buy"), TurnRng(Bytes(1)))
    assert ["many", "few"] == [option.id for option in turn.choices]
    for pick, games in (("many", 2), ("few", 1)):
        after = game.act(turn.state, pick, TurnRng(Bytes(2)))
        assert games == sum(event["type"] == "free_game" for event in after.events)


def test_the_cap_holds_before_and_after_a_choice() -> None:
    game = slot(cap=1)
    for seed in range(100):
        turn = game.play(BET, TurnRng(Bytes(seed)))
        while turn.choices:
            assert turn.win <= 1
            turn = game.act(turn.state, game.auto(turn.state), TurnRng(Bytes(seed)))
        assert turn.win <= 1


@pytest.mark.parametrize(
    ("machine", "gamble", "complaint"),
    [
        (PLAIN, None, "nothing is asked"),
        (PLAIN, Gamble(most=0), "gamble: 5 times up to 0 units"),
        (PLAIN, Gamble(most=1001), "where a round pays 1000 at most"),
        (PLAIN, Gamble(most=10, times=0), "gamble: 0 times"),
    ],
)
def test_a_slot_that_cannot_ask_is_refused(machine: Machine, gamble: Gamble | None, complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        slot(machine, gamble)


def test_picks_are_for_a_slot_that_asks() -> None:
    with pytest.raises(Fault, match="is a `ChoosingSlot`"):
        SlotGame(id="small", name="Small", version="1", machine=MACHINE, rtp=Fraction(1, 2), cap=9)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"free": FREE}, "picks: they are instead of other free games"),
        ({"picks": {"one": Pick(games=0, phase=FREE)}}, "picks: one has 0 games"),
        (
            {"picks": {"one": Pick(games=1, phase=replace(FREE, factor=0))}},
            r"picks: one: free\.steps|free \(one\)\.steps",
        ),
    ],
)
def test_picks_with_a_fault_are_refused_with_their_place(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(MACHINE, **changes)
