"""The wheel: builds, installs into an empty environment, and serves from there."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.rgs.server import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "-o", str(out)], cwd=ROOT, check=True)
    [built] = out.glob("*.whl")
    return built


def test_the_wheel_has_every_package_and_what_they_show(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if "/" in name and ".dist-info" not in name}
    assert {"ports", "core", "games", "adapters", "rgs", "harness_gui", "operator_simulator"} == tops
    for needed in ("ports/py.typed", "games/art/three-fruits/seven.svg", "adapters/http/web/index.html"):
        assert needed in names
    metadata = zipfile.ZipFile(wheel).read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
    assert "License-Expression: MIT" in metadata


def test_it_serves_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RGS_", "PYTHON"))}
    server = subprocess.Popen(
        [str(home / "bin" / "rgs"), "serve"],
        cwd=tmp_path,
        env={**clean, "RGS_SERVER__PORT": "0", "RGS_DATA": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        ready = re.match(r"ready (http://\S+?)(/play/\S+)", server.stdout.readline())
        assert ready is not None
        with urllib.request.urlopen(f"{ready[1]}/v1/games", timeout=10) as answer:
            assert json.load(answer)["games"]
        with urllib.request.urlopen(ready[1] + ready[2], timeout=10) as page:
            assert b"<html" in page.read()
    finally:
        server.terminate()
        server.communicate(timeout=40)
    assert 0 == server.returncode
