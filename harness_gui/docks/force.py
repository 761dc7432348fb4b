"""Force: which outcome comes next, here or in a game server's round. Armed forces are red, and for one round unless it is
said otherwise.
"""

from functools import partial

from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from harness_gui import deck as decks
from harness_gui.deck import Force
from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint
from harness_gui.docks.cases import CasesTab
from harness_gui.docks.outcome import OutcomeTab
from harness_gui.outside import KINDS
from ports.randomness import Draw

SHOTS: dict[str, int | None] = {"one round": 1, "10 rounds": 10, "100 rounds": 100, "until disarmed": None}


class ForceDock(Dock):
    """By stops, by outcome, by a tape, by a case that was saved; and by a tape for game servers."""

    NAME = "force"
    TITLE = "Force"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._spins: list[QSpinBox] = []
        self._reels: list[QSpinBox] = []
        """Those of them that stop a reel."""
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setMinimumHeight(32)
        self._shots = QComboBox()
        self._shots.addItems(list(SHOTS))
        self._shots.setAccessibleName("For how many rounds")
        self._stops = QGridLayout()
        self.tabs = tabs = QTabWidget()
        tabs.addTab(self._stops_tab(), "Stops")
        self.outcome = OutcomeTab(desk, self._shots, SHOTS)
        tabs.addTab(self.outcome, "Outcome")
        tabs.addTab(self._tape_tab(), "Tape")
        self.cases = CasesTab(desk, self._shots, SHOTS)
        tabs.addTab(self.cases, "Case")
        tabs.addTab(self._server_tab(), "Server")
        self.disarm = QPushButton("Disarm")
        self.disarm.clicked.connect(self._disarm)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.addWidget(self.status)
        row = QHBoxLayout()
        row.addWidget(faint("for", wraps=False))
        row.addWidget(self._shots, 1)
        row.addWidget(self.disarm)
        column.addLayout(row)
        column.addWidget(tabs)
        column.addStretch(1)
        self.fill(inside)
        desk.seated.connect(lambda _: self._seated())
        desk.armed.connect(self._show)
        self._show()

    def _stops_tab(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.addLayout(self._stops)
        self.arm = QPushButton("Arm these stops")
        self.arm.clicked.connect(self._arm_stops)
        column.addWidget(self.arm)
        column.addStretch(1)
        return tab

    def _tape_tab(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        self.tape = QPlainTextEdit()
        self.tape.setPlaceholderText('[["stop", 32, 21], ["stop", 32, 13], ...]')
        self.tape.setAccessibleName("Tape: purpose, bound and value of each draw")
        self.tape.setMaximumHeight(90)
        arm = QPushButton("Arm this tape")
        arm.clicked.connect(self._arm_tape)
        column.addWidget(self.tape)
        column.addWidget(arm)
        column.addStretch(1)
        return tab

    def _server_tab(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        self.server_tape = QPlainTextEdit()
        self.server_tape.setPlaceholderText('[["range", 37, 17], ["weighted", 100, 3], ["shuffle", 52, 0]]')
        self.server_tape.setAccessibleName("Tape for game servers: purpose, bound and value of each draw")
        self.server_tape.setMaximumHeight(90)
        self.arm_server = QPushButton("Arm for game servers")
        self.arm_server.clicked.connect(self._arm_server)
        bounds = "; ".join(f"{kind}: {bound}" for kind, bound in KINDS.items())
        self.server_tape.setToolTip(f"Purpose, bound and value of each draw. Bounds are, for {bounds}")
        column.addWidget(faint("What a game server's next round draws first."))
        column.addWidget(self.server_tape)
        column.addWidget(self.arm_server)
        column.addStretch(1)
        return tab

    def set_stop(self, reel: int, stop: int) -> None:
        """Put a stop into the box of its reel; where stops weigh, the first value that means it."""
        if reel < len(self._reels):
            self._reels[reel].setValue(decks.value_of(self.desk.bench.listing.game, reel, stop))

    def _seated(self) -> None:
        self.desk.hands.do(
            self.desk.bench.force.first_draws, lambda draws: self._boxes([d for d in draws if d.purpose])
        )

    def _boxes(self, draws: list[Draw]) -> None:
        for box in self._spins:
            self._stops.removeWidget(box)
            box.deleteLater()
        self._spins, self._reels = [], []
        for place, draw in enumerate(draws[:20]):
            box = QSpinBox()
            box.setRange(0, min(draw.bound - 1, 2**31 - 1))
            box.setToolTip(f"draw {place + 1}: {draw.purpose}, 0 to {draw.bound - 1}")
            box.setAccessibleName(f"{draw.purpose} {place + 1}")
            self._stops.addWidget(box, place // 5, place % 5)
            self._spins.append(box)
            if draw.purpose == "stop":
                self._reels.append(box)

    def _arm_stops(self) -> None:
        values = [box.value() for box in self._spins]
        shots = SHOTS[self._shots.currentText()]
        wager = self.desk.wager
        arm = partial(self.desk.bench.force.stops, values, shots=shots, wager=wager)
        self.desk.hands.do(arm, lambda _: self.desk.armed.emit())

    def _arm_tape(self) -> None:
        text, shots = self.tape.toPlainText(), SHOTS[self._shots.currentText()]
        arm = partial(self.desk.bench.force.tape_file, text, label="tape", shots=shots)
        self.desk.hands.do(arm, lambda _: self.desk.armed.emit())

    def _arm_server(self) -> None:
        text, shots = self.server_tape.toPlainText(), SHOTS[self._shots.currentText()]
        arm = partial(self.desk.bench.force.server_file, text, label="tape", shots=shots)
        self.desk.hands.do(arm, lambda _: self.desk.armed.emit())

    def _disarm(self) -> None:
        self.desk.bench.force.disarm()
        self.desk.armed.emit()

    def _show(self) -> None:
        bench = self.desk.bench
        told = [*_armed("⚑ ARMED", bench.deck.force), *_armed("⚑ ARMED for game servers:", bench.outside.force)]
        self.disarm.setEnabled(bool(told))
        self.status.setProperty("role", "armed" if told else "faint")
        self.status.setIndent(8 if told else 0)
        self.status.setText("\n".join(told) or "Nothing is armed: chance decides.")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)


def _armed(word: str, force: Force | None) -> list[str]:
    if force is None:
        return []
    return [f"{word}  {force.label}  ({'until disarmed' if force.shots is None else f'{force.shots} to go'})"]
