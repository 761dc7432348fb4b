"""Numbers to be judged, drawn as the server draws them: every endpoint's way, and every range that a game uses.

raw()  bytes as turns read them      ranges, weighted(), decks(), samples()  as game servers ask      game()  as it plays
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from adapters.simulation.randomness.tails import Array
from core.draws import MAX_COUNT, execute
from ports.game import Game, Interactive, Json, Wager
from ports.randomness import Draw, Entropy, Tape

TURN_BYTES = 48
"""What a turn reads at once."""
ENDPOINT_BOUNDS = (2, 6, 37, 52, 100, 256, 1000, 65536, 1_000_000)
"""Ranges of the range endpoint that stand for the others: small, odd, powers of two, wide."""
WEIGHTS = (500, 300, 100, 50, 25, 15, 7, 2, 1)
DECK = 52
KENO = (80, 20)

Told = Callable[[int], object]
"""Called with how much more is done."""


def nobody(_: object) -> None:
    """Tells no one."""


class Streams:
    """Draws through `tape`, which makes the `Tape` of a turn as the server does; `entropy` is what those read."""

    def __init__(self, *, entropy: Entropy, tape: Callable[[], Tape], told: Told = nobody) -> None:
        self._entropy = entropy
        self._tape = tape
        self._told = told

    def raw(self, count: int, size: int = TURN_BYTES) -> bytes:
        """So many bytes, read as a turn reads them, or `size` at a time."""
        parts = [self._entropy.read(size) for _ in range(-(-count // size))]
        self._told(count)
        return b"".join(parts)[:count]

    def range(self, bound: int, count: int) -> Array:
        """Values of the range endpoint."""
        return self._values({"range": {"min": 0, "max": bound}}, count)

    def weighted(self, weights: Sequence[int], count: int) -> Array:
        """Values of the weighted endpoint, as places of the list of weights."""
        return self._values({"weighted": {"weights": [list(pair) for pair in enumerate(weights)]}}, count)

    def decks(self, size: int, count: int) -> Array:
        """Shuffles of 0 .. size-1, one a row."""
        return self._lists({"shuffle": {"items": list(range(size))}}, count)

    def samples(self, size: int, taken: int, count: int) -> Array:
        """Samples of 0 .. size-1, one a row."""
        return self._lists({"shuffle": {"items": list(range(size)), "count": taken}}, count)

    def game(self, game: Game, turns: int) -> Mapping[int, Array]:
        """What a game draws when it plays: bound -> values, in the order drawn. Its modes take turns."""
        values: dict[int, list[int]] = defaultdict(list)
        for at, draw in enumerate(self._plays(game, turns)):
            values[draw.bound].append(draw.value)
            if at % 10_000 == 0:
                self._told(10_000)
        return {bound: np.array(drawn, np.int64) for bound, drawn in sorted(values.items()) if 1 < bound < 2**63}

    def _plays(self, game: Game, turns: int) -> Iterator[Draw]:
        for at in range(turns):
            mode = game.modes[at % len(game.modes)].id
            tape = self._tape()
            turn = game.play(Wager(mode, _selection(game)), tape)
            yield from tape.draws
            while turn.choices and isinstance(game, Interactive):
                tape = self._tape()
                turn = game.act(turn.state, game.auto(turn.state), tape)
                yield from tape.draws

    def _values(self, asked: dict[str, dict[str, Any]], count: int) -> Array:
        parts = []
        for start in range(0, count, MAX_COUNT):
            size = min(MAX_COUNT, count - start)
            [(kind, parameters)] = asked.items()
            parts.append(np.array(self._drawn({kind: {**parameters, "count": size}}), np.int64))
            self._told(size)
        return np.concatenate(parts)

    def _lists(self, asked: dict[str, Any], count: int) -> Array:
        drawn = np.array([self._drawn(asked) for _ in range(count)], np.int64)
        self._told(count)
        return drawn

    def _drawn(self, asked: dict[str, Any]) -> list[Any]:
        """The values, once they are on the tape as the server puts them there."""
        tape = self._tape()
        values = execute(asked, tape)
        assert tape.draws
        return values


def _selection(game: Game) -> Json:
    """The least that the game's schema allows to be bet on; None where it takes no selection."""
    schema: Any = game.selection
    if schema is None:
        return None
    name, units = next(iter(schema["properties"].items()))
    return {name: units["minimum"]}
