"""The operator's side of a round: who the player is, and the four calls that touch the money.

    player   verify the session with the operator; say who plays, in which currency, with what balance
    escrow   set the wager aside until the outcome is known
    result   report the outcome: the escrow is taken, the win is paid, the round is closed
    cancel   give the escrow back

How an answer that is not a receipt is told:

    WalletError
    ├── Declined      the operator said no to this call; nothing was moved by it
    ├── Unconfirmed   no answer that proves anything: the money may or may not have moved
    └── Contradicted  the answer is about something else, or cannot be true; people must look

An adapter maps whatever its peer does to these three, in one table; it never retries by itself (the walk in
`core.lifecycle` does), and its request is a pure function of the movement, so that a retry is byte-identical.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from ports.money import Currency, Money


class Reason(StrEnum):
    """Why an operator says no, in words that a client can act on."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT = "limit"
    PLAYER_BLOCKED = "player_blocked"
    SESSION_INVALID = "session_invalid"
    GAME_UNAVAILABLE = "game_unavailable"
    CURRENCY = "currency"
    REGION = "region"
    REWARD_INVALID = "reward_invalid"
    UNREPRESENTABLE = "unrepresentable"
    """The protocol cannot express the movement; it was refused before anything was sent."""
    UNREACHABLE = "unreachable"
    """No connection could be made, so no byte of the request can have arrived."""
    OTHER = "other"


class WalletError(Exception):
    """An answer that is not a receipt. `code` is the operator's own code, for the record and for support."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class Declined(WalletError):
    """The operator refused; this send moved nothing.

    It proves nothing about an earlier send of the same movement: whether the refusal ends the round is for the walk.
    A protocol that refuses and still wants the money back ("roll back after any error") is `Unconfirmed` instead.
    """

    def __init__(self, reason: Reason, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.reason = reason


class Unconfirmed(WalletError):
    """Nothing can be concluded: no answer, a broken one, a server error, or a refusal that does not settle it."""


class Contradicted(WalletError):
    """The answer names another player, amount, currency or movement, or denies what the operator said before."""


class MovementKind(StrEnum):
    """What can be asked of a wallet once the player is known."""

    ESCROW = "escrow"
    RESULT = "result"
    CANCEL = "cancel"


class Funding(StrEnum):
    """Whose money a stake is."""

    CASH = "cash"
    FREE = "free"
    """A free round: the operator's reward pays the stake."""


class FreeRounds(StrEnum):
    """Who knows the rewards that pay for free rounds, and how their rounds are told."""

    OPERATORS = "operators"
    """The operator: whatever reward a bet names is passed on with its escrow, and the operator decides."""
    BY_ROUND = "by_round"
    """The house, which was told of each (`ports.rewards`); every round is told to the operator."""
    IN_TOTAL = "in_total"
    """The house; no round is told. When a reward is used up or over, its total is, as the result of a grant."""


class InDoubt(StrEnum):
    """What the operator's protocol wants after an escrow that got no answer."""

    CANCEL = "cancel"
    """Cancel it, and never send it again."""
    REPEAT = "repeat"
    """Send the same movement until it is answered; cancel it at the round's deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What recovery may assume of a backend. The conformance kit tries them; nobody just believes them."""

    real_money: bool
    in_doubt: InDoubt = InDoubt.CANCEL
    tombstones: bool = False
    """A cancel of an escrow the operator has not seen makes that escrow fail when it arrives later."""
    in_flight: timedelta = timedelta(seconds=60)
    """The longest that a sent request can still be on its way. Without tombstones, "not found" is believed only when
    it is said again after this long."""
    idempotency_window: timedelta | None = None
    """How long the operator recognises a repeated movement; None: for ever. Past it nothing is repeated blindly."""
    queryable: bool = False
    """`Wallet.query` works."""
    escrows: int | None = None
    """The most escrows one round may have; None: any number. A game that needs more is refused at the session."""
    free_rounds: FreeRounds = FreeRounds.OPERATORS
    corrections: bool = False
    """A result without an escrow, and without a reward, is paid: what staff owes a player after a mistake. Where the protocol
    has no such call, corrections are refused when they are proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Who plays, as the operator says."""

    id: str
    """The operator's id of the player. The only personal datum we keep."""
    currency: Currency
    balance: Money | None
    """What the player can spend, or None if the operator did not say. Shown, never decided on."""
    handle: str = field(repr=False)
    """The operator's session handle, sent with every movement. Secret; it may be expired when a late result is sent."""
    demo: bool = False
    """The operator says that this session is for show: nothing of it is ever real money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One thing asked of a wallet. All that a protocol may want to say is here, and nothing that changes on a retry."""

    kind: MovementKind
    number: int
    """1, 2, ... within the round and kind; a cancel has the number of the escrow it gives back."""
    round: str
    player: str
    handle: str = field(repr=False)
    game: str
    amount: Money
    """Escrow: the stake. Result: the whole win, which may be zero. Cancel: what the escrow was."""
    funding: Funding
    reward: str | None
    """The operator's id of the free-round reward, if it pays for this."""
    closes: bool
    """Nothing follows in this round."""
    escrows: tuple["EscrowReference", ...] = ()
    """Result and cancel: the escrows they answer, oldest first."""
    reason: str | None = None
    """Cancel: why."""

    @property
    def id(self) -> str:
        """The movement's identity at every attempt: `{round}:escrow:1`."""
        return f"{self.round}:{self.kind}:{self.number}"


@dataclass(frozen=True, slots=True)
class EscrowReference:
    """An earlier escrow of the round: our id of it, and the operator's if it gave one."""

    id: str
    reference: str | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The operator confirmed a movement, now or at an earlier send of it."""

    reference: str | None = None
    """The operator's own id of the movement."""
    balance: Money | None = None
    cash: int | None = None
    """The part of the amount that was real money, in minor units, where the operator splits it."""
    bonus: int | None = None
    jackpots: Mapping[str, int] = field(default_factory=dict)
    applied: bool | None = True
    """Cancel only. True: the escrow is given back. False: the operator knows of no such escrow. None: it said "ok"
    without saying which of the two."""
    messages: tuple[str, ...] = ()
    """What the operator wants the player to read, word for word."""


class Wallet(Protocol):
    """One operator's wallet. Every method may raise `Declined`, `Unconfirmed` or `Contradicted`, and nothing else.

    Calls come from many threads at once; a call returns within the adapter's own time-out.
    """

    @property
    def traits(self) -> Traits:
        """What this backend guarantees; constant."""
        ...

    def player(self, token: str, game: str) -> Player:
        """Verify the launch token with the operator and say who plays. A token may work once only."""
        ...

    def refresh(self, player: Player, game: str) -> Player:
        """Ask again for the balance of a player who is known. Moves nothing."""
        ...

    def escrow(self, movement: Movement) -> Receipt:
        """Set `movement.amount` aside. Repeated: the same receipt, moved once."""
        ...

    def result(self, movement: Movement) -> Receipt:
        """Take the escrows of the round, pay `movement.amount`, close the round. It must not need a live session."""
        ...

    def cancel(self, movement: Movement) -> Receipt:
        """Give back the escrow that `movement.number` names; `Receipt.applied` says whether there was one."""
        ...

    def query(self, movement: Movement) -> Receipt | None:
        """The receipt of a movement that the operator has booked, None if it has not. Only if `traits.queryable`."""
        ...
