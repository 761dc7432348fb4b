"""The stores in one SQLite file keep every promise of a store, and some of their own."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from adapters.pen import Unusable, die
from adapters.storage.sqlite import (
    FILE,
    KEY,
    SqliteRewards,
    SqliteRounds,
    SqliteSessions,
    SqliteStore,
    StoreInUse,
    UnknownSchema,
    rebuild,
    sessions,
)
from ports.canonical import Unreadable
from ports.conformance.archive import ArchiveConformance
from ports.conformance.makers import opened, round_id, session, walked
from ports.conformance.rewards import RewardStoreConformance
from ports.conformance.rounds import RoundStoreConformance, life
from ports.conformance.sessions import TOKEN, SessionStoreConformance
from ports.record import State
from tests.adapters.storage.books import heads


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


class TestSqliteRewards(RewardStoreConformance):
    def create(self, place: Path) -> SqliteRewards:
        return SqliteRewards(SqliteStore(place))

    def again(self, store: SqliteRewards, place: Path) -> SqliteRewards:
        self.discard(store)
        return self.create(place)

    def discard(self, store: SqliteRewards) -> None:
        store._store.close()


class TestSqliteSessions(SessionStoreConformance):
    def create(self, place: Path) -> SqliteSessions:
        return SqliteSessions(SqliteStore(place))

    def again(self, store: SqliteSessions, place: Path) -> SqliteSessions:
        self.discard(store)
        return self.create(place)

    def discard(self, store: SqliteSessions) -> None:
        store._store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


# Whose file it is.


def test_a_second_owner_is_told_so_and_gets_it_when_the_first_is_gone(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path)
    with pytest.raises(StoreInUse, match=str(tmp_path)):
        SqliteStore(tmp_path)
    first.close()
    SqliteStore(tmp_path).close()


def test_a_file_of_a_newer_version_is_refused_and_let_go(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    change(tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(UnknownSchema, match="schema 99"):
        SqliteStore(tmp_path)
    change(tmp_path, "PRAGMA user_version = 2")
    SqliteStore(tmp_path).close()


def test_a_file_of_the_first_schema_becomes_one_of_today(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    some(SqliteRounds(store))
    SqliteRounds(store).add(opened(900, player="zoe", reward="r-1"))
    before = heads(store)
    store.close()
    for step in ("DROP TABLE rewards", "DROP INDEX rewarded", "ALTER TABLE heads DROP COLUMN reward"):
        change(tmp_path, step)
    change(tmp_path, "PRAGMA user_version = 1")
    store = SqliteStore(tmp_path)
    assert before == heads(store)
    assert [] == list(SqliteRewards(store).of("casino", "ann"))
    store.close()


def test_the_log_is_synchronous_and_written_ahead(store: SqliteStore) -> None:
    for connection in (store._writer, store.reader):
        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()
        assert (2,) == connection.execute("PRAGMA synchronous").fetchone()


def test_what_reads_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.reader.execute("DELETE FROM versions")


# Group commit.


def descriptors(file: Path) -> int:
    """How often this process has the file, or one that stands beside it, open."""
    targets = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            targets.append(str(descriptor.readlink()))
    return sum(target.startswith(str(file)) for target in targets)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are counted where the system tells them")
def test_what_a_thread_read_with_is_closed_when_the_thread_has_ended(store: SqliteStore) -> None:
    def read() -> None:
        assert store.reader is store.reader
        store.reader.execute("SELECT count(*) FROM versions").fetchone()
        counted.append(descriptors(store.path))

    counted: list[int] = []
    read()
    before = descriptors(store.path)
    for _ in range(30):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert 30 == len(counted[1:])
    # SQLite keeps a descriptor of the file itself for the next connection, because closing one would drop its locks.
    assert descriptors(store.path) <= max(counted) <= before + 6
    read()


def test_what_living_threads_read_with_is_closed_with_the_store(tmp_path: Path) -> None:
    store, read, over = SqliteStore(tmp_path), threading.Event(), threading.Event()

    def stay() -> None:
        connections.append(store.reader)
        read.set()
        over.wait(20)

    connections: list[sqlite3.Connection] = []
    thread = threading.Thread(target=stay)
    thread.start()
    assert read.wait(20)
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connections[0].execute("SELECT 1")
    over.set()
    thread.join()


def test_who_comes_while_one_writes_is_written_with_the_others(store: SqliteStore) -> None:
    commits: list[str] = []
    store._writer.set_trace_callback(lambda query: commits.append(query) if query == "COMMIT" else None)
    writing, going_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        writing.set()
        going_on.wait()

    rounds = SqliteRounds(store)
    threads = [threading.Thread(target=store.write, args=(slow,))]
    threads[0].start()
    writing.wait()
    for number in range(1, 9):
        threads.append(threading.Thread(target=rounds.add, args=(opened(number, player=f"player {number}"),)))
        threads[-1].start()
    while store.pen.waiting < 8:
        threads[1].join(0.001)
    going_on.set()
    for thread in threads:
        thread.join()
    assert 2 == len(commits)
    assert {round_id(number) for number in range(1, 9)} == set(rounds.unfinished())


def test_a_lone_writer_waits_for_nobody(store: SqliteStore) -> None:
    commits: list[str] = []
    store._writer.set_trace_callback(lambda query: commits.append(query) if query == "COMMIT" else None)
    for version in life(1):
        SqliteRounds(store).add(version)
    assert 4 == len(commits)
    assert 0 == store.pen.waiting


def test_a_refusal_in_a_group_leaves_the_others_alone(store: SqliteStore) -> None:
    rounds = SqliteRounds(store)
    rounds.add(opened(1))
    writing, going_on = threading.Event(), threading.Event()
    refused: list[Exception] = []

    def slow(connection: sqlite3.Connection) -> None:
        writing.set()
        going_on.wait()

    def add(number: int, game: str) -> None:
        try:
            rounds.add(opened(number, game=game))
        except Exception as problem:
            refused.append(problem)

    threads = [threading.Thread(target=store.write, args=(slow,))]
    threads[0].start()
    writing.wait()
    for number, game in ((2, "three-fruits"), (3, "plums"), (1, "plums"), (4, "sevens")):
        threads.append(threading.Thread(target=add, args=(number, game)))
        threads[-1].start()
    while store.pen.waiting < 4:
        threads[1].join(0.001)
    going_on.set()
    for thread in threads:
        thread.join()
    assert ["RoundConflict", "RoundOpen"] == sorted(type(problem).__name__ for problem in refused)
    assert [round_id(1), round_id(3), round_id(4)] == list(rounds.unfinished())


# What must not be survived.


class Ended(BaseException):
    """The process would have ended."""


def test_trouble_in_a_transaction_ends_the_process_before_anybody_is_answered(tmp_path: Path) -> None:
    def fatal(problem: BaseException) -> None:
        raise Ended from problem

    store = SqliteStore(tmp_path, fatal=fatal)
    with pytest.raises(Ended) as ended:
        store.write(lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)"))
    assert isinstance(ended.value.__cause__, sqlite3.OperationalError)
    store.close()


def test_the_end_is_loud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def ended(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr("os._exit", ended)
    with pytest.raises(Ended) as end:
        die(OSError("disk on fire"))
    assert (70,) == end.value.args
    assert "disk on fire" in capsys.readouterr().err


# The projection.


def some(rounds: SqliteRounds) -> None:
    """Rounds of every fate, one of them disputed, retried, and overtaken."""
    for number, state in enumerate(State, 1):
        first = opened(number, player=f"player {number}")
        rounds.add(first, walked(first, state))
    disputed = walked(opened(50), State.DISPUTED)
    rounds.add(opened(50), disputed)
    rounds.add(opened(51))
    rounds.add(walked(disputed, State.DRAWN))
    first = opened(60, game="plums")
    second = walked(first, State.DISPUTED)
    rounds.add(first, second, walked(second, State.DRAWN))


def test_heads_are_made_anew_from_the_records(store: SqliteStore) -> None:
    some(SqliteRounds(store))
    before = heads(store)
    store.write(lambda connection: connection.execute("DELETE FROM heads WHERE player > 'player 5'") and None)
    store.write(lambda connection: connection.execute("UPDATE heads SET held = 7, occupies = 0") and None)
    ghost = "INSERT INTO heads SELECT 'a ghost', version, state, operator, player, game, currency, exponent, held, 0, ended,"
    store.write(
        lambda connection: connection.execute(f"{ghost} disputed, accepted, reward FROM heads LIMIT 1") and None
    )
    assert before != heads(store)
    assert len(before) == rebuild(store)
    assert before == heads(store)


def test_heads_are_left_alone_if_a_record_cannot_be_read(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    some(SqliteRounds(store))
    before = heads(store)
    store.close()
    change(tmp_path, "UPDATE versions SET record = '{}' WHERE seq = 3")
    store = SqliteStore(tmp_path)
    with pytest.raises(Unreadable):
        rebuild(store)
    assert before == heads(store)
    store.close()


def test_newest_versions_are_remembered_and_forgotten(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.storage.sqlite.rounds.CACHED", 3)
    rounds = SqliteRounds(store)
    for number in range(1, 8):
        rounds.add(*life(number))
    assert 3 == len(rounds._newest)
    for number in range(1, 8):
        assert life(number)[-1] == rounds.load(round_id(number))


def test_newest_versions_are_remembered_up_to_so_many_bytes(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(life(1)[-1].record)
    monkeypatch.setattr("adapters.storage.sqlite.rounds.CACHED_BYTES", 3 * size + size // 2)
    rounds = SqliteRounds(store)
    for number in range(1, 8):
        for version in life(number):
            rounds.add(version)
        assert rounds._bytes == sum(len(round.record) for round in rounds._newest.values())
    assert [round_id(number) for number in (5, 6, 7)] == list(rounds._newest)
    for number in range(1, 8):
        assert life(number)[-1] == rounds.load(round_id(number))
    monkeypatch.setattr("adapters.storage.sqlite.rounds.CACHED_BYTES", size // 2)
    rounds.add(*life(8))
    assert not rounds._newest
    assert life(8)[-1] == rounds.load(round_id(8))


def test_who_comes_late_with_an_older_version_does_not_hide_the_newest(store: SqliteStore) -> None:
    rounds = SqliteRounds(store)
    rounds.add(*life(1))
    rounds._remember(opened(1))
    assert life(1)[-1] == rounds.load(round_id(1))


# Secrets.


def test_neither_token_nor_handle_can_be_read_in_the_file(store: SqliteStore, tmp_path: Path) -> None:
    sessions = SqliteSessions(store)
    secret = session(1, handle="a-secret-handle")
    sessions.add(secret, sha256(b"a-secret-token").digest())
    assert secret == sessions.get(secret.id)
    files = [path for path in tmp_path.iterdir() if path.name.startswith(FILE)]
    assert len(files) >= 2
    for path in files:
        assert b"a-secret" not in path.read_bytes()


def test_the_key_is_its_owners_alone(store: SqliteStore, tmp_path: Path) -> None:
    assert 0o600 == stat.S_IMODE((tmp_path / KEY).stat().st_mode)


def test_a_new_key_is_put_before_the_old_one(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    SqliteSessions(store).add(session(1), TOKEN)
    store.close()
    old = (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).write_bytes(Fernet.generate_key() + b"\n" + old)
    store = SqliteStore(tmp_path)
    assert session(1) == SqliteSessions(store).find(TOKEN)
    store.close()


def test_a_handle_under_a_key_that_was_dropped_too_early_is_told_as_such(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    SqliteSessions(store).add(session(1), TOKEN)
    store.close()
    fresh = Fernet.generate_key()
    (tmp_path / KEY).write_bytes(fresh + b"\n" + (tmp_path / KEY).read_bytes())
    store = SqliteStore(tmp_path)
    SqliteSessions(store).add(session(2), sha256(b"another").digest())
    store.close()
    (tmp_path / KEY).write_bytes(fresh)
    store = SqliteStore(tmp_path)
    assert session(2) == SqliteSessions(store).get("session-2")
    with pytest.raises(ValueError, match=KEY):
        SqliteSessions(store).get("session-1")
    store.close()


def test_data_whose_key_is_lost_broken_or_another_one_are_not_opened_and_not_changed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    SqliteSessions(store).add(session(1), TOKEN)
    store.close()
    key = (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).unlink()
    with pytest.raises(Unusable, match="is lost"):
        SqliteStore(tmp_path)
    assert not (tmp_path / KEY).exists()
    for wrong, words in ((b"x", "handle.key: "), (b"", "handle.key: "), (Fernet.generate_key(), "is not the key")):
        (tmp_path / KEY).write_bytes(wrong)
        with pytest.raises(Unusable, match=words):
            SqliteStore(tmp_path)
        assert wrong == (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).write_bytes(key)
    store = SqliteStore(tmp_path)
    assert session(1) == SqliteSessions(store).find(TOKEN)
    store.close()


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(Unusable, match=f"{FILE}: file is not a database"):
        SqliteStore(tmp_path)
    assert b"not a database at all" * 100 == (tmp_path / FILE).read_bytes()


def test_a_file_that_cannot_be_opened_or_lacks_its_tables_is_named_and_the_directory_is_free_again(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(Unusable, match=f"{FILE}: unable to open"):
        SqliteStore(tmp_path)
    (tmp_path / FILE).rmdir()
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("PRAGMA user_version=1")
    with pytest.raises(Unusable, match=f"{FILE}: no such table"):
        SqliteStore(tmp_path)
    (tmp_path / FILE).unlink()
    SqliteStore(tmp_path).close()


def change(data: Path, statement: str) -> None:
    """Somebody else writes the file."""
    with closing(sqlite3.connect(data / FILE)) as connection, connection:
        connection.execute(statement)


def test_more_sessions_than_are_kept_open_are_all_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "CACHED", 2)
    store = SqliteStore(tmp_path)
    kept = SqliteSessions(store)
    opened = [session(number) for number in range(4)]
    for number, each in enumerate(opened):
        kept.add(each, bytes([number]) * 32)
    for _ in range(2):
        assert opened == [kept.get(each.id) for each in opened]
        assert opened == [kept.find(bytes([number]) * 32) for number in range(4)]
    store.close()


def test_what_is_written_is_durable_when_it_is_answered(store: SqliteStore) -> None:
    """SQLite's own words: a commit is in the log, and the log on the disk, before it returns."""
    asked = [store._writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert ["wal", 2] == asked


def test_a_key_that_a_crash_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "handle.key.new").write_bytes(b"half")
    store = SqliteStore(tmp_path)
    assert b"x" == store.seal.decrypt(store.seal.encrypt(b"x"))
    assert not (tmp_path / "handle.key.new").exists()
    store.close()
