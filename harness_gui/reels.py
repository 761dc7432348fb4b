"""The reels, or what a game without reels has in their place: a round's events, drawn.

Whatever moves here moves after the outcome is on record, and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSizeF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from harness_gui.art import picture
from harness_gui.boards import Board, board
from harness_gui.theme import colours
from ports.game import Event

LINES = ("#ff5d6c", "#67a9ff", "#4cc38a", "#f0b94a", "#c98bff", "#42d4d4", "#ff9ad5", "#b5d94c")
TURN = 520
"""Milliseconds until the first reel stops."""
APART = 170
"""Milliseconds between two reels."""
MARGIN = 14.0
HEAD = 44.0
"""Pixels above the reels, for the marks."""
FOOT = 84.0
"""Pixels below them, for the stops and what was won."""
BANNER = 50.0
"""Pixels below a board, for what was won."""
BOARD = QSizeF(440, 270)
"""The least room that a board wants; where there is less it is drawn smaller."""
HOLD = 700
"""Milliseconds that a board rests before the next one."""


@dataclass(slots=True)
class Frame:
    """A board at rest."""

    window: list[list[str]]
    stops: list[int]
    """Empty where nothing turned: what won left, and the rest fell."""
    wins: list[Event]
    caption: str

    @property
    def turns(self) -> bool:
        """The reels turned for it."""
        return bool(self.stops)


def frames(events: Sequence[Event]) -> list[Frame]:
    """The boards that a turn shows, each with what wins on it."""
    found: list[Frame] = []
    held: list[list[int]] = []
    caption = ""
    for event in events:
        kind = event.get("type")
        if kind == "free_game":
            caption = f"free game {event['number']} · {event['left']} left"
        elif "window" in event and kind not in ("hold", "respin"):
            window = [list(map(str, column)) for column in _lists(event["window"])]
            found.append(Frame(window, [int(stop) for stop in _list(event.get("stops", ()))], [], caption))
        elif kind in ("hold", "respin") and (found or "window" in event):
            cells = _lists(event["cells"])
            held += cells
            window = [
                list(map(str, column)) for column in _lists(event["window"] if "window" in event else found[-1].window)
            ]
            for reel, row in cells:
                window[reel][row] = str(event["symbol"])
            found.append(Frame(window, [], [{"type": "hold", "cells": list(held)}], f"respins left: {event['left']}"))
        elif event.get("cells") and found:
            found[-1].wins.append(event)
    return found


class ReelsView(QWidget):
    """The window of a slot, its winning lines, and the stop below each reel. Cards, roulette and a wheel have a
    board of their own (`harness_gui.boards`); what else there may be is told in words.
    """

    clicked = Signal(int, int)
    """A cell: reel, row."""
    rested = Signal()
    """Everything shown has come to rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(260, 200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Reels")
        self.turbo = False
        """Nothing moves; the result is the same."""
        self._game = ""
        self._strips: Sequence[Sequence[str]] = ()
        self._window: list[list[str]] = []
        self._stops: list[int] = []
        self._wins: list[Event] = []
        self._words: list[str] = []
        self._board: Board | None = None
        self._definition: Any = None
        self._forced = False
        self._banner = ""
        self._caption = ""
        self._faded = False
        self._frames: list[Frame] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._next)
        self._turning = QVariantAnimation(self)
        self._turning.valueChanged.connect(lambda _: self.update())
        self._turning.finished.connect(self._at_rest)

    @property
    def window_shown(self) -> Sequence[Sequence[str]]:
        """For each reel the symbols that it comes to rest with, from the top down."""
        return self._window

    @property
    def stops_shown(self) -> Sequence[int]:
        """The stop of each reel."""
        return self._stops

    @property
    def symbols(self) -> Sequence[Sequence[str]]:
        """What each reel can show, as far as the game tells."""
        return self._strips or self._window

    def sit(self, game: str, definition: Any) -> None:
        """Show a game before its first spin."""
        self._turning.stop()
        self._pause.stop()
        self._frames, self._caption = [], ""
        self._game, self._strips = game, _strips(definition)
        self._board, self._definition = None, definition
        self.setAccessibleDescription("")
        rows = _part(definition, "rows") or 3
        heights = list(rows) if isinstance(rows, list | tuple) else [rows] * len(self._strips)
        self._window = [
            [strip[row % len(strip)] for row in range(height)]
            for strip, height in zip(self._strips, heights, strict=False)
        ]
        self._stops = [0] * len(self._window)
        self._wins, self._words, self._forced, self._banner, self._faded = [], [], False, "", False
        self.update()

    def show_events(self, events: Sequence[Event], *, forced: bool, banner: str) -> None:
        """Show a turn, board after board: the reels turn and come to rest, what wins is marked, what falls has fallen."""
        self._turning.stop()
        self._pause.stop()
        self._frames = frames(events)
        self._board = None if self._frames else board(self._game, events, self._definition)
        self._words = [] if self._frames or self._board else [_sentence(event) for event in events]
        self.setAccessibleDescription(self._board.words if self._board else "; ".join(self._words))
        self._forced, self._banner, self._faded = forced, banner, False
        if not self._frames:
            self._window, self._stops, self._wins, self._caption = [], [], [], ""
            self._at_rest()
        elif self.turbo or not self.isVisible():
            self._finish()
        else:
            self._next()

    def _next(self) -> None:
        """The next board, turning if the reels turn for it."""
        frame = self._frames.pop(0)
        self._put(frame)
        if not frame.turns:
            self._at_rest()
            return
        length = TURN + APART * len(self._window)
        self._turning.setStartValue(0.0)
        self._turning.setEndValue(float(length))
        self._turning.setDuration(length)
        self._turning.start()

    def _put(self, frame: Frame) -> None:
        self._window, self._wins, self._caption = frame.window, frame.wins, frame.caption
        self._stops = frame.stops or self._stops

    def _finish(self) -> None:
        """The last board, at once."""
        while self._frames:
            self._put(self._frames.pop(0))
        self._at_rest()

    def show_none(self, banner: str) -> None:
        """A round without an outcome: what is on the reels is the one before, and fades."""
        self._turning.stop()
        self._pause.stop()
        self._frames, self._caption = [], ""
        self._wins, self._forced, self._banner, self._faded = [], False, banner, True
        self._at_rest()

    def stop(self) -> None:
        """Let the reels rest at once."""
        if self.moving:
            self._turning.stop()
            self._pause.stop()
            self._finish()

    def _at_rest(self) -> None:
        """A board has come to rest; another one may follow."""
        self.update()
        if self._frames:
            self._pause.start(HOLD)
        else:
            self.rested.emit()

    @property
    def moving(self) -> bool:
        """Something is still to be shown."""
        return bool(self._frames) or self._spinning

    @property
    def _spinning(self) -> bool:
        return self._turning.state() == QVariantAnimation.State.Running

    # Drawing.

    def _cell(self) -> tuple[float, float, float]:
        """The size of a cell, and the corner of the first one."""
        reels = max(1, len(self._window))
        rows = max((len(column) for column in self._window), default=3)
        size = min((self.width() - 2 * MARGIN) / reels, (self.height() - HEAD - FOOT) / rows)
        return size, (self.width() - size * reels) / 2, HEAD

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = colours()
        painter.fillRect(self.rect(), QColor(c.ground))
        if not self._window:
            self._draw_instead(painter)
            return
        size, left, top = self._cell()
        time = float(self._turning.currentValue() or 0.0) if self._spinning else float("inf")
        for reel, column in enumerate(self._window):
            frame = QRectF(left + reel * size + 3, top, size - 6, size * len(column))
            painter.setPen(QPen(QColor(c.line), 1))
            painter.setBrush(QColor(c.panel))
            painter.drawRoundedRect(frame, 10, 10)
            ends = TURN + reel * APART
            painter.save()
            painter.setClipRect(frame)
            self._draw_reel(painter, reel, frame, size, time / ends if time < ends else 1.0)
            painter.restore()
            self._draw_stop(painter, reel, frame, known=time >= ends)
        if not self._spinning:
            self._draw_wins(painter, size, left, top)
        self._draw_veil(painter)
        self._draw_marks(painter)

    def _draw_veil(self, painter: QPainter) -> None:
        if self._faded:
            veil = QColor(colours().ground)
            veil.setAlpha(190)
            painter.fillRect(self.rect(), veil)

    def _draw_reel(self, painter: QPainter, reel: int, frame: QRectF, size: float, done: float) -> None:
        column = self._window[reel]
        strip = self._strips[reel] if reel < len(self._strips) else column
        stop = self._stops[reel] if reel < len(self._stops) else 0
        travel = (1.0 - QEasingCurve(QEasingCurve.Type.OutCubic).valueForProgress(done)) * 18
        whole, part = int(travel), travel - int(travel)
        for row in range(-1, len(column)):
            place = stop + row - whole
            symbol = column[row] if whole == 0 and row >= 0 else strip[place % len(strip)]
            self._draw_symbol(painter, symbol, QRectF(frame.x(), frame.y() + (row + part) * size, frame.width(), size))

    def _draw_symbol(self, painter: QPainter, symbol: str, box: QRectF) -> None:
        side = min(box.width(), box.height()) * 0.78
        ratio = self.devicePixelRatioF()
        drawn = picture(self._game, symbol, max(8, int(side * ratio)))
        if drawn is not None:
            painter.drawPixmap(
                QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side),
                drawn,
                QRectF(drawn.rect()),
            )
            return
        painter.setPen(QColor(colours().text))
        painter.setFont(QFont(self.font().family(), max(8, int(side / max(4, len(symbol))))))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, symbol)

    def _draw_stop(self, painter: QPainter, reel: int, frame: QRectF, *, known: bool) -> None:
        stop = str(self._stops[reel]) if known and reel < len(self._stops) else "·"
        painter.setPen(QColor(colours().faint))
        painter.setFont(QFont(self.font().family(), 10))
        below = QRectF(frame.x(), frame.bottom() + 6, frame.width(), 24)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"stop {stop}")

    def _draw_wins(self, painter: QPainter, size: float, left: float, top: float) -> None:
        for number, win in enumerate(self._wins):
            cells = [(int(cell[0]), int(cell[1])) for cell in _lists(win["cells"])]
            points = [QPointF(left + (reel + 0.5) * size, top + (row + 0.5) * size) for reel, row in cells]
            colour = QColor(LINES[number % len(LINES)])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if win.get("type") == "line":
                faint = QColor(colour)
                faint.setAlpha(130)
                painter.setPen(QPen(faint, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPolyline(points)
            painter.setPen(QPen(colour, 3))
            inset = 6 + 4 * (number % 3)
            for reel, row in cells:
                box = QRectF(left + reel * size, top + row * size, size, size).adjusted(inset, inset, -inset, -inset)
                painter.drawRoundedRect(box, 8, 8)

    def _draw_marks(self, painter: QPainter) -> None:
        c = colours()
        if self._caption:
            painter.setPen(QColor(c.accent))
            painter.setFont(QFont(self.font().family(), 12, QFont.Weight.Bold))
            painter.drawText(
                self.rect().adjusted(0, 8, -16, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
                self._caption,
            )
        if self._forced:
            box = QRectF(MARGIN, 9, 92, 26)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.bad))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QColor(c.ground))
            painter.setFont(QFont(self.font().family(), 10, QFont.Weight.Bold))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "⚑ FORCED")
        if self._banner and not self.moving:
            painter.setFont(QFont(self.font().family(), 15, QFont.Weight.Bold))
            width = painter.fontMetrics().horizontalAdvance(self._banner) + 36
            box = QRectF((self.width() - width) / 2, self.height() - 46, width, 40)
            painter.setPen(QPen(QColor(c.accent), 2))
            ground = QColor(c.ground)
            ground.setAlpha(225)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 20, 20)
            painter.setPen(QColor(c.accent))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._banner)

    def _draw_instead(self, painter: QPainter) -> None:
        """No reels: a board, or words."""
        if self._board is not None:
            box = QRectF(self.rect()).adjusted(MARGIN, HEAD, -MARGIN, -BANNER)
            shrunk = min(1.0, box.width() / BOARD.width(), box.height() / BOARD.height())
            painter.save()
            painter.translate(box.topLeft())
            painter.scale(shrunk, shrunk)
            self._board.draw(painter, QRectF(0, 0, box.width() / shrunk, box.height() / shrunk))
            painter.restore()
        else:
            self._draw_words(painter)
        self._draw_veil(painter)
        self._draw_marks(painter)

    def _draw_words(self, painter: QPainter) -> None:
        painter.setPen(QColor(colours().text))
        painter.setFont(QFont(self.font().family(), 11))
        text = "\n".join(self._words) or "Space plays."
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), Qt.AlignmentFlag.AlignCenter, text)

    # The mouse and the keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click stops the reels, or names a cell."""
        if self.moving:
            self.stop()
            return
        size, left, top = self._cell()
        reel, row = int((event.position().x() - left) // size), int((event.position().y() - top) // size)
        if 0 <= reel < len(self._window) and 0 <= row < len(self._window[reel]):
            self.clicked.emit(reel, row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return stops the reels."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.moving:
            self.stop()
            return
        super().keyPressEvent(event)


def _strips(definition: Any) -> Sequence[Sequence[str]]:
    """The strips of a slot's base spin, wherever its definition has them."""
    found = _part(_part(definition, "base"), "strips") or _part(definition, "strips") or ()
    return [list(map(str, strip)) for strip in found]


def _part(definition: Any, name: str) -> Any:
    """A part of a definition, at its top or in its machine."""
    if not isinstance(definition, Mapping):
        return None
    return definition.get(name) or _part(definition.get("machine"), name)


def _list(value: Any) -> list[Any]:
    return list(value)


def _lists(value: Any) -> list[list[Any]]:
    return [list(item) for item in value]


def _sentence(event: Event) -> str:
    rest = ", ".join(f"{name} {value}" for name, value in event.items() if name != "type")
    return f"{event.get('type')}: {rest}"[:200]
