"""Faults: which call goes wrong, how, and when. What is armed is listed with its hits; Esc disarms everything."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QListWidget, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from adapters.backends.faulty import CALLS, FAULTS
from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint

WHENS = ("next", "always", "every 2", "every 3", "every 10", "50%", "10%", "1%", "11", "0110")


class FaultsDock(Dock):
    """The error matrix at the wallet's door."""

    NAME = "faults"
    TITLE = "Faults"
    AREA = Qt.DockWidgetArea.LeftDockWidgetArea

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.call, self.fault, self.when = QComboBox(), QComboBox(), QComboBox()
        self.call.addItems(list(CALLS))
        self.when.addItems(WHENS)
        self.when.setEditable(True)
        for box, name in ((self.call, "Call"), (self.fault, "Fault"), (self.when, "When")):
            box.setAccessibleName(name)
        self._about = faint()
        self.call.currentTextChanged.connect(self._offer)
        self.fault.currentTextChanged.connect(self._tell)
        self.call.setCurrentText("escrow")
        self._offer("escrow")
        form = QFormLayout()
        form.addRow("Call", self.call)
        form.addRow("Fault", self.fault)
        form.addRow("When", self.when)
        self.arm = QPushButton("Arm this fault")
        self.arm.clicked.connect(self.arm_chosen)
        self.disarm = QPushButton("Disarm all (Esc)")
        self.disarm.clicked.connect(self._disarm)
        self.list = QListWidget()
        self.list.setAccessibleName("Armed faults")
        self.list.setMinimumHeight(60)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.addLayout(form)
        column.addWidget(self._about)
        column.addWidget(self.arm)
        column.addWidget(self.list, 1)
        column.addWidget(self.disarm)
        self.fill(inside)
        desk.armed.connect(self._show)
        desk.lines.connect(lambda _: self._show())
        self._show()

    def arm_chosen(self) -> None:
        """Arm what the boxes say."""
        try:
            self.desk.bench.arm(self.call.currentText(), self.fault.currentText(), self.when.currentText())
        except ValueError as problem:
            self.desk.trouble.emit(str(problem))
        self.desk.armed.emit()

    def _offer(self, call: str) -> None:
        chosen = self.fault.currentText()
        self.fault.clear()
        self.fault.addItems([name for name, fault in FAULTS.items() if call in fault.calls])
        self.fault.setCurrentText(chosen or "time-out after")

    def _tell(self, name: str) -> None:
        self._about.setText(FAULTS[name].about if name in FAULTS else "")

    def _disarm(self) -> None:
        self.desk.bench.disarm_all()
        self.desk.armed.emit()

    def _show(self) -> None:
        texts = [f"⚡ {armed} · hit {armed.hits} of {armed.calls}" for armed in self.desk.bench.armed()]
        self.disarm.setEnabled(bool(texts) or self.desk.bench.deck.armed())
        if texts != [self.list.item(row).text() for row in range(self.list.count())]:
            self.list.clear()
            self.list.addItems(texts)
