"""The page on which all games are found, and the page of a player whom another operator than that of play money brings."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from rgs import plugins
from tests.rgs.server import Server
from tests.web.browser import ART, Table
from tests.web.record import ask, bearer, on_record

Seat = Callable[..., Table]

NARROW = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
SETTINGS = """
operators:
  {social}
  club:
    backend: social
    stakes: {{min: 300, max: 3000, default: 600}}
    variants: {{three-fruits: "92"}}
    options: {{currency: CHIP, exponent: 0, opening_balance: 7000, file: club.sqlite}}
keys: []
"""


@pytest.fixture(
    params=["social: {backend: social}", ""], ids=["beside play money", "without play money"], scope="module"
)
def club(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an operator `club`, whose stakes, return and coins are its own."""
    place = tmp_path_factory.mktemp("club")
    (place / "rgs.yaml").write_text(SETTINGS.format(social=request.param))
    server = Server(place / "data", config=place / "rgs.yaml")
    yield server
    server.stop()


@pytest.mark.parametrize("kind", [{}, NARROW, {"color_scheme": "dark"}])
def test_every_game_has_a_card_that_leads_to_it_and_the_game_leads_back(
    server: Server, seat: Seat, kind: dict[str, Any]
) -> None:
    player = f"lobby-{uuid4().hex}"
    table = seat(**kind)
    table.sit(f"{server.url}/play/?player={player}")
    names = [listing.game.name for listing in plugins.catalogue()]
    assert names == table.page.locator(".game b").all_inner_texts()
    if kind is NARROW:
        assert 360 == table.page.evaluate("document.documentElement.scrollWidth")
    expect(table.page.locator('.game[href^="three-fruits"]')).to_contain_text("Return to player 95.50 %")
    table.page.click('.game[href^="three-fruits"]')
    table.wait()
    assert player == table.page.inner_text("#player")
    if kind is NARROW:
        assert 360 == table.page.evaluate("document.documentElement.scrollWidth")
    table.page.click("#lobby")
    table.wait()
    assert f"{server.url}/play/?player={player}" == table.page.url
    assert [] == table.complaints
    assert {server.url.removeprefix("http://")} == table.hosts


def test_every_picture_of_the_lobby_is_there(server: Server, seat: Seat) -> None:
    table = seat()
    table.sit(f"{server.url}/play/")
    table.page.wait_for_load_state("networkidle")
    for folder in ART.iterdir():
        card = table.page.locator(f'.game[href="{folder.name}"]')
        expect(card.locator(".tile")).to_have_count(0)
        assert card.locator(".pictures img").count()
    assert table.page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("path", ["/", "/play"])
def test_the_lobby_is_found_without_knowing_where_it_is(server: Server, path: str) -> None:
    with urlopen(f"{server.url}{path}?player=ann", timeout=10) as answer:
        assert (200, f"{server.url}/play/?player=ann") == (answer.status, answer.url)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_in_a_frame_no_link_leads_away(server: Server, seat: Seat) -> None:
    table = seat()
    table.page.goto(f"{server.url}/docs")
    table.page.route(f"{server.url}/around", lambda route: route.fulfill(
        content_type="text/html", body=f'<iframe src="{server.page}?player=framed"></iframe>'
    ))  # fmt: skip
    table.page.goto(f"{server.url}/around")
    inside = table.page.frame_locator("iframe")
    expect(inside.locator("body")).to_have_attribute("data-state", "ready")
    expect(inside.locator("#lobby")).to_be_hidden()


def test_a_player_of_another_operator_has_its_return_its_stakes_and_its_money(club: Server, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{club.page}#operator=club&token=demo-kim")
    assert 7000 == table.money("#balance")
    assert "CHIP" == table.page.inner_text("#currency")
    told = ask(club, "-", "/v1/games/three-fruits?operator=club")
    assert [str(stake) for stake in told["stakes"]] == table.page.locator("#stake option").evaluate_all(
        "options => options.map((option) => option.textContent.replaceAll(',', ''))"
    )
    table.page.click("#open-rules")
    expect(table.page.locator("#rules-text")).to_contain_text("91.99 %")
    table.page.click("#close-rules")
    table.spin()
    table.wait()
    round = on_record(club, table)
    assert told["default_stake"] == round["stake"]
    assert 7000 - round["stake"] + round["win"] == table.money("#balance")
    table.page.reload()
    table.wait()
    player = ask(club, bearer(table), "/v1/session")["player"]
    assert ("kim", "club") == (player["id"], player["operator"])
    expect(table.page.locator("#lobby")).to_be_hidden()
    assert [] == table.complaints


@pytest.mark.parametrize("club", [""], ids=["without play money"], indirect=True)
@pytest.mark.parametrize(
    ("path", "words"),
    [("three-fruits", "Open this game at your casino."), ("", "Open the games at your casino.")],
)
def test_without_play_money_nobody_plays_who_was_not_launched(club: Server, seat: Seat, path: str, words: str) -> None:
    table = seat()
    table.page.goto(f"{club.url}/play/{path}")
    expect(table.page.locator("#banner-text")).to_have_text(words)
    expect(table.page.locator("#banner-action")).to_be_hidden()


def test_symbols_without_pictures_stand_with_their_names(server: Server, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.page.route("**/play/art/three-fruits/*", lambda route: route.fulfill(status=404))
    table.sit(f"{server.url}/play/?player=blind")
    expect(table.page.locator('.game[href^="three-fruits"] .tile')).to_have_text(["wild", "seven", "bell", "melon"])
    table.sit(f"{server.page}?player=blind")
    table.spin()
    table.wait()
    window = on_record(server, table)["events"][0]["window"]
    expect(table.page.locator(".reels .tile")).to_have_text([symbol for reel in window for symbol in reel])
    expect(table.page.locator(".reels img")).to_have_count(0)
