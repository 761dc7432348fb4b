"""What the adapters to casino protocols have in common, and nothing of any one protocol.

options     checked strictly; an unknown key is named                       `parse`, `Common`
keys        from a variable or a file, never from the settings themselves    `KeySource`
currencies  our codes and minor units, theirs, and exact amounts between     `Currencies`
ids         UUIDs that derive from our movement ids, the same at every send  `uuid_of`
codes       what each answer means for each call, as a table of data         `Row`, `Table`
calls       their fields: a text, a whole number, a time                      `text`, `whole`, `moment`
launches    players who arrive in a signed call, kept until their browser    `Launches`
"""

import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretBytes, ValidationError, model_validator

from ports.launch import LaunchCall
from ports.money import LIMIT, Currency, Money
from ports.wallet import Contradicted, Declined, MovementKind, Player, Reason, Unconfirmed

# Options.


class Section(BaseModel):
    """Options that are checked strictly."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KeySource(Section):
    """Where a key is: an environment variable, or a file (relative to the data directory)."""

    variable: str | None = None
    file: Path | None = Field(None, strict=False)

    @model_validator(mode="after")
    def _one(self) -> "KeySource":
        if (self.variable is None) == (self.file is None):
            raise ValueError("a key is in a variable or in a file, one of the two")
        return self

    def read(self, data: Path, environment: Mapping[str, str]) -> SecretBytes:
        """The key, without the line's end. Raises `ValueError` that names the place, never the key."""
        if self.variable is not None:
            value, place = environment.get(self.variable, "").encode(), f"variable {self.variable}"
        else:
            path = data / str(self.file)
            value, place = path.read_bytes() if path.is_file() else b"", f"file {path}"
        if not value.strip():
            raise ValueError(f"there is no key in {place}")
        return SecretBytes(value.strip(b"\r\n"))


class CurrencyOption(Section):
    """A currency whose name or unit differs at the operator: 1 of ours is 10**-shift of theirs."""

    exponent: int = Field(ge=0, le=9)
    theirs: str | None = None
    shift: int = Field(0, ge=0, le=9)


class Common(Section):
    """The options that every protocol here has."""

    url: str
    """Where the operator's wallet is."""
    currencies: dict[str, int | CurrencyOption] = Field(min_length=1)
    """Our currency code -> the digits of its minor unit, or `CurrencyOption`."""
    games: dict[str, str] = {}
    """Our game id -> the operator's, where they differ."""
    real_money: bool = True
    timeout_seconds: float = Field(15, gt=0, le=60)
    """For one whole call."""
    in_flight_seconds: float = Field(60, ge=1, le=86_400)
    """The longest that a request of ours can be on its way to the operator's books; not less than `timeout_seconds`."""
    connections: int = Field(32, ge=1, le=1024)

    @property
    def in_flight(self) -> timedelta:
        """`ports.wallet.Traits.in_flight`."""
        return timedelta(seconds=max(self.in_flight_seconds, self.timeout_seconds))

    def game(self, ours: str) -> str:
        """The operator's id of our game."""
        return self.games.get(ours, ours)

    def our_game(self, theirs: str) -> str:
        """Our id of the operator's game."""
        return next((ours for ours, named in self.games.items() if named == theirs), theirs)


_Options = TypeVar("_Options", bound=Common)


def parse(model: type[_Options], options: Mapping[str, object]) -> _Options:
    """The options, checked. Raises `ValueError` that names each key that is wrong, and shows no value."""
    try:
        return model.model_validate(dict(options))
    except ValidationError as problem:
        told = "; ".join(_complaint(error) for error in problem.errors(include_input=False, include_url=False))
        raise ValueError(told) from None


def _complaint(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "options"
    return f"{place}: {'there is no such option' if error['type'] == 'extra_forbidden' else error['msg']}"


# Currencies and amounts.


@dataclass(frozen=True, slots=True)
class Traded:
    """A currency as we know it and as the operator does. `digits`: of our minor unit, in the operator's main unit."""

    ours: Currency
    theirs: str
    digits: int

    def decimal(self, amount: Money) -> Decimal:
        """The amount in the operator's main units, exactly. Raises `Declined` for another currency."""
        if amount.currency != self.ours:
            raise Declined(Reason.CURRENCY, f"{amount.currency.code} is not {self.ours.code} here")
        return Decimal(amount.minor).scaleb(-self.digits)

    def money(self, value: Decimal | int) -> Money | None:
        """The operator's amount as ours, exactly; None for what is no whole number of our minor units, or is too big."""
        exact = Decimal(value)
        if not exact.is_finite() or len(exact.as_tuple().digits) > 28:
            return None
        try:
            minor = exact.scaleb(self.digits)
            if abs(minor) >= LIMIT or minor != minor.to_integral_value():
                return None
        except DecimalException:
            return None
        return Money(int(minor), self.ours)


class Currencies:
    """The currencies that an operator plays in."""

    def __init__(self, options: Mapping[str, int | CurrencyOption]) -> None:
        """Raises `ValueError`."""
        self._traded = {}
        for code, option in options.items():
            if not isinstance(option, CurrencyOption):
                option = CurrencyOption(exponent=option)
            ours = Currency(code, option.exponent)
            self._traded[code] = Traded(ours, option.theirs or code, option.exponent + option.shift)
        if len({traded.theirs for traded in self._traded.values()}) < len(self._traded):
            raise ValueError("currencies: two of them have the same name at the operator")

    def ours(self, currency: Currency) -> Traded:
        """By our currency. Raises `Declined`."""
        traded = self._traded.get(currency.code)
        if traded is None or traded.ours != currency:
            raise Declined(Reason.CURRENCY, f"{currency.code} is not configured for this operator")
        return traded

    def __iter__(self) -> Iterator[Traded]:
        return iter(self._traded.values())

    def theirs(self, code: object) -> Traded:
        """By the operator's code. Raises `Declined`."""
        for traded in self._traded.values():
            if traded.theirs == code:
                return traded
        raise Declined(Reason.CURRENCY, f"{code!r} is not configured for this operator")


# Ids.

_NAMESPACE = uuid.UUID("6e0f8f52-54f4-5f0a-9d3c-1f6f5f0d7c11")


def uuid_of(id: str) -> str:
    """A UUID that this id always has (RFC 9562, version 5)."""
    return str(uuid.uuid5(_NAMESPACE, id))


# What answers mean.


class Means(Enum):
    """What an answer proves, where it is no plain refusal."""

    DONE = "the movement is booked, now or before"
    UNFOUND = "the operator knows of no such escrow"
    UNTOLD = "there is nothing to give back, or it is given back already; it does not say which"
    UNSETTLED = "nothing is proved"
    CONTRADICTS = "it cannot be true; people must look"


Verdict = Means | Reason
"""A `Reason` is a plain refusal."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one code means, as the answer to each call."""

    escrow: Verdict
    result: Verdict
    cancel: Verdict
    ask: Verdict | None = None
    """The answer to a question that moves nothing. None: as for an escrow."""


class Table:
    """The meaning of every code that a protocol documents. A code that is not in it proves nothing."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows

    def judge(self, kind: MovementKind | None, code: str, message: str = "") -> Means:
        """DONE, UNFOUND or UNTOLD; everything else is raised. `kind` None: the call moves nothing."""
        row = self.rows.get(code)
        verdict = Means.UNSETTLED if row is None else _verdict(row, kind)
        told = f"the operator answered {code} {message}".strip()
        if isinstance(verdict, Reason):
            raise Declined(verdict, told, code=code)
        if verdict is Means.CONTRADICTS:
            raise Contradicted(told, code=code)
        if verdict is Means.UNSETTLED:
            raise Unconfirmed(told, code=code)
        return verdict


def _verdict(row: Row, kind: MovementKind | None) -> Verdict:
    match kind:
        case MovementKind.RESULT:
            return row.result
        case MovementKind.CANCEL:
            return row.cancel
        case None if row.ask is not None:
            return row.ask
        case _:
            return row.escrow


# Fields of a call of the operator's.


def text(fields: Mapping[str, Any], name: str) -> str:
    """A field that is a text, and not empty. Raises `ValueError`."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing, or no text")
    return value


def whole(fields: Mapping[str, Any], name: str) -> int:
    """A field that is a whole number. Raises `ValueError`."""
    value = fields.get(name)
    if type(value) is not int:
        raise ValueError(f"{name} is missing, or no whole number")
    return value


def moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    """A field that is an ISO 8601 date or time, in UTC, as it is where no zone is given; None if it is not there.

    Raises `ValueError`, also for a time that UTC has no date for.
    """
    if fields.get(name) is None:
        return None
    found = datetime.fromisoformat(text(fields, name).strip())
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{name} is no date in UTC") from None


# Players who arrive in a call of the operator's.


def header(call: LaunchCall, name: str) -> str:
    """A header of a launch, whatever the case of its name; empty if it is not there."""
    return next((value for given, value in call.headers.items() if given.lower() == name.lower()), "")


class Launches:
    """Players on their way from the operator's call to their browser's first request. Each token works once."""

    LARGEST = 100_000

    def __init__(self, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds`: how long a token is good. `clock`: monotonic seconds."""
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, str, Player]] = {}

    def add(self, player: Player, game: str) -> str:
        """Keep a player; returns the token that `take` gives it out for."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._forget()
            self._waiting[token] = (self._clock() + self._seconds, game, player)
        return token

    def take(self, token: str, game: str) -> Player:
        """The player, once. Raises `Declined`."""
        with self._lock:
            self._forget()
            found = self._waiting.get(token)
            if found is None or found[1] != game:
                raise Declined(Reason.SESSION_INVALID, "this launch is not known: it is over, used, or of another game")
            del self._waiting[token]
            return found[2]

    def give_back(self, token: str, player: Player, game: str) -> None:
        """The player could not be let in yet; the same token works once more."""
        with self._lock:
            self._waiting[token] = (self._clock() + self._seconds, game, player)

    def _forget(self) -> None:
        """Entries stand in order of their end, but for those given back, which are met later."""
        now = self._clock()
        for token in list(self._waiting):
            if self._waiting[token][0] > now and len(self._waiting) < self.LARGEST:
                break
            del self._waiting[token]
