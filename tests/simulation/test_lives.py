"""Whole lives of the house under faults. One seed is one life; a failure names its seed.

By hand: `LIVES=1000 FIRST_SEED=5000 .venv/bin/pytest -s tests/simulation/test_lives.py`.
"""

import os
from collections import Counter

import pytest

from ports.record import State
from ports.wallet import MovementKind
from tests.simulation.auditor import audit
from tests.simulation.peer import Network
from tests.simulation.world import TRAITS, World

LIVES = int(os.environ.get("LIVES", "100"))
"""Lives for each kind of backend; `make soak` lives many more."""
FIRST_SEED = int(os.environ.get("FIRST_SEED", "0"))
ROUNDS = 60

seen: Counter[str] = Counter()
"""Over all kinds of backend: states at rest, faults hit, crashes hit."""


@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", range(len(TRAITS)))
def test_no_cent_is_lost_whatever_breaks(kind: int) -> None:
    rounds = 0
    for seed in range(FIRST_SEED, FIRST_SEED + LIVES):
        world = World(seed, TRAITS[kind])
        try:
            world.live(ROUNDS)
            audit(world)
        except AssertionError as problem:
            raise AssertionError(f"backend {kind}, seed {seed}: {problem}") from problem
        rounds += len(world.rounds.ids)
        seen.update(f"state {versions[-1].state}" for versions in world.all_rounds())
        seen.update({f"fault {fault}": count for fault, count in world.network.hits.items()})
        seen.update({f"crash {point}": count for point, count in world.crashes.items()})
        seen["rounds"] += len(world.rounds.ids)
        seen["another process came between"] += world.intrusions
    print(f"\n{TRAITS[kind]}: {rounds} rounds, seeds {FIRST_SEED} to {FIRST_SEED + LIVES - 1}")


@pytest.mark.skipif(LIVES < 50, reason="too few lives to hit everything")
def test_every_fault_and_every_crash_point_was_hit() -> None:
    """After the lives above: nothing that the simulation can do was left out by chance."""
    print("\n" + "\n".join(f"{count:9,} {what}" for what, count in sorted(seen.items())))
    if not seen["rounds"]:
        pytest.skip("run together with the lives")
    calls = [str(kind) for kind in MovementKind]
    for call in calls:
        for fault in ("none", *Network.FAULTS):
            assert seen[f"fault {fault} {call}"], f"{fault} {call}"
        assert seen[f"crash before {call}"]
        assert seen[f"crash after {call}"]
    for state in State:
        assert seen[f"crash before record {state}"] or state in (State.ESCROWED, State.DISPUTED)
        assert seen[f"crash after record {state}"] or state in (State.ESCROWED, State.DISPUTED)
    for state in (State.SETTLED, State.CANCELLED, State.DECLINED, State.DISPUTED):
        assert seen[f"state {state}"]
