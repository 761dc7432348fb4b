"""A row that folds: its parts stand side by side where there is room for all of them, else one above the other."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget


class Folding(QWidget):
    """Parts from left to right; from top to bottom where it is too narrow for that."""

    def __init__(self, *parts: QWidget, stretch: int = -1) -> None:
        """`stretch` is the place of the part that takes what is left over."""
        super().__init__()
        self._parts = parts
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        for place, part in enumerate(parts):
            self._box.addWidget(part, int(place == stretch))

    @property
    def folded(self) -> bool:
        """The parts are above each other."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as the widest part: it can fold."""
        sizes = [part.minimumSizeHint().expandedTo(part.minimumSize()) for part in self._parts]
        apart = self._box.spacing() * (len(sizes) - 1)
        heights = [size.height() for size in sizes]
        return QSize(max(size.width() for size in sizes), sum(heights) + apart if self.folded else max(heights))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold, or unfold."""
        needed = sum(max(part.minimumSizeHint().width(), part.minimumWidth()) for part in self._parts)
        fold = needed + self._box.spacing() * (len(self._parts) - 1) > event.size().width()
        if fold != self.folded:
            way = QBoxLayout.Direction.TopToBottom if fold else QBoxLayout.Direction.LeftToRight
            self._box.setDirection(way)
            self.updateGeometry()
        super().resizeEvent(event)
