"""Scenario files, each of them, and what a bad one is told."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from adapters.backends import faulty as faults
from adapters.backends.faulty import FAULTS
from harness_gui.bench import Bench
from harness_gui.evidence import Again, collect, read, run_again
from harness_gui.scenario import SCENARIOS, ScenarioError, load, run
from ports.record import Round


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for disks, and slow answers not quite so slow."""
    monkeypatch.setattr(faults, "SLOW", 0.01)
    if Path("/dev/shm").is_dir():
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")


@pytest.mark.parametrize("call", faults.CALLS)
def test_the_matrix_is_whole_each_call_with_each_fault_that_happens_to_it(call: str) -> None:
    wanted = {fault.name.replace(" ", "-") for fault in FAULTS.values() if call in fault.calls}
    assert wanted == {file.stem for file in (SCENARIOS / call).glob("*.yaml")}


@pytest.mark.parametrize(
    "file", sorted(SCENARIOS.rglob("*.yaml")), ids=lambda file: str(file.relative_to(SCENARIOS).with_suffix(""))
)
def test_a_shipped_scenario_goes_as_expected_and_its_evidence_runs_again(file: Path, tmp_path: Path) -> None:
    again: list[Again] = []

    def look(bench: Bench) -> None:
        bundle = tmp_path / "found.rgsbug"
        bundle.write_bytes(collect(bench, bench.seen(), note=""))
        again.append(run_again(read(bundle), bench.container.catalogue()))
        moves = [call for call in bench.transactions() if call.round]
        assert len(moves) == again[0].calls

    assert [] == run(file, look=look).failures
    assert ([], []) == (again[0].differences, again[0].notes)


@pytest.mark.parametrize("file", ["query/time-out-after", "result/late", "result-answer-lost"])
@pytest.mark.parametrize("game", ["comet-trail", "ember-vault", "fortune-wheel"])
def test_a_shipped_scenario_does_not_depend_on_the_stops_of_a_game(tmp_path: Path, game: str, file: str) -> None:
    text = (SCENARIOS / file).with_suffix(".yaml").read_text()
    assert "game: three-fruits" in text
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("game: three-fruits", f"game: {game}"))
    assert [] == run(other).failures


def test_no_shipped_scenario_names_stops() -> None:
    assert [] == [file.name for file in SCENARIOS.rglob("*.yaml") if "stops" in file.read_text()]


def test_an_outcome_is_looked_for_in_the_words_of_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "outcome.yaml"
    file.write_text(
        """
        game: three-fruits
        steps:
          - force: {outcome: {least: 1, most: 30, event: line, cells: [[0, 0, seven]]}}
          - spin: {stake: 100}
          - expect: {forced: true, paid: 1}
          - force: {outcome: {least: 100000}}
          - force: {outcome: {luck: 7}}
        """
    )
    rounds: list[Round] = []
    failures = run(file, look=lambda bench: rounds.extend(bench.history())).failures
    assert 100 <= rounds[0].win <= 3000
    window: Any = rounds[0].turns[0].turn.events[0]["window"]
    assert "seven" == window[0][0]
    assert ["step 4", "step 5"] == [failure.split(",")[0] for failure in failures]
    assert "not reachable" in failures[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "steps: 1",
        "steps: [{fly: {}}]",
        "steps: [{spin: {}, arm: {}}]",
        "steps: []\nstep: 1",
        "steps: [",
        "\t",
    ],
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=r"bad\.yaml"):
        load(file)


@pytest.mark.parametrize(
    ("expectation", "complaint"),
    [("{state: drawn}", "state is 'settled', expected 'drawn'"), ("{stat: drawn}", "stat cannot be expected")],
)
def test_a_disappointed_expectation_is_told(tmp_path: Path, expectation: str, complaint: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(f"name: wrong\ngame: three-fruits\nsteps: [{{spin: {{stake: 100}}}}, {{expect: {expectation}}}]")
    assert complaint in run(file).failures[0]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("operator: nope", "there is no operator 'nope'"),
        ("game: nope", "no session: "),
        ("token: nope", "a token here is demo-NAME"),
        ("traits: {tombstone: true}", "a wallet has no trait tombstone"),
        ("traits: {in_doubt: zzz}", "'zzz'"),
    ],
)
def test_a_scenario_that_finds_no_seat_fails_and_does_not_stop_the_others(
    tmp_path: Path, wrong: str, complaint: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(f"name: wrong\n{wrong}\nsteps: [{{spin: {{stake: 100}}}}]")
    [failure] = run(file).failures
    assert complaint in failure


def test_a_port_that_is_taken_is_named_before_there_is_a_window(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "harness_gui", "--serve", port],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "RGS_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (1, "") == (done.returncode, done.stdout)
    assert f"Error: cannot serve at port {port}: Address already in use\n" == done.stderr


def test_a_scenario_runs_from_the_command_line_without_qt_and_says_how_it_went(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: wrong\ngame: three-fruits\nsteps: [{spin: {stake: 100}}, {expect: {state: drawn}}]")
    told = []
    for file in (SCENARIOS / "stake-declined.yaml", wrong):
        code = (
            "import sys; sys.modules['PySide6'] = None; from harness_gui.__main__ import main; "
            f"main(['--run', {str(file)!r}])"
        )
        told.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60))
    assert [0, 1] == [run.returncode for run in told]
    assert told[0].stdout.startswith("passed")
    assert told[1].stdout.startswith("FAILED")
