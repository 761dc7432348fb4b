"""Backends with one mistake each, of the kind that is made in practice. The kit has to catch every one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from ports.launch import Launch, LaunchCall, Launching
from ports.money import Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    Movement,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
    Wallet,
)


class Whole:
    """Passes everything on; what a mistake is made in is overridden."""

    def __init__(self, wallet: Wallet) -> None:
        self.wallet = wallet

    @property
    def traits(self) -> Traits:
        return self.wallet.traits

    def arrive(self, call: LaunchCall) -> Launch:
        assert isinstance(self.wallet, Launching)
        return self.wallet.arrive(call)

    def player(self, token: str, game: str) -> Player:
        return self.wallet.player(token, game)

    def refresh(self, player: Player, game: str) -> Player:
        return self.wallet.refresh(player, game)

    def escrow(self, movement: Movement) -> Receipt:
        return self.wallet.escrow(movement)

    def result(self, movement: Movement) -> Receipt:
        return self.wallet.result(movement)

    def cancel(self, movement: Movement) -> Receipt:
        return self.wallet.cancel(movement)

    def query(self, movement: Movement) -> Receipt | None:
        return self.wallet.query(movement)


class NewIdAtEveryAttempt(Whole):
    numbers = count(100)

    def escrow(self, movement: Movement) -> Receipt:
        return self.wallet.escrow(replace(movement, number=next(self.numbers)))


class PaysAgainUnderAnotherId(Whole):
    numbers = count(100)

    def result(self, movement: Movement) -> Receipt:
        return self.wallet.result(replace(movement, number=next(self.numbers)))


class RetriesByItself(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.escrow(movement)
        except Unconfirmed:
            return self.wallet.escrow(movement)


class TakesSilenceForYes(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.escrow(movement)
        except Unconfirmed:
            return Receipt()


class TakesSilenceForNo(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.escrow(movement)
        except Unconfirmed as answer:
            raise Declined(Reason.OTHER, str(answer)) from None


class TakesAWrongAnswerForItsOwn(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.escrow(movement)
        except Contradicted:
            return Receipt()


class LetsForeignErrorsOut(Whole):
    def result(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.result(movement)
        except Unconfirmed as answer:
            raise ConnectionError(str(answer)) from None


class OffByTheScale(Whole):
    def result(self, movement: Movement) -> Receipt:
        return self.wallet.result(replace(movement, amount=Money(movement.amount.minor * 10, movement.amount.currency)))


class DoesNotReportALoss(Whole):
    def result(self, movement: Movement) -> Receipt:
        return self.wallet.result(movement) if movement.amount else Receipt()


class ForgetsToClose(Whole):
    def result(self, movement: Movement) -> Receipt:
        return self.wallet.result(replace(movement, closes=False))


class CancelsInItsHeadOnly(Whole):
    def cancel(self, movement: Movement) -> Receipt:
        return Receipt()


class CancelsTheWrongEscrow(Whole):
    def cancel(self, movement: Movement) -> Receipt:
        return self.wallet.cancel(replace(movement, number=1))


class SaysGivenBackWhenItWasNot(Whole):
    def cancel(self, movement: Movement) -> Receipt:
        return replace(self.wallet.cancel(movement), applied=True)


class PromisesTombstones(Whole):
    @property
    def traits(self) -> Traits:
        return replace(self.wallet.traits, tombstones=True)


class PromisesQueries(Whole):
    @property
    def traits(self) -> Traits:
        return replace(self.wallet.traits, queryable=True)


class LosesTheReason(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        try:
            return self.wallet.escrow(movement)
        except Declined as answer:
            raise Declined(Reason.OTHER, str(answer)) from None


class WantsALiveSessionForAResult(Whole):
    def result(self, movement: Movement) -> Receipt:
        currency = movement.amount.currency
        player = Player(id=movement.player, currency=currency, balance=None, handle=movement.handle)
        self.wallet.refresh(player, movement.game)
        return self.wallet.result(movement)


class ConvertsCurrencies(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        return self.wallet.escrow(replace(movement, amount=Money(movement.amount.minor, Currency("EUR", 2))))


class LetsAnybodyIn(Whole):
    def player(self, token: str, game: str) -> Player:
        try:
            return self.wallet.player(token, game)
        except Declined:
            return Player(id="jo", currency=Currency("EUR", 2), balance=None, handle="desktop:session-jo")


class ShowsAnOldBalance(Whole):
    def result(self, movement: Movement) -> Receipt:
        told = self.wallet.result(movement)
        return replace(told, balance=Money(0, movement.amount.currency))


class TellsItsKey(Whole):
    def escrow(self, movement: Movement) -> Receipt:
        with self._told():
            return self.wallet.escrow(movement)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except Unconfirmed as answer:
            raise Unconfirmed(f"{answer}, signed with dGhlIGtleSBvZiB0aGlzIHJ1bg==") from None


ROUND = "test_a_round_takes_the_stake_and_pays_the_win"
FAULT = "test_a_fault_is_told_as_it_is_and_no_cent_is_lost"

CAUGHT_BY: dict[Callable[[Wallet], Wallet], str] = {
    NewIdAtEveryAttempt: "test_a_movement_sent_again_moves_nothing_more",
    PaysAgainUnderAnotherId: "test_a_movement_has_the_same_bytes_at_every_attempt",
    RetriesByItself: f"{FAULT} and drop_before",
    TakesSilenceForYes: f"{FAULT} and drop_before",
    TakesSilenceForNo: f"{FAULT} and drop_after",
    TakesAWrongAnswerForItsOwn: f"{FAULT} and echo",
    LetsForeignErrorsOut: f"{FAULT} and garbage",
    OffByTheScale: ROUND,
    DoesNotReportALoss: "test_the_round_is_closed_at_the_operator_whether_it_won_or_not",
    ForgetsToClose: "test_the_round_is_closed_at_the_operator_whether_it_won_or_not",
    CancelsInItsHeadOnly: "test_a_cancelled_round_moves_nothing_in_the_end",
    CancelsTheWrongEscrow: "test_one_escrow_of_several_is_given_back",
    SaysGivenBackWhenItWasNot: "test_a_cancel_of_an_escrow_that_never_came_gives_nothing",
    PromisesTombstones: "test_a_tombstone_stops_the_escrow_that_comes_later",
    PromisesQueries: "test_a_query_tells_what_is_booked",
    LosesTheReason: "test_more_than_the_player_has_is_declined_and_stays_so",
    WantsALiveSessionForAResult: "test_a_result_is_paid_when_the_session_is_over_and_the_player_disabled",
    ConvertsCurrencies: "test_another_currency_is_not_taken",
    LetsAnybodyIn: "test_an_unknown_token_is_declined",
    ShowsAnOldBalance: "test_a_receipt_tells_the_balance_as_it_is",
    TellsItsKey: "test_no_key_is_shown",
}
"""The check that has to catch each of them; after `and`, the fault."""
