"""Roulette with one zero: several bets in one round, one draw of a range."""

from collections.abc import Mapping
from fractions import Fraction

from core.rng import between
from ports.game import Event, IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng

_RED = frozenset((1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36))
_ALL = frozenset(range(1, 37))

BETS: dict[str, frozenset[int]] = {f"number-{number}": frozenset((number,)) for number in range(37)}
BETS |= {"red": _RED, "black": _ALL - _RED, "odd": frozenset(range(1, 37, 2)), "even": frozenset(range(2, 37, 2))}
BETS |= {"low": frozenset(range(1, 19)), "high": frozenset(range(19, 37))}
BETS |= {f"dozen-{n + 1}": frozenset(range(12 * n + 1, 12 * n + 13)) for n in range(3)}
BETS |= {f"column-{n}": frozenset(range(n, 37, 3)) for n in (1, 2, 3)}
"""Bet -> numbers that win it. Whatever it is on, a bet on n numbers pays 36 / n times itself, its stake included."""

WHEEL = (
    0, 32, 15, 19, 4, 21, 2, 25, 17, 34, 6, 27, 13, 36, 11, 30, 8, 23, 10, 5, 24, 16, 33, 1, 20, 14, 31, 9, 22, 18, 29,
    7, 28, 12, 35, 3, 26,
)  # fmt: skip
"""The numbers as they follow one another on a wheel with one zero. For the eye alone: each is as likely as any other."""

MOST = 1000
"""Units on one bet, at most."""

_SELECTION: Json = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {bet: {"type": "integer", "minimum": 1, "maximum": MOST} for bet in BETS},
}
_DEFINITION: Json = {"bets": {bet: sorted(numbers) for bet, numbers in BETS.items()}, "numbers": 37}
_RULES: Json = {
    "bets": {bet: {"numbers": sorted(n), "pays": 36 // len(n)} for bet, n in BETS.items()},
    "wheel": WHEEL,
}


class Roulette:
    """A `ports.game.Game` whose selection says which bets are made, with how many units each."""

    id = "roulette"
    name = "Roulette"
    version = "1"
    variant = "default"
    cap = (36 + 3 * 2 + 2 * 3) * MOST
    modes = (Mode("base", 1, Fraction(36, 37)),)
    selection = _SELECTION
    definition = _DEFINITION
    rules = _RULES

    def cost(self, wager: Wager) -> int:
        """The units of all bets together."""
        return sum(self._bets(wager).values())

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Let the ball fall."""
        bets = self._bets(wager)
        number = between(rng, 0, 37, "number")
        colour = "green" if number == 0 else "red" if number in _RED else "black"
        won = {bet: units * 36 // len(BETS[bet]) for bet, units in bets.items() if number in BETS[bet]}
        win = sum(won.values())
        events: list[Event] = [{"type": "ball", "number": number, "colour": colour}]
        events += [{"type": "bet", "bet": bet, "units": bets[bet], "win": units} for bet, units in won.items()]
        return Turn(win, (*events, {"type": "total", "win": win}))

    def _bets(self, wager: Wager) -> Mapping[str, int]:
        """The bets of a wager. Raises `IllegalWager`."""
        bets = wager.selection
        if wager.mode != "base" or not isinstance(bets, Mapping) or not bets:
            raise IllegalWager("roulette takes a selection of bets and their units, such as {'red': 5, 'number-17': 1}")
        found: dict[str, int] = {}
        for bet, units in bets.items():
            if bet not in BETS:
                raise IllegalWager(f"there is no bet {bet!r}; there are: {', '.join(BETS)}")
            if type(units) is not int or not 1 <= units <= MOST:
                raise IllegalWager(f"a bet is 1 to {MOST} units, not {units!r}")
            found[bet] = units
        return found


game = Roulette()
