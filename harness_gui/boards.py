"""The games without reels, drawn in the reels' place: a hand of cards, the numbers of roulette, the fields of a wheel.

Each says in words what it shows, and a colour is never alone: a suit is a shape, the ball's colour a word, and what is held,
won or stopped at has a frame and a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from harness_gui.art import picture
from harness_gui.theme import colours
from ports.game import Event

SUITS = {"s": "♠", "h": "♥", "d": "♦", "c": "♣"}
FACE, INK, RED, GREEN = "#fbfaf7", "#1b2130", "#c2182b", "#137a4b"
"""Of cards and numbers: they look the same by day and by night."""
CENTRE = Qt.AlignmentFlag.AlignCenter


class Board(Protocol):
    """What a turn came to."""

    @property
    def words(self) -> str:
        """The same, to be read."""
        ...

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Draw it within the box."""
        ...


def board(game: str, events: Sequence[Event], definition: Any) -> Board | None:
    """The board of a turn, or None if there is none for such a game."""
    for event in events:
        match event.get("type"):
            case "deal" | "redraw":
                held: Any = event.get("held")
                places = None if held is None else tuple(held)
                return Hand(tuple(map(str, _list(event["cards"]))), places, str(event["hand"]))
            case "ball":
                won = [each for each in events if each.get("type") == "bet"]
                red = definition.get("bets", {}).get("red", ()) if isinstance(definition, Mapping) else ()
                return Numbers(int(str(event["number"])), str(event["colour"]), frozenset(red), _bets(won))
            case "wheel":
                pays = {str(name): int(units) for name, units, _ in _part(definition, "fields")}
                fields = tuple(map(str, _list(event["fields"])))
                return Fields(game, fields, int(str(event["place"])), pays)
    return None


@dataclass(frozen=True, slots=True)
class Hand:
    """Five cards; after the draw it is known which were held."""

    cards: tuple[str, ...]
    held: tuple[int, ...] | None
    hand: str

    @property
    def words(self) -> str:
        """Card by card, and what they are together."""
        told = (f"{_rank(card)}{SUITS[card[1]]}{self._kept(place)}" for place, card in enumerate(self.cards))
        return f"{' '.join(told)}: {self.hand}"

    def _kept(self, place: int) -> str:
        return " (held)" if self.held is not None and place in self.held else ""

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The cards side by side, each over its place as the choices name it."""
        gap, head, foot = 12.0, 44.0, 40.0
        wide = min((box.width() - gap * (len(self.cards) - 1)) / len(self.cards), (box.height() - head - foot) / 1.4)
        left = box.center().x() - (wide * len(self.cards) + gap * (len(self.cards) - 1)) / 2
        top = box.center().y() - wide * 0.7 + (head - foot) / 2
        _write(painter, QRectF(box.x(), top - head, box.width(), head - 8), self.hand, 16, colours().text, bold=True)
        for place, card in enumerate(self.cards):
            face = QRectF(left + place * (wide + gap), top, wide, wide * 1.4)
            self._draw_card(painter, face, card)
            kept = self.held is not None and place in self.held
            if kept:
                painter.setPen(QPen(QColor(colours().accent), 4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(face, 10, 10)
            word = f"{place + 1}" if self.held is None else f"{place + 1} {'held' if kept else 'new'}"
            below = QRectF(face.x(), face.bottom() + 6, wide, foot - 10)
            _write(painter, below, word, 12, colours().accent if kept else colours().faint, bold=kept)

    def _draw_card(self, painter: QPainter, face: QRectF, card: str) -> None:
        ink = RED if card[1] in "hd" else INK
        painter.setPen(QPen(QColor(colours().line), 1))
        painter.setBrush(QColor(FACE))
        painter.drawRoundedRect(face, 10, 10)
        size = max(8, int(face.width() * 0.24))
        upper, lower = QRectF(face), QRectF(face)
        upper.setHeight(face.height() * 0.45)
        lower.setTop(face.y() + face.height() * 0.4)
        _write(painter, upper, _rank(card), size, ink, bold=True)
        _write(painter, lower, SUITS[card[1]], int(size * 1.5), ink)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the ball lies, on a table of 0 to 36, and the bets that won."""

    number: int
    colour: str
    red: frozenset[int]
    won: tuple[str, ...]
    COLUMNS: ClassVar[int] = 13

    @property
    def words(self) -> str:
        """The number, its colour, and what won."""
        return f"{self.number} {self.colour}: {', '.join(self.won) or 'no bet won'}"

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The number, the table with a frame around it, and the bets that won."""
        side = min(box.width() / self.COLUMNS, (box.height() - 130) / 3)
        left, top = box.center().x() - side * self.COLUMNS / 2, box.center().y() - side * 1.5 + 15
        title = QRectF(box.x(), top - 74, box.width(), 60)
        _write(painter, title, f"{self.number}  {self.colour}", 26, colours().text, bold=True)
        for number in range(37):
            column, row = ((number + 2) // 3, 2 - (number - 1) % 3) if number else (0, 0)
            cell = QRectF(left + column * side, top + row * side, side, side if number else 3 * side)
            self._draw_number(painter, cell.adjusted(2, 2, -2, -2), number)
        below = QRectF(box.x(), top + 3 * side + 8, box.width(), 48)
        _write(
            painter, below, " · ".join(self.won) or "no bet won", 12, colours().good if self.won else colours().faint
        )

    def _draw_number(self, painter: QPainter, cell: QRectF, number: int) -> None:
        here = number == self.number
        painter.setPen(QPen(QColor(colours().line), 1))
        painter.setBrush(QColor(RED if number in self.red else INK if number else GREEN))
        painter.drawRoundedRect(cell, 4, 4)
        if here:
            painter.setPen(QPen(QColor(colours().accent), 2))
            painter.setBrush(QColor(FACE))
            painter.drawEllipse(cell.center(), cell.width() * 0.44, cell.width() * 0.44)
        size = max(7, int(min(cell.width(), cell.height()) * 0.3))
        _write(painter, cell, str(number), size, INK if here else FACE, bold=True)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a wheel, and the one it stopped at."""

    game: str
    fields: tuple[str, ...]
    place: int
    pays: Mapping[str, int]

    @property
    def words(self) -> str:
        """The field, and what it pays."""
        return f"the wheel stops at {self._told(self.fields[self.place])}"

    def _told(self, field: str) -> str:
        return f"{field}, {self.pays[field]} units" if field in self.pays else field

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The fields side by side; a frame and a pointer where it stopped."""
        wide = min(box.width() / len(self.fields), 150.0)
        high = min(wide * 1.6, box.height() - 90)
        left, top = box.center().x() - wide * len(self.fields) / 2, box.center().y() - high / 2 + 15
        _write(painter, QRectF(box.x(), top - 68, box.width(), 34), self._told(self.fields[self.place]), 18,
               colours().text, bold=True)  # fmt: skip
        for place, field in enumerate(self.fields):
            tile = QRectF(left + place * wide, top, wide, high).adjusted(4, 0, -4, 0)
            here = place == self.place
            painter.setPen(QPen(QColor(colours().accent if here else colours().line), 4 if here else 1))
            painter.setBrush(QColor(colours().panel))
            painter.drawRoundedRect(tile, 8, 8)
            self._draw_field(painter, tile, field, here=here)
            if here:
                _write(painter, QRectF(tile.x(), top - 30, tile.width(), 28), "▼", 16, colours().accent)

    def _draw_field(self, painter: QPainter, tile: QRectF, field: str, *, here: bool) -> None:
        side = min(tile.width() * 0.8, tile.height() - 56)
        art = picture(self.game, field, max(8, int(side * painter.device().devicePixelRatioF())))
        if art is not None:
            place = QRectF(tile.center().x() - side / 2, tile.y() + 6, side, side)
            painter.drawPixmap(place, art, QRectF(art.rect()))
        name = QRectF(tile.x(), tile.bottom() - 48, tile.width(), 22)
        _write(painter, name, field, 10, colours().text, bold=here)
        if field in self.pays:
            _write(painter, name.translated(0, 22), str(self.pays[field]), 10, colours().faint)


def _write(painter: QPainter, box: QRectF, text: str, size: int, colour: str, *, bold: bool = False) -> None:
    painter.setPen(QColor(colour))
    painter.setFont(QFont(painter.font().family(), size, QFont.Weight.Bold if bold else QFont.Weight.Normal))
    painter.drawText(box, CENTRE | Qt.TextFlag.TextWordWrap, text)


def _rank(card: str) -> str:
    return "10" if card[0] == "T" else card[0]


def _bets(won: Sequence[Event]) -> tuple[str, ...]:
    return tuple(f"{each['bet']} wins {each['win']} units" for each in won)


def _list(value: Any) -> list[Any]:
    return list(value)


def _part(definition: Any, name: str) -> list[Any]:
    return list(definition.get(name, ())) if isinstance(definition, Mapping) else []
