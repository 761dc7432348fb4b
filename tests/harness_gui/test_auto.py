"""Auto-spin, and the bench as a server."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from harness_gui import auto
from harness_gui.auto import Stops, Tally
from harness_gui.bench import Bench, Refused
from harness_gui.serving import Served
from rgs.settings import Settings

STOPS = [11, 11, 13]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def play(bench: Bench, count: int, stops: Stops, stop: Event | None = None) -> Tally:
    return auto.run(
        bench, count, stake=10, mode=None, stops=stops, stop=stop or Event(), told=lambda tally, round: None
    )


def test_all_spins_are_played_and_added_up(bench: Bench) -> None:
    tally = play(bench, 30, Stops())
    rounds = bench.history()
    assert (30, 300) == (tally.spins, tally.staked)
    assert sum(round.win for round in rounds) == tally.won
    assert "all spins played" == tally.why
    assert 0 < tally.margin


@pytest.mark.parametrize(
    ("stops", "why"),
    [(Stops(win=200), "a win of 506"), (Stops(event="line"), "event line"), (Stops(balance=10**9), "a balance of")],
)
def test_it_stops_for_what_it_was_told(bench: Bench, stops: Stops, why: str) -> None:
    bench.force.stops(STOPS)
    assert play(bench, 10, stops).why.startswith(why)


def test_it_stops_at_a_round_that_is_not_at_its_end(bench: Bench) -> None:
    bench.arm("result", "time-out before", "always")
    tally = play(bench, 10, Stops())
    assert 1 == tally.spins
    assert "is drawn" in tally.why


def test_it_stops_at_a_red_lamp(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "CHECKED_EVERY", 2)
    bench.arm("escrow", "refused but booked")
    assert "red: I2" == play(bench, 10, Stops()).why


def test_it_stops_at_an_error_and_when_it_is_asked_to(bench: Bench) -> None:
    bench.arm("result", "time-out before", "always")
    bench.spin(stake=10)
    assert play(bench, 10, Stops()).why.startswith("error: round")
    stop = Event()
    stop.set()
    assert "stopped" == play(bench, 10, Stops(), stop).why


def ask(address: str, method: str, path: str, body: object, bearer: str = "") -> dict[str, object]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    request = Request(f"{address}{path}", method=method, data=json.dumps(body).encode(), headers=headers)
    with urlopen(request, timeout=20) as answer:
        read: dict[str, object] = json.load(answer)
        return read


def test_a_client_plays_over_http_under_the_force_and_the_fault_of_the_bench(bench: Bench) -> None:
    served = Served(bench, 0)
    try:
        with pytest.raises(Refused, match="cannot serve"):
            Served(bench, served.port)
        opening = {"operator": "social", "token": "demo-browser", "game": "three-fruits"}
        session = ask(served.address, "POST", "/v1/sessions", opening)
        bench.force.stops(STOPS)
        bench.arm("result", "time-out after")
        id = str(uuid4())
        ask(served.address, "PUT", f"/v1/rounds/{id}", {"stake": 100}, str(session["session"]))
    finally:
        served.close()
    round = bench.find(id)
    assert STOPS == round.turns[0].turn.events[0]["stops"]
    assert round.terms.forced
    assert ["receipt", "unconfirmed", "receipt"] == [c.answer for c in bench.transactions() if c.round == id]
