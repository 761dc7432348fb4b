"""Reconciliation finds every planted gap, calls it by its kind, and cries wolf for none."""

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from core.book import CANCEL, ESCROW, RESULT
from core.reconcile import ACTIONS, Found, Gap, reconcile
from ports.books import Booked
from ports.record import Round, State, Status
from tests.simulation.world import TRAITS, World

GAPS = int(os.environ.get("GAPS", "100"))
LIVES = int(os.environ.get("CLEAN_LIVES", "245"))
"""Lives of 60 rounds that nobody tampered with."""

Books = list[Booked]
Planted = tuple[Round, Books]


def lived(seed: int, rounds: int = 60) -> tuple[list[Round], Books]:
    world = World(seed, TRAITS[seed % len(TRAITS)])
    world.live(rounds)
    books = [
        Booked(id, booking.movement.player, booking.movement.amount.minor)
        for id, booking in world.operator.booked.items()
        if booking.movement.round not in world.operator.spoilt
    ]
    newest = [versions[-1] for versions in world.all_rounds()]
    return [round for round in newest if round.final and round.id not in world.operator.spoilt], [
        line for line in books if line.id.split(":")[0] in {r.id for r in newest if r.final}
    ]


def has(round: Round, kind: object, status: Status) -> bool:
    return any(entry.kind is kind and entry.status is status for entry in round.entries)


def of(round: Round, books: Books, kind: object) -> Booked:
    return next(line for line in books if line.id.startswith(f"{round.id}:{kind}:"))


def without(books: Books, line: Booked) -> Books:
    return [other for other in books if other is not line]


def remove(kind: object) -> Callable[[Round, Books], Planted]:
    return lambda round, books: (round, without(books, of(round, books, kind)))


def change(**changes: object) -> Callable[[Round, Books], Planted]:
    def plant(round: Round, books: Books) -> Planted:
        line = of(round, books, ESCROW)
        return round, [*without(books, line), line._replace(**changes)]

    return plant


def settled(round: Round) -> bool:
    return round.state is State.SETTLED


def returned(round: Round, books: Books) -> bool:
    ids = {line.id for line in books}
    return round.state is State.CANCELLED and {f"{round.id}:escrow:1", f"{round.id}:cancel:1"} <= ids


def declined(round: Round, books: Books) -> Planted:
    first = round.entries[0]
    return round, [*books, Booked(f"{round.id}:escrow:1", round.terms.player, first.amount)]


PLANTS: dict[Gap, tuple[Callable[[Round, Books], bool], Callable[[Round, Books], Planted]]] = {
    Gap.ESCROW_MISSING: (lambda r, b: settled(r), remove(ESCROW)),
    Gap.RESULT_MISSING: (lambda r, b: settled(r), remove(RESULT)),
    Gap.CANCEL_MISSING: (returned, remove(CANCEL)),
    Gap.AMOUNT_DIFFERS: (lambda r, b: settled(r), change(amount=123_456)),
    Gap.PLAYER_DIFFERS: (lambda r, b: settled(r), change(player="somebody")),
    Gap.BOOKED_TWICE: (lambda r, b: settled(r), lambda r, b: (r, [*b, of(r, b, RESULT)])),
    Gap.DECLINED_BUT_BOOKED: (lambda r, b: r.state is State.DECLINED, declined),
    Gap.RETURNED_AND_PAID: (
        returned,
        lambda r, b: (r, [*b, Booked(f"{r.id}:result:1", r.terms.player, 50)]),
    ),
    Gap.NOT_ON_RECORD: (
        lambda r, b: settled(r),
        lambda r, b: (r, [*b, Booked(f"{r.id}:escrow:9", r.terms.player, 50)]),
    ),
    Gap.ROUND_NOT_ON_RECORD: (
        lambda r, b: settled(r),
        lambda r, b: (replace(r, id="gone"), [line for line in b if line.id.split(":")[0] == r.id]),
    ),
}


def test_every_gap_has_its_one_safe_action() -> None:
    assert set(Gap) == set(ACTIONS)


def test_nobody_cries_wolf_over_rounds_that_nobody_touched() -> None:
    seen = 0
    for seed in range(LIVES):
        rounds, books = lived(seed)
        assert [] == list(reconcile(rounds, books)), f"seed {seed}"
        seen += len(rounds)
    print(f"\n{seen} clean rounds")
    assert seen > 40 * LIVES


@pytest.mark.parametrize("gap", PLANTS)
def test_every_planted_gap_is_found_and_called_by_its_kind(gap: Gap) -> None:
    fits, plant = PLANTS[gap]
    chance, found, seed = Random(3), 0, 1000
    while found < GAPS // 10:
        seed += 1
        rounds, books = lived(seed, 40)
        victims = [round for round in rounds if fits(round, books)]
        if not victims:
            continue
        victim = chance.choice(victims)
        others = [r for r in rounds if r is not victim]
        changed, books_of_it = plant(victim, [line for line in books if line.id.split(":")[0] == victim.id])
        rest = [line for line in books if line.id.split(":")[0] != victim.id]
        told: list[Found] = list(
            reconcile([*others, *([changed] if changed.id != "gone" else [])], [*rest, *books_of_it])
        )
        assert {gap} == {each.gap for each in told}, told
        assert {victim.id} == {each.round for each in told}
        found += 1


def test_a_round_that_recovery_has_tried_too_often_is_named() -> None:
    rounds, books = lived(1)
    (told,) = reconcile(rounds, books, stuck=["one"])
    assert (Gap.STUCK, "one", "one", None, None) == (told.gap, told.round, told.movement, told.ours, told.theirs)
    assert "rgs recover" in told.action
