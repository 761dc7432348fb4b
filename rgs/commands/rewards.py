"""`rgs rewards`: free rounds of play money, and what has become of everybody's."""

from typing import Any

import click

from rgs.cli import counted, show
from rgs.commands.rounds import as_json, ask


@click.group()
def rewards() -> None:
    """Free rounds: give, look up, take back."""


@rewards.command("give")
@click.argument("player")
@click.option("--game", required=True, help="Whose rounds they are.")
@click.option("--rounds", required=True, type=click.IntRange(1), help="How many.")
@click.option(
    "--stake", required=True, type=click.IntRange(1), help="Minor units of each round, one of the game's stakes."
)
@click.option("--days", type=click.IntRange(1, 3650), help="For how long; 30 if left out.")
@click.option("--currency", help="The code of the coins; the operator's usual ones if left out.")
@click.option("--id", help="A name for it; given twice, it is the same. A UUID if left out.")
@click.option("--operator", default="social", show_default=True, help="One of play money.")
@as_json
@click.pass_context
def give(ctx: click.Context, /, player: str, *, as_json: bool, **asked: Any) -> None:
    """Give PLAYER free rounds of play money. Other operators give theirs themselves, by calls to us."""
    answer = ask(ctx, {"do": "give", "player": player, **asked}, makes=True)
    if as_json:
        return show(answer)
    click.echo(_told(answer))
    return None


@rewards.command("list")
@click.argument("player")
@click.option("--operator", default="social", show_default=True)
@as_json
@click.pass_context
def list_(ctx: click.Context, player: str, operator: str, as_json: bool) -> None:
    """Every reward of PLAYER, and how many of its rounds are left."""
    answer = ask(ctx, {"do": "rewards", "operator": operator, "player": player})
    if as_json:
        return show(answer)
    for each in answer["rewards"]:
        click.echo(_told(each))
    if not answer["rewards"]:
        click.echo(f"{player} has no rewards")
    return None


@rewards.command("withdraw")
@click.argument("player")
@click.argument("reward")
@click.option("--operator", default="social", show_default=True)
@as_json
@click.pass_context
def withdraw(ctx: click.Context, player: str, reward: str, operator: str, as_json: bool) -> None:
    """Take back what PLAYER has not played of REWARD. A round that was begun goes on to its end."""
    answer = ask(ctx, {"do": "withdraw", "operator": operator, "player": player, "reward": reward})
    if as_json:
        return show(answer)
    click.echo(_told(answer))
    return None


def _told(reward: dict[str, Any]) -> str:
    stakes = ", ".join(f"{game} at {stake}" for game, stake in reward["stakes"].items())
    left = f"{reward['left']} of {counted(reward['rounds'], 'round')} left"
    return f"{reward['reward']}  {reward['standing']}  {left}  {stakes} {reward['currency']}  until {reward['expires'][:16]}"
