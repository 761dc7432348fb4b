"""A game server of somebody else, over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx


class Server:
    """It knows an address and a key, and nothing else of us."""

    def __init__(self, address: str, key: str) -> None:
        self._http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=20)
        told = self._post("/v1/player", {"operator": "social", "token": "demo-them", "game": "theirs"})
        self._session = told.json()["session"]

    def close(self) -> None:
        self._http.close()

    def bet(self) -> str:
        id = str(uuid4())
        assert 201 == self._post("/v1/escrow", {"session": self._session, "round": id, "stake": 100}).status_code
        return id

    def range(self, round: str | None, number: int | None, **asked: int) -> httpx.Response:
        of_round = {} if round is None else {"round": round, "draw": number}
        return self._http.get("/v1/rng/range", params={**of_round, **asked})

    def weighted(self, round: str, number: int, weights: Sequence[Sequence[Any]]) -> httpx.Response:
        return self._post("/v1/rng/weighted", {"round": round, "draw": number, "weights": weights})

    def result(self, round: str, win: int) -> Any:
        return self._post("/v1/result", {"round": round, "win": win, "outcome": None}).json()

    def cancel(self, round: str) -> Any:
        return self._post("/v1/cancel", {"round": round, "reason": "a test"}).json()

    def _post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return self._http.post(path, json=body)
