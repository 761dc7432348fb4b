"""The audit: proof that nothing on record was changed, taken away or put in.

Each version names the digest of the one before it, so a round is a chain. A seal lists the digest of every version that no
seal covers yet, and names the digest of the seal before it, so the seals are a chain over everything. Whoever keeps the
digest of one seal elsewhere (print it, publish it, give it to the regulator) can tell whether anything before it changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from ports import canonical
from ports.archive import Archive, Stored
from ports.clock import Clock
from ports.record import Round


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it is printed for keeping elsewhere."""

    number: int
    versions: int
    """How many versions it covers."""
    time: str
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something on record is not as it was put there."""

    round: str | None
    """None: the trouble is in a seal."""
    version: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification saw."""

    versions: int
    sealed: int
    seals: int
    last: str | None
    """Digest of the last seal, to be compared with the one kept elsewhere."""
    findings: tuple[Finding, ...]


class Audit:
    """Seals and verifies one store."""

    def __init__(self, *, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._lock = Lock()

    def seal(self) -> Seal | None:
        """Put everything that no seal covers yet under a new one. None: there is nothing."""
        with self._lock:
            unsealed = self._archive.unsealed()
            if not unsealed:
                return None
            before = self._archive.seals()
            number = len(before) + 1
            time = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            record = canonical.dump(
                {
                    "schema": 1,
                    "seal": number,
                    "time": time,
                    "previous": _digest(before[-1]) if before else None,
                    "versions": [[s.round, s.version, _digest(s.record)] for s in unsealed],
                }
            )
            self._archive.add_seal(record, unsealed[-1].place)
            return Seal(number, len(unsealed), time, _digest(record))

    def verify(self) -> Verdict:
        """Read everything, and say what is not as it was put there."""
        findings: list[Finding] = []
        seals = self._archive.seals()
        sealed = _read_seals(seals, findings)
        left = dict(sealed)
        newest: dict[str, tuple[int, str]] = {}
        count = 0
        for stored in self._archive.records():
            count += 1
            findings += _check(stored, newest, left)
        findings += [Finding(round, version, "sealed, and no longer there") for round, version in left]
        last = _digest(seals[-1]) if seals else None
        return Verdict(count, len(sealed), len(seals), last, tuple(findings))


def _read_seals(seals: Any, findings: list[Finding]) -> dict[tuple[str, int], str]:
    sealed: dict[tuple[str, int], str] = {}
    previous = None
    for number, data in enumerate(seals, 1):
        try:
            seal: Mapping[str, Any] = canonical.load(data)
            chained = seal["seal"] == number and seal["previous"] == previous
            entries = {(round, version): digest for round, version, digest in seal["versions"]}
        except (canonical.Unreadable, KeyError, TypeError, ValueError) as problem:
            findings.append(Finding(None, None, f"seal {number} cannot be read: {problem}"))
            entries, chained = {}, True
        if not chained:
            findings.append(Finding(None, None, f"seal {number} does not follow the one before it"))
        sealed |= entries
        previous = _digest(data)
    return sealed


def _check(stored: Stored, newest: dict[str, tuple[int, str]], left: dict[tuple[str, int], str]) -> list[Finding]:
    found: list[Finding] = []
    digest = _digest(stored.record)
    version, previous = newest.get(stored.round, (0, None))
    newest[stored.round] = (stored.version, digest)
    expected = left.pop((stored.round, stored.version), None)
    if expected is not None and expected != digest:
        found.append(Finding(stored.round, stored.version, "differs from what was sealed"))
    try:
        round = Round.parse(stored.record)
    except canonical.Unreadable as problem:
        return [*found, Finding(stored.round, stored.version, f"cannot be read: {problem}")]
    if (round.id, round.version) != (stored.round, stored.version):
        found.append(Finding(stored.round, stored.version, f"is filed wrongly: it is {round.id} {round.version}"))
    if stored.version != version + 1:
        found.append(Finding(stored.round, stored.version, f"follows version {version}"))
    if round.previous != previous:
        found.append(Finding(stored.round, stored.version, "does not chain to the version before it"))
    return found


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
