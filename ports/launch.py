"""A launch: how an operator sends a player to a game, in its protocol's own words.

    operator --its call--> Launching.arrive -> Launch --the game's address--> Launching.welcome -> its answer

Either the operator's server calls, signed, and is answered with an address; or the player's browser comes itself, with an
address that proves nothing, and is sent on. In both cases `Wallet.player` redeems the launch's token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable


class LaunchCall(NamedTuple):
    """What came, to the byte."""

    path: str
    """Below the operator's launch address, without a slash before it: "v2/a8r_provider.Launcher/Real"."""
    query: str
    """As it was sent, without the question mark."""
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A player on the way to a game. With `token`, `Wallet.player` says who plays. None: a launch for show, without a
    player; nothing is ever asked of the operator for it, so it is played at a wallet of play money.
    """

    token: str | None
    game: str
    """Ours."""
    language: str | None = None
    lobby: str | None = None
    """Where the player goes back to."""
    cashier: str | None = None


class LaunchRefused(Exception):
    """A launch that cannot be accepted: the HTTP status and the JSON body that the protocol wants in answer."""

    def __init__(self, message: str, *, status: int, body: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


@runtime_checkable
class Launching(Protocol):
    """A wallet whose operator launches games."""

    def arrive(self, call: LaunchCall) -> Launch:
        """Who comes, and to which game. Raises `LaunchRefused`."""
        ...

    def welcome(self, url: str) -> bytes | None:
        """The JSON answer to a launch that was accepted: the game is at `url`. None: it is the player's browser that
        called, and it is sent there.
        """
        ...
