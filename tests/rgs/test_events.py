"""What happens to the house is on record, and a house that cannot draw takes no money."""

import json
from pathlib import Path

import pytest

from ports.randomness import Unhealthy
from rgs.container import Container
from rgs.events import FILE
from tests.rgs.server import serving
from tests.rgs.test_container import configured


def events(data: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (data / FILE).read_text().splitlines()]


def test_a_house_notes_when_it_starts_and_stops(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = server.port
    assert [("started", port), ("stopped", None)] == [(e["event"], e.get("port")) for e in events(tmp_path)]


class Stuck:
    """A source of entropy that has died."""

    def read(self, count: int) -> bytes:
        return bytes(count)


def test_a_source_that_fails_is_on_record_and_the_house_is_not_ready(tmp_path: Path) -> None:
    container = Container(settings=configured(tmp_path, "memory"), entropy=Stuck())
    client = container.app().test_client()
    assert 503 == client.get("/readyz").status_code
    [event] = events(tmp_path)
    assert "drawing_stopped" == event["event"]
    assert "repetition count" in str(event["reason"])


def test_a_stuck_source_stops_sessions_and_rounds_before_money_moves(tmp_path: Path) -> None:
    container = Container(settings=configured(tmp_path, "memory"))
    client = container.app().test_client()
    body = {"operator": "social", "token": "demo-ann", "game": "three-fruits"}
    opened = client.post("/v1/sessions", json=body).get_json()
    container.monitor().stop("a file was changed")
    round = "11111111-1111-4111-8111-111111111111"
    refused = client.put(
        f"/v1/rounds/{round}", json={"stake": 100}, headers={"Authorization": f"Bearer {opened['session']}"}
    )
    assert (503, "rng_unhealthy") == (refused.status_code, refused.get_json()["code"])
    assert container.rounds().load(round) is None
    with pytest.raises(Unhealthy, match="a file was changed"):
        container.tape()().below(2, "coin")
