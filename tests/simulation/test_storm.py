"""The duplicate storm: every request of 64 clients is sent one to five times at once, to the real server."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from tests.rgs.server import serving
from tests.simulation.books import agree
from tests.simulation.client import Line

ROUNDS = int(os.environ.get("STORM", "2000"))
CLIENTS = 64


def test_however_often_a_request_is_sent_it_is_done_once(tmp_path: Path) -> None:
    chance = Random(ROUNDS)
    told: dict[str, list[Any]] = {}
    local = threading.local()
    lines: list[Line] = []
    with serving(tmp_path, RGS_OPERATORS__SOCIAL__BACKEND="social", RGS_OPERATORS__SOCIAL__THREADS="512") as server:

        def ask(method: str, path: str, body: Any, bearer: str) -> Any:
            if not hasattr(local, "line"):
                local.line = Line(lambda: server)
                lines.append(local.line)
            while True:
                status, answer = local.line.call(method, path, body, bearer)
                if status in (200, 201):
                    return answer
                assert status in (202, 503) or (status, answer["code"]) == (409, "round_open"), answer

        sessions = [
            ask("POST", "/v1/sessions", {"operator": "social", "token": f"demo-c{n}", "game": "three-fruits"}, "")
            for n in range(CLIENTS)
        ]
        with ThreadPoolExecutor(CLIENTS) as pool:
            sent = []
            for number in range(ROUNDS):
                bearer = sessions[number % CLIENTS]["session"]
                id = str(UUID(int=chance.getrandbits(128)))
                for _ in range(chance.randint(1, 5)):
                    sent.append((id, pool.submit(ask, "PUT", f"/v1/rounds/{id}", {"stake": 100}, bearer)))
            for id, answer in sent:
                told.setdefault(id, []).append(answer.result())
        for line in lines:
            line.close()
    for id, answers in told.items():
        assert 1 == len({(a["win"], str(a["events"])) for a in answers}), f"{id} was shown in two ways"
    assert ROUNDS == len(told)
    print(f"\n{ROUNDS} rounds, {len(sent)} requests, seed {ROUNDS}")
    agree(tmp_path, {id: answers[0] for id, answers in told.items()})
