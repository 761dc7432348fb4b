"""The backend package of somebody else's: it is installed beside us, and works with nothing changed in ours."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from rgs import integrity, plugins
from tests.rgs.server import ROOT, serving

PACKAGE = ROOT / "examples" / "backend_plugin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the package in it, as an installer puts it there."""
    out, site = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "-o", str(out), str(PACKAGE)], check=True)
    [wheel] = out.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(site), str(wheel)], check=True)
    return site


@pytest.fixture
def operator() -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("tiny_operator", PACKAGE / "tests" / "tiny_operator.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    operator = module.TinyOperator()
    yield operator
    operator.stop()


@pytest.fixture
def settings(operator: Any, tmp_path: Path) -> Path:
    """The package's own example, with this operator's address."""
    text = (PACKAGE / "rgs.yaml").read_text()
    assert "http://127.0.0.1:9200" in text
    (tmp_path / "rgs.yaml").write_text(text.replace("http://127.0.0.1:9200", operator.url) + "keys: []\n")
    return tmp_path / "rgs.yaml"


def environment(site: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RGS_", "PYTEST_"))}
    return clean | {"PYTHONPATH": str(site), "TINY_CASINO_KEY": "a key for tests"}


def test_its_own_tests_inherit_our_suite_and_pass(site: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "-p", "no:cacheprovider"]

    ended = subprocess.run(
        [*command, "--import-mode=importlib", str(PACKAGE / "tests")],
        cwd=tmp_path,
        env=environment(site),
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert 0 == ended.returncode, ended.stdout
    assert "passed" in ended.stdout


def test_our_kit_tries_it_as_a_configured_operator(site: Path, settings: Path, operator: Any) -> None:
    command = [sys.executable, "-m", "rgs", "--config", str(settings), "conformance", "tiny", "--json"]

    ended = subprocess.run(
        [*command, "--token", "token-ann", "--test-account", "ann"],
        cwd=settings.parent,
        env=environment(site),
        capture_output=True,
        text=True,
        timeout=120,
    )

    told = json.loads(ended.stdout)
    assert [] == [check for check in told["checks"] if check["verdict"] == "failed"]
    assert told["counts"]["proved"] >= 20


def test_a_round_is_played_with_its_money(site: Path, settings: Path, operator: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "data", RGS_CONFIG=str(settings), **environment(site)) as server:
        session = call(
            "POST", f"{server.url}/v1/sessions", {"operator": "tiny", "token": "token-ann", "game": "three-fruits"}
        )
        bearer = {"Authorization": f"Bearer {session['session']}"}
        round = call("PUT", f"{server.url}/v1/rounds/{uuid4()}", {"stake": 100}, bearer)

    assert ("ann", 10_000, "settled") == (session["player"]["id"], session["balance"], round["state"])
    assert operator.books.balances["ann"] == 10_000 - 100 + round["win"] == round["balance"]


def call(method: str, address: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    request = Request(
        address,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
        method=method,
    )
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_its_file_is_watched_with_ours(site: Path) -> None:
    [package] = plugins.packages([str(site)])
    assert [] == integrity.check_plugin(package)
    module = site / "tiny_casino.py"
    honest = module.read_bytes()
    module.write_bytes(honest + b"\n")
    assert ["tiny_casino.py: changed"] == [str(difference) for difference in integrity.check_plugin(package)]
    module.write_bytes(honest)
