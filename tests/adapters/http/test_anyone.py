"""What everybody sees: the games, and the page."""

import pytest

from adapters.http import models
from tests.adapters.http.shop import Shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def test_the_games_are_listed_with_what_a_client_needs_to_bet(shop: Shop) -> None:
    reply = shop.stranger().get("/v1/games")
    models.Games.model_validate(reply.body, strict=True)
    coin, ladder = reply.body["games"]
    assert {
        "id": "coin",
        "name": "Coin",
        "version": "1",
        "modes": [
            {
                "id": "base",
                "cost": 1,
                "rtp": "1.000000",
                "stakes": [10, 20, 50, 100, 200, 500, 1000],
                "default_stake": 100,
            }
        ],
        "stakes": [10, 20, 50, 100, 200, 500, 1000],
        "default_stake": 100,
        "interactive": False,
        "selection": None,
        "rules": None,
    } == coin
    assert ladder["interactive"]


def test_one_game_is_told_as_in_the_list(shop: Shop) -> None:
    listed = shop.stranger().get("/v1/games").body["games"]
    assert listed == [shop.stranger().get(f"/v1/games/{game['id']}").body for game in listed]
    assert (404, "not_found") == shop.stranger().get("/v1/games/nonsense").problem()


def test_an_operators_own_stakes_are_told(shop: Shop) -> None:
    assert [1, 2, 5, 10, 20] == shop.stranger().get("/v1/games/coin?operator=other").body["stakes"]
    assert (404, "not_found") == shop.stranger().get("/v1/games/coin?operator=nobody").problem()


def test_the_page_is_only_there_for_games_that_are(shop: Shop) -> None:
    assert (404, "not_found") == shop.stranger().get("/play/nonsense").problem()


@pytest.mark.parametrize("path", ["/", "/play"])
def test_the_way_to_the_lobby_is_relative_and_keeps_who_plays(shop: Shop, path: str) -> None:
    reply = shop.stranger().get(f"{path}?player=ann")
    assert (302, "play/?player=ann") == (reply.status, reply.headers["Location"])
    assert "play/" == shop.stranger().get(path).headers["Location"]


def test_art_is_served_and_nothing_beside_it(shop: Shop) -> None:
    reply = shop.stranger().get("/play/art/coin.svg")
    assert (200, "image/svg+xml") == (reply.status, reply.headers["Content-Type"].split(";")[0])
    for path in ("notes.txt", "../shop.py", "%2e%2e/shop.py", "..%2fshop.py", "/etc/passwd", "%00.svg", "", "nope.svg"):
        assert (404, "not_found") == shop.stranger().get(f"/play/art/{path}").problem()


def test_pages_load_from_here_only_and_are_framed_by_whom_the_house_names(shop: Shop) -> None:
    policy = shop.stranger().get("/play/art/coin.svg").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self' https://casino.example" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nonsense", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/games/", 404, "not_found"),
        ("GET", "/v1//games", 404, "not_found"),
        ("GET", "/play//", 404, "not_found"),
        ("GET", "/v1/rounds/a/b", 404, "not_found"),
        ("POST", "/v1/games", 405, "method_not_allowed"),
        ("TRACE", "/v1/games", 405, "method_not_allowed"),
        ("DELETE", "/v1/rounds/x", 405, "method_not_allowed"),
        ("GET", "/v1/escrow", 405, "method_not_allowed"),
    ],
)
def test_flasks_own_errors_are_problems_too(shop: Shop, method: str, path: str, status: int, code: str) -> None:
    reply = shop.stranger().send(method, path, None)
    assert (status, code) == reply.problem()
    if status == 405:
        assert reply.headers["Allow"]


def test_a_failure_inside_is_a_problem_with_an_id_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop()
    del shop.services.catalogue._current
    reply = shop.stranger().get("/v1/games")
    assert (500, "internal") == reply.problem()
    assert reply.body["id"] in caplog.text
    assert "_current" in caplog.text
    assert "_current" not in str(reply.body)
