"""Does everything that can be done at the window, and tells how long its thread was busy at a stretch: python slots.py

Prints JSON: what was done -> for each time that it was done, the longest single event in milliseconds of CPU time of the user
interface's thread; a machine that is busy with other things does not count. `slow wallet` is in milliseconds of real time,
because there it is waiting that is looked for.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from adapters.backends import faulty
from harness_gui import theme
from harness_gui.bench import Bench
from harness_gui.journal import Call
from harness_gui.window import Window
from rgs.settings import Settings

TIMES = 3
DIALOGS = ("Quit", "Save evidence", "Save the tape", "Load a tape and arm it")
ROWS = 100_000


class Timed(QApplication):
    """Knows the longest event since it was last asked: (CPU seconds, real seconds)."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._inside = False
        self._cpu = self._real = 0.0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """An event that is not part of another one is timed."""
        if self._inside:
            return super().notify(receiver, event)
        self._inside = True
        cpu, real = time.thread_time(), time.perf_counter()
        try:
            return super().notify(receiver, event)
        finally:
            self._inside = False
            self._cpu = max(self._cpu, time.thread_time() - cpu)
            self._real = max(self._real, time.perf_counter() - real)

    def longest(self) -> tuple[float, float]:
        found, self._cpu, self._real = (self._cpu, self._real), 0.0, 0.0
        return found


class Person:
    """Somebody at the window."""

    def __init__(self, app: Timed, window: Window) -> None:
        self.app, self.window = app, window
        self.told: dict[str, list[float]] = {}

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, "it did not come to pass"
            self.app.processEvents()
            time.sleep(0.001)

    def rests(self) -> bool:
        window = self.window
        return not window._waiting and not window.auto.running and window.desk.up_to_date and window.updatesEnabled()

    def do(self, name: str, deed: Callable[[], object], done: Callable[[], object] = lambda: True) -> None:
        """Do it from an event, so that it is timed; and live through what comes of it."""
        for _ in range(TIMES):
            self.told.setdefault(name, []).append(self.once(deed, done))

    def once(self, deed: Callable[[], object], done: Callable[[], object]) -> float:
        self.wait(self.rests)
        self.app.longest()
        happened: list[object] = []
        QTimer.singleShot(0, self.window, lambda: happened.append(deed()))
        self.wait(lambda: happened and done() and self.rests())
        for _ in range(5):
            self.app.processEvents()
        return round(1000 * self.app.longest()[0], 1)

    def everything(self, folder: Path) -> None:
        window = self.window
        self.do("control", self.control)
        self.play()
        self.do("auto-spin", partial(self.auto, 250))
        self.do("many rows", self.many_rows)
        for dock in window.docks:
            self.do(f"dock {dock.NAME}", dock.raise_)
        for text in ("round-99", "answer:unconfirmed", "-receipt", ""):
            self.do(f"filter {text!r}", partial(window.transactions.filter.setText, text), lambda: not self.filtering())
        file = folder / "seen.rgsbug"
        self.do("evidence", partial(window.save_evidence, file), file.exists)
        self.window.force.tape.setPlainText(json.dumps([["stop", 32, n % 32] for n in range(10_000)]))
        self.do("a long tape", window.force._arm_tape)
        self.do("disarm", window.disarm)
        for round in window.bench.seen()[-3:]:
            self.do("a round is chosen", partial(window.desk.select, round))
        for name, action in window.actions_by_name.items():
            if name not in DIALOGS:
                self.do(name, action.trigger, partial(self.halts, name))

    def play(self) -> None:
        window = self.window
        for game in [listing.game.id for listing in window.bench.games]:
            window.game.setCurrentText(game)
            sat = partial(lambda game: window.bench.session.game == game and window.controls.stake.count(), game)
            self.do(f"sit at {game}", window.open_session, sat)
            for turbo in (True, False):
                window.controls.turbo.setChecked(turbo)
                self.do(f"spin {game}", window.spin)
                self.wait(lambda: not window.reels.moving)
        window.controls.turbo.setChecked(True)
        window.game.setCurrentText("three-fruits")
        window.open_session()
        self.wait(lambda: window.bench.session.game == "three-fruits" and self.rests())

    def auto(self, count: int) -> None:
        self.window.auto.count.setValue(count)
        self.window.auto.toggle()

    def halts(self, name: str) -> bool:
        if name.startswith("Auto-spin"):
            self.window.auto.halt()
        return True

    def filtering(self) -> bool:
        dock = self.window.transactions
        return dock._typed.isActive() or dock._looking

    def many_rows(self) -> None:
        """A batch as large as a second of auto-spin brings."""
        model = self.window.transactions.model
        have = model.rowCount()
        model.append([_call(have + n) for n in range(2_000)])

    def control(self) -> None:
        """What takes too long is seen."""
        end = time.thread_time() + 0.08
        while time.thread_time() < end:
            pass

    def slow_wallet(self) -> None:
        """A call to the wallet that takes its time: nobody waits for it in the window's thread."""
        usual, faulty.SLOW = faulty.SLOW, 0.4
        for _ in range(TIMES + 2):
            self.wait(self.rests)
            self.window.disarm()
            self.window.bench.arm("escrow", "slow")
            self.app.longest()
            begun = time.monotonic()
            self.window.spin()
            self.wait(self.rests)
            assert time.monotonic() - begun > faulty.SLOW
            self.told.setdefault("slow wallet", []).append(round(1000 * self.app.longest()[1], 1))
        faulty.SLOW = usual


def _call(number: int) -> Call:
    return Call(
        place=10**9 + number, at=datetime(2026, 1, 1, tzinfo=UTC), operator="social", call="escrow",
        round=f"round-{number}", movement=f"round-{number}:escrow:1", amount=100, currency="FUN", attempt=1,
        answer="unconfirmed" if number % 7 == 0 else "receipt", seconds=0.001,
    )  # fmt: skip


def main() -> None:
    app = Timed(sys.argv[:1])
    theme.apply(app, dark=True)
    with TemporaryDirectory() as data, Bench(Settings(data=Path(data), store="memory")) as bench:
        window = Window(bench, game="three-fruits", compact=False)
        window.show()
        person = Person(app, window)
        person.wait(lambda: window.controls.stake.count() and person.rests())
        window.transactions.model.append([_call(number) for number in range(ROWS)])
        person.everything(Path(data))
        person.slow_wallet()
        window.close()
    print(json.dumps(person.told))


if __name__ == "__main__":
    main()
