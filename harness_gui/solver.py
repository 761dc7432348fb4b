"""The solver: which draws lead to a wanted outcome, how many there are, and how likely that is by nature.

A game is asked, not read: it plays every combination of its first draws, or, where those are too many, a large sample. What
was tried whole is exact; what was sampled is an estimate, and says so.
"""

import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from core.rng import Replay, TapeMismatch
from ports.game import Game, Turn, Wager
from ports.randomness import Draw, Tape

WHOLE = 150_000
"""Combinations that are tried one by one; beyond it, so many are sampled at most."""
KEPT = 500
"""Matching draws that are kept to choose from. A sample that has so many is large enough."""
REHEARSALS = 12
EVERY = 500
"""Rounds between two words on how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An outcome. What is not said is free."""

    low: int = 0
    """Units won, at least."""
    high: int | None = None
    event: str | None = None
    """A type of event that must happen: free_game, fall, scatter, cap, ..."""
    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """(reel, row) -> the symbol that the first spin shows there."""

    def fits(self, turn: Turn) -> bool:
        """Whether this turn is such an outcome."""
        if turn.win < self.low or (self.high is not None and turn.win > self.high):
            return False
        if self.event is not None and all(event.get("type") != self.event for event in turn.events):
            return False
        if not self.cells:
            return True
        reels: Any = next((event for event in turn.events if event.get("type") == "reels"), None)
        if reels is None:
            return False
        window = reels["window"]
        return all(
            reel < len(window) and row < len(window[reel]) and window[reel][row] == symbol
            for (reel, row), symbol in self.cells.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What was found."""

    tried: int
    matches: int
    exact: bool
    """Every combination was tried, and none drew more than those draws."""
    found: tuple[tuple[Draw, ...], ...]

    @property
    def words(self) -> str:
        """For people: "12 of 32,768 stop sets match: 1 in 2,731 by nature"."""
        if not self.matches:
            if self.exact:
                return f"not reachable: none of all {self.tried:,} combinations matches"
            return f"none found in {self.tried:,} sampled rounds; that does not prove that there is none"
        odds = self.tried / self.matches
        if self.exact:
            return f"{self.matches:,} of {self.tried:,} combinations match: 1 in {odds:,.1f} by nature"
        return f"{self.matches:,} of {self.tried:,} sampled rounds match: about 1 in {odds:,.0f} by nature"

    def pick(self) -> tuple[Draw, ...]:
        """One of the ways, each equally likely. Raises `LookupError` if there is none."""
        if not self.found:
            raise LookupError(self.words)
        return secrets.choice(self.found)


def solve(
    game: Game,
    wager: Wager,
    wanted: Wanted,
    *,
    honest: Callable[[], Tape],
    whole: int = WHOLE,
    enough: int | None = None,
    go_on: Callable[[float], bool] = lambda _: True,
) -> Solution:
    """Find draws that lead to `wanted`. `go_on` is told how far it is (0 to 1), and may stop it.

    `enough`: so many are found that no more are looked for; None: all of them, or as many as are kept of a sample.
    """
    first = first_draws(game, wager, honest)
    if first and math.prod(draw.bound for draw in first) <= whole:
        return _every(game, wager, wanted, first, honest, enough, go_on)
    return _sample(game, wager, wanted, honest, whole, min(enough or KEPT, KEPT), go_on)


def first_draws(game: Game, wager: Wager, honest: Callable[[], Tape]) -> Sequence[Draw]:
    """The draws that every round of the game begins with, as far as a few rehearsals tell."""
    common: Sequence[Draw] | None = None
    for _ in range(REHEARSALS):
        tape = Replay((), then=honest())
        game.play(wager, tape)
        draws = tape.draws
        if common is None:
            common = draws
        same = (a[:2] == b[:2] for a, b in zip(common, draws, strict=False))
        common = common[: next((n for n, equal in enumerate(same) if not equal), min(len(common), len(draws)))]
    return common or ()


def _every(
    game: Game,
    wager: Wager,
    wanted: Wanted,
    first: Sequence[Draw],
    honest: Callable[[], Tape],
    enough: int | None,
    go_on: Callable[[float], bool],
) -> Solution:
    total = math.prod(draw.bound for draw in first)
    tried = matches = 0
    exact = True
    found: list[tuple[Draw, ...]] = []
    for values in product(*(range(draw.bound) for draw in first)):
        if matches == enough or (tried % EVERY == 0 and not go_on(tried / total)):
            exact = False
            break
        draws = tuple(Draw(draw.purpose, draw.bound, value) for draw, value in zip(first, values, strict=True))
        try:
            turn = game.play(wager, Replay(draws))
        except TapeMismatch:  # this round goes on: what follows is left to chance, and found by it
            exact = False
            tape = Replay(draws, then=honest())
            turn = game.play(wager, tape)
            draws = tuple(tape.draws)
        tried += 1
        if wanted.fits(turn):
            matches += 1
            _keep(found, draws, matches)
    return Solution(tried=tried, matches=matches, exact=exact and tried == total, found=tuple(found))


def _sample(
    game: Game,
    wager: Wager,
    wanted: Wanted,
    honest: Callable[[], Tape],
    tries: int,
    enough: int,
    go_on: Callable[[float], bool],
) -> Solution:
    """Every tape is read to its end, also of a round that does not match: what watches over chance must see them all."""
    tried = matches = 0
    found: list[tuple[Draw, ...]] = []
    while tried < tries and matches < enough and (tried % EVERY or go_on(max(tried / tries, matches / enough))):
        tape = honest()
        turn = game.play(wager, tape)
        draws = tuple(tape.draws)
        tried += 1
        if wanted.fits(turn):
            matches += 1
            _keep(found, draws, matches)
    return Solution(tried=tried, matches=matches, exact=False, found=tuple(found))


def _keep(found: list[tuple[Draw, ...]], draws: tuple[Draw, ...], seen: int) -> None:
    """Keep a fair choice of all that match (reservoir sampling; Vitter, 1985, algorithm R)."""
    if len(found) < KEPT:
        found.append(draws)
    elif (place := secrets.randbelow(seen)) < KEPT:
        found[place] = draws
