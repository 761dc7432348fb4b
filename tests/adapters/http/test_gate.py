"""An operator that hangs occupies its own threads and no others."""

import threading
from collections.abc import Iterator

import pytest

from adapters.http.gate import Busy, Gate
from ports.wallet import Movement, Receipt
from tests.adapters.http.shop import Client, Line, Shop, address, new_id


class Stuck(Line):
    """A line on which escrows hang until they are let go."""

    def __init__(self, line: Line) -> None:
        super().__init__(line)
        self.arrived = threading.Semaphore(0)
        self.free = threading.Event()

    def escrow(self, movement: Movement) -> Receipt:
        self.arrived.release()
        assert self.free.wait(30)
        return super().escrow(movement)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop(threads=2)
    stuck = Stuck(shop.line)
    shop.lines["social"] = stuck
    yield shop
    stuck.free.set()


def stuck_in(shop: Shop, players: list[Client]) -> list[threading.Thread]:
    """These players' bets, hanging at the operator."""
    threads = [threading.Thread(target=lambda p=p: p.put(address(new_id()), stake=100)) for p in players]
    line = shop.lines["social"]
    assert isinstance(line, Stuck)
    for thread in threads:
        thread.start()
        assert line.arrived.acquire(timeout=30)
    return threads


def test_beyond_its_threads_an_operator_is_busy_and_nothing_is_recorded(shop: Shop) -> None:
    ann, bob, eve = (shop.player(name) for name in ("ann", "bob", "eve"))
    threads = stuck_in(shop, [ann, bob])
    id = new_id()
    reply = eve.put(address(id), stake=100)
    assert (503, "busy") == reply.problem()
    assert reply.body["retryable"]
    assert "1" == reply.headers["Retry-After"]
    assert shop.rounds.load(id) is None
    assert (503, "busy") == shop.stranger().post(
        "/v1/sessions", operator="social", token="demo-new", game="coin"
    ).problem()  # fmt: skip
    line = shop.lines["social"]
    assert isinstance(line, Stuck)
    line.free.set()
    for thread in threads:
        thread.join(30)
    assert 201 == eve.put(address(id), stake=100).status


def test_meanwhile_other_operators_and_look_ups_go_on(shop: Shop) -> None:
    ann, bob, other = shop.player("ann"), shop.player("bob"), shop.player("ann", operator="other")
    stuck_in(shop, [ann, bob])
    assert 201 == other.put(address(new_id()), stake=10).status
    session = ann.get("/v1/session")
    assert (200, 100_000) == (session.status, session.body["balance"])
    assert 200 == ann.get("/v1/rounds").status


def test_a_place_is_given_back_also_when_the_work_fails() -> None:
    gate = Gate({"op": 1}, 9)
    with pytest.raises(ZeroDivisionError), gate.within("op"):
        raise ZeroDivisionError
    with gate.within("op"), pytest.raises(Busy), gate.within("op"):
        pass


def test_all_operators_together_have_a_limit_too_and_give_their_places_back() -> None:
    gate = Gate({"one": 2, "two": 2, "three": 2}, 3)
    with gate.within("one"), gate.within("one"), gate.within("two"):
        for operator in ("two", "three"):
            with pytest.raises(Busy, match="operators"), gate.within(operator):
                pass
        with pytest.raises(Busy, match="operator one"), gate.within("one"):
            pass
    with gate.within("three"), gate.within("three"), gate.within("two"):
        pass


def test_an_operator_that_is_not_configured_has_no_limit() -> None:
    gate = Gate({}, 1)
    with gate.within("op"), gate.within("op"):
        pass
