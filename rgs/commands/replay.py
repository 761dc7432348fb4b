"""`rgs replay`: run the evidence of the harness again, without a window."""

import os
import sys
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def replay(file: Path, as_json: bool) -> None:
    """Check a .rgsbug file, and run its rounds again: the turns from their tape, the walk against the recorded answers of the
    wallet. Exits non-zero, and says where, if anything differs.
    """
    arguments = [sys.executable, "-m", "harness_gui", "--replay", str(file), *(["--json"] if as_json else [])]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter, our own module
