"""A game: pure rules that turn a wager and chance into a win and a story. No clock, no I/O, no balance, no money.

    Game.play(wager, rng) -> Turn --choices?--> Interactive.act(state, choice, rng) -> Turn ... until no choice is left

A game counts in *units*. The house fixes what a unit is worth: a stake is a whole number of minor units for each unit
of `Game.cost(wager)`, and a win of n units pays n times that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from ports.randomness import Rng

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What may stand in an event, a state or a selection: JSON without floats, so that it has one exact spelling."""

Event: TypeAlias = Mapping[str, Json]
"""One thing the client shows. `type` says what kind; the order of a turn's events is the order to show them in."""


class IllegalWager(ValueError):
    """The game does not take this wager; the message says what it takes."""


class IllegalChoice(ValueError):
    """The choice is not among those that the last turn offered."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to bet on a game: the base game, an ante, a feature buy."""

    id: str
    cost: int
    """Units that one wager in this mode costs, where the game takes no selection."""
    rtp: Fraction
    """Declared return to player: the expected win for each unit staked (of the published strategy, if there are
    choices). Tests compare it with the exact figure."""


@dataclass(frozen=True, slots=True)
class Wager:
    """What is bet on, without the money: a mode, and a selection where the game takes one (lines, chips)."""

    mode: str
    selection: Json = None


@dataclass(frozen=True, slots=True)
class Option:
    """One legal choice of the player, and what it costs in units (0: free)."""

    id: str
    cost: int = 0


class Turn(NamedTuple):
    """What one step of a round came to."""

    win: int
    """The whole round's win so far, in units."""
    events: tuple[Event, ...] = ()
    """What the client shows of this turn: ordered, JSON, enough to draw and to replay it."""
    state: Json = None
    """What the game needs to go on, while a choice is awaited. It never leaves the server."""
    choices: tuple[Option, ...] = ()
    """The legal choices; empty when the round is over."""


class Game(Protocol):
    """One game, as the house sees it. Two instances with the same id, version and variant play alike for ever."""

    @property
    def id(self) -> str:
        """Lower-case words joined by hyphens; unique in the house, part of the page's address."""
        ...

    @property
    def name(self) -> str:
        """What the player reads."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever any outcome could; open rounds end under the version they began with."""
        ...

    @property
    def variant(self) -> str:
        """Which of the game's return-to-player variants this is, "default" where there is one only."""
        ...

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The ways to bet, the usual one first."""
        ...

    @property
    def cap(self) -> int:
        """The most units one round pays, whatever happens; the house enforces it."""
        ...

    @property
    def selection(self) -> Json:
        """A JSON schema of the selection that wagers carry, or None if they carry none."""
        ...

    @property
    def rules(self) -> Json:
        """What the player may read: what pays how much, in units; whatever a client needs to show the rules."""
        ...

    @property
    def definition(self) -> Json:
        """The whole rules as data (strips, pays, features), as far as they are data. It enters the maths digest."""
        ...

    def cost(self, wager: Wager) -> int:
        """Units this wager costs, at least 1. Raises `IllegalWager`."""
        ...

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """The first turn. All chance comes from `rng`: the same draws give the same turn."""
        ...


@runtime_checkable
class Interactive(Game, Protocol):
    """A game whose rounds ask the player something."""

    @property
    def escrows(self) -> int:
        """The most escrows that one round can need: the stake, and every choice with a cost on its longest path."""
        ...

    def act(self, state: Json, choice: str, rng: Rng) -> Turn:
        """The turn that follows `choice` at `state`. Raises `IllegalChoice`."""
        ...

    def auto(self, state: Json) -> str:
        """The free choice of the published strategy, taken for a player who does not come back."""
        ...


@runtime_checkable
class Counted(Game, Protocol):
    """A game that says how often a round wins how much; its tests count the same."""

    @property
    def wins(self) -> Mapping[str, Mapping[int, Fraction]]:
        """Mode -> units -> the chance that a round wins just that, by the published strategy."""
        ...
