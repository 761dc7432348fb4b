"""Nothing is shared: between turns, over a fork, between processes, between threads."""

import gc
import json
import os
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.system import SystemEntropy
from core.health import Monitor
from core.rng import Replay, TurnRng

DRAWS = 50


def turn(monitor: Monitor) -> list[int]:
    """Numbers so large that two equal ones are no accident: 2**-64 each."""
    rng = TurnRng(monitor)
    return [rng.below(2**64, "x") for _ in range(DRAWS)]


class Counting:
    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, count: int) -> bytes:
        self.read_bytes += count
        return os.urandom(count)


def in_child(monitor: Monitor) -> list[int]:
    """Fork for real; the child draws a turn from what it inherited, and tells it through a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump(turn(monitor), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        drawn: list[int] = json.load(pipe)
    os.waitpid(child, 0)
    return drawn


@pytest.mark.parametrize("round", range(10))
def test_children_of_a_fork_share_no_draw_with_each_other_or_their_parent(round: int) -> None:
    monitor = Monitor(SystemEntropy())
    before = turn(monitor)
    drawn = [before, in_child(monitor), in_child(monitor), turn(monitor)]
    assert 4 * DRAWS == len({value for values in drawn for value in values})


def test_processes_started_alike_share_no_draw() -> None:
    program = (
        "import json; from adapters.system import SystemEntropy; from core.health import Monitor; "
        "from core.rng import TurnRng; rng = TurnRng(Monitor(SystemEntropy())); "
        f"print(json.dumps([rng.below(2**64, 'x') for _ in range({DRAWS})]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) for _ in range(2)
    ]
    drawn = [json.loads(process.communicate()[0]) for process in started]
    assert 2 * DRAWS == len({value for values in drawn for value in values})


def test_threads_share_no_draw_and_trouble_no_health_test() -> None:
    monitor = Monitor(SystemEntropy())
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: turn(monitor), range(400)))
    assert 400 * DRAWS == len({value for values in drawn for value in values})
    assert monitor.health.sound


def test_what_a_turn_has_read_too_much_is_never_used() -> None:
    source = Counting()
    for _ in range(10):
        TurnRng(source, words=24).below(2, "x")
    assert 10 * 48 == source.read_bytes


def test_a_turn_is_gone_with_its_words_as_soon_as_nobody_holds_it() -> None:
    """No cycle keeps it for the garbage collector, and the monitor keeps no bytes."""
    gc.disable()
    try:
        monitor = Monitor(SystemEntropy(), alarm=None)
        rng = TurnRng(monitor, witness=monitor.witness)
        rng.below(37, "x")
        rng.many(37, 5, "x")
        rng.each([3, 4], "x")
        assert 8 == len(rng.draws)
        gone = weakref.ref(rng)
        del rng
        assert gone() is None
    finally:
        gc.enable()


def test_a_tape_is_of_its_turn_alone() -> None:
    monitor = Monitor(SystemEntropy())
    first, second = TurnRng(monitor), TurnRng(monitor)
    first.below(2, "first")
    second.below(3, "second")
    assert [2] == [draw.bound for draw in first.draws]
    assert [3] == [draw.bound for draw in second.draws]
    assert Replay(first.draws).below(2, "again") == first.draws[0].value
