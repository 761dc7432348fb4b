"""Nothing but the operating system's generator can decide an outcome: shown over the source tree and the import graph."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import grimp
import pytest

from adapters.system import SystemEntropy
from core.health import Monitor
from core.rng import TurnRng
from rgs.container import Container
from rgs.settings import Settings

PACKAGES = ("ports", "core", "games", "adapters", "rgs")

OTHER_CHANCE = {"random", "numpy.random", "uuid.uuid1", "uuid.uuid4", "secrets"}
"""Where numbers of chance could come from, beside `os.urandom` in adapters.system."""

NOT_FOR_OUTCOMES = {
    "rgs.container": "secrets: the key that a new installation gets for its game server",
    "adapters.http.app": "uuid: the id of a request",
}

FOR_IDS = {"uuid.uuid4", "secrets"}
"""What backends may name their requests and tokens with. They see ports only, and no outcome passes through them."""

MAKERS = ("core.turns", "core.draws", "core.rng", "core.slots.game")
"""What an outcome is made in, with the games and everything that these import."""

SYSTEM = "adapters.system"


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True)


@cache
def outcome_modules() -> frozenset[str]:
    makers = {*MAKERS, *graph().find_descendants("games")}
    found = {module for maker in makers for module in graph().find_upstream_modules(maker)} | makers
    return frozenset(module for module in found if module.split(".")[0] in PACKAGES)


def source(module: str) -> ast.Module:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text())


def imported(module: str) -> set[str]:
    """Every name that a module imports, anywhere in it, and `numpy.random` however it is spelt."""
    names = set()
    for node in ast.walk(source(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in OTHER_CHANCE:
            names.add(ast.unparse(node))
        elif isinstance(node, ast.Attribute) and node.attr == "random":
            names.add("numpy.random")
    return names


@pytest.mark.parametrize("module", sorted(graph().modules))
def test_no_module_of_the_server_takes_chance_from_elsewhere(module: str) -> None:
    if module.split(".")[0] not in PACKAGES or module.startswith("adapters.simulation"):
        return
    if module not in NOT_FOR_OUTCOMES:
        allowed = FOR_IDS if module.startswith(("adapters.backends.", "rgs.conformance.")) else set[str]()
        assert not (OTHER_CHANCE - allowed) & imported(module)


def test_the_exceptions_are_needed_and_lie_outside_the_path_of_an_outcome() -> None:
    for module in NOT_FOR_OUTCOMES:
        assert OTHER_CHANCE & imported(module)
    assert not set(NOT_FOR_OUTCOMES) & outcome_modules()


def test_bytes_of_chance_are_asked_for_in_one_place_only() -> None:
    asking = set()
    for module in graph().modules:
        if module.split(".")[0] in PACKAGES:
            for node in ast.walk(source(module)):
                if isinstance(node, ast.Attribute | ast.Name | ast.Constant):
                    name = getattr(node, "attr", getattr(node, "id", getattr(node, "value", None)))
                    if name in ("urandom", "getrandom", "/dev/urandom", "/dev/random"):
                        asking.add(module)
    assert {SYSTEM} == asking


def test_the_path_of_an_outcome_is_the_core_the_ports_and_the_games_only() -> None:
    assert {"core.rng", "ports.randomness", "core.draws", "core.turns"} <= outcome_modules()
    assert {"core", "games", "ports"} == {module.split(".")[0] for module in outcome_modules()}


@pytest.mark.parametrize("module", sorted(outcome_modules() | {SYSTEM}))
def test_no_float_touches_an_outcome(module: str) -> None:
    for node in ast.walk(source(module)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), node.lineno
        assert not (isinstance(node, ast.Name) and node.id in ("round", "pow", "hash", "id") and called(module, node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "float", node.lineno
        assert not division(node) or module in EXACT, node.lineno


EXACT = {"core.slots.exact", "core.slots.means", "core.slots.series", "core.slots.spread"}
"""Divide fractions, exactly: the maths of a slot."""


@pytest.mark.parametrize("module", sorted(EXACT))
def test_no_outcome_is_made_in_the_maths_that_divides_nor_from_it(module: str) -> None:
    assert any(division(node) for node in ast.walk(source(module)))
    drawing = {name for name in outcome_modules() if "ports.randomness.Rng" in imported(name)}
    assert module not in drawing
    declaring = {"core.slots.game"}
    assert graph().find_modules_that_directly_import(module) & drawing <= declaring


def division(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)


def called(module: str, name: ast.Name) -> bool:
    return any(isinstance(node, ast.Call) and node.func is name for node in ast.walk(source(module)))


@pytest.mark.parametrize("module", sorted(outcome_modules()))
def test_no_switch_clock_file_or_environment_reaches_an_outcome(module: str) -> None:
    outside = {"os", "sys", "time", "datetime", "pathlib", "socket", "threading", "subprocess", "importlib", "ctypes"}
    assert not outside & {name.split(".")[0] for name in imported(module)} or module in RECORDS
    for node in ast.walk(source(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "eval", "exec", "compile", "__import__", "input"), node.lineno


RECORDS = {"ports.record", "ports.wallet"}
"""Name the time on a round's record; no game sees it."""


def test_the_source_of_entropy_has_no_settings() -> None:
    names = {node.attr for node in ast.walk(source(SYSTEM)) if isinstance(node, ast.Attribute)}
    assert not {"environ", "getenv", "argv"} & names


def test_nobody_but_the_proofs_chooses_another_size_of_word() -> None:
    for module in graph().modules:
        if module.split(".")[0] in PACKAGES and module != "core.rng":
            for node in ast.walk(source(module)):
                if isinstance(node, ast.Call) and "TurnRng" in ast.unparse(node.func):
                    assert "bits" not in {keyword.arg for keyword in node.keywords}, (module, node.lineno)


def test_the_server_draws_from_the_kernel_through_the_health_tests_and_nothing_else(tmp_path: Path) -> None:
    container = Container(settings=Settings(data=tmp_path, store="memory"))
    tape = container.tape()()
    monitor = container.monitor()
    assert type(tape) is TurnRng
    assert tape._entropy is monitor
    assert type(monitor) is Monitor
    assert type(monitor._source) is SystemEntropy
