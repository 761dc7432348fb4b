"""Who looks on: told what happens while rounds are walked, for figures and alarms. Nothing is ever decided on it."""

from typing import Protocol

from ports.record import Round
from ports.wallet import MovementKind


class Watch(Protocol):
    """Many threads tell it at once. It answers quickly and raises nothing."""

    def called(self, operator: str, call: MovementKind, outcome: str, seconds: float) -> None:
        """A wallet was called. `outcome`: confirmed, declined, unconfirmed or contradicted."""
        ...

    def recorded(self, round: Round) -> None:
        """A version was added to the record."""
        ...

    def broke(self) -> None:
        """Recovery could not even try a round or a total: its record cannot be read, say. The log has more."""
        ...


class Nobody:
    """Looks away."""

    def called(self, operator: str, call: MovementKind, outcome: str, seconds: float) -> None:
        """Told to nobody."""

    def recorded(self, round: Round) -> None:
        """Told to nobody."""

    def broke(self) -> None:
        """Told to nobody."""
