"""What the house lays down for every round it accepts: limits, deadlines, and its own name and version."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from core.errors import BadRequest, NotFound
from core.stakes import Stakes
from ports.randomness import Entropy
from ports.record import Entry, Kind, Round, State, Terms
from ports.wallet import MovementKind

_OURS = UUID("0b8f2f0e-8a53-5b5e-9d52-0c1a4f6f3d77")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class Answered(NamedTuple):
    """A request's round as it is now, and whether the request had been made before."""

    round: Round
    replay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rules in force for new rounds."""

    software: str
    """Our version, as it goes on record."""
    stakes: Mapping[str, Stakes]
    """By operator."""
    deadline: timedelta
    """How long a round may wait before it is completed, cancelled or disputed without its player."""
    external: frozenset[str] = frozenset()
    """The games of game servers, as far as their keys name them."""
    forced: Callable[[str | None], bool]
    """Whether the outcome of the next round is forced, given who opens it (`Terms.opened_by`). The server's answer is
    never; only the test harness forces.
    """

    def limits(self, operator: str) -> Stakes:
        """The stakes at an operator. Raises `NotFound`: it is not among the settings (any more)."""
        if operator not in self.stakes:
            raise NotFound(f"there is no operator {operator!r}")
        return self.stakes[operator]


def check_round_id(id: str) -> None:
    """Raise `BadRequest` unless `id` is a lower-case UUID (RFC 9562)."""
    if not _UUID.match(id):
        raise BadRequest(
            "a round id is a lower-case UUID that the client makes, such as 01890a5d-ac96-774b-b9aa-9f1f1a0c7f2e"
        )


def derived_round_id(*names: str) -> str:
    """The round id that stands for these names, always the same: a UUID of version 5 (RFC 9562, section 5.5)."""
    return str(uuid5(_OURS, "\n".join(names)))


def own_round_id(entropy: Entropy) -> str:
    """A round id of our own making: a UUID of version 4 (RFC 9562, section 5.4)."""
    digits = entropy.read(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def first_version(id: str, terms: Terms, actor: str, now: datetime) -> Round:
    """OPENED, with its escrow on record and nothing sent yet."""
    escrow = Entry(kind=MovementKind.ESCROW, number=1, amount=terms.stake, session=terms.session, since=now)
    return Round(id=id, version=1, terms=terms, state=State.OPENED, entries=(escrow,), actor=actor, time=now)


def owed(id: str, terms: Terms, amount: int, state: State, actor: str, now: datetime, reason: str) -> Round:
    """A round without a stake: `amount` is owed to the player. It starts at DRAWN (a grant), or waits for a second
    person at DISPUTED (a correction).
    """
    assert terms.kind is not Kind.PLAY
    result = Entry(kind=MovementKind.RESULT, number=1, amount=amount, session=terms.session, since=now)
    return Round(
        id=id, version=1, terms=terms, state=state, entries=(result,), win=amount, actor=actor, time=now, reason=reason
    )
