"""Backends: the operators of the configuration and what their wallets say of themselves. Secrets are never shown."""

from dataclasses import fields

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from harness_gui.desk import Desk
from harness_gui.docks import Dock
from ports.wallet import Traits


class BackendsDock(Dock):
    """One paragraph an operator, and where a browser can play."""

    NAME = "backends"
    TITLE = "Backends"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.text = QLabel()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setMargin(8)
        self.fill(self.text)
        self.show_address("")

    def show_address(self, address: str) -> None:
        """Say where the bench serves HTTP, if it does."""
        parts = [f"serves {address}\n"] if address else []
        for backend in self.desk.bench.backends:
            traits = (f"  {f.name.replace('_', ' ')}: {getattr(backend.traits, f.name)}" for f in fields(Traits))
            parts.append("\n".join([f"{backend.operator}: {backend.backend}", *traits]))
        health = self.desk.bench.container.monitor().health
        parts.append(f"randomness: {'sound' if health.sound else health.reason}")
        self.text.setText("\n\n".join(parts))
