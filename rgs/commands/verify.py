"""`rgs verify`: whether the files that decide an outcome are those that were installed."""

from pathlib import Path

import click

from rgs import integrity, plugins
from rgs.cli import counted, show


@click.command()
@click.option("--list", "listing", is_flag=True, help="Print the digests of now, as sha256sum does, for somebody else.")
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with this listing instead.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def verify(ctx: click.Context, listing: bool, manifest: Path | None, as_json: bool) -> None:
    """Compare every file that decides an outcome with the manifest of the installation, and those of packages that bring
    games or backends with what their installer wrote down.

    Ends with 1 where anything differs, with 2 where there is no manifest (a source checkout has none). Without us:
    `cd site-packages && sha256sum -c rgs/critical-files.sha256`.
    """
    if listing:
        files = integrity.critical_files()
        return show(files) if as_json else click.echo(integrity.listing(files), nl=False)
    try:
        differences = integrity.check(manifest or integrity.MANIFEST)
    except ValueError as problem:
        raise click.ClickException(f"the manifest cannot be read: {problem}") from None
    if differences is None:
        raise click.UsageError("there is no manifest here: a source checkout has none; see --list and --manifest")
    for package in plugins.packages():
        differences += integrity.check_plugin(package)
    if as_json:
        show({"sound": not differences, "differences": [difference._asdict() for difference in differences]})
    else:
        for difference in differences:
            click.echo(str(difference))
        click.echo(counted(len(differences), "difference") if differences else "every file is as it was installed")
    if differences:
        ctx.exit(1)
    return None
