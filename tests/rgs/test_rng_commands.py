"""`rgs rng`: what a lab gets, and the judges' word on it."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adapters.simulation.randomness import judges, page, teeth
from adapters.simulation.randomness.report import build, judge_bits, judge_outcomes, sample_size
from adapters.simulation.randomness.streams import Streams
from adapters.system import SystemEntropy
from core.health import Monitor
from core.rng import TurnRng
from rgs import integrity, plugins
from rgs.commands.rng import rng


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rng, [str(argument) for argument in arguments], catch_exceptions=False)


def test_a_lab_gets_raw_and_scaled_output_of_every_endpoint_and_game(tmp_path: Path) -> None:
    out = tmp_path / "lab"
    told = run(
        "collect", "--out", str(out), "--megabytes", "1", "--outcomes", "12000", "--decks", "200", "--turns", "200"
    )
    assert 0 == told.exit_code
    contents = json.loads((out / "contents.json").read_text())["files"]
    assert {path.name for path in out.iterdir()} == {*contents, "contents.json"}
    for name, facts in contents.items():
        content = (out / name).read_bytes()
        assert facts["sha256"] == sha256(content).hexdigest()
        if name != "raw.bin":
            assert facts["count"] == content.count(b"\n")
    assert 1 << 20 == len((out / "raw.bin").read_bytes())
    assert set(range(37)) == set(map(int, (out / "range-37.txt").read_text().split()))
    for line in (out / "decks-52.txt").read_text().splitlines():
        assert Counter(range(52)) == Counter(map(int, line.split()))
    for listing in plugins.catalogue():
        assert any(name.startswith(f"game-{listing.game.id}-") for name in contents)


def test_collecting_answers_as_json(tmp_path: Path) -> None:
    small = ["--megabytes", "1", "--outcomes", "1000", "--decks", "100", "--turns", "100"]
    told = run("collect", "--out", str(tmp_path), *small, "--json")
    assert json.loads((tmp_path / "contents.json").read_text()) == json.loads(told.output)


def streams() -> tuple[Streams, Monitor]:
    monitor = Monitor(SystemEntropy())
    return Streams(entropy=monitor, tape=lambda: TurnRng(monitor, witness=monitor.witness)), monitor


def test_the_command_writes_the_report_both_ways(tmp_path: Path) -> None:
    """A sound generator fails once in a hundred reports: then it may try again, once."""
    quick = ["--most", "100000", "--decks", "1000", "--turns", "1000", "--sequences", "1", "--no-judges", "--json"]
    told = run("report", "--out", str(tmp_path), *quick)
    if told.exit_code:
        told = run("report", "--out", str(tmp_path), *quick)
    assert 0 == told.exit_code, told.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["verdict"] == json.loads(told.output)["verdict"] == "pass"
    assert integrity.critical_files() == report["files"]
    assert report["health"]["sound"]
    assert report["judges"] is None
    assert 16 == len(report["bits"]["linear_complexity"])
    assert report["level"]["tests"] == sum(len(stream["tests"]) for stream in report["streams"])
    shown = (tmp_path / "report.html").read_text()
    assert not re.findall(r"(?:src|href)=|https?://", shown)
    for stream in report["streams"]:
        assert escape(stream["name"]) in shown
    for digest in report["files"].values():
        assert digest in shown
    assert "<svg" in shown
    assert "What no statistical test can show" in shown


class Biased(Streams):
    """Range values of which one comes more often."""

    def range(self, bound: int, count: int) -> Any:
        drawn = super().range(bound, count)
        drawn[::200] = 0
        return drawn


def test_a_biased_range_fails_the_report_and_is_named() -> None:
    _, monitor = streams()
    biased = Biased(entropy=monitor, tape=lambda: TurnRng(monitor))
    made = build(
        made=datetime.now(UTC),
        software="0",
        files={},
        health=monitor.health,
        streams=judge_outcomes(biased, [], deviation=0.05, most=100_000, decks=1000, turns=100),
        bits=judge_bits(biased.raw(200_000), 1),
        judges={"sound": True, "objections": [], "caught": {"RANDU": ["ent"]}},
    )
    assert "fail" == made["verdict"]
    assert "GET /v1/rng/range, 1000 values" in {each["stream"] for each in made["caught"]}
    shown = page.render(made)
    assert "These failed:" in shown
    assert "RANDU" in shown


@pytest.mark.parametrize("name", teeth.BYTES)
def test_bad_bits_are_caught_by_the_tests_of_raw_bits(name: str) -> None:
    found = judge_bits(teeth.BYTES[name](200_000), 1)
    assert found["caught"] or found["linear_complexity_caught"]


def test_the_sample_grows_with_what_must_be_found() -> None:
    assert sample_size(37, 0.05, 200) > 9 * sample_size(37, 0.16, 200)


needs_judges = pytest.mark.skipif(bool(judges.missing()), reason=f"not installed: {', '.join(judges.missing())}")


@needs_judges
def test_other_peoples_judges_find_nothing_and_every_bad_generator_is_caught() -> None:
    """The short form. An objection stands only if it is raised on fresh bytes again: 10**-10 or so for a sound source."""
    told = run("judge", "--json")
    verdict = json.loads(told.stdout)
    assert 0 == told.exit_code, verdict
    assert {*teeth.BYTES, *teeth.OUTCOMES, *teeth.DECKS} == set(verdict["caught"])
    assert {"ent", "rngtest"} <= set(verdict["caught"]["RANDU"])
    assert "dieharder rank 32x32" in verdict["caught"]["xorshift32"]
    assert ["linear complexity"] == verdict["caught"]["Mersenne Twister"]


@needs_judges
def test_a_bad_source_is_objected_to_twice_and_found_unsound() -> None:
    class Bad(Streams):
        def raw(self, count: int, size: int = 48) -> bytes:
            return teeth.low_bits(count)

    _, monitor = streams()
    bad = Bad(entropy=monitor, tape=lambda: TurnRng(monitor))
    lines: list[str] = []
    verdict = judges.judge(bad, thorough=False, teeth=False, told=lines.append)
    assert not verdict["sound"]
    assert "ent" in verdict["objections"]
    assert any("fresh bytes" in line for line in lines)


@pytest.mark.parametrize("command", ["collect", "report"])
@pytest.mark.parametrize("place", ["/proc/x", "/dev/null/x", "/proc"])
def test_a_place_that_cannot_be_written_to_is_found_before_the_work(
    command: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("rgs.commands.rng._streams")
    ended = CliRunner().invoke(rng, [command, "--out", place])
    assert isinstance(ended.exception, OSError)
    assert str(ended.exception.filename).startswith(place)
