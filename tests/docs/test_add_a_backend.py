"""The guide for backends: its settings start a server, which plays at the operator that it tells to start."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from ports.wallet import Traits
from rgs import plugins
from rgs.conformance.casino import open_casino
from tests.rgs.server import ROOT, serving

GUIDE = (ROOT / "docs" / "add-a-backend.md").read_text()


def found(pattern: str) -> str:
    match = re.search(pattern, GUIDE, re.DOTALL)
    assert match is not None
    return match[1]


def call(method: str, address: str, body: Any, **headers: str) -> Any:
    sent = {"Content-Type": "application/json", **headers}
    with urlopen(Request(address, json.dumps(body).encode(), sent, method=method), timeout=20) as answer:
        return json.load(answer)


def test_what_it_tells_to_do_plays_a_round_at_a_simulated_operator(tmp_path: Path) -> None:
    settings, key, token = (
        found(r"```yaml\n(.*?)```"),
        found(r"CASINO_KEY=(\S+) rgs serve"),
        found(r"`(accountid=\S+)`"),
    )
    with open_casino(found(r"make operator PROTOCOL=(\S+)")) as casino:
        (tmp_path / "rgs.yaml").write_text(settings.replace("http://127.0.0.1:9100", casino.url))
        with serving(tmp_path / "data", RGS_CONFIG=str(tmp_path / "rgs.yaml"), CASINO_KEY=key) as server:
            opening = {"operator": "casino", "token": token, "game": "three-fruits"}
            session = call("POST", f"{server.url}/v1/sessions", opening)
            bearer = f"Bearer {session['session']}"
            round = call("PUT", f"{server.url}/v1/rounds/{uuid4()}", {"stake": 100}, Authorization=bearer)
        balance = casino.balance("player-1")

    assert (100_000, "settled") == (session["balance"], round["state"])
    assert Decimal(round["balance"]).scaleb(-2) == balance == Decimal(1000) + Decimal(round["win"] - 100).scaleb(-2)


@pytest.mark.parametrize("name", sorted(Traits.__dataclass_fields__))
def test_every_trait_is_explained(name: str) -> None:
    assert re.search(rf"^\| `{name}[`=]", GUIDE, re.MULTILINE)


def test_every_backend_is_listed() -> None:
    for name in plugins.backends():
        assert f"| `{name}` |" in GUIDE
