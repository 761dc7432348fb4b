"""The player API: sessions, rounds of games that run here, choices, history."""

from datetime import timedelta

import pytest

from adapters.http import models
from ports.wallet import Contradicted, Declined, Reason, Unconfirmed
from tests.adapters.http.shop import OPENING, Client, Reply, Shop, address, new_id


@pytest.fixture
def shop() -> Shop:
    return Shop()


UUID = "01890a5d-ac96-774b-b9aa-9f1f1a0c7f2e"


def play(client: Client, round: str | None = None, stake: int = 100) -> Reply:
    return client.put(address(round or new_id()), stake=stake)


def test_a_session_says_who_plays_what_with_how_much(shop: Shop) -> None:
    reply = shop.stranger().post("/v1/sessions", operator="social", token="demo-ann", game="coin")
    assert 201 == reply.status
    models.Session.model_validate(reply.body, strict=True)
    told = {key: reply.body[key] for key in ("balance", "held", "currency", "exponent", "game", "open_round")}
    assert {
        "balance": OPENING, "held": 0, "currency": "FUN", "exponent": 2, "game": "coin", "open_round": None,
    } == told  # fmt: skip
    assert "social" == reply.body["player"]["operator"]


def test_a_session_is_found_again_and_ends(shop: Shop) -> None:
    ann = shop.player()
    again = ann.get("/v1/session")
    assert (200, ann.bearer) == (again.status, again.body["session"])
    assert 204 == ann.delete("/v1/session").status
    assert (401, "unauthenticated") == ann.get("/v1/session").problem()


def test_a_session_expires() -> None:
    ann = Shop(lifetime=timedelta(0)).player()
    assert (401, "unauthenticated") == ann.get("/v1/session").problem()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"game": "nonsense"}, 404, "not_found"),
        ({"operator": "nobody"}, 400, "bad_request"),
        ({"token": "nonsense"}, 401, "unauthenticated"),
    ],
)
def test_what_cannot_be_opened(shop: Shop, change: dict[str, str], status: int, code: str) -> None:
    body = {"operator": "social", "token": "demo-ann", "game": "coin"} | change
    assert (status, code) == shop.stranger().post("/v1/sessions", **body).problem()


@pytest.mark.parametrize(
    ("failure", "status", "code", "retryable"),
    [
        (Declined(Reason.SESSION_INVALID, "no"), 401, "unauthenticated", False),
        (Declined(Reason.UNREACHABLE, "no"), 503, "busy", True),
        (Declined(Reason.PLAYER_BLOCKED, "no"), 402, "declined", False),
        (Unconfirmed("nothing came"), 503, "busy", True),
        (Contradicted("somebody else"), 503, "busy", True),
    ],
)
def test_an_operator_that_opens_nothing(
    shop: Shop, failure: Exception, status: int, code: str, retryable: bool
) -> None:
    shop.line.before = [failure]
    reply = shop.stranger().post("/v1/sessions", operator="social", token="demo-ann", game="coin")
    assert (status, code, retryable) == (reply.status, reply.body["code"], reply.body["retryable"])


def test_a_played_round_is_new_and_settled(shop: Shop) -> None:
    ann, id = shop.player(), new_id()
    reply = play(ann, id)
    assert (201, "settled", False) == (reply.status, reply.body["state"], reply.replay)
    models.Round.model_validate(reply.body, strict=True)
    win = reply.body["win"]
    assert (id, "coin", "base", 100, 100, 0, 1) == tuple(
        reply.body[key] for key in ("round", "game", "mode", "stake", "unit", "held", "turn")
    )
    assert OPENING - 100 + win == reply.body["balance"]
    assert [{"type": "coin", "win": win // 100}] == reply.body["events"]
    assert "choices" not in reply.body


def test_neither_draws_nor_a_games_state_ever_leave(shop: Shop) -> None:
    ann = shop.player(game="ladder")
    reply = play(ann)
    assert "awaiting" == reply.body["state"]
    kept = shop.rounds.load(reply.body["round"])
    assert kept is not None
    assert {"step": 1, "win": reply.body["win"] // 100} == kept.turns[0].turn.state
    for told in (reply.body, ann.get("/v1/rounds").body["rounds"][0], ann.get("/v1/session").body["open_round"]):
        assert set(told) <= set(models.Round.model_fields)
        assert [{"type", "step", "win"}] == [set(event) for event in told["events"]]


def test_the_same_bet_again_is_the_same_round(shop: Shop) -> None:
    ann, id = shop.player(), new_id()
    first, second = play(ann, id), ann.put(address(id), stake=100, mode="base", selection=None)
    assert (200, True) == (second.status, second.replay)
    assert first.body == second.body


@pytest.mark.parametrize("change", [{"stake": 200}, {"mode": "other"}, {"selection": [1]}, {"reward": "free-7"}])
def test_another_bet_under_the_same_id_is_refused(shop: Shop, change: dict[str, object]) -> None:
    ann, id = shop.player(), new_id()
    play(ann, id)
    reply = ann.put(address(id), **({"stake": 100} | change))
    assert (422, "id_reused") == reply.problem()
    assert "settled" == reply.body["state"]


@pytest.mark.parametrize("stake", [1, 3, 101, 10_000])
def test_a_stake_off_the_ladder_is_refused_with_the_ladder(shop: Shop, stake: int) -> None:
    reply = play(shop.player(), stake=stake)
    assert (400, "bad_request") == reply.problem()
    assert "10, 20, 50, 100, 200, 500, 1000" in reply.body["detail"]


@pytest.mark.parametrize("id", ["x", "0", UUID.upper(), UUID + "0", "%00", "é", "a" * 500])
def test_a_round_id_is_a_lower_case_uuid(shop: Shop, id: str) -> None:
    ann = shop.player()
    assert (400, "bad_request") == play(ann, id).problem()
    assert (400, "bad_request") == ann.get(address(id)).problem()
    assert (400, "bad_request") == ann.post(f"{address(id)}/choices", turn=1, choice="stop").problem()


def test_an_open_round_is_named_when_another_is_asked_for(shop: Shop) -> None:
    ann, id = shop.player(game="ladder"), new_id()
    play(ann, id)
    reply = play(ann)
    assert (409, "round_open") == reply.problem()
    assert (id, "awaiting") == (reply.body["round"], reply.body["state"])
    assert id == ann.get("/v1/session").body["open_round"]["round"]


def test_choices_are_taken_to_the_end(shop: Shop) -> None:
    ann, id = shop.player(game="ladder"), new_id()
    offered = play(ann, id).body["choices"]
    assert [{"id": "stop", "cost": 0}, {"id": "climb", "cost": 0}, {"id": "raise", "cost": 100}] == offered
    climbed = ann.post(f"{address(id)}/choices", turn=1, choice="climb")
    assert (200, "awaiting", 2, 100) == (
        climbed.status, climbed.body["state"], climbed.body["turn"], climbed.body["stake"],
    )  # fmt: skip
    raised = ann.post(f"{address(id)}/choices", turn=2, choice="raise")
    assert (200, 3, 200, 200) == (raised.status, raised.body["turn"], raised.body["stake"], raised.body["held"])
    stopped = ann.post(f"{address(id)}/choices", turn=3, choice="stop")
    assert ("settled", 4, 0) == (stopped.body["state"], stopped.body["turn"], stopped.body["held"])
    assert ["step", "step", "step", "stop"] == [event["type"] for event in stopped.body["events"]]


def test_the_same_choice_again_is_a_replay_and_another_is_refused(shop: Shop) -> None:
    ann, id = shop.player(game="ladder"), new_id()
    play(ann, id)
    ann.post(f"{address(id)}/choices", turn=1, choice="climb")
    again = ann.post(f"{address(id)}/choices", turn=1, choice="climb")
    assert (200, True) == (again.status, again.replay)
    other = ann.post(f"{address(id)}/choices", turn=1, choice="stop")
    assert ((422, "id_reused"), "awaiting") == (other.problem(), other.body["state"])
    early = ann.post(f"{address(id)}/choices", turn=3, choice="stop")
    assert ((409, "wrong_state"), "awaiting") == (early.problem(), early.body["state"])
    unknown = ann.post(f"{address(id)}/choices", turn=2, choice="jump")
    assert (400, "bad_request") == unknown.problem()


def test_a_refused_stake_is_a_402_with_its_reason_also_when_it_is_repeated(shop: Shop) -> None:
    ann, id = shop.player(), new_id()
    shop.line.before = [Declined(Reason.LIMIT, "enough for today")]
    for replay in (False, True):
        reply = play(ann, id)
        assert (402, "declined") == reply.problem()
        assert ("limit", "declined", id, False) == tuple(
            reply.body[key] for key in ("reason", "state", "round", "retryable")
        )
        assert replay is reply.replay
    looked_up = ann.get(address(id))
    assert (200, "declined", "limit", 100, 0) == (
        looked_up.status, *(looked_up.body[key] for key in ("state", "reason", "stake", "held")),
    )  # fmt: skip


def test_a_player_without_money_is_refused_and_keeps_what_there_is(shop: Shop) -> None:
    ann = shop.player(game="ladder", operator="social")
    shop.line.before = [Declined(Reason.INSUFFICIENT_FUNDS, "not enough")]
    assert "insufficient_funds" == play(ann).body["reason"]
    assert OPENING == ann.get("/v1/session").body["balance"]


def test_a_refused_raise_is_a_402_and_the_choice_is_open_again(shop: Shop) -> None:
    ann, id = shop.player(game="ladder"), new_id()
    play(ann, id)
    shop.line.before = [Declined(Reason.INSUFFICIENT_FUNDS, "not enough")]
    reply = ann.post(f"{address(id)}/choices", turn=1, choice="raise")
    assert (402, "declined") == reply.problem()
    assert ("insufficient_funds", "awaiting") == (reply.body["reason"], reply.body["state"])
    assert 200 == ann.post(f"{address(id)}/choices", turn=1, choice="stop").status


def test_a_result_without_an_answer_is_202_and_shows_the_outcome(shop: Shop) -> None:
    ann, id = shop.player(), new_id()
    shop.line.after = [None, Unconfirmed("lost"), Unconfirmed("lost")]
    reply = play(ann, id)
    assert (202, "drawn", 100) == (reply.status, reply.body["state"], reply.body["held"])
    assert reply.body["events"]
    again = play(ann, id)
    assert (200, "settled", True) == (again.status, again.body["state"], again.replay)
    assert reply.body["events"] == again.body["events"]


def test_history_is_the_players_newest_first_page_by_page(shop: Shop) -> None:
    ann = shop.player()
    ids = [play(ann).body["round"] for _ in range(5)]
    first = ann.get("/v1/rounds?limit=3")
    models.History.model_validate(first.body, strict=True)
    second = ann.get(f"/v1/rounds?limit=3&cursor={first.body['next']}")
    assert ids[::-1] == [round["round"] for round in first.body["rounds"] + second.body["rounds"]]
    assert second.body["next"] is None
    assert (200, [], None) == (
        (empty := shop.player("bob").get("/v1/rounds")).status, empty.body["rounds"], empty.body["next"],
    )  # fmt: skip


def test_the_balance_of_a_player_unknown_to_this_process_is_asked_for_once(shop: Shop) -> None:
    ann = shop.player()
    id = play(ann).body["round"]
    balance = ann.get(address(id)).body["balance"]
    shop.services.sessions._balances._said.clear()
    calls = shop.line.calls
    assert [balance, balance] == [ann.get(address(id)).body["balance"] for _ in range(2)]
    assert calls + 1 == shop.line.calls


def test_a_wallet_that_cannot_say_the_balance_leaves_it_null_and_is_not_asked_again(shop: Shop) -> None:
    ann = shop.player()
    id = play(ann).body["round"]
    shop.services.sessions._balances._said.clear()
    shop.line.before = [Unconfirmed("lost")]
    assert [None, None] == [ann.get(address(id)).body["balance"] for _ in range(2)]


def test_no_credentials_open_nothing(shop: Shop) -> None:
    for path in ("/v1/session", "/v1/rounds", address(new_id())):
        for header in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer ü", "bearer nonsense"):
            reply = shop.stranger().get(path, Authorization=header)
            assert (401, "unauthenticated") == reply.problem()
            assert "Bearer" == reply.headers["WWW-Authenticate"]


def test_nothing_is_played_while_chance_is_unsound(shop: Shop) -> None:
    ann = shop.player()
    shop.monitor._fail("told to")
    reply = play(ann)
    assert (503, "rng_unhealthy") == reply.problem()
    assert "1" == reply.headers["Retry-After"]
    assert [] == ann.get("/v1/rounds").body["rounds"]
