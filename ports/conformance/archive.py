"""What every `ports.archive.Archive` promises, as tests to inherit beside those of a round store."""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from ports.archive import AuditedRounds
from ports.conformance.makers import opened
from ports.conformance.rounds import life
from ports.record import Round


class ArchiveConformance(ABC):
    """Tests to inherit."""

    @abstractmethod
    def create(self, place: Path) -> AuditedRounds:
        """A new, empty store; `place` is a directory for its files."""

    @abstractmethod
    def again(self, store: AuditedRounds, place: Path) -> AuditedRounds:
        """The same store as the next process finds it."""

    def discard(self, store: AuditedRounds) -> None:  # noqa: B027 most stores have nothing to do here
        """Let go of a store at the end of a test."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> object:
        """An empty store."""
        store = self.create(tmp_path)
        yield store
        self.discard(store)

    def test_an_empty_archive(self, store: AuditedRounds) -> None:
        assert ([], [], []) == (list(store.records()), list(store.unsealed()), list(store.seals()))

    def test_every_version_to_the_byte_in_the_order_of_addition(self, store: AuditedRounds) -> None:
        added = mixed(store)
        told = list(store.records())
        assert [(v.id, v.version, v.record) for v in added] == [(s.round, s.version, s.record) for s in told]
        assert sorted({s.place for s in told}) == [s.place for s in told]

    def test_a_seal_covers_what_came_before_its_place(self, store: AuditedRounds) -> None:
        mixed(store)
        everything = list(store.unsealed())
        assert everything == list(store.records())
        store.add_seal(b"one", everything[2].place)
        assert everything[3:] == list(store.unsealed())
        store.add_seal(b"two", everything[-1].place)
        assert [] == list(store.unsealed())
        store.add(opened(7, game="plums"))
        assert [(opened(7).id, 1)] == [(s.round, s.version) for s in store.unsealed()]
        assert [b"one", b"two"] == list(store.seals())

    def test_the_next_process_finds_the_seals(self, tmp_path: Path) -> None:
        store = self.create(tmp_path)
        mixed(store)
        everything = list(store.records())
        store.add_seal(b"\x00\xff", everything[1].place)
        store = self.again(store, tmp_path)
        assert [b"\x00\xff"] == list(store.seals())
        assert (everything, everything[2:]) == (list(store.records()), list(store.unsealed()))
        self.discard(store)


def mixed(store: AuditedRounds) -> list[Round]:
    """Two rounds whose versions come in turns."""
    added = [version for pair in zip(life(1), life(2, player="bob"), strict=True) for version in pair]
    for version in added:
        store.add(version)
    return added
