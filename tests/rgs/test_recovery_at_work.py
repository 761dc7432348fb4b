"""Recovery looks at unfinished rounds while players play, and clients repeat themselves: nothing is taken back for that."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

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
