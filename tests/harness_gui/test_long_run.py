"""What the bench keeps of each spin is little, and is known: lines of the journal, and a round in the store's cache."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from harness_gui import bench as benches
from harness_gui import journal
from harness_gui.docks import log, rounds, transactions
from harness_gui.docks.log import LogModel
from harness_gui.docks.rounds import RoundsModel
from harness_gui.journal import Write
from harness_gui.window import Window
from harness_gui.work import HANDS

LONG_RUN = Path(__file__).with_name("long_run.py")
SPINS = int(os.environ.get("LONG_RUN", "200"))
Until = Callable[[Callable[[], object]], None]


@pytest.mark.timeout(0 if SPINS > 1_000 else 300)
def test_a_long_run_of_animated_spins_leaves_little_behind() -> None:
    """Measured: 101 blocks, 6 to 8 kB of the C library's heap and 15 to 22 kB of memory a spin, and no descriptor.

    With a connection made for each piece of work and a text document for a log it was 180 kB, and two descriptors.
    """
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1"}
    command = [sys.executable, str(LONG_RUN), str(SPINS)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert 0 == run.returncode, run.stderr[-3000:]
    told = json.loads(run.stdout.splitlines()[-1])
    print(told)
    assert told["descriptors"] <= 2
    assert told["threads"] == 0
    assert told["blocks"] < 140
    assert told["heap"] < 20_000
    assert told["resident"] < 45_000


def test_a_piece_of_work_finds_what_its_thread_kept(window: Window, until: Until) -> None:
    kept, seen = threading.local(), []

    def work() -> None:
        fresh = not hasattr(kept, "since")
        kept.since = True
        seen.append(fresh)

    for _ in range(40):
        window.desk.hands.do(work)
    until(lambda: window.desk.hands.idle)
    assert 40 == len(seen)
    assert sum(seen) <= HANDS


def test_whatever_is_kept_of_spins_has_a_limit(window: Window, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "CAPACITY", 300)
    monkeypatch.setattr(benches, "BETS", 10)
    for module, most in ((transactions, 60), (rounds, 20), (log, 100)):
        monkeypatch.setattr(module, "MOST", most)
    window.bench.arm("escrow", "refused", "every 3")
    window.bench.force.stops([11, 11, 13], shots=None)
    window.auto.unsettled.setChecked(False)
    window.auto.count.setValue(100)
    window.auto.toggle()
    until(lambda: not window.auto.running and window.desk.up_to_date)
    bench = window.bench
    assert 100 == window.auto.tally.spins
    assert len(bench.journal.since(0)) <= 300
    assert window.transactions.model.rowCount() <= 60
    assert window.rounds.model.rowCount() <= 20
    assert window.log.model.rowCount() <= 100
    assert 10 == len(bench._bets)
    bench.invariants()
    assert len(bench._lamps._seen) <= len(bench.seen()) < 100
    assert not bench.deck._marked
    newest = bench.history()[0]
    assert (newest.id, newest.state) == (window.rounds.model.write(0).round, window.rounds.model.state(newest.id))


def write(number: int, version: int, state: str) -> Write:
    return Write(
        place=number, at=datetime(2026, 1, 1, tzinfo=UTC), round=f"round-{number}", version=version, state=state,
        reason=None, actor="player", digest="", forced=False,
    )  # fmt: skip


def test_rounds_that_are_forgotten_leave_the_others_where_they_are(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST", 10)
    model = RoundsModel()
    for number in range(25):
        model.take([write(number, 1, "opened")])
    model.take([write(24, 2, "drawn"), write(24, 3, "settled"), write(25, 1, "opened")])
    shown = [(model.write(row).round, model.write(row).state) for row in range(2)]
    assert [("round-25", "opened"), ("round-24", "settled")] == shown
    assert ("settled", None) == (model.state("round-24"), model.state("round-3"))
    assert model.rowCount() <= 10
    model.take([write(3, 2, "settled")])
    assert "round-3" == model.write(0).round


def test_the_newest_lines_of_the_log_are_kept(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 10)
    model = LogModel()
    for number in range(35):
        model.append([str(number)])
    assert [str(number) for number in range(35 - len(model.lines), 35)] == model.lines
    assert 8 <= len(model.lines) <= 10


def test_selected_lines_of_the_log_are_copied(window: Window, until: Until) -> None:
    window.log.trouble("one\nthing")
    window.log.list.selectAll()
    window.log.copy()
    assert window.log.text == QApplication.clipboard().text()
    assert "✕ TROUBLE  one thing" in window.log.text
