"""Every schedule of one and two faults, over each kind of round, and in the soak of three."""

import os

import pytest

from ports.wallet import Traits
from tests.simulation.schedules import LIVES, every
from tests.simulation.world import TRAITS

SOAK = "SCHEDULES" in os.environ
"""`make soak`: two faults over every kind of backend, and three faults over the short lives."""
BACKENDS = [
    traits for traits in TRAITS if traits.idempotency_window is None or (traits.queryable and traits.tombstones)
]
"""Those that differ for two faults."""
SHORT = ("coin", "change_of_mind")


def name(traits: Traits) -> str:
    return f"{traits.in_doubt}-tombs:{traits.tombstones}-{traits.idempotency_window}-{traits.queryable}"


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("traits", TRAITS, ids=name)
def test_no_single_fault_loses_a_cent(traits: Traits, life: str) -> None:
    assert 40 < _count(life, traits, 1)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("traits", TRAITS if SOAK else BACKENDS, ids=name)
def test_no_two_faults_lose_a_cent(traits: Traits, life: str) -> None:
    assert 500 < _count(life, traits, 2)


@pytest.mark.timeout(0)
@pytest.mark.skipif(not SOAK, reason="hours; make soak")
@pytest.mark.parametrize("life", SHORT)
@pytest.mark.parametrize("traits", TRAITS, ids=name)
def test_no_three_faults_lose_a_cent(traits: Traits, life: str) -> None:
    assert 5_000 < _count(life, traits, 3)


def _count(life: str, traits: Traits, faults: int) -> int:
    """Run every schedule of up to so many faults; how many there were."""
    count = sum(1 for _ in every(LIVES[life], traits, faults))
    print(f"\n{life}, {name(traits)}: {count} schedules of up to {faults} faults")
    return count
