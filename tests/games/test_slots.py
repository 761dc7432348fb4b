"""Every slot of the house: what it declares is what its tables say, and what a count of its served spins says."""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import prod

import pytest

from adapters.simulation.slots.runs import BATCH, Sums, estimate, simulate
from core.slots import exact, reach
from core.slots.game import DIGITS, SlotGame
from tests.games.catalogue import GAMES, names

SLOTS = [game for game in GAMES if isinstance(game, SlotGame)]
COMPUTABLE = [game for game in SLOTS if reach.computable(game.machine)]
COUNTABLE = [
    game
    for game in COMPUTABLE
    if prod(game.compiled().base.stops) <= 40_000 and game.machine.free is None and not game.machine.base.weights
]


@pytest.mark.parametrize("game", COMPUTABLE, ids=names)
def test_the_declared_return_is_the_exact_one(game: SlotGame) -> None:
    for mode in game.modes:
        found = exact.figures(game.compiled(mode.id)).rtp
        assert mode.rtp in ((found, round(found, DIGITS)) if reach.long(game.machine) else (found,))


@pytest.mark.parametrize("game", COUNTABLE, ids=names)
def test_counting_the_served_spin_at_every_combination_of_stops_gives_the_same_wins(game: SlotGame) -> None:
    counted = Counter(game.show(stops).win for stops in product(*map(range, game.compiled().base.stops)))
    total = sum(counted.values())
    found = exact.figures(game.compiled())
    assert {units: Fraction(count, total) for units, count in counted.items()} == found.wins
    assert max(counted) == found.max_spin


@pytest.mark.parametrize("game", [game for game in SLOTS if game not in COMPUTABLE], ids=names)
def test_a_return_that_cannot_be_computed_is_what_a_simulation_finds(game: SlotGame) -> None:
    for mode in game.modes:
        sums = Sums()
        for batch in simulate(game.compiled(mode.id), key=bytes(range(32)), rounds=4 * BATCH, cap=game.cap, cores=1):
            sums.add(batch)
        found = estimate(sums.win, sums.win_square, sums.rounds, mode.cost)
        assert abs(found.mean - float(mode.rtp)) < 4 * found.error
        assert found.error < 0.01
