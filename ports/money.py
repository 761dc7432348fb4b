"""Money: whole minor units of one currency, real or play; there is no float anywhere near it."""

import re
from dataclasses import dataclass
from decimal import Decimal, DecimalException

LIMIT = 2**53
"""No amount reaches this magnitude, so that every JSON reader in the world reads it exactly (RFC 8259, section 6)."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31}\Z")


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum. Nothing in this house converts."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency code and how many decimal digits its minor unit has: EUR 2, JPY 0, KWD 3, BTC 8, FUN 2.

    Codes are compared to the letter: some operators know `mBTC` and `MBTC` as two things.
    """

    code: str
    exponent: int

    def __post_init__(self) -> None:
        if not _CODE.match(self.code):
            raise ValueError(f"{self.code!r} is no currency code")
        if type(self.exponent) is not int or not 0 <= self.exponent <= 9:
            raise ValueError(f"the exponent of {self.code} is {self.exponent!r}, not an integer from 0 to 9")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount, which may be negative: `Money(356, EUR)` is 3.56 EUR. |minor| < 2**53."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is a whole number of minor units, not {self.minor!r}")
        if abs(self.minor) >= LIMIT:
            raise ValueError(f"{self.minor} minor units are beyond 2**53")

    @classmethod
    def parse(cls, text: str, currency: Currency) -> "Money":
        """Read main units ("3.56") exactly.

        Raises `ValueError` for what is no plain decimal number, or is finer than the currency's minor unit.
        """
        try:
            scaled = Decimal(text).scaleb(currency.exponent)
        except DecimalException:
            raise ValueError(f"{text!r} is no decimal number") from None
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{text!r} is not a whole number of minor units of {currency.code}")
        return cls(int(scaled), currency)

    def decimal(self) -> Decimal:
        """The amount in main units, with exactly the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-self.currency.exponent)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal():f} {self.currency.code}"
