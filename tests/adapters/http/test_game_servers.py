"""The RNG API and the stages, as a game server calls them."""

import pytest

from adapters.http import models
from ports.wallet import Declined, Reason, Unconfirmed
from tests.adapters.http.shop import OPENING, Client, Reply, Shop, new_id


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def server(shop: Shop) -> Client:
    return shop.server()


def escrow(shop: Shop, id: str, **more: object) -> Reply:
    body = {"session": shop.visit(), "round": id, "stake": 250} | more
    return shop.server().post("/v1/escrow", **body)


def test_a_range_is_from_min_to_below_max(server: Client) -> None:
    reply = server.get("/v1/rng/range?min=-3&max=3&count=2000")
    assert (200, "no-store") == (reply.status, reply.headers["Cache-Control"])
    assert {-3, -2, -1, 0, 1, 2} == set(reply.body["values"])
    assert 2000 == len(reply.body["values"])


def test_a_range_gives_one_value_by_default_and_may_be_2_to_the_64_wide(server: Client) -> None:
    [value] = server.get(f"/v1/rng/range?min=0&max={2**64}").body["values"]
    assert 0 <= value < 2**64


def test_weights_of_nothing_are_never_drawn(server: Client) -> None:
    reply = server.post("/v1/rng/weighted", weights=[[1, 500], [2, 0], ["three", 2000], [None, 1]], count=2000)
    assert {1, "three"} <= set(reply.body["values"]) <= {1, "three", None}


def test_weights_add_up_to_2_to_the_63_and_no_further(server: Client) -> None:
    assert 200 == server.post("/v1/rng/weighted", weights=[[1, 2**62], [2, 2**62]]).status
    assert (400, "bad_request") == server.post("/v1/rng/weighted", weights=[[1, 2**62], [2, 2**62 + 1]]).problem()


def test_a_shuffle_keeps_every_item_and_a_sample_some(server: Client) -> None:
    items = [*range(50), "joker", None, {"suit": "hearts"}]
    assert sorted(map(str, items)) == sorted(map(str, server.post("/v1/rng/shuffle", items=items).body["items"]))
    some = server.post("/v1/rng/shuffle", items=items, count=5).body["items"]
    assert 5 == len(some)
    assert all(item in items for item in some)


def test_ten_thousand_items_are_shuffled_in_one_call(server: Client) -> None:
    items = [f"card {number:06}" for number in range(10_000)]
    reply = server.post("/v1/rng/shuffle", items=items)
    assert items == sorted(reply.body["items"])


@pytest.mark.parametrize(
    "body",
    [
        {"weights": []}, {"weights": [[1]]}, {"weights": [[1, 2, 3]]}, {"weights": [[1, 0]]}, {"weights": [[1, -1]]},
        {"weights": [[1, "2"]]}, {"weights": [[1, True]]}, {"weights": [[1, None]]}, {"weights": [1, 2]},
        {"weights": {"1": 2}}, {"weights": [[1, 1]] * 4097}, {"weights": [[1, 1]], "count": 0},
        {"weights": [[1, 1]], "count": 10_001}, {"weights": [[1, 1]], "count": "1"}, {},
    ],
)  # fmt: skip
def test_weights_that_are_none(server: Client, body: object) -> None:
    assert (400, "bad_request") == server.json("POST", "/v1/rng/weighted", body).problem()


@pytest.mark.parametrize(
    "body",
    [
        {"items": "text"}, {"items": [1], "count": 2}, {"items": [1], "count": 0}, {"items": [0] * 10_001}, {},
        {"items": {"a": 1}}, {"items": [1], "count": True},
    ],
)  # fmt: skip
def test_items_that_are_none(server: Client, body: object) -> None:
    assert (400, "bad_request") == server.json("POST", "/v1/rng/shuffle", body).problem()


def test_a_round_has_room_for_so_much_and_then_for_its_result_alone(shop: Shop, server: Client) -> None:
    id = new_id()
    server.post("/v1/escrow", session=shop.visit(), round=id, stake=250)
    big = ["x" * 400_000]
    assert 200 == server.post("/v1/rng/shuffle", items=big, round=id, draw=1).status
    before = shop.rounds.load(id)
    full = server.post("/v1/rng/shuffle", items=big, round=id, draw=2)
    assert ((409, "round_full"), "awaiting") == (full.problem(), full.body["state"])
    assert before == shop.rounds.load(id)
    assert 200 == server.post("/v1/rng/shuffle", items=big, round=id, draw=1).status, "what was drawn is told again"
    assert 200 == server.post("/v1/rng/shuffle", items=["x"], round=id, draw=2).status
    settled = server.post("/v1/result", round=id, win=0)
    assert (200, "settled") == (settled.status, settled.body["state"])


def test_requests_that_draw_nothing_are_counted_as_well(
    shop: Shop, server: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.external.MAX_DRAWS", 2)
    id = new_id()
    server.post("/v1/escrow", session=shop.visit(), round=id, stake=250)
    for draw, status in ((1, 200), (2, 200), (3, 409), (2, 200)):
        assert status == server.post("/v1/rng/shuffle", items=["x"], round=id, draw=draw).status
    assert (200, "settled") == (
        (reply := server.post("/v1/result", round=id, win=0)).status, reply.body["state"],
    )  # fmt: skip


def test_a_round_goes_through_all_four_stages(shop: Shop, server: Client) -> None:
    id, session = new_id(), shop.visit()
    opened = server.post("/v1/escrow", session=session, round=id, stake=250)
    models.Round.model_validate(opened.body, strict=True)
    assert (201, "escrowed", 250, OPENING - 250, 250) == (
        opened.status, *(opened.body[key] for key in ("state", "stake", "balance", "held")),
    )  # fmt: skip
    drawn = server.get(f"/v1/rng/range?min=0&max=6&count=3&round={id}&draw=1")
    assert (200, 3) == (drawn.status, len(drawn.body["values"]))
    closed = server.post("/v1/result", round=id, win=700, outcome={"dice": drawn.body["values"]})
    assert (200, "settled", 250, 700, OPENING + 450, 0) == (
        closed.status, *(closed.body[key] for key in ("state", "stake", "win", "balance", "held")),
    )  # fmt: skip
    assert {"type": "outcome", "outcome": {"dice": drawn.body["values"]}} == closed.body["events"][-1]


def test_each_stage_again_is_a_replay(shop: Shop, server: Client) -> None:
    id, session = new_id(), shop.visit()
    for path, body in (
        ("/v1/escrow", {"session": session, "round": id, "stake": 250}),
        ("/v1/rng/shuffle", {"items": [1, 2, 3], "round": id, "draw": 1}),
        ("/v1/rng/weighted", {"weights": [[1, 1], [2, 1]], "count": 9, "round": id, "draw": 2}),
        ("/v1/escrow", {"session": session, "round": id, "stake": 50, "escrow": 2}),
        ("/v1/result", {"round": id, "win": 0}),
    ):
        first, second = server.post(path, **body), server.post(path, **body)
        assert (False, 200, True) == (first.replay, second.status, second.replay), path
        assert first.body == second.body
    assert 300 == second.body["stake"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/escrow", {"stake": 251}),
        ("/v1/escrow", {"stake": 250, "reward": "free"}),
        ("/v1/rng/shuffle", {"items": [1, 2, 4], "draw": 1}),
        ("/v1/escrow", {"stake": 51, "escrow": 2}),
        ("/v1/result", {"win": 1}),
        ("/v1/result", {"win": 0, "outcome": "another"}),
    ],
)
def test_another_request_under_the_same_id_is_refused(
    shop: Shop, server: Client, path: str, body: dict[str, object]
) -> None:
    id, session = new_id(), shop.visit()
    server.post("/v1/escrow", session=session, round=id, stake=250)
    server.post("/v1/rng/shuffle", items=[1, 2, 3], round=id, draw=1)
    server.post("/v1/escrow", session=session, round=id, stake=50, escrow=2)
    server.post("/v1/result", round=id, win=0)
    more = {"round": id} | ({"session": session} if path == "/v1/escrow" else {})
    reply = server.post(path, **(body | more))
    assert (422, "id_reused") == reply.problem()
    assert "settled" == reply.body["state"]


def test_a_gap_in_the_draws_is_refused(shop: Shop, server: Client) -> None:
    id = new_id()
    escrow(shop, id)
    reply = server.get(f"/v1/rng/range?min=0&max=6&round={id}&draw=2")
    assert ((409, "wrong_state"), "escrowed") == (reply.problem(), reply.body["state"])


def test_a_stake_goes_back_until_something_was_drawn(shop: Shop, server: Client) -> None:
    id, other = new_id(), new_id()
    escrow(shop, id)
    for replay in (False, True):
        reply = server.post("/v1/cancel", round=id, reason="the player left")
        assert (200, "cancelled", 250, OPENING, 0, replay) == (
            reply.status, *(reply.body[key] for key in ("state", "stake", "balance", "held")), reply.replay,
        )  # fmt: skip
    escrow(shop, other)
    server.get(f"/v1/rng/range?min=0&max=6&round={other}&draw=1")
    refused = server.post("/v1/cancel", round=other, reason="too late")
    assert ((409, "wrong_state"), "awaiting") == (refused.problem(), refused.body["state"])


def test_a_refused_escrow_is_a_402(shop: Shop, server: Client) -> None:
    session, id = shop.visit(), new_id()
    shop.line.before = [Declined(Reason.INSUFFICIENT_FUNDS, "not enough")]
    for replay in (False, True):
        reply = server.post("/v1/escrow", session=session, round=id, stake=250)
        assert (402, "declined") == reply.problem()
        assert ("insufficient_funds", "declined", replay) == (reply.body["reason"], reply.body["state"], reply.replay)


def test_a_refused_further_escrow_is_a_402_and_the_round_goes_on(shop: Shop, server: Client) -> None:
    session, id = shop.visit(), new_id()
    server.post("/v1/escrow", session=session, round=id, stake=250)
    server.get(f"/v1/rng/range?min=0&max=6&round={id}&draw=1")
    shop.line.before = [Declined(Reason.LIMIT, "too much")]
    reply = server.post("/v1/escrow", session=session, round=id, stake=50, escrow=2)
    assert ((402, "declined"), "limit", "awaiting") == (reply.problem(), reply.body["reason"], reply.body["state"])
    assert 200 == server.post("/v1/result", round=id, win=0).status


def test_an_escrow_without_an_answer_is_given_back(shop: Shop, server: Client) -> None:
    session, id = shop.visit(), new_id()
    shop.line.after = [Unconfirmed("lost"), Unconfirmed("lost"), Unconfirmed("lost")]
    reply = server.post("/v1/escrow", session=session, round=id, stake=250)
    assert (202, "cancelling") == (reply.status, reply.body["state"])
    again = server.post("/v1/escrow", session=session, round=id, stake=250)
    assert (200, "cancelled", OPENING) == (again.status, again.body["state"], again.body["balance"])


def test_a_result_without_an_answer_is_202(shop: Shop, server: Client) -> None:
    id = new_id()
    escrow(shop, id)
    shop.line.after = [Unconfirmed("lost"), Unconfirmed("lost")]
    reply = server.post("/v1/result", round=id, win=10)
    assert (202, "drawn", 10) == (reply.status, reply.body["state"], reply.body["win"])
    assert (200, "settled") == ((again := server.post("/v1/result", round=id, win=10)).status, again.body["state"])


def test_a_session_is_refreshed(shop: Shop, server: Client) -> None:
    session, id = shop.visit(), new_id()
    server.post("/v1/escrow", session=session, round=id, stake=250)
    reply = server.post("/v1/player", session=session)
    assert (200, session, OPENING - 250, 250, id) == (
        reply.status, *(reply.body[key] for key in ("session", "balance", "held")), reply.body["open_round"]["round"],
    )  # fmt: skip


def test_a_key_reaches_its_own_operators_and_games_only(shop: Shop) -> None:
    narrow = shop.server("key-narrow")
    for operator, game, status in (("social", "theirs", 403), ("other", "coin", 403), ("other", "theirs", 201)):
        reply = narrow.post("/v1/player", operator=operator, token="demo-ann", game=game)
        assert status == reply.status


def test_a_key_reports_wins_up_to_its_largest(shop: Shop) -> None:
    narrow, id = shop.server("key-narrow"), new_id()
    session = shop.visit(secret="key-narrow", operator="other")
    narrow.post("/v1/escrow", session=session, round=id, stake=10)
    assert (403, "forbidden") == narrow.post("/v1/result", round=id, win=101).problem()
    assert 200 == narrow.post("/v1/result", round=id, win=100).status


@pytest.mark.parametrize("query", ["round={id}", "draw=1"])
def test_a_draw_names_both_its_round_and_its_number_or_neither(shop: Shop, server: Client, query: str) -> None:
    id = new_id()
    escrow(shop, id)
    reply = server.get(f"/v1/rng/range?min=0&max=6&{query.format(id=id)}")
    assert (400, "bad_request") == reply.problem()


def test_a_reward_pays_the_first_escrow_only(shop: Shop, server: Client) -> None:
    id = new_id()
    escrow(shop, id)
    assert (400, "bad_request") == escrow(shop, id, escrow=2, reward="free").problem()


def test_nothing_is_drawn_from_an_unsound_source(shop: Shop, server: Client) -> None:
    id = new_id()
    escrow(shop, id)
    shop.monitor._fail("told to")
    for path in ("/v1/rng/range?min=0&max=6", f"/v1/rng/range?min=0&max=6&round={id}&draw=1"):
        assert (503, "rng_unhealthy") == server.get(path).problem()
    assert (503, "rng_unhealthy") == server.post("/v1/rng/shuffle", items=[1]).problem()
    assert (503, "rng_unhealthy") == escrow(shop, new_id()).problem()
    assert "cancelled" == server.post("/v1/cancel", round=id, reason="no chance").body["state"]


def test_no_key_opens_nothing(shop: Shop) -> None:
    for bearer in (None, "nonsense", "one", shop.visit(), shop.player("bob").bearer):
        client = Client(shop.app.test_client(), bearer)
        assert (401, "unauthenticated") == client.get("/v1/rng/range?min=0&max=6").problem()
