"""Whole lives of the house under faults. One seed is one life; a failure names its seed."""

import os
from collections import Counter

import pytest

from ports.record import State
from tests.simulation.auditor import audit
from tests.simulation.world import TRAITS, World

LIVES = int(os.environ.get("LIVES", "12"))
"""Lives for each kind of backend; `make soak` lives many more."""
ROUNDS = 60


@pytest.mark.parametrize(
    "traits", TRAITS, ids=lambda t: f"{t.in_doubt}-tombs:{t.tombstones}-{t.idempotency_window}-{t.queryable}"
)
def test_no_cent_is_lost_whatever_breaks(traits) -> None:
    states: Counter[State] = Counter()
    for seed in range(LIVES):
        world = World(seed, traits)
        try:
            world.live(ROUNDS)
            audit(world)
        except AssertionError as problem:
            raise AssertionError(f"seed {seed}: {problem}") from problem
        states.update(versions[-1].state for versions in world.all_rounds())
    assert {State.SETTLED, State.CANCELLED, State.DECLINED, State.DISPUTED} <= set(states)
