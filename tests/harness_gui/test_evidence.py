"""Evidence: whole, without secrets, run again elsewhere; and what a malicious file is told."""

import io
import json
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
