"""Log: everything that happened, in words, and whatever did not work."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.docks.timeline import words
from harness_gui.journal import Line

MOST = 5_000
"""Lines kept; beyond it the oldest fifth is forgotten. The journal keeps more."""
Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractListModel):
    """Lines of text. A text document would keep its layout of each: 4 kB a line, where the words have 100 bytes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[str] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many lines."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A line."""
        return self.lines[index.row()] if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) else None

    def append(self, lines: Sequence[str]) -> None:
        """More lines."""
        if not lines:
            return
        self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(lines) - 1)
        self.lines.extend(lines)
        self.endInsertRows()
        if len(self.lines) > MOST:
            gone = len(self.lines) - MOST + MOST // 5
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self.lines[:gone]
            self.endRemoveRows()


class LogDock(Dock):
    """The last lines. Those that are selected can be copied."""

    NAME = "log"
    TITLE = "Log"
    AREA = Qt.DockWidgetArea.BottomDockWidgetArea

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = LogModel(self)
        self.list = QTableView()  # a list view would lay every line out again whenever there is a new one
        self.list.setModel(self.model)
        self.list.setAccessibleName("Log")
        self.list.setShowGrid(False)
        self.list.setWordWrap(False)
        for heads in (self.list.horizontalHeader(), self.list.verticalHeader()):
            heads.hide()
        self.list.horizontalHeader().setStretchLastSection(True)
        self.list.verticalHeader().setDefaultSectionSize(20)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.list)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)
        self.setWidget(self.list)
        desk.lines.connect(self._more)
        desk.trouble.connect(self.trouble)

    @property
    def text(self) -> str:
        """All lines that are kept."""
        return "\n".join(self.model.lines)

    def copy(self) -> None:
        """Put the selected lines on the clipboard."""
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        QGuiApplication.clipboard().setText("\n".join(self.model.lines[row] for row in rows))

    def trouble(self, what: str) -> None:
        """Something did not work."""
        self._append([f"{self.desk.bench.clock.now():%H:%M:%S}  ✕ TROUBLE  {' '.join(what.split())}"])

    def _more(self, lines: Sequence[Line]) -> None:
        self._append([f"{line.at:%H:%M:%S}  {line.round[:8]:8}  {words(line)}" for line in lines])

    def _append(self, lines: Sequence[str]) -> None:
        bar = self.list.verticalScrollBar()
        follow = bar.value() >= bar.maximum() - 2
        self.model.append(lines)
        if follow:
            self.list.scrollToBottom()
