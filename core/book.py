"""The round's book: pure functions from the movements on record to the movements on the next version."""

from dataclasses import replace
from datetime import datetime

from ports.money import Money
from ports.record import Entry, Round, Status
from ports.wallet import EscrowReference, Movement, MovementKind, Receipt

ESCROW, RESULT, CANCEL = MovementKind.ESCROW, MovementKind.RESULT, MovementKind.CANCEL

Entries = tuple[Entry, ...]


def movement_id(round: Round, entry: Entry) -> str:
    """`{round}:escrow:1`: the identity of a movement at every attempt."""
    return f"{round.id}:{entry.kind}:{entry.number}"


def find(entries: Entries, kind: MovementKind, number: int) -> Entry | None:
    """The entry of this kind and number."""
    return next((entry for entry in entries if entry.kind is kind and entry.number == number), None)


def pending(entries: Entries, kind: MovementKind) -> Entry | None:
    """The newest entry of this kind that is not done with."""
    open_ = (Status.PENDING, Status.UNFOUND)
    return next((e for e in reversed(entries) if e.kind is kind and e.status in open_), None)


def newest_escrow(entries: Entries) -> Entry:
    """The escrow that was decided last; every round but a grant has one."""
    return next(entry for entry in reversed(entries) if entry.kind is ESCROW)


def changed(entries: Entries, entry: Entry, **changes: object) -> Entries:
    """The book with one line changed."""
    return tuple(replace(e, **changes) if e is entry else e for e in entries)  # type: ignore[arg-type]


def confirmed(entries: Entries, entry: Entry, receipt: Receipt, sends: int) -> Entries:
    """The book after the operator confirmed `entry`."""
    return changed(
        entries,
        entry,
        status=Status.CONFIRMED,
        sends=sends,
        reference=receipt.reference,
        balance=None if receipt.balance is None else receipt.balance.minor,
        cash=receipt.cash,
        bonus=receipt.bonus,
        jackpots=dict(receipt.jackpots),
    )


def returned(entries: Entries, cancel: Entry, receipt: Receipt, sends: int) -> Entries:
    """The book after a cancel was done: the escrow that it names is given back."""
    escrow = find(entries, ESCROW, cancel.number)
    after = confirmed(entries, cancel, receipt, sends)
    return after if escrow is None else changed(after, escrow, status=Status.RETURNED)


def with_escrow(entries: Entries, amount: int, session: str, now: datetime) -> Entries:
    """The book with a further escrow decided."""
    number = 1 + sum(entry.kind is ESCROW for entry in entries)
    return (*entries, Entry(kind=ESCROW, number=number, amount=amount, session=session, since=now))


def with_cancel(entries: Entries, now: datetime) -> Entries:
    """The book with the cancel of the newest escrow decided."""
    return (*entries, _cancel_of(newest_escrow(entries), now))


def with_cancels(entries: Entries, now: datetime) -> Entries:
    """The book with every escrow on its way back that may be with the operator still; newest first."""
    for escrow in reversed([entry for entry in entries if entry.kind is ESCROW]):
        cancel = find(entries, CANCEL, escrow.number)
        if escrow.status not in (Status.PENDING, Status.CONFIRMED):
            continue
        entries = (
            (*entries, _cancel_of(escrow, now)) if cancel is None else changed(entries, cancel, status=Status.PENDING)
        )
    return entries


def _cancel_of(escrow: Entry, now: datetime) -> Entry:
    return Entry(kind=CANCEL, number=escrow.number, amount=escrow.amount, session=escrow.session, since=now)


def by_hand(entries: Entries, kind: MovementKind, status: Status) -> Entries:
    """The book after people made sure, outside this system, that the movements of this kind are done."""
    return tuple(replace(e, status=status, code="by hand") if e.kind is kind else e for e in entries)


def with_result(entries: Entries, win: int, session: str, now: datetime) -> Entries:
    """The book with the round's one result decided: `win` minor units, zero included."""
    return (*entries, Entry(kind=RESULT, number=1, amount=win, session=session, since=now))


def _reference(round: Round, escrow: Entry) -> EscrowReference:
    return EscrowReference(movement_id(round, escrow), escrow.reference, escrow.amount)


def as_movement(round: Round, entry: Entry, handle: str) -> Movement:
    """What is asked of the wallet. A pure function of what is on record: at every attempt the same."""
    terms = round.terms
    answered: tuple[EscrowReference, ...] = ()
    if entry.kind is CANCEL:
        answered = tuple(_reference(round, e) for e in round.entries if e.kind is ESCROW and e.number == entry.number)
    elif entry.kind is RESULT:
        kept = [e for e in round.entries if e.kind is ESCROW and e.status is Status.CONFIRMED]
        answered = tuple(_reference(round, e) for e in kept)
    return Movement(
        kind=entry.kind,
        number=entry.number,
        round=round.id,
        player=terms.player,
        handle=handle,
        game=terms.game,
        amount=Money(entry.amount, terms.currency),
        funding=terms.funding,
        reward=terms.reward,
        closes=entry.kind is RESULT or (entry.kind is CANCEL and entry.number == 1),
        escrows=answered,
    )
