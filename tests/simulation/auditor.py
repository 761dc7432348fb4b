"""The books balance, the paths are legal, nothing was shown twice: the invariants of a life, checked from outside."""

import itertools
from collections.abc import Sequence

from core.book import CANCEL, ESCROW, RESULT, movement_id
from ports.record import Round, State, Status
from tests.simulation.world import FUN, World

LEGAL = {
    (State.OPENED, State.OPENED),
    (State.OPENED, State.ESCROWED),
    (State.OPENED, State.DECLINED),
    (State.OPENED, State.CANCELLING),
    (State.OPENED, State.DISPUTED),
    (State.ESCROWED, State.DRAWN),
    (State.ESCROWED, State.AWAITING),
    (State.ESCROWED, State.CANCELLING),
    (State.ESCROWED, State.DISPUTED),
    (State.AWAITING, State.AWAITING),
    (State.AWAITING, State.RAISING),
    (State.AWAITING, State.DRAWN),
    (State.AWAITING, State.DISPUTED),
    (State.RAISING, State.RAISING),
    (State.RAISING, State.AWAITING),
    (State.RAISING, State.DRAWN),
    (State.RAISING, State.DISPUTED),
    (State.DRAWN, State.DRAWN),
    (State.DRAWN, State.SETTLED),
    (State.DRAWN, State.DISPUTED),
    (State.CANCELLING, State.CANCELLING),
    (State.CANCELLING, State.CANCELLED),
    (State.CANCELLING, State.DISPUTED),
    (State.CANCELLED, State.CANCELLING),
    (State.DISPUTED, State.DISPUTED),
}
"""The arrows of the transition table."""


def audit(world: World) -> None:
    """Check every invariant over a life that has come to rest. Raises `AssertionError` with the round at fault."""
    operator = world.operator
    assert operator.total() == world.opening, "I1: money was made or lost"
    assert all(amount >= 0 for amount in operator.free.values()), "I7: a balance below zero"
    occupied: set[tuple[str, str, str]] = set()
    for versions in world.all_rounds():
        newest = versions[-1]
        _chain(versions)
        _path(versions)
        _outcome(versions, world)
        _money(newest, world)
        place = (newest.terms.operator, newest.terms.player, newest.terms.game)
        assert not (newest.occupies and place in occupied), f"I8: two open rounds at {place}"
        occupied |= {place} if newest.occupies else set()
    _held(world)


def _chain(versions: Sequence[Round]) -> None:
    for before, after in itertools.pairwise(versions):
        assert after.previous == before.digest, f"I12: the chain of {after.id} is broken at {after.version}"
        assert after.terms == before.terms, f"the terms of {after.id} changed"
        assert Round.parse(after.record) == after, "a record does not come back as it was"


def _path(versions: Sequence[Round]) -> None:
    for before, after in itertools.pairwise(versions):
        assert (before.state, after.state) in LEGAL, f"I10: {before.state} -> {after.state} in {after.id}"


def _outcome(versions: Sequence[Round], world: World) -> None:
    for before, after in itertools.pairwise(versions):
        assert after.turns[: len(before.turns)] == before.turns, f"I6: {after.id} was drawn again"
        if before.state in (State.DRAWN, State.SETTLED):
            assert after.win == before.win, f"I6: the win of {after.id} changed"
    newest = versions[-1]
    assert 0 <= newest.win <= newest.terms.cap, f"I9: {newest.id} wins {newest.win}"
    shown = world.shown.get(newest.id)
    if shown is not None:
        assert shown == (newest.win, [p.turn.events for p in newest.turns]), f"I6: {newest.id} is not what was shown"
    if newest.state in (State.CANCELLED, State.DECLINED):
        assert not newest.turns, f"{newest.id} was given back after a draw"


def _money(newest: Round, world: World) -> None:
    """I2 to I5: what the record says of each movement is what the operator booked, id by id."""
    booked = {id: b for id, b in world.operator.booked.items() if b.movement.round == newest.id}
    if newest.state is State.DISPUTED:
        return
    assert newest.final, f"I11: {newest.id} is still {newest.state}"
    for entry in newest.entries:
        id = movement_id(newest, entry)
        assert entry.status not in (Status.PENDING, Status.UNFOUND), f"I2: {newest.id} ended, and {id} did not"
        if entry.status is Status.CONFIRMED and not (entry.kind is CANCEL and id not in booked):
            assert id in booked, f"I2: the operator never booked {id}"
        if entry.status is Status.DECLINED:
            assert id not in booked, f"I2: {id} was booked and is on record as refused"
        spoilt_and_returned = newest.id in world.operator.spoilt and entry.status is Status.RETURNED
        if id in booked and not spoilt_and_returned:
            assert booked[id].movement.amount.minor == entry.amount, f"I2: {id} differs"
        if entry.kind is ESCROW and entry.status is Status.RETURNED and id in booked:
            assert f"{newest.id}:cancel:{entry.number}" in booked, f"I5: {id} was booked and never given back"
    known = {movement_id(newest, entry) for entry in newest.entries}
    assert set(booked) <= known, f"I2: the operator booked what is not on record: {set(booked) - known}"
    results = [b for b in booked.values() if b.movement.kind is RESULT]
    if newest.state is State.SETTLED:
        assert [newest.win] == [b.effect for b in results], f"I4: {newest.id} was settled with {results}"
    else:
        assert not results, f"I5: {newest.id} is {newest.state} and was paid"
    assert world.operator.held[newest.id] == 0, f"I5: {newest.id} is {newest.state} and something is held"


def _held(world: World) -> None:
    for player in world.players:
        of_disputed = sum(versions[-1].held for versions in world.all_rounds() if versions[-1].terms.player == player)
        assert of_disputed == world.rounds.held("op", player, FUN), "held is not what the rounds say"
