"""Forces for game servers: drawn over HTTP, marked on the round, and refused where they do not fit."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from harness_gui.bench import Bench
from harness_gui.serving import Served
from harness_gui.tapes import CHANCE, FORCED
from ports.randomness import Draw
from rgs.settings import Settings
from tests.harness_gui.game_server import Server

SEVENTEEN = Draw("range", 37, 17)
RARELY = Draw("weighted", 100, 99)
ROULETTE = {"min": 0, "max": 37}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


@pytest.fixture
def server(bench: Bench, tmp_path: Path) -> Iterator[Server]:
    served = Served(bench, 0)
    server = Server(served.address, (tmp_path / "game-server.key").read_text().strip())
    yield server
    server.close()
    served.close()


def sources(bench: Bench, id: str) -> list[str]:
    return [row.source for row in bench.drawn(id)]


def test_a_force_lasts_from_request_to_request_and_is_marked_for_ever(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN, RARELY])
    id = server.bet()
    assert [17] == server.range(id, 1, **ROULETTE).json()["values"]
    assert ["rarely"] == server.weighted(id, 2, [["often", 99], ["rarely", 1]]).json()["values"]
    assert 200 == server.range(id, 3, **ROULETTE).status_code
    assert "settled" == server.result(id, 3600)["state"]
    assert {True} == {version.terms.forced for version in bench.versions(id)}
    assert [FORCED, FORCED, CHANCE] == sources(bench, id)
    assert {"green"} == {lamp.word for lamp in bench.invariants()}


def test_it_is_for_one_round_unless_more_were_said(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN], shots=2)
    marked = []
    for _ in range(3):
        id = server.bet()
        server.range(id, 1, **ROULETTE)
        server.result(id, 0)
        marked.append((bench.find(id).terms.forced, sources(bench, id)))
    assert [(True, [FORCED]), (True, [FORCED]), (False, [CHANCE])] == marked
    assert bench.outside.force is None


def test_until_disarmed_is_until_disarmed(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN, SEVENTEEN], shots=None)
    ids = [server.bet()]
    server.range(ids[0], 1, **ROULETTE)
    bench.force.disarm()
    server.range(ids[0], 2, **ROULETTE)
    server.result(ids[0], 0)
    ids.append(server.bet())
    assert [True, False] == [bench.find(id).terms.forced for id in ids]
    assert [FORCED, CHANCE] == sources(bench, ids[0])


def test_what_does_not_fit_is_refused_in_words_and_nothing_is_drawn(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN, RARELY])
    id = server.bet()
    refused = server.range(id, 1, min=0, max=6)
    assert 400 == refused.status_code
    assert "range below 37 is armed, and range below 6 was asked for" in refused.json()["detail"]
    assert () == bench.find(id).turns
    assert any("refused: value 1 of this round is forced" in getattr(line, "text", "") for line in bench.timeline(id))
    assert 200 == server.range(id, 1, **ROULETTE).status_code
    assert 400 == server.range(id, 2, **ROULETTE).status_code
    assert 1 == len(bench.find(id).turns)


def test_the_same_draw_again_is_the_same_values(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN, Draw("range", 37, 18)])
    id = server.bet()
    told = [server.range(id, number, **ROULETTE).json()["values"] for number in (1, 1, 2, 1, 2)]
    assert [[17], [17], [18], [17], [18]] == told


def test_a_round_that_gives_its_stake_back_leaves_the_force_to_the_next_one(bench: Bench, server: Server) -> None:
    bench.force.server([SEVENTEEN])
    dropped = server.bet()
    assert 400 == server.range(dropped, 1, min=0, max=6).status_code
    assert bench.outside.force is not None
    assert "cancelled" == server.cancel(dropped)["state"]
    played = server.bet()
    assert [17] == server.range(played, 1, **ROULETTE).json()["values"]
    assert bench.outside.force is None


def test_only_rounds_that_opened_under_it_are_forced(bench: Bench, server: Server) -> None:
    early = server.bet()
    bench.force.server([Draw("range", 2**64, 17)])
    assert 200 == server.range(None, None, min=0, max=6).status_code
    assert 200 == server.range(early, 1, min=0, max=6).status_code
    hosted = bench.spin()
    assert (False, False) == (bench.find(early).terms.forced, hosted.terms.forced)
    assert bench.outside.force is not None


def test_a_force_of_the_bench_leaves_game_servers_alone(bench: Bench, server: Server) -> None:
    bench.force.stops([11, 11, 13])
    id = server.bet()
    assert 200 == server.range(id, 1, **ROULETTE).status_code
    assert not bench.find(id).terms.forced
    assert bench.spin().terms.forced


def test_what_a_round_drew_can_be_forced_again_from_its_tape(bench: Bench, server: Server) -> None:
    first = server.bet()
    drawn = [server.range(first, number, **ROULETTE).json()["values"] for number in (1, 2)]
    server.result(first, 0)
    for arm in (
        lambda: bench.force.round(first),
        lambda: bench.force.server_file(bench.tape_file(first), label="a file"),
        lambda: bench.force.tape_file(bench.tape_file(first), label="a file"),
    ):
        arm()
        again = server.bet()
        assert drawn == [server.range(again, number, **ROULETTE).json()["values"] for number in (1, 2)]
        server.result(again, 0)


@pytest.mark.parametrize(
    ("draws", "complaint"),
    [
        ([], "no values"),
        ([Draw("stop", 32, 1)], "a game server draws range, weighted, shuffle"),
        ([SEVENTEEN, Draw("range", 6, 6)], "value 2 is 6; below 6 there are 0 to 5"),
    ],
)
def test_what_no_request_can_draw_is_refused_when_it_is_armed(
    bench: Bench, draws: Sequence[Draw], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        bench.force.server(draws)
    assert bench.outside.force is None
