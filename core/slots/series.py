"""A round as a series of spins: the moments of one spin, and the variance of all that it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """One kind of spin: its pay X in units, and the free games N it awards."""

    pay: Fraction
    pay_square: Fraction
    games: Fraction
    games_square: Fraction
    pay_games: Fraction
    hit_rate: Fraction
    """Chance that the spin pays something."""


def instead_of_a_spin(games: int) -> Moments:
    """Of a base spin that is not played, and so many free games instead."""
    none = Fraction(0)
    return Moments(
        pay=none,
        pay_square=none,
        games=Fraction(games),
        games_square=Fraction(games * games),
        pay_games=none,
        hit_rate=none,
    )


def series_variance(base: Moments, kinds: Sequence[tuple[Fraction, Moments]]) -> Fraction:
    """Variance of a whole round in units: the base spin, and the free games that it and they lead to, all of one of `kinds`,
    which is drawn by these chances when the series begins.

    A free game and all it leads to is T = X + T' + T'' + ... with N further terms like itself, so E[T] = E[X] / (1 - E[N])
    and E[T^2] (1 - E[N]) = E[X^2] + 2 E[XN] E[T] + E[N (N-1)] E[T]^2.
    """
    mean = mean_square = spread = Fraction(0)
    for chance, free in kinds:
        each = free.pay / (1 - free.games)
        square = free.pay_square + 2 * free.pay_games * each + (free.games_square - free.games) * each**2
        mean += chance * each
        mean_square += chance * each**2
        spread += chance * (square / (1 - free.games) - each**2)
    total = base.pay_square + 2 * base.pay_games * mean + base.games * spread + base.games_square * mean_square
    return total - (base.pay + base.games * mean) ** 2


def games_played(first: Sequence[Fraction], more: Sequence[Fraction], most: int) -> list[Fraction]:
    """The chances that game 1, 2, ... `most` of a series is played, which begins with 0, 1, ... games by the chances `first`,
    and each of whose games awards 0, 1, ... more by the chances `more`; it has `most` games at most.

    Whether game k is played is decided before it: the series has at least k games by then. So the games are followed one by
    one, with the chances of how many there are.
    """
    totals: dict[int, Fraction] = {}
    for games, chance in enumerate(first):
        total = min(games, most)
        totals[total] = totals.get(total, Fraction(0)) + chance
    played = []
    for number in range(1, most + 1):
        totals = {total: chance for total, chance in totals.items() if total >= number and chance}
        played.append(sum(totals.values(), Fraction(0)))
        after: dict[int, Fraction] = {}
        for total, chance in totals.items():
            for games, odds in enumerate(more):
                then = min(total + games, most)
                after[then] = after.get(then, Fraction(0)) + chance * odds
        totals = after
    return played


def pays_nothing(first: Sequence[Fraction], more: Sequence[Fraction], most: int) -> Fraction | None:
    """The chance that a round pays nothing in all: `first` are the chances that its base spin pays nothing and awards 0, 1,
    ... games, `more` the same of each free game, `most` the games of a series, 0: any number.

    Without a limit a game and all it leads to pay nothing by the chance f = more[0] + more[1] f + more[2] f^2 + ...; None if
    that is more than a line, for then f need not be a fraction.
    """
    if most:
        going_on = sum(games_played(first, more, most), Fraction(0))
        return sum(first) - going_on * (1 - sum(more))
    if any(more[2:]):
        return None
    each = more[0] / (1 - sum(more[1:]))
    return sum((chance * each**games for games, chance in enumerate(first)), Fraction(0))
