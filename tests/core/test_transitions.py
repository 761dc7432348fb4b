"""Every state meets every request: what is legal does what the table says, everything else changes nothing."""

from collections.abc import Callable

import pytest

from core.errors import IdReused, NotFound, WrongState
from ports.game import Wager
from ports.record import State
from ports.rounds import Bet
from tests.core.house import DRAW, ROUND, House, in_state
from tests.simulation.world import KEY

S = State
EXTERNAL = list(State)
HOSTED = [s for s in State if s is not State.ESCROWED]


def _bet(house: House, stake: int = 10) -> Bet:
    return Bet(round=ROUND, wager=Wager("base"), stake=stake)


def _theirs(house: House):
    return house.player(house.now().terms.game)


REQUESTS: dict[str, Callable[[House], object]] = {
    "same bet": lambda h: h.hosted.play(_theirs(h), _bet(h)),
    "other bet": lambda h: h.hosted.play(_theirs(h), _bet(h, 20)),
    "bet of another player": lambda h: h.hosted.play(h.player(h.now().terms.game, "player-1"), _bet(h)),
    "choice 1": lambda h: h.hosted.choose(_theirs(h), ROUND, 1, "stop"),
    "choice 2": lambda h: h.hosted.choose(_theirs(h), ROUND, 2, "stop"),
    "same escrow": lambda h: h.process.external.escrow(KEY, h.player("theirs"), ROUND, 20, None),
    "other escrow": lambda h: h.process.external.escrow(KEY, h.player("theirs"), ROUND, 30, None),
    "escrow 2": lambda h: h.process.external.further_escrow(KEY, ROUND, 2, 15),
    "escrow 3": lambda h: h.process.external.further_escrow(KEY, ROUND, 3, 15),
    "draw 1": lambda h: h.process.external.draw(KEY, ROUND, 1, DRAW),
    "draw 3": lambda h: h.process.external.draw(KEY, ROUND, 3, DRAW),
    "result": lambda h: h.process.external.result(KEY, ROUND, 30, {"shown": 30}),
    "other result": lambda h: h.process.external.result(KEY, ROUND, 0, None),
    "cancel": lambda h: h.process.external.cancel(KEY, ROUND, "no more"),
}

LEGAL: dict[tuple[State, bool, str], State] = {
    # A repeat walks the round on as far as it goes; the network is sound again.
    (S.OPENED, True, "same bet"): S.SETTLED,
    (S.AWAITING, True, "same bet"): S.AWAITING,
    (S.RAISING, True, "same bet"): S.AWAITING,
    (S.DRAWN, True, "same bet"): S.SETTLED,
    (S.SETTLED, True, "same bet"): S.SETTLED,
    (S.DECLINED, True, "same bet"): S.DECLINED,
    (S.CANCELLING, True, "same bet"): S.CANCELLED,
    (S.CANCELLED, True, "same bet"): S.CANCELLED,
    (S.DISPUTED, True, "same bet"): S.DISPUTED,
    (S.AWAITING, True, "choice 1"): S.SETTLED,
    (S.OPENED, False, "same escrow"): S.ESCROWED,
    (S.ESCROWED, False, "same escrow"): S.ESCROWED,
    (S.AWAITING, False, "same escrow"): S.AWAITING,
    (S.RAISING, False, "same escrow"): S.AWAITING,
    (S.DRAWN, False, "same escrow"): S.SETTLED,
    (S.SETTLED, False, "same escrow"): S.SETTLED,
    (S.DECLINED, False, "same escrow"): S.DECLINED,
    (S.CANCELLING, False, "same escrow"): S.CANCELLED,
    (S.CANCELLED, False, "same escrow"): S.CANCELLED,
    (S.DISPUTED, False, "same escrow"): S.DISPUTED,
    (S.AWAITING, False, "escrow 2"): S.AWAITING,
    (S.RAISING, False, "escrow 2"): S.AWAITING,
    (S.ESCROWED, False, "draw 1"): S.AWAITING,
    (S.AWAITING, False, "draw 1"): S.AWAITING,
    (S.RAISING, False, "draw 1"): S.RAISING,
    (S.ESCROWED, False, "result"): S.SETTLED,
    (S.AWAITING, False, "result"): S.SETTLED,
    (S.DRAWN, False, "result"): S.SETTLED,
    (S.SETTLED, False, "result"): S.SETTLED,
    (S.ESCROWED, False, "other result"): S.SETTLED,
    (S.AWAITING, False, "other result"): S.SETTLED,
    (S.OPENED, False, "cancel"): S.CANCELLED,
    (S.ESCROWED, False, "cancel"): S.CANCELLED,
    (S.CANCELLING, False, "cancel"): S.CANCELLED,
    (S.CANCELLED, False, "cancel"): S.CANCELLED,
}


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    ("state", "hosted"), [(s, True) for s in HOSTED] + [(s, False) for s in EXTERNAL], ids=lambda v: str(v)
)
def test_a_request_is_in_the_table_or_changes_nothing(state: State, hosted: bool, request_: str) -> None:
    house = in_state(state, hosted=hosted)
    before = house.now()
    expected = LEGAL.get((state, hosted, request_))
    if expected is not None:
        REQUESTS[request_](house)
        assert expected is house.now().state
        return
    with pytest.raises((WrongState, NotFound, IdReused)):
        REQUESTS[request_](house)
    assert before == house.now()
