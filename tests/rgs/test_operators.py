"""One house, three operators on three protocols and one of play money: their players arrive by their own launch calls."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rgs.conformance.benches import A8r, PathHmac, Rs, Simulated
from rgs.container import Container
from tests.rgs.test_container import configured

BENCHES: dict[str, type[Simulated]] = {"red": A8r, "green": Rs, "blue": PathHmac}


class House:
    """The house and its operators."""

    def __init__(self, tmp_path: Path, stack: ExitStack, public_url: str | None = None) -> None:
        self.benches: dict[str, Simulated] = {}
        for name, kind in BENCHES.items():
            (tmp_path / name).mkdir()
            self.benches[name] = kind(tmp_path / name)
            stack.callback(self.benches[name].close)
        wallets = {name: bench.wallet(tmp_path) for name, bench in self.benches.items()}
        settings = configured(tmp_path, "memory")
        social = Container(settings=settings).wallets()
        operators = dict.fromkeys((*wallets, "social"), settings.operators["social"])
        server = settings.server.model_copy(update={"public_url": public_url})
        settings = settings.model_copy(update={"operators": operators, "server": server})
        self.container = Container(settings=settings, wallets={**wallets, **social})
        self.client: FlaskClient = self.container.app().test_client()

    def launch(self, operator: str, host: str = "localhost", **order: Any) -> tuple[int, str]:
        """The operator's own launch call; the status, and the address of the game."""
        answer = self.called(operator, host, account="jo", game="three-fruits", **order)
        if answer.status_code == 303:
            return 303, answer.headers["Location"]
        told = json.loads(answer.data)
        return answer.status_code, str(told.get("url") or told.get("launch_url") or told)

    def called(self, operator: str, host: str = "localhost", **order: Any) -> TestResponse:
        """A call of the operator's to us."""
        call = self.benches[operator].operator.launch(**order)
        return self.client.open(
            f"/launch/{operator}/{call.path}",
            method=call.method,
            query_string=call.query,
            data=call.body,
            headers={**call.headers, "Host": host},
        )

    def enter(self, address: str) -> tuple[int, dict[str, Any]]:
        """What the page does with the address: the token is behind the `#`."""
        place = urlsplit(address)
        token = {name: values[0] for name, values in parse_qs(place.fragment).items()}
        opened = self.client.post("/v1/sessions", json={**token, "game": place.path.split("/")[-1]})
        return opened.status_code, opened.get_json()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path, stack)


@pytest.mark.parametrize("operator", BENCHES)
def test_a_launched_player_plays_and_both_books_agree(house: House, operator: str) -> None:
    status, address = house.launch(operator)
    assert status in (200, 303)
    status, session = house.enter(address)
    assert (201, "jo", 10_000, "EUR") == (status, session["player"]["id"], session["balance"], session["currency"])
    balance = 10_000
    for number in range(5):
        played = house.client.put(
            f"/v1/rounds/{UUID(int=number + 1)}",
            json={"stake": 100},
            headers={"Authorization": f"Bearer {session['session']}"},
        ).get_json()
        assert "settled" == played["state"], played
        balance += played["win"] - 100
        assert balance == played["balance"]
    casino = house.benches[operator].operator
    assert Decimal(balance) / 100 == casino.balance("jo")
    assert [] == casino.alarms()


@pytest.mark.parametrize("operator", ["red", "green"])
def test_a_launch_that_is_not_signed_is_refused_in_the_protocols_words(house: House, operator: str) -> None:
    call = house.benches[operator].operator.launch(account="jo", game="three-fruits")
    answer = house.client.post(f"/launch/{operator}/{call.path}", data=call.body + b" ", headers=dict(call.headers))
    assert answer.status_code in (401, 403)
    assert b"signature" in answer.data


def test_a_launch_for_show_is_played_with_play_money(house: House) -> None:
    status, address = house.launch("red", demo=True)
    status, session = house.enter(address)
    assert (201, "FUN") == (status, session["currency"])
    assert not house.benches["red"].operator.exchanges()


def test_a_token_of_a_launch_is_good_once(house: House) -> None:
    _, address = house.launch("red")
    assert 201 == house.enter(address)[0]
    assert (401, "unauthenticated") == (house.enter(address)[0], house.enter(address)[1]["code"])


@pytest.mark.parametrize("operator", BENCHES)
@pytest.mark.parametrize("public_url", ["https://games.example", "https://games.example:8443/rgs"])
def test_a_game_is_at_the_public_address_whatever_host_the_call_names(
    tmp_path: Path, operator: str, public_url: str
) -> None:
    with ExitStack() as stack:
        house = House(tmp_path, stack, public_url)
        for host in ("evil.example", "a/b"):
            assert house.launch(operator, host)[1].startswith(f"{public_url}/play/three-fruits#")


def test_without_a_public_address_a_game_is_where_the_call_went(house: House) -> None:
    for host in ("games.example", "games.example:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert house.launch("red", host)[1].startswith(f"http://{host}/play/three-fruits#")


@pytest.mark.parametrize(
    "host", ["", "a/b", "a@b", "a#b", "a?b", "a b", "'\"><script>", "x" * 300, "a:b", "[::1", "a:1:2"]
)
def test_a_host_that_is_none_is_a_bad_request_and_launches_nothing(house: House, host: str) -> None:
    status, told = house.launch("red", host)
    assert 400 == status
    assert "bad_request" in told


@pytest.mark.parametrize("path", ["/launch/nobody/x", "/launch/social/x", "/launch/social"])
def test_who_launches_nothing_is_not_found(house: House, path: str) -> None:
    assert 404 == house.client.post(path, data=b"{}").status_code


@pytest.mark.parametrize("operator", BENCHES)
@pytest.mark.parametrize("body", [b"", b"[" * 70_000, b"\xff\xfe{}", b"[]", b"x" * 100_000])
def test_a_hostile_launch_is_refused_and_never_breaks(house: House, operator: str, body: bytes) -> None:
    answer = house.client.post(f"/launch/{operator}/v2/a8r_provider.Launcher/Real?nogsgameid=%00&x=%ff", data=body)
    assert 400 <= answer.status_code < 500
