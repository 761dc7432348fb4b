"""Log: everything that happened, in words, and whatever did not work."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.docks.timeline import words
from harness_gui.journal import Line


class LogDock(Dock):
    """The last 5,000 lines."""

    NAME = "log"
    TITLE = "Log"
    AREA = Qt.DockWidgetArea.BottomDockWidgetArea

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(5000)
        self.text.setAccessibleName("Log")
        self.setWidget(self.text)
        desk.lines.connect(self._more)
        desk.trouble.connect(self.trouble)

    def trouble(self, what: str) -> None:
        """Something did not work."""
        self.text.appendPlainText(f"{self.desk.bench.clock.now():%H:%M:%S}  ✕ TROUBLE  {what}")

    def _more(self, lines: Sequence[Line]) -> None:
        told = [f"{line.at:%H:%M:%S}  {line.round[:8]:8}  {words(line)}" for line in lines]
        self.text.appendPlainText("\n".join(told))
