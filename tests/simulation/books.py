"""Both sides' books after a server has gone: our record in its file, the play-money wallet in its own."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from adapters.backends.coins import Coins
from adapters.backends.social import FILE, SocialWallet
from adapters.storage.sqlite import SqliteRounds, SqliteStore
from core.book import movement_id
from ports.books import Booked
from ports.money import Currency
from ports.record import Round, State, Status
from ports.wallet import MovementKind


def agree(data: Path, told: Mapping[str, Mapping[str, object]]) -> None:
    """Check both, id by id, and that every round that was answered is as it was told. Raises `AssertionError`."""
    store = SqliteStore(data)
    wallet = SocialWallet(data / FILE, Coins(Currency("FUN", 2), 100_000))
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


def _agrees(versions: Sequence[Round], booked: Mapping[str, Booked]) -> set[str]:
    for before, after in pairwise(versions):
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
