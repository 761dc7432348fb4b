"""The stores in memory keep every promise of a store but that of outliving the process."""

from pathlib import Path

from adapters.storage.memory import MemoryRewards, MemoryRounds, MemorySessions
from ports.conformance.archive import ArchiveConformance
from ports.conformance.rewards import RewardStoreConformance
from ports.conformance.rounds import RoundStoreConformance
from ports.conformance.sessions import SessionStoreConformance


class TestMemoryRounds(RoundStoreConformance):
    def create(self, place: Path) -> MemoryRounds:
        return MemoryRounds()

    def again(self, store: MemoryRounds, place: Path) -> MemoryRounds:
        return store


class TestMemoryArchive(ArchiveConformance):
    def create(self, place: Path) -> MemoryRounds:
        return MemoryRounds()

    def again(self, store: MemoryRounds, place: Path) -> MemoryRounds:
        return store


class TestMemoryRewards(RewardStoreConformance):
    def create(self, place: Path) -> MemoryRewards:
        return MemoryRewards()

    def again(self, store: MemoryRewards, place: Path) -> MemoryRewards:
        return store


class TestMemorySessions(SessionStoreConformance):
    def create(self, place: Path) -> MemorySessions:
        return MemorySessions()

    def again(self, store: MemorySessions, place: Path) -> MemorySessions:
        return store
