"""Recovery looks at unfinished rounds while players play, and clients repeat themselves: nothing is taken back for that."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

from rgs import control
from tests.rgs.server import Server, serving
from tests.rgs.test_commands import rgs

PLAYERS, ROUNDS = 4, 20


def ask(server: Server, method: str, path: str, body: Any = None, bearer: str = "") -> Any:
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(server.url + path, data, headers, method=method), timeout=30) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        return json.load(refusal)


def plays(server: Server, player: str) -> list[Any]:
    """Free rounds of video poker; each bet and each choice is sent twice at once. The rounds at their ends."""
    opening = {"operator": "social", "token": f"demo-{player}", "game": "video-poker"}
    bearer = ask(server, "POST", "/v1/sessions", opening)["session"]
    bet, choice = {"stake": 100, "reward": f"gift-{player}"}, {"turn": 1, "choice": "hold-none"}
    ended = []
    with ThreadPoolExecutor(2) as twice:

        def send(method: str, path: str, body: Any) -> None:
            list(twice.map(lambda _: ask(server, method, path, body, bearer), range(2)))

        for _ in range(ROUNDS):
            path = f"/v1/rounds/{uuid4()}"
            send("PUT", path, bet)
            send("POST", f"{path}/choices", choice)
            ended.append(ask(server, "GET", path, bearer=bearer))
    return ended


def test_no_round_is_taken_back_because_recovery_or_a_repeat_found_it_at_its_beginning(tmp_path: Path) -> None:
    players = [f"poker-{number}" for number in range(PLAYERS)]
    with serving(tmp_path / "data", RGS_ROUNDS__RECOVERY_SECONDS="0.001") as server:
        for player in players:
            gift = ["--game", "video-poker", "--rounds", str(ROUNDS), "--stake", "100", "--id", f"gift-{player}"]
            rgs("rewards", "give", player, *gift, data=server.data)
        with ThreadPoolExecutor(PLAYERS) as table:
            rounds = [round for ended in table.map(lambda player: plays(server, player), players) for round in ended]
        assert ["settled"] * PLAYERS * ROUNDS == [round["state"] for round in rounds]
        assert all("0 of" in rgs("rewards", "list", player, data=server.data) for player in players)


def test_a_record_that_cannot_be_read_is_named_and_keeps_no_other_round_waiting(tmp_path: Path) -> None:
    rounds = {"ann": str(UUID(int=71)), "bob": str(UUID(int=72))}
    soon = {"RGS_ROUNDS__DEADLINE_HOURS": "0.002", "RGS_ROUNDS__RECOVERY_SECONDS": "0.2"}
    bearers = {}
    with serving(tmp_path, **soon) as server:
        for player, round in rounds.items():
            opening = {"operator": "social", "token": f"demo-{player}", "game": "video-poker"}
            bearers[player] = ask(server, "POST", "/v1/sessions", opening)["session"]
            assert "awaiting" == ask(server, "PUT", f"/v1/rounds/{round}", {"stake": 100}, bearers[player])["state"]
    with closing(sqlite3.connect(tmp_path / "rgs.sqlite")) as file, file:
        newest = "SELECT max(seq) FROM versions WHERE round = ?"
        file.execute(
            f"UPDATE versions SET record = x'00' || substr(record, 2) WHERE seq = ({newest})", (rounds["ann"],)
        )
    with serving(tmp_path, **soon) as server:
        deadline = time.monotonic() + 30
        while "settled" != ask(server, "GET", f"/v1/rounds/{rounds['bob']}", bearer=bearers["bob"])["state"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        with urlopen(server.url + "/metrics", timeout=10) as metrics:
            assert "\nrgs_recovery_failures_total 0.0\n" not in metrics.read().decode()
        assert {"rounds": [], "unreadable": [rounds["ann"]]} == control.ask(tmp_path, {"do": "list"})
        assert f"{rounds['ann']} cannot be read" in rgs("rounds", "list", data=tmp_path)
    assert f"round {rounds['ann']} version" in rgs("audit", "verify", data=tmp_path, code=1)
