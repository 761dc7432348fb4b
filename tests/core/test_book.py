"""The round's book, line by line: what each decision and each answer changes, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import book
from core.book import CANCEL, ESCROW, RESULT
from ports.conformance.makers import EUR, opened
from ports.money import Money
from ports.record import Entry, Status
from ports.wallet import EscrowReference, Movement, Receipt

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def line(kind: book.MovementKind = ESCROW, number: int = 1, amount: int = 100, **more: object) -> Entry:
    return replace(Entry(kind=kind, number=number, amount=amount, session="s", since=NOW), **more)


PENDING, PAID = line(), line(status=Status.CONFIRMED, reference="op-1")


def test_what_the_operator_answered_stands_in_the_line_that_it_answered() -> None:
    receipt = Receipt(reference="op-7", balance=Money(900, EUR), cash=70, bonus=30, jackpots={"grand": 5})
    other = line(number=2)
    after = book.confirmed((other, PENDING), PENDING, receipt, 3)
    assert other is after[0]
    wanted = line(
        status=Status.CONFIRMED, sends=3, reference="op-7", balance=900, cash=70, bonus=30, jackpots={"grand": 5}
    )
    assert wanted == after[1]


def test_a_balance_that_was_not_told_is_not_zero() -> None:
    [after] = book.confirmed((PENDING,), PENDING, Receipt(), 1)
    assert (None, None, None, None) == (after.balance, after.reference, after.cash, after.bonus)


def test_a_cancel_that_is_done_gives_back_its_escrow_and_no_other() -> None:
    first, second, cancel = line(), line(number=2), line(CANCEL, 2)
    after = book.returned((first, second, cancel), cancel, Receipt(reference="op-9"), 2)
    assert (first, replace(second, status=Status.RETURNED)) == after[:2]
    assert (Status.CONFIRMED, 2, "op-9") == (after[2].status, after[2].sends, after[2].reference)


def test_a_cancel_of_nothing_is_done_all_the_same() -> None:
    cancel = line(CANCEL)
    [after] = book.returned((cancel,), cancel, Receipt(), 1)
    assert Status.CONFIRMED is after.status


def test_escrows_are_numbered_one_after_the_other_whatever_else_was_decided() -> None:
    entries = book.with_escrow((PAID, line(CANCEL)), 40, "t", LATER)
    assert Entry(kind=ESCROW, number=2, amount=40, session="t", since=LATER) == entries[-1]
    assert (PAID, line(CANCEL)) == entries[:2]


def test_the_newest_escrow_is_given_back() -> None:
    entries = book.with_cancel((PAID, line(number=2, amount=40)), LATER)
    assert Entry(kind=CANCEL, number=2, amount=40, session="s", since=LATER) == entries[-1]


def test_the_result_is_one_whatever_the_win() -> None:
    assert (
        Entry(kind=RESULT, number=1, amount=0, session="t", since=LATER) == book.with_result((PAID,), 0, "t", LATER)[-1]
    )


def test_all_that_may_be_with_the_operator_is_given_back_newest_first() -> None:
    gone = [line(number=3, status=Status.DECLINED), line(number=4, status=Status.RETURNED)]
    entries = book.with_cancels((PAID, line(number=2, amount=40), *gone), LATER)
    assert (PAID, line(number=2, amount=40), *gone) == entries[:4]
    assert [(CANCEL, 2, 40), (CANCEL, 1, 100)] == [(e.kind, e.number, e.amount) for e in entries[4:]]


def test_a_cancel_that_was_done_is_done_again_for_an_escrow_that_is_still_there() -> None:
    cancel = line(CANCEL, status=Status.CONFIRMED)
    assert (PAID, replace(cancel, status=Status.PENDING)) == book.with_cancels((PAID, cancel), LATER)


def test_what_people_made_sure_of_says_so() -> None:
    after = book.by_hand((PENDING, line(CANCEL)), ESCROW, Status.RETURNED)
    assert (replace(PENDING, status=Status.RETURNED, code="by hand"), line(CANCEL)) == after


@pytest.mark.parametrize("status", Status)
def test_a_line_is_open_until_it_is_answered(status: Status) -> None:
    entry = line(CANCEL, status=status)
    found = book.pending((entry, line(RESULT)), CANCEL)
    assert (entry if status in (Status.PENDING, Status.UNFOUND) else None) is found


def test_of_several_open_lines_the_newest_is_meant() -> None:
    first, second = line(number=1), line(number=2)
    assert second is book.pending((first, second, line(RESULT, 3)), ESCROW)
    assert second is book.newest_escrow((first, second, line(RESULT, 3)))


def test_a_line_is_found_by_kind_and_number() -> None:
    entries = (line(), line(CANCEL), line(number=2))
    assert [entries[1], entries[2], None] == [
        book.find(entries, CANCEL, 1), book.find(entries, ESCROW, 2), book.find(entries, CANCEL, 2)
    ]  # fmt: skip


def movement(entry: Entry, *before: Entry) -> Movement:
    return book.as_movement(replace(opened(1), entries=(*before, entry)), entry, "handle")


def test_a_movement_is_all_that_is_on_record() -> None:
    round = opened(1)
    asked = movement(PENDING)
    assert (ESCROW, 1, round.id, round.terms.player, round.terms.game) == (
        asked.kind, asked.number, asked.round, asked.player, asked.game
    )  # fmt: skip
    assert (Money(100, EUR), round.terms.funding, None, "handle") == (
        asked.amount, asked.funding, asked.reward, asked.handle
    )  # fmt: skip
    assert f"{round.id}:escrow:1" == asked.id == book.movement_id(round, PENDING)
    assert () == asked.escrows
    assert not asked.closes


def test_a_result_answers_every_escrow_that_was_kept_and_closes() -> None:
    asked = movement(
        line(RESULT), PAID, line(number=2, status=Status.RETURNED), line(number=3, amount=7, status=Status.CONFIRMED)
    )
    id = opened(1).id
    assert (EscrowReference(f"{id}:escrow:1", "op-1", 100), EscrowReference(f"{id}:escrow:3", None, 7)) == asked.escrows
    assert asked.closes


@pytest.mark.parametrize(("number", "closes"), [(1, True), (2, False)])
def test_a_cancel_answers_its_escrow_and_closes_with_the_first(number: int, closes: bool) -> None:
    second = line(number=2, amount=40, status=Status.CONFIRMED)
    asked = movement(line(CANCEL, number), PAID, second)
    assert [number] == [int(each.id[-1]) for each in asked.escrows]
    assert closes == asked.closes
