"""What a player does at the page, in Chromium, against the real server."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Route, expect

from tests.rgs.server import Server
from tests.rgs.test_commands import rgs
from tests.web.browser import Table
from tests.web.record import ask, bearer, on_record

Seat = Callable[..., Table]

OPENING = 100_000
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
STILL = {"reduced_motion": "reduce"}


@pytest.mark.parametrize("kind", [{}, PHONE, STILL, {"color_scheme": "dark"}])
def test_a_spin_takes_the_stake_pays_the_win_and_stands_in_the_history(
    server: Server, seat: Seat, kind: dict[str, Any]
) -> None:
    table = seat(**kind)
    table.sit(f"{server.page}?player=spin-{uuid4().hex}")
    assert OPENING == table.money("#balance")
    expect(table.page.locator("#rounds")).to_have_text("No rounds yet.")
    table.page.click("#spin")
    table.wait()
    round = on_record(server, table)
    assert OPENING - 100 + round["win"] == table.money("#balance")
    assert round["win"] == table.money("#win")
    assert "; ".join(", ".join(reel) for reel in round["events"][0]["window"]) == table.window
    expect(table.page.locator("#result")).to_contain_text("You won" if round["win"] else "No win")
    assert [] == table.complaints
    assert {urlsplit(server.url).netloc} == table.hosts


def test_nothing_wider_than_a_phone_and_everything_within_reach(server: Server, seat: Seat) -> None:
    table = seat(**PHONE)
    table.sit(f"{server.page}?player=phone")
    assert 390 == table.page.evaluate("document.documentElement.scrollWidth")
    expect(table.page.locator("#spin")).to_be_in_viewport(ratio=1)
    expect(table.page.locator(".reels")).to_be_in_viewport(ratio=1)
    table.page.click("#open-history")
    expect(table.page.locator("#history")).to_be_in_viewport()
    table.page.keyboard.press("Escape")
    expect(table.page.locator("#history")).not_to_be_visible()


def test_free_rounds_are_played_first_and_cost_nothing(server: Server, seat: Seat) -> None:
    player = f"free-{uuid4().hex}"
    words = ["rewards", "give", player, "--game", "three-fruits", "--rounds", "2", "--stake", "500", "--id", "welcome"]
    assert "2 of 2 rounds left" in rgs(*words, data=server.data)
    table = seat()
    table.sit(f"{server.page}?player={player}")
    expect(table.page.locator("#reward-text")).to_have_text("2 free rounds of 5.00 FUN")
    balance = OPENING
    for left in ("1 free round of 5.00 FUN", None):
        expect(table.page.locator("#spin")).to_have_text("Free spin")
        expect(table.page.locator("#stake")).to_be_disabled()
        table.spin()
        table.wait()
        round = on_record(server, table)
        assert ("welcome", 500) == (round["reward"], round["stake"])
        balance += round["win"]
        assert balance == table.money("#balance")
        if left:
            expect(table.page.locator("#reward-text")).to_have_text(left)
    expect(table.page.locator("#reward")).to_be_hidden()
    expect(table.page.locator("#spin")).to_have_text("Spin")
    expect(table.page.locator("#stake")).to_be_enabled()
    table.spin()
    table.wait()
    round = on_record(server, table)
    assert balance - 100 + round["win"] == table.money("#balance")
    assert [] == table.complaints


def test_a_player_may_play_for_money_before_the_free_rounds(server: Server, seat: Seat) -> None:
    player = f"free-{uuid4().hex}"
    rgs("rewards", "give", player, "--game", "three-fruits", "--rounds", "1", "--stake", "100", data=server.data)
    table = seat(**PHONE)
    table.sit(f"{server.page}?player={player}")
    assert 390 == table.page.evaluate("document.documentElement.scrollWidth")
    table.page.locator("#use-reward").uncheck()
    expect(table.page.locator("#spin")).to_have_text("Spin")
    table.spin()
    table.wait()
    assert on_record(server, table)["reward"] is None
    expect(table.page.locator("#reward-text")).to_contain_text("1 free round")
    expect(table.page.locator("#use-reward")).not_to_be_checked()
    table.page.locator("#use-reward").check()
    table.spin()
    table.wait()
    assert on_record(server, table)["reward"]
    expect(table.page.locator("#reward")).to_be_hidden()


@pytest.mark.parametrize("kind", [{}, PHONE | STILL])
def test_cards_are_held_by_pressing_them_and_the_rest_is_drawn(
    server: Server, seat: Seat, kind: dict[str, Any]
) -> None:
    table = seat(**kind)
    table.sit(f"{server.url}/play/video-poker?player=cards-{uuid4().hex}")
    cards = table.page.locator(".hand .card")
    expect(cards).to_have_count(5)
    table.page.click("#spin")
    table.wait("choosing")
    dealt = [str(card.get_attribute("data-card")) for card in cards.all()]
    assert 5 == len(set(dealt))
    cards.nth(1).click()
    cards.nth(4).click()
    cards.nth(4).click()
    cards.nth(3).focus()
    table.page.keyboard.press("Enter")
    pressed = [card.get_attribute("aria-pressed") for card in cards.all()]
    assert ["false", "true", "false", "true", "false"] == pressed
    expect(table.page.locator("#choices button")).to_have_text(["Draw"])
    table.page.locator("#choices button").click()
    table.wait()
    round = on_record(server, table)
    deal, redraw, _ = round["events"]
    assert (dealt, [1, 3]) == (deal["cards"], redraw["held"])
    assert redraw["cards"] == [card.get_attribute("data-card") for card in cards.all()]
    assert OPENING - round["stake"] + round["win"] == table.money("#balance")
    expect(table.page.locator("#message")).to_contain_text("FUN" if round["win"] else "No win")
    assert [] == table.complaints


def test_cards_that_were_dealt_are_there_after_a_reload(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.url}/play/video-poker?player=cards-{uuid4().hex}")
    table.page.click("#spin")
    table.wait("choosing")
    cards = table.page.locator(".hand .card")
    dealt = [card.get_attribute("data-card") for card in cards.all()]
    table.page.reload()
    table.wait("choosing")
    assert dealt == [card.get_attribute("data-card") for card in cards.all()]
    cards.nth(0).click()
    table.page.locator("#choices button").click()
    table.wait()
    assert dealt[0] == cards.nth(0).get_attribute("data-card")


def test_what_is_held_stays_with_its_prize_while_the_rest_is_spun_again(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.url}/play/ember-vault?player=held-{uuid4().hex}")
    key, round = bearer(table), None
    while round is None or not any(event["type"] == "respin" and event["cells"] for event in round["events"]):
        request = Request(
            f"{server.url}/v1/rounds/{uuid4()}",
            json.dumps({"stake": 10}).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            method="PUT",
        )
        with urlopen(request, timeout=30) as answer:
            round = json.load(answer)
    table.page.reload()
    table.wait()
    holds = [event for event in round["events"] if event["type"] in ("hold", "respin")]
    prizes = sorted(prize for event in holds for prize in event["prizes"])
    shown = sorted(round_to_units(text) for text in table.page.locator(".reels .value").all_inner_texts())
    assert prizes == shown
    embers = [cell for event in holds for cell in event["cells"]]
    assert len(embers) == table.window.count("ember")
    assert [] == table.complaints


def round_to_units(text: str) -> int:
    """A stake of 0.10 is ten units: a unit is a cent."""
    return int(text.replace(".", ""))


def test_the_space_key_spins_once_and_then_skips(server: Server, seat: Seat) -> None:
    table = seat()
    table.sit(f"{server.page}?player=space")
    for focus in ("document.activeElement.blur()", "document.querySelector('#spin').focus()"):
        table.page.evaluate(focus)
        table.page.keyboard.press("Space")
        table.wait("playing")
        table.page.keyboard.press("Space")
        table.wait()
    assert 2 == len(table.rounds)
    assert 2 == len(table.sent("PUT", "/v1/rounds/"))


def test_the_page_is_played_with_the_keyboard_alone(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}?player=keys")
    reached = []
    for _ in range(12):
        table.page.keyboard.press("Tab")
        reached.append(table.page.evaluate("document.activeElement.id"))
    assert {"motion", "open-rules", "less", "stake", "more", "spin"} <= set(reached)
    table.page.focus("#more")
    table.page.keyboard.press("Enter")
    table.page.focus("#spin")
    table.page.keyboard.press("Enter")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    assert 250 == on_record(server, table)["stake"]


def test_the_stake_that_is_set_is_the_stake_that_is_taken(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}?player=stake")
    table.page.click("#less")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    table.page.select_option("#stake", "1000")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(2)
    played = ask(server, bearer(table), "/v1/rounds")["rounds"]
    assert [1000, 50] == [round["stake"] for round in played]
    assert OPENING - 1050 + sum(round["win"] for round in played) == table.money("#balance")
    expect(table.page.locator("#rounds .bet")).to_have_text(["10.00", "0.50"])


def test_chips_are_put_on_a_table_and_the_bet_is_what_stands_there(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.url}/play/roulette?player=chips")
    table.page.click("#spin")
    expect(table.page.locator("#message")).to_have_text("Put a chip on the table first.")
    for bet in ("number-17", "number-17", "red"):
        table.page.click(f"[data-bet={bet}]")
    expect(table.page.locator("#units")).to_have_text("3 units · 3.00 FUN")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    played = on_record(server, table)
    assert (300, {"number-17": 2, "red": 1}) == (played["stake"], played["selection"])
    assert OPENING - 300 + played["win"] == table.money("#balance")
    table.page.click("#clear")
    expect(table.page.locator("#units")).to_have_text("0 units · 0.00 FUN")


def test_an_operators_launch_is_redeemed_and_leaves_the_address(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}#operator=social&token=demo-launched")
    assert server.page == table.page.url
    ask(server, bearer(table), "/v1/session")
    table.page.reload()
    table.wait()
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    assert "launched" == ask(server, bearer(table), "/v1/session")["player"]["id"]


def test_a_reload_finds_the_session_the_balance_and_the_history_again(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}?player=reload")
    table.spin()
    before = (bearer(table), table.money("#balance"), table.rounds, table.window)
    table.page.reload()
    table.wait()
    assert before == (bearer(table), table.money("#balance"), table.rounds, table.window)
    assert 1 == len(table.sent("POST", "/v1/sessions"))
    assert all(before[0] not in url for _, url in table.requests)


def test_a_player_without_a_name_is_the_same_one_the_next_time(server: Server, seat: Seat) -> None:
    table = seat()
    table.sit(server.page)
    name = table.page.inner_text("#player")
    assert re.fullmatch(r"guest-[0-9a-z]{5}", name)
    table.page.evaluate("sessionStorage.clear()")
    table.page.reload()
    table.wait()
    assert name == table.page.inner_text("#player")


def test_an_answer_that_was_lost_is_asked_for_under_the_same_id(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "PUT" and len(lost) < 2:
            route.fetch()
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    table.page.route("**/v1/rounds/*", lose)
    table.sit(f"{server.page}?player=lost")
    table.page.click("#spin")
    expect(table.page.locator("#banner-text")).to_contain_text("No connection")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    expect(table.page.locator("#banner")).to_be_hidden()
    assert 1 == len(set(table.sent("PUT", "/v1/rounds/")))
    assert 1 == len(ask(server, bearer(table), "/v1/rounds")["rounds"])
    assert OPENING - 100 + on_record(server, table)["win"] == table.money("#balance")


@pytest.mark.parametrize("arrived", [True, False])
def test_a_reload_in_the_middle_of_a_spin_finds_out_what_became_of_it(
    server: Server, seat: Seat, arrived: bool
) -> None:
    table = seat(**STILL)

    def lose(route: Route) -> None:
        if route.request.method == "PUT":
            if arrived:
                route.fetch()
            route.abort()
        else:
            route.continue_()

    table.page.route("**/v1/rounds/*", lose)
    table.sit(f"{server.page}?player=middle-{arrived}")
    table.page.click("#spin")
    expect(table.page.locator("#banner-text")).to_contain_text("No connection")
    table.page.reload()
    table.wait()
    played = ask(server, bearer(table), "/v1/rounds")["rounds"]
    assert [round["round"] for round in played] == table.rounds
    assert (1 if arrived else 0) == len(played)
    assert OPENING - sum(round["stake"] - round["win"] for round in played) == table.money("#balance")
    if not arrived:
        expect(table.page.locator("#banner-text")).to_contain_text("Nothing was taken")


def test_a_server_that_is_killed_and_started_again_goes_on_with_the_player(tmp_path: Path, seat: Seat) -> None:
    server = Server(tmp_path / "data")
    table = seat(**STILL)
    try:
        table.sit(f"{server.page}?player=restart")
        table.spin()
        server.kill()
        table.page.click("#spin")
        expect(table.page.locator("#banner-text")).to_contain_text("No connection")
        server = Server(tmp_path / "data", RGS_SERVER__PORT=str(server.port))
        table.page.click("#banner-action")
        table.wait()
        expect(table.page.locator("#banner")).to_be_hidden()
        played = ask(server, bearer(table), "/v1/rounds")["rounds"]
        assert [round["round"] for round in played] == table.rounds
        assert 2 == len(played)
        assert OPENING - 200 + sum(round["win"] for round in played) == table.money("#balance")
    finally:
        server.stop()


def test_a_stake_that_is_too_high_for_the_balance_is_explained(server: Server, seat: Seat) -> None:
    visit = ask(server, server.key, "/v1/player", operator="social", token="demo-poor", game="spend")
    round = str(uuid4())
    ask(server, server.key, "/v1/escrow", session=visit["session"], round=round, stake=OPENING - 50)
    table = seat(**STILL)
    table.sit(f"{server.page}?player=poor")
    assert 50 == table.money("#balance")
    expect(table.page.locator("#held")).to_have_text("999.50 held")
    table.page.click("#spin")
    expect(table.page.locator("#banner-text")).to_contain_text("balance is too low")
    table.wait()
    assert 50 == table.money("#balance")
    expect(table.page.locator("#rounds .pay")).to_have_text("declined")
    ask(server, server.key, "/v1/cancel", round=round, reason="changed my mind")


def test_a_round_of_before_is_shown_again_and_no_money_moves(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}?player=again")
    table.spin()
    first, shown = on_record(server, table), table.window
    for _ in range(2):
        table.spin()
    balance, bets = table.money("#balance"), len(table.sent("PUT", "/v1/"))
    table.page.click(f"[data-round='{first['round']}'] button")
    expect(table.page.locator("#banner-text")).to_contain_text("Replay")
    table.wait()
    assert (shown, first["win"]) == (table.window, table.money("#win"))
    assert (balance, bets) == (table.money("#balance"), len(table.sent("PUT", "/v1/")))
    table.spin()
    expect(table.page.locator("#banner")).to_be_hidden()


def test_older_rounds_come_a_page_at_a_time(server: Server, seat: Seat) -> None:
    table = seat(**STILL)
    table.sit(f"{server.page}?player=pages")
    for _ in range(22):
        table.spin()
    everything = table.rounds
    table.page.reload()
    table.wait()
    assert everything[:20] == table.rounds
    table.page.click("#older")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(22)
    assert everything == table.rounds
    expect(table.page.locator("#older")).to_be_hidden()


def test_the_rules_tell_the_returns_and_the_pays_at_the_stake_that_is_set(server: Server, seat: Seat) -> None:
    table = seat()
    table.sit(f"{server.page}?player=rules")
    game = ask(server, "-", f"/v1/games/{server.page.rsplit('/', 1)[1]}")
    table.page.select_option("#stake", "500")
    table.page.click("#open-rules")
    told = table.page.inner_text("#rules-text")
    assert f"{game['name']}, version {game['version']}" in told
    assert f"{100 * float(game['modes'][0]['rtp']):.2f} %" in told
    assert "Pays at a stake of 5.00 FUN" in told
    pays = game["rules"]["pays"]["cherry"]
    assert all(f"{run} pay {units * 500 / game['modes'][0]['cost'] / 100:.2f}" in told for run, units in pays.items())
    table.page.keyboard.press("Escape")
    expect(table.page.locator("#rules")).not_to_be_visible()


def test_animation_can_be_switched_off_and_stays_off(server: Server, seat: Seat) -> None:
    table = seat()
    table.sit(f"{server.page}?player=calm")
    expect(table.page.locator("#motion")).to_have_attribute("aria-pressed", "true")
    table.page.click("#motion")
    table.page.reload()
    table.wait()
    expect(table.page.locator("#motion")).to_have_attribute("aria-pressed", "false")
    table.page.evaluate("void (Element.prototype.animate = () => { throw new Error('it moves'); })")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    assert [] == table.complaints


MOVES = """async (events) => {
    const { Stage } = await import("/play/web/stage.js");
    const { Art } = await import("/play/web/art.js");
    const { view } = await import("/play/web/view.js");
    view.board.replaceChildren();
    const stage = new Stage(view, new Art("no-art"), { rules: null, modes: [] });
    const told = { win: 0, stake: 100, unit: 10, exponent: 2, currency: "FUN" };
    await stage.show({ ...told, events: events.slice(0, 1) }, { instant: true });
    const moved = new Set();
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...given) {
        moved.add([...document.querySelectorAll(".reel")].indexOf(this.parentElement));
        return animate.apply(this, given);
    };
    await stage.show({ ...told, events }, { from: 1 });
    Element.prototype.animate = animate;
    return [...moved].sort();
}"""


def test_a_reel_that_is_held_stands_still_while_the_others_turn(server: Server, seat: Seat) -> None:
    held = [["b", "a"], ["w", "w"], ["a", "b"]]
    events = [
        {"type": "reels", "stops": [0, 0, 0], "window": [["a", "b"], ["w", "w"], ["b", "b"]]},
        {"type": "free_game", "number": 1, "left": 0},
        {"type": "reels", "stops": [1, 1, 1], "window": [["b", "a"], ["a", "b"], ["a", "b"]]},
        {"type": "sticky", "cells": [[1, 0], [1, 1]], "symbol": "w", "window": held},
    ]
    table = seat()
    table.sit(f"{server.page}?player=held")
    assert [0, 2] == table.page.evaluate(MOVES, events)
    assert "b, a; w, w; a, b" == table.window


def test_an_unknown_game_is_not_a_page(server: Server, seat: Seat) -> None:
    table = seat()
    answer = table.page.goto(f"{server.url}/play/no-such-game")
    assert answer is not None
    assert 404 == answer.status


EVENTS = [
    {"type": "reels", "stops": [0, 0, 0], "window": [["a", "s"], ["a", "b", "c"], ["a", "s"]]},
    {"type": "ways", "symbol": "a", "count": 3, "win": 5, "cells": [[0, 0], [1, 0], [2, 0]], "factor": 2},
    {"type": "fall", "cells": [[0, 0], [1, 0], [2, 0]], "window": [["b", "s"], ["b", "b", "c"], ["b", "s"]],
     "values": [[3, 0], [0, 0, 0], [0, 0]]},
    {"type": "multiply", "factor": 3, "win": 10},
    {"type": "scatter", "symbol": "s", "count": 2, "win": 0, "cells": [[0, 1], [2, 1]], "games": 1},
    {"type": "bought", "games": 1},
    {"type": "free_game", "number": 1, "left": 0},
    {"type": "reels", "stops": [1, 1, 1], "window": [["b", "b"], ["b", "a", "c"], ["c", "c"]]},
    {"type": "expand", "reels": [1], "symbol": "c", "window": [["b", "b"], ["b", "c", "c"], ["c", "c"]]},
    {"type": "sticky", "cells": [[1, 0]], "symbol": "c", "window": [["b", "b"], ["c", "c", "c"], ["c", "c"]]},
    {"type": "land", "cells": [[0, 1]], "symbol": "c", "window": [["b", "c"], ["c", "c", "c"], ["c", "c"]],
     "values": [[0, 5], [0, 0, 0], [0, 0]]},
    {"type": "positions", "multipliers": [[0, 2], [0, 0, 0], [0, 4]]},
    {"type": "special", "symbol": "b"},
    {"type": "limit", "games": 1},
    {"type": "book", "symbol": "b", "count": 1, "reels": [0], "win": 5, "cells": [[0, 0], [0, 1]]},
    {"type": "again", "games": 1},
    {"type": "gamble", "guess": "red", "suit": "hearts", "right": True, "to": 5},
    {"type": "free_game", "number": 2, "left": 0},
    {"type": "wheel", "segment": {"prize": [1, 2]}},
    {"type": "line", "cells": "not what we know"},
    {"type": "total", "win": 15},
]  # fmt: skip

SHOW = """async ([events, instant]) => {
    const { Stage } = await import("/play/web/stage.js");
    const { Art } = await import("/play/web/art.js");
    const { view } = await import("/play/web/view.js");
    const said = [];
    new MutationObserver(() => said.push(view.message.textContent)).observe(view.message, { childList: true });
    view.board.replaceChildren();
    const stage = new Stage(view, new Art("no-art"), { rules: null, modes: [] });
    await stage.show({ events, win: 150, stake: 100, unit: 10, exponent: 2, currency: "FUN" }, { instant });
    return said;
}"""


@pytest.mark.parametrize("instant", [True, False])
def test_every_kind_of_event_is_shown_and_what_cannot_be_is_said(server: Server, seat: Seat, instant: bool) -> None:
    table = seat()
    table.sit(f"{server.page}?player=events")
    said = {text.replace("\N{MULTIPLICATION SIGN}", "x") for text in table.page.evaluate(SHOW, [EVENTS, instant])}
    if not instant:
        assert {
            "3 x a pays 0.50 FUN (x 2)",
            "Everything x 3",
            "2 x s gives 1 free game",
            "1 x b pays 0.50 FUN",
            "Altogether 1.50 FUN",
        } <= said
    assert "b, c; c, c, c; c, c" == table.window
    assert ["\N{MULTIPLICATION SIGN}2", "\N{MULTIPLICATION SIGN}4"] == table.page.locator(".place").all_inner_texts()
    assert 150 == table.money("#win")
    told = table.page.locator("#story li").all_inner_texts()
    assert [
        "Free game 2 \N{MIDDLE DOT} special symbol: b",
        "Wheel · segment prize 1, 2",
        "Line · cells not what we know",
    ] == [text[0].upper() + text[1:] for text in told]
    expect(table.page.locator(".tile").first).to_be_visible()
