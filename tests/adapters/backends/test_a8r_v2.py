"""The a8r_v2 backend, against the independent operator in a process of its own."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretBytes

from adapters.backends.a8r_v2 import TABLE, A8rWallet, backend, sign
from adapters.backends.kit import uuid_of
from ports.launch import LaunchCall, LaunchRefused
from ports.money import Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    Funding,
    InDoubt,
    Player,
    Reason,
    Unconfirmed,
)
from rgs.conformance.casino import Casino, open_casino
from rgs.conformance.faults import STAKE, prepared, sent
from tests.adapters.backends.contract import BackendContract
from tests.adapters.backends.movements import EUR, GAME, Story, told

KEY = "a-key-for-tests"
ODD_BALANCES = [
    "remove",
    "null",
    "true",
    '"ten"',
    "[]",
    "{}",
    "1e400",
    "100.00",
    '"-1.00"',
    '"1e2"',
    '"0.1234567890123"',
]
DATA = Path(__file__).parents[2] / "data" / "wallet-vectors.json"
VECTORS = [each for each in json.loads(DATA.read_text())["vectors"] if each["protocol"] == "a8r_v2"]
VERBS = ("bet", "win", "close", "cancel")


@pytest.fixture(scope="module")
def process() -> Iterator[Casino]:
    with open_casino("a8r_v2") as casino:
        yield casino


@pytest.fixture
def casino(process: Casino) -> Casino:
    process.start_anew(keys=[KEY], casino_id="casino-1")
    return process


@pytest.fixture
def wallet_with(casino: Casino, tmp_path: Path) -> Iterator[Callable[..., A8rWallet]]:
    (tmp_path / "key").write_text(KEY + "\n")
    made: list[A8rWallet] = []

    def make(**options: Any) -> A8rWallet:
        usual = {
            "url": casino.url,
            "casino": "casino-1",
            "keys": [{"file": "key"}],
            "currencies": {"EUR": 2, "JPY": 0},
            "timeout_seconds": 10,
        }
        made.append(backend(usual | options, tmp_path))
        return made[-1]

    yield make
    for wallet in made:
        wallet.close()


@pytest.fixture
def wallet(wallet_with: Callable[..., A8rWallet]) -> A8rWallet:
    return wallet_with()


@pytest.fixture
def story() -> Story:
    return Story(Player(id="jo", currency=EUR, balance=None, handle="session-jo"))


def launched(casino: Casino, **order: Any) -> LaunchCall:
    return casino.launch(**({"account": "jo", "game": GAME} | order))


# Signatures.


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_verifies(vector: dict[str, str]) -> None:
    assert vector["signature"] == sign(SecretBytes(vector["key"].encode()), vector["body"].encode())


def test_the_calls_have_the_very_bytes_of_the_vectors(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    sent(wallet, story, "bet")

    exchange = casino.exchanges("bet")[0]
    body = base64.b64decode(exchange["body"])
    published = json.loads(next(each["body"] for each in VECTORS if each["name"] == "betwin bet only"))
    assert list(published) == list(json.loads(body))
    assert sign(SecretBytes(KEY.encode()), body) == exchange["headers"]["x-request-sign"]


# Players.


def test_a_launch_brings_a_player_with_a_balance(wallet: A8rWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino))
    assert launch.token is not None

    player = wallet.player(launch.token, GAME)

    assert (GAME, "en", "https://casino.example/lobby") == (launch.game, launch.language, launch.lobby)
    assert ("jo", EUR, Money(10_000, EUR), False) == (player.id, player.currency, player.balance, player.demo)
    assert {"launch_url": "https://rgs.example/play"} == json.loads(wallet.welcome("https://rgs.example/play"))


def test_a_launch_works_once_and_for_its_game_only(wallet: A8rWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino))
    assert launch.token is not None

    with pytest.raises(Declined):
        wallet.player(launch.token, "another")
    wallet.player(launch.token, GAME)
    with pytest.raises(Declined) as refused:
        wallet.player(launch.token, GAME)

    assert Reason.SESSION_INVALID is refused.value.reason


def test_a_launch_is_kept_when_the_operator_does_not_answer(wallet: A8rWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino))
    assert launch.token is not None
    casino.fault("drop_before", "balance")

    with pytest.raises(Unconfirmed):
        wallet.player(launch.token, GAME)

    assert "jo" == wallet.player(launch.token, GAME).id


def spoiled(call: LaunchCall, spoil: Callable[..., tuple[bytes, dict[str, str]]]) -> LaunchCall:
    body, headers = spoil(call.body, call.headers)
    return call._replace(body=body, headers=headers)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, headers: (body + b"\n", headers),
        lambda body, headers: (body.replace(b"jo", b"ja"), headers),
        lambda body, headers: (json.dumps(json.loads(body), indent=1).encode(), headers),
        lambda body, headers: (json.dumps(dict(reversed(json.loads(body).items()))).encode(), headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, {"X-REQUEST-SIGN": ""}),
        lambda body, headers: (body, {"X-REQUEST-SIGN": headers["X-REQUEST-SIGN"].upper()}),
        lambda body, headers: (body, {"X-REQUEST-SIGN": "0" * 64}),
        lambda body, headers: (body, {"X-REQUEST-SIGN": "não"}),
    ],
)
def test_a_launch_that_is_not_signed_to_the_byte_is_refused(
    wallet: A8rWallet, casino: Casino, spoil: Callable[..., tuple[bytes, dict[str, str]]]
) -> None:
    with pytest.raises(LaunchRefused) as refused:
        wallet.arrive(spoiled(launched(casino), spoil))

    assert (403, "403") == (refused.value.status, json.loads(refused.value.body)["meta"]["api_code"])


def test_a_launch_for_another_casino_or_currency_is_refused(wallet: A8rWallet, casino: Casino) -> None:
    casino.ctl("account", id="kim", currency="SEK", balance="1.00")
    with pytest.raises(LaunchRefused, match="currency"):
        wallet.arrive(launched(casino, account="kim"))
    casino.ctl("profile", casino_id="another")
    with pytest.raises(LaunchRefused, match="casino"):
        wallet.arrive(launched(casino))


def test_a_launch_for_show_asks_the_operator_for_nothing(wallet: A8rWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino, demo=True))

    assert (None, GAME) == (launch.token, launch.game)
    assert [] == casino.exchanges()


def test_a_browser_opens_a_game_for_show_without_a_key_and_nothing_else(wallet: A8rWallet, casino: Casino) -> None:
    unsigned = {"X-REQUEST-SIGN": "0" * 64}
    assert wallet.arrive(launched(casino, demo=True)._replace(headers=unsigned)).token is None
    with pytest.raises(LaunchRefused):
        wallet.arrive(launched(casino)._replace(headers=unsigned))


def test_a_balance_that_is_asked_for_again_is_the_balance_of_now(wallet: A8rWallet, casino: Casino) -> None:
    player = Player(id="jo", currency=EUR, balance=None, handle="session-jo")
    casino.ctl("account", id="jo", balance="7.05")

    assert Money(705, EUR) == wallet.refresh(player, GAME).balance


# A round.


def test_a_winning_round(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    first, second = story.escrow(100), story.escrow(50, number=2)
    for movement in (first, second):
        receipt = wallet.escrow(movement)
    assert (Money(9_850, EUR), 50, 0) == (receipt.balance, receipt.cash, receipt.bonus)

    receipt = wallet.result(story.result(475, 100, 50))

    assert Money(10_325, EUR) == receipt.balance
    assert ["bet", "bet", "win"] == [entry["verb"] for entry in casino.ctl("ledger")["entries"]]
    assert [story.round] == casino.ctl("ledger")["closed"]
    assert [] == casino.alarms()


def test_a_round_without_a_win_is_finished_without_an_amount(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    prepared(wallet, story, "close")

    receipt = sent(wallet, story, "close")

    assert Money(10_000 - STAKE, EUR) == receipt.balance
    assert [story.round] == casino.ctl("ledger")["closed"]


def test_a_cancel_of_what_never_came_says_so_and_the_escrow_is_refused_later(
    wallet: A8rWallet, casino: Casino, story: Story
) -> None:
    assert wallet.cancel(story.cancel(STAKE)).applied is False

    with pytest.raises(Declined):
        wallet.escrow(story.escrow(STAKE))

    assert 100 == casino.balance("jo")
    assert (True, InDoubt.CANCEL) == (wallet.traits.tombstones, wallet.traits.in_doubt)


def test_the_operator_s_reasons_reach_the_player(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    casino.ctl("account", id="jo", balance="1.00")
    with pytest.raises(Declined) as poor:
        sent(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", balance="100.00", limit="1.00")
    with pytest.raises(Declined) as limited:
        sent(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", disabled=True)
    with pytest.raises(Declined) as blocked:
        sent(wallet, Story(story.player), "bet")

    reasons = (Reason.INSUFFICIENT_FUNDS, Reason.LIMIT, Reason.PLAYER_BLOCKED)
    assert reasons == (poor.value.reason, limited.value.reason, blocked.value.reason)
    assert ("100", "106", "110") == (poor.value.code, limited.value.code, blocked.value.code)


def test_the_same_id_with_another_amount_is_for_people(wallet: A8rWallet, story: Story) -> None:
    wallet.escrow(story.escrow(100))

    with pytest.raises(Contradicted):
        wallet.escrow(story.escrow(101))


def test_a_grant_pays_the_total_of_an_issue_once(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    casino.ctl("profile", issues={"issue-1": "jo"})
    story.funding, story.reward = Funding.FREE, "issue-1"

    for _ in range(2):
        receipt = wallet.result(story.result(1_230))

    assert Money(11_230, EUR) == receipt.balance


# What cannot be said is refused before a byte is sent.


def test_what_the_protocol_cannot_express_is_never_sent(wallet: A8rWallet, casino: Casino, story: Story) -> None:
    zero, foreign = story.escrow(0), Story(story.player)
    foreign.player = Player(id="jo", currency=Currency("SEK", 2), balance=None, handle="")
    finer = Story(Player(id="jo", currency=Currency("EUR", 3), balance=None, handle=""))

    for movement in (zero, foreign.escrow(100), finer.escrow(100)):
        with pytest.raises(Declined) as refused:
            wallet.escrow(movement)
        assert refused.value.reason in (Reason.UNREPRESENTABLE, Reason.CURRENCY)
    assert [] == casino.exchanges()


@pytest.mark.parametrize(
    ("currency", "options", "minor", "written"),
    [
        (Currency("JPY", 0), 0, 356, "356"),
        (Currency("EUR", 2), 2, 356, "3.56"),
        (Currency("KWD", 3), 3, 1, "0.001"),
        (Currency("BTC", 8), 8, 1, "0.00000001"),
        (Currency("UBTC", 2), {"exponent": 2, "theirs": "BTC", "shift": 6}, 150, "0.00000150"),
        (Currency("EUR", 2), 2, 2**53 - 1, "90071992547409.91"),
    ],
)
def test_amounts_are_written_exactly(
    wallet_with: Callable[..., A8rWallet], casino: Casino, currency: Currency, options: Any, minor: int, written: str
) -> None:
    theirs = options["theirs"] if isinstance(options, dict) else currency.code
    casino.ctl("account", id="kim", currency=theirs, exponent=12, balance="100000000000000")
    wallet = wallet_with(currencies={currency.code: options})
    story = Story(Player(id="kim", currency=currency, balance=None, handle=""))

    wallet.escrow(story.escrow(minor))

    body = json.loads(base64.b64decode(casino.exchanges("bet")[0]["body"]))
    assert (written, theirs) == (body["transactions"][0]["amount"], body["currency"])


class TestContract(BackendContract):
    VERBS = VERBS
    TABLE = TABLE
    ODD_BALANCES = ODD_BALANCES
    ECHOLESS = ("close",)
    SECRET = KEY


@pytest.mark.parametrize("status", [200, 403, 412, 500])
def test_the_code_counts_and_the_status_does_not(wallet: A8rWallet, casino: Casino, story: Story, status: int) -> None:
    casino.fault("refuse_with_status", "bet", code="100", status=status)

    assert f"declined {Reason.INSUFFICIENT_FUNDS}" == told(wallet, story, "bet")


# Options and keys.


@pytest.mark.parametrize(
    "options",
    [
        {"url": "ftp://casino.example"},
        {"url": "http://user:hunter2@casino.example"},
        {"url": "http://casino.example/?a=b"},
        {"keys": []},
        {"keys": ["secret-in-the-settings"]},
        {"keys": [{"file": "key", "variable": "KEY"}]},
        {"keys": [{"file": "missing"}]},
        {"keys": [{"variable": "NO_SUCH_VARIABLE"}]},
        {"currencies": {}},
        {"currencies": {"EUR": "2"}},
        {"currencies": {"EUR": 2, "XEUR": {"exponent": 2, "theirs": "EUR"}}},
        {"profile": "another"},
        {"timeout_seconds": 0},
    ],
)
def test_options_that_cannot_be_are_refused_without_showing_them(
    wallet_with: Callable[..., A8rWallet], options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        wallet_with(**options)

    assert "secret-in-the-settings" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_keys_are_rotated_with_overlap(wallet_with: Callable[..., A8rWallet], casino: Casino, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("the-new-key")
    wallet = wallet_with(keys=[{"file": "new"}, {"file": "key"}])
    with_old = launched(casino)

    casino.ctl("keys", keys=["the-new-key"])

    for call in (with_old, launched(casino)):
        token = wallet.arrive(call).token
        assert token is not None
        assert "jo" == wallet.player(token, GAME).id


def test_ids_derive_from_the_movement(story: Story) -> None:
    assert uuid_of("a:escrow:1") == uuid_of("a:escrow:1")
    assert uuid_of("a:escrow:1") != uuid_of("a:cancel:1")


def test_another_dialect_is_data(wallet_with: Callable[..., A8rWallet], casino: Casino, story: Story) -> None:
    wallet = wallet_with(profile="beexar")
    prepared(wallet, story, "win")

    sent(wallet, story, "win")

    assert ["/betwin", "/betwin"] == [exchange["target"] for exchange in casino.exchanges()]
    assert casino.balance("jo") == 100 + Money(350 - STAKE, EUR).decimal()


def test_a_free_round_of_a_dialect_without_them_is_refused_and_its_cancel_ends(
    wallet_with: Callable[..., A8rWallet], casino: Casino, story: Story
) -> None:
    wallet = wallet_with(profile="beexar")
    story.funding, story.reward = Funding.FREE, "issue-1"
    with pytest.raises(Declined) as refused:
        wallet.escrow(story.escrow(100))
    assert Reason.UNREPRESENTABLE is refused.value.reason
    assert wallet.cancel(story.cancel(100)).applied
    assert [] == casino.exchanges()
