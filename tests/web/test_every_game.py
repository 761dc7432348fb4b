"""Every game's page, on a desk and on a phone, by day and by night."""

from collections.abc import Callable
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.games.catalogue import GAMES
from tests.rgs.server import Server
from tests.rgs.test_commands import rgs
from tests.web.browser import Table
from tests.web.record import ask

Seat = Callable[..., Table]

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("light", ["dark", "light"])
@pytest.mark.parametrize("kind", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("game", [game.id for game in GAMES])
def test_a_game_fits_the_screen_and_its_button_is_within_reach(
    server: Server, seat: Seat, game: str, kind: dict[str, Any], light: str
) -> None:
    table = seat(**kind, color_scheme=light, reduced_motion="reduce")
    table.sit(f"{server.url}/play/{game}?player=fits-{uuid4().hex}")
    assert kind["viewport"]["width"] == table.page.evaluate("document.documentElement.scrollWidth")
    boxes = []
    for part in ("#spin", ".stepper", "#balance", "#win"):
        expect(table.page.locator(part)).to_be_in_viewport(ratio=1)
        box = table.page.locator(part).bounding_box()
        assert box is not None
        boxes.append((box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]))
    for one, other in combinations(boxes, 2):
        assert other[0] >= one[2] or other[2] <= one[0] or other[1] >= one[3] or other[3] <= one[1]
    expect(table.page.locator("#board")).to_be_in_viewport(ratio=1)
    assert [] == table.complaints


@pytest.mark.parametrize("game", [game.id for game in GAMES])
def test_the_words_of_a_free_spin_stand_on_one_line_of_a_phone(server: Server, seat: Seat, game: str) -> None:
    player = f"line-{uuid4().hex}"
    stake = ask(server, "-", f"/v1/games/{game}?operator=social")["stakes"][-1]
    rgs("rewards", "give", player, "--game", game, "--rounds", "1", "--stake", str(stake), data=server.data)
    table = seat(**PHONE)
    table.sit(f"{server.url}/play/{game}?player={player}")
    spin = table.page.locator("#spin")
    expect(spin).to_have_text("Free spin")
    expect(spin).to_be_in_viewport(ratio=1)
    lines = """(button) => {
        const range = document.createRange();
        range.selectNodeContents(button);
        return [range.getClientRects().length, button.scrollWidth <= button.clientWidth];
    }"""
    assert [1, True] == spin.evaluate(lines)
    assert 360 == table.page.evaluate("document.documentElement.scrollWidth")
