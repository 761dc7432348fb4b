"""Saved cases: kept, armed, replaced, forgotten; at the bench and in the window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from harness_gui.bench import Bench
from harness_gui.cases import FILE, Case, Cases
from harness_gui.window import Window
from ports.randomness import Draw
from rgs.settings import Settings

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


CASE = Case("full screen", "three-fruits", "1", (Draw("stop", 20, 3), Draw("stop", 20, 19)))


def test_cases_are_kept_in_their_order_replaced_by_name_and_forgotten(tmp_path: Path) -> None:
    cases = Cases(tmp_path)
    assert [] == cases.all()
    other = Case("ä 🍒", "plums", "2", CASE.draws)
    for case in (CASE, other):
        cases.save(case)
    changed = Case(CASE.name, CASE.game, CASE.version, CASE.draws[:1])
    cases.save(changed)
    assert [changed, other] == Cases(tmp_path).all()
    assert [other] == cases.all("plums")
    cases.delete(CASE.game, CASE.name)
    assert [other] == cases.all()
    with pytest.raises(ValueError, match="there is no case"):
        cases.delete(CASE.game, CASE.name)


NAMELESS, ENDLESS = Case(" ", "g", "1", CASE.draws), Case("x" * 61, "g", "1", CASE.draws)


@pytest.mark.parametrize("case", [NAMELESS, ENDLESS, Case("x", "g", "1", ())])
def test_a_case_has_a_name_and_draws(tmp_path: Path, case: Case) -> None:
    with pytest.raises(ValueError, match=r"name of 1 to 60|nothing was drawn"):
        Cases(tmp_path).save(case)


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{}{}", '[{"name": "a"}]', '[{"name": "a", "game": "g", "version": "1", "draws": [["s", 2, 2]]}]'],
)
def test_a_file_that_is_none_is_named_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ValueError, match="has no cases in it"):
        Cases(tmp_path).save(CASE)
    assert text == (tmp_path / FILE).read_text()


def test_a_saved_round_comes_out_again_and_is_marked(bench: Bench) -> None:
    first = bench.spin(stake=100)
    bench.force.save("again", first.id)
    bench.force.case("again")
    forced = bench.spin(stake=100)
    assert (True, first.turns[0].turn) == (forced.terms.forced, forced.turns[0].turn)
    assert bench.deck.force is None
    with pytest.raises(ValueError, match="there is no case"):
        bench.force.case("never saved")


def test_a_case_of_another_version_is_refused(bench: Bench) -> None:
    Cases(bench.container.data()).save(Case("old", bench.listing.game.id, "0", CASE.draws))
    with pytest.raises(ValueError, match="is of version 0"):
        bench.force.case("old")


def test_a_round_is_saved_and_armed_by_its_number_key(window: Window, until: Until) -> None:
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: window.desk.round and window.desk.up_to_date)
    round = window.bench.history()[0]
    tab = window.force.cases
    tab.name.setText("mine")
    QTest.mouseClick(tab.save, Qt.MouseButton.LeftButton)
    until(lambda: tab.list.count() == 1)
    assert "Alt+1  mine" == tab.list.item(0).text()
    window.actions_by_name["Arm saved case 1"].trigger()
    until(lambda: "case mine" in window.force.status.text())
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: len(window.bench.history()) == 2 and window.desk.up_to_date)
    assert round.turns[0].turn == window.bench.history()[0].turns[0].turn
    QTest.mouseClick(tab.delete, Qt.MouseButton.LeftButton)
    until(lambda: tab.list.count() == 0)
    assert not tab.arm.isEnabled()


def test_a_key_without_a_case_says_so(window: Window, until: Until) -> None:
    told: list[str] = []
    window.desk.trouble.connect(told.append)
    window.actions_by_name["Arm saved case 10"].trigger()
    assert ["there is no saved case number 10 of this game"] == told
    assert window.bench.deck.force is None
