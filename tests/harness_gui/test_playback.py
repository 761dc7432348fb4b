"""Rounds walked again against the recorded answers: what people decided too, and every difference is named."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.desk import Decision
from harness_gui import evidence
from harness_gui.__main__ import main
from harness_gui.bench import Bench
from harness_gui.evidence import Again, BadEvidence, Evidence
from harness_gui.stages import KEY, Stages
from ports.record import Round, State
from ports.wallet import Declined
from rgs.settings import Settings

Line = dict[str, Any]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def bundle(bench: Bench, tmp_path: Path, *ids: str) -> Evidence:
    file = tmp_path / "found.rgsbug"
    file.write_bytes(evidence.collect(bench, ids or bench.seen(), note=""))
    return evidence.read(file)


def again(bench: Bench, told: Evidence) -> Again:
    return evidence.run_again(told, bench.container.catalogue())


def with_calls(told: Evidence, change: Callable[[Line], None]) -> Evidence:
    """The bundle with every call of its journal changed."""
    journal = json.loads(json.dumps(told.journal))
    for line in journal:
        if line["kind"] == "call":
            change(line)
    return replace(told, journal=journal)


def with_versions(told: Evidence, change: Callable[[Round], Round]) -> Evidence:
    """The bundle with every version of its rounds changed, and chained anew."""
    rounds: dict[str, list[Round]] = {}
    for id, versions in told.rounds.items():
        rounds[id] = []
        for version in versions:
            previous = rounds[id][-1].digest if rounds[id] else None
            rounds[id].append(replace(change(version), previous=previous))
    return replace(told, rounds=rounds)


def choices(bench: Bench) -> None:
    bench.open_session(operator="social", token="demo-qa", game="video-poker")
    bench.choose(bench.spin().id, "hold-none")


def choices_of_the_house(bench: Bench) -> None:
    bench.open_session(operator="social", token="demo-qa", game="video-poker")
    bench.spin()
    bench.forward(timedelta(days=40))
    bench.recover()


def people(bench: Bench) -> None:
    bench.arm("result", "another player")
    id = bench.spin().id
    bench.container.desk().propose(id, Decision.RETRY, "staff:ann", "they were wrong")
    assert State.SETTLED is bench.container.desk().confirm(id, Decision.RETRY, "staff:bob").state


def game_servers(bench: Bench) -> None:
    stages = Stages(bench.container, bench.journal)
    stages.sit(operator="social", token="demo-qa")
    id = stages.escrow(100).id
    stages.draw(id, {"range": {"min": 0, "max": 37}})
    bench.arm("escrow", "insufficient funds")
    with pytest.raises(Declined):
        bench.container.external().further_escrow(KEY, id, 2, 50)
    bench.container.external().further_escrow(KEY, id, 3, 50)
    bench.arm("result", "time-out after")
    stages.draw(id, {"shuffle": {"items": [1, 2, 3]}})
    assert State.SETTLED is stages.result(id, 30, None).state
    stages.cancel(stages.escrow(100).id, "no more")


def game_servers_that_never_report(bench: Bench) -> None:
    stages = Stages(bench.container, bench.journal)
    stages.sit(operator="social", token="demo-qa")
    stages.draw(stages.escrow(100).id, {"range": {"min": 0, "max": 37}})
    bench.forward(timedelta(days=40))
    bench.recover()


@pytest.mark.parametrize("story", [choices, choices_of_the_house, people, game_servers, game_servers_that_never_report])
def test_what_was_decided_outside_the_walk_is_walked_again(
    bench: Bench, tmp_path: Path, story: Callable[[Bench], None]
) -> None:
    story(bench)
    found = again(bench, bundle(bench, tmp_path))
    assert ([], []) == (found.differences, found.notes)
    assert len([call for call in bench.transactions() if call.round]) == found.calls


def test_another_answer_of_the_wallet_is_another_walk(bench: Bench, tmp_path: Path) -> None:
    bench.arm("escrow", "time-out after")
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)

    def answered(line: Line) -> None:
        if line["call"] == "escrow":
            line["answer"] = "receipt"
            line["receipt"] = {
                "reference": "theirs", "balance": None, "cash": None, "bonus": None, "jackpots": {}, "applied": True,
                "messages": [],
            }  # fmt: skip

    found = again(bench, with_calls(told, answered)).differences
    assert any("version 2: state is escrowed here, and cancelling on record" in what for what in found)


def test_another_balance_reference_or_amount_is_named(bench: Bench, tmp_path: Path) -> None:
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)

    def poorer(line: Line) -> None:
        if line["receipt"]:
            line["receipt"]["balance"]["minor"] -= 1
            line["receipt"]["reference"] = "another"
        line["amount"] = 77

    found = "\n".join(again(bench, with_calls(told, poorer)).differences)
    assert "of 100 FUN; then it was of 77 FUN" in found
    assert "escrow 1 of 100 confirmed reference another balance 99899 here" in found


def test_a_record_that_does_not_follow_from_the_answers_is_named(bench: Bench, tmp_path: Path) -> None:
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)

    def disputed(version: Round) -> Round:
        return replace(version, state=State.DISPUTED, reason="?") if version.state is State.SETTLED else version

    found = again(bench, with_versions(told, disputed)).differences
    assert ["state is settled here, and disputed on record"] == [w.split(": ")[2] for w in found if "state is" in w]


def test_calls_that_are_not_made_here_or_were_not_made_then_are_named(bench: Bench, tmp_path: Path) -> None:
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)
    fewer = replace(told, journal=[line for line in told.journal if line.get("call") != "result"])
    assert any("and no such call is on record" in what for what in again(bench, fewer).differences)

    def other(line: Line) -> None:
        line["call"] = "cancel" if line["call"] == "result" else line["call"]

    found = again(bench, with_calls(told, other)).differences
    assert any("was called then, and is not called here" in what for what in found)


def test_what_cannot_be_walked_again_is_said_and_is_no_difference(bench: Bench, tmp_path: Path) -> None:
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)

    def earlier(line: Line) -> None:
        del line["answered"]

    later = replace(told, journal=[line for line in told.journal if line.get("version") != 1])
    words = json.loads(json.dumps(told.about))
    words["operators"]["social"]["traits"]["in_flight"] = "0:01:00"

    def out(line: Line) -> None:
        line["answered"] += 5 if line["call"] == "escrow" else 0

    for changed, why in (
        (with_calls(told, earlier), "earlier version"),
        (later, "does not have the whole of it"),
        (replace(told, about=words), "does not say what the operator promises"),
        (with_calls(told, out), "while a call was out"),
    ):
        found = again(bench, changed)
        assert ([], 0) == (found.differences, found.calls)
        assert why in found.notes[0]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "much"}, {"at": "noon"}, {"answer": "perhaps"}, {"receipt": 1}, {"receipt": {}}, {"place": None},
        {"answer": "declined", "reason": "mood"}, {"answered": "x"},
    ],
)  # fmt: skip
def test_a_journal_that_is_none_is_refused(bench: Bench, tmp_path: Path, change: Line) -> None:
    told = bundle(bench, tmp_path, bench.spin(stake=100).id)
    with pytest.raises(BadEvidence):
        again(bench, with_calls(told, lambda line: line.update(change)))


def test_the_command_says_how_much_it_played_back(bench: Bench, tmp_path: Path) -> None:
    bench.arm("result", "time-out after")
    bundle(bench, tmp_path, bench.spin(stake=100).id)
    told = CliRunner().invoke(main, ["--replay", str(tmp_path / "found.rgsbug")])
    assert (0, "1 rounds executed again, 3 calls to the wallet played back, no differences\n") == (
        told.exit_code,
        told.output,
    )
