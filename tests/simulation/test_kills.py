"""`kill -9` of the real server, on a real file, under load: after each restart everything is as it was told."""

import os
import time
from pathlib import Path
from random import Random

from tests.rgs.server import Server
from tests.simulation.books import agree
from tests.simulation.client import GONE, Client, Line

KILLS = int(os.environ.get("KILLS", "10"))
"""`make soak` kills more often."""
CLIENTS = 6


def test_nothing_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    chance = Random(KILLS)
    servers = [Server(tmp_path)]
    clients = [Client(lambda: servers[-1], f"p{n}", n, external=n % 2 == 1) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(KILLS):
        time.sleep(0.2 + chance.random() * 0.5)
        servers[-1].kill()
        servers.append(Server(tmp_path))
    time.sleep(0.5)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(60)
    _at_rest(servers[-1], clients)
    servers[-1].stop()
    assert [] == [trouble for client in clients for trouble in client.trouble]
    played = sum(len(client.told) for client in clients)
    assert played > 10 * KILLS
    print(f"\n{KILLS} kills, {played} rounds answered, seed {KILLS}")
    agree(tmp_path, {id: told for client in clients for id, told in client.told.items()})


def _at_rest(server: Server, clients: list[Client]) -> None:
    """Wait until recovery has walked every hosted round to its end; what game servers left open is theirs."""
    line = Line(lambda: server)
    for client in clients[::2]:
        for _ in range(500):
            try:
                body = {"operator": "social", "token": f"demo-{client.name}", "game": "three-fruits"}
                _, answer = line.call("POST", "/v1/sessions", body)
                if answer["open_round"] is None:
                    break
            except GONE:
                pass
            time.sleep(0.02)
        else:
            raise AssertionError(f"a round of {client.name} never ended: {answer}")
    line.close()
