"""`rgs audit`, `rgs reconcile`, `rgs wallet`: proof that the record is whole, and that both sides' books agree."""

from typing import Any

import click

from ports.money import Currency, Money
from rgs.cli import counted, show
from rgs.commands.rounds import as_json, ask


@click.group()
def audit() -> None:
    """Seal the record, and prove that nothing on it was changed."""


@audit.command("seal")
@as_json
@click.pass_context
def seal(ctx: click.Context, as_json: bool) -> None:
    """Put every version that no seal covers under a new one. Keep its digest somewhere else."""
    answer = ask(ctx, {"do": "seal"})
    if as_json:
        return show(answer)
    made = answer["seal"]
    if made is None:
        click.echo("nothing to seal: everything is under a seal already")
    else:
        click.echo(
            f"seal {made['number']} of {made['time']} over {counted(made['versions'], 'version')}: {made['digest']}"
        )
    return None


@audit.command("verify")
@as_json
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Read the whole record and prove that nothing changed. Exit status 1 if anything did."""
    answer = ask(ctx, {"do": "verify"})
    if as_json:
        show(answer)
    else:
        for finding in answer["findings"]:
            where = "seals" if finding["round"] is None else f"round {finding['round']} version {finding['version']}"
            click.echo(f"{where}: {finding['what']}")
        click.echo(
            f"{counted(answer['versions'], 'version')}, {answer['sealed']} of them under"
            f" {counted(answer['seals'], 'seal')}, {counted(len(answer['findings']), 'finding')};"
            f" last seal {answer['last']}"
        )
    ctx.exit(1 if answer["findings"] else 0)


@click.command()
@click.option("--operator", help="Only this one; else each whose books can be read.")
@as_json
@click.pass_context
def reconcile(ctx: click.Context, operator: str | None, as_json: bool) -> None:
    """Compare our movements with the operators' own books. Exit status 1 if there is a gap, or nothing could be compared.

    Whether books can be read is its backend's to say (ports/books.py): of those that come with PyRGS, social lets them.
    """
    answer = ask(ctx, {"do": "reconcile"} | ({"operator": operator} if operator else {}))
    gaps = [gap for told in answer["operators"].values() for gap in told["gaps"]]
    if as_json:
        show(answer)
    else:
        for name, told in answer["operators"].items():
            _print(name, told)
    ctx.exit(1 if gaps else 0)


def _print(operator: str, told: dict[str, Any]) -> None:
    if not told["readable"]:
        click.echo(f"{operator}: its books cannot be read from here")
        return
    for gap in told["gaps"]:
        click.echo(f"{operator}: {gap['gap']} {gap['movement']}: ours {gap['ours']}, theirs {gap['theirs']}")
        click.echo(f"    {gap['action']}")
    click.echo(f"{operator}: {counted(told['rounds'], 'round')}, {counted(len(told['gaps']), 'gap')}")


@click.group()
def wallet() -> None:
    """The wallet of play money."""


@wallet.command("grant", context_settings={"ignore_unknown_options": True})  # -5 is an amount, if a wrong one
@click.argument("player")
@click.argument("amount", type=click.IntRange(1))
@click.option("--operator", default="social", show_default=True)
@click.option("--currency", help="The code of the coins; the operator's usual ones if left out.")
@click.option("--reason", required=True, help="Goes into the books.")
@as_json
@click.pass_context
def grant(
    ctx: click.Context, player: str, amount: int, operator: str, currency: str | None, reason: str, as_json: bool
) -> None:
    """Give PLAYER so many minor units of play money."""
    request = {"do": "grant", "operator": operator, "player": player, "amount": amount, "reason": reason}
    answer = ask(ctx, request | {"currency": currency}, makes=True)
    if as_json:
        return show(answer)
    coins = Currency(answer["currency"], answer["exponent"])
    new = "" if answer["played"] else f" (nobody called {player} has played here yet)"
    click.echo(f"{player} was given {Money(amount, coins)} and has {Money(answer['balance'], coins)}{new}")
    return None
