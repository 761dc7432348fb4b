"""The tape of a round, draw by draw: where each value came from, and the file in which a tape is handed on.

A file is one JSON object: schema, round, game, version, variant, maths (digest), forced, and `turns`, a list of draws each;
a draw is [purpose, bound, value], as on record. A bare list of draws is a tape too, of no game in particular. What is
forced is the first turn; the values of later turns depend on choices. Of a game server's round all turns are: each is one of
its requests.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.rng import MAX_BOUND
from ports.randomness import Draw
from ports.record import Round

SCHEMA = 1
LARGEST = 4 * 2**20
"""Characters of a file. A tape of 10,000 draws has a tenth of it."""
CHANCE: Final = "chance"
FORCED: Final = "⚑ forced"
UNKNOWN: Final = "⚑ forced round"
"""The round is marked, but was drawn before this bench was opened: which of its values were forced is not known."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One draw of a round."""

    turn: int
    number: int
    """Within its turn, from 1."""
    draw: Draw
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A tape that was read. Of no game in particular where `game` is None."""

    draws: tuple[Draw, ...]
    """Of the first turn."""
    later: tuple[Draw, ...] = ()
    """Of the other turns."""
    turns: int = 1
    game: str | None = None
    version: str = ""
    maths: str = ""
    round: str = ""


def drawn(round: Round, forced: int | None) -> list[Drawn]:
    """Every draw of a round. `forced` is how many of the first ones came from a force, of the first turn, or of all turns
    where a game server asked for them; None: nobody here knows.
    """
    return list(_drawn(round, forced))


def _drawn(round: Round, forced: int | None) -> Iterator[Drawn]:
    place = 0
    for turn, played in enumerate(round.turns, 1):
        for number, draw in enumerate(played.draws, 1):
            place += 1
            source = CHANCE
            if round.terms.forced and (turn == 1 or not round.hosted):
                source = UNKNOWN if forced is None else FORCED if place <= forced else CHANCE
            yield Drawn(turn, number, draw, source)


def write(round: Round) -> str:
    """The file of a round's tape. Raises `ValueError` if nothing was drawn."""
    if not any(played.draws for played in round.turns):
        raise ValueError("nothing was drawn in this round")
    terms = round.terms
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "round": round.id,
        "game": terms.game,
        "version": terms.version,
        "variant": terms.variant,
        "maths": terms.maths,
        "forced": terms.forced,
    }
    turns = ",\n  ".join(json.dumps([list(draw) for draw in played.draws]) for played in round.turns)
    return json.dumps(head, indent=1)[:-2] + f',\n "turns": [\n  {turns}\n ]\n}}\n'


def read(text: str) -> Loaded:
    """A file's tape, or a bare list of draws. It comes from outside: raises `ValueError` that says what is wrong."""
    if len(text) > LARGEST:
        raise ValueError(f"this is no tape: it has more than {LARGEST} characters")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"this is no tape: {problem}") from None
    if isinstance(told, list):
        return Loaded(draws=_draws(told))
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise ValueError(f"this is no tape: a list of [purpose, bound, value], or a file of schema {SCHEMA}")
    turns = told.get("turns")
    if not isinstance(turns, list) or not turns:
        raise ValueError("this is no tape: it has no turns")
    words = {name: told.get(name) for name in ("round", "game", "version", "maths")}
    for name, word in words.items():
        if not isinstance(word, str) or len(word) > 200:
            raise ValueError(f"this is no tape: {name} is {word!r}"[:200])
    draws, *others = [_draws(turn, least=0 if place else 1) for place, turn in enumerate(turns)]
    later = tuple(draw for turn in others for draw in turn)
    return Loaded(draws=draws, later=later, turns=len(turns), **{name: str(word) for name, word in words.items()})


def checked(told: Any) -> tuple[Draw, ...]:
    """A list of [purpose, bound, value] as draws. Raises `ValueError` that says what is wrong."""
    return _draws(told)


def _draws(told: Any, *, least: int = 1) -> tuple[Draw, ...]:
    if not isinstance(told, list) or len(told) < least:
        raise ValueError("this is no tape: it has no draws")
    return tuple(_draw(number, each) for number, each in enumerate(told, 1))


def _draw(number: int, told: Any) -> Draw:
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) != 3:
        raise ValueError(f"this is no tape: draw {number} is not [purpose, bound, value]")
    purpose, bound, value = told
    if not isinstance(purpose, str) or type(bound) is not int or type(value) is not int:
        raise ValueError(f"this is no tape: draw {number} is not [purpose, bound, value]")
    if not 0 <= value < bound <= MAX_BOUND:
        raise ValueError(f"this is no tape: the value of draw {number} is {value}, and its bound {bound}"[:200])
    return Draw(purpose, bound, value)
