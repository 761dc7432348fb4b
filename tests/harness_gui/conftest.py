"""Qt without a screen, and a bench in a window. The tests of the window are left out where Qt's libraries are not."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness_gui.bench import Bench
from rgs.settings import Settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication
except ImportError:
    collect_ignore = [
        "test_window.py",
        "test_canary.py",
        "test_guide.py",
        "test_scaling.py",
        "test_long_run.py",
        "test_slots.py",
    ]

if TYPE_CHECKING:
    from harness_gui.window import Window


@pytest.fixture(scope="session")
def app() -> "QApplication":
    application = QApplication.instance() or QApplication(["harness"])
    assert isinstance(application, QApplication)
    return application


@pytest.fixture
def until(app: "QApplication") -> Callable[[Callable[[], object]], None]:
    """Let the window live until something is so."""

    def wait(condition: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not come to pass"
            app.processEvents()
            time.sleep(0.002)

    return wait


@pytest.fixture
def window(app: "QApplication", until: Callable[[Callable[[], object]], None], tmp_path: Path) -> "Iterator[Window]":
    from harness_gui import theme
    from harness_gui.window import Window

    if theme.colours() is not theme.DARK or not app.styleSheet():
        theme.apply(app, dark=True)
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        window = Window(bench, game="three-fruits", compact=False)
        window.controls.turbo.setChecked(True)
        window.show()
        until(lambda: window.controls.stake.count() and window.force._spins and window.desk.hands.idle)
        yield window
        window.close()
        window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
