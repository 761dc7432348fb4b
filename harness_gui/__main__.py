"""`python -m harness_gui`: the window; or, without one, a scenario."""

import sys
from pathlib import Path

import click

from adapters.storage.sqlite import StoreInUse, UnknownSchema
from harness_gui.bench import Bench, Refused
from harness_gui.scenario import ScenarioError, run
from rgs.plugins import PluginError
from rgs.settings import Settings, SettingsError, load

NO_QT = "the window needs PySide6: pip install 'pyrgs[harness]'"


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; rgs.yaml here, if there is one.")
@click.option("--run", "scenarios", multiple=True, type=click.Path(path_type=Path), help="Run a scenario, no window.")
@click.option("--light", is_flag=True, help="Light colours.")
def main(config: Path | None, scenarios: tuple[Path, ...], light: bool) -> None:
    """Open the bench on the operators of the settings, or run scenarios on them."""
    try:
        settings = load(config)
        if scenarios:
            sys.exit(_run(scenarios, settings))
        with Bench(settings) as bench:
            sys.exit(_window(bench, dark=not light))
    except (SettingsError, PluginError, StoreInUse, UnknownSchema, Refused, ScenarioError) as problem:
        raise click.ClickException(str(problem)) from None


def _run(files: tuple[Path, ...], settings: Settings) -> int:
    failed = 0
    for file in files:
        for scenario in sorted(file.glob("*.yaml")) if file.is_dir() else [file]:
            outcome = run(scenario, settings)
            click.echo(f"{'passed' if outcome.passed else 'FAILED'}  {scenario.name}: {outcome.name}")
            for failure in outcome.failures:
                click.echo(f"        {failure}")
            failed += not outcome.passed
    return 1 if failed else 0


def _window(bench: Bench, *, dark: bool) -> int:
    try:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from harness_gui import theme
        from harness_gui.window import Window
    except ImportError as problem:
        raise click.ClickException(f"{NO_QT} ({problem})") from None
    app = QApplication(sys.argv[:1])
    theme.apply(app, dark=dark)
    window = Window(bench, QSettings("PyRGS", "harness"))
    window.show()
    return app.exec()


if __name__ == "__main__":
    main(prog_name="rgs harness")
