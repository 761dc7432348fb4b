"""`rgs serve`: the server, until it is told to stop."""

import click

from rgs.serve import run
from rgs.settings import load


@click.command()
@click.pass_context
def serve(ctx: click.Context) -> None:
    """Serve HTTP, and walk unfinished rounds on. Stops cleanly on SIGTERM and SIGINT."""
    run(load(ctx.obj))
