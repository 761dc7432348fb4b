"""What belongs to one player, key or audience does not exist for any other."""

import pytest

from tests.adapters.http.shop import Client, Shop, address, new_id


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def hosted(shop: Shop) -> str:
    """A round of Ann's, that awaits her choice."""
    id = new_id()
    assert "awaiting" == shop.player("ann", "ladder").put(address(id), stake=100).body["state"]
    return id


@pytest.fixture(scope="module")
def external(shop: Shop) -> str:
    """A round of the first key's."""
    id = new_id()
    body = {"session": shop.visit("ann", "theirs"), "round": id, "stake": 100}
    assert 201 == shop.server().post("/v1/escrow", **body).status
    return id


def strangers(shop: Shop) -> dict[str, Client]:
    return {
        "another player": shop.player("bob", "ladder"),
        "the same player at another game": shop.player("ann", "coin"),
        "the same name at another operator": shop.player("ann", "ladder", "other"),
    }


@pytest.mark.parametrize(
    "who", ["another player", "the same player at another game", "the same name at another operator"]
)
def test_a_hosted_round_exists_for_its_player_and_game_only(shop: Shop, hosted: str, who: str) -> None:
    client = strangers(shop)[who]
    stake = 10
    assert (404, "not_found") == client.get(address(hosted)).problem()
    assert (404, "not_found") == client.put(address(hosted), stake=stake).problem()
    assert (404, "not_found") == client.post(f"{address(hosted)}/choices", turn=1, choice="stop").problem()
    assert hosted not in str(client.get("/v1/rounds").body)
    assert hosted not in str(client.get("/v1/session").body)


def test_an_external_round_does_not_exist_for_its_player(shop: Shop, external: str) -> None:
    for game in ("coin", "ladder"):
        ann = shop.player("ann", game)
        assert (404, "not_found") == ann.get(address(external)).problem()
        assert (404, "not_found") == ann.put(address(external), stake=100).problem()
        assert external not in str(ann.get("/v1/rounds").body)


def test_an_external_round_exists_for_the_key_that_opened_it_only(shop: Shop, external: str) -> None:
    two, visit = shop.server("key-two"), shop.visit("ann", "theirs", "key-two")
    own = {"round": external}
    assert (404, "not_found") == two.post("/v1/escrow", session=visit, stake=100, **own).problem()
    assert (404, "not_found") == two.post("/v1/escrow", session=visit, stake=100, escrow=2, **own).problem()
    assert (404, "not_found") == two.post("/v1/result", win=1, **own).problem()
    assert (404, "not_found") == two.post("/v1/cancel", reason="mine", **own).problem()
    assert (404, "not_found") == two.get(f"/v1/rng/range?min=0&max=6&round={external}&draw=1").problem()
    assert (404, "not_found") == two.post("/v1/rng/shuffle", items=[1], draw=1, **own).problem()
    assert two.post("/v1/player", session=visit).body["open_round"] is None


def test_a_hosted_round_does_not_exist_for_game_servers(shop: Shop, hosted: str) -> None:
    one, visit = shop.server(), shop.visit("ann", "ladder")
    assert (404, "not_found") == one.post("/v1/escrow", session=visit, round=hosted, stake=100).problem()
    assert (404, "not_found") == one.post("/v1/result", round=hosted, win=1).problem()
    assert (404, "not_found") == one.post("/v1/cancel", round=hosted, reason="mine").problem()
    assert (404, "not_found") == one.post("/v1/rng/shuffle", items=[1], round=hosted, draw=1).problem()
    assert one.post("/v1/player", session=visit).body["open_round"] is None


def test_a_round_of_another_player_is_not_raised_with_ones_own_session(shop: Shop, external: str) -> None:
    visit = shop.visit("bob", "theirs")
    body = {"session": visit, "round": external, "stake": 100}
    assert (422, "id_reused") == shop.server().post("/v1/escrow", **body).problem()
    assert (422, "id_reused") == shop.server().post("/v1/escrow", escrow=2, **body).problem()


def test_a_session_of_a_game_server_opens_nothing_on_the_player_api(shop: Shop) -> None:
    client = Client(shop.app.test_client(), shop.visit("ann", "coin"))
    assert (401, "unauthenticated") == client.get("/v1/session").problem()
    assert (401, "unauthenticated") == client.put(address(new_id()), stake=100).problem()
    assert (401, "unauthenticated") == client.delete("/v1/session").problem()


def test_a_session_is_of_use_to_the_key_that_opened_it_only(shop: Shop) -> None:
    players, theirs = shop.player("ann", "coin").bearer, shop.visit("ann", "theirs", "key-two")
    for session in (players, theirs, "nonsense"):
        assert (401, "unauthenticated") == shop.server().post("/v1/player", session=session).problem()
        body = {"session": session, "round": new_id(), "stake": 10}
        assert (401, "unauthenticated") == shop.server().post("/v1/escrow", **body).problem()


def test_an_api_key_is_no_session_and_a_session_no_key(shop: Shop) -> None:
    assert (401, "unauthenticated") == Client(shop.app.test_client(), "key-one").get("/v1/rounds").problem()
    ann = shop.player()
    assert (401, "unauthenticated") == ann.get("/v1/rng/range?min=0&max=6").problem()
