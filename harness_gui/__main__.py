"""`python -m harness_gui`: the window; or, without one, scenarios and evidence."""

import json
import sys
from pathlib import Path

import click

from adapters.pen import Unusable
from harness_gui import evidence
from harness_gui.bench import Bench, Refused
from harness_gui.scenario import ScenarioError, run
from harness_gui.serving import Served
from rgs.plugins import PluginError, catalogue
from rgs.settings import Settings, SettingsError, load

NO_QT = "the window needs PySide6: pip install 'pyrgs[harness]'"


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; rgs.yaml here, if there is one.")
@click.option("--run", "scenarios", multiple=True, type=click.Path(path_type=Path), help="Run a scenario, no window.")
@click.option("--replay", type=click.Path(path_type=Path), help="Run a .rgsbug file again, no window.")
@click.option("--json", "as_json", is_flag=True, help="With --replay: as JSON.")
@click.option("--serve", type=click.IntRange(0, 65535), help="Serve HTTP on this port too: play under what is armed.")
@click.option("--light", is_flag=True, help="Light colours.")
def main(
    config: Path | None, scenarios: tuple[Path, ...], replay: Path | None, as_json: bool, serve: int | None, light: bool
) -> None:
    """Open the bench on the operators of the settings, or run scenarios on them."""
    try:
        if replay is not None:
            sys.exit(_replay(replay, as_json=as_json))
        settings = load(config)
        if scenarios:
            sys.exit(_run(scenarios, settings))
        with Bench(settings) as bench:
            sys.exit(_window(bench, dark=not light, serve=serve))
    except (
        SettingsError,
        PluginError,
        Unusable,
        Refused,
        ScenarioError,
        evidence.BadEvidence,
    ) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        if problem.filename is None:
            raise
        raise click.ClickException(f"{problem.filename}: {problem.strerror}") from None


def _run(files: tuple[Path, ...], settings: Settings) -> int:
    failed = 0
    for file in files:
        for scenario in sorted(file.rglob("*.yaml")) if file.is_dir() else [file]:
            outcome = run(scenario, settings)
            click.echo(f"{'passed' if outcome.passed else 'FAILED'}  {scenario.name}: {outcome.name}")
            for failure in outcome.failures:
                click.echo(f"        {failure}")
            failed += not outcome.passed
    return 1 if failed else 0


def _replay(file: Path, *, as_json: bool) -> int:
    bundle = evidence.read(file)
    again = evidence.run_again(bundle, catalogue())
    found = again.differences
    if as_json:
        told = {"rounds": list(bundle.rounds), "calls": again.calls, "differences": found, "notes": again.notes}
        click.echo(json.dumps(told))
    else:
        for what in [*found, *(f"calls not played back: {note}" for note in again.notes)]:
            click.echo(what)
        done = f"{len(bundle.rounds)} rounds executed again, {again.calls} calls to the wallet played back"
        click.echo(f"{done}, {len(found) or 'no'} differences")
    return 1 if found else 0


def _window(bench: Bench, *, dark: bool, serve: int | None) -> int:
    try:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from harness_gui import theme
        from harness_gui.window import Window
    except ImportError as problem:
        raise click.ClickException(f"{NO_QT} ({problem})") from None
    served = None if serve is None else Served(bench, serve)
    try:
        app = QApplication(sys.argv[:1])
        theme.apply(app, dark=dark)
        window = Window(bench, QSettings("PyRGS", "harness"))
        if served is not None:
            window.backends.show_address(served.address)
            click.echo(f"ready {served.address}/play/{bench.games[0].game.id}")
        window.show()
        return app.exec()
    finally:
        if served is not None:
            served.close()


if __name__ == "__main__":
    main(prog_name="rgs harness")
