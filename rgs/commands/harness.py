"""`rgs harness`: the bench of QA, in a process of its own. The server never loads it."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click


@click.command()
@click.option("--run", "scenarios", multiple=True, type=click.Path(path_type=Path), help="Run scenarios, no window.")
@click.option("--serve", type=click.IntRange(0, 65535), help="Serve HTTP on this port too: play under what is armed.")
@click.option("--light", is_flag=True, help="Light colours.")
@click.pass_context
def harness(ctx: click.Context, scenarios: tuple[Path, ...], serve: int | None, light: bool) -> None:
    """Open the desktop bench: spin, force, break, watch. With --run, play scenario files and say how they went."""
    if not scenarios and find_spec("PySide6") is None:
        raise click.ClickException("the window needs PySide6: pip install 'pyrgs[harness]'")
    config = ctx.find_root().obj
    arguments = [sys.executable, "-m", "harness_gui"]
    arguments += ["--config", str(config)] if config else []
    for scenario in scenarios:
        arguments += ["--run", str(scenario)]
    arguments += [] if serve is None else ["--serve", str(serve)]
    arguments += ["--light"] if light else []
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter, our own module
