"""What is true of every game of the house; a new one is tested by being there."""

import ast
import inspect
import json
import sys
from pathlib import Path

import pytest

from ports import canonical
from ports.game import Counted, Game, IllegalWager, Wager
from tests.games.catalogue import GAMES, WAGERS, again, names, play

GOLDEN = Path(__file__).parent / "golden"


def test_there_is_a_game() -> None:
    assert GAMES


@pytest.mark.parametrize("game", GAMES, ids=names)
def test_a_game_says_what_it_is(game: Game) -> None:
    assert game.id == game.id.lower()
    assert set(game.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert game.name
    assert game.version
    assert game.modes
    assert all(mode.cost >= 1 and 0 < mode.rtp <= 1 for mode in game.modes)
    assert game.cap >= max(mode.cost for mode in game.modes)
    assert canonical.load(canonical.dump(game.definition)) is not None


@pytest.mark.parametrize("game", [game for game in GAMES if isinstance(game, Counted)], ids=names)
def test_what_a_game_has_counted_of_itself_is_whole_and_returns_what_it_declares(game: Counted) -> None:
    assert {mode.id for mode in game.modes} == set(game.wins)
    for mode in game.modes:
        wins = game.wins[mode.id]
        assert 1 == sum(wins.values())
        assert mode.rtp == sum(units * chance for units, chance in wins.items()) / mode.cost
        assert all(0 <= units <= game.cap and chance > 0 for units, chance in wins.items())


@pytest.mark.parametrize("game", GAMES, ids=names)
def test_a_mode_that_is_not_there_is_refused(game: Game) -> None:
    with pytest.raises(IllegalWager):
        game.cost(Wager("no such mode"))


@pytest.mark.parametrize(("game", "wager"), WAGERS, ids=names)
def test_a_wager_costs_what_its_mode_says(game: Game, wager: Wager) -> None:
    cost = {mode.id: mode.cost for mode in game.modes}[wager.mode]
    assert cost == game.cost(wager) if wager.selection is None else game.cost(wager) >= cost


@pytest.mark.parametrize(("game", "wager"), WAGERS, ids=names)
def test_the_same_draws_give_the_same_round(game: Game, wager: Wager) -> None:
    for seed in range(200):
        turns = play(game, wager, seed)
        assert [turn for _, _, turn in turns] == again(game, wager, turns)


@pytest.mark.parametrize(("game", "wager"), WAGERS, ids=names)
def test_what_a_game_says_is_canonical_json_within_its_cap(game: Game, wager: Wager) -> None:
    for seed in range(200):
        for _, _, turn in play(game, wager, seed):
            said = [turn.events, turn.state]
            assert canonical.dump(said) == canonical.dump(json.loads(canonical.dump(said)))
            assert all("type" in event for event in turn.events)
            assert 0 <= turn.win <= game.cap


@pytest.mark.parametrize("game", GAMES, ids=names)
def test_a_game_module_touches_nothing_but_rules(game: Game) -> None:
    """Pure: its imports are the rules' own, so there is no clock, no I/O and no other chance in it."""
    for module in [
        m for m in list(sys.modules.values()) if game in (getattr(m, "game", None), *getattr(m, "variants", ()))
    ]:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            imported = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in imported:
                assert name.split(".")[0] in {
                    "core",
                    "ports",
                    "fractions",
                    "dataclasses",
                    "functools",
                    "itertools",
                    "collections",
                    "math",
                }
            assert not (isinstance(node, ast.Name) and node.id in {"open", "eval", "exec", "print", "input"})


@pytest.mark.parametrize(("game", "wager"), WAGERS, ids=names)
def test_golden_rounds_have_not_changed(game: Game, wager: Wager) -> None:
    """The rounds in tests/games/golden were made once (`python -m tests.games.golden_rounds`): a change is a new version."""
    kept = json.loads((GOLDEN / f"{names(game)}.json").read_text())
    assert game.version == kept["version"]
    for round in kept["rounds"][wager.mode]:
        turns = play(game, wager, round["seed"])
        made = [{"choice": c, "draws": d, "win": t.win, "events": t.events} for c, d, t in turns]
        assert canonical.dump(round["turns"]) == canonical.dump(made)
