"""What operators send is read exactly, or refused: amounts, times and texts that break what is made of them."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from adapters.backends.kit import Traded, moment
from adapters.backends.wire import Answer, read_object
from ports.ids import LONGEST, reward_id
from ports.money import Currency, Money
from ports.wallet import Unconfirmed

EUR = Currency("EUR", 2)


@pytest.mark.parametrize(
    "value", ["1e999999", "-1e999999", "1e-999999", "9" * 4000, "1e15", "0.001", "NaN", "Infinity"]
)
def test_an_amount_that_is_none_of_ours_is_no_money_and_breaks_nothing(value: str) -> None:
    assert Traded(EUR, "EUR", 2).money(Decimal(value)) is None
    with pytest.raises(ValueError, match=r"number|beyond"):
        Money.parse(value, EUR)


@pytest.mark.parametrize(
    ("spelt", "time"),
    [
        ("2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_told_in_utc(spelt: str, time: datetime) -> None:
    found = moment({"at": spelt}, "at")
    assert found is not None
    assert (time, UTC) == (found, found.tzinfo)


@pytest.mark.parametrize("spelt", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", "", 5])
def test_a_time_that_utc_has_no_date_for_is_refused(spelt: object) -> None:
    with pytest.raises(ValueError, match=r"at is|isoformat"):
        moment({"at": spelt}, "at")


@pytest.mark.parametrize("value", ["\ud800", "x\udfff", ["\ud800"], {"a": {"b": ["\udc00"]}}, {"\ud800": 1}])
def test_half_a_surrogate_pair_anywhere_makes_json_unreadable(value: object) -> None:
    with pytest.raises(Unconfirmed, match="no readable JSON"):
        read_object(Answer(200, json.dumps({"a": value, "n": 1}).encode(), json=True))


def test_a_whole_surrogate_pair_and_other_escapes_are_read() -> None:
    told = read_object(Answer(200, rb'{"a": "\ud83d\ude00\u00e4\n", "n": 1.50}', json=True))
    assert {"a": "\U0001f600\u00e4\n", "n": Decimal("1.50")} == told


@pytest.mark.parametrize("id", ["", "x" * (LONGEST + 1), "free\u0301", "a\tb", "\u202eabc", "\ud800", "a\nb"])
def test_a_reward_s_id_that_no_client_can_name_is_refused(id: str) -> None:
    with pytest.raises(ValueError, match="id of a reward"):
        reward_id(id)


@pytest.mark.parametrize("id", ["x", "x" * LONGEST, "fr\u00e9e", "a b/c", "\U0001f600"])
def test_a_reward_s_id_that_clients_can_name_is_taken(id: str) -> None:
    assert id == reward_id(id)
