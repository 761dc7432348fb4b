"""Every game of the house, for tests over the whole family, and wagers to play them with."""

from random import Random
from typing import Any

from core.rng import Replay, TurnRng
from ports.game import Game, Interactive, Json, Turn, Wager
from ports.randomness import Draw
from rgs.plugins import catalogue

GAMES: list[Game] = [listing.game for listing in catalogue().every()]


def selection(game: Game) -> Json:
    """A selection that the game's schema allows, with several bets in it; None where there is none."""
    schema: Any = game.selection
    if schema is None:
        return None
    return {name: property["minimum"] + place for place, (name, property) in enumerate(schema["properties"].items())}


WAGERS = [(game, Wager(mode.id, selection(game))) for game in GAMES for mode in game.modes]


class Bytes:
    """Entropy that a seed decides, so that a golden round can be made again."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def read(self, count: int) -> bytes:
        return self._chance.randbytes(count)


def names(value: object) -> str:
    if hasattr(value, "id"):
        return str(value.id) if getattr(value, "variant", "default") == "default" else f"{value.id}@{value.variant}"  # type: ignore[attr-defined]
    return getattr(value, "mode", str(value))


def play(game: Game, wager: Wager, seed: int) -> list[tuple[str | None, tuple[Draw, ...], Turn]]:
    """A whole round, the published choices taken: for each turn the choice, its draws and what came of it."""
    tape = TurnRng(Bytes(seed))
    turn = game.play(wager, tape)
    turns: list[tuple[str | None, tuple[Draw, ...], Turn]] = [(None, tuple(tape.draws), turn)]
    while turn.choices:
        assert isinstance(game, Interactive)
        choice = game.auto(turn.state)
        tape = TurnRng(Bytes(seed + len(turns) * 1_000_003))
        turn = game.act(turn.state, choice, tape)
        turns.append((choice, tuple(tape.draws), turn))
    return turns


def again(game: Game, wager: Wager, turns: list[tuple[str | None, tuple[Draw, ...], Turn]]) -> list[Turn]:
    """The same round from its tapes alone."""
    state, found = None, []
    for choice, draws, _ in turns:
        tape = Replay(draws)
        if choice is None:
            turn = game.play(wager, tape)
        else:
            assert isinstance(game, Interactive)
            turn = game.act(state, choice, tape)
        assert tape.remaining == 0
        state = turn.state
        found.append(turn)
    return found
