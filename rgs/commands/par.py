"""`rgs par`: the PAR sheet of a game, each figure with how it was got."""

import json
from fractions import Fraction
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import Any

import click

from adapters.simulation.slots.sheet import LONGEST, costs, facts, number
from core.slots import exact, means, reach
from core.slots.game import SlotGame
from core.slots.machine import BASE
from core.slots.tables import Tables
from core.ways import example, played_whole
from ports.game import Counted, Game, Wager
from rgs import plugins
from rgs.cli import show

VOLATILITY = 1.959963984540054
"""Standard deviations that 95 % of a normal distribution lie within."""

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("game")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--spins", default=1_000_000, show_default=True, type=click.IntRange(1000), help="Where exactness ends.")
@click.option("--select", help="What is bet on, as JSON, where a game takes a selection; else the simplest bet.")
@click.option("--html", type=_FILE, help="Write a page with plots to this file, too.")
@click.option("--xlsx", type=_FILE, help="Write a workbook to this file, too.")
def par(game: str, as_json: bool, spins: int, select: str | None, html: Path | None, xlsx: Path | None) -> None:
    """Show the PAR sheet of GAME (or GAME@VARIANT): what it returns, how often, and how widely."""
    found = find(game)
    sheet = make(found, spins, _selection(found, select))
    if html is not None or xlsx is not None:
        _write(sheet, found, html, xlsx)
    if as_json:
        return show(sheet)
    return _print(sheet)


def _write(sheet: dict[str, Any], game: Game, html: Path | None, xlsx: Path | None) -> None:
    if html is not None:
        from adapters.simulation.slots.sheet import page

        html.write_text(page(sheet), "utf-8")
    if xlsx is not None:
        from adapters.simulation.slots.workbook import workbook

        machines = {}
        if isinstance(game, SlotGame):
            machines = {mode.id: game.compiled(mode.id).machine for mode in game.modes}
        workbook(sheet, machines, xlsx)


def find(id: str) -> Game:
    """The game with this id, or "id@variant". Raises `click.UsageError`, naming those that there are."""
    every = {f"{listing.game.id}@{listing.game.variant}": listing.game for listing in plugins.catalogue().every()}
    games = {listing.game.id: listing.game for listing in plugins.catalogue()}
    if id not in games | every:
        names = {*games, *(name for name, game in every.items() if game is not games[game.id])}
        raise click.UsageError(f"there is no game {id!r}; there are: {', '.join(sorted(names))}")
    return (games | every)[id]


def _selection(game: Game, told: str | None) -> Any:
    """What is bet on. Raises `click.UsageError` for what the game does not take."""
    if told is None:
        return None if game.selection is None else example(game.selection)
    try:
        selection = json.loads(told)
        game.cost(Wager(game.modes[0].id, selection))
    except (ValueError, RecursionError) as problem:
        raise click.UsageError(f"--select: {problem}") from None
    return selection


def make(game: Game, spins: int, selection: Any = None) -> dict[str, Any]:
    """The whole sheet, as JSON. Fractions are strings "n/d"; figures that were simulated have a standard error.

    `selection` is what is bet on, where the game takes one.
    """
    sheet: dict[str, Any] = {
        "game": game.id,
        "name": game.name,
        "version": game.version,
        "variant": game.variant,
        "cap": game.cap,
        "rules": game.rules,
        "modes": {},
    }
    for mode in game.modes:
        found: dict[str, Any] = {"cost": mode.cost, "rtp": {"declared": _text(mode.rtp)}}
        if not isinstance(game, SlotGame):
            found |= _of_any_game(game, Wager(mode.id, selection), found["rtp"])
        elif reach.computable((tables := game.compiled(mode.id)).machine):
            found["rtp"] |= {"exact": _text(exact.rtp(tables)), "method": "recurrence over the reels"}
            found |= _exact(tables)
            if _features(tables) or "sigma" not in found:
                found |= _besides(found, tables, game.cap, spins)
        else:
            found |= _simulated(tables, game.cap, spins, found["rtp"])
        if isinstance(game, SlotGame) and len(game.picks) > 1:
            found["picks"] = {pick: _return(game.compiled(mode.id, pick)) for pick in game.picks}
        sheet["modes"][mode.id] = found
    return sheet


def _of_any_game(game: Game, wager: Wager, rtp: dict[str, Any]) -> dict[str, Any]:
    """Of a game that is no slot: all that its rounds come to, if there are few enough."""
    bet: dict[str, Any] = {} if wager.selection is None else {"selection": wager.selection, "cost": game.cost(wager)}
    own = "the game's own figure, which its tests count"
    counted = game.wins[wager.mode] if isinstance(game, Counted) else None
    wins = counted or played_whole(game, wager)
    if wins is None:
        rtp |= {"exact": rtp["declared"], "method": own}
        return bet
    stake, most = game.cost(wager), max(wins)
    mean = sum((units * chance for units, chance in wins.items()), Fraction(0)) / stake
    square = sum((units**2 * chance for units, chance in wins.items()), Fraction(0)) / stake**2
    rtp |= {"exact": _text(mean), "method": own if counted else "every way in which the draws fall"}
    return (
        bet
        | _width(square - mean**2)
        | {
            "method": "exact",
            "hit_rate": _text(1 - wins.get(0, Fraction(0))),
            "most": most,
            "most_chance": _text(wins[most]),
            "wins": {str(units): _text(chance) for units, chance in wins.items()},
        }
    )


def _width(variance: Fraction) -> dict[str, Any]:
    sigma = sqrt(variance)
    return {"variance": _text(variance), "sigma": sigma, "volatility_index": VOLATILITY * sigma}


def _return(tables: Tables) -> str | None:
    """The exact return, or None where it takes a simulation."""
    return _text(exact.rtp(tables)) if reach.computable(tables.machine) else None


def _features(tables: Tables) -> bool:
    """Whether a round may be more than its base spin."""
    return tables.free is not None or tables.machine.hold is not None


def _exact(tables: Tables) -> dict[str, Any]:
    figures = exact.figures(tables)
    found: dict[str, Any] = {
        "method": "exact",
        "base_rtp": _text(figures.base_rtp),
        "free_rtp": _text(figures.free_rtp),
        "hold_rtp": _text(figures.hold_rtp),
        "hold_rate": _text(figures.hold_rate),
        "free_game_rate": _text(figures.free_game_rate),
        "free_games_a_trigger": _text(figures.games_a_trigger),
        "split": {},
    }
    bought = tables.machine.buys or tables.machine.holds
    if figures.hit_rate is not None and not bought:
        found["spin_hit_rate" if _features(tables) else "hit_rate"] = _text(figures.hit_rate)
    if figures.round_hit_rate is not None:
        found["hit_rate"] = _text(figures.round_hit_rate)
    for name in tables.machine.phases:
        if name == BASE and bought:
            continue
        split = means.means(tables, tables.phase(name))
        found["split"][name] = {
            f"{symbol} x{count}": _text(mean / tables.machine.cost) for (symbol, count), mean in split.items() if mean
        }
    if figures.variance is not None:
        found |= _width(figures.variance)
    if figures.wins is not None and figures.max_spin_chance is not None:
        found |= {"max_spin": figures.max_spin, "max_spin_chance": _text(figures.max_spin_chance)}
        found["spin_wins"] = {str(units): _text(chance) for units, chance in figures.wins.items()}
    return found


def _played(tables: Tables, cap: int, spins: int) -> Any:
    """What so many rounds add up to (`runs.Sums`)."""
    from adapters.simulation.slots.runs import Sums, simulate
    from adapters.system import SystemEntropy

    sums = Sums()
    for batch in simulate(tables, key=SystemEntropy().read(32), rounds=spins, cap=cap):
        sums.add(batch)
    return sums


def _spread(tables: Tables, sums: Any) -> dict[str, Any]:
    """What rounds say of the width of wins, and of the highest."""
    from adapters.simulation.slots.runs import estimate

    sigma = estimate(sums.win, sums.win_square, sums.rounds, tables.machine.cost).error * sqrt(sums.rounds)
    share = sums.at_cap / sums.rounds
    return {
        "rounds": sums.rounds,
        "hit_rate": sums.hits / sums.rounds,
        "sigma": sigma,
        "volatility_index": VOLATILITY * sigma,
        "most_seen": sums.most,
        "cap_rate": share,
        "cap_rate_error": sqrt(share * (1 - share) / sums.rounds),
    }


def _besides(found: dict[str, Any], tables: Tables, cap: int, spins: int) -> dict[str, Any]:
    """Beside the exact figures, what only whole rounds tell, and that it is simulated; nothing where numba is missing."""
    if find_spec("numba") is None:
        return {}
    spread = _spread(tables, _played(tables, cap, spins))
    more = {key: figure for key, figure in spread.items() if key not in found}
    return more | {"simulated": list(more)}


def _simulated(tables: Tables, cap: int, spins: int, rtp: dict[str, Any]) -> dict[str, Any]:
    from adapters.simulation.slots.runs import estimate

    sums = _played(tables, cap, spins)
    found = estimate(sums.win, sums.win_square, sums.rounds, tables.machine.cost)
    rtp |= {"exact": None, "method": "simulation", "simulated": found.mean, "standard_error": found.error}
    return (
        _spread(tables, sums)
        | {
            "method": "simulation",
            "base_rtp": sums.base / sums.rounds / tables.machine.cost,
            "free_game_rate": sums.triggers / sums.rounds,
        }
        | ({"free_games_a_trigger": sums.games / sums.triggers} if sums.triggers else {})
    )


def _text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def share(fraction: str) -> str:
    """A fraction "n/d" as a percentage, with the fraction itself where that is worth reading."""
    return f"{number(fraction):.6%}" + (f"   {fraction}" if len(fraction) <= LONGEST else "")


def _print(sheet: dict[str, Any]) -> None:
    click.echo(f"{sheet['name']} ({sheet['game']}), version {sheet['version']}, pays up to {sheet['cap']} units")
    for id, mode in sheet["modes"].items():
        rtp = mode["rtp"]
        bet = f", the bet {json.dumps(mode['selection'])}" if "selection" in mode else ""
        click.echo(f"\nmode {id}: {costs(mode)}{bet}")
        click.echo(f"  {'return declared':42}{share(rtp['declared'])}")
        if rtp["exact"] is not None:
            click.echo(f"  {'return exact':42}{share(rtp['exact'])}   ({rtp['method']})")
        else:
            click.echo(f"  {'return simulated':42}{rtp['simulated']:.4%} +- {rtp['standard_error']:.4%}")
        for pick, exactly in mode.get("picks", {}).items():
            told = "not to be had exactly" if exactly is None else f"{number(exactly):.6%}"
            click.echo(f"  {'return with pick ' + pick:42}{told}")
        for name, told, fraction in facts(mode):
            click.echo(f"  {name:42}{told}" + (f"   {fraction}" if fraction else ""))
        if "wins" in mode:
            click.echo("  rounds that pay so many units:")
            for units, chance in mode["wins"].items():
                click.echo(f"    {units:40}{share(chance)}")
        for phase, split in mode.get("split", {}).items():
            click.echo(f"  {phase} spin, return of each symbol and count:")
            for what, part in split.items():
                click.echo(f"    {what:26}{number(part):.6%}")
