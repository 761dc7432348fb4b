"""A transaction as a curl command: what the shell makes of it, sent to the bench's own server, is the same round again."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from harness_gui.bench import Bench
from harness_gui.curl import curl
from harness_gui.journal import Call
from harness_gui.serving import Served
from ports.game import Option, Turn
from ports.record import Kind, Played
from rgs.settings import Settings

TELLS = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Bench, str]]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="video-poker")
        server = Served(bench, 0)
        yield bench, server.address
        server.close()
        assert bench.address is None


def shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell whose `curl` tells what it was given."""
    told = folder / "curl"
    told.write_text(TELLS)
    told.chmod(told.stat().st_mode | stat.S_IXUSR)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(["sh", "-c", command], env={"PATH": path, **variables}, capture_output=True, text=True)


def send(command: str, folder: Path, **variables: str) -> tuple[int, Any]:
    """Do what a command says, as curl would."""
    run = shell(command, folder, **variables)
    assert 0 == run.returncode, run.stderr
    quiet, x, method, address, *options = json.loads(run.stdout)
    assert ("-sS", "-X") == (quiet, x)
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in pairs if name == "-H")
    body = next((value.encode() for name, value in pairs if name == "--data"), None)
    return ask(Request(address, method=method, data=body, headers=headers))


def ask(request: Request) -> tuple[int, Any]:
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as problem:
        return problem.code, json.load(problem)


def post(address: str, path: str, bearer: str, body: Mapping[str, Any], method: str = "POST") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    status, told = ask(Request(f"{address}{path}", method=method, data=json.dumps(body).encode(), headers=headers))
    assert status in (200, 201), told
    return told


def calls(bench: Bench, round: str) -> dict[str, Call]:
    return {call.call: call for call in bench.transactions() if call.round == round}


def sit(address: str, game: str) -> str:
    return str(post(address, "/v1/sessions", "", {"operator": "social", "token": "demo-c", "game": game})["session"])


def test_the_bet_and_the_choice_are_the_same_round_again(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, address = served
    session, id = sit(address, "video-poker"), str(uuid4())
    post(address, f"/v1/rounds/{id}", session, {"stake": 100}, "PUT")
    ended = post(address, f"/v1/rounds/{id}/choices", session, {"turn": 1, "choice": "hold-135"})
    found = calls(bench, id)
    assert "/choices" not in bench.curl(found["escrow"])
    assert "hold-135" in bench.curl(found["result"])
    for call in found.values():
        status, told = send(bench.curl(call), tmp_path, SESSION=session)
        assert (200, id, "settled", ended["win"]) == (status, told["round"], told["state"], told["win"])
    status, told = send(bench.curl(replace(found["escrow"], call="query")), tmp_path, SESSION=session)
    assert (200, id) == (status, told["round"])


def test_a_selection_goes_with_the_bet(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, address = served
    session, id = sit(address, "roulette"), str(uuid4())
    bench.open_session(operator="social", token="demo-c", game="roulette")
    wager = bench.wager()
    stake = bench.stakes(wager)[1]
    post(address, f"/v1/rounds/{id}", session, {"stake": stake, "selection": wager.selection}, "PUT")
    status, told = send(bench.curl(calls(bench, id)["escrow"]), tmp_path, SESSION=session)
    assert (200, id, "settled") == (status, told["round"], told["state"])


def test_sitting_down_and_asking_for_the_balance(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, _ = served
    bench.refresh()
    player, refresh = bench.transactions()[:2]
    status, told = send(bench.curl(player), tmp_path, TOKEN="demo-qa")
    assert (201, "video-poker") == (status, told["game"])
    assert 200 == send(bench.curl(refresh), tmp_path, SESSION=told["session"])[0]


def test_the_stages_of_a_game_server(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, address = served
    key = (tmp_path / "game-server.key").read_text().strip()
    opening = {"operator": "social", "token": "demo-x", "game": "theirs"}
    session = str(post(address, "/v1/player", key, opening)["session"])
    played, dropped = str(uuid4()), str(uuid4())
    for id in (played, dropped):
        post(address, "/v1/escrow", key, {"session": session, "round": id, "stake": 100})
        if id == played:
            draw = {"round": id, "draw": 1, "items": [1, 2, 3]}
            post(address, "/v1/rng/shuffle", key, draw)
            post(address, "/v1/escrow", key, {"session": session, "round": id, "stake": 50, "escrow": 2})
            post(address, "/v1/result", key, {"round": id, "win": 30, "outcome": {"it's": ["a $HOME `x`"]}})
        else:
            post(address, "/v1/cancel", key, {"round": id, "reason": "it's over"})
    for id, verbs, state in ((played, ["escrow", "result"], "settled"), (dropped, ["escrow", "cancel"], "cancelled")):
        found = [call for call in bench.transactions() if call.round == id]
        assert set(verbs) == {call.call for call in found}
        for call in found:
            status, told = send(bench.curl(call), tmp_path, SESSION=session, KEY=key)
            assert (200, id, state) == (status, told["round"], told["state"])


def test_a_missing_token_is_named_and_nothing_is_sent(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, _ = served
    round = bench.spin(stake=100)
    for call, variable in ((bench.transactions()[0], "TOKEN"), (calls(bench, round.id)["escrow"], "SESSION")):
        run = shell(bench.curl(call), tmp_path)
        assert run.returncode
        assert (variable in run.stderr, "") == (True, run.stdout)


def test_no_secret_of_the_bench_is_in_any_command(served: tuple[Bench, str], tmp_path: Path) -> None:
    bench, address = served
    session = sit(address, "video-poker")
    id = str(uuid4())
    post(address, f"/v1/rounds/{id}", session, {"stake": 100}, "PUT")
    key = (tmp_path / "game-server.key").read_text().strip()
    told = "\n".join(map(bench.curl, bench.transactions()))
    assert not [secret for secret in (session, key, bench.session.handle, "demo-c", "demo-qa") if secret in told]


def test_without_a_server_the_address_is_a_variable_too(tmp_path: Path) -> None:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        bench.spin()
        text = bench.curl(bench.transactions()[-1])
        assert "http://127.0.0.1:8000/v1/rounds/" in shell(text, tmp_path, SESSION="s").stdout
        assert "http://there:1/v1/rounds/" in shell(text, tmp_path, SESSION="s", RGS="http://there:1").stdout


def test_a_choice_that_costs_stands_behind_its_own_escrow_and_a_grant_behind_none(tmp_path: Path) -> None:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        round = bench.spin()
        call = calls(bench, round.id)["escrow"]
    first = Played(asked=None, draws=(), turn=Turn(0, choices=(Option("double", 1), Option("see"))))
    second = Played(asked="see", draws=(), turn=Turn(0, choices=(Option("double", 1),)))
    raising = replace(round, turns=(first, second), raising="double")
    assert '"turn":2,"choice":"double"' in curl(replace(call, movement=f"{round.id}:escrow:2"), raising)
    assert "no request asks for it" in curl(call, replace(round, terms=replace(round.terms, kind=Kind.GRANT)))
