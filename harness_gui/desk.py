"""The desk: what all docks share. The bench, the hands that work at it, and the news of what happened there."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from harness_gui.bench import Balances, Bench
from harness_gui.journal import Line, Write
from harness_gui.lamps import Accounts, Lamp
from harness_gui.work import Hands
from ports.game import Json, Wager
from ports.record import Round
from ports.sessions import Session

T = TypeVar("T")
LEAST = 0.2
"""Seconds between two looks at the lamps, at least; and no more than a fifth of the time is spent on them."""
TICK = 50
"""Milliseconds between two looks at the journal: 20 a second, however much happens."""
SETTLED = 4_000
"""Lines of the journal between two times that what is kept is taken out of the garbage collector's sight."""


class Desk(QObject):
    """One bench in one window."""

    lines = Signal(list)
    """New lines of the journal."""
    seated = Signal(object)
    """A session is open."""
    played = Signal(object)
    """A round was answered."""
    selected = Signal(str)
    """A round is looked at."""
    shown = Signal(object)
    """A round is to be shown on the reels."""
    armed = Signal()
    """Forces or faults changed."""
    lamps = Signal(list)
    books = Signal(list)
    """What the wallets' accounts add up to."""
    balances = Signal(object)
    trouble = Signal(str)
    """Something did not work, in words."""

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = bench
        self.hands = Hands(self)
        self.hands.failed.connect(lambda problem: self.trouble.emit(str(problem) or repr(problem)))
        self.wager = Wager("base")
        """What the window's boxes bet on."""
        self.round = ""
        """The round that is looked at."""
        self._forces: tuple[object, object] = (None, None)
        self._place = 0
        self._settled = 0
        self._checking = False
        self._stale = False
        self._counting = False
        self._recount = False
        settle()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._rested)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK)

    @property
    def up_to_date(self) -> bool:
        """Nothing goes on, and all that happened was told."""
        return self.hands.idle and not self.bench.journal.since(self._place)

    def open_session(self, operator: str, token: str, game: str) -> None:
        """Sit down at a game."""
        self.hands.do(lambda: self.bench.open_session(operator=operator, token=token, game=game), self._sat)

    def spin(self, stake: int | None, mode: str | None, selection: Json) -> None:
        """Bet."""
        self.ask(lambda: self.bench.spin(stake=stake, mode=mode, selection=selection))

    def ask(self, work: Callable[[], Round]) -> None:
        """Do something whose answer is a round."""

        def failed(problem: Exception) -> None:
            self.trouble.emit(str(problem) or repr(problem))
            self.played.emit(None)

        self.hands.do(work, self._answered, failed)

    def recover(self) -> None:
        """Walk every unfinished round on."""

        def moved(rounds: Sequence[Round]) -> None:
            for round in rounds:
                self.select(round.id)

        self.hands.do(self.bench.recover, moved)

    def select(self, round: str) -> None:
        """Look at a round."""
        self.round = round
        self.selected.emit(round)

    def show_round(self, round: Round) -> None:
        """Show it on the reels, and look at it."""
        self.select(round.id)
        self.shown.emit(round)

    def refresh(self) -> None:
        """Look at the lamps again, once: what comes while that goes on is done after it."""
        if self._checking:
            self._stale = True
            return
        self._checking, self._stale = True, False
        begun = time.monotonic()

        def told(found: tuple[list[Lamp], list[Accounts]]) -> None:
            self.lamps.emit(found[0])
            self.books.emit(found[1])
            self._pause.start(int(1000 * max(LEAST, 4 * (time.monotonic() - begun))))

        def failed(problem: Exception) -> None:
            self._pause.start(int(1000 * LEAST))
            self.trouble.emit(f"the lamps could not be checked: {problem!r}")

        self.hands.do(lambda: (self.bench.invariants(), self.bench.books()), told, failed)

    def count(self) -> None:
        """Look at the balances. It takes no time, so it does not wait for the lamps, which take more with every round."""
        if self._counting:
            self._recount = True
            return
        self._counting, self._recount = True, False

        def told(money: Balances) -> None:
            self.balances.emit(money)
            counted()

        def failed(problem: Exception) -> None:
            self.trouble.emit(f"the balances could not be read: {problem!r}")
            counted()

        def counted() -> None:
            self._counting = False
            if self._recount:
                self.count()

        self.hands.do(self.bench.balances, told, failed)

    def close(self) -> None:
        """Stop looking, and wait for the hands."""
        self._timer.stop()
        self._pause.stop()
        self.hands.close()
        gc.unfreeze()

    def _rested(self) -> None:
        self._checking = False
        if self._stale:
            self.refresh()

    def _sat(self, session: Session) -> None:
        self.seated.emit(session)
        self.refresh()
        self.count()

    def _answered(self, round: Round) -> None:
        self.select(round.id)
        self.played.emit(round)
        self.armed.emit()

    def _tick(self) -> None:
        self._look_at_forces()
        fresh: Sequence[Line] = self.bench.journal.since(self._place)
        if not fresh:
            return
        self._place = fresh[-1].place + 1
        self.lines.emit(list(fresh))
        if self._place - self._settled > SETTLED:
            self._settled = self._place
            self.hands.do(settle)
        if any(isinstance(line, Write) for line in fresh):
            self.refresh()
            self.count()

    def _look_at_forces(self) -> None:
        """A round that somebody else plays at this bench may have taken what was armed."""
        forces = (self.bench.deck.force, self.bench.outside.force)
        if any(now is not before for now, before in zip(forces, self._forces, strict=True)):
            self._forces = forces
            self.armed.emit()


def settle() -> None:
    """Collect what is garbage, and look at the rest no more.

    A full collection holds every thread up, for 150 ms where the journal is full, and finds nothing there: what it keeps are
    lines without cycles. So it has only ever to look at what came since the last time.
    """
    gc.collect()
    gc.freeze()
