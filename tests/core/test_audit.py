"""The audit finds every byte that is not as it was put there, and names the round."""

import sqlite3
from pathlib import Path
from random import Random

import pytest

from adapters.storage.memory import MemoryRounds
from adapters.storage.sqlite import FILE, SqliteRounds, SqliteStore
from core.audit import Audit
from ports.archive import Stored
from ports.record import Round
from tests.core.house import House

SOME = 12


def rounds() -> list[Round]:
    """All versions of a dozen rounds, as they came on record."""
    house = House()
    for number in range(SOME):
        house.play("coin" if number % 2 else "ladder", round=f"00000000-0000-4000-8000-{number:012}")
        house.script = []
        house._try(
            lambda n=number: house.hosted.choose(house.player("ladder"), f"00000000-0000-4000-8000-{n:012}", 1, "stop")
        )
    return [Round.parse(stored.record) for stored in house.rounds.records()]


def audit(archive: object) -> Audit:
    return Audit(archive=archive, clock=House().clock)


def test_a_record_that_nobody_touched_verifies() -> None:
    store = MemoryRounds()
    for version in rounds():
        store.add(version)
    first = audit(store).seal()
    assert (1, len(rounds())) == (first.number, first.versions)
    assert audit(store).seal() is None
    verdict = audit(store).verify()
    assert () == verdict.findings
    assert (len(rounds()), len(rounds()), 1, first.digest) == (
        verdict.versions,
        verdict.sealed,
        verdict.seals,
        verdict.last,
    )


def test_seals_are_chained(tmp_path: Path) -> None:
    store = MemoryRounds()
    versions = rounds()
    digests = []
    for part in (versions[:10], versions[10:20], versions[20:]):
        for version in part:
            store.add(version)
        digests.append(audit(store).seal().digest)
    verdict = audit(store).verify()
    assert (3, digests[-1], ()) == (verdict.seals, verdict.last, verdict.findings)
    store._seals[0] = (store._seals[0][0], store._seals[0][1].replace(b'"seal":1', b'"seal":9'))
    assert any(finding.round is None for finding in audit(store).verify().findings)


def sealed_twice() -> MemoryRounds:
    store = MemoryRounds()
    versions = rounds()
    for part in (versions[:10], versions[10:20]):
        for version in part:
            store.add(version)
        audit(store).seal()
    return store


def test_any_flipped_byte_of_a_seal_is_found() -> None:
    store = sealed_twice()
    last = audit(store).verify().last
    for number, (place, seal) in enumerate(list(store._seals)):
        for at in range(0, len(seal), 7):
            store._seals[number] = (place, bytes([*seal[:at], seal[at] ^ 1 << at % 8, *seal[at + 1 :]]))
            verdict = audit(store).verify()
            assert last != verdict.last or [] != [f for f in verdict.findings if f.round is None]
            if number == 0:
                assert verdict.findings
        store._seals[number] = (place, seal)
    assert () == audit(store).verify().findings


@pytest.mark.parametrize("seal", [b"", b"[]", b"5", b"{}", b'{"previous":null,"seal":1}', b"\xff", b"[" * 100_000])
def test_a_seal_that_is_none_is_found(seal: bytes) -> None:
    store = sealed_twice()
    store._seals[0] = (10, seal)
    assert any("seal 1 cannot be read" in finding.what for finding in audit(store).verify().findings)


def test_a_seal_that_was_taken_away_is_missed() -> None:
    store = sealed_twice()
    del store._seals[0]
    assert any("does not follow" in finding.what for finding in audit(store).verify().findings)


class Tampered:
    """An archive of which somebody changed something."""

    def __init__(self, archive: MemoryRounds, change: object) -> None:
        self._archive, self._change = archive, change

    def records(self):
        return iter(self._change(list(self._archive.records())))

    def seals(self):
        return self._archive.seals()


@pytest.fixture(scope="module")
def sealed() -> MemoryRounds:
    store = MemoryRounds()
    for version in rounds():
        store.add(version)
    audit(store).seal()
    return store


def test_any_flipped_byte_is_found_and_the_round_named(sealed: MemoryRounds) -> None:
    chance = Random(5)
    stored = list(sealed.records())
    for place, victim in enumerate(stored):
        for _ in range(25):
            at, bit = chance.randrange(len(victim.record)), 1 << chance.randrange(8)
            flipped = bytes([*victim.record[:at], victim.record[at] ^ bit, *victim.record[at + 1 :]])

            def change(records: list[Stored], place: int = place, flipped: bytes = flipped) -> list[Stored]:
                records[place] = records[place]._replace(record=flipped)
                return records

            found = audit(Tampered(sealed, change)).verify().findings
            assert victim.round in {finding.round for finding in found}


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_version_that_was_taken_away_is_missed(sealed: MemoryRounds, place: int) -> None:
    stored = list(sealed.records())
    victim = stored[place]
    found = audit(Tampered(sealed, lambda records: [r for r in records if r != victim])).verify().findings
    assert (victim.round, victim.version) in {(f.round, f.version) for f in found}


def test_a_version_that_was_put_in_is_found(sealed: MemoryRounds) -> None:
    def change(records: list[Stored]) -> list[Stored]:
        last = records[-1]
        forged = Round.parse(last.record)
        return [*records, Stored(last.place + 1, last.round, last.version + 2, forged.record)]

    assert audit(Tampered(sealed, change)).verify().findings


def test_a_byte_flipped_in_the_file_is_found(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    kept = SqliteRounds(store)
    for version in rounds():
        kept.add(version)
    assert len(rounds()) == audit(kept).seal().versions
    assert () == audit(kept).verify().findings
    store.close()
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("UPDATE versions SET record = replace(record, '\"win\":0', '\"win\":9') WHERE seq = 3")
    file.close()
    store = SqliteStore(tmp_path)
    found = audit(SqliteRounds(store)).verify().findings
    store.close()
    assert {rounds()[2].id} == {finding.round for finding in found}
