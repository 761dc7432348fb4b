"""The wheel and the roulette table, as a player sees, hears and works them."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from games.fortune_wheel import game as fortune
from games.roulette import BETS, WHEEL
from tests.rgs.server import Server
from tests.rgs.test_commands import rgs
from tests.web.browser import Table
from tests.web.record import ask, on_record

Seat = Callable[..., Table]

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
STILL = {"reduced_motion": "reduce"}
FIELDS: list[Any] = list(fortune.rules["fields"])  # type: ignore[index, call-overload]

AT_THE_POINTER = """() => {
    const { left, top, width, height } = document.querySelector(".wheel").getBoundingClientRect();
    const at = document.elementFromPoint(left + width / 2, top + height * 0.18)?.closest(".segment");
    return at && at.dataset.field;
}"""

AROUND_THE_RIM = """() => Array.from({ length: 1000 }, (_, step) => {
    const angle = 2 * Math.PI * (step + 0.5) / 1000;
    const point = document.querySelector(".wheel").createSVGPoint();
    [point.x, point.y] = [80 * Math.sin(angle), -80 * Math.cos(angle)];
    return [...document.querySelectorAll(".segment > path")].filter((path) => path.isPointInFill(point))
        .map((path) => path.parentElement.dataset.field).join();
})"""

STAND = """async ([game, event, win, instant]) => {
    const { Stage } = await import("/play/web/stage.js");
    const { Art } = await import("/play/web/art.js");
    const { view } = await import("/play/web/view.js");
    view.board.replaceChildren();
    const stage = new Stage(view, new Art(game.id), game);
    const round = { round: "a", events: [event], win, stake: 100, unit: 10, exponent: 2, currency: "FUN" };
    const shown = stage.show(round, { instant });
    if (!instant) stage.hurry();
    await shown;
}"""

ON_TOP = """(part) => {
    const { left, top, width, height } = document.querySelector(part).getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2)?.id;
}"""

BOXES = """() => Object.fromEntries([...document.querySelectorAll("[data-bet]")].map((button) => {
    const { left, top, right, bottom } = button.getBoundingClientRect();
    return [button.dataset.bet, [left, top, right, bottom]];
}))"""


def sit(server: Server, seat: Seat, game: str, **kind: Any) -> Table:
    table = seat(**kind)
    table.sit(f"{server.url}/play/{game}?player=table-{uuid4().hex}")
    return table


def numbers(table: Table) -> dict[int, str]:
    """Each number of the table, by what is said of it."""
    return {n: str(table.page.get_attribute(f"[data-bet=number-{n}]", "aria-label")) for n in range(37)}


def test_a_field_of_the_wheel_is_exactly_as_wide_as_it_is_likely(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "fortune-wheel")
    met = table.page.evaluate(AROUND_THE_RIM)
    assert [(f["field"], f["weight"]) for f in FIELDS] == [(f["field"], met.count(f["field"])) for f in FIELDS]


@pytest.mark.parametrize("instant", [True, False])
@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_the_wheel_stops_with_the_field_that_was_drawn_at_the_pointer(
    server: Server, seat: Seat, place: int, instant: bool
) -> None:
    table = sit(server, seat, "fortune-wheel")
    game = ask(server, "-", "/v1/games/fortune-wheel")
    field, units = FIELDS[place]["field"], FIELDS[place]["pays"]
    names = [field["field"] for field in FIELDS]
    event = {"type": "wheel", "fields": names, "place": place, "field": field, "win": units}
    table.page.evaluate(STAND, [game, event, units * 10, instant])
    assert field == table.page.evaluate(AT_THE_POINTER)
    expect(table.page.get_by_role("img", name=f"The wheel stands at {field}")).to_be_visible()
    expect(table.page.locator(".fields [aria-current]")).to_have_attribute("data-field", field)
    assert units * 10 == table.money("#win")
    expect(table.page.locator("#story")).to_be_hidden()


def test_a_wheel_that_turns_does_not_give_away_where_it_will_stop(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "fortune-wheel")
    with table.page.expect_response(lambda answer: answer.request.method == "PUT") as answered:
        table.page.click("#spin")
    drawn = answered.value.json()["events"][0]["field"]
    expect(table.page.locator(".drawn, .fields [aria-current]")).to_have_count(0)
    expect(table.page.locator("#message")).to_be_empty()
    table.wait()
    assert drawn == table.page.evaluate(AT_THE_POINTER)
    expect(table.page.locator(".fields [aria-current]")).to_have_attribute("data-field", drawn)
    assert [] == table.complaints


@pytest.mark.parametrize("game", ["fortune-wheel", "roulette"])
def test_nothing_turns_for_a_player_who_wants_less_motion(server: Server, seat: Seat, game: str) -> None:
    table = sit(server, seat, game, **STILL)
    table.page.evaluate("void (Element.prototype.animate = () => { throw new Error('it moves'); })")
    if game == "roulette":
        table.page.click("[data-bet=red]")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    expect(table.page.locator(".segment.drawn")).to_have_count(1)
    assert [] == table.complaints


def test_a_turn_of_before_stands_again_where_it_stood(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "fortune-wheel", **STILL)
    stood = "getComputedStyle(document.querySelector('.disc')).transform"
    table.spin()
    first, angle = table.rounds[0], table.page.evaluate(stood)
    table.spin()
    table.page.click(f"[data-round='{first}'] button")
    table.wait()
    assert angle == table.page.evaluate(stood)


def test_a_wheel_with_other_fields_than_the_rules_tell_is_told_in_words(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "fortune-wheel")
    game = ask(server, "-", "/v1/games/fortune-wheel")
    event = {"type": "wheel", "fields": ["a", "b"], "place": 1, "field": "b", "win": 0}
    table.page.evaluate(STAND, [game, event, 0, True])
    expect(table.page.locator("#story li")).to_have_text(["wheel · fields a, b · place 1 · field b · win nothing"])


def test_the_wheels_rules_tell_what_each_field_pays_and_how_likely_it_is(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "fortune-wheel")
    table.page.click("#open-rules")
    told = table.page.inner_text("#rules-text")
    assert "nothing\n41.3 %" in told
    assert "50.00\n0.3 %" in told


def test_the_table_lies_as_in_every_casino_where_there_is_room(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette")
    box = table.page.evaluate(BOXES)
    left, top = {bet: at[0] for bet, at in box.items()}, {bet: at[1] for bet, at in box.items()}
    for n in range(1, 35, 3):
        assert top[f"number-{n + 2}"] < top[f"number-{n + 1}"] < top[f"number-{n}"]
        assert left[f"number-{n + 2}"] == left[f"number-{n + 1}"] == left[f"number-{n}"]
    assert left["number-0"] < left["number-1"] < left["number-34"] < left["column-1"]
    assert [top[f"number-{n}"] for n in (1, 2, 3)] == [top[f"column-{n}"] for n in (1, 2, 3)]
    assert top["number-1"] < top["dozen-1"] < top["red"]
    assert [left["number-1"], left["number-13"], left["number-25"]] == [left[f"dozen-{n}"] for n in (1, 2, 3)]
    assert sorted(left[bet] for bet in ("low", "even", "red", "black", "odd", "high")) == [
        left[bet] for bet in ("low", "even", "red", "black", "odd", "high")
    ]


def test_on_a_phone_the_table_stands_upright(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **PHONE)
    box = table.page.evaluate(BOXES)
    for n in range(1, 35, 3):
        assert box[f"number-{n}"][0] < box[f"number-{n + 1}"][0] < box[f"number-{n + 2}"][0]
        assert box[f"number-{n}"][1] == box[f"number-{n + 1}"][1] == box[f"number-{n + 2}"][1]
    assert box["number-0"][1] < box["number-1"][1] < box["number-34"][1] < box["column-1"][1]
    assert box["red"][0] < box["dozen-2"][0] < box["number-13"][0]


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}, {"width": 412, "height": 915}])
def test_a_phone_shows_the_wheel_the_whole_table_and_the_bar_at_once(
    server: Server, seat: Seat, viewport: dict[str, int]
) -> None:
    table = sit(server, seat, "roulette", **PHONE | {"viewport": viewport})
    assert viewport["height"] == table.page.evaluate("document.documentElement.scrollHeight")
    for part in (".wheel", ".felt", ".bar"):
        expect(table.page.locator(part)).to_be_in_viewport(ratio=1)
    parts = [part.bounding_box() for part in table.page.locator(".wheel, #message, .felt, .bar").all()]
    for above, below in pairwise(box for box in parts if box):
        assert above["y"] + above["height"] <= below["y"]


def test_what_is_said_is_read_wherever_a_low_screen_is_scrolled_to(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **PHONE | STILL | {"viewport": {"width": 360, "height": 560}})
    table.page.locator("[data-bet=low]").press("Enter")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    for place in (0, 100, 1000):
        table.page.evaluate(f"scrollTo(0, {place})")
        expect(table.page.locator("#message")).to_be_in_viewport(ratio=1)
        assert "message" == table.page.evaluate(ON_TOP, "#message")
    assert table.page.evaluate("scrollY") > 100


@pytest.mark.parametrize("kind", [{}, PHONE])
def test_no_bet_lies_on_another_and_each_is_large_enough_for_a_finger(
    server: Server, seat: Seat, kind: dict[str, Any]
) -> None:
    table = sit(server, seat, "roulette", **kind)
    boxes = list(table.page.evaluate(BOXES).values())
    assert len(BETS) == len(boxes)
    for at, (left, top, right, bottom) in enumerate(boxes):
        assert min(right - left, bottom - top) >= 24
        for other in boxes[at + 1 :]:
            assert other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top


def test_the_colour_of_a_number_is_seen_drawn_and_said(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette")
    said = numbers(table)
    colours = {n: "green" if n == 0 else "red" if n in BETS["red"] else "black" for n in range(37)}
    assert {n: f"{n}, {colour}, 0 units" for n, colour in colours.items()} == said
    look = """(bet) => {
        const button = document.querySelector(`[data-bet=${bet}]`), mark = button.querySelector(".shape");
        return [getComputedStyle(button).backgroundColor, mark && getComputedStyle(mark).borderRadius];
    }"""
    red, black, green = (table.page.evaluate(look, f"number-{n}") for n in (1, 2, 0))
    assert 3 == len({red[0], black[0], green[0]}) == len({red[1], black[1], green[1]})
    for n, colour in colours.items():
        found = table.page.evaluate(look, f"number-{n}")
        assert {"red": red, "black": black, "green": green}[colour] == found


def test_chips_are_put_and_taken_with_the_keyboard_alone(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **STILL)
    page = table.page
    page.focus("#open-rules")
    page.keyboard.press("Tab")
    assert "number-0" == page.evaluate("document.activeElement.dataset.bet")
    for key, bet in [
        ("ArrowRight", "number-2"), ("ArrowUp", "number-3"), ("ArrowRight", "number-6"), ("ArrowDown", "number-5"),
        ("ArrowDown", "number-4"), ("ArrowDown", "dozen-1"), ("ArrowDown", "even"), ("ArrowRight", "red"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert bet == page.evaluate("document.activeElement.dataset.bet")
    for key in ("Enter", "Space", "Space"):
        page.keyboard.press(key)
    expect(page.locator("[data-bet=red]")).to_have_attribute("aria-label", "red, 3 units")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-bet=red] .chip")).to_have_text("2")
    page.keyboard.press("Tab")
    assert "undo" == page.evaluate("document.activeElement.id")
    page.keyboard.press("Shift+Tab")
    assert "red" == page.evaluate("document.activeElement.dataset.bet")
    page.focus("#spin")
    page.keyboard.press("Enter")
    expect(page.locator("#rounds [data-round]")).to_have_count(1)
    assert {"red": 2} == on_record(server, table)["selection"]


def test_the_last_change_of_the_table_is_taken_back(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **STILL)
    page = table.page
    expect(page.locator("#undo")).to_be_disabled()
    for bet in ("dozen-1", "column-2", "column-2"):
        page.click(f"[data-bet={bet}]")
    page.click("[data-bet=column-2]", button="right")
    expect(page.locator("[data-bet=column-2] .chip")).to_have_text("1")
    page.click("#undo")
    expect(page.locator("[data-bet=column-2] .chip")).to_have_text("2")
    page.click("#clear")
    expect(page.locator(".chip")).to_have_count(0)
    page.click("#undo")
    expect(page.locator("#units")).to_have_text("3 units · 3.00 FUN")
    page.select_option("#stake", "500")
    expect(page.locator("#units")).to_have_text("3 units · 15.00 FUN")


@pytest.mark.parametrize("kind", [{}, STILL, PHONE])
def test_the_ball_lies_at_the_number_and_every_bet_that_wins_is_marked(
    server: Server, seat: Seat, kind: dict[str, Any]
) -> None:
    table = sit(server, seat, "roulette", **kind)
    page = table.page
    for bet in ("number-0", "red", "black", "dozen-1", "dozen-2", "dozen-3"):
        page.locator(f"[data-bet={bet}]").press("Enter")
    page.click("#spin")
    table.wait()
    round = on_record(server, table)
    ball, *won, _ = round["events"]
    expect(page.locator("[aria-current]")).to_have_count(1)
    expect(page.locator("[aria-current] .ball")).to_be_visible()
    expect(page.locator("[aria-current]")).to_have_attribute("data-bet", f"number-{ball['number']}")
    name = f"The wheel stands at {ball['number']}, {ball['colour']}"
    expect(page.get_by_role("img", name=name, exact=True)).to_be_visible()
    assert ball["colour"] == page.evaluate(AT_THE_POINTER)
    assert WHEEL[int(str(page.get_attribute(".segment.drawn", "data-place")))] == ball["number"]
    marked = {str(bet.get_attribute("data-bet")) for bet in page.locator("[data-wins]").all()}
    assert {bet["bet"] for bet in won} == marked
    for bet in won:
        button = page.locator(f"[data-bet={bet['bet']}]")
        assert f", 1 unit, wins {bet['win']}.00 FUN" in str(button.get_attribute("aria-label"))
        expect(button.locator(".wins")).to_have_text(f"+{bet['win']}.00")
    assert (600, round["win"]) == (round["stake"], table.money("#win"))
    assert 6 == page.locator(".chip").count()
    assert [] == table.complaints


def test_the_marks_of_the_last_round_go_with_the_next_bet_and_the_chips_stay(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **STILL)
    for bet in ("red", "black"):
        table.page.click(f"[data-bet={bet}]")
    for _ in range(3):
        table.spin()
        expect(table.page.locator("[aria-current]")).to_have_count(1)
        expect(table.page.locator(".bets .ball")).to_have_count(1)
        assert table.page.locator("[data-wins]").count() == len(on_record(server, table)["events"]) - 2
    assert 3 == len(table.rounds)
    expect(table.page.locator(".chip")).to_have_text(["1", "1"])


def test_a_round_of_before_is_marked_and_the_chips_of_now_stay(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette", **STILL)
    table.page.click("[data-bet=red]")
    table.spin()
    first = on_record(server, table)
    table.page.click("#clear")
    table.page.click("[data-bet=number-7]")
    table.page.click(f"[data-round='{first['round']}'] button")
    table.wait()
    expect(table.page.locator("[aria-current]")).to_have_attribute("data-bet", f"number-{first['events'][0]['number']}")
    expect(table.page.locator("[data-wins]")).to_have_count(len(first["events"]) - 2)
    expect(table.page.locator(".chip")).to_have_count(1)
    expect(table.page.locator("[data-bet=number-7] .chip")).to_have_text("1")


def test_a_free_round_is_shared_among_the_units_that_stand_on_the_table(server: Server, seat: Seat) -> None:
    player = f"free-{uuid4().hex}"
    rgs("rewards", "give", player, "--game", "roulette", "--rounds", "1", "--stake", "1000", data=server.data)
    table = seat(**PHONE, **STILL)
    table.sit(f"{server.url}/play/roulette?player={player}")
    expect(table.page.locator("#spin")).to_have_text("Free spin")
    assert "reward-text" == table.page.evaluate(ON_TOP, "#reward-text")
    for bet in ("red", "red", "column-1"):
        table.page.locator(f"[data-bet={bet}]").press("Enter")
    expect(table.page.locator("#units")).to_have_text("3 units · free")
    table.page.evaluate("scrollTo(0, 1000)")
    table.page.click("#spin")
    expect(table.page.locator("#message")).to_contain_text("A free round of 10.00 FUN is for 1, 2, 5, 10")
    assert "message" == table.page.evaluate(ON_TOP, "#message")
    for bet in ("red", "column-1"):
        table.page.locator(f"[data-bet={bet}]").press("Enter")
    table.page.click("#spin")
    expect(table.page.locator("#rounds [data-round]")).to_have_count(1)
    round = on_record(server, table)
    assert (1000, {"red": 3, "column-1": 2}) == (round["stake"], round["selection"])
    assert round["reward"]
    assert 100_000 + round["win"] == table.money("#balance")
    expect(table.page.locator("#spin")).to_have_text("Spin")
    expect(table.page.locator("#units")).to_have_text("5 units · 5.00 FUN")
    assert [] == table.complaints


def test_the_tables_rules_tell_what_each_bet_pays(server: Server, seat: Seat) -> None:
    table = sit(server, seat, "roulette")
    table.page.click("#open-rules")
    told = table.page.inner_text("#rules-text").replace("\N{MULTIPLICATION SIGN}", "x")
    assert "a number: 36 x the bet" in told
    assert "red, black, odd, even, low, high: 2 x the bet" in told
