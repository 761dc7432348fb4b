"""What goes over the wire, as the simulator sees it: raw requests, raw replies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Request:
    """A request, as its bytes came. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer. `length` None: the true one."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Intent:
    """What a request wants, told without judging it. `verb`: balance, bet, win, close, cancel, grant, or other."""

    verb: str
    id: str = ""
    round: str = ""


class Operator(Protocol):
    """One operator: a protocol over a ledger."""

    def intent(self, request: Request) -> Intent:
        """What the request is about, for faults to be aimed and bytes to be compared. Never fails."""
        ...

    def answer(self, request: Request) -> Reply:
        """Do what is asked, or refuse."""
        ...

    def refusal(self, request: Request, code: str) -> Reply:
        """An answer with this code, and nothing done."""
        ...

    def garbled(self, reply: Reply) -> Reply:
        """The same answer about another movement."""
        ...

    def launch(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """The call that opens a game: method, target, headers, body."""
        ...

    def keys(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take new keys, and tell what the other side needs to know."""
        ...
