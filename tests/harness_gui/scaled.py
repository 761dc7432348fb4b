"""Opens the window as a screen of 1920 x 1080 at 200 % shows it, and tells what cannot be used there.

`python scaled.py PICTURE` prints JSON: sizes, and everything that is clipped, overlapped or out of reach, in words. A test
runs it in a process of its own, because the scale is fixed when Qt starts.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from harness_gui import theme
from harness_gui.bench import Bench, Refused
from harness_gui.docks import Dock
from harness_gui.docks.histogram import Histogram
from harness_gui.reels import ReelsView
from harness_gui.window import Window
from rgs.settings import Settings

SCREEN = Path(__file__).with_name("screen.json")
USED = (
    QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QLabel, QTabBar, ReelsView, Histogram, QAbstractScrollArea,
)  # fmt: skip
BOXES = {
    "three-fruits": 3,
    "deep-lanterns": 5,
    "video-poker": 5,
    "roulette": 1,
}
"""A game -> how many boxes the force has."""


def place(widget: QWidget, inside: QWidget) -> QRect:
    return QRect(widget.mapTo(inside, QPoint(0, 0)), widget.size())


def used(root: QWidget) -> Iterator[QWidget]:
    """What a person looks at or clicks, the parts of other widgets left out."""
    for widget in root.findChildren(QWidget):
        parent = widget.parentWidget()
        part = isinstance(parent, QComboBox | QAbstractSpinBox | QTabBar | QLineEdit)
        inner = isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea)
        empty = isinstance(widget, QLabel) and not widget.text()
        if isinstance(widget, USED) and widget.isVisibleTo(root) and not part and not inner and not empty:
            yield widget


def name(widget: QWidget) -> str:
    text = getattr(widget, "text", str)
    said = widget.accessibleName() or widget.objectName() or (text() if callable(text) else "")
    return f"{type(widget).__name__} {said[:40]!r}"


def scroller(widget: QWidget, root: QWidget) -> QScrollArea | None:
    """The area that the widget is scrolled in."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = None if above is root else above.parentWidget()
    return above


def wrong(root: QWidget) -> Iterator[str]:
    """What is clipped, out of reach, or below something else."""
    found = list(used(root))
    for widget in found:
        least = widget.minimumSizeHint()
        ignored = widget.sizePolicy().horizontalPolicy().name == "Ignored"
        if not ignored and widget.width() < least.width():
            yield f"{name(widget)} is {widget.width()} wide and needs {least.width()}"
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        tall = widget.heightForWidth(widget.width()) if wraps else widget.minimumHeight() or least.height()
        if widget.height() < tall:
            yield f"{name(widget)} is {widget.height()} high and needs {tall}"
        scroll = scroller(widget, root)
        within = root if scroll is None else scroll.widget()
        if not within.rect().contains(place(widget, within)):
            yield f"{name(widget)} at {place(widget, within)} reaches out of {within.rect()}"
        if scroll is not None and place(widget, scroll.widget()).right() > scroll.viewport().width():
            yield f"{name(widget)} is reached by scrolling to the side only"
    for one, other in combinations(found, 2):
        apart = one.isAncestorOf(other) or other.isAncestorOf(one)
        if not apart and scroller(one, root) is scroller(other, root):
            common = place(one, root).intersected(place(other, root))
            if common.width() > 1 and common.height() > 1:
                yield f"{name(one)} and {name(other)} overlap"


def docks(window: Window, wait: Callable[[Callable[[], object]], None]) -> Iterator[str]:
    """The same of every dock, one after the other, each tab of it."""
    for dock in window.docks:
        dock.raise_()
        wait(lambda dock=dock: dock.isVisible() and not dock.visibleRegion().isEmpty())
        tabs = window.force.tabs
        for tab in range(tabs.count() if dock is window.force else 1):
            if dock is window.force:
                tabs.setCurrentIndex(tab)
            wait(lambda: window.desk.up_to_date)
            QApplication.processEvents()
            yield from (f"{dock.NAME}: {what}" for what in wrong(dock.widget()))
            yield from outside(window, dock)


def outside(window: Window, dock: Dock) -> Iterator[str]:
    """A dock is in the window and beside the middle of it; and every tab can be read."""
    here, middle = place(dock, window), place(window.centralWidget(), window)
    if not window.rect().contains(here) or here.intersects(middle):
        yield f"{dock.NAME} at {here}: the window is {window.rect()}, its middle {middle}"
    for bar in window.findChildren(QTabBar):
        shown = [bar.tabRect(tab) for tab in range(bar.count())] if bar.isVisible() else []
        if shown and not bar.rect().contains(shown[-1]):
            yield f"the tabs {[bar.tabText(tab) for tab in range(bar.count())]} do not fit"
        for tab, rect in enumerate(shown):
            if bar.fontMetrics().horizontalAdvance(bar.tabText(tab)) > rect.width():
                yield f"the tab {bar.tabText(tab)} cannot be read"


def seated(window: Window, game: str) -> bool:
    """Whether a session of this game is open; the first one may still be on its way."""
    try:
        return window.bench.session.game == game
    except Refused:
        return False


def look(app: QApplication, window: Window, picture: Path) -> dict[str, object]:
    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, "it did not come to pass"
            app.processEvents()
            time.sleep(0.002)

    found: list[str] = []
    for game, boxes in BOXES.items():
        window.game.setCurrentText(game)
        window.open_session()
        wait(lambda game=game: seated(window, game) and window.desk.up_to_date)
        wait(lambda boxes=boxes: len(window.force._spins) == boxes and window.controls.stake.count())
        rounds = window.rounds.model.rowCount()
        window.bench.arm("result", "time-out after")
        window.desk.armed.emit()
        window.spin()
        wait(lambda rounds=rounds: window.rounds.model.rowCount() > rounds and window.desk.up_to_date)
        app.processEvents()
        found += [f"{game}: {what}" for what in wrong(window.centralWidget())]
        found += [f"{game}: {what}" for what in docks(window, wait)]
        if game == "deep-lanterns":
            for dock in (window.force, window.transactions):
                dock.raise_()
            app.processEvents()
            window.grab().save(str(picture))
    bar = window.findChild(QWidget, "qt_toolbar_ext_button")
    if bar is not None and bar.isVisible():
        found.append("the session bar does not fit")
    least = window.minimumSizeHint()
    return {
        "ratio": window.devicePixelRatioF(),
        "size": [window.width(), window.height()],
        "least": [least.width(), least.height()],
        "wrong": sorted(set(found)),
    }


def main(picture: Path) -> None:
    os.environ["QT_SCALE_FACTOR"] = "2"
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
    app = QApplication(sys.argv[:1])
    theme.apply(app, dark=True)
    with TemporaryDirectory() as data, Bench(Settings(data=Path(data), store="memory")) as bench:
        window = Window(bench, game="three-fruits")
        window.controls.turbo.setChecked(True)
        window.show()
        try:
            print(json.dumps(look(app, window, picture)))
        finally:
            window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
