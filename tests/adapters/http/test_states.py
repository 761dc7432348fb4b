"""What each state of a round looks like from outside, reached on the real walk with a network that loses what it is told."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.http import models
from adapters.http.app import HttpConfig, Services, create_app
from adapters.http.launches import Launches
from adapters.metrics import Metrics
from core.balances import Balances
from core.sessions import Sessions
from core.stakes import Stakes
from ports.record import State
from ports.sessions import Session
from tests.adapters.http.shop import Client, address
from tests.core.house import CANCELS, LOST, ROUND, House, in_state
from tests.simulation.world import FUN, KEY, SoundSource

IN_DOUBT = {State.OPENED, State.RAISING, State.DRAWN, State.CANCELLING, State.DISPUTED}
HOSTED = [state for state in State if state is not State.ESCROWED]
PAID_AND_KEPT = {State.OPENED, State.AWAITING, State.DRAWN, State.CANCELLING, State.DISPUTED}


def door(house: House, game: str, opened_by: str | None) -> Client:
    """The way in over HTTP for the player, or for the game server, of a house."""
    app = create_app(
        Services(
            hosted=house.hosted,
            external=house.process.external,
            sessions=Sessions(
                store=house.sessions,
                catalogue=house.catalogue,
                wallets={"op": house.network},
                entropy=SoundSource(house.chance),
                clock=house.clock,
                balances=Balances(),
                lifetime=timedelta(hours=1),
            ),
            session_store=house.sessions,
            rounds=house.rounds,
            rewards=house.process.rewards,
            catalogue=house.catalogue,
            house=house.process.hosted._house,
            stakes=Stakes(min=1, max=1000, default=10),
            keys={sha256(b"key").digest(): KEY},
            tape=lambda: house.process.external._tape(),
            health=house.health,
            metrics=Metrics(rounds=house.rounds, clock=house.clock, sound=lambda: True, tested=lambda: 0),
            launches=Launches(
                wallets={"op": house.network},
                catalogue=house.catalogue,
                rewards=house.process.rewards,
                entropy=SoundSource(house.chance),
                show="social",
            ),
            ready=list,
        ),
        HttpConfig(threads={}, together=1, art=Path(), frame_ancestors="'none'"),
    )
    session = Session(
        id="door",
        operator="op",
        player="player-0",
        currency=FUN,
        game=game,
        opened_by=opened_by,
        handle="handle-player-0",
        demo=False,
        created=house.clock.now(),
        expires=house.clock.now() + timedelta(days=1),
    )
    house.sessions.add(session, sha256(b"bearer").digest())
    return Client(app.test_client(), "bearer" if opened_by is None else "key")


@pytest.mark.parametrize("state", HOSTED)
def test_a_hosted_round_looked_up(state: State) -> None:
    house = in_state(state, hosted=True)
    reply = door(house, house.now().terms.game, None).get(address(ROUND))
    models.Round.model_validate(reply.body, strict=True)
    assert (202 if state in IN_DOUBT else 200, state) == (reply.status, reply.body["state"])
    assert (state is State.AWAITING) is ("choices" in reply.body)
    assert bool(house.now().turns) is bool(reply.body["events"])
    assert house.now().held == reply.body["held"]
    if state in (State.DECLINED, State.CANCELLED):
        assert (10, 0, 0) == (reply.body["stake"], reply.body["win"], reply.body["held"])


@pytest.mark.parametrize("state", HOSTED)
def test_a_hosted_round_played_again(state: State) -> None:
    """The retry walks on, if the operator answers; and says the same, if not."""
    house = in_state(state, hosted=True)
    house.script = [LOST] * 4
    ahead = door(house, house.now().terms.game, None).put(address(ROUND), stake=10)
    assert ahead.replay
    if state is State.DECLINED:
        assert ((402, "declined"), "declined") == (ahead.problem(), ahead.body["state"])
    else:
        expected = 202 if house.now().state in IN_DOUBT else 200
        assert (expected, house.now().state) == (ahead.status, ahead.body["state"])


@pytest.mark.parametrize("state", State)
def test_an_external_round_is_cancelled_only_while_nothing_was_drawn(state: State) -> None:
    house = in_state(state, hosted=False)
    reply = door(house, "theirs", "server").post("/v1/cancel", round=ROUND, reason="so asked")
    if state in (State.OPENED, State.ESCROWED, State.CANCELLING, State.CANCELLED):
        assert (200, "cancelled") == (reply.status, reply.body["state"])
    else:
        assert ((409, "wrong_state"), state) == (reply.problem(), reply.body["state"])


@pytest.mark.parametrize("state", State)
def test_an_external_round_is_escrowed_again(state: State) -> None:
    house = in_state(state, hosted=False)
    house.script = [LOST] * 6
    body = {"session": "bearer", "round": ROUND, "stake": 20}
    reply = door(house, "theirs", "server").post("/v1/escrow", **body)
    assert reply.replay
    if state is State.DECLINED:
        assert (402, "declined") == reply.problem()
    else:
        models.Round.model_validate(reply.body, strict=True)
        assert (202 if house.now().state in IN_DOUBT else 200) == reply.status


def test_an_escrow_that_nobody_answers_is_202_and_ends_by_being_looked_up() -> None:
    house = House(CANCELS)
    client = door(house, "coin", None)
    house.script = [LOST] * 3
    reply = client.put(address(ROUND), stake=10)
    assert (202, "cancelling", 0, []) == (
        reply.status,
        reply.body["state"],
        reply.body["win"],
        reply.body["events"],
    )
    house.sweep()
    assert (200, "cancelled", 0) == (
        (ended := client.get(address(ROUND))).status,
        *map(ended.body.get, ("state", "held")),
    )


def test_a_contradiction_is_202_disputed_and_the_stake_stays_held() -> None:
    house = House(CANCELS)
    house.script = ["contradicted"]
    reply = door(house, "coin", None).put(address(ROUND), stake=10)
    assert (202, "disputed", 10) == (reply.status, reply.body["state"], reply.body["held"])


def test_a_game_that_is_gone_leaves_the_round_waiting() -> None:
    house = in_state(State.AWAITING, hosted=True)
    client = door(house, "ladder", None)
    del house.catalogue._all["ladder", "1", "default"]
    reply = client.post(f"{address(ROUND)}/choices", turn=1, choice="climb")
    assert ((409, "game_unavailable"), "awaiting", True) == (
        reply.problem(),
        reply.body["state"],
        reply.body["retryable"],
    )
