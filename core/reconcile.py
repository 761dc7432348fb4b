"""Reconciliation: our movements beside the wallet's own books, id by id; each gap named, with the one safe thing to do.

Both sides are read, nothing is changed. A round that is on its way may differ from the wallet by its movement in flight; that
is no gap, and recovery closes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core import book
from core.book import CANCEL, RESULT
from ports.books import Booked
from ports.record import Entry, Round, State, Status


class Gap(StrEnum):
    """How the two sides can differ, and what is safe to do about it."""

    ESCROW_MISSING = "escrow_missing"
    RESULT_MISSING = "result_missing"
    CANCEL_MISSING = "cancel_missing"
    AMOUNT_DIFFERS = "amount_differs"
    PLAYER_DIFFERS = "player_differs"
    BOOKED_TWICE = "booked_twice"
    DECLINED_BUT_BOOKED = "declined_but_booked"
    RETURNED_AND_PAID = "returned_and_paid"
    NOT_ON_RECORD = "not_on_record"
    ROUND_NOT_ON_RECORD = "round_not_on_record"
    STUCK = "stuck"


ACTIONS = {
    Gap.ESCROW_MISSING: "ask the operator for its books: a stake that it confirmed is not in them; touch nothing",
    Gap.RESULT_MISSING: "a correction that pays the win: the operator confirmed it and has not booked it",
    Gap.CANCEL_MISSING: "a correction that pays the stake back: the operator still has it",
    Gap.AMOUNT_DIFFERS: "a correction of the difference, agreed with the operator",
    Gap.PLAYER_DIFFERS: "ask the operator to move the booking to the right player; touch nothing",
    Gap.BOOKED_TWICE: "ask the operator to undo the second booking; touch nothing",
    Gap.DECLINED_BUT_BOOKED: "a correction that pays the stake back: the operator refused it and booked it",
    Gap.RETURNED_AND_PAID: "ask the operator to undo the result: the round was given back; touch nothing",
    Gap.NOT_ON_RECORD: "ask the operator what it booked: the round is ours, the movement is not; touch nothing",
    Gap.ROUND_NOT_ON_RECORD: "restore the record from a backup, or ask the operator to give it back; touch nothing",
    Gap.STUCK: "rgs recover; if it stays, look at the round: rgs rounds show",
}
"""The one safe action for each."""


@dataclass(frozen=True, slots=True)
class Found:
    """One gap."""

    gap: Gap
    round: str
    movement: str
    ours: int | None
    """Minor units on our record; None: it is not there."""
    theirs: int | None

    @property
    def action(self) -> str:
        """What is safe to do."""
        return ACTIONS[self.gap]


def reconcile(rounds: Iterable[Round], books: Iterable[Booked], *, stuck: Iterable[str] = ()) -> Iterator[Found]:
    """Compare every round of one operator (newest versions) with the operator's books.

    `stuck`: rounds that recovery has tried too often.
    """
    theirs: dict[str, dict[str, list[Booked]]] = {}
    for line in books:
        theirs.setdefault(line.id.split(":", 1)[0], {}).setdefault(line.id, []).append(line)
    for round in rounds:
        yield from _round(round, theirs.pop(round.id, {}))
    for id, lines in theirs.items():
        for movement, booked in lines.items():
            yield Found(Gap.ROUND_NOT_ON_RECORD, id, movement, None, booked[0].amount)
    for id in stuck:
        yield Found(Gap.STUCK, id, id, None, None)


def _round(round: Round, theirs: dict[str, list[Booked]]) -> Iterator[Found]:
    booked_ids = set(theirs)
    for entry in round.entries:
        id = book.movement_id(round, entry)
        lines = theirs.pop(id, [])
        if len(lines) > 1:
            yield Found(Gap.BOOKED_TWICE, round.id, id, entry.amount, sum(line.amount for line in lines))
        elif lines:
            yield from _booked(round, entry, id, lines[0])
            if entry.status is Status.RETURNED and f"{round.id}:{CANCEL}:{entry.number}" not in booked_ids:
                yield Found(Gap.CANCEL_MISSING, round.id, id, 0, entry.amount)
        elif entry.status is Status.CONFIRMED and entry.kind is not CANCEL:
            gap = Gap.RESULT_MISSING if entry.kind is RESULT else Gap.ESCROW_MISSING
            yield Found(gap, round.id, id, entry.amount, None)
    for id, lines in theirs.items():
        paid_after_all = f":{RESULT}:" in id and round.state in (State.CANCELLED, State.DECLINED)
        gap = Gap.RETURNED_AND_PAID if paid_after_all else Gap.NOT_ON_RECORD
        yield Found(gap, round.id, id, None, lines[0].amount)


def _booked(round: Round, entry: Entry, id: str, line: Booked) -> Iterator[Found]:
    if line.player != round.terms.player:
        yield Found(Gap.PLAYER_DIFFERS, round.id, id, entry.amount, line.amount)
    elif line.amount != entry.amount:
        yield Found(Gap.AMOUNT_DIFFERS, round.id, id, entry.amount, line.amount)
    elif entry.status is Status.DECLINED:
        yield Found(Gap.DECLINED_BUT_BOOKED, round.id, id, entry.amount, line.amount)
