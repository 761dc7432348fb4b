"""What the README promises holds: its commands run as they stand, its links lead somewhere, its targets exist."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.rgs.server import ROOT, serving

README = (ROOT / "README.md").read_text()
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def test_the_commands_of_the_readme_run_as_they_stand(tmp_path: Path) -> None:
    commands = "\n".join(re.findall(r"```bash\n(.*?)```", README, re.DOTALL))
    with serving(tmp_path) as server:
        environment = {**os.environ, "PORT": str(server.port), "DATA": str(tmp_path)}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert 0 == done.returncode, done.stderr
    for state in ("escrowed", "settled", "cancelled"):
        assert f'"state":"{state}"' in done.stdout
    assert '"balance":100150' in done.stdout
    assert 2 == done.stdout.count('"values":')
    assert 1 == done.stdout.count('"items":')
    assert "problem" not in done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z][a-z-]*)", page.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ([], "exec .venv/bin/rgs serve"),
        (["PORT=8123"], "RGS_SERVER__PORT='8123' exec .venv/bin/rgs serve"),
        (["PORT=8123", "DATA=/some/dir"], "RGS_SERVER__PORT='8123' RGS_DATA='/some/dir' exec .venv/bin/rgs serve"),
    ],
)
def test_make_run_sets_what_it_is_given_and_leaves_the_rest_to_the_settings(given: list[str], line: str) -> None:
    unwanted = ("PORT", "DATA", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    clean = {name: value for name, value in os.environ.items() if name not in unwanted}
    done = subprocess.run(
        ["make", "-n", "run", *given], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=30, check=True
    )
    assert line == " ".join(done.stdout.splitlines()[-1].split())
