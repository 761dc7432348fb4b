"""`kill -9` of the real server, on a real file, under load: after each restart everything is as it was told."""

import itertools
import os
import time
from pathlib import Path
from random import Random

from adapters.backends.social import FILE, SocialWallet
from adapters.storage.sqlite import SqliteRounds, SqliteStore
from core.book import movement_id
from ports.money import Currency
from ports.record import Round, State, Status
from ports.wallet import MovementKind
from tests.rgs.server import Server
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
    _books_agree(tmp_path, {id: told for client in clients for id, told in client.told.items()})


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


def _books_agree(data: Path, told: dict[str, dict[str, object]]) -> None:
    store = SqliteStore(data)
    wallet = SocialWallet(data / FILE, Currency("FUN", 2), 100_000)
    try:
        rounds = SqliteRounds(store)
        assert 0 == sum(wallet.sums().values())
        booked = {line.id: line for line in wallet.booked()}
        ours: set[str] = set()
        ids = [id for (id,) in store.reader.execute("SELECT round FROM heads")]
        for id in ids:
            versions = list(rounds.versions(id))
            ours |= _agrees(versions, booked)
            if id in told:
                assert told[id]["win"] == versions[-1].win
        assert set(told) <= set(ids), "a round that was answered is not on record"
        assert set(booked) <= ours, "the wallet booked what is not on record"
        held = sum(rounds.load(id).held for id in ids)
        assert held == wallet.sums()["held"]
    finally:
        wallet.close()
        store.close()


def _agrees(versions: list[Round], booked: dict[str, object]) -> set[str]:
    for before, after in itertools.pairwise(versions):
        assert after.previous == before.digest
        assert after.turns[: len(before.turns)] == before.turns
    newest = versions[-1]
    assert newest.final or not newest.hosted, f"{newest.id} is {newest.state}"
    for entry in newest.entries:
        id = movement_id(newest, entry)
        nothing_to_cancel = entry.kind is MovementKind.CANCEL and id not in booked
        if newest.final and entry.status is Status.CONFIRMED and not nothing_to_cancel:
            assert entry.amount == booked[id].amount
    if newest.state is State.SETTLED:
        assert newest.win == booked[f"{newest.id}:result:1"].amount
    return {movement_id(newest, entry) for entry in newest.entries}
