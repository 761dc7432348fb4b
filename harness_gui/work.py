"""Work off the user interface's thread: whatever may take time is done by these hands, and its end is told here.

The hands are Python's own threads, and the same ones to the end. A thread of Qt's pool is a new one to Python for each piece
of work: whatever somebody keeps for a thread, such as the store its connection, would be made again every time.

Only one thread at a time runs Python. Whoever draws the window gives the turn away dozens of times for one picture, and waits
to have it back as long as the interpreter lets the others go on; so they are not let go on for long.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")
HANDS = 4
TURN = 0.0005
"""Seconds that a hand goes on when the window wants its turn. Python's own is ten times that."""


class Hands(QObject):
    """A few threads. `then` and `failed` are called in the thread that made this object."""

    failed = Signal(object)
    """An exception that nobody asked to be told of."""
    busy = Signal(int)
    """How many pieces of work are going on."""
    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(HANDS, "hand")
        sys.setswitchinterval(min(TURN, sys.getswitchinterval()))
        self._running = 0
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Nothing is going on."""
        return self._running == 0

    def do(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Do `work` elsewhere; call `then` with what it returns, or `failed` with what it raises, here."""
        if self._closed:
            return
        self._running += 1
        self.busy.emit(self._running)

        def run() -> None:
            try:
                result: Any = work()
            except Exception as problem:
                self._ended.emit(failed or self.failed.emit, problem)
            else:
                self._ended.emit(then, result)

        self._pool.submit(run)

    def close(self) -> None:
        """Wait for what is going on; take nothing more."""
        self._closed = True
        self._pool.shutdown()

    @Slot(object, object)
    def _deliver(self, told: Callable[[Any], object] | None, result: object) -> None:
        self._running -= 1
        self.busy.emit(self._running)
        if told is not None and not self._closed:
            told(result)
