"""What every `ports.wallet.Wallet` promises, as tests to inherit. Whatever the traits say is tried, not believed.

class TestMyWallet(WalletConformance):
    def create(self, place): return MyWallet(...)
    def token(self, wallet): return "a token of a player who can spend at least 1000 minor units"
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from ports.conformance.makers import Story, at_once
from ports.money import Currency, Money
from ports.wallet import Contradicted, Declined, Movement, Player, Reason, Receipt, Unconfirmed, Wallet

CROWD = 8
"""How many send the same movement at once."""
STAKE, WIN = 100, 250
Send = Callable[[Movement], Receipt]


class WalletConformance(ABC):
    """Tests to inherit."""

    GAME = "three-fruits"
    """A game that the operator knows."""
    UNKNOWN = "no such token"
    """A token that the operator refuses."""

    @abstractmethod
    def create(self, place: Path) -> Wallet:
        """The wallet; `place` is a directory for its files."""

    @abstractmethod
    def token(self, wallet: Wallet) -> str:
        """A good token of a player who can spend at least 1000 minor units."""

    def discard(self, wallet: Wallet) -> None:  # noqa: B027 most wallets have nothing to do here
        """Let go of a wallet at the end of a test."""

    @pytest.fixture
    def wallet(self, tmp_path: Path) -> Iterator[Wallet]:
        """The wallet."""
        wallet = self.create(tmp_path)
        yield wallet
        self.discard(wallet)

    @pytest.fixture
    def player(self, wallet: Wallet) -> Player:
        """Who plays."""
        return wallet.player(self.token(wallet), self.GAME)

    @pytest.fixture
    def story(self, player: Player) -> Story:
        """A new round of the player."""
        return next(self.stories(player))

    @pytest.fixture
    def spend(self, wallet: Wallet, player: Player) -> Callable[[], int]:
        """How much more or less than at first the player can spend now."""
        before = self.balance(wallet, player)
        return lambda: self.balance(wallet, player) - before

    def stories(self, player: Player) -> Iterator[Story]:
        """Rounds of the player, each a new one."""
        return (Story(player, self.GAME, number) for number in count(1))

    def balance(self, wallet: Wallet, player: Player) -> int:
        """What the player can spend, in minor units."""
        balance = wallet.refresh(player, self.GAME).balance
        assert balance is not None, "a wallet that never says a balance needs its own `balance`"
        return balance.minor

    # The player.

    def test_a_player_is_known_by_the_token(self, wallet: Wallet, player: Player) -> None:
        assert player.id
        assert player.handle
        assert player.balance is None or player.currency == player.balance.currency
        assert wallet.traits == wallet.traits

    def test_a_refresh_tells_of_the_same_player(self, wallet: Wallet, player: Player) -> None:
        again = wallet.refresh(player, self.GAME)
        assert (player.id, player.currency) == (again.id, again.currency)

    def test_an_unknown_token_is_declined(self, wallet: Wallet) -> None:
        with pytest.raises(Declined) as refused:
            wallet.player(self.UNKNOWN, self.GAME)
        assert Reason.SESSION_INVALID is refused.value.reason

    # A round.

    @pytest.mark.parametrize("win", [0, 1, STAKE, WIN])
    def test_a_round_takes_the_stake_and_pays_the_win(
        self, wallet: Wallet, story: Story, spend: Callable[[], int], win: int
    ) -> None:
        wallet.escrow(story.escrow(STAKE))
        assert -STAKE == spend()
        wallet.result(story.result(win, STAKE))
        assert win - STAKE == spend()

    def test_a_cancelled_round_moves_nothing_in_the_end(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        wallet.escrow(story.escrow(STAKE))
        assert wallet.cancel(story.cancel(STAKE)).applied is not False
        assert 0 == spend()

    def test_several_escrows_and_one_result(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        self._needs(wallet, escrows=2)
        wallet.escrow(story.escrow(STAKE))
        wallet.escrow(story.escrow(70, 2))
        assert -STAKE - 70 == spend()
        wallet.result(story.result(WIN, STAKE, 70))
        assert WIN - STAKE - 70 == spend()

    def test_one_escrow_of_several_is_given_back(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        self._needs(wallet, escrows=2)
        wallet.escrow(story.escrow(STAKE))
        wallet.escrow(story.escrow(70, 2))
        wallet.cancel(story.cancel(70, 2))
        assert -STAKE == spend()
        wallet.result(story.result(WIN, STAKE))
        assert WIN - STAKE == spend()

    def test_a_receipt_tells_the_balance_as_it_is(self, wallet: Wallet, player: Player, story: Story) -> None:
        for send, movement in self._story(wallet, story):
            told = send(movement).balance
            assert told is None or Money(self.balance(wallet, player), player.currency) == told

    # Once, however often it is sent.

    def test_a_movement_sent_again_moves_nothing_more(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        for send, movement in self._story(wallet, story):
            first = send(movement)
            after = spend()
            again = send(movement)
            assert after == spend()
            assert first.reference == again.reference
        assert WIN - STAKE == spend()

    def test_a_movement_sent_by_many_at_once_moves_once(
        self, wallet: Wallet, player: Player, spend: Callable[[], int]
    ) -> None:
        rounds = self.stories(player)
        for _ in range(3):
            for send, movement in self._story(wallet, next(rounds)):
                self._all_confirmed(at_once([partial(send, movement)] * CROWD))
        assert 3 * (WIN - STAKE) == spend()

    def test_a_cancel_gives_back_once(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        wallet.escrow(story.escrow(STAKE))
        self._all_confirmed(at_once([partial(wallet.cancel, story.cancel(STAKE))] * CROWD))
        assert wallet.cancel(story.cancel(STAKE)).applied is not False
        assert 0 == spend()

    def test_an_escrow_that_is_sent_again_after_its_cancel_takes_nothing(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        wallet.escrow(story.escrow(STAKE))
        wallet.cancel(story.cancel(STAKE))
        with_answer(wallet.escrow, story.escrow(STAKE))
        assert 0 == spend()

    def test_rounds_at_once_do_not_disturb_each_other(
        self, wallet: Wallet, player: Player, spend: Callable[[], int]
    ) -> None:
        rounds = self.stories(player)

        def play(story: Story) -> None:
            for send, movement in self._story(wallet, story):
                send(movement)

        assert [None] * CROWD == at_once([partial(play, next(rounds)) for _ in range(CROWD)])
        assert CROWD * (WIN - STAKE) == spend()

    # No.

    def test_more_than_the_player_has_is_declined_and_stays_so(
        self, wallet: Wallet, player: Player, spend: Callable[[], int]
    ) -> None:
        rounds = self.stories(player)
        poor, rich = next(rounds), next(rounds)
        too_much = poor.escrow(self.balance(wallet, player) + 1)
        for _ in range(2):
            with pytest.raises(Declined) as refused:
                wallet.escrow(too_much)
            assert Reason.INSUFFICIENT_FUNDS is refused.value.reason
        assert 0 == spend()
        wallet.escrow(rich.escrow(STAKE))
        wallet.result(rich.result(2 * STAKE, STAKE))
        with_answer(wallet.escrow, too_much)
        assert STAKE == spend()

    def test_another_currency_is_not_taken(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        foreign = replace(story.escrow(STAKE), amount=Money(STAKE, Currency("XQZ", 2)))
        with pytest.raises(Declined):
            wallet.escrow(foreign)
        assert 0 == spend()

    def test_of_two_who_spend_the_last_coin_one_can(
        self, wallet: Wallet, player: Player, spend: Callable[[], int]
    ) -> None:
        everything = self.balance(wallet, player)
        rounds = self.stories(player)
        answers = at_once([partial(wallet.escrow, next(rounds).escrow(everything)) for _ in range(CROWD)])
        assert 1 == sum(isinstance(answer, Receipt) for answer in answers)
        assert CROWD - 1 == sum(isinstance(answer, Declined) for answer in answers)
        assert -everything == spend()

    # What cannot be.

    def test_the_result_of_a_cancelled_escrow_is_not_paid(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        wallet.escrow(story.escrow(STAKE))
        wallet.cancel(story.cancel(STAKE))
        with pytest.raises((Contradicted, Declined, Unconfirmed)):
            wallet.result(story.result(WIN, STAKE))
        assert 0 == spend()

    def test_a_settled_escrow_is_not_given_back(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        for send, movement in self._story(wallet, story):
            send(movement)
        with pytest.raises((Contradicted, Declined, Unconfirmed)):
            wallet.cancel(story.cancel(STAKE))
        assert WIN - STAKE == spend()

    # What the traits say.

    def test_a_cancel_of_an_escrow_that_never_came_gives_nothing(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        for _ in range(2):
            assert wallet.cancel(story.cancel(STAKE)).applied is not True
        assert 0 == spend()

    def test_a_tombstone_stops_the_escrow_that_comes_later(
        self, wallet: Wallet, story: Story, spend: Callable[[], int]
    ) -> None:
        if not wallet.traits.tombstones:
            pytest.skip("this backend declares no tombstones")
        wallet.cancel(story.cancel(STAKE))
        for _ in range(2):
            with pytest.raises(Declined):
                wallet.escrow(story.escrow(STAKE))
        assert 0 == spend()
        assert wallet.cancel(story.cancel(STAKE)).applied is not True
        assert 0 == spend()

    def test_a_query_tells_what_is_booked(self, wallet: Wallet, player: Player, spend: Callable[[], int]) -> None:
        if not wallet.traits.queryable:
            pytest.skip("this backend cannot be asked")
        rounds = self.stories(player)
        story, other = next(rounds), next(rounds)
        for send, movement in self._story(wallet, story):
            assert wallet.query(movement) is None
            booked = send(movement)
            told = wallet.query(movement)
            assert told is not None
            assert booked.reference == told.reference
        wallet.escrow(other.escrow(STAKE))
        assert wallet.query(other.cancel(STAKE)) is None
        wallet.cancel(other.cancel(STAKE))
        assert wallet.query(other.cancel(STAKE)) is not None
        assert WIN - STAKE == spend()

    def test_a_correction_is_paid_once(self, wallet: Wallet, story: Story, spend: Callable[[], int]) -> None:
        if not wallet.traits.corrections:
            pytest.skip("this backend declares that it pays no corrections")
        for _ in range(2):
            wallet.result(story.result(WIN))
        assert WIN == spend()

    def _story(self, wallet: Wallet, story: Story) -> list[tuple[Send, Movement]]:
        """A round that wins, step by step."""
        return [(wallet.escrow, story.escrow(STAKE)), (wallet.result, story.result(WIN, STAKE))]

    def _needs(self, wallet: Wallet, *, escrows: int) -> None:
        if wallet.traits.escrows is not None and wallet.traits.escrows < escrows:
            pytest.skip(f"this backend takes {wallet.traits.escrows} escrows a round")

    def _all_confirmed(self, answers: list[Receipt | Exception]) -> None:
        """Some may have had to wait too long for each other, which proves nothing; nobody is told anything else."""
        assert [] == [answer for answer in answers if not isinstance(answer, (Receipt, Unconfirmed))]
        assert any(isinstance(answer, Receipt) for answer in answers)


def with_answer(send: Send, movement: Movement) -> Receipt | Exception:
    """Send, whatever the answer is."""
    try:
        return send(movement)
    except (Declined, Contradicted, Unconfirmed) as answer:
        return answer
