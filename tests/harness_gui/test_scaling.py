"""At 200 % on a screen of 1920 x 1080 the whole window is there, and everything in it can be read and clicked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from harness_gui.folding import Folding
from harness_gui.window import SMALL, Window
from tests.harness_gui.scaled import wrong

SCALED = Path(__file__).with_name("scaled.py")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], QImage]:
    picture = tmp_path_factory.mktemp("scaled") / "window.png"
    run = subprocess.run([sys.executable, str(SCALED), str(picture)], capture_output=True, text=True, timeout=240)
    assert 0 == run.returncode, run.stderr[-3000:]
    told: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return told, QImage(str(picture))


def test_the_window_fits_on_the_screen(seen: tuple[dict[str, object], QImage]) -> None:
    told, picture = seen
    assert (2.0, [960, 540]) == (told["ratio"], told["size"])
    assert (1920, 1080) == (picture.width(), picture.height())
    width, height = told["least"]  # type: ignore[misc]
    assert width * 2 <= 1920  # type: ignore[has-type]
    assert height * 2 <= 1080  # type: ignore[has-type]


def test_nothing_is_clipped_overlapped_or_out_of_reach(seen: tuple[dict[str, object], QImage]) -> None:
    assert [] == seen[0]["wrong"]


def test_the_picture_has_every_part_in_it(seen: tuple[dict[str, object], QImage]) -> None:
    _, picture = seen
    parts = {
        "menus": (0, 0, 400, 40),
        "session bar": (0, 50, 1800, 110),
        "reels": (100, 200, 1000, 700),
        "money and the button": (0, 840, 1100, 1030),
        "upper docks": (1140, 160, 1900, 500),
        "lower docks": (1140, 640, 1900, 940),
    }
    for name, (left, top, right, bottom) in parts.items():
        colours = {picture.pixel(x, y) for x in range(left, right, 3) for y in range(top, bottom, 3)}
        assert len(colours) > 20, name


def test_the_look_has_eyes(app: QApplication) -> None:
    root = QWidget()
    root.resize(300, 60)
    places = {
        "good": (0, 0, 90, 26),
        "hidden": (0, 0, 1, 1),
        "narrow": (0, 30, 9, 26),
        "out": (240, 30, 90, 26),
        "under": (80, 0, 90, 26),
    }
    buttons = {name: QPushButton(name, root) for name in places}
    for name, at in places.items():
        buttons[name].setGeometry(*at)
    root.show()
    buttons["hidden"].hide()
    overlapping, narrow, out = sorted(wrong(root))
    assert "QPushButton 'good' and QPushButton 'under' overlap" == overlapping
    assert narrow.startswith("QPushButton 'narrow' is 9 wide and needs ")
    assert out.startswith("QPushButton 'out' at ")
    root.close()


def test_the_docks_can_be_put_in_one_column_and_back(window: Window) -> None:
    window.resize(SMALL)
    window.actions_by_name["Layout for a small screen"].trigger()
    assert window.tabifiedDockWidgets(window.force)
    assert all(dock.x() >= window.centralWidget().geometry().right() for dock in (window.force, window.transactions))
    window.log.setFloating(True)
    window.lamps.hide()
    window.actions_by_name["Reset layout"].trigger()
    assert not window.tabifiedDockWidgets(window.force)
    assert not window.log.isFloating()
    assert not window.lamps.isHidden()
    assert window.force.geometry().right() <= window.centralWidget().x()


def test_a_row_folds_where_it_is_too_narrow(window: Window) -> None:
    row = Folding(QLabel("one " * 10), QLabel("two " * 10))
    row.setParent(window.centralWidget())
    row.show()
    row.resize(2_000, 100)
    wide = row.minimumSizeHint()
    assert not row.folded
    row.resize(wide.width() + 5, 100)
    assert row.folded
    assert row.minimumSizeHint().height() > wide.height()
    row.resize(2_000, 100)
    assert not row.folded
    row.deleteLater()
