"""`rgs simulate`: rounds by the million, compared with what is declared and with what is exact."""

import json
import sys
from math import sqrt
from pathlib import Path
from typing import Any

import click

from core.slots import exact, reach
from core.slots.game import SlotGame
from core.slots.machine import BASE
from rgs.cli import show
from rgs.commands.par import VOLATILITY, find, share


@click.command()
@click.argument("game")
@click.option("--spins", default=10_000_000, show_default=True, type=click.IntRange(1), help="Rounds, in all.")
@click.option("--mode", default=BASE, show_default=True, help="The way to bet.")
@click.option("--keep", type=click.Path(dir_okay=False, path_type=Path), help="File to stop and go on with.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def simulate(game: str, spins: int, mode: str, keep: Path | None, as_json: bool) -> None:
    """Play GAME on all cores, from the tables that the served game reads. Ctrl-C stops; with --keep it goes on later."""
    from adapters.simulation.slots.runs import Sums
    from adapters.simulation.slots.runs import simulate as run
    from adapters.system import SystemEntropy

    played = find(game)
    if not isinstance(played, SlotGame):
        raise click.UsageError(f"{game} is no slot; `rgs par {game}` tells its figures")
    if mode not in (modes := [each.id for each in played.modes]):
        raise click.UsageError(f"{game} has the modes {', '.join(modes)}")
    tables = played.compiled(mode)
    of = [played.id, played.version, played.variant, mode]
    sums = _kept(keep, of, Sums)
    _keep(keep, of, sums)
    left = spins - sums.rounds
    try:
        with click.progressbar(length=max(left, 0), label=game, file=sys.stderr, hidden=as_json) as bar:
            if left > 0:
                for batch in run(tables, key=SystemEntropy().read(32), rounds=left, cap=played.cap):
                    sums.add(batch)
                    bar.update(batch.rounds)
                    _keep(keep, of, sums)
    except KeyboardInterrupt:
        click.echo(f"stopped after {sums.rounds} rounds", err=True)
    if not sums.rounds:
        raise click.ClickException("not one batch was played")
    report = _report(played, mode, sums)
    return show(report) if as_json else _print(report)


def _kept(keep: Path | None, of: list[str], kind: Any) -> Any:
    if keep is None or not keep.exists():
        return kind()
    try:
        kept = json.loads(keep.read_text())
        game, sums = kept["game"], kind(**kept["sums"])
    except (ValueError, TypeError, KeyError):
        raise click.UsageError(f"{keep} is no file that was kept of a simulation") from None
    if game != of:
        raise click.UsageError(f"{keep} was kept of {' '.join(game)}")
    return sums


def _keep(keep: Path | None, of: list[str], sums: Any) -> None:
    if keep is not None:
        fresh = keep.with_suffix(keep.suffix + ".new")
        fresh.write_text(json.dumps({"game": of, "sums": sums.as_json()}))
        fresh.replace(keep)


def _report(game: SlotGame, mode: str, sums: Any) -> dict[str, Any]:
    from adapters.simulation.slots.runs import BOUNDS, estimate

    tables = game.compiled(mode)
    cost = tables.machine.cost
    found = estimate(sums.win, sums.win_square, sums.rounds, cost)
    declared = next(each.rtp for each in game.modes if each.id == mode)
    known = exact.rtp(tables) if reach.computable(tables.machine) else None
    margin = VOLATILITY * found.error
    return {
        "game": game.id,
        "version": game.version,
        "mode": mode,
        "rounds": sums.rounds,
        "rtp": {
            "simulated": found.mean,
            "standard_error": found.error,
            "interval_95": [found.mean - margin, found.mean + margin],
            "declared": f"{declared.numerator}/{declared.denominator}",
            "exact": None if known is None else f"{known.numerator}/{known.denominator}",
            "errors_from_declared": (found.mean - float(declared)) / found.error if found.error else 0,
        },
        "base_rtp": sums.base / sums.rounds / cost,
        "hit_rate": sums.hits / sums.rounds,
        "free_game_rate": sums.triggers / sums.rounds,
        "free_games_a_trigger": sums.games / sums.triggers if sums.triggers else 0,
        "sigma": found.error * sqrt(sums.rounds),
        "most": sums.most,
        "rounds_at_cap": sums.at_cap,
        "wins_up_to": {
            **{str(bound): count for bound, count in zip(BOUNDS, sums.counted, strict=False)},
            "more": sums.counted[-1],
        },
    }


def _print(report: dict[str, Any]) -> None:
    rtp = report["rtp"]
    low, high = rtp["interval_95"]
    click.echo(f"{report['game']} {report['version']}, mode {report['mode']}: {report['rounds']} rounds")
    click.echo(f"  {'return':24}{rtp['simulated']:.5%} +- {rtp['standard_error']:.5%}, 95 %: {low:.4%} to {high:.4%}")
    click.echo(f"  {'declared':24}{share(rtp['declared'])}, {rtp['errors_from_declared']:+.2f} standard errors from it")
    click.echo(f"  {'exact':24}{'not to be had: simulation only' if rtp['exact'] is None else share(rtp['exact'])}")
    for key in ("base_rtp", "hit_rate", "free_game_rate"):
        click.echo(f"  {key.replace('_', ' '):24}{report[key]:.5%}")
    for key in ("free_games_a_trigger", "sigma", "most", "rounds_at_cap"):
        click.echo(f"  {key.replace('_', ' '):24}{report[key]:.6g}")
    click.echo("  wins up to so many times the stake:")
    for bound, count in report["wins_up_to"].items():
        click.echo(f"    {bound:>6} {count:>12} {count / report['rounds']:.5%}")
