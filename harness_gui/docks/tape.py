"""Tape: every draw of the round that is looked at, or of the newest one; to be kept in a file, and to be forced again."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.docks.rows import Index, Rows
from harness_gui.journal import Line, Write
from harness_gui.tapes import CHANCE, LARGEST, Drawn
from harness_gui.theme import colours

FILES = "Tapes (*.tape.json);;All files (*)"


class TapeModel(Rows):
    """A row a draw."""

    HEADS: ClassVar[tuple[str, ...]] = ("turn", "draw", "purpose", "below", "value", "source")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Drawn] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many draws."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell. What was forced has a flag and a word, and then a colour too."""
        row, head = self._rows[index.row()], self.HEADS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            cells = (row.turn, row.number, row.draw.purpose, row.draw.bound, row.draw.value, row.source)
            return str(cells[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and row.source != CHANCE and head in ("value", "source"):
            return QColor(colours().bad)
        if role == Qt.ItemDataRole.TextAlignmentRole and head in ("turn", "draw", "below", "value"):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def show_rows(self, rows: Sequence[Drawn]) -> None:
        """These, and no others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()


class TapeDock(Dock):
    """A table, and what can be done with a tape."""

    NAME = "tape"
    TITLE = "Tape"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.shown = ""
        """The round whose draws are in the table."""
        self._newest = ""
        self._wanted = ""
        self.head = QLabel("no round yet")
        self.head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.live = QCheckBox("Always the newest round")
        self.live.setToolTip("Also one that a browser or a game server plays at this bench")
        self.live.toggled.connect(lambda _: self._look())
        self.model = TapeModel(self)
        self.table = _table(self.model)
        self.arm = self._button(
            "Arm",
            "The next round draws what this one drew: in its first turn, or all of it if a game server asked",
            self.arm_shown,
        )
        self.save = self._button("Save…", "Keep this tape in a file", self.ask_where)
        self.load = self._button("Load and arm…", "The next round draws what is on a saved tape", self.ask_which)
        row = QHBoxLayout()
        for button in (self.arm, self.save, self.load):
            row.addWidget(button)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        for widget in (self.head, self.live, self.table):
            column.addWidget(widget)
        column.addLayout(row)
        self.setWidget(inside)
        self._allow()
        desk.selected.connect(lambda _: self._look())
        desk.lines.connect(self._more)
        self.visibilityChanged.connect(lambda seen: self._look() if seen else None)

    def _button(self, text: str, tip: str, does: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda: does())
        return button

    # What can be done.

    def arm_shown(self) -> None:
        """The next round draws what the round here drew."""
        id = self._now()
        self.desk.hands.do(lambda: self.desk.bench.force.round(id), lambda _: self.desk.armed.emit())

    def save_to(self, file: Path) -> None:
        """Keep the tape of the round here."""
        id, bench = self._now(), self.desk.bench
        self.desk.hands.do(lambda: file.write_text(bench.tape_file(id), "utf-8"))

    def arm_file(self, file: Path) -> None:
        """The next round draws what is on the tape of a file."""

        def arm() -> str:
            with file.open(encoding="utf-8") as opened:
                text = opened.read(LARGEST + 1)
            return self.desk.bench.force.tape_file(text, label=f"tape {file.name}")

        def armed(warning: str) -> None:
            self.desk.armed.emit()
            if warning:
                self.desk.trouble.emit(warning)

        self.desk.hands.do(arm, armed)

    def ask_where(self) -> None:
        """Ask for a file, and keep the tape there."""
        name, _ = QFileDialog.getSaveFileName(self, "Save the tape", f"{self._now()[:8]}.tape.json", FILES)
        if name:
            self.save_to(Path(name))

    def ask_which(self) -> None:
        """Ask for a file, and arm what is in it."""
        name, _ = QFileDialog.getOpenFileName(self, "Load a tape and arm it", "", FILES)
        if name:
            self.arm_file(Path(name))

    # What is shown.

    def _now(self) -> str:
        """The round that this is about."""
        return (self._newest if self.live.isChecked() else "") or self.desk.round

    def _more(self, lines: Sequence[Line]) -> None:
        written = [line.round for line in lines if isinstance(line, Write)]
        if written:
            self._newest = written[-1]
            if self._now() in written:
                self._look()

    def _look(self) -> None:
        """Have the tape read, if anybody can see it, and unless that goes on already."""
        id = self._now()
        if not id or not self.isVisible():
            return
        busy, self._wanted = bool(self._wanted), id
        if not busy:
            self.desk.hands.do(lambda: self.desk.bench.drawn(id), lambda rows: self._told(id, rows), self._failed)

    def _told(self, id: str, rows: Sequence[Drawn]) -> None:
        again, self._wanted = self._wanted != id, ""
        self.shown = id
        forced = sum(row.source != CHANCE for row in rows)
        told = f"{len(rows)} draws" + (f", ⚑ {forced} forced" if forced else ", all of them chance" if rows else "")
        self.head.setText(f"{id[:8]}  {told}")
        self.model.show_rows(rows)
        self._allow()
        if again:
            self._look()

    def _failed(self, problem: Exception) -> None:
        self._wanted = ""
        self.desk.trouble.emit(str(problem))

    def _allow(self) -> None:
        for button in (self.arm, self.save):
            button.setEnabled(self.model.rowCount() > 0)


def _table(model: TapeModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName("Draws of the round")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setStretchLastSection(True)
    for column, width in enumerate((40, 44, 90, 58, 58)):
        table.setColumnWidth(column, width)
    return table
