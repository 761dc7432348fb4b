"""The window: reels in the middle, docks around them, and an action for everything, in a menu and on a key."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QCursor, QImageWriter, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from harness_gui import evidence, theme
from harness_gui.bench import Bench
from harness_gui.controls import Controls
from harness_gui.desk import Desk
from harness_gui.docks import Dock, faint
from harness_gui.docks.auto import AutoDock
from harness_gui.docks.backends import BackendsDock
from harness_gui.docks.cases import KEYS
from harness_gui.docks.faults import FaultsDock
from harness_gui.docks.force import ForceDock
from harness_gui.docks.lamps import LampsDock
from harness_gui.docks.log import LogDock
from harness_gui.docks.maths import MathsDock
from harness_gui.docks.rounds import RoundsDock
from harness_gui.docks.tape import TapeDock
from harness_gui.docks.timeline import TimelineDock
from harness_gui.docks.transactions import TransactionsDock
from harness_gui.lamps import spelt
from harness_gui.reels import ReelsView
from ports.record import Round, State
from ports.sessions import Session

SIZE = QSize(1560, 940)
SMALL = QSize(960, 540)
"""A screen of 1920 x 1080 at 200 %. The window fits on it."""
ROOMY = QSize(1280, 800)
"""On a screen smaller than this the docks share one column."""
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class Window(QMainWindow):
    """One bench. `settings` remembers the layout; None: it is forgotten."""

    def __init__(
        self,
        bench: Bench,
        settings: QSettings | None = None,
        *,
        game: str | None = None,
        compact: bool | None = None,
    ) -> None:
        """`game` is the one to sit down at first. `compact`: all docks in one column; None: where the screen is small."""
        super().__init__()
        self.setWindowTitle("PyRGS harness")
        self.setObjectName("harness")
        room = self.screen().availableGeometry().size()
        self._compact = compact if compact is not None else room != room.expandedTo(ROOMY)
        self.resize(SMALL if self._compact else SIZE)
        self.bench = bench
        self.desk = Desk(bench, self)
        self._settings = settings
        self._waiting = False
        self._middle()
        self._session_bar()
        self.force, self.faults = ForceDock(self.desk, self), FaultsDock(self.desk, self)
        self.timeline, self.lamps = TimelineDock(self.desk, self), LampsDock(self.desk, self)
        self.transactions, self.rounds = TransactionsDock(self.desk, self), RoundsDock(self.desk, self)
        self.log, self.tape = LogDock(self.desk, self), TapeDock(self.desk, self)
        self.auto, self.backends = AutoDock(self.desk, self), BackendsDock(self.desk, self)
        self.maths = MathsDock(self.desk, self)
        self.docks: tuple[Dock, ...] = (
            self.force, self.faults, self.timeline, self.lamps, self.transactions, self.rounds, self.log,
            self.auto, self.backends, self.tape, self.maths,
        )  # fmt: skip
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        self.arrange(compact=self._compact)
        self._menus()
        self._listen()
        self._restore()
        if game is not None:
            self.game.setCurrentText(game)
        self.open_session()

    # What is where.

    def _middle(self) -> None:
        self.reels, self.controls = ReelsView(), Controls(self.desk)
        inside = QWidget()
        whole = QVBoxLayout(inside)
        whole.addWidget(self.reels, 1)
        whole.addWidget(self.controls)
        self.setCentralWidget(inside)
        self.controls.turbo.toggled.connect(lambda on: setattr(self.reels, "turbo", on))
        self.controls.spin.clicked.connect(lambda: self.spin())
        self.controls.chosen.connect(self.choose)
        self.controls.bet.connect(self._chosen)

    def _session_bar(self) -> None:
        bar = QToolBar("Session")
        bar.setObjectName("bar-session")
        self.operator, self.game, self.token = QComboBox(), QComboBox(), QLineEdit("demo-qa")
        self.operator.addItems([backend.operator for backend in self.bench.backends])
        self.game.addItems([listing.game.id for listing in self.bench.games])
        for name, field in (("Operator", self.operator), ("Game", self.game), ("Token", self.token)):
            field.setAccessibleName(name)
            bar.addWidget(faint(f" {name} "))
            bar.addWidget(field)
        self.token.setMaximumWidth(180)
        self.sit = QPushButton("Open session")
        self.sit.clicked.connect(lambda: self.open_session())
        bar.addWidget(self.sit)
        self.warning = QLabel("  TEST BENCH · play money only  ")
        self.warning.setProperty("role", "bad")
        bar.addWidget(self.warning)
        self.addToolBar(bar)

    def arrange(self, *, compact: bool) -> None:
        """Put every dock in its place: around the reels; or, for a small screen, in one column of two."""
        force, auto, maths, tape = self.force, self.auto, self.maths, self.tape
        groups: tuple[tuple[Qt.DockWidgetArea, tuple[Dock, ...]], ...] = (
            (LEFT, (force,)),
            (LEFT, (self.faults, auto)),
            (RIGHT, (self.timeline, tape)),
            (RIGHT, (self.lamps, self.backends)),
            (BOTTOM, (self.transactions, self.rounds, self.log, maths)),
        )
        if compact:
            groups = (
                (RIGHT, (force, self.faults, auto, self.timeline, tape, self.log)),
                (RIGHT, (self.transactions, self.rounds, maths, self.lamps, self.backends)),
            )
        for area, (first, *others) in groups:
            self.addDockWidget(area, first)
            for before, dock in pairwise((first, *others)):
                self.tabifyDockWidget(before, dock)
            for dock in (first, *others):
                if dock.isFloating():
                    dock.setFloating(False)
                dock.show()
            first.raise_()
        if compact:
            self.resizeDocks([force, self.transactions], [400, 400], Qt.Orientation.Horizontal)
            self.resizeDocks([force, self.transactions], [230, 230], Qt.Orientation.Vertical)
            return
        self.resizeDocks([force, self.timeline], [362, 430], Qt.Orientation.Horizontal)
        self.resizeDocks([self.transactions], [215], Qt.Orientation.Vertical)
        self.resizeDocks([force, self.faults], [318, 300], Qt.Orientation.Vertical)
        self.resizeDocks([self.timeline, self.lamps], [480, 420], Qt.Orientation.Vertical)

    def _menus(self) -> None:
        play, break_, view = (self.menuBar().addMenu(name) for name in ("&Play", "&Break", "&View"))
        self.actions_by_name: dict[str, QAction] = {}
        self._action(play, "Spin", "Space", self.spin)
        self._action(play, "Auto-spin: start or stop", "Shift+Space", self._auto)
        self._action(play, "Stop the reels", "Return", self.reels.stop)
        self._action(play, "Recover: walk unfinished rounds on", "F5", self.desk.recover)
        self._action(play, "Open session", "Ctrl+O", self.open_session)
        self._action(play, "Save evidence", "Ctrl+E", self._evidence)
        self._action(play, "Save the tape", "Ctrl+S", self.tape.ask_where)
        self._action(play, "Quit", "Ctrl+Q", self.close)
        self._action(break_, "Disarm everything", "Esc", self.disarm)
        self._action(break_, "Faults", "Ctrl+Shift+F", lambda: self._show_dock(self.faults))
        self._action(break_, "Arm the chosen fault", "Ctrl+B", self.faults.arm_chosen)
        self._action(break_, "Put the clock an hour forward", "Ctrl+H", lambda: self.bench.forward(timedelta(hours=1)))
        self._action(break_, "Deliver late requests", "Ctrl+D", self._deliver)
        self._action(break_, "Arm the tape of the round", "Ctrl+R", self.tape.arm_shown)
        self._action(break_, "Load a tape and arm it", "Ctrl+Shift+R", self.tape.ask_which)
        for place in range(KEYS):
            arm = partial(self.force.cases.arm_place, place)
            self._action(break_, f"Arm saved case {place + 1}", f"Alt+{(place + 1) % KEYS}", arm)
        for dock in self.docks:
            view.addAction(dock.toggleViewAction())
        view.addSeparator()
        self._action(view, "Tape", "Ctrl+Shift+T", lambda: self._show_dock(self.tape))
        self._action(view, "Maths", "Ctrl+M", lambda: self._show_dock(self.maths))
        self._action(view, "Filter transactions", "Ctrl+F", self._filter)
        self._action(view, "Copy a transaction as curl", "Ctrl+Shift+C", self.transactions.copy_curl)
        self._action(view, "Clear transactions", "Ctrl+L", self.transactions.model.clear)
        self._action(view, "Light or dark", "Ctrl+T", self.toggle_theme)
        self._action(view, "Reset layout", "Ctrl+0", lambda: self.arrange(compact=self._compact))
        self._action(view, "Layout for a small screen", "Ctrl+Shift+0", lambda: self.arrange(compact=True))

    def _action(self, menu: QWidget, text: str, key: str, does: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False: does())
        menu.addAction(action)
        self.actions_by_name[text] = action

    def _listen(self) -> None:
        desk = self.desk
        desk.seated.connect(self._seated)
        desk.played.connect(self._played)
        desk.shown.connect(self._show_round)
        desk.trouble.connect(lambda what: self.statusBar().showMessage(f"✕ {what}", 10_000))
        desk.hands.busy.connect(lambda count: self.setProperty("busy", count > 0))
        self.reels.clicked.connect(self._cell)
        self.auto.told.connect(self.maths.tell)
        self.transactions.copied.connect(
            lambda text: self.statusBar().showMessage(f"copied as curl: {text.splitlines()[1][2:]}", 10_000)
        )

    # What can be done.

    def open_session(self) -> None:
        """Sit down at the chosen game; what goes on by itself at the other one ends."""
        self.auto.halt()
        self.desk.open_session(self.operator.currentText(), self.token.text(), self.game.currentText())

    def spin(self) -> None:
        """Bet, unless a bet is on its way."""
        if self._waiting or self.auto.running or not self.controls.stake.count():
            return
        self._waiting = True
        self.controls.spin.setEnabled(False)
        self.reels.stop()
        self.controls.offer(())
        self.desk.spin(self.controls.stake.currentData(), self.controls.mode.currentText(), self.desk.wager.selection)

    def choose(self, round: str, choice: str) -> None:
        """Take a choice, unless something is on its way."""
        if not self._waiting:
            self._waiting = True
            self.desk.ask(lambda: self.bench.choose(round, choice))

    def disarm(self) -> None:
        """No fault and no force any more, and nothing that goes on by itself."""
        self.auto.halt()
        self.force.outcome.halt()
        self.bench.disarm_all()
        self.desk.armed.emit()

    def toggle_theme(self) -> None:
        """Dark becomes light, and light dark; in two steps, each of them short."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if not self.updatesEnabled():
            return
        self.setUpdatesEnabled(False)
        theme.strip(app)
        QTimer.singleShot(0, self, partial(self._put_on, app))

    def _put_on(self, app: QApplication) -> None:
        theme.apply(app, dark=theme.colours() is theme.LIGHT)
        self.setUpdatesEnabled(True)

    def save_evidence(self, file: Path, note: str = "") -> None:
        """Put the round that is looked at, and all that is known of it, into one file."""
        picture, id = self.grab().toImage(), self.desk.round

        def collect() -> Path:
            screen = QBuffer()
            screen.open(QIODevice.OpenModeFlag.WriteOnly)
            QImageWriter(screen, QByteArray(b"PNG")).write(picture)
            file.write_bytes(evidence.collect(self.bench, [id], note=note, screen=bytes(screen.data().data())))
            return file

        self.desk.hands.do(collect, lambda f: self.statusBar().showMessage(f"evidence saved: {f}", 10_000))

    def _evidence(self) -> None:
        if not self.desk.round:
            self.desk.trouble.emit("no round is looked at: there is nothing to save")
            return
        name, _ = QFileDialog.getSaveFileName(self, "Save evidence", f"{self.desk.round[:8]}.rgsbug", "*.rgsbug")
        if name:
            self.save_evidence(Path(name))

    def _auto(self) -> None:
        self._show_dock(self.auto)
        if not self._waiting:
            self.auto.toggle()

    def _chosen(self) -> None:
        self.auto.stake, self.auto.mode = self.controls.stake.currentData(), self.controls.mode.currentText()
        self.auto.selection = self.desk.wager.selection
        if self.controls.stake.count():
            self.maths.choose(self.desk.wager)

    def _deliver(self) -> None:
        self.desk.hands.do(
            self.bench.deliver, lambda n: self.statusBar().showMessage(f"{n} late requests arrived", 5000)
        )

    def _filter(self) -> None:
        self._show_dock(self.transactions)
        self.transactions.filter.setFocus()

    def _show_dock(self, dock: Dock) -> None:
        dock.show()
        dock.raise_()
        dock.setFocus()

    # What happened.

    def _seated(self, session: Session) -> None:
        game = self.bench.listing.game
        self.reels.sit(game.id, game.definition)
        self.controls.sit()
        self.statusBar().showMessage(f"{session.player} of {session.operator} sits at {game.name}", 10_000)
        self.reels.setFocus()

    def _played(self, round: Round | None) -> None:
        self._waiting = False
        self.controls.spin.setEnabled(True)
        if round is not None:
            self._show_round(round)

    def _show_round(self, round: Round) -> None:
        exponent = round.terms.currency.exponent
        if round.turns:
            self.controls.win.setText(spelt(round.win, exponent))
            banner = f"WIN {spelt(round.win, exponent)}" if round.win else ""
            self.reels.show_events(round.turns[-1].turn.events, forced=round.terms.forced, banner=banner)
        else:
            self.controls.win.setText("-")
            self.reels.show_none(str(round.state).upper())
        waits = round.state is State.AWAITING and round.hosted and bool(round.turns)
        self.controls.offer(round.turns[-1].turn.choices if waits else (), round.id)
        told = f"{round.state}" + (f": {round.reason}" if round.reason else "")
        self.statusBar().showMessage(f"round {round.id[:8]} is {told}", 10_000)

    def _cell(self, reel: int, row: int) -> None:
        """A symbol was clicked: its stop goes into the force dock, and any other symbol can be asked for there."""
        if reel < len(self.reels.stops_shown):
            self.force.set_stop(reel, self.reels.stops_shown[reel])
        menu = QMenu(self)
        for symbol in sorted({symbol for strip in self.reels.symbols for symbol in strip}):
            menu.addAction(f"Ask for {symbol} here", partial(self._ask_for, reel, row, symbol))
        menu.addAction("Ask for nothing here", partial(self._ask_for, reel, row, None))
        menu.popup(QCursor.pos())
        self._menu = menu

    def _ask_for(self, reel: int, row: int, symbol: str | None) -> None:
        self.force.outcome.ask_for(reel, row, symbol)
        self.force.tabs.setCurrentWidget(self.force.outcome)
        self._show_dock(self.force)

    # The layout.

    def _restore(self) -> None:
        if self._settings is None:
            return
        for key, put in (("geometry", self.restoreGeometry), ("layout", self.restoreState)):
            kept = self._settings.value(key)
            if isinstance(kept, QByteArray):
                put(kept)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember the layout, wait for the work that goes on."""
        if self._settings is not None:
            self._settings.setValue("geometry", self.saveGeometry())
            self._settings.setValue("layout", self.saveState())
        self.auto.halt()
        self.force.outcome.halt()
        self.maths.halt()
        self.desk.close()
        super().closeEvent(event)
