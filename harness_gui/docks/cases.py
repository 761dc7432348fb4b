"""By saved case: outcomes that were kept under a name. Alt+1 to Alt+0 arm the first ten of the game."""

from functools import partial

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from harness_gui.cases import Case
from harness_gui.desk import Desk

KEYS = 10


class CasesTab(QWidget):
    """The cases of the game that is played, and what can be done with them."""

    def __init__(self, desk: Desk, shots: QComboBox, spans: dict[str, int | None]) -> None:
        super().__init__()
        self._desk, self._shots, self._spans = desk, shots, spans
        self._cases: list[Case] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Saved cases")
        self.list.setMaximumHeight(96)
        self.list.itemActivated.connect(lambda _: self.arm_chosen())
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of a new case")
        self.name.setAccessibleName("Name of a new case")
        self.name.returnPressed.connect(self.save_round)
        column = QVBoxLayout(self)
        column.addWidget(self.list)
        row = QHBoxLayout()
        self.arm, self.delete = QPushButton("Arm"), QPushButton("Delete")
        self.arm.clicked.connect(lambda: self.arm_chosen())
        self.delete.clicked.connect(lambda: self._delete())
        row.addWidget(self.arm)
        row.addWidget(self.delete)
        column.addLayout(row)
        saving = QHBoxLayout()
        self.save = QPushButton("Save the round")
        self.save.setToolTip("The round that is looked at, under this name")
        self.save.clicked.connect(lambda: self.save_round())
        saving.addWidget(self.name, 1)
        saving.addWidget(self.save)
        column.addLayout(saving)
        desk.seated.connect(lambda _: self.look())

    def look(self, chosen: int = 0) -> None:
        """Show what there is."""
        try:
            self._cases = self._desk.bench.force.saved()
        except ValueError as problem:
            self._cases = []
            self._desk.trouble.emit(str(problem))
        self.list.clear()
        for place, case in enumerate(self._cases):
            key = f"Alt+{(place + 1) % KEYS}  " if place < KEYS else ""
            self.list.addItem(f"{key}{case.name}")
        self.list.setCurrentRow(min(chosen, len(self._cases) - 1))
        for button in (self.arm, self.delete):
            button.setEnabled(bool(self._cases))

    def arm_chosen(self) -> None:
        """The next round comes out as the chosen case."""
        self.arm_place(self.list.currentRow())

    def arm_place(self, place: int) -> None:
        """The next round comes out as the case at this place."""
        if not 0 <= place < len(self._cases):
            self._desk.trouble.emit(f"there is no saved case number {place + 1} of this game")
            return
        arm = partial(
            self._desk.bench.force.case, self._cases[place].name, shots=self._spans[self._shots.currentText()]
        )
        self._desk.hands.do(arm, lambda _: self._desk.armed.emit())

    def save_round(self) -> None:
        """Keep the round that is looked at, under the name that was typed."""
        save = partial(self._desk.bench.force.save, self.name.text().strip(), self._desk.round)

        def saved(_: Case) -> None:
            self.name.clear()
            self.look(len(self._cases))

        self._desk.hands.do(save, saved)

    def _delete(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._cases):
            delete = partial(self._desk.bench.force.delete, self._cases[place].name)
            self._desk.hands.do(delete, lambda _: self.look(place))
