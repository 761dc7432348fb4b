"""The stores in one SQLite file keep every promise of a store, and some of their own."""

from pathlib import Path

from adapters.storage.sqlite import SqliteRounds, SqliteSessions, SqliteStore
from ports.conformance.archive import ArchiveConformance
from ports.conformance.rounds import RoundStoreConformance
from ports.conformance.sessions import SessionStoreConformance


class TestSqliteRounds(RoundStoreConformance):
    def create(self, place: Path) -> SqliteRounds:
        return SqliteRounds(SqliteStore(place))

    def again(self, store: SqliteRounds, place: Path) -> SqliteRounds:
        self.discard(store)
        return self.create(place)

    def discard(self, store: SqliteRounds) -> None:
        store._store.close()


class TestSqliteArchive(ArchiveConformance):
    create = TestSqliteRounds.create
    again = TestSqliteRounds.again
    discard = TestSqliteRounds.discard


class TestSqliteSessions(SessionStoreConformance):
    def create(self, place: Path) -> SqliteSessions:
        return SqliteSessions(SqliteStore(place))

    def again(self, store: SqliteSessions, place: Path) -> SqliteSessions:
        self.discard(store)
        return self.create(place)

    def discard(self, store: SqliteSessions) -> None:
        store._store.close()
