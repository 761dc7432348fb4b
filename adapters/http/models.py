"""The shapes on the wire: what is asked (checked to the letter), and what is answered (written down for the documents).

Every amount is a whole number of minor units of the session's currency.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from adapters.http import strict_json
from core.draws import MAX_COUNT
from ports import ids
from ports.money import LIMIT

ROUND_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

RoundId = Annotated[str, Field(pattern=ROUND_ID, description="A lower-case UUID, made by the client.")]
Operator = Annotated[str, Field(min_length=1, max_length=64, description="The operator's name in the settings.")]
Token = Annotated[str, Field(min_length=1, max_length=4096, description="The operator's launch token.")]
GameId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Bearer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$", description="The session, as it was opened.")]
Reward = Annotated[
    str, Field(min_length=1, max_length=ids.LONGEST, description="The operator's id of a free-round reward.")
]
Stake = Annotated[int, Field(ge=1, lt=LIMIT)]
Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Number = Annotated[int, Field(ge=1, le=100_000)]
Anything = Annotated[Any, Field(description="Any JSON without fractions.")]
Weight = Annotated[tuple[Anything, int], Strict(False)]


def _from_text(value: object) -> object:
    return strict_json.integer(value) if isinstance(value, str) else value


Digits = BeforeValidator(_from_text)


class Asked(BaseModel):
    """A request: nothing is converted, and nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid")


class NoQuery(Asked):
    """No parameters at all."""


class OfRound(Asked):
    """A draw that goes on a round's tape names the round and its own number there; both or neither."""

    round: RoundId | None = None
    draw: Number | None = None


class RangeQuery(OfRound):
    """Integers from `min` up to, and without, `max`."""

    min: Annotated[int, Field(ge=-(2**64), le=2**64), Digits]
    max: Annotated[int, Field(ge=-(2**64), le=2**64), Digits]
    count: Annotated[int, Field(ge=1, le=MAX_COUNT), Digits] = 1
    draw: Annotated[int | None, Field(ge=1, le=100_000), Digits] = None


class Weighted(OfRound):
    """Values, each as likely as its weight."""

    weights: Annotated[list[Weight], Field(min_length=1, max_length=4096)]
    count: Count = 1


class Shuffle(OfRound):
    """All items in random order, or `count` of them: a sample without replacement."""

    items: Annotated[list[Anything], Field(max_length=MAX_COUNT)]
    count: Count | None = None


class Open(Asked):
    """A launch token of an operator, for one game."""

    operator: Operator
    token: Token
    game: GameId


class Refresh(Asked):
    """A session that is open already."""

    session: Bearer


class Escrow(Asked):
    """Set the wager aside. Escrow 1 opens the round."""

    session: Bearer
    round: RoundId
    stake: Stake
    escrow: Number = 1
    reward: Reward | None = None


class Result(Asked):
    """Report the outcome: the whole round's win, and what should be kept of the outcome."""

    round: RoundId
    win: Annotated[int, Field(ge=0, lt=LIMIT)]
    outcome: Anything = None


class Cancel(Asked):
    """Give the stake back, as long as nothing was drawn."""

    round: RoundId
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class Play(Asked):
    """A bet. The mode is the game's first one unless another is named."""

    stake: Stake
    mode: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    selection: Anything = None
    reward: Reward | None = None


class Choose(Asked):
    """One of the choices that turn number `turn` offered."""

    turn: Number
    choice: Annotated[str, Field(min_length=1, max_length=200)]


class HistoryQuery(Asked):
    """So many rounds, from where the last page ended."""

    limit: Annotated[int, Field(ge=1, le=100), Digits] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class GamesQuery(Asked):
    """Whose limits the stakes are within; the house's own unless an operator is named."""

    operator: Operator | None = None


class Given(BaseModel):
    """Free rounds that the player can play now: a bet of this stake that names the reward."""

    reward: str
    rounds: int
    """How many are left."""
    stake: int
    expires: str


class Values(BaseModel):
    """What was drawn."""

    values: list[Any]


class Items(BaseModel):
    """What was drawn."""

    items: list[Any]


class Option(BaseModel):
    """A choice, and the further stake that it costs."""

    id: str
    cost: int


class Round(BaseModel):
    """A round, as it is now."""

    round: str
    state: Literal[
        "opened", "escrowed", "awaiting", "raising", "drawn", "settled", "declined", "cancelling", "cancelled",
        "disputed",
    ]  # fmt: skip
    game: str
    mode: str
    selection: Any = None
    reward: str | None
    stake: int
    win: int
    unit: Annotated[int, Field(description="Minor units that one unit in the game's events is worth.")]
    balance: Annotated[int | None, Field(description="As the wallet last said; null if it has not.")]
    held: Annotated[int, Field(description="Set aside in unfinished rounds of this player and currency.")]
    currency: str
    exponent: Annotated[int, Field(description="Decimal digits of the currency's minor unit.")]
    events: list[dict[str, Any]]
    choices: Annotated[list[Option], Field(description="While a choice is awaited.")] = []
    turn: Annotated[int, Field(description="Turns so far.")]
    reason: Annotated[str | None, Field(description="Why the operator refused.")] = None
    created: str
    updated: str


class History(BaseModel):
    """Rounds, newest first, and the cursor of the next page."""

    rounds: list[Round]
    next: str | None


class Player(BaseModel):
    """Who plays, as the operator knows them."""

    id: str
    operator: str
    demo: bool


class Session(BaseModel):
    """A player's stay at one game."""

    session: str
    player: Player
    balance: int | None
    held: int
    currency: str
    exponent: int
    game: str
    rewards: list[Given]
    """Free rounds of this game, those that end first to the front."""
    open_round: Round | None
    expires: str


class Mode(BaseModel):
    """A way to bet: what it costs in units, its return to player as a decimal fraction, and its stakes."""

    id: str
    cost: int
    rtp: str
    stakes: list[int]
    default_stake: int | None


class Game(BaseModel):
    """A game, with the stakes of its first mode."""

    id: str
    name: str
    version: str
    modes: list[Mode]
    stakes: list[int]
    default_stake: int | None
    interactive: bool
    selection: Annotated[Any, Field(description="A JSON schema of the selection that bets carry, or null.")]
    rules: Annotated[Any, Field(description="What pays how much, in units; null where the game says nothing.")]


class Games(BaseModel):
    """All games of the house."""

    games: list[Game]


class Health(BaseModel):
    """The process runs, or is ready."""

    status: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: Annotated[bool, Field(description="The same request may be sent again as it is.")]
    state: Annotated[str | None, Field(description="The state of the round concerned.")] = None
    round: Annotated[str | None, Field(description="The round concerned.")] = None
    reason: Annotated[str | None, Field(description="Why the operator refused.")] = None
