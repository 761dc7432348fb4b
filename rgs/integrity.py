"""The files that decide an outcome, and whether they are still those that were installed.

The manifest is a file in the format of `sha256sum`, made when the wheel is built; so anybody can check it without us:
`cd site-packages && sha256sum -c rgs/critical-files.sha256`. GLI-19 v3.0, 2.3.2: at start, every 24 hours, on demand.

Plug-ins of other people decide outcomes too: a package that brings games or backends is compared with the digests that its
installer wrote down for it (`RECORD`, PEP 376).
"""

import marshal
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import Distribution
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
    return _digests(home, PACKAGES)


def _digests(home: Path, places: Iterable[str]) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(_found(home, places))
    }


def _found(home: Path, places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        yield from [home / place] if place.endswith(".py") else (home / place).rglob("*.py")


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
    return compare(read_manifest(manifest.read_text()), critical_files(home)) + _other_bytecode(home, PACKAGES)


def check_plugin(plugin: Distribution) -> list[Difference]:
    """What differs from what the installer of this package wrote down. An editable installation has nothing to compare."""
    recorded = [file for file in plugin.files or () if file.suffix == ".py" and ".." not in file.parts]
    expected = {
        file.as_posix(): urlsafe_b64decode(file.hash.value + "=").hex()
        for file in recorded
        if file.hash is not None and file.hash.mode == "sha256"
    }
    home = Path(str(plugin.locate_file("")))
    whole = {file.parent for file in recorded if file.name == "__init__.py"}
    alone = {file for file in recorded if not whole.intersection(file.parents)}
    places = [place.as_posix() for place in (*whole, *alone) if not whole.intersection(place.parents)]
    present = (place for place in places if (home / place).exists())
    return compare(expected, _digests(home, present)) + _other_bytecode(home, places)


def _other_bytecode(home: Path, places: Iterable[str]) -> list[Difference]:
    """Cached bytecode that Python would run instead of a source that it does not come from."""
    return list(_strange(home, [path for path in sorted(_found(home, places)) if path.exists()]))


def _strange(home: Path, sources: Iterable[Path]) -> Iterator[Difference]:
    for path in sources:
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
