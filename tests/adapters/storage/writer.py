"""A process that writes rounds until it dies: `python -m tests.adapters.storage.writer DATA FIRST HOW`.

It prints a line for every version that the store has acknowledged. HOW: "" writes on; "full" runs out of disk; "sync"
loses the power to make anything durable, as a dying disk does.
"""

import os
import resource
import sys
import threading
from pathlib import Path

from adapters.storage.sqlite import SqliteRounds, SqliteStore
from ports.conformance.rounds import life

THREADS = 4


def main() -> None:
    data, first, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    store = SqliteStore(data)
    rounds = SqliteRounds(store)
    write(rounds, first, 3)
    if how == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    elif how == "sync":
        lose_the_log(store.path)
    for thread in range(THREADS):
        threading.Thread(target=write, args=(rounds, first + (thread + 1) * 100_000, 100_000)).start()


def write(rounds: SqliteRounds, first: int, count: int) -> None:
    for number in range(first, first + count):
        for version in life(number, player=f"player {number}"):
            rounds.add(version)
            os.write(1, f"{version.id} {version.version} {version.digest}\n".encode())


def lose_the_log(path: Path) -> None:
    """Writes to the log go nowhere from now on, and fsync on it fails (EINVAL)."""
    log = f"{path}-wal"
    nowhere = os.open("/dev/null", os.O_RDWR)
    for entry in Path("/proc/self/fd").iterdir():
        if entry.is_symlink() and str(entry.readlink()) == log:
            os.dup2(nowhere, int(entry.name))


if __name__ == "__main__":
    main()
