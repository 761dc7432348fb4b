"""The files that decide an outcome, and whether they are still those that were installed.

The manifest is a file in the format of `sha256sum`, made when the wheel is built; so anybody can check it without us:
`cd site-packages && sha256sum -c rgs/critical-files.sha256`. GLI-19 v3.0, 2.3.2: at start, every 24 hours, on demand.
"""

import marshal
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("ports", "core", "games", "adapters", "rgs")
"""All of them: what draws, what decides, what records, and what puts it together."""
HOME = Path(__file__).parent.parent
MANIFEST = HOME / "rgs" / "critical-files.sha256"


class Difference(NamedTuple):
    """A file that is not as it was installed."""

    file: str
    expected: str | None
    """None: the manifest does not name the file."""
    found: str | None
    """None: the file is gone."""

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.file}: not in the manifest"
        if self.found is None:
            return f"{self.file}: gone"
        return f"{self.file}: changed"


def critical_files(home: Path = HOME) -> dict[str, str]:
    """Every file that decides an outcome, by its path below `home`, with its SHA-256 in hexadecimal; in order."""
    return {path.relative_to(home).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(_found(home))}


def _found(home: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from (home / package).rglob("*.py")


def listing(files: Mapping[str, str]) -> str:
    """Digests as `sha256sum` prints them."""
    return "".join(f"{digest}  {name}\n" for name, digest in files.items())


def read_manifest(text: str) -> dict[str, str]:
    """The digests of a `sha256sum` listing. Raises `ValueError` for anything else."""
    files = {}
    for line in text.splitlines():
        digest, separator, name = line[:64], line[64:66], line[66:]
        if separator not in ("  ", " *") or not name or set(digest) - set("0123456789abcdef"):
            raise ValueError(f"not a line of sha256sum: {line!r}")
        files[name] = digest
    return files


def compare(expected: Mapping[str, str], found: Mapping[str, str]) -> list[Difference]:
    """What differs, in the order of names."""
    return [
        Difference(name, expected.get(name), found.get(name))
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]


def check(manifest: Path = MANIFEST, home: Path = HOME) -> list[Difference] | None:
    """What differs from the manifest; None if there is none, as in a source checkout."""
    if not manifest.exists():
        return None
    return compare(read_manifest(manifest.read_text()), critical_files(home)) + list(_other_bytecode(home))


def _other_bytecode(home: Path) -> Iterator[Difference]:
    """Cached bytecode that Python would run instead of a source that it does not come from."""
    for path in sorted(_found(home)):
        cached = Path(cache_from_source(str(path)))
        if not cached.exists():
            continue
        content, source = cached.read_bytes(), path.read_bytes()
        if content[:4] != MAGIC_NUMBER or not _current(content[4:16], path):
            continue
        if marshal.loads(content[16:]) != compile(source, str(path), "exec", dont_inherit=True):  # noqa: S302
            yield Difference(cached.relative_to(home).as_posix(), "the bytecode of its source", "other bytecode")


def _current(header: bytes, path: Path) -> bool:
    """Whether Python takes cached bytecode for that of `path`: PEP 552, by hash, or by time and size."""
    flags = int.from_bytes(header[:4], "little")
    if flags & 1:
        return True
    facts = path.stat()
    stamp = (int(facts.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little") + (facts.st_size & 0xFFFFFFFF).to_bytes(
        4, "little"
    )
    return header[4:12] == stamp
