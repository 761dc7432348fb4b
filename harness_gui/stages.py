"""A game server at the bench: it drives the stages of a round as it would over HTTP, so that scenarios need no network."""

from typing import Any
from uuid import uuid4

from core.external import Key
from harness_gui.journal import Journal
from ports.game import Json
from ports.money import LIMIT
from ports.record import Round
from ports.sessions import Session
from rgs.container import Container

KEY = Key(name="bench", operators=None, games=None, largest_win=LIMIT - 1)
GAME = "their-game"
"""A game that is not here."""


class Stages:
    """One player's rounds of a game that runs elsewhere. Whatever is wrong is told as `core.external.External` tells it."""

    def __init__(self, container: Container, journal: Journal) -> None:
        self._container = container
        self._journal = journal
        self._session: Session | None = None

    def sit(self, *, operator: str, token: str) -> Session:
        """Sit down at that game."""
        sessions = self._container.sessions()
        self._session = sessions.open(operator=operator, token=token, game=GAME, opened_by=KEY.name).session
        return self._session

    def escrow(self, stake: int) -> Round:
        """Open a round."""
        assert self._session is not None
        id = str(uuid4())
        self._journal.said(id, f"a game server sets {stake} aside")
        return self._container.external().escrow(KEY, self._session, id, stake, None).round

    def draw(self, id: str, asked: Json) -> Any:
        """The next draw of a round: its values."""
        external = self._container.external()
        number = len(external.find(KEY, id).turns) + 1
        self._journal.said(id, f"draw {number}")
        return external.draw(KEY, id, number, asked)[0]

    def result(self, id: str, win: int, outcome: Json) -> Round:
        """Report the outcome."""
        self._journal.said(id, f"a result of {win}")
        return self._container.external().result(KEY, id, win, outcome).round

    def cancel(self, id: str, reason: str) -> Round:
        """Give the stake back."""
        self._journal.said(id, f"cancel: {reason}")
        return self._container.external().cancel(KEY, id, reason).round
