"""Where rounds are kept, as a promise: insert only, durable on return, one version after the other.

RoundConflict   that version exists: somebody else walked the round on; reload, never force
RoundOpen       the player has another unfinished round of this game
RewardSpent     the reward that should pay this round has paid its last one
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ports.game import Wager
from ports.money import Currency
from ports.record import Round, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Bet:
    """What is asked for. The id is the client's own: the same id is the same bet, however often it is sent."""

    round: str
    wager: Wager
    stake: int
    """Minor units, for the whole wager."""
    reward: str | None = None
    """The operator's id of a free-round reward that pays the stake."""


class RoundConflict(Exception):
    """The version to add exists already, or the one before it does not: the round was walked on by somebody else."""


class RoundOpen(Exception):
    """The player has another unfinished round of this game; `round` is its id."""

    def __init__(self, round: str) -> None:
        super().__init__(f"round {round} is not finished")
        self.round = round


class RewardSpent(Exception):
    """As many rounds of the reward as its terms allow have been begun, and not given back."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rounds, newest first, and the cursor of the next page (None: that was all)."""

    rounds: Sequence[Round]
    next: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """The rounds in one state that is not final: how many, and when the oldest of them was accepted."""

    state: State
    count: int
    oldest: datetime


class RoundStore(Protocol):
    """Where rounds are kept. Nothing in it is ever changed or deleted. Many threads call it at once."""

    def add(self, *versions: Round) -> None:
        """Keep these versions of one round, all or none; they are durable when this returns.

        Raises `RoundConflict` if a version exists or the one before it does not, `RoundOpen` if a first version would
        be a second round that `occupies` the place of (operator, player, game), `RewardSpent` if it would be one more of
        its (operator, player, reward) than `terms.limits["reward_rounds"]`, not counting those that were declined or
        cancelled. What comes first here is reported first. Any other failure means that the disk cannot be trusted,
        and must not be survived.
        """
        ...

    def load(self, round: str) -> Round | None:
        """The newest version."""
        ...

    def versions(self, round: str) -> Sequence[Round]:
        """All versions, oldest first; empty if there is no such round."""
        ...

    def open_round(self, operator: str, player: str, game: str) -> Round | None:
        """The round that occupies this player's place in the game."""
        ...

    def held(self, operator: str, player: str, currency: Currency) -> int:
        """The sum of `Round.held` over all rounds of the player in this currency, in minor units."""
        ...

    def history(self, operator: str, player: str, *, game: str | None, limit: int, cursor: str | None) -> Page:
        """The player's rounds (of one game), newest accepted first. Raises `ValueError` for a cursor it never gave."""
        ...

    def rewarded(self, operator: str, player: str, reward: str) -> Sequence[Round]:
        """The newest versions of all rounds that this reward pays for, oldest first."""
        ...

    def unfinished(self) -> Sequence[str]:
        """The ids of all rounds that are neither final nor disputed, oldest first: what recovery walks."""
        ...

    def disputed(self) -> Sequence[str]:
        """The ids of all disputed rounds, oldest first: what people must decide."""
        ...

    def pending(self) -> Sequence[Pending]:
        """How many rounds have not ended, and since when, by state in the order of states."""
        ...
