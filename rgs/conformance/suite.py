"""The kit's checks. Each name is a sentence: what it proved when it passes. Run by `rgs conformance`, through pytest."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ports.conformance.makers import Story
from ports.conformance.wallet import WalletConformance
from ports.money import Money
from ports.wallet import (
    Declined,
    FreeRounds,
    Funding,
    Movement,
    Player,
    Reason,
    Receipt,
    Unconfirmed,
    Wallet,
    WalletError,
)
from rgs.conformance.benches import GAME, OPENING, PLAYER, Bench, Configured, Simulated, current
from rgs.conformance.casino import Casino
from rgs.conformance.faults import FAULTS, SLOW, STAKE, WIN, Fault, answered, clear, prepared, recovered, sent

SHORT = 0.2
"""Seconds that a call may take where an operator does not answer."""


class TestPromises(WalletConformance):
    """What every wallet promises, whoever is behind it."""

    GAME = GAME

    def create(self, place: Path) -> Wallet:
        """The backend of the bench."""
        return current().wallet(place)

    def token(self, wallet: Wallet) -> str:
        """The bench's."""
        return current().token(wallet)

    def stories(self, player: Player) -> Iterator[Story]:
        """Rounds that no operator has seen before."""
        return (_new_round(player) for _ in count())

    def test_of_two_who_spend_the_last_coin_one_can(
        self, wallet: Wallet, player: Player, spend: Callable[[], int]
    ) -> None:
        if isinstance(current(), Configured):
            pytest.skip("a test account is not emptied: it is wanted for the other checks")
        super().test_of_two_who_spend_the_last_coin_one_can(wallet, player, spend)


def _promised(bench: Bench) -> Callable[[Movement], Movement]:
    """Makes a movement one of a free round, whose reward the operator knows."""
    assert isinstance(bench, Simulated)
    reward = str(uuid4())
    bench.promise(reward)
    return lambda movement: replace(movement, funding=Funding.FREE, reward=reward)


def _new_round(player: Player) -> Story:
    story = Story(player, GAME, 0)
    story.round = str(uuid4())
    return story


class TestFaults:
    """What an operator and a network can do wrong. With a simulator only."""

    @pytest.fixture
    def bench(self) -> Bench:
        """What this is tried on."""
        return current()

    @pytest.fixture
    def casino(self, bench: Bench) -> Casino:
        """The simulator."""
        if bench.casino is None:
            pytest.skip("there is no simulator to order faults from")
        return bench.casino

    @pytest.fixture
    def wallet(self, request: pytest.FixtureRequest, bench: Bench, casino: Casino, tmp_path: Path) -> Wallet:
        """The backend; with little time, where the operator is not going to answer."""
        callspec = getattr(request.node, "callspec", None)
        fault = None if callspec is None else callspec.params.get("fault")
        hurried = {"timeout_seconds": SHORT} if isinstance(fault, Fault) and fault.name in SLOW else {}
        return bench.wallet(tmp_path, **hurried)

    @pytest.fixture
    def player(self, bench: Bench, wallet: Wallet) -> Player:
        """Who plays."""
        return wallet.player(bench.token(wallet), GAME)

    @pytest.fixture
    def story(self, player: Player) -> Story:
        """A round."""
        return Story(player, GAME, 1)

    @pytest.fixture
    def change(self, casino: Casino, player: Player) -> Iterator[Callable[[], int]]:
        """By how much the operator's books changed the player's balance, in minor units."""

        def change() -> int:
            scaled = (casino.balance(PLAYER) - OPENING).scaleb(player.currency.exponent)
            return Money(int(scaled), player.currency).minor

        yield change
        assert [] == casino.alarms(), "the operator saw what must never be done"

    @pytest.mark.parametrize("fault", FAULTS, ids=str)
    def test_a_fault_is_told_as_it_is_and_no_cent_is_lost(
        self,
        bench: Bench,
        casino: Casino,
        wallet: Wallet,
        story: Story,
        change: Callable[[], int],
        fault: Fault,
        verb: str,
    ) -> None:
        prepared(wallet, story, verb)
        casino.fault(fault.name, verb, **fault.more)
        began, sends = time.monotonic(), len(casino.exchanges(verb))

        answer = answered(wallet, story, verb)

        assert 10 * SHORT > time.monotonic() - began or fault.name not in SLOW, "the call lasts too long"
        assert sends + 1 == len(casino.exchanges(verb)), "a call is one request, never more"
        clear(casino)
        owed = recovered(wallet, story, verb, answer)
        assert (Receipt if fault.name == "echo" and verb in bench.echoless else fault.answer) is answer
        assert owed == change()

    def test_a_movement_has_the_same_bytes_at_every_attempt(
        self, casino: Casino, wallet: Wallet, story: Story, verb: str
    ) -> None:
        prepared(wallet, story, verb)
        for _ in range(2):
            sent(wallet, story, verb)
        assert 1 == len({(exchange["target"], exchange["body"]) for exchange in casino.exchanges(verb)})

    def test_an_escrow_that_arrives_after_its_cancel_is_not_kept(
        self, casino: Casino, wallet: Wallet, story: Story, change: Callable[[], int]
    ) -> None:
        casino.fault("park", "bet")
        with pytest.raises(Unconfirmed):
            wallet.escrow(story.escrow(STAKE))
        wallet.cancel(story.cancel(STAKE))
        casino.ctl("deliver")
        if not wallet.traits.tombstones:
            wallet.cancel(story.cancel(STAKE))
        assert 0 == change()

    def test_a_result_is_paid_when_the_session_is_over_and_the_player_disabled(
        self, casino: Casino, wallet: Wallet, player: Player, story: Story, change: Callable[[], int]
    ) -> None:
        prepared(wallet, story, "win")
        session = player.handle.rpartition(":")[2] or "none"
        casino.ctl("account", id=PLAYER, disabled=True, session=session, expired=True)
        wallet.result(story.result(WIN, STAKE))
        assert WIN - STAKE == change()

    def test_the_round_is_closed_at_the_operator_whether_it_won_or_not(
        self, casino: Casino, wallet: Wallet, player: Player
    ) -> None:
        for number, win in ((1, 0), (2, WIN)):
            story = Story(player, GAME, number)
            wallet.escrow(story.escrow(STAKE))
            wallet.result(story.result(win, STAKE))
            assert story.round in casino.ctl("ledger")["closed"]

    def test_a_free_round_costs_the_player_nothing_and_its_win_is_paid(
        self, bench: Bench, casino: Casino, wallet: Wallet, story: Story, change: Callable[[], int]
    ) -> None:
        free = _promised(bench)
        wallet.escrow(free(story.escrow(STAKE)))
        assert 0 == change()
        for _ in range(2):
            wallet.result(free(story.result(WIN, STAKE)))
        if wallet.traits.free_rounds is FreeRounds.IN_TOTAL:
            assert 0 == change(), "a round is told, though the total will be"
            for _ in range(2):
                wallet.result(free(Story(story.player, GAME, 2).result(WIN)))
        assert WIN == change()

    def test_a_free_round_that_is_given_back_moves_nothing(
        self, bench: Bench, casino: Casino, wallet: Wallet, story: Story, change: Callable[[], int]
    ) -> None:
        free = _promised(bench)
        wallet.escrow(free(story.escrow(STAKE)))
        for _ in range(2):
            wallet.cancel(free(story.cancel(STAKE)))
        assert 0 == change()

    def test_no_connection_means_that_nothing_was_sent(
        self, bench: Bench, casino: Casino, story: Story, tmp_path: Path
    ) -> None:
        nowhere = bench.wallet(tmp_path, url="http://127.0.0.1:1")
        with pytest.raises(Declined) as refused:
            nowhere.escrow(story.escrow(STAKE))
        assert Reason.UNREACHABLE is refused.value.reason

    def test_no_key_is_shown(
        self, bench: Bench, casino: Casino, wallet: Wallet, story: Story, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        casino.fault("garbage", "bet")
        with pytest.raises(WalletError) as answer:
            wallet.escrow(story.escrow(STAKE))
        shown = caplog.text + repr(wallet) + repr(getattr(wallet, "__dict__", "")) + repr(answer.value)
        assert bench.secret not in shown
        assert story.player.handle not in repr(story.escrow(STAKE)) + caplog.text


def pytest_generate_tests(metafunc: Any) -> None:
    """The verbs are the bench's."""
    if "verb" in metafunc.fixturenames:
        metafunc.parametrize("verb", current().verbs)
