"""Evidence: whole, without secrets, run again elsewhere; and what a malicious file is told."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness_gui import evidence
from harness_gui.__main__ import main
from harness_gui.bench import Bench
from harness_gui.evidence import BadEvidence
from ports import canonical
from rgs.settings import Operator, Settings

Files = dict[str, bytes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    operators = {"social": Operator(backend="social", options={"currency": "SECRETCOIN"})}
    with Bench(Settings(data=tmp_path, store="memory", operators=operators)) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


@pytest.fixture
def bundle(bench: Bench, tmp_path: Path) -> Path:
    bench.arm("result", "time-out after")
    rounds = [bench.spin(stake=100).id for _ in range(3)]
    file = tmp_path / "found.rgsbug"
    file.write_bytes(evidence.collect(bench, rounds, note="the win was shown late", screen=b"PNG"))
    return file


def unpacked(file: Path) -> Files:
    with zipfile.ZipFile(file) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def packed(file: Path, files: Files, *, sign: bool = True) -> None:
    if sign:
        rest = {name: sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"}
        files = files | {"manifest.json": json.dumps({"schema": 1, "files": rest}).encode()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)


def test_a_bundle_holds_the_whole_record_and_runs_again_without_a_difference(bench: Bench, bundle: Path) -> None:
    read = evidence.read(bundle)
    assert "the win was shown late" == read.about["note"]
    for id, versions in read.rounds.items():
        assert [v.digest for v in bench.versions(id)] == [v.digest for v in versions]
    assert {"said", "call", "write"} == {line["kind"] for line in read.journal}
    assert 14 == len(read.lamps)
    again = evidence.run_again(read, bench.container.catalogue())
    assert ([], [], 7) == (again.differences, again.notes, again.calls)


def test_options_of_operators_are_named_and_not_told(bundle: Path) -> None:
    about = unpacked(bundle)["about.json"].decode()
    assert '"currency": "(set)"' in about
    assert "SECRETCOIN" not in about


def test_the_command_says_whether_anything_differs(bundle: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--replay", str(bundle), "--json"])
    assert 0 == told.exit_code
    assert [] == json.loads(told.output)["differences"]

    files = unpacked(bundle)
    name = next(name for name in files if name.startswith("rounds/"))
    changed = files | {name: b"\n".join(files[name].splitlines()[1:]) + b"\n"}
    packed(bundle, changed)
    told = CliRunner().invoke(main, ["--replay", str(bundle)])
    assert 1 == told.exit_code
    assert "does not follow" in told.output


def test_another_outcome_than_the_tape_gives_is_found(bench: Bench, bundle: Path) -> None:
    files = unpacked(bundle)
    name = next(name for name in files if name.startswith("rounds/"))
    fields = [json.loads(line) for line in files[name].splitlines()]
    for version in fields:
        for turn in version["turns"]:
            turn["draws"][0][2] = (turn["draws"][0][2] + 1) % 32
    lines = [json.dumps(f, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() for f in fields]
    packed(bundle, files | {name: b"\n".join(lines) + b"\n"})
    found = evidence.run_again(evidence.read(bundle), bench.container.catalogue()).differences
    assert any("events differs" in what for what in found)


def _slip(files: Files) -> Files:
    return files | {"../../evil": b"x"}


def _round_slip(files: Files) -> Files:
    return files | {"rounds/../x.jsonl": b"x"}


def _bomb(files: Files) -> Files:
    return files | {"screen.png": bytes(evidence.MAX_BYTES)}


def _crowd(files: Files) -> Files:
    return files | {f"rounds/{n:x}.jsonl": b"" for n in range(evidence.MAX_FILES)}


def _no_record(files: Files) -> Files:
    return files | {"rounds/0.jsonl": b'{"round": 1}\n'}


def _no_about(files: Files) -> Files:
    return {name: data for name, data in files.items() if name != "about.json"}


def _deep(files: Files) -> Files:
    return files | {"journal.json": b"[" * 100_000}


@pytest.mark.parametrize("attack", [_slip, _round_slip, _bomb, _crowd, _no_record, _no_about, _deep])
def test_a_malicious_bundle_is_refused(bundle: Path, attack: Callable[[Files], Files]) -> None:
    packed(bundle, attack(unpacked(bundle)))
    with pytest.raises(BadEvidence):
        evidence.read(bundle)


@pytest.mark.parametrize("name", ["about.json", "journal.json", "lamps.json"])
def test_a_file_that_was_changed_or_added_or_left_out_is_noticed(bundle: Path, name: str) -> None:
    files = unpacked(bundle)
    for changed in (files | {name: files[name] + b" "}, {n: d for n, d in files.items() if n != name}):
        packed(bundle, changed, sign=False)
        with pytest.raises(BadEvidence, match="manifest"):
            evidence.read(bundle)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_bundle_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "bad.rgsbug"
    file.write_bytes(data)
    with pytest.raises(BadEvidence):
        evidence.read(file)


def test_every_cut_of_a_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    whole = bundle.read_bytes()
    file = tmp_path / "cut.rgsbug"
    for end in range(0, len(whole) - 1, max(1, len(whole) // 50)):
        file.write_bytes(whole[:end])
        with pytest.raises(BadEvidence):
            evidence.read(file)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_by_other_means_than_deflate_is_refused_before_it_is_unpacked(
    tmp_path: Path, method: int
) -> None:
    file = tmp_path / "bomb.rgsbug"
    with zipfile.ZipFile(file, "w", method) as bundle:
        bundle.writestr("about.json", bytes(evidence.MAX_BYTES + 1))
    tracemalloc.start()
    try:
        with pytest.raises(BadEvidence, match="packed"):
            evidence.read(file)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_broken_deflate_stream_is_refused(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    start = data.index(b"manifest.json") + len("manifest.json")
    data[start : start + 60] = b"\xff" * 60
    bundle.write_bytes(bytes(data))
    with pytest.raises(BadEvidence, match="cannot be read"):
        evidence.read(bundle)


Where = tuple[str | int, ...]

WRONG: list[tuple[Where, object]] = [
    (("terms", "stake"), "x"),
    (("terms", "stake"), None),
    (("terms", "stake"), True),
    (("terms", "cost"), "x"),
    (("terms", "cap"), None),
    (("terms", "game"), []),
    (("terms", "game"), {}),
    (("terms", "mode"), 1),
    (("terms", "opened_by"), 3),
    (("terms", "operator"), []),
    (("terms", "limits"), "x"),
    (("terms", "limits"), {"max": "x"}),
    (("terms", "accepted"), "2026-03-01T12:00:00"),
    (("win",), "x"),
    (("version",), None),
    (("reason",), 3),
    (("actor",), {}),
    (("time",), "0001-01-01T00:00:00+14:00"),
    (("movements", 0, "amount"), "x"),
    (("movements", 0, "jackpots"), {"mega": None}),
    (("turns", 0, "win"), None),
    (("turns", 0, "events"), "x"),
    (("turns", 0, "draws"), [[1, 2, 3]]),
    (("turns", 0, "choices"), [["a", "b"]]),
    (("turns", 0, "automatic"), None),
]


@pytest.mark.parametrize(("where", "value"), WRONG)
def test_a_record_with_a_value_of_another_type_is_refused(bundle: Path, where: Where, value: object) -> None:
    files = unpacked(bundle)
    name = next(name for name in files if name.startswith("rounds/"))
    *before, last = files[name].splitlines()
    fields = place = json.loads(last)
    for part in where[:-1]:
        place = place[part]
    place[where[-1]] = value
    packed(bundle, files | {name: b"\n".join([*before, canonical.dump(fields)]) + b"\n"})
    with pytest.raises(BadEvidence, match="no record of a round"):
        evidence.read(bundle)


def test_a_name_that_stands_twice_is_refused(bundle: Path, tmp_path: Path) -> None:
    files = unpacked(bundle)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("about.json", b"{}")
    bundle.write_bytes(twice.getvalue())
    with pytest.raises(BadEvidence, match="twice"):
        evidence.read(bundle)
