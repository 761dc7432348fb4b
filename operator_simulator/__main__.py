"""`python -m operator_simulator --protocol a8r_v2 --port 0`: an operator to try a backend against."""

import argparse
import signal
import sys
from collections.abc import Mapping
from decimal import Decimal

from operator_simulator.a8r_v2 import A8r
from operator_simulator.ledger import Account
from operator_simulator.path_hmac_get import PathHmac
from operator_simulator.rs_uuid import Rs
from operator_simulator.server import Build, Server, Simulation

PROTOCOLS: Mapping[str, Build] = {"a8r_v2": A8r, "path_hmac_get": PathHmac, "rs_uuid": Rs}


def main() -> None:
    """Serve until SIGTERM or SIGINT. The first line says where."""
    parser = argparse.ArgumentParser(prog="python -m operator_simulator", description=__doc__)
    parser.add_argument("--protocol", choices=sorted(PROTOCOLS), required=True)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--player", default="player-1", help="the id of the player who is there from the start")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--balance", type=Decimal, default=Decimal("1000.00"))
    parser.add_argument("--fault-rate", type=float, default=0.0, help="the share of requests that something happens to")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    given = parser.parse_args()

    simulation = Simulation(PROTOCOLS[given.protocol])
    player = Account(given.player, given.currency, 2, given.balance, sessions={f"session-{given.player}": True})
    simulation.ledger.open(player)
    simulation.faults.weather(given.fault_rate, given.seed)
    server = Server(given.port, simulation)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    print(f"{given.protocol}: {given.player} has {given.balance} {given.currency}; see /_ctl/ledger", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
