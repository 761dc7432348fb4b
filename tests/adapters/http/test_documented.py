"""docs/http.md names everything there is, and its commands work as they stand."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http import models, problems
from ports.record import State
from ports.wallet import Reason
from tests.adapters.http.shop import Shop, serving

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "http.md").read_text("utf-8")


def test_every_code_is_documented_with_its_status() -> None:
    for code in problems.CODES:
        again = "yes" if code.retryable else "no"
        assert f"| `{code.code}` | {code.status} | {again} |" in PAGE


def test_every_reason_and_every_state_of_doubt_is_documented() -> None:
    words = [*Reason, State.OPENED, State.RAISING, State.DRAWN, State.CANCELLING, State.DISPUTED]
    assert [] == [word for word in words if f"`{word}`" not in PAGE]


def test_every_field_of_a_round_is_documented() -> None:
    assert [] == [name for name in models.Round.model_fields if f"`{name}`" not in PAGE]


def test_every_call_is_documented() -> None:
    for path, methods in Shop().stranger().get("/openapi.json").body["paths"].items():
        if not path.startswith("/play/"):
            assert all(f"`{method.upper()} {path}`" in PAGE for method in methods), path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server, and the environment in which the page's commands find it."""
    (tmp_path / "game-server.key").write_text("key-one")
    with serving(Shop().app) as port:
        yield os.environ | {"PORT": str(port), "DATA": str(tmp_path)}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_its_commands_work_as_they_stand(server: dict[str, str]) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    strict = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n'
    run = subprocess.run(
        ["bash", "-c", strict + "".join(blocks)], env=server, capture_output=True, text=True, timeout=60
    )
    assert 0 == run.returncode, run.stdout[-2000:] + run.stderr
    assert 4 == run.stdout.count('"state":"settled"')
    assert '"state":"cancelled"' in run.stdout
