"""Transactions: every call to a wallet beside its answer, and the state that the record had after it."""

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, TypeAlias

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.docks.rows import Index, Rows
from harness_gui.journal import Call, Line
from harness_gui.theme import colours

MOST = 120_000
"""Rows kept; beyond it the oldest fifth is forgotten, as in the journal."""
TOUCHED = 64
"""Newest calls that are looked at again whenever something is new."""
FIELDS = ("call", "answer", "movement", "operator", "state", "detail", "currency")
FIGURES: dict[str, Callable[[Call], float | None]] = {
    "amount": lambda call: call.amount,
    "attempt": lambda call: call.attempt,
    "ms": lambda call: None if call.seconds is None else call.seconds * 1000,
}
MARKS = {"receipt": "✓", "declined": "✕", "unconfirmed": "?", "contradicted": "‼", "broken": "‼", "": "…"}


Accepts: TypeAlias = Callable[[Call], bool]


class CallsModel(Rows):
    """The calls of the journal that a filter lets through, a row each; rows come in batches.

    What a filter says of all calls is found elsewhere (`Filtered`), and put here in one step: a table of a hundred
    thousand rows would else ask for each of them in the user interface's thread.
    """

    HEADS: ClassVar[tuple[str, ...]] = (
        "time", "operator", "call", "movement", "amount", "try", "answer", "ms", "state after", "detail",
    )  # fmt: skip

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: list[Call] = []
        self._gone = 0
        """Calls that were forgotten."""
        self._shown: list[Call] = []
        self._accepts = _accepts("")

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many calls."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        call = self._shown[index.row()]
        head = self.HEADS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(call, head)
        if role == Qt.ItemDataRole.ForegroundRole and head in ("answer", "state after"):
            return QColor(_colour(call))
        if role == Qt.ItemDataRole.TextAlignmentRole and head in ("amount", "try", "ms"):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{call.movement or call.call}\n{call.detail}"
        return None

    def call(self, row: int) -> Call:
        """The call of a row."""
        return self._shown[row]

    def append(self, calls: Sequence[Call]) -> None:
        """More calls."""
        self._all.extend(calls)
        self._insert([call for call in calls if self._accepts(call)])
        if len(self._all) > MOST:
            gone = len(self._all) - MOST + MOST // 5
            first = self._all[gone].place
            del self._all[:gone]
            self._gone += gone
            self._remove(
                0, next((row for row, call in enumerate(self._shown) if call.place >= first), len(self._shown))
            )

    def touch(self) -> None:
        """The newest calls may have been answered meanwhile; so the filter may let through what it did not before."""
        if not self._all:
            return
        tail = self._all[-TOUCHED:]
        first = self._row_of(tail[0].place)
        fresh = [call for call in tail if self._accepts(call)]
        if [id(call) for call in fresh] != [id(call) for call in self._shown[first:]]:
            self._remove(first, len(self._shown))
            self._insert(fresh)
        elif fresh:
            self.dataChanged.emit(self.index(first, 0), self.index(len(self._shown) - 1, len(self.HEADS) - 1))

    def clear(self) -> None:
        """No rows; the journal keeps them."""
        self.beginResetModel()
        self._gone += len(self._all)
        self._all, self._shown = [], []
        self.endResetModel()

    def look(self, text: str) -> "Filtered":
        """The work of a filter: for another thread."""
        return Filtered(text, list(self._all), self._gone)

    def show_filtered(self, found: "Filtered") -> None:
        """Show what a filter has let through, and whatever came since that it lets through too."""
        self.beginResetModel()
        self._accepts = found.accepts
        calls, since = found.calls, self._all[max(0, found.seen - self._gone) :]
        if found.gone < self._gone:  # some were forgotten while it was looked
            calls = [call for call in calls if self._all and call.place >= self._all[0].place]
        self._shown = [*calls, *(call for call in since if found.accepts(call))]
        self.endResetModel()

    def _row_of(self, place: int) -> int:
        """The first row of a call at this place of the journal, or behind it."""
        row = len(self._shown)
        while row and self._shown[row - 1].place >= place:
            row -= 1
        return row

    def _insert(self, calls: Sequence[Call]) -> None:
        if calls:
            self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(calls) - 1)
            self._shown.extend(calls)
            self.endInsertRows()

    def _remove(self, first: int, end: int) -> None:
        if first < end:
            self.beginRemoveRows(QModelIndex(), first, end - 1)
            del self._shown[first:end]
            self.endRemoveRows()


class Filtered:
    """The calls in which all words of a filter are: `escrow`, `answer:unconfirmed`, `-receipt`, `amount>100`."""

    def __init__(self, text: str, calls: Sequence[Call], gone: int) -> None:
        self.accepts = _accepts(text)
        self.seen = gone + len(calls)
        self.gone = gone
        """Calls that had been forgotten before those it looks at."""
        self._from = calls
        self.calls: list[Call] = []

    def find(self) -> "Filtered":
        """Ask of every call. Takes about a microsecond for each word and call."""
        self.calls = [call for call in self._from if self.accepts(call)]
        return self


class TransactionsDock(Dock):
    """A table, and a line to filter it with."""

    NAME = "transactions"
    TITLE = "Transactions"
    AREA = Qt.DockWidgetArea.BottomDockWidgetArea
    copied = Signal(str)
    """A request is on the clipboard."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = CallsModel(self)
        self._looking, self._again = False, False
        self.filter = QLineEdit()
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(150)
        self._typed.timeout.connect(self._look)
        self.filter.setPlaceholderText("Filter: escrow  answer:unconfirmed  -receipt  amount>100 ...")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Transactions")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        heads = self.table.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heads.setStretchLastSection(True)
        for column, width in enumerate((96, 66, 62, 168, 66, 34, 116, 56, 92)):
            self.table.setColumnWidth(column, width)
        self.table.selectionModel().currentRowChanged.connect(self._picked)
        copy = QAction("Copy as curl", self.table)
        copy.triggered.connect(lambda _=False: self.copy_curl())
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        inside = QWidget()
        column_of = QVBoxLayout(inside)
        column_of.setContentsMargins(6, 6, 6, 6)
        column_of.addWidget(self.filter)
        column_of.addWidget(self.table)
        self.setWidget(inside)
        desk.lines.connect(self._more)

    def _look(self) -> None:
        """Filter by what is typed, one filter after the other."""
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        self.desk.hands.do(self.model.look(self.filter.text()).find, self._found)

    def _found(self, found: Filtered) -> None:
        self._looking = False
        self.model.show_filtered(found)
        if self._again:
            self._look()

    def copy_curl(self) -> None:
        """Put the request behind the chosen call, or else the newest one, on the clipboard."""
        row = self.table.currentIndex().row()
        row = self.model.rowCount() - 1 if row < 0 else row
        if row < 0:
            self.desk.trouble.emit("there is no call to copy")
            return
        call = self.model.call(row)

        def told(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(text)

        self.desk.hands.do(lambda: self.desk.bench.curl(call), told)

    def _more(self, lines: Sequence[Line]) -> None:
        bar = self.table.verticalScrollBar()
        follow = bar.value() >= bar.maximum() - 2
        self.model.append([line for line in lines if isinstance(line, Call)])
        self.model.touch()
        if follow:
            self.table.scrollToBottom()

    def _picked(self, index: QModelIndex) -> None:
        if index.isValid():
            round = self.model.call(index.row()).round
            if round and round != self.desk.round:
                self.desk.select(round)


def _text(call: Call, head: str) -> str:
    match head:
        case "time":
            return call.at.strftime("%H:%M:%S.%f")[:-3]
        case "operator":
            return call.operator
        case "call":
            return call.call
        case "movement":
            round, *rest = call.movement.split(":")
            return f"{round[:8]}…:{':'.join(rest)}" if rest else ""
        case "amount":
            return "" if call.amount is None else f"{call.amount}"
        case "try":
            return str(call.attempt)
        case "answer":
            return f"{MARKS.get(call.answer, '?')} {call.answer or 'on its way'}"
        case "ms":
            return "" if call.seconds is None else f"{call.seconds * 1000:.1f}"
        case "state after":
            return call.state
        case _:
            return call.detail


def _accepts(text: str) -> Accepts:
    """Whether all words of a filter are in a call."""
    words = [_word(word) for word in text.lower().split()]
    return lambda call: all(accepts(call) for accepts in words)


def _word(word: str) -> Callable[[Call], bool]:
    """What one word of a filter asks for."""
    if word.startswith("-") and len(word) > 1:
        inner = _word(word[1:])
        return lambda call: not inner(call)
    for sign, compare in (("<", operator.lt), (">", operator.gt)):
        field, found, figure = word.partition(sign)
        if found and field in FIGURES and figure.replace(".", "", 1).isdigit():
            return partial(_compares, field, compare, float(figure))
    field, found, value = word.partition(":")
    if found and field in FIELDS:
        return lambda call: value in str(getattr(call, field)).lower()
    return lambda call: any(word in str(getattr(call, field)).lower() for field in FIELDS)


def _compares(field: str, compare: Callable[[float, float], bool], figure: float, call: Call) -> bool:
    value = FIGURES[field](call)
    return value is not None and compare(value, figure)


def _colour(call: Call) -> str:
    c = colours()
    return {"receipt": c.good, "declined": c.bad, "unconfirmed": c.doubt, "": c.faint}.get(call.answer, c.bad)
