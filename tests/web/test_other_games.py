"""The page with games that it knows nothing of, and with an operator that does not always answer."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from ports.money import Currency
from ports.wallet import Declined, Reason, Unconfirmed
from tests.adapters.http.shop import Shop, serving
from tests.web.browser import Table

Seat = Callable[..., Table]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def play(shop: Shop) -> Iterator[str]:
    with serving(shop.app) as port:
        yield f"http://127.0.0.1:{port}/play"


def test_events_that_the_page_does_not_know_are_told_in_words(play: str, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/coin?player=words")
    table.spin()
    told = "coin · win 2.00 FUN" if table.money("#win") else "coin · win nothing"
    expect(table.page.locator("#story li")).to_have_text([told])
    assert [] == table.complaints


def test_choices_are_buttons_with_their_costs_and_a_reload_offers_them_again(play: str, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/ladder?player=climber")
    table.page.click("#spin")
    table.wait("choosing")
    buttons = table.page.locator("#choices button")
    expect(buttons).to_have_text(["stop", "climb", "raise (1.00 FUN)"])
    expect(table.page.locator("#held")).to_have_text("1.00 held")
    table.page.reload()
    table.wait("choosing")
    buttons.nth(2).click()
    expect(table.page.locator("#story li")).to_have_count(2)
    table.wait("choosing")
    expect(table.page.locator("#held")).to_have_text("2.00 held")
    buttons.nth(0).click()
    table.wait()
    expect(table.page.locator("#choices")).to_be_hidden()
    assert 100_000 - 200 + table.money("#win") == table.money("#balance")
    assert 1 == len(table.rounds)
    assert [] == table.complaints


def test_a_round_that_another_window_left_open_is_finished_first(play: str, seat: Seat) -> None:
    first, second = seat(reduced_motion="reduce"), seat(reduced_motion="reduce")
    for table in (first, second):
        table.sit(f"{play}/ladder?player=twice")
    first.page.click("#spin")
    first.wait("choosing")
    second.page.click("#spin")
    second.wait("choosing")
    second.page.click("#choices button >> nth=0")
    second.wait()
    assert 1 == len(second.rounds)
    first.page.click("#choices button >> nth=1")
    first.wait()
    assert first.rounds == second.rounds
    assert first.money("#balance") == second.money("#balance")


def test_a_choice_that_the_operator_refuses_can_be_taken_otherwise(play: str, shop: Shop, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/ladder?player=refused")
    table.page.click("#spin")
    table.wait("choosing")
    shop.line.before = [Declined(Reason.LIMIT, "enough for today")]
    table.page.click("#choices button >> nth=2")
    expect(table.page.locator("#banner-text")).to_contain_text("limit")
    table.wait("choosing")
    table.page.click("#choices button >> nth=0")
    table.wait()
    expect(table.page.locator("#banner")).to_be_hidden()


def test_an_outcome_stands_while_the_operator_has_not_confirmed_it(play: str, shop: Shop, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/coin?player=unconfirmed")
    shop.line.before = [None, *[Unconfirmed("no answer")] * 2]
    table.page.click("#spin")
    expect(table.page.locator("#banner-text")).to_contain_text("The outcome stands")
    expect(table.page.locator("#story li")).to_have_count(1)
    shop.line.before = []
    round = shop.player("unconfirmed").get("/v1/rounds").body["rounds"][0]
    shop.player("unconfirmed").put(f"/v1/rounds/{round['round']}", stake=100)  # as recovery would walk it on
    table.wait()
    expect(table.page.locator("#banner")).to_be_hidden()
    assert [round["round"]] == table.rounds


def test_a_stake_that_was_given_back_is_told(play: str, shop: Shop, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/coin?player=given-back")
    shop.line.before = [Unconfirmed("no answer")]
    table.page.click("#spin")
    table.wait()
    told = "The round was taken back before anything was drawn. Your stake of 1.00 FUN was returned."
    expect(table.page.locator("#banner-text")).to_have_text(told)
    assert 100_000 == table.money("#balance")
    table.page.click("#rounds button")
    expect(table.page.locator("#message")).to_have_text(told)


def test_a_free_round_that_was_taken_back_is_said_to_be_there_again_and_is(play: str, shop: Shop, seat: Seat) -> None:
    shop.rewards.at("social").issue(
        player="free", id="gift", currency=Currency("FUN", 2), stakes={"coin": 100}, rounds=1, begins=None, expires=None
    )
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/coin?player=free")
    shop.line.before = [Unconfirmed("no answer")]
    table.page.click("#spin")
    expect(table.page.locator("#banner-text")).to_contain_text("Your free round was not used: you have it again.")
    expect(table.page.locator("#reward-text")).to_have_text("1 free round of 1.00 FUN")
    expect(table.page.locator("#spin")).to_have_text("Free spin")
    table.wait()
    table.spin()
    expect(table.page.locator("#reward")).to_be_hidden()
    assert 2 == len(table.rounds)


def test_a_session_that_has_ended_is_opened_again_and_the_bet_is_played_once(play: str, shop: Shop, seat: Seat) -> None:
    table = seat(reduced_motion="reduce")
    table.sit(f"{play}/coin?player=ended")
    table.page.evaluate(
        """fetch('/v1/session', {method: 'DELETE', headers: {Authorization:
            'Bearer ' + sessionStorage.getItem('session/coin/ended')}})"""
    )
    expect(table.page.locator("body")).to_have_attribute("data-state", "ready")
    table.spin()
    assert table.rounds == [r["round"] for r in shop.player("ended").get("/v1/rounds").body["rounds"]]
    assert 1 == len(table.rounds)
