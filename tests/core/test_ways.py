"""A small game played whole: each way in which its draws can fall, once, as likely as it is."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from core.ways import WHOLE, example, played_whole
from games import fortune_wheel, roulette
from ports.game import IllegalWager, Mode, Option, Turn, Wager
from ports.randomness import Rng
from tests.games.catalogue import GAMES

BASE = Wager("base")


class Dice:
    """Two dice; if the second shows nothing, the player may doubt, and it is thrown again."""

    id = name = "dice"
    version, variant, cap, escrows = "1", "default", 100, 1
    selection: Any = None
    rules: Any = None
    definition: Any = None
    modes = (Mode("base", 1, Fraction(1)),)

    def __init__(self, sides: int = 6) -> None:
        self.sides = sides

    def cost(self, wager: Wager) -> int:
        return 1

    def play(self, wager: Wager, rng: Rng) -> Turn:
        first, second = rng.below(self.sides, "die"), rng.below(self.sides, "die")
        choices = (Option("doubt"),) if second == 0 else ()
        return Turn(0 if choices else first + second, state=first, choices=choices)

    def act(self, state: object, choice: str, rng: Rng) -> Turn:
        return Turn(int(str(state)) + rng.below(self.sides, "die"))

    def auto(self, state: object) -> str:
        return "doubt"


def test_a_wheel_wins_by_its_weights() -> None:
    weights = {units: weight for _, units, weight in fortune_wheel._FIELDS}
    assert {units: Fraction(weight, 1000) for units, weight in sorted(weights.items())} == played_whole(
        fortune_wheel.game, BASE
    )


def test_choices_are_taken_as_published_and_ways_of_unlike_length_weigh_what_they_should() -> None:
    ways = Counter(first + second for first in range(6) for second in range(1, 6) for _ in range(6))
    ways.update(first + again for first in range(6) for again in range(6))
    assert {units: Fraction(count, 216) for units, count in sorted(ways.items())} == played_whole(Dice(), BASE)


def test_wins_rise() -> None:
    wins = played_whole(Dice(), BASE)
    assert wins is not None
    assert list(wins) == sorted(wins)
    assert 1 == sum(wins.values())


@pytest.mark.parametrize(("sides", "draws"), [(388, 2), (54, 3)])
def test_a_game_whose_draws_fall_in_too_many_ways_is_left_alone(sides: int, draws: int) -> None:
    assert sides ** (draws - 1) <= WHOLE < sides**draws
    assert played_whole(Dice(sides), BASE) is None


def test_who_hears_how_far_it_is_may_end_it() -> None:
    parts: list[float] = []
    played_whole(Dice(40), BASE, parts.append)
    assert parts == sorted(parts)
    assert 0 < parts[0] < parts[-1] <= 1

    def enough(part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        played_whole(Dice(40), BASE, enough)


def test_a_wager_that_the_game_does_not_take_is_refused() -> None:
    with pytest.raises(IllegalWager):
        played_whole(roulette.game, BASE)


@pytest.mark.parametrize(
    ("schema", "simplest"),
    [
        ({"const": 7}, 7),
        ({"enum": ["red", "black"]}, "red"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer"}, 0),
        ({"type": "string"}, ""),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["b"]}, {"b": 2}),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "minProperties": 1}, {"a": 1}),
        ({"type": "boolean"}, None),
    ],
)
def test_an_example_is_the_simplest_that_a_schema_allows(schema: Any, simplest: object) -> None:
    assert simplest == example(schema)


def test_every_game_that_takes_a_selection_takes_its_example() -> None:
    taking = [game for game in GAMES if game.selection is not None]
    assert taking
    for game in taking:
        assert 1 <= game.cost(Wager(game.modes[0].id, example(game.selection)))
