"""Takes the pictures of the window for the documents: python tests/harness_gui/pictures.py docs/images

Wants a screen, such as that of `xvfb-run -s "-screen 0 1600x1000x24"`.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from harness_gui import theme
from harness_gui.bench import Bench
from harness_gui.window import Window
from rgs.settings import Settings

WILDS = [11, 11, 13]


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def spin(window: Window) -> None:
    window.spin()
    wait(350)


def whole_bench(window: Window) -> None:
    """A forced win whose result had to be sent twice, and something armed for the next round."""
    for _ in range(4):
        spin(window)
    window.bench.arm("escrow", "time-out after")
    spin(window)
    window.bench.arm("result", "reset after")
    window.bench.force.stops(WILDS, shots=2)
    spin(window)
    window.bench.arm("cancel", "html page after", "10%")
    window.bench.arm("escrow", "session expired", "every 3")
    window.desk.armed.emit()


def lost_escrow(window: Window) -> None:
    """The answer to an escrow is lost, the stake goes back."""
    spin(window)
    window.bench.arm("escrow", "time-out after")
    window.bench.arm("cancel", "server error 503 after")
    spin(window)


def auto_spin(window: Window) -> None:
    """A thousand spins beside the exact figures, then an outcome that was looked for."""
    window.auto.count.setValue(1000)
    window.auto.raise_()
    window.auto.toggle()
    while window.auto.running:
        wait(50)
    outcome = window.force.outcome
    window.force.tabs.setCurrentWidget(outcome)
    outcome.low.setValue(30)
    outcome.toggle()
    while outcome.looking:
        wait(50)
    spin(window)
    window.maths.raise_()


def free_games(window: Window) -> None:
    """A feature that was looked for, in its last free game."""
    outcome = window.force.outcome
    window.force.tabs.setCurrentWidget(outcome)
    outcome.happening.setCurrentText("free_game")
    outcome.low.setValue(25)
    outcome.toggle()
    while outcome.looking:
        wait(50)
    spin(window)


def take(app: QApplication, folder: Path) -> None:
    for name, game, dark, play in (
        ("harness", "three-fruits", True, whole_bench),
        ("harness-lost-escrow", "three-fruits", False, lost_escrow),
        ("harness-free-games", "moon-garden", True, free_games),
        ("harness-auto", "three-fruits", True, auto_spin),
    ):
        theme.apply(app, dark=dark)
        with TemporaryDirectory() as data, Bench(Settings(data=Path(data), store="memory")) as bench:
            window = Window(bench, game=game, compact=False)
            window.controls.turbo.setChecked(True)
            window.show()
            wait(500)
            play(window)
            wait(700)
            while not window.desk.up_to_date or window.desk._stale or window.desk._checking:
                wait(50)  # the lamps and the books are of the last round, not of one before it
            window.grab().save(str(folder / f"{name}.png"))
            window.close()


if __name__ == "__main__":
    take(QApplication(sys.argv[:1]), Path(sys.argv[1]))
