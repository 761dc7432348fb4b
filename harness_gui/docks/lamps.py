"""Lamps: the invariants of the house. Green holds, red is broken, dark cannot be seen from here; each says so in a word."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint
from harness_gui.lamps import NAMES, Lamp
from harness_gui.theme import colours

SHAPES = {"green": "●", "red": "▲", "dark": "○"}


class LampsDock(Dock):
    """One line an invariant; below them a line for each currency of each wallet."""

    NAME = "lamps"
    TITLE = "Invariants"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.shown: dict[str, Lamp] = {}
        self._lights: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        for row, (id, name) in enumerate(NAMES.items()):
            self._lights[id], self._names[id] = QLabel(), faint(f"{id}  {name}")
            grid.addWidget(self._lights[id], row, 0)
            grid.addWidget(self._names[id], row, 1)
        grid.setColumnStretch(1, 1)
        self._checked = faint("not checked yet")
        self.books = faint()
        self.books.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.books.setAccessibleName("What the accounts add up to")
        column.addLayout(grid)
        column.addWidget(self._checked)
        column.addWidget(self.books)
        column.addStretch(1)
        self.fill(inside)
        self._show([Lamp(id=id, name=name, holds=None) for id, name in NAMES.items()])
        desk.lamps.connect(self._told)
        desk.books.connect(lambda found: self.books.setText("\n".join(each.words for each in found)))

    def _told(self, lamps: Sequence[Lamp]) -> None:
        self._show(lamps)
        red = sum(lamp.holds is False for lamp in lamps)
        time = self.desk.bench.clock.now().strftime("%H:%M:%S")
        self._checked.setText(f"checked {time} · {red or 'none'} red")

    def _show(self, lamps: Sequence[Lamp]) -> None:
        c = colours()
        for lamp in lamps:
            self.shown[lamp.id] = lamp
            colour = {"green": c.good, "red": c.bad, "dark": c.faint}[lamp.word]
            light = self._lights[lamp.id]
            light.setText(f"{SHAPES[lamp.word]} {lamp.word}")
            light.setStyleSheet(f"color: {colour}; font-weight: 700")
            why = f": {lamp.why}" if lamp.why else ""
            self._names[lamp.id].setText(f"{lamp.id}  {lamp.name}{why}")
