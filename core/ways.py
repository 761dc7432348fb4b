"""A small game, played whole: every way in which its draws can fall, once. What it comes to is exact, whatever its rules."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

from ports.game import Game, Interactive, Json, Turn, Wager
from ports.randomness import Rng

WHOLE = 150_000
"""Ways in which the draws of a game can fall that are played one by one, at most."""
EVERY = 500
"""Rounds between two words on how far it is."""

Heard: TypeAlias = Callable[[float], object]
"""Hears how far it is (0 to 1), and may raise whatever ends it."""


def played_whole(game: Game, wager: Wager, heard: Heard = lambda _: None) -> dict[int, Fraction] | None:
    """Units that a round wins -> chance of just that; choices are taken as the game publishes them. None if the draws fall in
    more than `WHOLE` ways. Raises `IllegalWager`, and what `heard` raises.
    """
    found: Counter[tuple[int, int]] = Counter()
    path, tried, part = _Path([]), 0, 0.0
    while path.values or not tried:
        path = _Path(path.values)
        win = _round(game, wager, path).win
        ways = prod(path.bounds)
        if ways > WHOLE:  # if none does, there are no more than that
            return None
        found[win, ways] += 1
        tried, part = tried + 1, part + 1 / ways
        if tried % EVERY == 0:
            heard(min(part, 1.0))
        while path.values and path.values[-1] + 1 == path.bounds[len(path.values) - 1]:
            path.values.pop()
        if path.values:
            path.values[-1] += 1
    wins: dict[int, Fraction] = {}
    for (win, ways), count in sorted(found.items()):
        wins[win] = wins.get(win, Fraction(0)) + Fraction(count, ways)
    return wins


def example(schema: Any) -> Json:
    """The simplest value that a JSON schema of a selection allows."""
    if "const" in schema or "enum" in schema:
        value: Json = schema.get("const", schema.get("enum", [None])[0])
        return value
    match schema.get("type"):
        case "object":
            named = list(schema.get("properties", {}))
            wanted = schema.get("required") or named[: schema.get("minProperties", 0)]
            return {name: example(schema["properties"][name]) for name in wanted}
        case "array":
            return [example(schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer":
            return int(schema.get("minimum", 0))
        case "string":
            return ""
        case _:
            return None


class _Path(Rng):
    """One way in which draws fall: values that are given, and zeros after them."""

    def __init__(self, values: list[int]) -> None:
        self.values = values
        self.bounds: list[int] = []

    def below(self, bound: int, purpose: str) -> int:
        """The next value."""
        place = len(self.bounds)
        self.bounds.append(bound)
        if place == len(self.values):
            self.values.append(0)
        return self.values[place]


def _round(game: Game, wager: Wager, rng: Rng) -> Turn:
    """A whole round."""
    turn = game.play(wager, rng)
    while turn.choices and isinstance(game, Interactive):
        turn = game.act(turn.state, game.auto(turn.state), rng)
    return turn
