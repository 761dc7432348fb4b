"""The judge of exact figures: every sequence of draws that a game can ask for, each played through the served game."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import prod
from typing import TypeVar

from core.rng import TurnRng
from core.slots.reveal import Told
from core.slots.spin import play_round
from core.slots.tables import Tables
from ports.randomness import Rng
from tests.games.catalogue import Bytes

Result = TypeVar("Result")


class _Path(Rng):
    """Answers as it is told, and with 0 beyond that; remembers what was asked."""

    def __init__(self, told: list[int]) -> None:
        self._told = told
        self.asked: list[tuple[int, int]] = []

    def below(self, bound: int, purpose: str) -> int:
        place = len(self.asked)
        value = self._told[place] if place < len(self._told) else 0
        self.asked.append((value, bound))
        return value


def every(play: Callable[[Rng], Result]) -> Iterator[tuple[Result, Fraction]]:
    """What `play` makes of every sequence of draws, with its chance."""
    told: list[int] | None = []
    while told is not None:
        path = _Path(told)
        result = play(path)
        yield result, Fraction(1, prod(bound for _, bound in path.asked))
        told = _next(path.asked)


def _next(asked: list[tuple[int, int]]) -> list[int] | None:
    for place in range(len(asked) - 1, -1, -1):
        value, bound = asked[place]
        if value + 1 < bound:
            return [*(value for value, _ in asked[:place]), value + 1]
    return None


def wins(tables: Tables) -> dict[int, Fraction]:
    """Units that a whole round wins -> chance."""

    def play(rng: Rng) -> int:
        told: Told = []
        return play_round(tables, rng, told)

    found: dict[int, Fraction] = {}
    for (win, chance), paths in Counter(every(play)).items():
        found[win] = found.get(win, Fraction(0)) + paths * chance
    assert 1 == sum(found.values())
    return found


def served(tables: Tables, count: int) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Rounds of the served game: the draws of each, and its units and free games, for the compiled reader to repeat."""
    tapes, found = [], []
    entropy = Bytes(1)
    for _ in range(count):
        tape = TurnRng(entropy)
        told: Told = []
        win = play_round(tables, tape, told)
        tapes.append([draw.value for draw in tape.draws])
        found.append((win, sum(event["type"] == "free_game" for event in told)))
    return tapes, found


def mean(found: dict[int, Fraction]) -> Fraction:
    """Expected units."""
    return Fraction(sum(win * chance for win, chance in found.items()))


def variance(found: dict[int, Fraction]) -> Fraction:
    """In units squared."""
    return Fraction(sum(win**2 * chance for win, chance in found.items())) - mean(found) ** 2
