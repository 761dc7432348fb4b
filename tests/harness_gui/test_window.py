"""The window over the real bench: armed, played, broken, healed, and never frozen."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDockWidget, QPushButton

from harness_gui import theme
from harness_gui.art import picture
from harness_gui.bench import Bench
from harness_gui.docks import transactions
from harness_gui.docks.transactions import CallsModel
from harness_gui.journal import Call
from harness_gui.lamps import NAMES
from harness_gui.reels import frames
from harness_gui.serving import Served
from harness_gui.window import Window
from ports.game import Event
from ports.randomness import Draw
from rgs import plugins
from rgs.settings import Settings
from tests.harness_gui.game_server import Server

Until = Callable[[Callable[[], object]], None]
STOPS = [11, 11, 13]


def spin(window: Window, until: Until) -> None:
    rounds = window.rounds.model.rowCount()
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: not window._waiting and window.rounds.model.rowCount() > rounds and window.desk.up_to_date)


def cell(window: Window, row: int, head: str) -> str:
    model = window.transactions.model
    return str(model.index(row, model.HEADS.index(head)).data())


def test_space_plays_and_every_part_of_the_window_tells_of_it(window: Window, until: Until) -> None:
    spin(window, until)
    round = window.bench.history()[0]
    assert [list(column) for column in round.turns[0].turn.events[0]["window"]] == window.reels.window_shown
    assert round.id in window.timeline.head.text()
    assert "settled" in window.timeline.diagram.accessibleDescription()
    until(lambda: {"green"} == {lamp.word for lamp in window.lamps.shown.values()})
    assert ["player", "escrow", "result"] == [cell(window, row, "call") for row in range(3)]
    assert "settled" == cell(window, 2, "state after")
    assert round.id[:8] in window.log.text


def test_a_force_is_armed_in_red_and_is_gone_after_one_round(window: Window, until: Until) -> None:
    for reel, stop in enumerate(STOPS):
        window.force.set_stop(reel, stop)
    QTest.mouseClick(window.force.arm, Qt.MouseButton.LeftButton)
    until(lambda: window.force.status.property("role") == "armed")
    assert "stops 11 11 13" in window.force.status.text()
    spin(window, until)
    assert STOPS == window.reels.stops_shown
    assert window.bench.history()[0].terms.forced
    assert "Nothing is armed" in window.force.status.text()


def test_a_tape_that_is_none_is_refused_in_words(window: Window, until: Until) -> None:
    window.force.tape.setPlainText("[1, 2")
    window.force._arm_tape()
    until(lambda: "this is no tape" in window.log.text)
    assert window.bench.deck.force is None


def test_a_force_for_game_servers_is_armed_in_red_and_gone_once_one_of_them_has_drawn_it(
    window: Window, until: Until, tmp_path: Path
) -> None:
    bench, force = window.bench, window.force
    for text, told in (('[["stop", 32, 1]]', "a game server draws range"), ('[["range", 37, 17]]', "")):
        force.server_tape.setPlainText(text)
        QTest.mouseClick(force.arm_server, Qt.MouseButton.LeftButton)
        until(lambda told=told: told in window.log.text and window.desk.hands.idle)
    until(lambda: "⚑ ARMED for game servers:  tape  (1 to go)" in force.status.text())
    assert "armed" == force.status.property("role")
    spin(window, until)
    assert not bench.history()[0].terms.forced
    window._show_dock(window.tape)
    window.tape.live.setChecked(True)
    served = Served(bench, 0)
    server = Server(served.address, (tmp_path / "game-server.key").read_text().strip())
    id = server.bet()
    assert "ARMED" in force.status.text()
    server.range(id, 1, min=0, max=6)
    until(lambda: "refused: value 1 of this round is forced" in window.log.text)
    server.range(id, 1, min=0, max=37)
    until(lambda: "Nothing is armed" in force.status.text())
    until(lambda: [["1", "1", "range", "37", "17", "⚑ forced"]] == tape(window))
    server.close()
    served.close()


def tape(window: Window) -> list[list[str]]:
    model = window.tape.model
    return [[model.index(row, column).data() for column in range(6)] for row in range(model.rowCount())]


def test_the_tape_of_the_round_is_shown_draw_by_draw_and_forced_ones_have_a_word(
    window: Window, until: Until, tmp_path: Path
) -> None:
    window.tape.raise_()
    window.bench.force.stops(STOPS[:2])
    spin(window, until)
    until(lambda: "2 forced" in window.tape.head.text())
    purpose, bound, _ = window.bench.history()[0].turns[0].draws[0]
    assert ["1", "1", purpose, str(bound), str(STOPS[0]), "⚑ forced"] == tape(window)[0]
    assert ["⚑ forced", "⚑ forced", "chance"] == [row[-1] for row in tape(window)]
    file = tmp_path / "kept.tape.json"
    window.tape.save_to(file)
    until(lambda: file.exists() and window.desk.hands.idle)
    values = [row[4] for row in tape(window)]
    window.tape.arm_file(file)
    until(lambda: "tape kept.tape.json" in window.force.status.text())
    first = window.desk.round
    spin(window, until)
    until(lambda: "3 forced" in window.tape.head.text())
    assert values == [row[4] for row in tape(window)]
    window.desk.select(first)
    until(lambda: "2 forced" in window.tape.head.text())
    window.tape.live.setChecked(True)
    until(lambda: "3 forced" in window.tape.head.text())
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "tape of" in window.force.status.text())


def test_always_the_newest_round_is_also_one_that_was_not_played_at_this_window(window: Window, until: Until) -> None:
    window.tape.raise_()
    spin(window, until)
    mine = window.desk.round
    until(lambda: mine == window.tape.shown)
    window.tape.live.setChecked(True)
    other = window.bench.spin().id
    until(lambda: other == window.tape.shown)
    assert mine == window.desk.round
    assert "all of them chance" in window.tape.head.text()
    window.tape.live.setChecked(False)
    until(lambda: mine == window.tape.shown)


def test_a_file_that_is_no_tape_is_refused_in_words(window: Window, until: Until, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_text("[1]")
    window.tape.arm_file(tmp_path / "cat.jpg")
    until(lambda: "this is no tape" in window.log.text)
    window.tape.arm_file(tmp_path / "gone.json")
    until(lambda: "No such file" in window.log.text)
    assert window.bench.deck.force is None


def test_a_lost_escrow_answer_is_seen_to_heal(window: Window, until: Until) -> None:
    window.faults.call.setCurrentText("escrow")
    window.faults.fault.setCurrentText("time-out after")
    QTest.mouseClick(window.faults.arm, Qt.MouseButton.LeftButton)
    assert "escrow: time-out after (next)" in window.faults.list.item(0).text()
    spin(window, until)
    assert ["? unconfirmed", "✓ receipt"] == [cell(window, row, "answer") for row in (1, 2)]
    assert "cancelled" in window.timeline.head.text()
    assert 0 == window.faults.list.count()
    until(lambda: "1,000.00 FUN" == window.controls.balance.text())


def test_escape_disarms_everything(window: Window, until: Until) -> None:
    window.bench.arm("result", "reset before", "always")
    window.bench.force.stops(STOPS)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert ([], None) == (window.bench.armed(), window.bench.deck.force)


def test_recovery_on_f5_brings_a_drawn_round_home(window: Window, until: Until) -> None:
    window.bench.arm("result", "server error 500 after", "11")
    spin(window, until)
    assert "drawn" == str(window.bench.history()[0].state)
    QTest.keyClick(window, Qt.Key.Key_F5)
    until(lambda: "settled" == str(window.bench.history()[0].state))


def test_a_refused_bet_is_told_and_the_next_one_can_be_made(window: Window, until: Until) -> None:
    window.bench.arm("result", "time-out before", "always")
    spin(window, until)
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: "is not finished" in window.statusBar().currentMessage())
    assert window.controls.spin.isEnabled()


def test_the_transactions_are_filtered_by_what_is_typed(window: Window, until: Until) -> None:
    window.bench.arm("escrow", "time-out after")
    spin(window, until)
    spin(window, until)
    window.transactions.filter.setText("escrow")
    until(lambda: 2 == window.transactions.model.rowCount())
    window.transactions.filter.setText("")
    until(lambda: 5 == window.transactions.model.rowCount())


def test_the_chosen_transaction_is_copied_as_curl(window: Window, until: Until) -> None:
    spin(window, until)
    table = window.transactions.table
    copied: list[str] = []
    window.transactions.copied.connect(copied.append)
    table.selectRow(1)
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    until(lambda: "copied as curl: the player's bet" in window.statusBar().currentMessage())
    assert [QGuiApplication.clipboard().text()] == copied
    assert copied[0].startswith("# escrow ")
    assert f"/v1/rounds/{window.bench.history()[0].id}" in copied[0]
    assert "Copy as curl" in [action.text() for action in table.actions()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", 3),
        ("escrow", 2),
        ("call:escrow answer:unconfirmed", 1),
        ("-escrow", 1),
        ("amount>100", 1),
        ("-amount>100 attempt<2", 1),
        ("ms>5", 1),
        ("round-1", 1),
        ("nothing of the kind", 0),
    ],
)
def test_the_filter_has_a_small_language(app: QApplication, text: str, shown: int) -> None:
    model = CallsModel()
    model.append(
        [call(0, "escrow", "unconfirmed", 100), call(0, "escrow", "receipt", 100, 2), call(1, "result", amount=500)]
    )
    model.show_filtered(model.look(text).find())
    assert shown == model.rowCount()


def call(number: int, name: str, answer: str = "receipt", amount: int = 100, attempt: int = 1) -> Call:
    return Call(
        place=number, at=datetime(2026, 1, 1, tzinfo=UTC), operator="social", call=name, round=f"round-{number}",
        movement=f"round-{number}:{name}:1", amount=amount, currency="FUN", attempt=attempt, answer=answer,
        seconds=0.001 if attempt == 1 else 0.01,
    )  # fmt: skip


def test_what_is_answered_later_is_filtered_by_its_answer(app: QApplication) -> None:
    model = CallsModel()
    model.show_filtered(model.look("answer:receipt").find())
    waiting, done = call(0, "escrow", ""), call(1, "escrow")
    model.append([waiting, done])
    assert 1 == model.rowCount()
    waiting.answer = "receipt"
    model.touch()
    assert [waiting, done] == [model.call(row) for row in range(model.rowCount())]


def test_what_comes_and_goes_while_a_filter_looks_is_not_lost_and_not_shown_twice(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "MOST", 20)
    model = CallsModel()
    model.append([call(number, "escrow") for number in range(10)])
    found = model.look("escrow")
    model.append([call(number, name) for number in range(10, 22) for name in ("escrow", "result")])
    found.find()
    model.show_filtered(found)
    places = [model.call(row).place for row in range(model.rowCount())]
    assert places == sorted(set(places))
    assert 21 == places[-1]
    assert {"escrow"} == {model.call(row).call for row in range(model.rowCount())}
    old = model.look("").find()
    model.clear()
    model.append([call(30, "result")])
    model.show_filtered(old)
    assert [30] == [model.call(row).place for row in range(model.rowCount())]


def test_a_hundred_thousand_transactions_scroll_and_filter_at_once(
    window: Window, app: QApplication, until: Until
) -> None:
    dock = window.transactions
    for batch in range(20):
        dock.model.append([call(batch * 5_000 + n, "escrow") for n in range(5_000)])
    bar = dock.table.verticalScrollBar()
    begun = time.process_time()
    for step in range(50):
        bar.setValue(bar.maximum() * step // 50)
        app.processEvents()
    assert (time.process_time() - begun) / 50 < 0.05
    begun = time.process_time()
    dock.filter.setText("round-99999:")
    until(lambda: 1 == dock.model.rowCount())
    assert time.process_time() - begun < 2


def test_a_clicked_symbol_puts_its_stop_into_the_force(window: Window, until: Until) -> None:
    spin(window, until)
    window.reels.clicked.emit(1, 0)
    assert window.reels.stops_shown[1] == window.force._spins[1].value()


def test_where_stops_weigh_a_stop_is_forced_as_it_is_shown(window: Window, until: Until) -> None:
    window.game.setCurrentText("brass-bars")
    window.open_session()
    until(lambda: window.bench.session.game == "brass-bars" and [106, 107, 100] == highest(window))
    wanted = [5, 12, 21]
    for reel, stop in enumerate(wanted):
        window.force.set_stop(reel, stop)
    QTest.mouseClick(window.force.arm, Qt.MouseButton.LeftButton)
    until(lambda: window.force.status.property("role") == "armed")
    spin(window, until)
    until(lambda: wanted == window.reels.stops_shown)
    assert window.bench.history()[0].terms.forced


def highest(window: Window) -> list[int]:
    return [box.maximum() for box in window.force._spins]


def test_every_action_is_in_a_menu_on_a_key_and_does_not_break(window: Window, until: Until) -> None:
    spin(window, until)
    for number in range(10):
        window.bench.force.save(f"case {number}", window.desk.round)
    window.force.cases.look()
    for name, action in window.actions_by_name.items():
        assert not action.shortcut().isEmpty(), name
        if name not in ("Quit", "Save evidence", "Save the tape", "Load a tape and arm it"):
            action.trigger()
        until(lambda: not window._waiting and window.updatesEnabled())
    window.auto.halt()
    until(lambda: window.desk.up_to_date)
    assert "TROUBLE" not in window.log.text


def test_every_dock_has_a_name_for_the_layout_and_a_toggle_in_the_menu(window: Window) -> None:
    docks = window.findChildren(QDockWidget)
    assert len(window.docks) == len({dock.objectName() for dock in docks}) == len(docks)
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    assert {dock.toggleViewAction() for dock in docks} <= set(view.actions())


def test_the_layout_is_remembered(app: QApplication, until: Until, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat)
    hidden = []
    for _ in range(2):
        with Bench(Settings(data=tmp_path / "data", store="memory")) as bench:
            window = Window(bench, settings)
            window.show()
            hidden.append(window.lamps.isHidden())
            window.lamps.hide()
            until(lambda window=window: window.desk.up_to_date)
            window.close()
            window.deleteLater()
    assert [False, True] == hidden


def test_light_and_dark_both_draw(window: Window, until: Until, app: QApplication) -> None:
    spin(window, until)
    grounds = []
    for colours in (theme.LIGHT, theme.DARK):
        window.toggle_theme()
        until(lambda colours=colours: theme.colours() is colours and window.updatesEnabled())
        grounds.append(window.grab().toImage().pixelColor(3, 3).lightness())
    assert theme.colours() is theme.DARK
    assert grounds[0] > 200 > 60 > grounds[1]


def test_the_reels_turn_and_come_to_rest_with_the_very_same_outcome(window: Window, until: Until) -> None:
    rested: list[bool] = []
    window.reels.rested.connect(lambda: rested.append(True))
    window.controls.turbo.setChecked(False)
    spin(window, until)
    assert window.reels.moving
    QTest.keyClick(window.reels, Qt.Key.Key_Return)
    assert not window.reels.moving
    assert rested
    assert [list(c) for c in window.bench.history()[0].turns[0].turn.events[0]["window"]] == window.reels.window_shown


def test_the_art_of_every_symbol_is_drawn(window: Window) -> None:
    for symbol in window.bench.listing.game.rules["pays"]:
        drawn = picture("three-fruits", symbol, 64)
        assert drawn is not None, symbol
        image: QImage = drawn.toImage()
        assert any(image.pixelColor(x, 32).alpha() for x in range(64)), symbol


def at_rest(events: Sequence[Any]) -> list[list[str]]:
    """The last board of a turn, with what was held on it."""
    board: list[list[str]] = []
    for event in events:
        board = [list(column) for column in event["window"]] if "window" in event else board
        for reel, row in event["cells"] if event["type"] in ("hold", "respin") else ():
            board[reel][row] = event["symbol"]
    return board


@pytest.mark.parametrize("game", [listing.game.id for listing in plugins.catalogue()])
def test_every_game_of_the_house_is_shown_and_played(window: Window, until: Until, game: str) -> None:
    window.game.setCurrentText(game)
    window.open_session()
    until(lambda: window.bench.session.game == game and window.desk.up_to_date)
    spin(window, until)
    round = window.bench.history()[0]
    assert at_rest(round.turns[-1].turn.events) == window.reels.window_shown
    assert not window.grab().isNull()
    until(lambda: {"green"} == {lamp.word for lamp in window.lamps.shown.values()})


def sit(window: Window, until: Until, game: str) -> None:
    window.game.setCurrentText(game)
    window.open_session()
    until(lambda: window.bench.session.game == game and window.reels._game == game and window.desk.up_to_date)


CARDS = [Draw("deal", 52 - place, card) for place, card in enumerate([12] * 5)]
"""The ace of spades, and what lies behind it in a new deck: 2 to 5 of hearts."""


@pytest.mark.parametrize(
    ("game", "draws", "told"),
    [
        ("roulette", [Draw("number", 37, 17)], "17 black: "),
        ("roulette", [Draw("number", 37, 0)], "0 green: "),
        ("fortune-wheel", [Draw("wheel", 1000, 999)], "the wheel stops at crown, 500 units"),
        ("video-poker", CARDS, "A♠ 2♥ 3♥ 4♥ 5♥: straight"),
    ],
)
def test_a_game_without_reels_has_a_board_that_says_what_it_shows(
    window: Window, until: Until, app: QApplication, game: str, draws: Sequence[Draw], told: str
) -> None:
    sit(window, until, game)
    assert "" == window.reels.accessibleDescription()
    empty = window.reels.grab().toImage()
    window.bench.force.tape(draws)
    spin(window, until)
    assert window.reels.accessibleDescription().startswith(told)
    assert window.reels.window_shown == []
    pictures = []
    for dark in (False, True):
        theme.apply(app, dark=dark)
        pictures.append(window.reels.grab().toImage())
    window.reels.resize(260, 200)
    pictures.append(window.reels.grab().toImage())
    assert empty not in pictures
    assert 3 == len({bytes(picture.constBits()) for picture in pictures})
    assert all(shades(picture) > 3 for picture in pictures)


def shades(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(40, image.height() - 40, 3)})


def test_held_cards_have_a_frame_and_a_word_and_what_is_not_drawn_fades(window: Window, until: Until) -> None:
    sit(window, until, "video-poker")
    spin(window, until)
    dealt = window.reels.accessibleDescription()
    window.choose(window.bench.history()[0].id, "hold-15")
    until(lambda: window.desk.up_to_date and "(held)" in window.reels.accessibleDescription())
    told = window.reels.accessibleDescription().replace(" (held)", "*").split(":")[0].split()
    assert [True, False, False, False, True] == [card.endswith("*") for card in told]
    assert dealt.split()[0] == told[0].rstrip("*")
    shown = window.reels.grab().toImage()
    window.reels.show_none("DECLINED")
    assert shades(shown) != shades(window.reels.grab().toImage())


def test_the_lamps_name_every_invariant(window: Window) -> None:
    assert set(NAMES) == set(window.lamps.shown)


def test_what_the_accounts_add_up_to_stands_below_the_lamps(window: Window, until: Until) -> None:
    until(lambda: "social FUN: players 1,000.00 · held 0.00 · on record 0.00" in window.lamps.books.text())
    window.bench.arm("result", "time-out before", "11")
    spin(window, until)
    until(lambda: "held 1.00 · on record 1.00 · house -1,000.00 · sum 0.00" in window.lamps.books.text())


def test_an_outcome_is_found_armed_and_played(window: Window, until: Until) -> None:
    outcome = window.force.outcome
    outcome.ask_for(1, 1, "seven")
    outcome.low.setValue(10)
    QTest.mouseClick(outcome.look, Qt.MouseButton.LeftButton)
    until(lambda: not outcome.looking)
    assert "by nature" in outcome.told.text()
    spin(window, until)
    round = window.bench.history()[0]
    assert round.win >= 10 * round.terms.stake
    assert "seven" == window.reels.window_shown[1][1]


def test_auto_spin_shows_the_return_and_stops_when_it_is_done(window: Window, until: Until) -> None:
    window.auto.count.setValue(40)
    QTest.keyClick(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: not window.auto.running and window.desk.up_to_date)
    assert "40 spins" in window.auto.words.text()
    assert "all spins played" in window.auto.words.text()
    assert "±" in window.auto.rtp.text()
    assert window.auto.stake == window.controls.stake.currentData()


def figures(window: Window, name: str) -> list[str]:
    return [cell.text() for cell in window.maths.cells[name]]


def test_the_exact_figures_stand_beside_what_was_played(window: Window, until: Until) -> None:
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "95.4956%" == figures(window, "RTP")[0])
    assert ["38.04%", "-", ""] == figures(window, "Hit rate")
    assert "52.80 x" == figures(window, "Largest win")[0]
    assert "recurrence" in window.maths.method.text()
    window.bench.force.stops(STOPS, shots=2)
    window.auto.count.setValue(40)
    window.auto.toggle()
    until(lambda: not window.auto.running and window.desk.up_to_date)
    assert ["40", "⚑ 2 of them forced: no chance"] == figures(window, "Rounds")[1:]
    assert "±" in figures(window, "RTP")[1]
    assert "side of 95.50 ± " in figures(window, "RTP")[2]
    words = window.maths.histogram.accessibleDescription()
    assert "nothing: " in words
    assert "of 40, exactly 24.8" in words
    assert "50x: " in words
    assert 2 <= int(words.split("50x: ")[1].split()[0]), "the two that were forced, if chance gave no more"


def test_the_figures_are_of_the_game_and_mode_that_are_chosen(window: Window, until: Until) -> None:
    window.maths.raise_()
    until(lambda: window.maths.sheet is not None)
    window.game.setCurrentText("deep-lanterns")
    window.open_session()
    until(lambda: "95.6000%" == figures(window, "RTP")[0])
    assert "1 in 147.7" == figures(window, "Feature")[0]
    window.controls.mode.setCurrentText("buy")
    until(lambda: "95.5574%" == figures(window, "RTP")[0])
    window.game.setCurrentText("seven-stones")
    window.open_session()
    until(lambda: ["-", "-", "declared 96.0300%"] == figures(window, "RTP"))
    assert "-" == figures(window, "Hit rate")[0]
    until(lambda: window.maths.bar.isHidden())


def test_the_histogram_can_be_read_in_light_and_in_dark(window: Window, until: Until, app: QApplication) -> None:
    histogram = window.maths.histogram
    window.maths.raise_()
    histogram.show_wins(
        (50, 30, 10, 5, 3, 1, 0, 0, 0, 0, 1), [0.5, 0.3, 0.1, 0.05, 0.03, 0.01, 0.004, 0.001, 0, 0, 0.005]
    )
    assert -3 == histogram.floor()
    for colours in (theme.LIGHT, theme.DARK):
        window.toggle_theme()
        until(lambda colours=colours: theme.colours() is colours and window.updatesEnabled() and histogram.isVisible())
        picture = histogram.grab().toImage()
        c = theme.colours()
        ground = QColor(c.panel)
        seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 2)}
        assert {c.panel, c.accent, c.wallet} <= seen
        for colour in (c.text, c.accent, c.wallet, c.faint):
            assert contrast(QColor(colour), ground) > 3


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of WCAG 2."""

    def light(colour: QColor) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_balance_does_not_wait_for_the_lamps(window: Window, until: Until) -> None:
    window.desk._checking = True  # a look at the lamps that goes on, and on
    spin(window, until)
    money = window.bench.balances()
    until(
        lambda: (
            window.controls.balance.text() == f"{money.text(money.available)} FUN"
            and window.controls.held.text() == "0.00"
        )
    )
    assert window.desk._stale


def test_evidence_holds_a_picture_of_the_window(window: Window, until: Until, tmp_path: Path) -> None:
    import zipfile

    spin(window, until)
    file = tmp_path / "seen.rgsbug"
    window.save_evidence(file, "note")
    until(lambda: file.exists() and window.desk.up_to_date)
    with zipfile.ZipFile(file) as bundle:
        assert bundle.read("screen.png").startswith(b"\x89PNG")


def test_free_games_are_shown_board_after_board(window: Window, until: Until) -> None:
    events: list[Event] = [
        {"type": "reels", "stops": [1, 2], "window": [["a", "b"], ["c", "d"]]},
        {"type": "scatter", "symbol": "a", "count": 3, "win": 2, "games": 1, "cells": [[0, 0]]},
        {"type": "fall", "cells": [[0, 0]], "window": [["b", "b"], ["c", "d"]]},
        {"type": "free_game", "number": 1, "left": 0},
        {"type": "reels", "stops": [3, 4], "window": [["d", "d"], ["d", "d"]]},
        {"type": "cluster", "symbol": "d", "count": 4, "win": 8, "cells": [[0, 0], [0, 1], [1, 0], [1, 1]]},
        {"type": "total", "win": 10},
    ]
    boards = frames(events)
    assert [([1, 2], 1), ([], 0), ([3, 4], 1)] == [(board.stops, len(board.wins)) for board in boards]
    assert "free game 1 · 0 left" == boards[2].caption
    window.controls.turbo.setChecked(False)
    window.reels.show_events(events, forced=False, banner="WIN")
    assert [["a", "b"], ["c", "d"]] == window.reels.window_shown
    window.reels.stop()
    assert [["d", "d"], ["d", "d"]] == window.reels.window_shown
    assert not window.reels.moving


def test_what_is_held_stays_on_the_board_and_what_lands_joins_it() -> None:
    events: list[Event] = [
        {"type": "reels", "stops": [0, 0], "window": [["e", "a"], ["b", "e"]]},
        {"type": "hold", "symbol": "e", "cells": [[0, 0], [1, 1]], "prizes": [5, 10], "left": 3},
        {"type": "respin", "symbol": "e", "cells": [], "prizes": [], "left": 2},
        {"type": "respin", "symbol": "e", "cells": [[0, 1]], "prizes": [5], "left": 3},
        {"type": "held", "win": 20, "full": 0},
    ]
    boards = frames(events)
    assert [["e", "e"], ["b", "e"]] == boards[-1].window
    assert [[["e", "a"], ["b", "e"]]] * 3 == [board.window for board in boards[:-1]]
    assert [2, 2, 3] == [len(board.wins[0]["cells"]) for board in boards[1:]]  # type: ignore[arg-type]
    assert "respins left: 3" == boards[-1].caption


def test_many_choices_are_a_list_and_the_window_keeps_its_width(window: Window, until: Until) -> None:
    width = window.width()
    window.game.setCurrentText("video-poker")
    window.open_session()
    until(
        lambda: window.desk.up_to_date and window.bench.session.game == "video-poker" and window.controls.stake.count()
    )
    spin(window, until)
    box, take = (window.controls.choices.itemAt(place).widget() for place in range(2))
    assert isinstance(box, QComboBox)
    assert isinstance(take, QPushButton)
    assert (32, width) == (box.count(), window.width())
    box.setCurrentIndex(box.findData("hold-135"))
    QTest.mouseClick(take, Qt.MouseButton.LeftButton)
    until(lambda: not window._waiting and window.desk.up_to_date)
    round = window.bench.history()[0]
    assert ("settled", "hold-135") == (round.state, round.turns[1].asked)
    assert 0 == window.controls.choices.count()
