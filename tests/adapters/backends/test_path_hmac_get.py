"""The path_hmac_get backend, against the independent operator in a process of its own."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from json import loads
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretBytes

from adapters.backends.path_hmac_get import TABLE, PathHmacWallet, backend, sign
from ports.launch import LaunchCall, Launching, LaunchRefused
from ports.money import Currency, Money
from ports.wallet import Declined, Funding, InDoubt, Player, Reason
from rgs.conformance.casino import Casino, open_casino
from rgs.conformance.faults import STAKE, WIN, prepared, sent
from tests.adapters.backends.contract import BackendContract
from tests.adapters.backends.movements import EUR, GAME, Story, told

KEY = b64encode(b"a key of our own, for tests only").decode()
DATA = Path(__file__).parents[2] / "data" / "wallet-vectors.json"
VECTORS = [each for each in loads(DATA.read_text())["vectors"] if each["protocol"] == "path_hmac_get"]


@pytest.fixture(scope="module")
def process() -> Iterator[Casino]:
    with open_casino("path_hmac_get") as casino:
        yield casino


@pytest.fixture
def casino(process: Casino) -> Casino:
    process.start_anew(keys=[KEY])
    return process


@pytest.fixture
def wallet_with(casino: Casino, tmp_path: Path) -> Iterator[Callable[..., PathHmacWallet]]:
    (tmp_path / "key").write_text(KEY + "\n")
    made: list[PathHmacWallet] = []

    def make(**options: Any) -> PathHmacWallet:
        usual = {"url": casino.url, "key": {"file": "key"}, "currencies": {"EUR": 2}, "timeout_seconds": 10}
        made.append(backend(usual | options, tmp_path))
        return made[-1]

    yield make
    for wallet in made:
        wallet.close()


@pytest.fixture
def wallet(wallet_with: Callable[..., PathHmacWallet]) -> PathHmacWallet:
    return wallet_with()


@pytest.fixture
def story() -> Story:
    return Story(Player(id="jo", currency=EUR, balance=None, handle="mobile:session-jo"))


class TestContract(BackendContract):
    VERBS = ("bet", "win", "cancel")
    TABLE = TABLE
    ODD_BALANCES = ["remove", "null", "true", '"ten"', "[]", "{}", "1e400", "1.234", '"1e2"', "90071992547409930"]
    ECHOLESS = ("cancel",)
    SECRET = KEY


# Signatures.


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_verifies(vector: dict[str, str]) -> None:
    key = SecretBytes(b64decode(vector["key"].removeprefix("base64:")))

    assert vector["signature"] == sign(key, vector["body"])


@pytest.mark.parametrize("call", ["wager", "result", "rollback"])
def test_the_calls_have_the_fields_of_the_vectors_in_their_order(
    wallet: PathHmacWallet, casino: Casino, story: Story, call: str
) -> None:
    verb = {"wager": "bet", "result": "win", "rollback": "cancel"}[call]
    prepared(wallet, story, "win")
    sent(wallet, story, verb)

    published = next(each["body"] for each in VECTORS if each["name"] == call)
    ours = casino.exchanges(verb)[-1]["target"]
    assert names(published) == names(ours)


def names(target: str) -> list[str]:
    return [pair.partition("=")[0] for pair in target.partition("?")[2].split("&")]


def test_what_is_signed_is_what_is_sent_whatever_is_in_it(
    wallet_with: Callable[..., PathHmacWallet], casino: Casino
) -> None:
    odd = "jo & co/ü+%20?=#~"
    casino.ctl("account", id=odd, currency="EUR", balance="50.00", session="s p&a=c+e")
    player = Player(id=odd, currency=EUR, balance=None, handle="desktop:s p&a=c+e")

    for wallet in (wallet_with(), wallet_with(url=f"{casino.url}/some/where")):
        assert Money(5_000, EUR) == wallet.refresh(player, GAME).balance
    assert [] == casino.alarms()


# Players.


def launched(casino: Casino, **order: Any) -> LaunchCall:
    return casino.launch(**({"account": "jo", "game": GAME} | order))


def test_a_launch_brings_a_player_whom_the_operator_confirms(wallet: PathHmacWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino))
    assert launch.token is not None

    player = wallet.player(launch.token, GAME)

    assert (GAME, "en_US", "https://casino.example/lobby") == (launch.game, launch.language, launch.lobby)
    assert ("jo", EUR, Money(10_000, EUR)) == (player.id, player.currency, player.balance)
    assert "mobile:session-jo" == player.handle
    assert isinstance(wallet, Launching)
    assert wallet.welcome("https://rgs.example/play") is None
    assert Money(10_000, EUR) == wallet.refresh(player, GAME).balance


def test_an_address_that_somebody_made_up_lets_nobody_in(wallet: PathHmacWallet, casino: Casino) -> None:
    casino.ctl("account", id="kim", currency="EUR", balance="5.00", session="session-kim")
    launch = wallet.arrive(
        launched(casino)._replace(query=launched(casino).query.replace("accountid=jo", "accountid=kim"))
    )
    assert launch.token is not None

    for token in (launch.token, "made-up", "accountid=jo&sessionid=x", "accountid=jo&sessionid=x&device=desktop"):
        with pytest.raises(Declined) as refused:
            wallet.player(token, GAME)
        assert Reason.SESSION_INVALID is refused.value.reason


@pytest.mark.parametrize("query", ["", "nogsgameid=g", "accountid=a&nogsgameid=g", "accountid=a&sessionid=b"])
def test_an_address_that_lacks_something_is_refused(wallet: PathHmacWallet, query: str) -> None:
    with pytest.raises(LaunchRefused):
        wallet.arrive(LaunchCall("game/", query, {}, b""))


def test_a_launch_for_show_asks_the_operator_for_nothing(wallet: PathHmacWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino, demo=True))

    assert (None, GAME) == (launch.token, launch.game)
    assert [] == casino.exchanges()


# A round.


def test_a_round_is_completed_by_its_result_even_without_a_win(
    wallet: PathHmacWallet, casino: Casino, story: Story
) -> None:
    prepared(wallet, story, "win")

    receipt = wallet.result(story.result(0, STAKE))

    assert (Money(10_000 - STAKE, EUR), 0, 0) == (receipt.balance, receipt.cash, receipt.bonus)
    assert [story.round] == casino.ctl("ledger")["closed"]


def test_the_split_into_real_and_bonus_money_is_on_the_receipt(wallet: PathHmacWallet, story: Story) -> None:
    receipt = sent(wallet, story, "bet")

    assert (STAKE, 0, "9001") == (receipt.cash, receipt.bonus, receipt.reference)


@pytest.mark.parametrize("tombstones", [True, False])
def test_a_cancel_of_what_never_came_says_so_and_promises_nothing(
    wallet: PathHmacWallet, casino: Casino, story: Story, tombstones: bool
) -> None:
    casino.ctl("profile", tombstones=tombstones)

    assert sent(wallet, story, "cancel").applied is False
    assert ("declined other" if tombstones else "done") == told(wallet, story, "bet")
    assert (False, InDoubt.CANCEL) == (wallet.traits.tombstones, wallet.traits.in_doubt)


def test_a_cancel_after_the_result_is_for_people(wallet: PathHmacWallet, casino: Casino, story: Story) -> None:
    prepared(wallet, story, "win")
    sent(wallet, story, "win")

    assert "contradicted" == told(wallet, story, "cancel")


def test_the_operator_s_reasons_reach_the_player(wallet: PathHmacWallet, casino: Casino, story: Story) -> None:
    casino.ctl("account", id="jo", balance="1.00")
    assert "declined insufficient_funds" == told(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", balance="100.00", limit="1.00")
    assert "declined limit" == told(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", session="session-jo", expired=True)
    assert "declined session_invalid" == told(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", session="session-jo", disabled=True)
    assert "declined player_blocked" == told(wallet, Story(story.player), "bet")


def test_a_free_round_costs_nothing_and_pays(wallet: PathHmacWallet, casino: Casino, story: Story) -> None:
    casino.ctl("profile", rewards=["frb-1"])
    story.funding, story.reward = Funding.FREE, "frb-1"

    prepared(wallet, story, "win")
    sent(wallet, story, "win")

    assert all("frbid=frb-1" in exchange["target"] for exchange in casino.exchanges())
    assert "betamount=0&" in casino.exchanges("bet")[0]["target"]
    assert 100 + Money(WIN, EUR).decimal() == casino.balance("jo")


def test_a_grant_is_a_result_of_the_reward(wallet: PathHmacWallet, casino: Casino, story: Story) -> None:
    story.funding, story.reward = Funding.FREE, "frb-1"

    for _ in range(2):
        wallet.result(story.result(WIN))

    assert 100 + Money(WIN, EUR).decimal() == casino.balance("jo")


def test_what_the_protocol_cannot_express_is_never_sent(wallet: PathHmacWallet, casino: Casino, story: Story) -> None:
    foreign = Story(replace(story.player, currency=Currency("SEK", 2)))
    free = Story(story.player, funding=Funding.FREE)

    for refused in (
        lambda: wallet.escrow(foreign.escrow(100)),
        lambda: wallet.escrow(free.escrow(100)),
        lambda: wallet.result(story.result(100)),
    ):
        with pytest.raises(Declined):
            refused()
    assert [] == casino.exchanges()


@pytest.mark.parametrize(
    ("currency", "minor", "written"),
    [
        (Currency("EUR", 2), 356, "3.56"),
        (Currency("JPY", 0), 356, "356"),
        (Currency("KWD", 3), 1, "0.001"),
        (Currency("BTC", 8), 1, "0.00000001"),
        (Currency("EUR", 2), 2**53 - 1, "90071992547409.91"),
    ],
)
def test_amounts_are_written_exactly(
    wallet_with: Callable[..., PathHmacWallet], casino: Casino, currency: Currency, minor: int, written: str
) -> None:
    casino.ctl(
        "account", id="kim", currency=currency.code, exponent=9, balance="100000000000000", session="session-kim"
    )
    wallet = wallet_with(currencies={currency.code: currency.exponent})
    story = Story(Player(id="kim", currency=currency, balance=None, handle="desktop:session-kim"))

    receipt = wallet.escrow(story.escrow(minor))

    assert f"betamount={written}&" in casino.exchanges("bet")[0]["target"]
    assert minor == receipt.cash


def test_a_key_is_rotated_while_the_operator_accepts_both(
    wallet_with: Callable[..., PathHmacWallet], casino: Casino, story: Story, tmp_path: Path
) -> None:
    new = b64encode(b"the new key").decode()
    (tmp_path / "new").write_text(new)
    casino.ctl("keys", keys=[KEY, new])

    prepared(wallet_with(), story, "win")
    sent(wallet_with(key={"file": "new"}), story, "win")

    assert [] == casino.alarms()


@pytest.mark.parametrize("options", [{"key": {"file": "odd"}}, {"path": "no-slash"}, {"key": {}}])
def test_options_that_cannot_be_are_refused(
    wallet_with: Callable[..., PathHmacWallet], tmp_path: Path, options: dict[str, Any]
) -> None:
    (tmp_path / "odd").write_text("no base64!")

    with pytest.raises(ValueError, match=r"key|path"):
        wallet_with(**options)
