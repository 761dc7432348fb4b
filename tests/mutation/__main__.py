"""The mutation run: `make mutate`, or `python -m tests.mutation [MODULE ...]`.

Each mutant is run by the tests that are there for its module, in a process forked from one that has everything else loaded,
until a test fails. A mutant that no test finds has survived; its line belongs into `docs/mutants.md` with the reason, or a
test is missing. What was found is kept in `.mutation/`; a run that was stopped goes on there,
and tries again what survived; a changed module starts anew.
"""

import contextlib
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutation"
WALK = (
    "tests/core/test_book.py tests/core/test_sender.py tests/core/test_lifecycle.py tests/core/test_transitions.py",
    "tests/core/test_rewards.py tests/core/test_walker.py tests/core/test_desk.py",
    "tests/core/test_races.py tests/core/test_catalogue.py",
    "tests/adapters/http/test_states.py tests/adapters/test_metrics.py tests/simulation/test_lives.py",
    "tests/simulation/test_schedules.py::test_no_single_fault_loses_a_cent",
)
RNG = (
    "tests/core/test_rng.py tests/core/test_draws.py tests/core/test_health.py",
    "tests/core/test_rng_proofs.py tests/core/test_rng_isolation.py",
)
STORES = ("tests/adapters/storage/test_memory.py tests/adapters/storage/test_sqlite.py",)
SOCIAL = ("tests/adapters/backends/test_social.py",)
TESTS: dict[str, Sequence[str]] = {
    "core.book": WALK,
    "core.sender": WALK,
    "core.lifecycle": WALK,
    "core.turns": WALK,
    "core.walker": WALK,
    "core.recovery": WALK,
    "core.rng": RNG,
    "core.health": RNG,
    "core.draws": RNG,
    "adapters.storage.memory": STORES,
    "core.rewards": ("tests/core/test_rewards.py", "tests/rgs/test_rewards.py"),
    "adapters.storage.sqlite.rounds": STORES,
    "adapters.storage.sqlite.rewards": STORES,
    "adapters.storage.sqlite.sessions": STORES,
    "adapters.storage.sqlite.file": STORES,
    "adapters.pen": (*STORES, *SOCIAL),
    "adapters.backends.ledger": SOCIAL,
    "adapters.backends.coins": SOCIAL,
    "adapters.backends.social": SOCIAL,
}
"""Module -> the tests that must find its mistakes, in steps: the next one is taken only if the one before found nothing."""
FOUND, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, module: str, source: str) -> None:
        self._module, self._source = module, source

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        """Only of that module."""
        return importlib.util.spec_from_loader(name, self, origin=str(_path(name))) if name == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the other source."""
        module.__file__ = str(_path(self._module))
        exec(compile(self._source, module.__file__, "exec"), module.__dict__)


def _path(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def attempt(module: str, source: str, seconds: float) -> str:
    """Run the tests over a mutant, a step after the other."""
    for step in TESTS[module]:
        result = _step(module, source, step, seconds)
        if result != SURVIVED:
            return result
    return SURVIVED


def _step(module: str, source: str, tests: str, seconds: float) -> str:
    """Run some tests over a mutant in a process of its own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(_tested(module, source, tests.split()))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else FOUND
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def _tested(module: str, source: str, tests: Sequence[str]) -> int:
    os.environ["LIVES"] = "12"
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    import pytest
    from hypothesis import Phase, settings

    settings.register_profile("mutation", phases=(Phase.explicit, Phase.generate), database=None, deadline=None)
    settings.load_profile("mutation")
    sys.meta_path.insert(0, _Instead(module, source))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0", "-W", "ignore"]
    return int(pytest.main([*options, *tests]))


def run(module: str) -> Counter[str]:
    """Every mutant of a module that was not tried yet; prints those that live."""
    source = _path(module).read_text()
    kept = KEPT / f"{module}-{sha256(source.encode()).hexdigest()[:16]}.jsonl"
    known = _known(kept)
    start = time.monotonic()
    if attempt(module, source, 600) != SURVIVED:
        raise SystemExit(f"{module}: the tests fail without any mutant")
    limit = 10 + 3 * (time.monotonic() - start)
    found: Counter[str] = Counter()
    everything: list[Mutant] = list(mutants(source))
    with kept.open("a") as file:
        for number, mutant in enumerate(everything):
            result = known.get(number) or attempt(module, mutant.source, limit)
            found[result] += 1
            if number not in known:
                told = {"number": number, "result": result, "line": mutant.line, "what": mutant.what}
                file.write(json.dumps(told) + "\n")
                file.flush()
            if result == SURVIVED:
                print(f"{_path(module).relative_to(ROOT)}:{mutant.line}: {mutant.what}", flush=True)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{module}: {number + 1} of {len(everything)} ")
    return found


def _known(kept: Path) -> dict[int, str]:
    """What earlier runs found, by number. Those that survived are tried again: tests may have come since."""
    lines = map(json.loads, kept.read_text().splitlines()) if kept.exists() else ()
    return {line["number"]: line["result"] for line in lines if line["result"] != SURVIVED}


def main() -> None:
    """All modules, or those that are named."""
    KEPT.mkdir(exist_ok=True)
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    for preload in ("pytest", "hypothesis", "flask", "pydantic", "cryptography.fernet", "sqlite_utils", "numpy"):
        importlib.import_module(preload)
    total: Counter[str] = Counter()
    for module in sys.argv[1:] or TESTS:
        found = run(module)
        total += found
        print(f"{module}: {_told(found)}", flush=True)
    print(f"all: {_told(total)}")


def _told(found: Counter[str]) -> str:
    tried = sum(found.values())
    killed = tried - found[SURVIVED]
    return f"{tried} mutants, {killed} killed ({killed / max(tried, 1):.1%}), {found[SURVIVED]} survived"


if __name__ == "__main__":
    main()
