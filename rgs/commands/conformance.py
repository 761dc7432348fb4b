"""`rgs conformance`: does a backend keep the promises of the wallet's port? It is tried, not believed."""

import importlib.util
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ports.wallet import Wallet, WalletError
from rgs import plugins, settings
from rgs.cli import show

if TYPE_CHECKING:
    from rgs.conformance.benches import Bench
    from rgs.conformance.run import Checked

GAME = "three-fruits"


@click.command()
@click.argument("backend")
@click.option("--simulator", is_flag=True, help="BACKEND is an adapter: try it on its own simulated operator.")
@click.option(
    "--token", help="BACKEND is an operator of the settings: a token of its test player, good more than once."
)
@click.option("--test-account", help="The id of that player. Wanted where real money is played for.")
@click.option("--only", default="", help="Only checks with this in their name.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def conformance(
    ctx: click.Context,
    backend: str,
    simulator: bool,
    token: str | None,
    test_account: str | None,
    only: str,
    as_json: bool,
) -> None:
    """Try every promise on BACKEND, and tell what each check proved. The data directory is not touched.

    BACKEND is an adapter with --simulator, or an operator of the settings with --token. Exit status 1 if a check failed.
    """
    if importlib.util.find_spec("pytest") is None:
        raise click.ClickException("this needs pytest: install pyrgs[test]")
    from rgs.conformance.run import run

    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench = (
            _simulated(backend, directory) if simulator else _configured(ctx, backend, token, test_account, directory)
        )
        stack.callback(bench.close)
        traits = bench.wallet(directory).traits
        checks = run(bench, only=only, progress=None if as_json else _tell)
    if not checks:
        raise click.ClickException(f"no check has {only!r} in its name")
    counts = Counter(check.verdict for check in checks)
    if as_json:
        told = [
            {"check": check.name, "about": check.about, "verdict": check.verdict, "told": check.told}
            for check in checks
        ]
        show({"backend": backend, "traits": str(traits), "counts": counts, "checks": told})
    else:
        click.echo(f"{backend}: {traits}")
        click.echo(", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    ctx.exit(1 if counts["failed"] else 0)


def _tell(check: "Checked") -> None:
    about = f" ({check.about})" if check.about else ""
    why = f": {check.told.splitlines()[0]}" if check.told else ""
    click.echo(f"{check.verdict:9}  {check.sentence}{about}{why}")


def _simulated(backend: str, directory: Path) -> "Bench":
    from rgs.conformance.benches import SIMULATED

    if backend not in SIMULATED:
        raise click.ClickException(f"there is no simulator for {backend!r}; there is for: {', '.join(SIMULATED)}")
    return SIMULATED[backend](directory)


def _configured(
    ctx: click.Context, operator: str, token: str | None, test_account: str | None, directory: Path
) -> "Bench":
    from rgs.conformance.benches import Configured

    configured = settings.load(ctx.obj).operators.get(operator)
    if configured is None:
        raise click.ClickException(f"the settings have no operator {operator!r}; an adapter is tried with --simulator")
    if token is None:
        raise click.ClickException("name a token of the operator's test player: --token")
    wallet = plugins.backend(configured.backend, configured.options, directory)
    if wallet.traits.real_money:
        _sure(wallet, token, test_account)
    return Configured(wallet, token)


def _sure(wallet: Wallet, token: str, test_account: str | None) -> None:
    """Real money is moved on a named test account only."""
    if test_account is None:
        raise click.ClickException("this backend plays for real money: name its test account with --test-account")
    try:
        player = wallet.player(token, GAME)
    except WalletError as answer:
        raise click.ClickException(f"the operator does not let the token in: {answer}") from None
    if player.id != test_account:
        raise click.ClickException("the token is not the test account's; nothing was moved")
