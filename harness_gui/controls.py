"""What a player's hands are on: the money, the bet, the button, and what a round offers to choose from."""

import json
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from harness_gui.bench import Balances
from harness_gui.desk import Desk
from harness_gui.docks import faint
from harness_gui.folding import Folding
from harness_gui.lamps import spelt
from ports.game import Option, Wager

MOST_BUTTONS = 8
"""Choices that have a button each."""
ABREAST = 4
"""So many of them beside each other."""


class Controls(QWidget):
    """Keeps `Desk.wager` to what its boxes say."""

    bet = Signal()
    """Another stake, mode or selection."""
    chosen = Signal(str, str)
    """A round's id, and the choice that is taken in it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.balance, self.held, self.win = QLabel("-"), QLabel("-"), QLabel("-")
        self.stake, self.mode = QComboBox(), QComboBox()
        self.selection = QLineEdit()
        self.turbo, self.spin = QCheckBox("Turbo"), QPushButton("SPIN")
        self.choices = QGridLayout()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self.choices)
        whole.addWidget(Folding(self._figures(), self._asked(), stretch=0))
        desk.balances.connect(self._money)

    def _figures(self) -> QWidget:
        figures = QWidget()
        row = QHBoxLayout(figures)
        row.setContentsMargins(0, 0, 0, 0)
        for name, label in (("Balance", self.balance), ("Held", self.held), ("Win", self.win)):
            label.setProperty("role", "figure")
            row.addLayout(_titled(name, label))
            row.addSpacing(18)
        row.addStretch(1)
        return figures

    def _asked(self) -> QWidget:
        self.selection.setAccessibleName("Selection, as JSON")
        self.selection.setMaximumWidth(260)
        self.selection.editingFinished.connect(self._stakes)
        self.mode.currentIndexChanged.connect(lambda _: self._stakes())
        self.stake.currentIndexChanged.connect(lambda _: self.bet.emit())
        self.turbo.setToolTip("Nothing moves; the result is the same")
        self.spin.setObjectName("spin")
        asked = QWidget()
        row = QHBoxLayout(asked)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        for name, box in (("Mode", self.mode), ("Stake", self.stake)):
            box.setAccessibleName(name)
            row.addLayout(_titled(name, box))
        for widget in (self.selection, self.turbo, self.spin):
            row.addWidget(widget)
        return asked

    def sit(self) -> None:
        """The bets of the session's game, the simplest first."""
        bench = self._desk.bench
        game = bench.listing.game
        self.offer(())
        self.selection.setVisible(game.selection is not None)
        self.selection.setText("" if game.selection is None else json.dumps(bench.wager().selection))
        self.mode.clear()
        for mode in game.modes:
            self.mode.addItem(mode.id, mode)

    def _stakes(self) -> None:
        mode, bench = self.mode.currentData(), self._desk.bench
        self.stake.clear()
        if mode is None:
            return
        try:
            self._desk.wager = Wager(mode.id, json.loads(self.selection.text() or "null"))
            ladder, usual = bench.stakes(self._desk.wager)
        except ValueError as problem:
            self._desk.trouble.emit(str(problem))
            return
        exponent = bench.session.currency.exponent
        for stake in ladder:
            self.stake.addItem(spelt(stake, exponent), stake)
        self.stake.setCurrentIndex(max(0, self.stake.findData(usual)))

    def _money(self, money: Balances) -> None:
        self.balance.setText(f"{money.text(money.available)} {money.currency}")
        self.held.setText(money.text(money.held))

    def offer(self, options: Sequence[Option], round: str = "") -> None:
        """A button for each choice that the round offers; a list and one button, where there are many."""
        while (item := self.choices.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        words = [option.id if not option.cost else f"{option.id} (costs {option.cost} units)" for option in options]
        if len(options) > MOST_BUTTONS:
            box, take = QComboBox(), QPushButton("Choose")
            box.setAccessibleName("Choice")
            for option, word in zip(options, words, strict=True):
                box.addItem(word, option.id)
            take.clicked.connect(lambda: self.chosen.emit(round, box.currentData()))
            self.choices.addWidget(box, 0, 0, 1, ABREAST - 1)
            self.choices.addWidget(take, 0, ABREAST - 1)
            return
        for place, (option, word) in enumerate(zip(options, words, strict=True)):
            button = QPushButton(word)
            button.clicked.connect(partial(self.chosen.emit, round, option.id))
            self.choices.addWidget(button, place // ABREAST, place % ABREAST)


def _titled(title: str, widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addWidget(faint(title, wraps=False))
    column.addWidget(widget)
    return column
