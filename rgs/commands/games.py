"""`rgs games`: what can be played."""

import click

from rgs import plugins
from rgs.cli import show


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def games(as_json: bool) -> None:
    """List the games of the house."""
    listed = [
        {
            "id": listing.game.id,
            "name": listing.game.name,
            "version": listing.game.version,
            "variant": listing.game.variant,
            "modes": [
                {"id": mode.id, "cost": mode.cost, "rtp": f"{mode.rtp.numerator}/{mode.rtp.denominator}"}
                for mode in listing.game.modes
            ],
            "cap": listing.game.cap,
            "maths": listing.maths,
        }
        for listing in plugins.catalogue().every()
    ]
    if as_json:
        return show({"games": listed})
    for listing in plugins.catalogue().every():
        game = listing.game
        variant = "" if game.variant == "default" else f", variant {game.variant}"
        click.echo(f"{game.id:20} {game.name} {game.version}{variant}, pays up to {game.cap} units")
        for mode in game.modes:
            click.echo(
                f"{'':20} {mode.id}: {mode.cost} unit{'' if mode.cost == 1 else 's'} a round, returns {float(mode.rtp):.4%}"
            )
    return None
