"""The pictures of the games: a game may have none, but not a few of them."""

from pathlib import Path
from typing import Any

import pytest

import games
from core.slots.game import SlotGame
from ports.game import Game
from tests.games.catalogue import GAMES

ART = Path(str(games.__file__)).parent / "art"
FOLDERS = sorted(folder for folder in ART.iterdir() if folder.is_dir())


def drawn(game: Game) -> set[str]:
    """What the page wants pictures of."""
    rules: Any = game.rules or {}
    if isinstance(game, SlotGame):
        return set(game.machine.symbols)
    if "wheel" in rules:
        return {"ball", "chip"}
    return {field["field"] for field in rules.get("fields", [])}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_of_pictures_is_a_games_and_lacks_none(folder: Path) -> None:
    found = [game for game in GAMES if game.id == folder.name]
    assert found, "there is no such game"
    for game in found:
        assert set() == {f"{symbol}.svg" for symbol in drawn(game)} - {file.name for file in folder.iterdir()}


def test_the_games_that_come_with_the_house_have_theirs() -> None:
    assert 10 <= len(FOLDERS)
