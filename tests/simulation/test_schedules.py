"""Every schedule of one and two faults, over each kind of round."""

import os

import pytest

from tests.simulation.schedules import LIVES, every
from tests.simulation.world import TRAITS

FAULTS = int(os.environ.get("FAULTS", "2"))
"""`make soak` runs every three."""
BACKENDS = [
    traits for traits in TRAITS if traits.idempotency_window is None or (traits.queryable and traits.tombstones)
]
"""Those that differ for two faults; the soak takes all."""


def name(traits) -> str:
    return f"{traits.in_doubt}-tombs:{traits.tombstones}-{traits.idempotency_window}-{traits.queryable}"


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("traits", TRAITS, ids=name)
def test_no_single_fault_loses_a_cent(traits, life: str) -> None:
    assert 40 < sum(1 for _ in every(LIVES[life], traits, 1))


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("traits", TRAITS if FAULTS > 2 else BACKENDS, ids=name)
def test_no_two_faults_lose_a_cent(traits, life: str) -> None:
    assert 500 < sum(1 for _ in every(LIVES[life], traits, FAULTS))
