"""No slot keeps the window's thread for 50 ms: whatever is done there, one event after the other."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from harness_gui import desk
from harness_gui.bench import Bench
from harness_gui.desk import Desk
from harness_gui.window import Window
from rgs.settings import Settings
from tests.harness_gui.slots import DIALOGS, TIMES

SLOTS = Path(__file__).with_name("slots.py")
LIMIT = 50.0
"""Milliseconds."""


@pytest.fixture(scope="module")
def told() -> dict[str, list[float]]:
    """What was done -> the longest event in milliseconds, each time."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1"}
    run = subprocess.run([sys.executable, str(SLOTS)], capture_output=True, text=True, timeout=290, env=environment)
    assert 0 == run.returncode, run.stderr[-3000:]
    found: dict[str, list[float]] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_what_takes_too_long_is_seen(told: dict[str, list[float]]) -> None:
    assert min(told.pop("control")) >= 80


def test_no_event_takes_fifty_milliseconds_of_the_windows_thread(told: dict[str, list[float]]) -> None:
    slow = {what: times for what, times in told.items() if what != "control" and median(times) >= LIMIT}
    assert {} == slow


def test_nobody_waits_for_a_slow_wallet(told: dict[str, list[float]]) -> None:
    assert median(told["slow wallet"]) < LIMIT


def test_everything_was_done(told: dict[str, list[float]], window: Window) -> None:
    done = set(window.actions_by_name) - set(DIALOGS)
    done |= {f"dock {dock.NAME}" for dock in window.docks} | {
        f"spin {listing.game.id}" for listing in window.bench.games
    }
    assert done <= set(told)
    assert min(map(len, told.values())) >= TIMES


def test_the_garbage_collector_has_little_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SETTLED", 40)
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        shared = Desk(bench)
        frozen = gc.get_freeze_count()
        assert frozen > 10 * len(gc.get_objects())
        for _ in range(6):
            bench.spin()
        shared._tick()
        shared.close()
        assert 0 == gc.get_freeze_count()
