"""Kinds of play money, as `rgs.yaml` describes them to the social backend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ports.money import LIMIT, Currency

_COIN = {"currency": "FUN", "exponent": 2, "opening_balance": 100_000, "refill": None}
_REFILL = {"below": None, "to": None, "every_hours": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """The house's rule for players who have run out. Amounts in minor units."""

    below: int
    """Who has less than this when a session is opened ..."""
    to: int
    """... is brought to this ..."""
    every: timedelta
    """... but not again before so long has passed."""


@dataclass(frozen=True, slots=True)
class Coins:
    """One kind of play money."""

    currency: Currency
    opening: int
    """Minor units that the house gives to a player at first sight."""
    refill: Refill | None = None


def described(options: Mapping[str, object]) -> list[Coins]:
    """The coins of these options, the usual kind first. Raises `ValueError`.

    `currency` (code, FUN), `exponent` (2), `opening_balance` (minor units, 100000); `refill` (`below` and `to` in minor
    units, `every_hours`): when a session is opened with less; `more`: a list of further kinds, described likewise.
    """
    usual = dict(options)
    more = usual.pop("more", [])
    if not isinstance(more, list):
        raise ValueError("more is a list of coins")
    return [_coin(usual, "more"), *(_coin(_mapping(each, "more")) for each in more)]


def _coin(options: Mapping[str, object], *others: str) -> Coins:
    _known(options, *_COIN, *others)
    code, exponent, opening, refill = (_COIN | dict(options)).values()
    if not isinstance(code, str) or type(exponent) is not int or type(opening) is not int or not 0 <= opening < LIMIT:
        raise ValueError("currency is a code, exponent and opening_balance are whole numbers, not below zero")
    return Coins(Currency(code, exponent), opening, None if refill is None else _refill(_mapping(refill, "refill")))


def _refill(options: Mapping[str, object]) -> Refill:
    _known(options, *_REFILL)
    below, to, hours = (_REFILL | dict(options)).values()
    if type(below) is not int or type(to) is not int or type(hours) is not int or hours < 0:
        raise ValueError("refill: below, to and every_hours are whole numbers")
    if not 0 < below <= to < LIMIT:
        raise ValueError("refill: below is more than 0 and not more than to")
    return Refill(below=below, to=to, every=timedelta(hours=hours))


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: {value!r} is no mapping")
    return value


def _known(options: Mapping[str, object], *names: str) -> None:
    for name in options:
        if name not in names:
            raise ValueError(f"there is no option {name!r}; there are {', '.join(names)}")
