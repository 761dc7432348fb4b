"""The pictures of the games, as the browser shows them too."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ART = Path(__file__).parent.parent / "games" / "art"


@lru_cache(maxsize=512)
def picture(game: str, symbol: str, size: int) -> QPixmap | None:
    """The art of a symbol as a square of so many pixels, or None if there is none."""
    file = ART / game / f"{symbol}.svg"
    if not file.is_file():
        return None
    renderer = QSvgRenderer(str(file))
    if not renderer.isValid():
        return None
    drawn = QPixmap(size, size)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn
