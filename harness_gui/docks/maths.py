"""Maths: what the chosen bet returns exactly, how often and how widely, beside what auto-spin has come to."""

from fractions import Fraction
from math import sqrt
from threading import Event
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from harness_gui.auto import Tally, Z
from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint
from harness_gui.docks.histogram import Histogram
from harness_gui.folding import Folding
from harness_gui.maths import Sheet, Stopped, sheet
from ports import canonical
from ports.game import Wager

Bet: TypeAlias = tuple[str, str, bytes]
"""A game, a mode, and the selection in its one spelling."""
ROWS = ("RTP", "Hit rate", "Volatility", "Largest win", "Feature", "Rounds")


class MathsDock(Dock):
    """A table of figures, and a histogram."""

    NAME = "maths"
    TITLE = "Maths"
    AREA = Qt.DockWidgetArea.BottomDockWidgetArea
    _far = Signal(float)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.sheet: Sheet | None = None
        self._sheets: dict[Bet, Sheet] = {}
        self._wager = Wager("")
        self._bet: Bet | None = None
        self._stop = Event()
        self._working: Bet | None = None
        self._live: tuple[Bet, Tally] | None = None
        self.cells: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self.method = faint("the figures of the chosen bet are computed when this is looked at", wraps=False)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName("Computing the figures")
        self.bar.hide()
        self.histogram = Histogram()
        self.method.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        figures, inside = QWidget(), QWidget()
        figures.setLayout(self._grid())
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(8, 4, 8, 4)
        whole.addWidget(Folding(figures, self.histogram, stretch=1), 1)
        whole.addWidget(self.method)
        whole.addWidget(self.bar)
        self.fill(inside)
        self._far.connect(lambda part: self.bar.setValue(int(100 * part)))
        self.visibilityChanged.connect(lambda seen: self._look() if seen else None)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        for column, head in enumerate(("", "exact", "auto-spin", "")):
            grid.addWidget(faint(head, wraps=False), 0, column)
        for row, name in enumerate(ROWS, 1):
            self.cells[name] = (QLabel("-"), QLabel("-"), faint(wraps=False))
            grid.addWidget(faint(name, wraps=False), row, 0)
            for column, cell in enumerate(self.cells[name], 1):
                grid.addWidget(cell, row, column)
        self.cells["RTP"][2].setToolTip("where the return of 95 of 100 runs of as many spins lies")
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(len(ROWS) + 1, 1)
        return grid

    # What is told.

    def choose(self, wager: Wager) -> None:
        """Another bet is chosen."""
        self._wager, self._bet = wager, self._of(wager)
        self.sheet = self._sheets.get(self._bet)
        self._show()
        self._look()

    def tell(self, wager: Wager, tally: Tally) -> None:
        """Auto-spin came so far with this bet."""
        self._live = (self._of(wager), tally)
        if self.isVisible():
            self._show()

    def halt(self) -> None:
        """Compute nothing more."""
        self._stop.set()

    def _of(self, wager: Wager) -> Bet:
        return self.desk.bench.session.game, wager.mode, canonical.dump(wager.selection)

    # What is computed.

    def _look(self) -> None:
        """Compute what is not known yet, if anybody looks."""
        bet, bench = self._bet, self.desk.bench
        if bet is None or not self.isVisible():
            return
        self._show()
        if self.sheet is not None or self._working == bet:
            return
        self._stop.set()
        self._stop = stop = Event()
        self._working = bet
        wager, game = self._wager, bench.listing.game
        self.bar.setValue(0)
        self.bar.show()

        def go_on(part: float) -> bool:
            self._far.emit(part)
            return not stop.is_set()

        self.desk.hands.do(
            lambda: sheet(game, wager, go_on),
            lambda found: self._computed(bet, found),
            lambda problem: self._failed(bet, problem),
        )

    def _computed(self, bet: Bet, sheet: Sheet) -> None:
        self._sheets[bet] = sheet
        self._rest(bet)
        if bet == self._bet:
            self.sheet = sheet
            self._show()

    def _failed(self, bet: Bet, problem: Exception) -> None:
        self._rest(bet)
        if not isinstance(problem, Stopped):
            self.desk.trouble.emit(f"the figures could not be computed: {problem}")

    def _rest(self, bet: Bet) -> None:
        if self._working == bet:
            self._working = None
            self.bar.hide()

    # What is shown.

    def _show(self) -> None:
        sheet = self.sheet
        tally = self._live[1] if self._live is not None and self._live[0] == self._bet else Tally()
        for name, cells in self.cells.items():
            for cell, text in zip(cells, ("-", "-", ""), strict=True):
                cell.setText(text)
            cells[0].setText("…" if sheet is None else _exact(name, sheet))
            cells[1].setText(_live(name, tally) if tally.drawn else "-")
            cells[2].setText("" if sheet is None else _note(name, sheet, tally))
        if sheet is not None:
            self.method.setText(sheet.method)
        chances = None if sheet is None or sheet.chances is None else [float(chance) for chance in sheet.chances]
        self.histogram.show_wins(tally.bins, chances)


def _exact(name: str, sheet: Sheet) -> str:
    match name:
        case "RTP":
            return "-" if sheet.rtp is None else f"{float(sheet.rtp):.4%}"
        case "Hit rate":
            return "-" if sheet.hit_rate is None else f"{float(sheet.hit_rate):.2%}"
        case "Volatility":
            return "-" if sheet.sigma is None else f"{sheet.sigma:.3f} x"
        case "Largest win":
            return "-" if sheet.most is None else f"{sheet.most / sheet.cost:,.2f} x"
        case "Feature":
            return _one_in(sheet.feature_rate)
        case _:
            return ""


def _live(name: str, tally: Tally) -> str:
    match name:
        case "RTP":
            return f"{tally.rtp:.2%}" + (f" ± {100 * tally.margin:.2f}" if tally.drawn > 1 else "")
        case "Hit rate":
            return f"{tally.hit_rate:.2%}"
        case "Volatility":
            return f"{tally.sigma:.3f} x"
        case "Largest win":
            return f"{tally.most:,.2f} x"
        case "Feature":
            return _one_in(Fraction(tally.bins[-1], tally.drawn))
        case _:
            return f"{tally.drawn:,}"


def _note(name: str, sheet: Sheet, tally: Tally) -> str:
    """What to know of the two figures."""
    if name == "RTP":
        return _judged(sheet, tally)
    if name == "Hit rate":
        return "" if sheet.hit_rate is None or sheet.hit_of == "round" else f"exact: the {sheet.hit_of} alone"
    if name == "Largest win":
        words = f"cap {sheet.cap / sheet.cost:,.0f} x"
        return words if sheet.most_chance is None else f"{_one_in(sheet.most_chance)}, {words}"
    if name == "Volatility":
        return "deviation of win / stake"
    if name == "Rounds" and tally.forced:
        return f"⚑ {tally.forced} of them forced: no chance"
    return ""


def _judged(sheet: Sheet, tally: Tally) -> str:
    """Whether the return that was played lies where that of 95 of 100 runs of as many spins does."""
    aim = float(sheet.declared if sheet.rtp is None else sheet.rtp)
    if tally.drawn < 2:
        return "" if sheet.rtp is not None else f"declared {aim:.4%}"
    if sheet.sigma is None:
        inside = abs(tally.rtp - aim) <= tally.margin
        word = "declared" if sheet.rtp is None else "exact"
        return f"{'✓' if inside else '! no'} {word} {aim:.2%} inside"
    stray = Z * sheet.sigma / sqrt(tally.drawn)
    inside = abs(tally.rtp - aim) <= stray
    return f"{'✓ inside' if inside else '! outside'} of {100 * aim:.2f} ± {100 * stray:.2f} %"


def _one_in(chance: Fraction | None) -> str:
    if not chance:
        return "-"
    odds = float(1 / chance)
    return (
        f"1 in {odds:,.1f}" if odds < 1000 else f"1 in {odds:,.0f}" if odds < 10**6 else f"1 in {odds / 10**6:,.1f} M"
    )
