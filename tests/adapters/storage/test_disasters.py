"""The disk fails, the process is killed, the log is torn: whatever was acknowledged is there when the next one starts.

`make soak` cuts everywhere and kills more often: CUTS=all, STORE_KILLS=200.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from adapters.storage.sqlite import FILE, KEY, SqliteRounds, SqliteStore
from ports.conformance.makers import round_id
from ports.conformance.rounds import life
from tests.adapters.storage.books import Told, check

ROOT = Path(__file__).parents[3]
CUTS = os.environ.get("CUTS", "100")
KILLS = int(os.environ.get("STORE_KILLS", "3"))
LOG = f"{FILE}-wal"
HEADER, FRAME = 32, 24
"""Bytes before the first frame of a write-ahead log, and before the page of each (sqlite.org/walformat.html)."""


@contextmanager
def writer(data: Path, first: int, how: str = "") -> Iterator[subprocess.Popen[str]]:
    """The process of `writer.py`."""
    command = [sys.executable, "-m", "tests.adapters.storage.writer", str(data), str(first), how]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def told(output: str) -> list[Told]:
    """The lines that arrived whole."""
    lines = [line.split() for line in output.split("\n")[:-1]]
    return [(round, int(version), digest) for round, version, digest in lines]


@pytest.mark.parametrize("how", ["full", "sync"])
def test_a_disk_that_fails_ends_the_process_loudly(tmp_path: Path, how: str) -> None:
    with writer(tmp_path, 1, how) as process:
        output, errors = process.communicate(timeout=60)
    assert 70 == process.returncode
    assert "the store failed, and nothing may be built on it" in errors
    acknowledged = told(output)
    assert len(acknowledged) >= 12
    assert check(tmp_path, acknowledged) >= len(acknowledged)
    store = SqliteStore(tmp_path)
    SqliteRounds(store).add(*life(999_999, player="after the disaster"))
    store.close()


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    chance, acknowledged = Random(KILLS), list[Told]()
    for number in range(KILLS):
        with writer(tmp_path, 1 + number * 1_000_000) as process:
            assert process.stdout is not None
            output = "".join(process.stdout.readline() for _ in range(chance.randrange(20, 400)))
            process.send_signal(signal.SIGKILL)
            output += process.stdout.read()
        assert -signal.SIGKILL == process.returncode
        acknowledged += told(output)
        assert check(tmp_path, acknowledged) >= len(acknowledged)
    print(f"\n{KILLS} kills, {len(acknowledged)} versions acknowledged, none lost, seed {KILLS}")


class Written:
    """A file of which everything is still in the log, and how long the log was when each version was acknowledged."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.acknowledged: list[tuple[int, Told]] = []
        store = SqliteStore(data)
        rounds = SqliteRounds(store)
        for number in range(1, 16):
            for version in life(number, player=f"player {number % 3}"):
                rounds.add(version)
                self.acknowledged.append((self._size(), (version.id, version.version, version.digest)))
        (self.page,) = store.reader.execute("PRAGMA page_size").fetchone()
        shutil.copytree(data, data / "copy")
        store.close()
        self.data = data / "copy"
        self.log = (self.data / LOG).read_bytes()

    def _size(self) -> int:
        return (self.data / LOG).stat().st_size

    def before(self, place: int) -> list[Told]:
        return [line for size, line in self.acknowledged if size <= place]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("written"))


TEARS: dict[str, Callable[[bytes, int, Random], bytes]] = {
    "cut": lambda log, place, chance: log[:place],
    "zeros": lambda log, place, chance: log[:place] + bytes(len(log) - place),
    "noise": lambda log, place, chance: log[:place] + chance.randbytes(len(log) - place),
    "hole": lambda log, place, chance: log[:place] + bytes(min(512, len(log) - place)) + log[place + 512 :],
}


def places(written: Written) -> list[int]:
    """Frame boundaries and other bytes, as many as were asked for."""
    frames = list(range(HEADER, len(written.log) + 1, FRAME + written.page))
    chance = Random(7)
    if CUTS == "all":
        return frames + [chance.randrange(len(written.log)) for _ in range(1000)]
    half = int(CUTS) // 2
    return chance.sample(frames, half) + [chance.randrange(len(written.log)) for _ in range(int(CUTS) - half)]


def test_a_torn_log_loses_nothing_that_was_acknowledged_before_the_tear(written: Written, tmp_path: Path) -> None:
    assert len(written.log) == written.acknowledged[-1][0]
    chance, kept = Random(11), list[int]()
    for number, place in enumerate(places(written)):
        tear = list(TEARS)[number % len(TEARS)]
        data = tmp_path / "torn"
        data.mkdir()
        for name in (FILE, KEY):
            shutil.copy(written.data / name, data / name)
        (data / LOG).write_bytes(TEARS[tear](written.log, place, chance))
        kept.append(check(data, written.before(place)))
        shutil.rmtree(data)
    print(
        f"\n{len(kept)} tears in a log of {len(written.log)} bytes; from {min(kept)} to {max(kept)} versions were left"
    )
    assert 0 <= min(kept) < max(kept) <= len(written.acknowledged)


def test_the_last_byte_of_a_commit_decides(written: Written, tmp_path: Path) -> None:
    for place, line in written.acknowledged[::10]:
        for cut in (place - 1, place):
            data = tmp_path / str(cut)
            data.mkdir()
            shutil.copy(written.data / FILE, data / FILE)
            (data / LOG).write_bytes(written.log[:cut])
            store = SqliteStore(data)
            assert (cut == place) == any(
                line == (version.id, version.version, version.digest)
                for version in SqliteRounds(store).versions(line[0])
            )
            store.close()
    assert round_id(1) == written.acknowledged[0][1][0]
