"""`rgs rng`: numbers for a lab's judges, the report that a lab or operator can file, and judges of other people.

All of it draws as the server does: the kernel's bytes, through the health tests, by the functions that answer requests.
"""

import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from adapters.system import SystemEntropy, bulk
from core.health import Monitor
from core.rng import TurnRng
from rgs import integrity, plugins
from rgs.cli import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.simulation.randomness.streams import Streams

MIB = 1 << 20
as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")
out = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder; it is made if need be."
)


@click.group()
def rng() -> None:
    """Collect random numbers as the server draws them, test them, and report."""


@rng.command()
@out
@click.option("--megabytes", default=32, show_default=True, type=click.IntRange(1, 4096), help="Raw output, MiB.")
@click.option(
    "--outcomes", default=1_000_000, show_default=True, type=click.IntRange(1000), help="Values of each range."
)
@click.option("--decks", default=100_000, show_default=True, type=click.IntRange(100), help="Shuffles, and samples.")
@click.option(
    "--turns", default=100_000, show_default=True, type=click.IntRange(100), help="Turns played of each game."
)
@as_json
def collect(out: Path, megabytes: int, outcomes: int, decks: int, turns: int, as_json: bool) -> None:
    """Write raw and scaled output, for a lab's own judges: one integer, or one deck, a line; raw bytes as they are."""
    from adapters.simulation.randomness.streams import DECK, ENDPOINT_BOUNDS, KENO, WEIGHTS

    _prepare(out)
    files: dict[str, dict[str, Any]] = {}

    def keep(name: str, content: bytes, what: str, count: int) -> None:
        (out / name).write_bytes(content)
        files[name] = {"what": what, "count": count, "sha256": sha256(content).hexdigest()}

    with _streams("collecting", megabytes * MIB // 64 + len(ENDPOINT_BOUNDS) * outcomes) as (streams, monitor):
        keep("raw.bin", streams.raw(megabytes * MIB), "raw bytes, read 48 at a time", megabytes * MIB)
        for bound in ENDPOINT_BOUNDS:
            values = streams.range(bound, outcomes)
            keep(f"range-{bound}.txt", _lines(values), f"GET /v1/rng/range?min=0&max={bound}", outcomes)
        values = streams.weighted(WEIGHTS, outcomes)
        keep("weighted.txt", _lines(values), f"POST /v1/rng/weighted, places of the weights {list(WEIGHTS)}", outcomes)
        keep(
            f"decks-{DECK}.txt",
            _lines(streams.decks(DECK, decks)),
            f"POST /v1/rng/shuffle, items 0 to {DECK - 1}",
            decks,
        )
        size, taken = KENO
        what = f"POST /v1/rng/shuffle, items 0 to {size - 1}, count {taken}"
        keep(f"samples-{taken}-of-{size}.txt", _lines(streams.samples(size, taken, decks)), what, decks)
        for listing in plugins.catalogue():
            for bound, values in streams.game(listing.game, turns).items():
                what = f"what {listing.game.id} {listing.game.version} draws below {bound} in {turns} turns"
                keep(f"game-{listing.game.id}-{bound}.txt", _lines(values), what, len(values))
        monitor.require()
    contents = {"made": _now().isoformat(timespec="seconds"), "software": version("pyrgs"), "files": files}
    (out / "contents.json").write_text(json.dumps(contents, indent=2) + "\n")
    if as_json:
        return show(contents)
    for name, facts in files.items():
        click.echo(f"{name:32} {facts['count']:>12,}  {facts['what']}")
    return None


@rng.command()
@out
@click.option("--deviation", default=0.05, show_default=True, help="The share by which one outcome may be off, unseen.")
@click.option(
    "--most", default=10_000_000, show_default=True, type=click.IntRange(100_000), help="Outcomes of a range."
)
@click.option("--decks", default=20_000, show_default=True, type=click.IntRange(1000), help="Shuffles, and samples.")
@click.option(
    "--turns", default=100_000, show_default=True, type=click.IntRange(100), help="Turns played of each game."
)
@click.option(
    "--sequences", default=20, show_default=True, type=click.IntRange(1, 1000), help="Megabits for SP 800-22."
)
@click.option(
    "--judges/--no-judges",
    "outside",
    default=None,
    help="Whether dieharder, rngtest and ent judge as well; if installed.",
)
@as_json
@click.pass_context
def report(
    ctx: click.Context,
    out: Path,
    deviation: float,
    most: int,
    decks: int,
    turns: int,
    sequences: int,
    outside: bool | None,
    as_json: bool,
) -> None:
    """Test final outcomes as GLI-19 and 58 Pa. Code 810a.5 ask for, and write report.html and report.json.

    Ends with 1 if a test fails; a sound generator fails once in a hundred reports.
    """
    from adapters.simulation.randomness import judges, page
    from adapters.simulation.randomness.report import LANE_BITS, build, judge_bits, judge_outcomes
    from adapters.simulation.randomness.streams import nobody

    _prepare(out)
    if outside is None:
        outside = not judges.missing()
    games = [listing.game for listing in plugins.catalogue()]
    with _streams("drawing and testing", None) as (streams, monitor):
        judged = judge_outcomes(streams, games, deviation=deviation, most=most, decks=decks, turns=turns)
        bits = judge_bits(streams.raw(sequences * 125_000 + 4 * LANE_BITS), sequences)
        said = judges.judge(streams, thorough=False, teeth=True, told=nobody) if outside else None
    made = build(
        made=_now(),
        software=version("pyrgs"),
        files=integrity.critical_files(),
        health=monitor.health,
        streams=judged,
        bits=bits,
        judges=said,
    )
    (out / "report.json").write_text(json.dumps(made, indent=2) + "\n")
    (out / "report.html").write_text(page.render(made))
    if as_json:
        show({key: made[key] for key in ("made", "software", "verdict", "level", "caught")})
    else:
        click.echo(f"{made['level']['tests']} tests of final outcomes together at 99 %: {made['verdict']}")
        for each in made["caught"]:
            click.echo(f"failed: {each['stream']}: {each['test']}, p = {each['p']:.3g}")
        click.echo(f"{out / 'report.html'}")
    if made["verdict"] != "pass":
        ctx.exit(1)


@rng.command()
@click.option(
    "--long", "thorough", is_flag=True, help="All of dieharder and a thousand times the bits: most of an hour."
)
@click.option(
    "--teeth/--no-teeth", default=True, show_default=True, help="Whether bad generators must be caught as well."
)
@as_json
@click.pass_context
def judge(ctx: click.Context, thorough: bool, teeth: bool, as_json: bool) -> None:
    """Let dieharder, rngtest and ent judge the raw output, and show that they and our tests catch bad generators.

    Ends with 1 if the output is found wanting, or a bad generator is not.
    """
    from adapters.simulation.randomness import judges

    missing = judges.missing()
    if missing:
        raise click.ClickException(f"these are not installed: {', '.join(missing)} (Debian: {judges.PACKAGES})")
    with _streams("judging", None) as (streams, _):
        verdict = judges.judge(streams, thorough=thorough, teeth=teeth, told=lambda line: _say(line, as_json))
    if as_json:
        show(verdict)
    else:
        click.echo("sound" if verdict["sound"] else "NOT SOUND")
    if not verdict["sound"]:
        ctx.exit(1)


def _prepare(out: Path) -> None:
    """The folder is there and can be written to, before the hours of work and not after them. Raises `OSError`."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=out):
        pass


@contextmanager
def _streams(label: str, length: int | None) -> "Iterator[tuple[Streams, Monitor]]":
    """Draws as the server makes them, with progress on the terminal."""
    try:
        from adapters.simulation.randomness.streams import Streams, nobody
    except ImportError as problem:
        raise click.ClickException(f"this needs numpy: install pyrgs[simulation] ({problem})") from None
    monitor = Monitor(SystemEntropy())
    in_bulk = bulk()
    told: Callable[[int], object] = nobody
    progress = None
    if sys.stderr.isatty():
        progress = click.progressbar(length=length or 1, label=label, file=sys.stderr)
        told = progress.update if length else lambda _: click.echo(".", nl=False, err=True)
    yield (
        Streams(entropy=monitor, tape=lambda: TurnRng(monitor, bulk=in_bulk, witness=monitor.witness), told=told),
        monitor,
    )
    if progress is not None:
        click.echo("", err=True)


def _lines(values: Any) -> bytes:
    """One value, or one row, a line."""
    if values.ndim == 1:
        return ("\n".join(map(str, values.tolist())) + "\n").encode()
    return ("\n".join(" ".join(map(str, row)) for row in values.tolist()) + "\n").encode()


def _say(line: str, as_json: bool) -> None:
    click.echo(line, err=as_json)


def _now() -> datetime:
    return datetime.now(UTC)
