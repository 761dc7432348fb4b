"""The record: one bet and all that came of it, as a chain of versions that are only ever added.

     OPENED -escrow-> ESCROWED -draw-> [AWAITING <-> RAISING] -> DRAWN -result-> SETTLED
       | declined: DECLINED  |                                     |
       | no answer           | game failed, cancel asked           | operator contradicts
       '---------------------+-> CANCELLING -cancel-> CANCELLED    '-> DISPUTED

A version is complete in itself: the newest one *is* the round, the older ones are its history. What is stored and
hashed is `Round.record`, canonical JSON; each version names the digest of the one before. The spelling below is a
promise to whoever reads the records in ten years: add to it under a new schema number, rename nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args

from ports import canonical
from ports.game import Json, Option, Turn, Wager
from ports.money import Currency
from ports.randomness import Draw
from ports.wallet import Funding, MovementKind

SCHEMA = 1
"""The shape of the record that this software writes."""


class State(StrEnum):
    """Where a round is. An unanswered call leaves the state as it was: the state says what may be in flight."""

    OPENED = "opened"
    """On record; the escrow may or may not have reached the wallet."""
    ESCROWED = "escrowed"
    """The wallet confirmed the escrow; nothing is drawn."""
    AWAITING = "awaiting"
    """Something was drawn; a choice, or the result of an external game, is awaited."""
    RAISING = "raising"
    """A choice with a cost is on record; its escrow may or may not have reached the wallet."""
    DRAWN = "drawn"
    """The outcome is final and on record; the wallet has not confirmed the result yet."""
    SETTLED = "settled"
    DECLINED = "declined"
    """The operator refused the stake; nothing was moved."""
    CANCELLING = "cancelling"
    """Decided and on record: the stake goes back."""
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    """Facts contradict each other; two people decide."""


FINAL = frozenset({State.SETTLED, State.DECLINED, State.CANCELLED})
"""States that end a round: nothing of it is held, nothing is owed."""

VOID = frozenset({State.DECLINED, State.CANCELLED})
"""States that end a round as if it had not been: it took nothing."""


class Kind(StrEnum):
    """What a round is for."""

    PLAY = "play"
    GRANT = "grant"
    """A total owed without a stake (a series of free rounds); it starts at DRAWN."""
    CORRECTION = "correction"
    """Names an older round and puts it right; no record ever changes."""


class Status(StrEnum):
    """How far a movement got."""

    PENDING = "pending"
    """On record; perhaps sent, not answered."""
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RETURNED = "returned"
    """An escrow whose cancel was confirmed."""
    UNFOUND = "unfound"
    """A cancel that the operator could not match; it is repeated when nothing can be in flight any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a round was accepted under; the same on each of its versions, whatever changes in the house meanwhile."""

    kind: Kind
    operator: str
    player: str
    session: str
    """Our id of the session that opened the round."""
    currency: Currency
    opened_by: str | None
    """None: hosted, the game runs here. Else the name of the game server's key, which alone drives the round."""
    game: str
    version: str
    variant: str
    maths: str
    """SHA-256 of the game's definition and source; empty for an external round."""
    software: str
    """Our own version."""
    wager: Wager
    stake: int
    """Minor units set aside by the first escrow."""
    cost: int
    """Units of the wager; one unit is worth `stake // cost` minor units. In an external round the stake itself (game
    servers count in minor units); 0 in a round without a stake."""
    funding: Funding
    reward: str | None
    cap: int
    """The most this round pays, in minor units."""
    limits: Mapping[str, int]
    """The limits in force, by name, in minor units; `reward_rounds` is how many rounds its reward pays."""
    accepted: datetime
    deadline: datetime
    """When a round that still waits is completed, cancelled or disputed without its player."""
    forced: bool = False
    """The outcome was forced in the test harness. For ever."""
    demo: bool = False
    corrects: str | None = None
    """Kind CORRECTION: the round that this one puts right."""

    def to_json(self) -> dict[str, Any]:
        """As it is spelt on record."""
        return {
            "kind": self.kind,
            "operator": self.operator,
            "player": self.player,
            "session": self.session,
            "currency": self.currency.code,
            "exponent": self.currency.exponent,
            "opened_by": self.opened_by,
            "game": self.game,
            "game_version": self.version,
            "variant": self.variant,
            "maths": self.maths,
            "software": self.software,
            "mode": self.wager.mode,
            "selection": self.wager.selection,
            "stake": self.stake,
            "cost": self.cost,
            "funding": self.funding,
            "reward": self.reward,
            "cap": self.cap,
            "limits": self.limits,
            "accepted": spelt(self.accepted),
            "deadline": spelt(self.deadline),
            "forced": self.forced,
            "demo": self.demo,
            "corrects": self.corrects,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Terms":
        """The reverse of `to_json`; raises `KeyError`, `TypeError` or `ValueError` for what it would not write."""
        rest = dict(data)
        return _typed(
            cls(
                kind=Kind(rest.pop("kind")),
                currency=Currency(rest.pop("currency"), rest.pop("exponent")),
                version=rest.pop("game_version"),
                wager=_typed(Wager(rest.pop("mode"), rest.pop("selection"))),
                funding=Funding(rest.pop("funding")),
                accepted=_moment(rest.pop("accepted")),
                deadline=_moment(rest.pop("deadline")),
                **rest,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the round's book: one movement, and how far it got. Amounts in minor units."""

    kind: MovementKind
    number: int
    amount: int
    session: str
    """Our id of the session under which it is sent."""
    since: datetime
    """When it was decided. How long the operator will recognise a repeat is counted from here."""
    status: Status = Status.PENDING
    sends: int = 0
    """How often the process that wrote this version had sent it. Evidence only."""
    reference: str | None = None
    """The operator's own id of the movement."""
    balance: int | None = None
    """The player's balance after it, as the operator said."""
    cash: int | None = None
    bonus: int | None = None
    jackpots: Mapping[str, int] = field(default_factory=dict)
    code: str | None = None
    """The operator's own code, if it was refused."""

    def to_json(self) -> dict[str, Any]:
        """As it is spelt on record."""
        return {name: getattr(self, name) for name in self.__slots__} | {"since": spelt(self.since)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Entry":
        """The reverse of `to_json`."""
        rest = dict(data)
        return _typed(
            cls(
                kind=MovementKind(rest.pop("kind")),
                since=_moment(rest.pop("since")),
                status=Status(rest.pop("status")),
                **rest,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A turn as it happened: what was asked, what was drawn, what the game made of it."""

    asked: Json
    """The player's choice; for an external draw the request; None for the first turn of a hosted round."""
    automatic: bool = False
    """The house chose, for a player who did not come back."""
    draws: tuple[Draw, ...]
    turn: Turn

    def to_json(self) -> dict[str, Any]:
        """As it is spelt on record: a draw is [purpose, bound, value], a choice [id, cost in units]."""
        return {
            "asked": self.asked,
            "automatic": self.automatic,
            "draws": self.draws,
            "win": self.turn.win,
            "events": self.turn.events,
            "state": self.turn.state,
            "choices": [(option.id, option.cost) for option in self.turn.choices],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Played":
        """The reverse of `to_json`."""
        choices = tuple(_typed(Option(name, cost)) for name, cost in data["choices"])
        events = tuple(data["events"])
        if not all(type(event) is dict for event in events):
            raise TypeError("an event is no object")
        return _typed(
            cls(
                asked=data["asked"],
                automatic=data["automatic"],
                draws=tuple(_typed(Draw(*draw)) for draw in data["draws"]),
                turn=_typed(Turn(data["win"], events, data["state"], choices)),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Round:
    """One version of a round."""

    id: str
    version: int
    terms: Terms
    state: State
    entries: tuple[Entry, ...]
    """The movements, in the order in which they were decided."""
    turns: tuple[Played, ...] = ()
    raising: str | None = None
    """The choice with a cost that is on record and not played yet."""
    win: int = 0
    """Minor units, capped, of the whole round so far."""
    reason: str | None = None
    """Why it came to this state, where that needs a reason."""
    actor: str
    """Who brought it here: "player", "key:NAME", "recovery", "staff:NAME"."""
    time: datetime
    previous: str | None = None
    """Digest of the version before this one."""

    @cached_property
    def record(self) -> bytes:
        """The record: the very bytes that are stored and hashed."""
        return canonical.dump(
            {
                "schema": SCHEMA,
                "round": self.id,
                "version": self.version,
                "terms": self.terms.to_json(),
                "state": self.state,
                "movements": [entry.to_json() for entry in self.entries],
                "turns": [played.to_json() for played in self.turns],
                "raising": self.raising,
                "win": self.win,
                "reason": self.reason,
                "actor": self.actor,
                "time": spelt(self.time),
                "previous": self.previous,
            }
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `record`, in hex."""
        return sha256(self.record).hexdigest()

    @classmethod
    def parse(cls, data: bytes) -> "Round":
        """The version that a stored record describes. Raises `canonical.Unreadable`."""
        fields = canonical.load(data)
        try:
            if fields.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            parsed = _typed(
                cls(
                    id=fields.pop("round"),
                    terms=Terms.from_json(fields.pop("terms")),
                    state=State(fields.pop("state")),
                    entries=tuple(Entry.from_json(entry) for entry in fields.pop("movements")),
                    turns=tuple(Played.from_json(played) for played in fields.pop("turns")),
                    time=_moment(fields.pop("time")),
                    **fields,
                )
            )
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise canonical.Unreadable(f"no record of a round: {problem!r}") from None
        parsed.__dict__["record"] = data
        return parsed

    def successor(self, state: State, *, time: datetime, actor: str, **changes: Any) -> "Round":
        """The next version: this one with `changes`, chained to it. A reason does not live on by itself."""
        changes.setdefault("reason", None)
        return replace(
            self, version=self.version + 1, state=state, time=time, actor=actor, previous=self.digest, **changes
        )

    @property
    def final(self) -> bool:
        """Nothing more happens, unless its escrow is answered late."""
        return self.state in FINAL

    @property
    def occupies(self) -> bool:
        """It takes the one place that a player has in a game."""
        return self.terms.kind is Kind.PLAY and not self.final and self.state is not State.DISPUTED

    @property
    def hosted(self) -> bool:
        """The game runs here; False: a game server drives the stages."""
        return self.terms.opened_by is None

    @property
    def unit(self) -> int:
        """Minor units that one unit of the game is worth in this round; 0 in a round without a stake."""
        return self.terms.stake // self.terms.cost if self.terms.cost else 0

    @property
    def staked(self) -> int:
        """Minor units escrowed over the whole round, whoever pays; what was refused or given back is left out."""
        gone = (Status.DECLINED, Status.RETURNED)
        return sum(e.amount for e in self.entries if e.kind is MovementKind.ESCROW and e.status not in gone)

    @property
    def held(self) -> int:
        """The player's own money that is set aside for this round now, in minor units."""
        return 0 if self.final or self.terms.funding is Funding.FREE else self.staked


def spelt(time: datetime) -> str:
    """The one spelling of a time on record: RFC 3339, in UTC, with microseconds; it sorts as the time does."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _moment(text: str) -> datetime:
    """The time that was spelt so. Raises `TypeError` or `ValueError`."""
    try:
        found = datetime.fromisoformat(text)
        if spelt(found) == text:
            return found
    except OverflowError:
        pass
    raise ValueError(f"{text!r} is no time as records spell it")


_PLAIN = frozenset({str, int, bool, NoneType})


def _declared(kind: type) -> Sequence[tuple[str, frozenset[type]]]:
    """The fields of texts, numbers and amounts, with the types that each may have. All others are made, not read."""
    found: list[tuple[str, frozenset[type]]] = []
    for name, declared in kind.__annotations__.items():
        types = frozenset(get_args(declared) if isinstance(declared, UnionType) else (declared,))
        if types <= _PLAIN:
            found.append((name, types))
        elif declared == Mapping[str, int]:
            found.append((name, frozenset({dict})))
    return found


_DECLARED: Mapping[object, Sequence[tuple[str, frozenset[type]]]] = {
    kind: _declared(kind) for kind in (Round, Terms, Wager, Entry, Played, Turn, Option, Draw)
}
_Part = TypeVar("_Part")


def _typed(part: _Part) -> _Part:
    """A part that was read, if its texts, numbers and amounts are what they are declared to be. Raises `TypeError`."""
    for name, allowed in _DECLARED[type(part)]:
        value = getattr(part, name)
        if type(value) not in allowed:
            raise TypeError(f"{name} is {value!r:.50}")
        if type(value) is dict and any(type(amount) is not int for amount in value.values()):
            raise TypeError(f"{name} has an amount that is none")
    return part
