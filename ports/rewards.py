"""Free rounds: an operator rewards a player with so many rounds of a game, and pays their stakes.

    operator --its call--> Rewarding.reward -> RewardDesk.issue --> RewardStore
    player   --a bet that names the reward--> the round's funding is `free`; it holds nothing of the player's

What a bet may use is decided here and not by the player's client: the game, the stake, how many rounds, until when. How
the wins are paid is the operator's protocol: round by round, or as one total at the end (`ports.wallet.FreeRounds`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from ports.launch import LaunchCall
from ports.money import Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """So many free rounds of one player."""

    operator: str
    player: str
    """The operator's id of the player, who need never have been here."""
    id: str
    """The operator's; unique among the player's rewards."""
    currency: Currency
    stakes: Mapping[str, int]
    """Game -> minor units of each round's stake."""
    rounds: int
    """How many, in all these games together."""
    begins: datetime
    expires: datetime
    """No round is begun from then on; those that were go on to their end."""


class Kept(NamedTuple):
    """A reward in the store."""

    reward: Reward
    withdrawn: bool
    """The operator took back what was not played."""
    told: bool
    """The total was put on record, where this operator is told totals."""


class Standing(StrEnum):
    """What has become of a reward."""

    ACTIVE = "active"
    PLAYED = "played"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Status(NamedTuple):
    """A reward as it is now."""

    reward: Reward
    standing: Standing
    left: int
    """Rounds that can still be begun, were it active."""


class RewardConflict(Exception):
    """The player has another reward with this id."""


class RewardRefused(Exception):
    """Such a reward cannot be played here; the message says why."""


class RewardStore(Protocol):
    """Where rewards are kept. Many threads call it at once; what it did is durable when it returns."""

    def add(self, reward: Reward) -> None:
        """Keep a reward; the same once more changes nothing. Raises `RewardConflict`."""
        ...

    def find(self, operator: str, player: str, id: str) -> Kept | None:
        """One reward."""
        ...

    def withdraw(self, operator: str, player: str, id: str) -> None:
        """No round is begun from now on. Of a reward that is not there: nothing."""
        ...

    def tell(self, operator: str, player: str, id: str) -> None:
        """The total is on record."""
        ...

    def of(self, operator: str, player: str) -> Sequence[Kept]:
        """All rewards of a player, in the order in which they came."""
        ...

    def named(self, operator: str, id: str) -> Sequence[Kept]:
        """All rewards of an operator with this id, whoever the player is."""
        ...

    def untold(self, operator: str) -> Sequence[Kept]:
        """All rewards of an operator whose total is not on record."""
        ...


class RewardDesk(Protocol):
    """What an operator may ask of the house; one operator's."""

    @property
    def games(self) -> Sequence[str]:
        """The games that can be given rounds of."""
        ...

    def stakes(self, game: str) -> Sequence[int]:
        """The stakes that a free round of the game can have, ascending. Raises `RewardRefused`: no such game."""
        ...

    def issue(
        self, *, player: str, id: str, currency: Currency, stakes: Mapping[str, int], rounds: int,
        begins: datetime | None, expires: datetime | None,
    ) -> Status:  # fmt: skip
        """Give a player free rounds; asked again with the same, the same. `begins` None: at once; `expires`
        None: after a month.

        Raises `RewardRefused` (no such game, a stake that it does not have, no rounds, over already), `RewardConflict`.
        """
        ...

    def find(self, id: str, player: str | None = None) -> Status | None:
        """A reward, by its id and, where that is not unique at this operator, its player."""
        ...

    def withdraw(self, id: str, player: str | None = None) -> Status | None:
        """Take back what is not played yet; a round that was begun goes on. None: there is no such reward."""
        ...

    def now(self) -> datetime:
        """The house's clock."""
        ...


@runtime_checkable
class Rewarding(Protocol):
    """A wallet whose operator gives free rounds by calls to us."""

    def reward(self, call: LaunchCall, desk: RewardDesk) -> bytes | None:
        """Do what a call asks for and return the JSON answer; None if it is no call about rewards. Raises `LaunchRefused`."""
        ...
