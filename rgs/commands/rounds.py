"""`rgs rounds` and `rgs recover`: look rounds up, execute them again, give stakes back, end disputes."""

from typing import Any

import click

from adapters.storage.sqlite import FILE
from core.desk import Decision
from ports.record import State
from rgs import control
from rgs.cli import counted, say, show
from rgs.container import Container
from rgs.office import Refused, me
from rgs.settings import load

as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def ask(ctx: click.Context, request: dict[str, Any], *, makes: bool = False) -> dict[str, Any]:
    """Ask the running server, or do it here if there is none: with what is on record, or `makes` a new one."""
    settings = load(ctx.find_root().obj)
    try:
        answer = control.ask(settings.data, request)
        if answer is not None:
            return answer
        if not makes and (settings.store == "memory" or not (settings.data / FILE).exists()):
            raise click.ClickException(f"there is no record in {settings.data}")
        container = Container(settings=settings)
        container.init_resources()
        try:
            done: dict[str, Any] = container.office().answer(me(), request)
            return done
        finally:
            container.shutdown_resources()
    except Refused as problem:
        raise click.ClickException(str(problem)) from None


@click.group()
def rounds() -> None:
    """Look rounds up, execute them again, give stakes back, end disputes."""


@rounds.command("list")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only rounds in this state.")
@click.option("--player", help="OPERATOR/PLAYER: the player's newest rounds, whatever their state.")
@as_json
@click.pass_context
def list_(ctx: click.Context, state: str | None, player: str | None, as_json: bool) -> None:
    """List the rounds that are not at their end, disputed ones last."""
    request: dict[str, Any] = {"do": "list"} | ({"state": state} if state else {})
    if player is not None:
        operator, _, name = player.partition("/")
        if not operator or not name:
            raise click.UsageError(f"--player is OPERATOR/PLAYER, as social/ann is; not {player!r}")
        request |= {"operator": operator, "player": name}
    answer = ask(ctx, request)
    if as_json:
        return show(answer)
    for round in answer["rounds"]:
        say(_line(round))
    for id in answer["unreadable"]:
        click.echo(f"{id} cannot be read; rgs audit verify tells what changed")
    if not answer["rounds"] and not answer["unreadable"]:
        click.echo("no rounds")
    return None


@rounds.command("show")
@click.argument("round")
@as_json
@click.pass_context
def show_(ctx: click.Context, round: str, as_json: bool) -> None:
    """Show every version of a round."""
    answer = ask(ctx, {"do": "show", "round": round})
    if as_json:
        return show(answer)
    for version in answer["versions"]:
        reason = f" ({version['reason']})" if version["reason"] else ""
        say(f"{version['version']:3} {version['time']} {version['state']} by {version['actor']}{reason}")
        for movement in version["movements"]:
            say(f"      {movement['kind']} {movement['number']}: {movement['amount']} {movement['status']}")
    last = answer["versions"][-1]
    say(f"stake {last['terms']['stake']}, win {last['win']} {last['terms']['currency']}")
    return None


@rounds.command("replay")
@click.argument("round")
@as_json
@click.pass_context
def replay(ctx: click.Context, round: str, as_json: bool) -> None:
    """Execute a round again from its tape, and compare. Exit status 1 if anything differs."""
    answer = ask(ctx, {"do": "replay", "round": round})
    if as_json:
        show(answer)
    elif answer["differences"]:
        for difference in answer["differences"]:
            say(difference)
    else:
        click.echo(f"the same, over {counted(answer['turns'], 'turn')}")
    ctx.exit(1 if answer["differences"] else 0)


@rounds.command("cancel")
@click.argument("round")
@click.option("--reason", required=True, help="Goes on record.")
@as_json
@click.pass_context
def cancel(ctx: click.Context, round: str, reason: str, as_json: bool) -> None:
    """Give a stake back, as long as nothing was drawn."""
    _told(ask(ctx, {"do": "cancel", "round": round, "reason": reason}), as_json)


@rounds.command("dispute")
@click.argument("round")
@click.option("--reason", required=True, help="Goes on record.")
@as_json
@click.pass_context
def dispute(ctx: click.Context, round: str, reason: str, as_json: bool) -> None:
    """Stop a round whose operator has refused what is owed for ten minutes; two people decide then how it ends."""
    _told(ask(ctx, {"do": "dispute", "round": round, "reason": reason}), as_json)


@rounds.command("decide")
@click.argument("round")
@click.argument("decision", type=click.Choice([str(decision) for decision in Decision]))
@click.option("--reason", help="Propose this decision. Goes on record.")
@click.option("--confirm", is_flag=True, help="Agree with what somebody else proposed, and do it.")
@as_json
@click.pass_context
def decide(ctx: click.Context, round: str, decision: str, reason: str | None, confirm: bool, as_json: bool) -> None:
    """End a disputed round: one person proposes (--reason), another confirms (--confirm).

    Who is who, the operating system says.
    """
    if confirm == (reason is not None):
        raise click.UsageError("either propose, with --reason, or --confirm")
    do = {"do": "confirm"} if confirm else {"do": "propose", "reason": reason}
    _told(ask(ctx, {**do, "round": round, "decision": decision}), as_json)


@rounds.command("correct")
@click.argument("round")
@click.argument("amount", type=int)
@click.option("--reason", required=True, help="Goes on record.")
@as_json
@click.pass_context
def correct(ctx: click.Context, round: str, amount: int, reason: str, as_json: bool) -> None:
    """Propose to pay AMOUNT minor units more for a round that has ended.

    It becomes a round of its own. Another person confirms it: rgs rounds decide THAT-ROUND retry --confirm
    """
    _told(ask(ctx, {"do": "correct", "round": round, "amount": amount, "reason": reason}), as_json)


@click.command()
@as_json
@click.pass_context
def recover(ctx: click.Context, as_json: bool) -> None:
    """Walk every unfinished round on, now. (A running server does it by itself every few seconds.)"""
    answer = ask(ctx, {"do": "recover"})
    if as_json:
        return show(answer)
    for round in answer["moved"]:
        say(_line(round))
    click.echo(f"{counted(len(answer['moved']), 'round')} moved, {answer['unfinished']} not at their end")
    return None


def _told(round: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show(round)
    else:
        say(_line(round))


def _line(round: dict[str, Any]) -> str:
    why = f" ({round['reason']})" if round["reason"] else ""
    return (
        f"{round['round']} {round['state']:10} {round['operator']}/{round['player']} {round['game']}"
        f" stake {round['stake']} win {round['win']} held {round['held']} {round['currency']}"
        f" since {round['since'][:19]}{why}"
    )
