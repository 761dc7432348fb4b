"""The simulation has teeth: every deliberate mistake is caught, soon."""

import pytest

from tests.simulation.auditor import audit
from tests.simulation.mistakes import MISTAKES
from tests.simulation.world import TRAITS, World

LIMIT = 10_000
"""Rounds within which a mistake must show."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_deliberate_mistake_is_caught(mistake: str) -> None:
    rounds = seed = 0
    while rounds < LIMIT:
        for traits in TRAITS:
            world = World(seed, traits, make=MISTAKES[mistake], rate=0.3)
            try:
                world.live(40)
                audit(world)
            except AssertionError:
                return
            rounds += len(world.rounds.ids)
        seed += 1
    pytest.fail(f"{mistake} survived {rounds} rounds")
