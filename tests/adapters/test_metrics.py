"""Figures for Prometheus, over a real shop: what operators answered, what became of rounds, and what is still open."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from adapters.metrics import GAMES, Metrics
from adapters.storage.memory import MemoryRounds
from ports.conformance.makers import opened, walked
from ports.record import FINAL, Kind, Round, State, Status
from tests.adapters.http.shop import Shop
from tests.simulation.world import VirtualClock


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(rounds=MemoryRounds(), clock=VirtualClock(), sound=lambda: True, tested=lambda: 48)


def figure(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"rgs_{name}", labels)


def test_a_round_over_http_is_counted_with_its_calls_its_stake_and_its_win() -> None:
    shop = Shop()
    player = shop.player()
    for number in range(20):
        player.put(f"/v1/rounds/{number:08d}-0000-4000-8000-000000000000", stake=100)
    text = shop.app.test_client().get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert "20.0" == lines['rgs_wallet_calls_total{call="escrow",operator="social",outcome="confirmed"}']
    assert "20.0" == lines['rgs_wallet_seconds_count{call="result",operator="social"}']
    assert "20.0" == lines['rgs_rounds_total{game="coin",operator="social",state="settled"}']
    money = '{currency="FUN",funding="cash",game="coin",operator="social"}'
    assert "2000.0" == lines[f"rgs_staked_minor_units_total{money}"]
    won = sum(shop.rounds.load(id).win for id in shop.rounds._versions)
    assert str(float(won)) == lines[f"rgs_won_minor_units_total{money}"]
    assert "rgs_open_rounds{" not in text


def test_what_is_open_is_told_by_state_with_its_age() -> None:
    rounds, clock = MemoryRounds(), VirtualClock()
    metrics = Metrics(rounds=rounds, clock=clock, sound=lambda: True, tested=lambda: 0)
    first = opened(1, player="ann")
    rounds.add(first)
    rounds.add(opened(2, player="bob"), walked(opened(2, player="bob"), State.DISPUTED))
    clock.tick(first.terms.accepted - clock.now() + timedelta(seconds=90))
    assert 1 == figure(metrics, "open_rounds", state="opened") == figure(metrics, "open_rounds", state="disputed")
    assert 90 == figure(metrics, "oldest_open_round_seconds", state="opened")


def test_only_an_end_and_a_dispute_are_counted_and_only_what_was_settled_is_money(metrics: Metrics) -> None:
    for state in State:
        metrics.recorded(paid(state))
    counted = {state for state in State if figure(metrics, "rounds_total", **where(paid(state)), state=str(state))}
    assert {*FINAL, State.DISPUTED} == counted
    assert (100, 70) == money(metrics, paid(State.SETTLED))


@pytest.mark.parametrize("change", [{"demo": True}, {"forced": True}, {"kind": Kind.GRANT}])
def test_money_that_nobody_played_for_is_not_counted(metrics: Metrics, change: dict[str, object]) -> None:
    settled = paid(State.SETTLED)
    metrics.recorded(replace(settled, terms=replace(settled.terms, **change)))
    assert (None, None) == money(metrics, settled)


def test_games_of_game_servers_do_not_become_figures_without_end(metrics: Metrics) -> None:
    ended = walked(opened(1), State.DECLINED)
    for number in range(GAMES + 5):
        metrics.recorded(replace(ended, terms=replace(ended.terms, game=f"game-{number}")))
    assert 5 == figure(metrics, "rounds_total", operator=ended.terms.operator, game="other", state="declined")


def test_the_alarms_and_the_guide_are_over_figures_that_there_are(metrics: Metrics) -> None:
    there_are = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    there_are |= {f"{family.name}{end}" for family in metrics.registry.collect() for end in ("", "_total", "_bucket")}
    docs = Path(__file__).parents[2] / "docs"
    groups = yaml.safe_load((docs / "alerts.yml").read_text())["groups"]
    used = {name for group in groups for rule in group["rules"] for name in re.findall(r"rgs_\w+", rule["expr"])}
    told = set(re.findall(r"rgs_[a-z_]+", (docs / "operations.md").read_text()))
    assert set() == (used | told) - there_are
    assert 10 == sum(len(group["rules"]) for group in groups)


def paid(state: State) -> Round:
    """A version with 100 set aside, a further escrow of 50 that was declined, and a win of 70."""
    [first] = opened(1).entries
    entries = (
        replace(first, amount=100, status=Status.CONFIRMED),
        replace(first, number=2, amount=50, status=Status.DECLINED),
    )
    return replace(walked(opened(1), state), entries=entries, win=70)


def where(round: Round) -> dict[str, str]:
    return {"operator": round.terms.operator, "game": round.terms.game}


def money(metrics: Metrics, round: Round) -> tuple[float | None, float | None]:
    labels = where(round) | {"currency": round.terms.currency.code, "funding": str(round.terms.funding)}
    return figure(metrics, "staked_minor_units_total", **labels), figure(metrics, "won_minor_units_total", **labels)
