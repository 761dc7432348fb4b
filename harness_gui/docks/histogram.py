"""How often rounds win how much: what was played, beside what must be. Drawn on a scale of powers of ten."""

from collections.abc import Sequence
from math import ceil, floor, log10, sqrt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from harness_gui.auto import Z
from harness_gui.maths import BINS
from harness_gui.theme import colours

LEFT, TOP, FOOT = 62, 20, 20
SHORT = {"nothing": "0", "below 1x": "< 1x", "500x or more": "500x +", "free games": "free"}
"""Names of ranges that are too long to stand below a bar."""
DEEPEST = -8


class Histogram(QWidget):
    """A bar a range: filled is what was played; the line with its bracket what must be, and how far chance may stray."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Sequence[int] = ()
        self._chances: Sequence[float] | None = None
        self.setMinimumSize(340, 120)
        self.setAccessibleName("Histogram of wins")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the words below the bars."""
        return QSize(640, 180)

    def show_wins(self, counts: Sequence[int], chances: Sequence[float] | None) -> None:
        """Rounds that were played in each range of `BINS`, and how likely each is (None: not known exactly)."""
        self._counts, self._chances = counts, chances
        self.setAccessibleDescription("; ".join(self.words()))
        self.update()

    def words(self) -> list[str]:
        """The picture in words."""
        told = []
        total = sum(self._counts)
        for place, name in enumerate(BINS):
            count = self._counts[place] if self._counts else 0
            words = f"{name}: {count} of {total}"
            if self._chances is not None:
                words += f", exactly {self._chances[place] * total:.1f}"
            told.append(words)
        return told

    def floor(self) -> int:
        """The power of ten at the foot of the picture."""
        least = [chance for chance in self._chances or () if chance > 0]
        total = sum(self._counts)
        least += [count / total for count in self._counts if count]
        return max(DEEPEST, min(-2, floor(log10(min(least))))) if least else -2

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The scale, then the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = colours()
        painter.fillRect(self.rect(), QColor(c.panel))
        painter.setFont(QFont(self.font().family(), 8))
        area = QRectF(LEFT, TOP, self.width() - LEFT - 8, self.height() - TOP - FOOT)
        deep = self.floor()
        self._scale(painter, area, deep)
        self._legend(painter, area)
        wide = area.width() / len(BINS)
        total = sum(self._counts)
        for place, name in enumerate(BINS):
            slot = QRectF(area.left() + place * wide, area.top(), wide, area.height())
            if total and self._counts[place]:
                top = _height(self._counts[place] / total, slot, deep)
                bar = QRectF(slot.left() + wide * 0.2, top, wide * 0.6, slot.bottom() - top)
                painter.setPen(QPen(QColor(c.wallet), 1))
                fill = QColor(c.wallet)
                fill.setAlpha(110)
                painter.setBrush(fill)
                painter.drawRect(bar)
            if self._chances is not None and self._chances[place] > 0:
                self._exact(painter, slot, self._chances[place], total, deep)
            painter.setPen(QColor(c.text))
            below = QRectF(slot.left(), slot.bottom() + 2, wide, FOOT - 4)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, SHORT.get(name, name))

    def _scale(self, painter: QPainter, area: QRectF, deep: int) -> None:
        c = colours()
        apart = max(1, ceil(-deep * 16 / max(1.0, area.height())))
        for power in range(0, deep - 1, -1):
            y = _height(10.0**power, area, deep)
            painter.setPen(QPen(QColor(c.line), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            if power % apart == 0:
                painter.setPen(QColor(c.faint))
                words = "all" if not power else f"1 in {_short(10**-power)}"
                box = QRectF(0, y - 8, LEFT - 6, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _exact(self, painter: QPainter, slot: QRectF, chance: float, total: int, deep: int) -> None:
        painter.setPen(QPen(QColor(colours().accent), 2))
        y = _height(chance, slot, deep)
        painter.drawLine(QPointF(slot.left() + slot.width() * 0.08, y), QPointF(slot.right() - slot.width() * 0.08, y))
        if not total:
            return
        stray = Z * sqrt(chance * (1 - chance) / total)
        high, low = _height(min(1.0, chance + stray), slot, deep), _height(chance - stray, slot, deep)
        x, tick = slot.center().x(), slot.width() * 0.1
        painter.setPen(QPen(QColor(colours().accent), 1))
        painter.drawLine(QPointF(x, high), QPointF(x, low))
        for end in (high, low):
            painter.drawLine(QPointF(x - tick, end), QPointF(x + tick, end))

    def _legend(self, painter: QPainter, area: QRectF) -> None:
        c = colours()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        told = f"▮ played: {sum(self._counts):,} rounds"
        painter.setPen(QColor(c.wallet))
        box = QRectF(area.left(), 0, area.width(), TOP - 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)
        painter.setPen(QColor(c.faint if self._chances is None else c.accent))
        words = "no exact distribution" if self._chances is None else "━ exact, bracket: 95 of 100 runs"
        painter.drawText(box, right, words)


def _height(part: float, area: QRectF, deep: int) -> float:
    """Where a part of all rounds stands: 1 at the top, the deepest power of ten at the foot."""
    return area.bottom() if part <= 10.0**deep else area.top() + area.height() * log10(part) / deep


def _short(number: int) -> str:
    return f"{number // 10**6}M" if number >= 10**6 else f"{number // 1000}k" if number >= 10**4 else f"{number:,}"
