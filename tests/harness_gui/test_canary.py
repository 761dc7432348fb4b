"""Some builds of PySide6 lose a reference to None with every call that returns nothing, until the process dies."""

import sys

from PySide6.QtWidgets import QApplication, QWidget


def test_calls_into_qt_leave_none_alone(app: QApplication) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(5_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 1_000
