"""`python -m operator_simulator --protocol a8r_v2 --port 0`: an operator to try a backend against."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from operator_simulator.a8r_v2 import A8r
from operator_simulator.ledger import Account
from operator_simulator.path_hmac_get import PathHmac
from operator_simulator.rs_uuid import Rs
from operator_simulator.server import Build, Server, Simulation

PROTOCOLS: Mapping[str, Build] = {"a8r_v2": A8r, "path_hmac_get": PathHmac, "rs_uuid": Rs}


def _number(kind: Callable[[str], Decimal], least: int, most: int | None) -> Callable[[str], Decimal]:
    """What an option may be, said in a line where it is something else."""

    def read(text: str) -> Decimal:
        try:
            value = kind(text)
        except (ValueError, InvalidOperation):
            raise argparse.ArgumentTypeError(f"{text!r} is no number of this kind") from None
        if not value.is_finite() or value < least or (most is not None and value > most):
            upper = "or more" if most is None else f"to {most}"
            raise argparse.ArgumentTypeError(f"{text} is not {least} {upper}")
        return value

    return read


def _whole(text: str) -> Decimal:
    return Decimal(int(text))


def main() -> None:
    """Serve until SIGTERM or SIGINT. The first line says where."""
    parser = argparse.ArgumentParser(prog="python -m operator_simulator", description=__doc__)
    parser.add_argument("--protocol", choices=sorted(PROTOCOLS), required=True)
    parser.add_argument("--port", type=_number(_whole, 0, 65535), default=0, help="0: a free one")
    parser.add_argument("--player", default="player-1", help="the id of the player who is there from the start")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--balance", type=_number(Decimal, 0, None), default=Decimal("1000.00"))
    parser.add_argument(
        "--fault-rate",
        type=_number(Decimal, 0, 1),
        default=0,
        help="0 to 1: how many of the requests something befalls",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    given = parser.parse_args()

    simulation = Simulation(PROTOCOLS[given.protocol])
    player = Account(given.player, given.currency, 2, given.balance, sessions={f"session-{given.player}": True})
    simulation.ledger.open(player)
    simulation.faults.weather(float(given.fault_rate), given.seed)
    try:
        server = Server(int(given.port), simulation)
    except OSError as problem:
        sys.exit(f"cannot serve at 127.0.0.1:{given.port}: {problem.strerror}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    print(
        f"{given.protocol}: {given.player} has {given.balance} {given.currency}; see /_ctl/ledger and docs/operators.md",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
