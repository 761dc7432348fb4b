"""An outcome to look for: by win, by feature, by symbol. The solver says how many draws match, and how likely that is."""

from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import faint
from harness_gui.docks.auto import EVENTS
from harness_gui.solver import Solution, Wanted


class OutcomeTab(QWidget):
    """Asks the solver, and arms one of the ways that it found."""

    _far = Signal(float)

    def __init__(self, desk: Desk, shots: QComboBox, shot_counts: dict[str, int | None]) -> None:
        super().__init__()
        self._desk, self._shots, self._counts = desk, shots, shot_counts
        self._stop = Event()
        self.looking = False
        self.solution: Solution | None = None
        self._cells: dict[tuple[int, int], str] = {}
        self.low, self.high = QDoubleSpinBox(), QDoubleSpinBox()
        for box, name, free in ((self.low, "Win at least", "from 0"), (self.high, "Win at most", "no limit")):
            box.setRange(0, 1_000_000)
            box.setSuffix(" x")
            box.setSpecialValueText(free)
            box.setAccessibleName(name)
        self.happening = QComboBox()
        self.happening.addItems(EVENTS)
        self.happening.setAccessibleName("With the event")
        wins = QHBoxLayout()
        wins.addWidget(self.low)
        wins.addWidget(self.high)
        form = QFormLayout()
        form.addRow("Win", wins)
        form.addRow("Event", self.happening)
        self._where = faint("Click a symbol on the reels to ask for one there.")
        self.look = QPushButton("Find and arm")
        self.look.clicked.connect(self.toggle)
        self.told = faint()
        for label in (self._where, self.told):
            label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())
        column = QVBoxLayout(self)
        column.addLayout(form)
        for widget in (self._where, self.look, self.told):
            column.addWidget(widget)
        column.addStretch(1)
        self._far.connect(lambda part: self.told.setText(f"looking: {part:.0%}"))

    def ask_for(self, reel: int, row: int, symbol: str | None) -> None:
        """A symbol that the first spin must show; None: any."""
        self._cells.pop((reel, row), None)
        if symbol is not None:
            self._cells[reel, row] = symbol
        wanted = ", ".join(f"{name} at reel {r + 1}, row {w + 1}" for (r, w), name in sorted(self._cells.items()))
        self._where.setText(wanted or "Click a symbol on the reels to ask for one there.")

    def toggle(self) -> None:
        """Look; or stop looking."""
        if self.looking:
            self._stop.set()
            return
        self._stop.clear()
        self.looking = True
        self.look.setText("Stop looking")
        wager = self._desk.wager
        cost = self._desk.bench.listing.game.cost(wager)
        low, high = self.low.value(), self.high.value()
        wanted = Wanted(
            low=round(low * cost),
            high=round(high * cost) if high else None,
            event=self.happening.currentText() or None,
            cells=dict(self._cells),
        )

        def go_on(part: float) -> bool:
            self._far.emit(part)
            return not self._stop.is_set()

        self._desk.hands.do(
            lambda: self._desk.bench.force.solve(wanted, wager=wager, go_on=go_on), self._found, self._failed
        )

    def halt(self) -> None:
        """Stop looking, if it goes on."""
        self._stop.set()

    def _found(self, solution: Solution) -> None:
        self._rest()
        self.solution = solution
        self.told.setText(solution.words)
        if solution.found:
            label = f"1 of {solution.matches:,} found"
            self._desk.bench.force.tape(solution.pick(), label=label, shots=self._counts[self._shots.currentText()])
            self._desk.armed.emit()

    def _failed(self, problem: Exception) -> None:
        self._rest()
        self._desk.trouble.emit(f"the solver failed: {problem}")

    def _rest(self) -> None:
        self.looking = False
        self.look.setText("Find and arm")
