"""The desk: staff gives stakes back, two people end disputes and correct what has ended, and nobody draws."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.desk import OWING, PATIENCE, Decision, Desk
from core.errors import BadRequest, Forbidden, NotFound, WrongState
from ports.record import Kind, Round, State
from ports.wallet import Declined, Reason, Receipt
from tests.core.house import CANCELS, DRAW, ROUND, House, in_state
from tests.simulation.auditor import LEGAL
from tests.simulation.world import KEY

ANN, BOB = "staff:ann", "staff:bob"
CORRECTION = str(UUID(int=99))


def desk(house: House) -> Desk:
    process = house.process
    return Desk(
        rounds=house.rounds,
        lifecycle=process.lifecycle,
        walker=process.walker,
        sender=process.sender,
        clock=house.clock,
    )


def decided(house: House, decision: Decision) -> Round:
    desk(house).propose(ROUND, decision, ANN, "we talked")
    return desk(house).confirm(ROUND, decision, BOB)


def disputed_after_a_draw() -> House:
    house = House()
    house.play(faults=("none", "contradicted"))
    assert State.DISPUTED is house.now().state
    return house


@pytest.mark.parametrize("state", [s for s in State if s is not State.DISPUTED])
def test_only_disputed_rounds_are_decided(state: State) -> None:
    house = in_state(state, hosted=state is not State.ESCROWED)
    before = house.now()
    for act in (desk(house).propose, desk(house).confirm):
        with pytest.raises(WrongState):
            act(ROUND, Decision.RETRY, ANN, *(["why"] if act.__name__ == "propose" else []))
    assert before == house.now()


@pytest.mark.parametrize("state", State)
def test_staff_cancels_while_nothing_was_drawn_and_never_after(state: State) -> None:
    house = in_state(state, hosted=False) if state is State.ESCROWED else in_state(state, hosted=True)
    if state in (State.OPENED, State.ESCROWED):
        assert State.CANCELLED is desk(house).cancel(ROUND, ANN, "asked to").state
        assert 1_000_000 == house.operator.free["player-0"]
    else:
        with pytest.raises(WrongState):
            desk(house).cancel(ROUND, ANN, "asked to")


@pytest.mark.parametrize("state", State)
def test_staff_stops_what_is_owed_and_does_not_end_and_nothing_else(state: State) -> None:
    house = in_state(state, hosted=state is not State.ESCROWED)
    before = house.now()
    if state not in OWING:
        house.clock.tick(timedelta(hours=1))
        with pytest.raises(WrongState):
            desk(house).dispute(ROUND, ANN, "the operator refuses it")
        assert before == house.now()
        return
    house.clock.tick(PATIENCE - timedelta(seconds=1))
    with pytest.raises(BadRequest, match="give it ten minutes"):
        desk(house).dispute(ROUND, ANN, "too early")
    assert before == house.now()
    house.clock.tick(timedelta(seconds=1))
    stopped = desk(house).dispute(ROUND, ANN, "the operator refuses it")
    assert (State.DISPUTED, "stopped: the operator refuses it", ANN) == (stopped.state, stopped.reason, stopped.actor)
    assert (before.entries, before.held) == (stopped.entries, stopped.held)
    house.sweep()
    assert stopped == house.now()


def test_a_win_that_is_refused_for_ever_ends_when_two_people_say_that_it_is_paid() -> None:
    house = in_state(State.DRAWN, hosted=True)
    house.network._answer = lambda movement, fault: _refuse()
    house.sweep()
    house.clock.tick(PATIENCE)
    assert State.DRAWN is house.now().state
    desk(house).dispute(ROUND, ANN, "the player is blocked there")
    ended = decided(house, Decision.SETTLED)
    assert (State.SETTLED, True) == (ended.state, ended.final)
    assert house.rounds.open_round("op", "player-0", "coin") is None


def test_a_win_that_was_stopped_is_paid_when_two_people_want_it_tried_again() -> None:
    house = in_state(State.DRAWN, hosted=True)
    before = house.operator.free["player-0"]
    house.clock.tick(PATIENCE)
    desk(house).dispute(ROUND, ANN, "wait")
    assert State.SETTLED is decided(house, Decision.RETRY).state
    assert before == house.operator.free["player-0"], "the operator had booked it, and nobody knew"


def _refuse() -> Receipt:
    raise Declined(Reason.OTHER, "the player is blocked")


def test_a_disputed_stake_goes_back_when_two_people_say_so() -> None:
    house = in_state(State.DISPUTED, hosted=True)
    assert house.now().held > 0
    ended = decided(house, Decision.RETRY)
    assert State.CANCELLED is ended.state
    assert 1_000_000 == house.operator.free["player-0"]
    assert "we talked (proposed by staff:ann)" in house.rounds.versions(ROUND)[-2].reason


def test_a_disputed_win_is_paid_when_two_people_say_so() -> None:
    house = disputed_after_a_draw()
    assert State.SETTLED is decided(house, Decision.RETRY).state
    house.sweep()
    assert house.opening == house.operator.total()


def test_a_win_that_was_paid_outside_is_settled_by_hand() -> None:
    house = disputed_after_a_draw()
    ended = decided(house, Decision.SETTLED)
    assert State.SETTLED is ended.state
    assert "by hand" == ended.entries[-1].code
    assert 0 == house.rounds.held("op", "player-0", ended.terms.currency)


def test_a_stake_that_went_back_outside_is_cancelled_by_hand() -> None:
    house = in_state(State.DISPUTED, hosted=True)
    assert State.CANCELLED is decided(house, Decision.CANCELLED).state


def test_every_escrow_of_an_external_round_goes_back() -> None:
    house = House()
    house.escrow()
    house.process.external.draw(KEY, ROUND, 1, DRAW)
    house.process.external.further_escrow(KEY, ROUND, 2, 15)
    house.after_deadline()
    house.sweep()
    assert State.DISPUTED is house.now().state
    assert State.CANCELLED is decided(house, Decision.RETRY).state
    assert 1_000_000 == house.operator.free["player-0"]


def test_one_person_is_not_enough() -> None:
    house = in_state(State.DISPUTED, hosted=True)
    desk(house).propose(ROUND, Decision.RETRY, ANN, "I say so")
    with pytest.raises(Forbidden, match="second person"):
        desk(house).confirm(ROUND, Decision.RETRY, ANN)
    assert State.DISPUTED is house.now().state


def test_what_is_confirmed_is_what_was_proposed() -> None:
    house = in_state(State.DISPUTED, hosted=True)
    with pytest.raises(BadRequest, match="not what was proposed"):
        desk(house).confirm(ROUND, Decision.RETRY, BOB)
    desk(house).propose(ROUND, Decision.CANCELLED, ANN, "by hand")
    with pytest.raises(BadRequest, match="not what was proposed"):
        desk(house).confirm(ROUND, Decision.RETRY, BOB)


def test_a_drawn_round_is_not_cancelled_and_an_undrawn_one_not_settled() -> None:
    with pytest.raises(BadRequest, match="was drawn"):
        desk(disputed_after_a_draw()).propose(ROUND, Decision.CANCELLED, ANN, "no")
    with pytest.raises(BadRequest, match="nothing was drawn"):
        desk(in_state(State.DISPUTED, hosted=True)).propose(ROUND, Decision.SETTLED, ANN, "no")


def test_a_disputed_round_that_goes_on_does_not_take_its_place_back() -> None:
    house = disputed_after_a_draw()
    other = str(UUID(int=2))
    house.play(faults=("none", "lost after", "lost after"), round=other)
    assert State.DRAWN is house.rounds.load(other).state
    assert State.SETTLED is decided(house, Decision.RETRY).state
    assert other == house.rounds.open_round("op", "player-0", "coin").id


def test_a_correction_is_a_round_of_its_own_that_two_people_make() -> None:
    house = House()
    house.play()
    before, balance = house.now(), house.operator.free["player-0"]
    proposed = desk(house).correct(ROUND, 250, CORRECTION, ANN, "the shown win was more")
    assert (Kind.CORRECTION, State.DISPUTED, ROUND) == (proposed.terms.kind, proposed.state, proposed.terms.corrects)
    assert balance == house.operator.free["player-0"]
    with pytest.raises(Forbidden):
        desk(house).confirm(CORRECTION, Decision.RETRY, ANN)
    paid = desk(house).confirm(CORRECTION, Decision.RETRY, BOB)
    assert (State.SETTLED, 250) == (paid.state, paid.win)
    assert balance + 250 == house.operator.free["player-0"]
    assert before == house.now()
    assert 0 == paid.held == paid.unit


@pytest.mark.parametrize("amount", [0, -5, 2**53])
def test_a_correction_pays_something(amount: int) -> None:
    house = House()
    house.play()
    with pytest.raises(BadRequest):
        desk(house).correct(ROUND, amount, CORRECTION, ANN, "no")


def test_a_round_that_goes_on_is_not_corrected() -> None:
    with pytest.raises(WrongState):
        desk(in_state(State.DRAWN, hosted=True)).correct(ROUND, 10, CORRECTION, ANN, "no")


def test_a_correction_that_the_operators_protocol_cannot_pay_is_refused_before_anything_is_on_record() -> None:
    house = House(replace(CANCELS, corrections=False))
    house.play()
    with pytest.raises(BadRequest, match="pays nothing without a bet"):
        desk(house).correct(ROUND, 10, CORRECTION, ANN, "the shown win was more")
    assert house.rounds.load(CORRECTION) is None


def test_there_is_nothing_to_decide_about_a_round_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        desk(House()).cancel(ROUND, ANN, "no")


def test_what_staff_decides_are_the_only_ways_out_of_a_dispute() -> None:
    assert {to for of, to in LEGAL if of is State.DISPUTED} == {State.DISPUTED}
