"""What every backend of a casino protocol has to do, against its operator in a process of its own.

A module inherits it, and has the fixtures `casino`, `wallet`, `wallet_with` and `story`.
"""

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from adapters.backends.kit import Table
from ports.money import Money
from ports.wallet import Declined, Reason, Receipt, Unconfirmed, Wallet
from rgs.conformance.casino import Casino
from rgs.conformance.faults import FAULTS, SLOW, STAKE, WIN, Fault, answered, clear, prepared, recovered, sent
from tests.adapters.backends.movements import EUR, Story, told

OPENING = Decimal(100)


class BackendContract:
    """Tests to inherit."""

    VERBS: tuple[str, ...]
    """The operator's calls that move money."""
    TABLE: Table
    ODD_BALANCES: list[str]
    """Raw JSON that may stand in place of a balance, none of which can be shown."""
    ECHOLESS: tuple[str, ...] = ()
    """Calls whose answer repeats nothing of what was sent."""
    SECRET: str

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        families: dict[str, Any] = {
            "fault": FAULTS,
            "verb": self.VERBS,
            "raw": self.ODD_BALANCES,
            "code": list(self.TABLE.rows),
        }
        for name in (family for family in families if family in metafunc.fixturenames):
            metafunc.parametrize(name, families[name], ids=str)

    def test_a_fault_is_told_as_it_is_and_no_cent_is_lost(
        self,
        wallet: Wallet,
        wallet_with: Callable[..., Wallet],
        casino: Casino,
        story: Story,
        fault: Fault,
        verb: str,
    ) -> None:
        prepared(wallet, story, verb)
        casino.fault(fault.name, verb, **fault.more)

        answer = answered(wallet_with(timeout_seconds=0.15) if fault.name in SLOW else wallet, story, verb)
        clear(casino)
        change = recovered(wallet, story, verb, answer)

        assert (Receipt if fault.name == "echo" and verb in self.ECHOLESS else fault.answer) is answer
        assert OPENING + Money(change, EUR).decimal() == casino.balance("jo")
        assert [] == casino.alarms()

    def test_an_odd_balance_touches_no_money(self, wallet: Wallet, casino: Casino, story: Story, raw: str) -> None:
        casino.fault("balance", "bet", raw=raw)

        receipt = sent(wallet, story, "bet")

        assert receipt.balance is None
        assert OPENING - Money(STAKE, EUR).decimal() == casino.balance("jo")

    def test_every_code_means_what_the_table_says(
        self, wallet: Wallet, casino: Casino, story: Story, code: str, verb: str
    ) -> None:
        prepared(wallet, story, verb)
        casino.fault("refuse", verb, code=code)
        row = self.TABLE.rows[code]
        verdict = {"bet": row.escrow, "cancel": row.cancel}.get(verb, row.result)
        expected = f"declined {verdict}" if isinstance(verdict, Reason) else verdict.name.lower()
        words = {"unsettled": "unconfirmed", "contradicts": "contradicted"}

        assert words.get(expected, expected) == told(wallet, story, verb)

    def test_a_code_that_nobody_documented_proves_nothing(
        self, wallet: Wallet, casino: Casino, story: Story, verb: str
    ) -> None:
        prepared(wallet, story, verb)
        casino.fault("refuse", verb, code="7654")

        assert "unconfirmed" == told(wallet, story, verb)

    def test_no_connection_means_that_nothing_was_sent(
        self, wallet_with: Callable[..., Wallet], story: Story, verb: str
    ) -> None:
        with pytest.raises(Declined) as refused:
            sent(wallet_with(url="http://127.0.0.1:1"), story, "bet")

        assert Reason.UNREACHABLE is refused.value.reason

    def test_every_movement_is_byte_identical_at_every_attempt(
        self, wallet_with: Callable[..., Wallet], casino: Casino, story: Story, verb: str
    ) -> None:
        prepared(wallet_with(), story, verb)
        for _ in range(2):
            sent(wallet_with(), story, verb)

        assert 2 == len(casino.exchanges(verb))
        for part in ("target", "body"):
            assert 1 == len({exchange[part] for exchange in casino.exchanges(verb)})
        assert [] == casino.alarms()

    def test_a_cancel_gives_back_once(self, wallet: Wallet, casino: Casino, story: Story) -> None:
        prepared(wallet, story, "cancel")

        receipts = [sent(wallet, story, "cancel") for _ in range(2)]

        assert all(receipt.applied is not False for receipt in receipts)
        assert OPENING == casino.balance("jo")

    def test_an_escrow_that_arrives_after_its_cancel_is_given_back_by_the_next_one(
        self, wallet: Wallet, casino: Casino, story: Story
    ) -> None:
        casino.fault("park", "bet")
        with pytest.raises(Unconfirmed):
            sent(wallet, story, "bet")
        assert sent(wallet, story, "cancel").applied is not True

        casino.ctl("deliver")
        sent(wallet, story, "cancel")

        assert OPENING == casino.balance("jo")

    def test_a_result_is_paid_when_the_session_is_over_and_the_player_disabled(
        self, wallet: Wallet, casino: Casino, story: Story
    ) -> None:
        prepared(wallet, story, "win")
        casino.ctl("account", id="jo", disabled=True, session="session-jo", expired=True)

        sent(wallet, story, "win")

        assert OPENING + Money(WIN - STAKE, EUR).decimal() == casino.balance("jo")

    def test_two_escrows_and_one_result(self, wallet: Wallet, casino: Casino, story: Story) -> None:
        for number in (1, 2):
            wallet.escrow(story.escrow(STAKE, number))

        receipt = wallet.result(story.result(WIN, STAKE, STAKE))

        assert Money(10_000 - 2 * STAKE + WIN, EUR) == receipt.balance
        assert [] == casino.alarms()

    def test_the_further_escrow_is_given_back_and_the_round_goes_on(
        self, wallet: Wallet, casino: Casino, story: Story
    ) -> None:
        prepared(wallet, story, "win")
        casino.fault("drop_after", "bet")
        with pytest.raises(Unconfirmed):
            wallet.escrow(story.escrow(STAKE, 2))
        wallet.cancel(story.cancel(STAKE, 2))

        sent(wallet, story, "win")

        assert OPENING + Money(WIN - STAKE, EUR).decimal() == casino.balance("jo")
        assert [] == casino.alarms()

    def test_an_unknown_option_is_named(self, wallet_with: Callable[..., Wallet]) -> None:
        with pytest.raises(ValueError, match=r"timeout: there is no such option"):
            wallet_with(timeout=3)

    def test_a_key_is_never_shown(
        self, wallet: Wallet, casino: Casino, story: Story, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        casino.fault("garbage", "bet")
        with pytest.raises(Unconfirmed) as answer:
            sent(wallet, story, "bet")

        assert self.SECRET not in caplog.text + repr(vars(wallet)) + str(wallet) + str(answer.value)
