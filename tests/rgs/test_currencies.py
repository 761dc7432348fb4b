"""A player with coins of two kinds: each session, and each round, has the money of its own kind beside it."""

import json
from pathlib import Path
from uuid import UUID

from tests.rgs.server import serving
from tests.rgs.test_recovery_at_work import ask

MORE = json.dumps(
    {"social": {"backend": "social", "options": {"more": [{"currency": "GEM", "exponent": 0, "opening_balance": 50}]}}}
)


def test_two_kinds_of_coins_are_never_taken_for_each_other(tmp_path: Path) -> None:
    with serving(tmp_path, RGS_OPERATORS=MORE) as server:
        bearers = {}
        for token in ("demo-ann", "demo-ann.GEM"):
            opening = {"operator": "social", "token": token, "game": "video-poker"}
            bearers[token] = ask(server, "POST", "/v1/sessions", opening)["session"]
        coins, gems = bearers.values()
        first = str(UUID(int=1))
        dealt = ask(server, "PUT", f"/v1/rounds/{first}", {"stake": 100}, coins)
        assert ("awaiting", "FUN", 99_900) == (dealt["state"], dealt["currency"], dealt["balance"])
        assert "id_reused" == ask(server, "PUT", f"/v1/rounds/{first}", {"stake": 100}, gems)["code"]
        seen = ask(server, "GET", "/v1/session", bearer=gems)
        assert ("GEM", 0) == (seen["currency"], seen["held"])
        waiting = seen["open_round"]
        assert ("FUN", 99_900, 100) == (waiting["currency"], waiting["balance"], waiting["held"])
        choice = {"turn": 1, "choice": "hold-none"}
        won = ask(server, "POST", f"/v1/rounds/{first}/choices", choice, coins)["win"]
        second = ask(server, "PUT", f"/v1/rounds/{UUID(int=2)}", {"stake": 10}, gems)
        ask(server, "POST", f"/v1/rounds/{UUID(int=2)}/choices", choice, gems)
        history = ask(server, "GET", "/v1/rounds", bearer=coins)["rounds"]
        assert ["GEM", "FUN"] == [round["currency"] for round in history]
        assert 99_900 + won == history[1]["balance"]
        assert history[0]["balance"] >= second["balance"]
        assert history[0]["balance"] < 50_000
