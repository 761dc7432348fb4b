"""Runs the kit on a bench, and tells what each check proved."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from rgs.conformance import benches

SUITE = Path(__file__).with_name("suite.py")


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what it is about, and how it ended. `told`: why it failed, or why it was not tried."""

    name: str
    about: str
    verdict: Literal["proved", "failed", "not tried"]
    told: str = ""

    @property
    def sentence(self) -> str:
        """The check's name as a sentence."""
        return self.name.removeprefix("test_").replace("_", " ")


class _Recorder:
    """A pytest plug-in that keeps the end of every check."""

    def __init__(self, progress: Callable[[Checked], None] | None) -> None:
        self.checks: list[Checked] = []
        self._progress = progress
        self._stdout = sys.stdout

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called for set-up, call and tear-down of every check."""
        name, _, about = report.nodeid.rpartition("::")[2].partition("[")
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            told = str(report.longrepr)[-500:] if crash is None else crash.message
            self._add(Checked(name, about.rstrip("]"), "failed", told))
        elif report.skipped:
            self._add(Checked(name, about.rstrip("]"), "not tried", str(report.longrepr[2]).removeprefix("Skipped: ")))
        elif report.when == "call":
            self._add(Checked(name, about.rstrip("]"), "proved"))

    def _add(self, check: Checked) -> None:
        self.checks.append(check)
        if self._progress is not None:
            with contextlib.redirect_stdout(self._stdout):
                self._progress(check)


def run(bench: benches.Bench, *, only: str = "", progress: Callable[[Checked], None] | None = None) -> list[Checked]:
    """Every check, in order; of those whose name has `only` in it there may be none. The caller closes the bench."""
    recorder = _Recorder(progress)
    done = benches.put(bench)
    quiet = io.StringIO()
    try:
        with tempfile.TemporaryDirectory() as directory, contextlib.redirect_stdout(quiet):
            empty = Path(directory, "pytest.ini")
            empty.write_text("[pytest]\n")
            checks = str(SUITE) if bench.casino is not None else f"{SUITE}::TestPromises"
            place = str(Path(directory, "places"))
            arguments = [checks, "-c", str(empty), "--rootdir", directory, "--basetemp", place]
            arguments += ["--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "-q", "-s"]
            code = pytest.main(arguments + (["-k", only] if only else []), plugins=[recorder])
    finally:
        done()
    nothing_asked = only and code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
    if not recorder.checks and not nothing_asked:
        raise RuntimeError(f"no check was run: {quiet.getvalue()[-1000:]}")
    return recorder.checks
