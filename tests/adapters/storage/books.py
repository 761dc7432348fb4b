"""What must be true of the file, whatever happened to the process that wrote it."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from adapters.storage.sqlite import SqliteRounds, SqliteStore, rebuild

Told = tuple[str, int, str]
"""Round, version, digest of its record."""


def check(data: Path, told: Iterable[Told]) -> int:
    """Open it as the next process does; every version that was acknowledged is there, and the rest fits. How many."""
    store = SqliteStore(data)
    try:
        assert [("ok",)] == store.reader.execute("PRAGMA integrity_check").fetchall()
        rounds = SqliteRounds(store)
        kept = {(stored.round, stored.version): sha256(stored.record).hexdigest() for stored in rounds.records()}
        lost = [line for line in told if kept.get(line[:2]) != line[2]]
        assert [] == lost
        for id in {round for round, _ in kept}:
            chain = rounds.versions(id)
            assert list(range(1, len(chain) + 1)) == [version.version for version in chain]
            assert all(after.previous == before.digest for before, after in pairwise(chain))
        before = heads(store)
        rebuild(store)
        assert before == heads(store)
        return len(kept)
    finally:
        store.close()


def heads(store: SqliteStore) -> list[tuple[object, ...]]:
    return store.reader.execute("SELECT * FROM heads ORDER BY round").fetchall()
