"""Sessions: who may play or drive rounds, until when, and the operator's handle that goes with each call.

A bearer token is a secret of 256 bits; only its SHA-256 is kept. The operator's handle is kept encrypted, apart from
the rounds, for as long as a late result may need it: ending a session never removes it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ports.money import Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A player's stay at one game of one operator."""

    id: str
    """Public: it stands on the records of rounds."""
    operator: str
    player: str
    currency: Currency
    game: str
    opened_by: str | None
    """None: a player's client opened it for a hosted game. Else the name of the game server's key."""
    handle: str = field(repr=False)
    """The operator's session handle, as `ports.wallet.Player` has it."""
    demo: bool
    created: datetime
    expires: datetime


class SessionStore(Protocol):
    """Where sessions are kept."""

    def add(self, session: Session, token_digest: bytes) -> None:
        """Keep a new session under the SHA-256 of its bearer token; durable on return."""
        ...

    def find(self, token_digest: bytes) -> Session | None:
        """The session of this bearer token, unless it was ended. Expiry is for the caller to judge."""
        ...

    def get(self, id: str) -> Session | None:
        """The session with this id, ended or not."""
        ...

    def end(self, id: str) -> None:
        """From now on its bearer token opens nothing."""
        ...
