"""Play money of our own: what every wallet promises, and books that add up to zero."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.backends.social import SocialWallet, backend
from ports.conformance.makers import Story
from ports.conformance.wallet import WalletConformance
from ports.money import LIMIT, Currency, Money
from ports.wallet import Contradicted, Declined, Reason

FUN = Currency("FUN", 2)


class TestSocialWallet(WalletConformance):
    def create(self, place: Path) -> SocialWallet:
        return backend({}, place)

    def token(self, wallet: SocialWallet) -> str:
        return "demo-ann"

    def discard(self, wallet: SocialWallet) -> None:
        assert 0 == sum(wallet.sums().values())
        wallet.close()


@pytest.fixture
def social() -> Iterator[SocialWallet]:
    wallet = SocialWallet(":memory:", FUN, 1000)
    yield wallet
    wallet.close()


def test_a_new_player_is_given_the_opening_balance_once(social: SocialWallet) -> None:
    for _ in range(2):
        assert Money(1000, FUN) == social.player("demo-ann", "plums").balance
    assert {"player": 1000, "held": 0, "house": -1000} == social.sums()


@pytest.mark.parametrize("token", ["demo-a", "demo-" + "a" * 40, "demo-A_b-9"])
def test_a_token_names_its_player(social: SocialWallet, token: str) -> None:
    assert token.removeprefix("demo-") == social.player(token, "plums").id


@pytest.mark.parametrize(
    "token", ["", "ann", "demo-", "Demo-ann", "demo-ann\n", "demo-ä", "demo-a b", "demo-a:b", "demo-" + "a" * 41]
)
def test_another_token_is_refused_and_makes_no_player(social: SocialWallet, token: str) -> None:
    with pytest.raises(Declined) as refused:
        social.player(token, "plums")
    assert Reason.SESSION_INVALID is refused.value.reason
    assert {"player": 0, "held": 0, "house": 0} == social.sums()


def test_a_grant_comes_from_the_house_to_any_player(social: SocialWallet) -> None:
    social.player("demo-ann", "plums")
    assert Money(1005, FUN) == social.grant("ann", 5, "a gift")
    assert Money(1010, FUN) == social.grant("ann", 5, "a gift")
    assert Money(1007, FUN) == social.grant("bob", 7, "welcome")
    assert {"player": 2017, "held": 0, "house": -2017} == social.sums()


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, "5", None])
def test_a_grant_is_a_positive_whole_number(social: SocialWallet, amount: Any) -> None:
    with pytest.raises(ValueError, match="positive"):
        social.grant("ann", amount, "a gift")
    assert {"player": 0, "held": 0, "house": 0} == social.sums()


def test_a_grant_beyond_all_money_gives_nothing_and_the_wallet_lives_on(social: SocialWallet) -> None:
    social.player("demo-ann", "plums")
    with pytest.raises(ValueError, match="beyond"):
        social.grant("ann", LIMIT, "too much")
    assert Money(1000, FUN) == social.player("demo-ann", "plums").balance
    assert {"player": 1000, "held": 0, "house": -1000} == social.sums()


def test_the_options_say_currency_and_opening_balance(tmp_path: Path) -> None:
    wallet = backend({"currency": "COINS", "exponent": 0, "opening_balance": 7}, tmp_path)
    assert Money(7, Currency("COINS", 0)) == wallet.player("demo-ann", "plums").balance
    wallet.close()


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"currency": 5},
        {"currency": "€"},
        {"exponent": "2"},
        {"exponent": 10},
        {"exponent": True},
        {"opening_balance": -1},
        {"opening_balance": 1.5},
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        backend(options, tmp_path)


def test_a_reopened_file_has_everything(tmp_path: Path) -> None:
    wallet = backend({}, tmp_path)
    story = Story(wallet.player("demo-ann", "plums"), "plums", 1)
    wallet.escrow(story.escrow(100))
    before = (wallet.sums(), list(wallet.booked()))
    wallet.close()
    wallet = backend({"opening_balance": 5}, tmp_path)
    assert before == (wallet.sums(), list(wallet.booked()))
    assert Money(99_900, FUN) == wallet.player("demo-ann", "plums").balance
    wallet.result(story.result(30, 100))
    assert Money(99_930, FUN) == wallet.player("demo-ann", "plums").balance
    assert {"player": 99_930, "held": 0, "house": -99_930} == wallet.sums()
    wallet.close()


STEPS = st.tuples(
    st.sampled_from(["escrow", "escrow 2", "result", "cancel", "cancel 2", "grant"]),
    st.sampled_from(["ann", "bob"]),
    st.integers(1, 3),
    st.integers(0, 1500),
)


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=100, deadline=None)
def test_whatever_is_asked_in_whatever_order_the_books_add_up_to_zero(steps: list[tuple[str, str, int, int]]) -> None:
    wallet = SocialWallet(":memory:", FUN, 1000)
    for step in steps:
        with suppress(Declined, Contradicted):
            ask(wallet, *step)
        sums = wallet.sums()
        assert 0 == sum(sums.values())
        assert 0 <= sums["held"]
        assert 0 <= sums["player"]
    wallet.close()


def ask(wallet: SocialWallet, what: str, name: str, number: int, amount: int) -> None:
    """One step, refused or not."""
    story = Story(wallet.player(f"demo-{name}", "plums"), "plums", number)
    asked: dict[str, Callable[[], object]] = {
        "escrow": lambda: wallet.escrow(story.escrow(amount)),
        "escrow 2": lambda: wallet.escrow(story.escrow(amount, 2)),
        "result": lambda: wallet.result(story.result(amount, 100)),
        "cancel": lambda: wallet.cancel(story.cancel(amount)),
        "cancel 2": lambda: wallet.cancel(story.cancel(amount, 2)),
        "grant": lambda: wallet.grant(name, amount + 1, "a gift"),
    }
    asked[what]()
