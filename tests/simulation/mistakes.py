"""Deliberate mistakes, one at a time in a copy of the rules, the store or the operator. The auditor must catch each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core import book
from core.book import CANCEL, ESCROW, RESULT
from core.lifecycle import Lifecycle
from core.sender import Sender
from core.turns import GameFailed, take_turn
from ports.record import Entry, Played, Round, State
from ports.wallet import Contradicted, Declined, Movement, Reason, Receipt, Unconfirmed, WalletError
from tests.simulation.peer import Operator
from tests.simulation.world import CrashingRounds, Make


class TimeoutIsRefusal(Sender):
    """An escrow without an answer counts as refused."""

    def send(self, round: Round, entry: Entry) -> Receipt:
        try:
            return super().send(round, entry)
        except Unconfirmed as answer:
            if entry.kind is not ESCROW:
                raise
            raise Declined(Reason.OTHER, str(answer)) from answer


class RefusalAfterDoubtBelieved(Lifecycle):
    """A refusal ends the round although an earlier send was never answered."""

    def _escrow(self, round: Round, actor: str) -> Round:
        entry = book.newest_escrow(round.entries)
        try:
            receipt = self._sender.send(round, entry)
        except Declined as answer:
            return self._declined(round, entry, answer, actor)
        except WalletError:
            return round
        return self._escrowed(round, entry, receipt, actor)


class NoTakeOver(Lifecycle):
    """Another process repeats an escrow without saying so on record."""

    def _take_over(self, round: Round, entry: Entry, actor: str) -> Round:
        self._sender.took_over(round, entry)
        return self._escrow(round, actor)


class FreshIdOnRetry(Sender):
    """A repeated result has an id of its own."""

    def _movement(self, round: Round, entry: Entry) -> Movement:
        movement: Movement = super()._movement(round, entry)
        if entry.kind is RESULT:
            movement = replace(movement, number=1 + self._sends.get(book.movement_id(round, entry), 0))
        return movement


class CancelAfterDraw(Lifecycle):
    """A round whose player does not come back is given back, although it was drawn."""

    def _complete(self, round: Round, actor: str) -> Round:
        entries = book.with_cancel(round.entries, self._clock.now())
        return self._add(self._next(round, State.CANCELLING, actor, entries=entries))


class RevealBeforeRecord(Lifecycle):
    """The first turn is shown before it is on record."""

    def _drawn(self, paid: Round, actor: str) -> Round:
        drawn = super()._drawn(paid, actor)
        if drawn.state is State.DRAWN:
            world = self._rounds._hook  # type: ignore[attr-defined]
            world._see(drawn)
        return drawn


class SecondDraw(Lifecycle):
    """A round that is not settled yet is drawn again on a retry."""

    def _result(self, round: Round, actor: str) -> Round:
        after = super()._result(round, actor)
        if after.version > round.version or not round.hosted or len(round.turns) > 1:
            return after
        try:
            played = take_turn(round, None, self._catalogue, self._tape)
        except GameFailed:
            return after
        if played.turn.choices:
            return after
        win = played.turn.win * round.unit
        entries = book.changed(round.entries, round.entries[-1], amount=win)
        return self._add(self._next(round, State.DRAWN, actor, turns=(played,), win=win, entries=entries))


class LateOkIgnored(Lifecycle):
    """An escrow that is confirmed after its cancel is forgotten."""

    def _late(self, round: Round, entry: Entry, receipt: Receipt, actor: str) -> Round:
        return self._reload(round)


class NotFoundIsNever(Sender):
    """A cancel that finds nothing is believed at once, tombstones or not."""

    def traits(self, round: Round) -> Any:
        return replace(super().traits(round), tombstones=True)


class ImpatientCancel(Lifecycle):
    """The second cancel does not wait for what is in flight."""

    def _cancel(self, round: Round, actor: str) -> Round:
        traits = self._sender.traits(round)
        self._sender.traits = lambda _: replace(traits, in_flight=timedelta(0))  # type: ignore[method-assign]
        try:
            return super()._cancel(round, actor)
        finally:
            del self._sender.traits


class WindowIgnored(Sender):
    """A movement is repeated although the operator may have forgotten it."""

    def stale(self, round: Round, entry: Entry) -> bool:
        return False


class RefusedResultForgotten(Sender):
    """A result that is refused counts as done."""

    def send(self, round: Round, entry: Entry) -> Receipt:
        try:
            return super().send(round, entry)
        except Declined:
            if entry.kind is not RESULT:
                raise
            return Receipt()


class ContradictionIgnored(Sender):
    """An answer about something else counts as the answer."""

    def send(self, round: Round, entry: Entry) -> Receipt:
        try:
            return super().send(round, entry)
        except Contradicted:
            return Receipt()


class NoCap(Lifecycle):
    """The win cap is not applied."""

    def _after(self, round: Round, played: Played, actor: str) -> Round:
        after = super()._after(round, played, actor)
        win = played.turn.win * round.unit
        entries = tuple(replace(e, amount=win) if e.kind is RESULT else e for e in after.entries)
        return replace(after, win=win, entries=entries)


class RaiseForNothing(Lifecycle):
    """A choice is played although what it costs was refused."""

    def _declined(self, round: Round, entry: Entry, answer: Declined, actor: str) -> Round:
        if round.state is not State.RAISING or not round.hosted:
            return super()._declined(round, entry, answer, actor)
        turned = self._turned(round, round.raising, actor)
        return round if turned is None else self._add(turned)


class StakeKeptWhenGameFails(Lifecycle):
    """A game that fails ends the round, and nobody gives the stake back."""

    def _drawn(self, paid: Round, actor: str) -> Round:
        drawn = super()._drawn(paid, actor)
        if drawn.state is State.CANCELLING:
            return self._next(paid, State.CANCELLED, actor)
        return drawn


class EscrowResent(Lifecycle):
    """An escrow in doubt is sent again where the protocol wants it cancelled, and is cancelled by nobody."""

    def _escrow(self, round: Round, actor: str) -> Round:
        with self._sender.deciding(round):
            pass
        return super()._escrow(round, actor)

    def give_back(self, round: Round, actor: str, reason: str) -> Round:
        if "not answered" in reason:
            return round
        return super().give_back(round, actor, reason)


class CancelForgotten(Sender):
    """A cancel that gets no answer counts as done."""

    def send(self, round: Round, entry: Entry) -> Receipt:
        try:
            return super().send(round, entry)
        except Unconfirmed:
            if entry.kind is not CANCEL:
                raise
            return Receipt()


class NoVersionCheck(CrashingRounds):
    """The store lets a second walker overwrite a version."""

    def add(self, *versions: Round) -> None:
        known = self.versions(versions[0].id)
        if len(known) >= versions[0].version:
            chain = [*known[: versions[0].version - 1], *versions]
            self._replace(chain)
            return
        super().add(*versions)

    def _replace(self, chain: list[Round]) -> None:
        self._versions[chain[0].id] = chain


class NoTombstones(Operator):
    """The operator says it remembers a cancel that came too early, and does not."""

    def _cancel(self, movement: Movement, now: Any) -> Receipt:
        receipt = super()._cancel(movement, now)
        self.tombs.clear()
        return receipt


class ForgetfulOperator(Operator):
    """The operator says it recognises a repeat for ever, and does for a minute."""

    def process(self, movement: Movement, now: Any) -> Receipt:
        known = self.booked.get(movement.id)
        if known is not None and movement.kind is RESULT and now - known.at > timedelta(minutes=1):
            del self.booked[movement.id]
        return super().process(movement, now)


MISTAKES = (
    {
        kind.__name__: Make(lifecycle=kind)
        for kind in (
            RefusalAfterDoubtBelieved,
            NoTakeOver,
            CancelAfterDraw,
            RevealBeforeRecord,
            SecondDraw,
            LateOkIgnored,
            ImpatientCancel,
            NoCap,
            RaiseForNothing,
            StakeKeptWhenGameFails,
            EscrowResent,
        )
    }
    | {
        kind.__name__: Make(sender=kind)
        for kind in (
            TimeoutIsRefusal,
            FreshIdOnRetry,
            NotFoundIsNever,
            WindowIgnored,
            RefusedResultForgotten,
            ContradictionIgnored,
            CancelForgotten,
        )
    }
    | {
        "NoVersionCheck": Make(rounds=NoVersionCheck),
        "NoTombstones": Make(operator=NoTombstones),
        "ForgetfulOperator": Make(operator=ForgetfulOperator),
    }
)
