"""A round of before, opened from the history, shows again what it showed when it was played: in every game."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Route, expect

from tests.games.catalogue import GAMES
from tests.rgs.server import Server
from tests.web.browser import Table
from tests.web.record import ask, bearer

Seat = Callable[..., Table]

PLAYED = 120
"""Rounds among which those are sought that show most."""
SHOWN = 5
"""Of them are looked at, at most."""
ASKED_FOR = {"ember-vault": {"hold", "respin", "held"}, "roulette": {"ball", "bet"}, "video-poker": {"deal", "redraw"}}
"""What is waited for, however long it takes."""

SEEN = """() => {
    const text = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
    const board = document.querySelector("#board").cloneNode(true);
    for (const picture of board.querySelectorAll("img, .tile"))
        picture.replaceWith((picture.alt ?? picture.textContent).replace(/[-_]/g, " "));
    for (const element of board.querySelectorAll("[style]")) element.removeAttribute("style");
    return {
        board: board.innerHTML,
        turned: [...document.querySelectorAll("#board .disc")].map((disc) => getComputedStyle(disc).transform),
        table: [...document.querySelectorAll("[data-bet]")].filter((bet) => bet.matches("[aria-current], [data-wins]"))
            .map((bet) => [bet.dataset.bet, bet.ariaCurrent, bet.querySelector(".wins")?.textContent]),
        story: text("#story:not([hidden]) li"),
        message: text("#message"),
        win: text("#win"),
    };
}"""


def played(server: Server, key: str, game: str) -> list[Any]:
    """A round of this player's: its answers, the last of which has the whole of it."""
    told = ask(server, key, f"/v1/games/{game}?operator=social")
    mode = told["modes"][uuid4().int % len(told["modes"])]
    body: dict[str, Any] = {"stake": mode["stakes"][0], "mode": mode["id"]}
    if told["selection"]:
        body["selection"] = dict.fromkeys(told["selection"]["properties"], 1)
        body["stake"] *= len(body["selection"])
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    put = Request(f"{server.url}/v1/rounds/{uuid4()}", json.dumps(body).encode(), headers, method="PUT")
    with urlopen(put, timeout=30) as answer:
        answers = [json.load(answer)]
    while choices := answers[-1].get("choices"):
        choice = choices[uuid4().int % len(choices)]["id"]
        path = f"/v1/rounds/{answers[-1]['round']}/choices"
        answers.append(ask(server, key, path, turn=answers[-1]["turn"], choice=choice))
    return answers


def rich(server: Server, key: str, game: str) -> list[list[Any]]:
    """Rounds of this game that show as many kinds of events as there are, and one more, which is the newest."""
    found, kinds, tries = list[list[Any]](), set[str](), 0
    while tries < PLAYED or not kinds >= ASKED_FOR.get(game, set()):
        round, tries = played(server, key, game), tries + 1
        fresh = {event["type"] for event in round[-1]["events"]} - kinds
        if fresh & ASKED_FOR.get(game, set()) or (fresh and len(found) < SHOWN):
            found.append(round)
            kinds |= fresh
    played(server, key, game)
    return found


def play_back(table: Table, answers: list[Any]) -> None:
    """The page plays a round, and is answered as the round was answered that is on record."""
    left = iter(answers)

    def answer(route: Route) -> None:
        asked = (route.request.method, urlsplit(route.request.url).path.rpartition("/")[2])
        if asked[0] == "PUT" or asked == ("POST", "choices"):
            route.fulfill(json=next(left))
        else:
            route.continue_()

    table.page.route("**/v1/rounds/**", answer)
    if table.page.locator("[data-bet]").count():
        table.page.locator("[data-bet]").first.press("Enter")
    table.page.click("#spin")
    for _ in answers[1:]:
        table.wait("choosing")
        table.page.locator("#choices button").first.click()
    table.wait()
    table.page.unroute("**/v1/rounds/**")


def open_again(table: Table, round: str) -> None:
    row = table.page.locator(f"[data-round='{round}'] button")
    while not row.count():
        rows = len(table.rounds)
        table.page.click("#older")
        expect(table.page.locator("#rounds [data-round]").nth(rows)).to_be_attached()
    row.click()
    expect(table.page.locator("#banner-text")).to_contain_text("Replay of the round")
    table.wait()


@pytest.mark.parametrize("game", sorted({game.id for game in GAMES}))
def test_a_round_opened_from_the_history_shows_what_it_showed(server: Server, seat: Seat, game: str) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{server.url}/play/{game}?player=again-{uuid4().hex}")
    rounds = rich(server, bearer(table), game)
    for answers in rounds:
        table.page.reload()
        table.wait()
        play_back(table, answers)
        shown = table.page.evaluate(SEEN)
        table.page.reload()
        table.wait()
        open_again(table, answers[-1]["round"])
        assert shown == table.page.evaluate(SEEN)
    assert [] == table.complaints


def test_what_stood_on_the_table_is_told_of_a_round_of_before(server: Server, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{server.url}/play/roulette?player=stood-{uuid4().hex}")
    for bet in ("number-17", "red", "number-17", "column-2"):
        table.page.click(f"[data-bet={bet}]")
    table.spin()
    for bet in ("low", "high", "odd", "even", "black"):
        table.page.click(f"[data-bet={bet}]")
    table.spin()
    newest, first = table.rounds
    open_again(table, first)
    stood = "On the table: 2 on number 17, 1 on red, 1 on column 2. No money moves."
    expect(table.page.locator("#banner-text")).to_contain_text(stood)
    open_again(table, newest)
    expect(table.page.locator("#banner-text")).to_contain_text("1 on odd and 2 more. No money moves.")
    assert [] == table.complaints


def test_while_a_round_waits_for_a_choice_another_is_only_looked_at(server: Server, seat: Seat) -> None:
    """Cards would be held by the hand of before, and drawn in the hand of now."""
    table = seat(reduced_motion="reduce")
    table.sit(f"{server.url}/play/video-poker?player=waits-{uuid4().hex}")
    cards, draw = table.page.locator(".hand .card"), table.page.locator("#choices button")

    def seen() -> list[str | None]:
        return [card.get_attribute("data-card") for card in cards.all()]

    table.page.click("#spin")
    draw.click()
    table.wait()
    before = table.rounds[0], seen()
    table.page.click("#spin")
    table.wait("choosing")
    dealt = seen()
    for way_back in ("#banner-action", f"[data-round='{table.rounds[0]}'] button"):
        table.page.click(f"[data-round='{before[0]}'] button")
        expect(table.page.locator("#banner-action")).to_have_text("Back to your round")
        assert before[1] == seen()
        expect(draw).to_be_hidden()
        expect(table.page.locator(".card:enabled")).to_have_count(0)
        table.page.click(way_back)
        expect(draw).to_be_visible()
        expect(table.page.locator("#banner")).to_be_hidden()
        assert dealt == seen()
    cards.nth(2).click()
    draw.click()
    table.wait()
    deal, redraw, _ = ask(server, bearer(table), f"/v1/rounds/{table.rounds[0]}")["events"]
    assert (dealt, [2]) == (deal["cards"], redraw["held"])
    assert 2 == len(table.rounds)
    assert [] == table.complaints
