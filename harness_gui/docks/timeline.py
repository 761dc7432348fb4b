"""Timeline: one round as a sequence between client, house and wallet, with every durable write marked. Where did it break?"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from harness_gui.journal import Call, Line, Said, Write
from harness_gui.theme import colours

STEP = 38
HEAD = 30
LANES = (0.12, 0.50, 0.88)
NAMES = ("client", "house", "wallet")


class Diagram(QWidget):
    """The picture itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Line] = ()
        self.setAccessibleName("Timeline of the round")

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these."""
        self._lines = lines
        self.setMinimumHeight(HEAD + STEP * (len(lines) + 1))
        self.setAccessibleDescription("; ".join(words(line) for line in lines))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for the words."""
        return QSize(380, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Lanes, then a step each line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = colours()
        painter.fillRect(self.rect(), QColor(c.panel))
        for name, lane in zip(NAMES, LANES, strict=True):
            x = self.width() * lane
            painter.setPen(QPen(QColor(c.line), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, HEAD), QPointF(x, self.height()))
            painter.setPen(QColor(c.text))
            painter.setFont(QFont(self.font().family(), 9, QFont.Weight.Bold))
            painter.drawText(QRectF(x - 50, 4, 100, HEAD - 8), Qt.AlignmentFlag.AlignCenter, name)
        for row, line in enumerate(self._lines):
            self._draw(painter, line, HEAD + STEP * (row + 0.75))

    def _draw(self, painter: QPainter, line: Line, y: float) -> None:
        c = colours()
        client, house, wallet = (self.width() * lane for lane in LANES)
        if isinstance(line, Said):
            told = line.text.startswith(("told", "refused"))
            self._arrow(painter, house if told else client, client if told else house, y, QColor(c.text))
            self._label(painter, line.text, client + 6, house - 6, y, c.text)
        elif isinstance(line, Write):
            box = QRectF(house - 62, y - 15, 124, 24)
            painter.setPen(QPen(QColor(c.accent), 1.5))
            painter.setBrush(QColor(c.field))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(c.accent))
            painter.setFont(QFont(self.font().family(), 9, QFont.Weight.Bold))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"⛁ {line.version} {line.state}")
        else:
            colour = QColor(_colour(line))
            self._arrow(painter, house, wallet, y - 4, QColor(c.wallet))
            if line.answer in ("receipt", "declined", "contradicted"):
                self._arrow(painter, wallet, house, y + 5, colour)
            else:
                self._cross(painter, (house + wallet) / 2, y + 5, colour)
            self._label(
                painter, f"{line.call} #{line.attempt}: {line.answer}", house + 6, wallet - 6, y - 2, _colour(line)
            )

    def _arrow(self, painter: QPainter, start: float, end: float, y: float, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        back = -6 if end > start else 6
        painter.drawLine(QPointF(end, y), QPointF(end + back, y - 4))
        painter.drawLine(QPointF(end, y), QPointF(end + back, y + 4))

    def _cross(self, painter: QPainter, x: float, y: float, colour: QColor) -> None:
        """An answer that never came."""
        painter.setPen(QPen(colour, 2.4))
        painter.drawLine(QPointF(x - 5, y - 5), QPointF(x + 5, y + 5))
        painter.drawLine(QPointF(x - 5, y + 5), QPointF(x + 5, y - 5))

    def _label(self, painter: QPainter, text: str, left: float, right: float, y: float, colour: str) -> None:
        painter.setPen(QColor(colour))
        painter.setFont(QFont(self.font().family(), 8))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(right - left))
        painter.drawText(QRectF(left, y - 22, right - left, 17), Qt.AlignmentFlag.AlignCenter, shown)


class TimelineDock(Dock):
    """The round that is looked at."""

    NAME = "timeline"
    TITLE = "Timeline"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.head = QLabel("no round yet")
        self.head.setWordWrap(True)
        self.head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.diagram = Diagram()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidget(self.diagram)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.head)
        column.addWidget(self._scroll)
        self.setWidget(inside)
        desk.selected.connect(lambda _: self._show())
        desk.lines.connect(self._more)

    def _more(self, lines: Sequence[Line]) -> None:
        if any(line.round == self.desk.round for line in lines):
            self._show()

    def _show(self) -> None:
        round = self.desk.round
        self.desk.hands.do(lambda: self.desk.bench.timeline(round), self._told)

    def _told(self, lines: Sequence[Line]) -> None:
        writes = [line for line in lines if isinstance(line, Write)]
        forced = "  ⚑ forced" if any(write.forced for write in writes) else ""
        state = f"  {writes[-1].state}" if writes else ""
        self.head.setText(f"{self.desk.round}{state}{forced}")
        self.diagram.show_lines(lines)


def words(line: Line) -> str:
    """A line in words, for people who do not see the picture."""
    if isinstance(line, Said):
        return line.text
    if isinstance(line, Write):
        return f"on record: version {line.version}, {line.state}"
    return f"{line.call} to the wallet, try {line.attempt}: {line.answer or 'no answer yet'}"


def _colour(line: Call) -> str:
    c = colours()
    return {"receipt": c.good, "unconfirmed": c.doubt, "": c.faint}.get(line.answer, c.bad)
