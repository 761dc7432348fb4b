"""Animated spins in the window over the real store, and what they leave behind: python long_run.py SPINS

Prints JSON, all of it a spin: blocks of Python's own allocator, bytes in use of the C library's, bytes of resident memory;
and descriptors and threads in all. The first spins are not counted: caches fill, and the log reaches its length.
"""

import ctypes
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from harness_gui import theme
from harness_gui.bench import Bench
from harness_gui.window import Window
from rgs.settings import Settings

WARM = 150
PAUSE = 0.004
"""Seconds that the reels turn, at least, before the next spin stops them."""


class _Malloc(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def in_use() -> int:
    """Bytes that C and C++ have asked for and not given back; 0 where the C library does not tell."""
    try:
        tell = ctypes.CDLL("libc.so.6").mallinfo2
    except (OSError, AttributeError):
        return 0
    tell.restype = _Malloc
    told = tell()
    return int(told.uordblks + told.hblkhd)


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def play(app: QApplication, window: Window, spins: int) -> None:
    for _ in range(spins):
        rounds = window.rounds.model.rowCount()
        window.spin()
        until, end = time.monotonic() + PAUSE, time.monotonic() + 60
        while window._waiting or window.rounds.model.rowCount() == rounds or time.monotonic() < until:
            assert time.monotonic() < end, "a spin did not end"
            app.processEvents()
            time.sleep(0.0005)
        assert window.reels.moving


def state(app: QApplication, window: Window) -> dict[str, int]:
    while not window.desk.up_to_date:
        app.processEvents()
        time.sleep(0.001)
    gc.collect()
    return {
        "blocks": sys.getallocatedblocks(),
        "heap": in_use(),
        "resident": resident(),
        "descriptors": descriptors(),
        "threads": threading.active_count(),
    }


def main(spins: int) -> None:
    app = QApplication(sys.argv[:1])
    theme.apply(app, dark=True)
    with TemporaryDirectory() as data, Bench(Settings(data=Path(data))) as bench:
        window = Window(bench, game="three-fruits")
        window.show()
        while not window.controls.stake.count():
            app.processEvents()
        play(app, window, WARM)
        before = state(app, window)
        play(app, window, spins)
        after = state(app, window)
        window.close()
    each = {name: (after[name] - before[name]) / spins for name in ("blocks", "heap", "resident")}
    grown = {name: after[name] - before[name] for name in ("descriptors", "threads")}
    print(json.dumps({"spins": spins, **each, **grown}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
