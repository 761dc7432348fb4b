"""Every slot of the house: what it declares is what its tables say, counted over all stops."""

import pytest

from core.slots.exact import enumerate_all, rtp
from core.slots.game import SlotGame
from tests.games.catalogue import GAMES, names

SLOTS = [game for game in GAMES if isinstance(game, SlotGame)]


@pytest.mark.parametrize("game", SLOTS, ids=names)
def test_the_declared_return_is_the_exact_one(game: SlotGame) -> None:
    assert game.modes[0].rtp == rtp(game.tables)


@pytest.mark.parametrize("game", SLOTS, ids=names)
def test_counting_every_combination_of_stops_gives_the_same_return(game: SlotGame) -> None:
    figures = enumerate_all(game.tables)
    assert game.modes[0].rtp == figures.rtp
    assert 1 == sum(figures.wins.values())
    assert figures.max_win <= game.cap


@pytest.mark.parametrize("game", SLOTS, ids=names)
def test_the_served_spin_pays_what_its_lines_add_up_to(game: SlotGame) -> None:
    for first in range(len(game.machine.strips[0])):
        turn = game.show([(first * step) % len(strip) for step, strip in enumerate(game.machine.strips, 1)])
        lines = [event["win"] for event in turn.events if event["type"] == "line"]
        assert turn.win == sum(lines)
        assert {"type": "total", "win": turn.win} == turn.events[-1]


@pytest.mark.parametrize("game", SLOTS, ids=names)
def test_every_symbol_has_its_picture(game: SlotGame) -> None:
    from pathlib import Path

    import games

    art = Path(str(games.__file__)).parent / "art" / game.id
    assert {f"{symbol}.svg" for symbol in game.machine.symbols} <= {file.name for file in art.iterdir()}
