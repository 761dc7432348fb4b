"""Play money of our own: what every wallet promises, and books that add up to zero."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.backends.coins import Coins, Refill, described
from adapters.backends.social import FILE, SocialWallet, backend
from adapters.pen import Unusable
from ports.conformance.makers import Story
from ports.conformance.wallet import WalletConformance
from ports.money import LIMIT, Currency, Money
from ports.wallet import Contradicted, Declined, FreeRounds, Funding, InDoubt, Movement, Reason, Receipt, Traits

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
    wallet = SocialWallet(":memory:", Coins(FUN, 1000))
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


# What cannot be.


def test_a_result_for_another_player_pays_nobody(social: SocialWallet) -> None:
    ann, bob = (Story(social.player(f"demo-{name}", "plums"), "plums", 1) for name in ("ann", "bob"))
    social.escrow(ann.escrow(100))
    with pytest.raises(Contradicted):
        social.result(bob.result(50, 100))
    with pytest.raises(Contradicted):
        social.cancel(bob.cancel(100))
    with pytest.raises(Contradicted):
        social.cancel(ann.cancel(99))
    assert {"player": 1900, "held": 100, "house": -2000} == social.sums()


def test_a_result_names_all_that_is_set_aside(social: SocialWallet) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(ann.escrow(100))
    social.escrow(ann.escrow(20, 2))
    for stakes in [(), (100,), (100, 21), (100, 20, 5)]:
        with pytest.raises(Contradicted):
            social.result(ann.result(50, *stakes))
    social.result(ann.result(50, 100, 20))
    assert {"player": 930, "held": 0, "house": -930} == social.sums()


def test_a_closed_round_takes_no_escrow(social: SocialWallet) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(ann.escrow(100))
    social.result(ann.result(0, 100))
    for _ in range(2):
        with pytest.raises(Declined):
            social.escrow(ann.escrow(20, 2))
    assert {"player": 900, "held": 0, "house": -900} == social.sums()


@pytest.mark.parametrize("send", ["escrow", "result", "cancel"])
def test_a_movement_with_a_known_id_and_another_content_is_a_contradiction(social: SocialWallet, send: str) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(ann.escrow(100))
    if send == "result":
        social.result(ann.result(10, 100))
    elif send == "cancel":
        social.cancel(ann.cancel(100))
    before = social.sums()
    other = {"escrow": ann.escrow(99), "result": ann.result(11, 100), "cancel": ann.cancel(98)}[send]
    with pytest.raises(Contradicted):
        getattr(social, send)(other)
    assert before == social.sums()


def test_a_win_without_a_stake_comes_from_the_house(social: SocialWallet) -> None:
    social.result(Story(social.player("demo-ann", "plums"), "plums", 1).result(70))
    assert {"player": 1070, "held": 0, "house": -1070} == social.sums()


def free(movement: Movement) -> Movement:
    return replace(movement, funding=Funding.FREE, reward="r-1")


def test_the_stake_of_a_free_round_is_the_houses(social: SocialWallet) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    for _ in range(2):
        assert Money(1000, FUN) == social.escrow(free(ann.escrow(5000))).balance
    assert {"player": 1000, "held": 5000, "house": -6000} == social.sums()
    for _ in range(2):
        assert Money(1070, FUN) == social.result(free(ann.result(70, 5000))).balance
    assert {"player": 1070, "held": 0, "house": -1070} == social.sums()


def test_the_stake_of_a_free_round_goes_back_to_the_house(social: SocialWallet) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(free(ann.escrow(100)))
    with pytest.raises(Contradicted):
        social.cancel(ann.cancel(100))
    for _ in range(2):
        assert social.cancel(free(ann.cancel(100))).applied
    assert {"player": 1000, "held": 0, "house": -1000} == social.sums()


def test_less_than_nothing_and_more_than_all_money_are_refused(social: SocialWallet) -> None:
    ann = Story(social.player("demo-ann", "plums"), "plums", 1)
    with pytest.raises(Declined):
        social.escrow(ann.escrow(-1))
    with pytest.raises(Declined):
        social.result(ann.result(LIMIT - 1))
    assert {"player": 1000, "held": 0, "house": -1000} == social.sums()


# Several kinds of coin, and refills.

GEM = Currency("GEM", 0)
TWO = {"opening_balance": 500, "more": [{"currency": "GEM", "exponent": 0, "opening_balance": 7}]}


def test_a_player_has_a_purse_for_each_kind_of_coin(tmp_path: Path) -> None:
    wallet = backend(TWO, tmp_path)
    fun, gem = wallet.player("demo-ann", "plums"), wallet.player("demo-ann.GEM", "plums")
    assert ("ann", Money(500, FUN), Money(7, GEM)) == (gem.id, fun.balance, gem.balance)
    one, two = Story(fun, "plums", 1), Story(gem, "plums", 2)
    wallet.escrow(one.escrow(100))
    wallet.escrow(two.escrow(7))
    wallet.result(two.result(20, 7))
    assert Money(23, GEM) == wallet.grant("ann", 3, "a gift", currency="GEM")
    assert {"player": 400, "held": 100, "house": -500} == wallet.sums()
    assert {"player": 23, "held": 0, "house": -23} == wallet.sums("GEM")
    assert [FUN, GEM] == wallet.currencies()
    assert Money(23, GEM) == wallet.refresh(gem, "plums").balance
    assert 3 == len(list(wallet.booked()))
    wallet.close()


@pytest.mark.parametrize("token", ["demo-ann.", "demo-ann.EUR", "demo-ann.gem", "demo-ann.GEM.GEM", "demo-.GEM"])
def test_coins_that_are_not_there_open_nothing(tmp_path: Path, token: str) -> None:
    wallet = backend(TWO, tmp_path)
    with pytest.raises(Declined) as refused:
        wallet.player(token, "plums")
    assert Reason.SESSION_INVALID is refused.value.reason
    with pytest.raises(ValueError, match="EUR"):
        wallet.grant("ann", 5, "a gift", currency="EUR")
    wallet.close()


def test_two_wallets_on_one_file_share_what_they_have_in_common(tmp_path: Path) -> None:
    one, two = backend({}, tmp_path), backend({"currency": "GEM", "exponent": 0}, tmp_path)
    one.grant("ann", 5, "a gift")
    story = Story(two.player("demo-ann", "plums"), "plums", 1)
    two.escrow(story.escrow(100))
    assert Money(100_005, FUN) == one.player("demo-ann", "plums").balance
    assert [[], [f"{story.round}:escrow:1"]] == [[line.id for line in wallet.booked()] for wallet in (one, two)]
    one.close()
    two.close()


def test_who_has_run_out_is_given_more_when_the_time_has_come() -> None:
    hours = [datetime(2026, 3, 1, tzinfo=UTC)]
    rule = Refill(below=100, to=600, every=timedelta(hours=24))
    wallet = SocialWallet(":memory:", Coins(FUN, 1000, rule), now=lambda: hours[-1])

    def balance_after(stake: int, passed: int) -> int:
        hours.append(hours[-1] + timedelta(hours=passed))
        player = wallet.player("demo-ann", "plums")
        if stake:
            story = Story(player, "plums", len(hours))
            wallet.escrow(story.escrow(stake))
            wallet.result(story.result(0, stake))
        return player.balance.minor

    assert 1000 == balance_after(900, 1)
    assert 100 == balance_after(1, 1)
    assert 600 == balance_after(600, 0)
    assert 0 == balance_after(0, 23)
    assert 600 == balance_after(0, 1)
    assert {"player": 600, "held": 0, "house": -600} == wallet.sums()
    wallet.close()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"more": {}}, "more"),
        ({"more": [5]}, "more"),
        ({"more": [{"colour": 1}]}, "colour"),
        ({"more": [{"more": []}]}, "more"),
        ({"more": [{"currency": "FUN"}]}, "same code"),
        ({"refill": 5}, "refill"),
        ({"refill": {}}, "refill"),
        ({"refill": {"below": 5, "to": 4, "every_hours": 1}}, "below"),
        ({"refill": {"below": 0, "to": 4, "every_hours": 1}}, "below"),
        ({"refill": {"below": 1, "to": 4, "every_hours": -1}}, "every_hours"),
        ({"refill": {"below": 1, "to": 4, "every_hour": 1}}, "every_hour"),
    ],
)
def test_options_that_make_no_sense_are_named(tmp_path: Path, options: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        backend(options, tmp_path)


def test_a_refill_by_options(tmp_path: Path) -> None:
    wallet = backend({"opening_balance": 3, "refill": {"below": 5, "to": 9, "every_hours": 24}}, tmp_path)
    assert [9, 9] == [wallet.player("demo-ann", "plums").balance.minor for _ in range(2)]
    wallet.close()


def test_options_are_coins_and_the_least_of_each_is_allowed() -> None:
    assert [Coins(Currency("FUN", 2), 100_000)] == described({})
    least = {"below": 1, "to": 1, "every_hours": 0}
    refill = Refill(below=1, to=1, every=timedelta(0))
    assert [Coins(Currency("GEM", 0), 0, refill)] == described(
        {"currency": "GEM", "exponent": 0, "opening_balance": 0, "refill": least}
    )
    assert timedelta(hours=24) == described({"refill": least | {"every_hours": 24}})[0].refill.every


def test_the_wallet_says_of_itself_what_it_keeps(social: SocialWallet) -> None:
    assert (
        Traits(
            real_money=False,
            in_doubt=InDoubt.CANCEL,
            tombstones=True,
            queryable=True,
            free_rounds=FreeRounds.BY_ROUND,
            corrections=True,
        )
        == social.traits
    )


def test_a_receipt_names_the_movement_and_the_balance_after_it(social: SocialWallet) -> None:
    story = Story(social.player("demo-ann", "plums"), "plums", 1)
    booked = [social.escrow(story.escrow(300)), social.result(story.result(50, 300))]
    assert [Receipt(reference=f"{story.round}:escrow:1", balance=Money(700, FUN))] == booked[:1]
    assert [Receipt(reference=f"{story.round}:result:1", balance=Money(750, FUN))] == booked[1:]


def test_a_cancel_of_what_never_came_tells_the_balance_and_stands_in_the_books_as_that_escrow(tmp_path: Path) -> None:
    wallet = backend({}, tmp_path)
    story = Story(wallet.player("demo-ann", "plums"), "plums", 1)
    assert Receipt(balance=Money(100_000, FUN), applied=False) == wallet.cancel(story.cancel(300))
    wallet.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        line = file.execute("SELECT id, kind, amount, status FROM movements").fetchall()
    assert [(f"{story.round}:escrow:1", "escrow", 300, "tombstone")] == line


@pytest.mark.parametrize("foreign", [Currency("EUR", 2), Currency("FUN", 0)])
def test_what_is_not_in_these_coins_is_refused_whatever_it_is(social: SocialWallet, foreign: Currency) -> None:
    story = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(story.escrow(300))
    for movement, call in ((story.escrow(5, 2), social.escrow), (story.result(5, 300), social.result)):
        with pytest.raises(Declined, match="this wallet holds FUN") as refused:
            call(replace(movement, amount=Money(movement.amount.minor, foreign)))
        assert Reason.CURRENCY is refused.value.reason
    assert {"player": 700, "held": 300, "house": -1000} == social.sums()


def test_a_result_over_an_escrow_that_was_refused_or_given_back_contradicts_the_books(social: SocialWallet) -> None:
    refused = Story(social.player("demo-ann", "plums"), "plums", 1)
    with pytest.raises(Declined):
        social.escrow(refused.escrow(5000))
    returned = Story(social.player("demo-ann", "plums"), "plums", 2)
    social.cancel(returned.cancel(300))
    for movement in (refused.result(9, 5000), refused.result(9, 0), returned.result(9, 300)):
        with pytest.raises(Contradicted, match="not booked"):
            social.result(movement)
    assert {"player": 1000, "held": 0, "house": -1000} == social.sums()


def test_a_player_has_less_than_2_to_the_53_minor_units(social: SocialWallet) -> None:
    story = Story(social.player("demo-ann", "plums"), "plums", 1)
    social.escrow(story.escrow(1))
    with pytest.raises(Declined) as refused:
        social.result(story.result(LIMIT - 999, 1))
    assert Reason.LIMIT is refused.value.reason
    assert Money(LIMIT - 1, FUN) == social.result(story.result(LIMIT - 1000, 1)).balance


def test_a_stake_that_would_make_a_player_too_rich_comes_back_when_some_is_spent(social: SocialWallet) -> None:
    player = social.player("demo-ann", "plums")
    held, spent = Story(player, "plums", 1), Story(player, "plums", 2)
    social.escrow(held.escrow(10))
    social.grant("ann", LIMIT - 1 - 990 - 1000, "a fortune")
    social.result(Story(player, "plums", 3).result(999))
    with pytest.raises(Declined) as refused:
        social.cancel(held.cancel(10))
    assert Reason.LIMIT is refused.value.reason
    social.escrow(spent.escrow(10))
    assert social.cancel(held.cancel(10)).applied
    assert 0 == sum(social.sums().values())


@pytest.mark.parametrize(("won", "comes_back"), [(990, True), (991, False)])
def test_a_player_may_have_one_less_than_the_limit_of_all_money(
    social: SocialWallet, won: int, comes_back: bool
) -> None:
    player = social.player("demo-ann", "plums")
    held = Story(player, "plums", 1)
    social.escrow(held.escrow(10))
    social.grant("ann", LIMIT - 1 - 990 - 1000, "a fortune")
    social.result(Story(player, "plums", 3).result(won))
    if comes_back:
        assert Money(LIMIT - 1, FUN) == social.cancel(held.cancel(10)).balance
    else:
        with pytest.raises(Declined):
            social.cancel(held.cancel(10))


def test_a_grant_may_be_of_one(social: SocialWallet) -> None:
    social.player("demo-ann", "plums")
    assert Money(1001, FUN) == social.grant("ann", 1, "a penny")


def test_books_without_their_tables_are_named(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("PRAGMA user_version=1")
        file.execute("CREATE TABLE other (x)")
    with pytest.raises(Unusable, match=f"{FILE}: no such table"):
        backend({}, tmp_path)


@pytest.mark.parametrize("file", ["../club.sqlite", "rgs.sqlite", "club.db", "", 7, None])
def test_the_books_are_a_file_of_their_own_below_the_data(tmp_path: Path, file: object) -> None:
    with pytest.raises(ValueError, match="file: "):
        backend({"file": file}, tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_a_gift_leaves_room_for_the_coins_that_a_player_starts_with(social: SocialWallet) -> None:
    with pytest.raises(ValueError, match="beyond"):
        social.grant("ann", LIMIT - 1000, "too much")
    assert Money(LIMIT - 1, FUN) == social.grant("ann", LIMIT - 1001, "a fortune")
    social.player("demo-bob", "plums")
    with pytest.raises(ValueError, match="beyond"):
        social.grant("bob", LIMIT - 2000, "too much")


def test_a_note_that_cannot_be_written_down_gives_nothing(social: SocialWallet) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        social.grant("ann", 5, "\ud800")
    assert {"player": 0, "held": 0, "house": 0} == social.sums()


def test_players_are_welcomed_once_whatever_the_rule_is_later(tmp_path: Path) -> None:
    for opening in (0, 500):
        wallet = backend({"opening_balance": opening}, tmp_path)
        assert Money(0, FUN) == wallet.player("demo-ann", "plums").balance
        wallet.close()


def test_a_currency_does_not_change_its_exponent(tmp_path: Path) -> None:
    backend({}, tmp_path).close()
    with pytest.raises(ValueError, match="exponent 2"):
        backend({"exponent": 0}, tmp_path)


def test_a_file_that_is_no_ledger_of_ours_is_refused(tmp_path: Path) -> None:
    for change in ("CREATE TABLE something (x)", "PRAGMA user_version = 9"):
        with closing(sqlite3.connect(tmp_path / FILE)) as file:
            file.execute(change)
        with pytest.raises(ValueError, match="no ledger"):
            backend({}, tmp_path)


@pytest.mark.parametrize("name", ["", "a b", "ä", "a" * 41, "a.GEM"])
def test_a_grant_is_for_somebody_who_can_come(social: SocialWallet, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        social.grant(name, 5, "a gift")


def test_books_that_cannot_be_written_end_the_process(tmp_path: Path) -> None:
    class Ended(BaseException):
        pass

    def fatal(problem: BaseException) -> None:
        raise Ended from problem

    wallet = SocialWallet(tmp_path / FILE, Coins(FUN, 1000), fatal=fatal)
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("DROP TABLE postings")
    with pytest.raises(Ended):
        wallet.player("demo-ann", "plums")
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
    wallet = SocialWallet(":memory:", Coins(FUN, 1000))
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
        "result": lambda: wallet.result(story.result(amount, *set_aside(wallet, story))),
        "cancel": lambda: wallet.cancel(story.cancel(amount)),
        "cancel 2": lambda: wallet.cancel(story.cancel(amount, 2)),
        "grant": lambda: wallet.grant(name, amount + 1, "a gift"),
    }
    asked[what]()


def set_aside(wallet: SocialWallet, story: Story) -> list[int]:
    """The amounts of the round's escrows, as far as they are in the books in order."""
    booked = {line.id: line.amount for line in wallet.booked()}
    ids = [f"{story.round}:escrow:{number}" for number in (1, 2)]
    return [booked[id] for id in ids if id in booked]
