"""Auto-spin: many bets, until something happens; the return as it comes in, beside the declared one."""

from threading import Event

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from harness_gui import auto
from harness_gui.auto import Stops, Tally
from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint
from ports.game import Json, Wager
from ports.record import Round

EVENTS = ("", "free_game", "scatter", "fall", "multiply", "cap")


class AutoDock(Dock):
    """What to play is what the window's boxes say; what to stop for stands here."""

    NAME = "auto"
    TITLE = "Auto-spin"
    AREA = Qt.DockWidgetArea.LeftDockWidgetArea
    told = Signal(object, object)
    """A wager, and how it goes with it."""
    _heard = Signal(object, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.stake: int | None = None
        self.mode: str | None = None
        self.selection: Json = None
        self._stop = Event()
        self.running = False
        self.tally = Tally()
        self._wager = Wager("")
        self.count = QSpinBox()
        self.count.setRange(1, 1_000_000)
        self.count.setValue(1000)
        self.win = QDoubleSpinBox()
        self.win.setRange(0, 1_000_000)
        self.win.setSpecialValueText("any win")
        self.win.setSuffix(" x bet")
        self.happening = QComboBox()
        self.happening.addItems(EVENTS)
        self.red = QCheckBox("a lamp turns red")
        self.unsettled = QCheckBox("a round is not at its end")
        for box in (self.red, self.unsettled):
            box.setChecked(True)
        form = QFormLayout()
        for name, field in (("Spins", self.count), ("Stop at a win of", self.win), ("Stop at event", self.happening)):
            field.setAccessibleName(name)
            form.addRow(name, field)
        form.addRow("Stop when", self.red)
        form.addRow("", self.unsettled)
        self.start = QPushButton("Start (Shift+Space)")
        self.start.clicked.connect(lambda: self.toggle())
        self.bar = QProgressBar()
        self.rtp = QLabel("-")
        self.rtp.setProperty("role", "figure")
        self.words = faint("nothing played yet")
        row = QHBoxLayout()
        row.addWidget(faint("RTP"))
        row.addWidget(self.rtp, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        form.setVerticalSpacing(4)
        column.setSpacing(4)
        column.addLayout(form)
        column.addWidget(self.start)
        column.addWidget(self.bar)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addStretch(1)
        self.fill(inside)
        self._heard.connect(self._show)

    def toggle(self) -> None:
        """Start; or stop, if it goes on."""
        if self.running:
            self._stop.set()
            return
        self._stop.clear()
        self.running = True
        self.start.setText("Stop (Shift+Space)")
        self.bar.setRange(0, self.count.value())
        bench, count, stake, stops = self.desk.bench, self.count.value(), self.stake, self._stops()
        mode, selection = self.mode, self.selection
        self._wager = Wager(mode or "", selection)

        def play() -> Tally:
            return auto.run(
                bench,
                count,
                stake=stake,
                mode=mode,
                selection=selection,
                stops=stops,
                stop=self._stop,
                told=self._heard.emit,
            )

        self.desk.hands.do(play, self._ended)

    def halt(self) -> None:
        """Stop, if it goes on."""
        self._stop.set()

    def _stops(self) -> Stops:
        win = self.win.value()
        return Stops(
            win=None if not win else round(win * (self.stake or 0)),
            event=self.happening.currentText() or None,
            red=self.red.isChecked(),
            unsettled=self.unsettled.isChecked(),
        )

    def _show(self, tally: Tally, round: Round | None) -> None:
        self.tally = tally
        self.told.emit(self._wager, tally)
        self.bar.setValue(tally.spins)
        margin = "" if tally.spins < 2 else f" ± {100 * tally.margin:.2f}"
        self.rtp.setText(f"{100 * tally.rtp:.2f}{margin} %")
        declared = next((m.rtp for m in self.desk.bench.listing.game.modes if m.id == self.mode), None)
        exact = "" if declared is None else f" · declared {float(declared):.2%}"
        self.words.setText(f"{tally.spins:,} spins, {tally.hits:,} pay{exact}\n{tally.why}")
        if round is not None:
            self.desk.show_round(round)

    def _ended(self, tally: Tally) -> None:
        self.running = False
        self.start.setText("Start (Shift+Space)")
        self._show(tally, None)
        self.desk.refresh()
        self.desk.count()
