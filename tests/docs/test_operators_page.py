"""The page about operators has every option of each protocol, and its houses play beside the simulators as they stand."""

import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from uuid import uuid4

import pytest
from pydantic import BaseModel

from adapters.backends import a8r_v2, path_hmac_get, rs_uuid
from adapters.backends.kit import Common
from rgs.conformance.casino import open_casino
from tests.docs.test_add_a_backend import call
from tests.rgs.server import ROOT, serving

PAGE = (ROOT / "docs" / "operators.md").read_text()
OPTIONS: dict[str, type[BaseModel]] = {
    "a8r_v2": a8r_v2.Options,
    "rs_uuid": rs_uuid.Options,
    "path_hmac_get": path_hmac_get.Options,
}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("protocol", OPTIONS)
def test_every_option_is_there_with_what_it_is_if_left_out(protocol: str) -> None:
    for name, field in OPTIONS[protocol].model_fields.items():
        row = re.search(
            rf"^\| `{name}` \| ?([^|]*?) ?\|",
            section("What all three take" if name in Common.model_fields else protocol),
            re.MULTILINE,
        )
        assert row is not None, name
        default = "" if field.default is None else str(field.default).lower().removesuffix(".0")
        assert ("wanted" if field.is_required() else default) == row[1].strip("`")


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """What follows the `#` of the address is wanted, not what is there."""


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="there is no curl, or no openssl")
@pytest.mark.parametrize("protocol", OPTIONS)
def test_its_settings_and_commands_play_a_round_at_the_simulated_operator(tmp_path: Path, protocol: str) -> None:
    text = section(protocol)
    settings, commands = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("yaml", "bash"))
    before, after = commands.split("rgs serve & sleep 3\n")

    def shell(lines: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines], cwd=tmp_path, capture_output=True, text=True, timeout=30
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    with open_casino(protocol) as casino:
        (tmp_path / "rgs.yaml").write_text(settings.replace("http://127.0.0.1:9100", casino.url))
        shell(before.replace("http://127.0.0.1:9100", casino.url))
        with serving(tmp_path / "data", RGS_CONFIG=str(tmp_path / "rgs.yaml")) as server:
            told = after.replace("http://127.0.0.1:9100", casino.url).replace("http://127.0.0.1:8000", server.url)
            place = urlsplit(_led(shell(told)))
            assert "/play/three-fruits" == place.path
            launch = {name: values[0] for name, values in parse_qs(place.fragment).items()}
            session = call("POST", f"{server.url}/v1/sessions", {**launch, "game": "three-fruits"})
            bearer = f"Bearer {session['session']}"
            round = call("PUT", f"{server.url}/v1/rounds/{uuid4()}", {"stake": 100}, Authorization=bearer)
        balance = casino.balance("player-1")

    assert (100_000, "settled") == (session["balance"], round["state"])
    assert Decimal(round["balance"]).scaleb(-2) == balance == Decimal(1000) + Decimal(round["win"] - 100).scaleb(-2)


def _led(address: str) -> str:
    """Where a browser is led by the address, if it is not there already."""
    if "/launch/" not in address:
        return address
    try:
        build_opener(_Stays).open(address, timeout=10)
    except OSError as answer:
        return str(answer.headers["Location"])  # type: ignore[attr-defined]
    raise AssertionError("it leads nowhere")
