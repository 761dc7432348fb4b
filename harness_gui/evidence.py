"""Evidence: one `.rgsbug` file that holds everything somebody else needs to see what happened here, and to run it again.

    manifest.json   SHA-256 of every other file
    about.json      versions, machine, operators and their traits, settings without secrets, a note
    rounds/ID.jsonl every version of a round, byte for byte as on record: its draws are the tape
    journal.json    what passed between client, house and wallet
    lamps.json      how the invariants stood
    screen.png      the window, if there was one

A bundle comes from outside: nothing in it is believed before its size, names and digests are checked, and nothing is ever
written to disk.
"""

import io
import json
import platform
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.catalogue import Catalogue
from core.replay import differences
from harness_gui import playback
from harness_gui.bench import Bench
from ports import canonical
from ports.record import Round
from ports.wallet import Traits

SCHEMA = 1
MANIFEST = "manifest.json"
MAX_FILES = 1_000
MAX_BYTES = 64 * 2**20
"""Of all files together, unpacked."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How files may be packed: by what unpacks no more than it is asked for. (bzip2 and LZMA hand out whole blocks.)"""


class BadEvidence(ValueError):
    """The file is no evidence bundle, or was tampered with; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A bundle that was checked."""

    about: Mapping[str, Any]
    rounds: Mapping[str, Sequence[Round]]
    """Every version of each round, oldest first."""
    journal: Sequence[Mapping[str, Any]]
    lamps: Sequence[Mapping[str, Any]]


def collect(bench: Bench, ids: Sequence[str], *, note: str, screen: bytes | None = None) -> bytes:
    """The bundle of these rounds, as the bench sees them now."""
    rounds = {id: bench.versions(id) for id in ids}
    lines = [line for id in ids for line in bench.timeline(id)]
    files = {
        "about.json": _json(_about(bench, note)),
        "journal.json": _json([{"kind": type(line).__name__.lower(), **asdict(line)} for line in lines]),
        "lamps.json": _json([asdict(lamp) for lamp in bench.invariants()]),
    }
    for id, versions in rounds.items():
        files[f"rounds/{id}.jsonl"] = b"".join(version.record + b"\n" for version in versions)
    if screen is not None:
        files["screen.png"] = screen
    manifest = {"schema": SCHEMA, "files": {name: sha256(data).hexdigest() for name, data in files.items()}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(MANIFEST, _json(manifest))
        for name, data in files.items():
            bundle.writestr(name, data)
    return packed.getvalue()


def _about(bench: Bench, note: str) -> dict[str, Any]:
    settings = bench.container.settings()
    kept = settings.model_dump(mode="json")
    for operator in kept["operators"].values():
        operator["options"] = dict.fromkeys(operator["options"], "(set)")
    return {
        "note": note,
        "time": bench.clock.now(),
        "clock_ahead_seconds": bench.clock.ahead.total_seconds(),
        "software": bench.container.house().software,
        "python": sys.version,
        "machine": platform.platform(),
        "games": {f"{g.game.id} {g.game.version} {g.game.variant}": g.maths for g in bench.games},
        "operators": {b.operator: {"backend": b.backend, "traits": _traits(b.traits)} for b in bench.backends},
        "settings": kept,
    }


def _traits(traits: Traits) -> dict[str, Any]:
    """By name; spans in seconds."""
    return {n: v.total_seconds() if isinstance(v, timedelta) else v for n, v in asdict(traits).items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, default=str, ensure_ascii=False).encode()


def read(file: Path) -> Evidence:
    """Read a bundle. Raises `BadEvidence`."""
    try:
        with zipfile.ZipFile(file) as bundle:
            files = _unpack(bundle)
    except BadEvidence:
        raise
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ) as problem:
        raise BadEvidence(f"{file.name} cannot be read: {problem}") from None
    _verify(files)
    rounds = {}
    for name, data in files.items():
        if name.startswith("rounds/"):
            rounds[name.removeprefix("rounds/").removesuffix(".jsonl")] = _versions(name, data)
    about = _parse(files, "about.json", dict)
    journal, lamps = _parse(files, "journal.json", list), _parse(files, "lamps.json", list)
    return Evidence(about=about, rounds=rounds, journal=journal, lamps=lamps)


def _unpack(bundle: zipfile.ZipFile) -> dict[str, bytes]:
    """Every file, in memory; what a file says of its own size is not believed."""
    infos = bundle.infolist()
    names = [info.filename for info in infos]
    if len(names) > MAX_FILES or len(set(names)) < len(names):
        raise BadEvidence(f"{len(names)} files: more than {MAX_FILES}, or one stands twice")
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for info in infos:
        if not _plain(info.filename):
            raise BadEvidence(f"{info.filename!r} is no name of a file in a bundle")
        if info.compress_type not in METHODS:
            raise BadEvidence(f"{info.filename} is packed in a way that is not read here")
        with bundle.open(info) as packed:
            data = packed.read(left + 1)
        left -= len(data)
        if left < 0:
            raise BadEvidence(f"it holds more than {MAX_BYTES} bytes")
        files[info.filename] = data
    return files


def _plain(name: str) -> bool:
    known = {MANIFEST, "about.json", "journal.json", "lamps.json", "screen.png"}
    id = name.removeprefix("rounds/").removesuffix(".jsonl")
    of_round = name == f"rounds/{id}.jsonl" and len(id) <= 64 and set(id) <= set("0123456789abcdef-")
    return name in known or of_round


def _verify(files: Mapping[str, bytes]) -> None:
    manifest = _parse(files, MANIFEST, dict)
    if manifest.get("schema") != SCHEMA:
        raise BadEvidence(f"its schema is {manifest.get('schema')!r}; this software reads {SCHEMA}")
    listed = manifest.get("files")
    if not isinstance(listed, dict) or set(listed) != set(files) - {MANIFEST}:
        raise BadEvidence("the manifest does not list exactly what is there")
    for name, digest in listed.items():
        if sha256(files[name]).hexdigest() != digest:
            raise BadEvidence(f"{name} is not what the manifest says")


def _parse(files: Mapping[str, bytes], name: str, kind: type) -> Any:
    try:
        value = json.loads(files[name])
    except (KeyError, ValueError, RecursionError) as problem:
        raise BadEvidence(f"{name}: {problem!r}") from None
    if not isinstance(value, kind):
        raise BadEvidence(f"{name} is no {kind.__name__}")
    return value


def _versions(name: str, data: bytes) -> list[Round]:
    try:
        return [Round.parse(line) for line in data.splitlines()]
    except canonical.Unreadable as problem:
        raise BadEvidence(f"{name}: {problem}") from None


@dataclass(slots=True)
class Again:
    """What came of running a bundle again."""

    differences: list[str] = field(default_factory=list)
    """What is otherwise here, in words. Empty: all is the same."""
    calls: int = 0
    """Answers of the wallet that were played back."""
    notes: list[str] = field(default_factory=list)
    """Rounds whose calls could not be played back, and why."""


def run_again(evidence: Evidence, catalogue: Catalogue) -> Again:
    """Run every round of the bundle again: its turns from their tape, its walk against the recorded answers of the wallet.

    Raises `BadEvidence` for a journal that is none.
    """
    again = Again()
    for id, versions in evidence.rounds.items():
        previous: str | None = None
        for number, version in enumerate(versions, 1):
            if (version.id, version.version, version.previous) != (id, number, previous):
                again.differences.append(f"{id}: version {number} does not follow the one before it")
            previous = version.digest
        if versions:
            again.differences += [f"{id}: {what}" for what in _other_maths(versions[-1], catalogue)]
            again.differences += [f"{id}: {what}" for what in differences(versions[-1], catalogue)]
            _walk_again(evidence, id, catalogue, again)
    return again


def _walk_again(evidence: Evidence, id: str, catalogue: Catalogue, again: Again) -> None:
    versions = evidence.rounds[id]
    try:
        lines = [line for line in evidence.journal if line["round"] == id]
        operator = evidence.about["operators"].get(versions[0].terms.operator)
        if operator is None or isinstance(operator["traits"]["in_flight"], str):
            again.notes.append(f"{id}: the file does not say what the operator promises")
            return
        walked = playback.walk_again(versions, lines, playback.traits(operator["traits"]), catalogue)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as problem:
        raise BadEvidence(f"about.json or journal.json: {problem!r}") from None
    again.calls += walked.calls
    again.differences += [f"{id}: {what}" for what in walked.differences]
    again.notes += [f"{id}: {walked.note}"] if walked.note else []


def _other_maths(round: Round, catalogue: Catalogue) -> list[str]:
    terms = round.terms
    here = {(x.game.id, x.game.version, x.game.variant): x.maths for x in catalogue.every()}
    maths = here.get((terms.game, terms.version, terms.variant))
    if not round.hosted or maths in (None, terms.maths):
        return []
    return [f"the maths of {terms.game} {terms.version} is another here: {str(maths)[:12]}, not {terms.maths[:12]}"]
