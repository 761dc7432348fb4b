"""Rounds: those that the bench saw, newest first; to look at, to send again, to walk on, to give back."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.docks.rows import Index, Rows
from harness_gui.journal import Line, Write
from ports.record import Round, State

MOST = 50_000
"""Rows kept; beyond it the oldest fifth is forgotten, as in the journal."""


class RoundsModel(Rows):
    """A row a round, the newest on top; kept up to date from the journal's writes."""

    HEADS: ClassVar[tuple[str, ...]] = ("time", "round", "state", "versions", "forced", "by", "reason")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Write] = []
        self._place: dict[str, int] = {}
        self._gone = 0
        """Rows that were forgotten; the places count them too."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many rounds."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        write = self.write(index.row())
        return (
            write.at.strftime("%H:%M:%S.%f")[:-3],
            write.round,
            write.state,
            str(write.version),
            "⚑" if write.forced else "",
            write.actor,
            write.reason or "",
        )[index.column()]

    def write(self, row: int) -> Write:
        """The newest version of a row's round."""
        return self._rows[len(self._rows) - 1 - row]

    def state(self, round: str) -> str | None:
        """The newest state of a round; None: it is not here."""
        place = self._place.get(round)
        return None if place is None else self._rows[place - self._gone].state

    def take(self, writes: Sequence[Write]) -> None:
        """These versions are on record."""
        newest = {write.round: write for write in writes}
        fresh = [write for round, write in newest.items() if round not in self._place]
        for round, write in newest.items():
            if round in self._place:
                place = self._place[round] - self._gone
                self._rows[place] = write
                row = len(self._rows) - 1 - place
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.HEADS) - 1))
        if fresh:
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            for write in fresh:
                self._place[write.round] = self._gone + len(self._rows)
                self._rows.append(write)
            self.endInsertRows()
        if len(self._rows) > MOST:
            self._forget(len(self._rows) - MOST + MOST // 5)

    def _forget(self, gone: int) -> None:
        """No row any more for so many of the oldest."""
        self.beginRemoveRows(QModelIndex(), len(self._rows) - gone, len(self._rows) - 1)
        for write in self._rows[:gone]:
            del self._place[write.round]
        del self._rows[:gone]
        self._gone += gone
        self.endRemoveRows()


class RoundsDock(Dock):
    """A table and what can be done; what is not legal says why."""

    NAME = "rounds"
    TITLE = "Rounds"
    AREA = Qt.DockWidgetArea.BottomDockWidgetArea

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = RoundsModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Rounds")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate((96, 280, 88, 64, 54, 80)):
            self.table.setColumnWidth(column, width)
        self.table.selectionModel().currentRowChanged.connect(self._picked)
        self.repeat = self._button("Send the bet again", lambda id: self.desk.bench.repeat(id))
        self.cancel = self._button("Give the stake back", lambda id: self.desk.bench.cancel(id, "asked at the bench"))
        row = QHBoxLayout()
        for button in (self.repeat, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        inside = QWidget()
        column_of = QVBoxLayout(inside)
        column_of.setContentsMargins(6, 6, 6, 6)
        column_of.addWidget(self.table)
        column_of.addLayout(row)
        self.setWidget(inside)
        desk.lines.connect(self._more)
        desk.selected.connect(lambda _: self._legal())

    def _button(self, text: str, does: Callable[[str], Round]) -> QPushButton:
        button = QPushButton(text)
        button.setEnabled(False)

        def clicked() -> None:
            id = self.desk.round
            self.desk.ask(lambda: does(id))

        button.clicked.connect(clicked)
        return button

    def _more(self, lines: Sequence[Line]) -> None:
        self.model.take([line for line in lines if isinstance(line, Write)])
        self._legal()

    def _picked(self, index: QModelIndex) -> None:
        if index.isValid():
            self.desk.select(self.model.write(index.row()).round)

    def _legal(self) -> None:
        state = self.model.state(self.desk.round)
        undrawn = state in (State.OPENED, State.ESCROWED)
        self.repeat.setEnabled(state is not None)
        self.cancel.setEnabled(undrawn)
        self.cancel.setToolTip("" if undrawn else f"a stake goes back only while nothing is drawn; this is {state}")
