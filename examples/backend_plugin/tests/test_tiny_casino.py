"""The Tiny Casino keeps every promise of PyRGS's wallet: the suite is PyRGS's own, and is inherited."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_casino import TinyCasino, backend
from tiny_operator import KEY, TinyOperator

from ports.conformance.makers import Story
from ports.conformance.wallet import WalletConformance
from ports.wallet import Contradicted, Declined, Movement, Reason, Receipt, Unconfirmed, Wallet


@pytest.fixture
def operator() -> Iterator[TinyOperator]:
    operator = TinyOperator()
    yield operator
    operator.stop()


def options(url: str) -> dict[str, object]:
    return {"url": url, "key_variable": "TINY_CASINO_KEY", "currency": "EUR", "timeout_seconds": 5}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_CASINO_KEY", KEY)


class TestTheTinyCasino(WalletConformance):
    def create(self, place: Path) -> Wallet:
        self.operator = TinyOperator()
        return backend(options(self.operator.url), place)

    def token(self, wallet: Wallet) -> str:
        return "token-ann"

    def discard(self, wallet: Wallet) -> None:
        assert isinstance(wallet, TinyCasino)
        wallet.close()
        self.operator.stop()


@pytest.fixture
def wallet(operator: TinyOperator, tmp_path: Path) -> Iterator[TinyCasino]:
    wallet = backend(options(operator.url), tmp_path)
    yield wallet
    wallet.close()


@pytest.fixture
def story(wallet: TinyCasino) -> Story:
    return Story(wallet.player("token-ann", "game"), "game", 1)


def send(wallet: TinyCasino, movement: Movement) -> Receipt:
    return {"escrow": wallet.escrow, "result": wallet.result, "cancel": wallet.cancel}[movement.kind](movement)


@pytest.mark.parametrize("kind", ["escrow", "result", "cancel"])
@pytest.mark.parametrize(
    ("fault", "answer"),
    [("lost", Unconfirmed), ("silent", Unconfirmed), ("broken", Unconfirmed), ("other_id", Contradicted)],
)
def test_a_fault_is_told_as_it_is_and_a_repeat_does_it_once(
    operator: TinyOperator, wallet: TinyCasino, story: Story, kind: str, fault: str, answer: type[Exception]
) -> None:
    movement = {"escrow": story.escrow(100), "result": story.result(250, 100), "cancel": story.cancel(100)}[kind]
    if kind != "escrow":
        wallet.escrow(story.escrow(100))
    operator.books.fault = fault

    with pytest.raises(answer):
        send(wallet, movement)
    send(wallet, movement)

    assert 10_000 + {"escrow": -100, "result": 150, "cancel": 0}[kind] == operator.books.balances["ann"]


def test_a_wrong_key_proves_nothing_about_money(
    operator: TinyOperator, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_CASINO_KEY", "another")
    wallet = backend(options(operator.url), tmp_path)

    with pytest.raises(Unconfirmed):
        wallet.escrow(story.escrow(100))
    wallet.close()


def test_no_connection_means_that_nothing_was_sent(story: Story, tmp_path: Path) -> None:
    wallet = backend(options("http://127.0.0.1:1"), tmp_path)

    with pytest.raises(Declined) as refused:
        wallet.escrow(story.escrow(100))
    wallet.close()

    assert Reason.UNREACHABLE is refused.value.reason


def test_an_unknown_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^ulr: there is no such option"):
        backend({"ulr": "http://127.0.0.1:1"}, tmp_path)
