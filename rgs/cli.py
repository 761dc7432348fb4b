"""The `rgs` command. Each subcommand prints for people, and data as JSON with `--json`."""

import importlib
import json
from pathlib import Path
from typing import Any

import click

from adapters.pen import Unusable
from rgs.plugins import PluginError
from rgs.settings import SettingsError

COMMANDS = {
    "serve": "rgs.commands.serve:serve",
    "harness": "rgs.commands.harness:harness",
    "games": "rgs.commands.games:games",
    "par": "rgs.commands.par:par",
    "simulate": "rgs.commands.simulate:simulate",
    "rng": "rgs.commands.rng:rng",
    "verify": "rgs.commands.verify:verify",
    "rounds": "rgs.commands.rounds:rounds",
    "recover": "rgs.commands.rounds:recover",
    "audit": "rgs.commands.audit:audit",
    "reconcile": "rgs.commands.audit:reconcile",
    "wallet": "rgs.commands.audit:wallet",
    "rewards": "rgs.commands.rewards:rewards",
    "replay": "rgs.commands.replay:replay",
    "conformance": "rgs.commands.conformance:conformance",
}
"""Name -> where the click command is. It is imported when it is wanted: no command pays for another's libraries."""

SIMULATION = ("numba", "numpy", "openpyxl")
"""What the extra `simulation` brings, for mathematics that the server does without."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, PluginError, Unusable) as problem:
            raise click.ClickException(str(problem)) from None
        except OSError as problem:
            if problem.filename is None:
                raise
            raise click.ClickException(f"{problem.filename}: {problem.strerror}") from None
        except ModuleNotFoundError as missing:
            if missing.name not in SIMULATION:
                raise
            raise click.ClickException(f"this needs {missing.name}: pip install 'pyrgs[simulation]'") from None


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pyrgs", prog_name="rgs")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; rgs.yaml here, if there is one.")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """PyRGS, a Remote Gaming Server: fair random numbers, slot maths, and rounds that cannot lose a cent."""
    ctx.obj = config


def counted(number: int, noun: str) -> str:
    """1 gap, 2 gaps."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def say(line: str) -> None:
    """Print a line for people: one line, whatever is in it. What an operator or a player wrote moves no cursor."""
    click.echo("".join(each if each.isprintable() else ascii(each)[1:-1] for each in line))


def show(data: Any) -> None:
    """Print JSON for a program to read."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
