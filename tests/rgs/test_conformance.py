"""`rgs conformance`: sound backends pass, and each of the broken ones is caught by the check that is there for it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ports.wallet import Wallet
from rgs.conformance.benches import SIMULATED, Simulated
from rgs.conformance.run import run
from tests.rgs.broken_wallets import CAUGHT_BY, Whole

ROOT = Path(__file__).parents[2]
SETTINGS = """
operators:
  casino:
    backend: a8r_v2
    options:
      url: http://127.0.0.1:1
      casino: casino
      keys: [{variable: CASINO_KEY}]
      currencies: {EUR: 2}
  social: {backend: social}
keys: []
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    bench = SIMULATED["path_hmac_get"](tmp_path_factory.mktemp("keys"))
    assert isinstance(bench, Simulated)
    yield bench
    bench.close()


@pytest.mark.parametrize("broken", CAUGHT_BY, ids=lambda broken: broken.__name__)
def test_a_broken_backend_is_caught_by_the_check_that_is_there_for_it(
    bench: Simulated, broken: Callable[[Wallet], Wallet]
) -> None:
    bench.wrap = broken

    assert "failed" in {checked.verdict for checked in run(bench, only=CAUGHT_BY[broken])}


def test_a_backend_without_a_mistake_is_not_caught(bench: Simulated) -> None:
    bench.wrap = Whole

    assert {"proved", "not tried"} == {checked.verdict for checked in run(bench, only="TestPromises or drop_before")}


def rgs(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RGS_", "PYTEST_"))}
    command = [sys.executable, "-m", "rgs", *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("backend", sorted(SIMULATED))
def test_every_backend_of_ours_keeps_every_promise(backend: str) -> None:
    """Without the faults, which the tests of each backend go through."""
    ended = rgs("conformance", backend, "--simulator", "--json", "--only", "not no_cent_is_lost")

    told = json.loads(ended.stdout)
    assert (0, []) == (ended.returncode, [check for check in told["checks"] if check["verdict"] == "failed"])
    assert told["counts"]["proved"] >= 20


def test_people_are_told_in_sentences(tmp_path: Path) -> None:
    ended = rgs(
        "conformance", "social", "--simulator", "--only", "round_takes_the_stake", RGS_DATA=str(tmp_path / "data")
    )

    assert "proved     a round takes the stake and pays the win (250)" in ended.stdout.splitlines()
    assert not (tmp_path / "data").exists()


def test_a_configured_operator_is_tried_with_a_token_and_without_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "rgs.yaml").write_text(SETTINGS)
    told = ("--config", str(tmp_path / "rgs.yaml"), "conformance", "social", "--token", "demo-tester", "--json")

    ended = rgs(*told, RGS_DATA=str(tmp_path / "data"), CASINO_KEY="x" * 20)

    counts = json.loads(ended.stdout)["counts"]
    assert 0 == counts.get("failed", 0)
    assert counts["proved"] >= 20
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--simulator"), "there is no simulator for 'nobody'"),
        (("nobody",), "the settings have no operator 'nobody'"),
        (("casino",), "--token"),
        (("casino", "--token", "t"), "name its test account"),
        (("casino", "--token", "t", "--test-account", "jo"), "does not let the token in"),
    ],
)
def test_real_money_is_not_moved_without_a_named_test_account(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "rgs.yaml").write_text(SETTINGS)

    ended = rgs("--config", str(tmp_path / "rgs.yaml"), "conformance", *arguments, CASINO_KEY="x" * 20)

    assert 1 == ended.returncode
    assert said in ended.stderr


@pytest.mark.parametrize("only", ["zzzz", "no such check ("])
def test_a_name_that_no_check_has_is_no_success(only: str) -> None:
    ended = rgs("conformance", "a8r_v2", "--simulator", "--only", only)

    assert 1 == ended.returncode
    assert f"Error: no check has {only!r} in its name" in ended.stderr
    assert "Traceback" not in ended.stderr
