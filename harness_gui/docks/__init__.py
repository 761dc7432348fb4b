"""The docks: one module each, all of them over the same desk."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QScrollArea, QWidget

from harness_gui.desk import Desk


class Dock(QDockWidget):
    """A dock with a name that the layout is remembered by."""

    NAME = ""
    TITLE = ""
    AREA = Qt.DockWidgetArea.RightDockWidgetArea

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(self.TITLE, parent)
        self.setObjectName(f"dock-{self.NAME}")
        self.desk = desk

    def fill(self, inside: QWidget) -> None:
        """Put this into the dock; where there is too little room it scrolls."""
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        self.setWidget(scroll)


def faint(text: str = "", *, wraps: bool = True) -> QLabel:
    """A label for what is said in passing."""
    label = QLabel(text)
    label.setProperty("role", "faint")
    label.setWordWrap(wraps)
    return label
