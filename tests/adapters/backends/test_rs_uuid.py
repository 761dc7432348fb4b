"""The rs_uuid backend in both its dialects, against the independent operator in a process of its own."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.backends.rs_uuid import PROFILES, RsWallet, backend, sign, verifies
from ports.launch import LaunchCall, LaunchRefused
from ports.money import Currency, Money
from ports.wallet import Contradicted, Declined, Funding, InDoubt, Player, Reason, Unconfirmed
from rgs.conformance.casino import Casino, open_casino
from rgs.conformance.faults import STAKE, prepared, sent
from tests.adapters.backends.contract import BackendContract
from tests.adapters.backends.movements import EUR, GAME, Story, told

DATA = json.loads((Path(__file__).parents[2] / "data" / "wallet-vectors.json").read_text())
VECTORS = [each for each in DATA["vectors"] if each["protocol"].startswith("rs_uuid")]


@pytest.fixture(scope="module")
def process() -> Iterator[Casino]:
    with open_casino("rs_uuid") as casino:
        yield casino


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def keys(process: Casino, key: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with our private key and the operator's public one; the operator has our public one."""
    directory = tmp_path_factory.mktemp("keys")
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (directory / "ours.pem").write_bytes(pem_of(key))
    (directory / "theirs.pem").write_text(process.ctl("keys", supplier=public.decode())["public"])
    return directory


@pytest.fixture(params=["hub88", "caleta"])
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def casino(process: Casino, profile: str, keys: Path) -> Casino:
    process.start_anew(caleta=profile == "caleta")
    return process


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, RsWallet]]:
    """Wallets by their options: to read a private key takes longer than a test."""
    made: dict[str, RsWallet] = {}
    yield made
    for wallet in made.values():
        wallet.close()


@pytest.fixture
def wallet_with(casino: Casino, profile: str, keys: Path, made: dict[str, RsWallet]) -> Callable[..., RsWallet]:
    def make(**options: Any) -> RsWallet:
        usual = {
            "url": casino.url,
            "profile": profile,
            "key": {"file": "ours.pem"},
            "operator_keys": [{"file": "theirs.pem"}],
            "currencies": {"EUR": 2},
            "timeout_seconds": 10,
        }
        wanted = usual | options
        if repr(wanted) not in made:
            made[repr(wanted)] = backend(wanted, keys)
        return made[repr(wanted)]

    return make


@pytest.fixture
def wallet(wallet_with: Callable[..., RsWallet]) -> RsWallet:
    return wallet_with()


@pytest.fixture
def story() -> Story:
    return Story(Player(id="jo", currency=EUR, balance=None, handle="session-jo"))


ODD_BALANCES = ["remove", "null", "true", '"1000"', "[]", "{}", "1e400", "100.5", "12345", "9007199254740993000000"]


class DialectContract(BackendContract):
    VERBS = ("bet", "win", "cancel")
    ODD_BALANCES = ODD_BALANCES
    SECRET = "PRIVATE KEY"


class TestHub88(DialectContract):
    TABLE = PROFILES["hub88"].table

    @pytest.fixture
    def profile(self) -> str:
        return "hub88"


class TestCaleta(DialectContract):
    TABLE = PROFILES["caleta"].table

    @pytest.fixture
    def profile(self) -> str:
        return "caleta"


# Signatures.


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['name']} {vector['body'][:20]}")
def test_every_vector_verifies_and_nothing_near_it_does(vector: dict[str, str]) -> None:
    public = serialization.load_pem_public_key(DATA["public_keys"][vector["key"]].encode())
    assert isinstance(public, rsa.RSAPublicKey)
    body, signature = vector["body"].encode(), vector["signature"]

    assert verifies([public], body, signature)
    for wrong in (body + b"\n", body.replace(b"t", b"T") + b" ", b" " + body):
        assert not verifies([public], wrong, signature)
    for unsigned in ("", "no base64!", signature[:-4], signature.swapcase()):
        assert not verifies([public], body, unsigned)


@pytest.mark.parametrize("call", ["bet", "win", "rollback"])
def test_the_calls_have_the_fields_of_the_vectors_in_their_order(
    wallet_with: Callable[..., RsWallet], casino: Casino, story: Story, key: rsa.RSAPrivateKey, call: str
) -> None:
    wallet = wallet_with()
    prepared(wallet, story, "win")
    sent(wallet, story, "cancel" if call == "rollback" else call)

    exchange = casino.exchanges("cancel" if call == "rollback" else call)[-1]
    body = base64.b64decode(exchange["body"])
    published = json.loads(next(each["body"] for each in VECTORS if each["name"] == f"computed {call}"))
    ours = [name for name in json.loads(body) if name != "supplier_user"]
    assert [name for name in published if name != "supplier_user"] == ours
    assert sign(key, body) in exchange["headers"].values()


# Players.


def launched(casino: Casino, **order: Any) -> LaunchCall:
    return casino.launch(**({"account": "jo", "game": GAME} | order))


def test_a_launch_brings_a_player_with_a_balance(wallet: RsWallet, casino: Casino, profile: str) -> None:
    launch = wallet.arrive(launched(casino))
    assert launch.token is not None
    assert [] == casino.exchanges()

    player = wallet.player(launch.token, GAME)

    assert (GAME, "en", "https://casino.example/lobby") == (launch.game, launch.language, launch.lobby)
    assert ("jo", EUR, Money(10_000, EUR)) == (player.id, player.currency, player.balance)
    assert {"hub88": "session-jo", "caleta": "session-jo-checked"}[profile] == player.handle
    assert Money(10_000, EUR) == wallet.refresh(player, GAME).balance
    assert {"url": "https://rgs.example/play"} == json.loads(wallet.welcome("https://rgs.example/play"))


def test_a_token_that_the_operator_does_not_know_is_refused(wallet: RsWallet, casino: Casino) -> None:
    for token in ("not-a-session", "short", "x" * 256):
        with pytest.raises(Declined) as refused:
            wallet.player(token, GAME)
        assert Reason.SESSION_INVALID is refused.value.reason


def spoiled(call: LaunchCall, spoil: Callable[..., tuple[bytes, dict[str, str]]]) -> LaunchCall:
    body, headers = spoil(call.body, call.headers)
    return call._replace(body=body, headers=headers)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, headers: (body + b"\n", headers),
        lambda body, headers: (body.replace(b"jo", b"ja"), headers),
        lambda body, headers: (json.dumps(json.loads(body), indent=1).encode(), headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, dict.fromkeys(headers, "")),
        lambda body, headers: (body, dict.fromkeys(headers, "AAAA")),
    ],
)
def test_a_launch_that_is_not_signed_to_the_byte_is_refused(
    wallet: RsWallet, casino: Casino, spoil: Callable[..., tuple[bytes, dict[str, str]]]
) -> None:
    with pytest.raises(LaunchRefused) as refused:
        wallet.arrive(spoiled(launched(casino), spoil))

    assert 401 == refused.value.status


def test_a_launch_for_show_asks_the_operator_for_nothing(wallet: RsWallet, casino: Casino) -> None:
    launch = wallet.arrive(launched(casino, demo=True))

    assert (None, GAME) == (launch.token, launch.game)
    assert [] == casino.exchanges()


def test_a_launch_for_another_operator_or_currency_is_refused(
    wallet_with: Callable[..., RsWallet], casino: Casino
) -> None:
    casino.ctl("account", id="kim", currency="SEK", balance="1.00")
    with pytest.raises(LaunchRefused, match="currency"):
        wallet_with().arrive(launched(casino, account="kim"))
    with pytest.raises(LaunchRefused, match="operator_id"):
        wallet_with(operator_id="2").arrive(launched(casino))
    assert wallet_with(operator_id="1").arrive(launched(casino)).token is not None


def test_the_operator_s_keys_are_rotated_with_overlap(
    wallet_with: Callable[..., RsWallet], casino: Casino, keys: Path, made: dict[str, RsWallet]
) -> None:
    (keys / "old.pem").write_text(casino.ctl("keys")["public"])
    (keys / "theirs.pem").write_text(casino.ctl("keys", renew=True)["public"])
    while made:
        made.popitem()[1].close()
    wallet = wallet_with(operator_keys=[{"file": "old.pem"}, {"file": "theirs.pem"}])

    assert None is not wallet.arrive(launched(casino, old=True)).token
    assert None is not wallet.arrive(launched(casino)).token
    with pytest.raises(LaunchRefused):
        wallet_with().arrive(launched(casino, old=True))


# A round.


def test_the_round_is_closed_by_its_result_even_without_a_win(wallet: RsWallet, casino: Casino, story: Story) -> None:
    prepared(wallet, story, "win")
    wallet.result(story.result(0, STAKE))

    assert [story.round] == casino.ctl("ledger")["closed"]
    assert 100 - Money(STAKE, EUR).decimal() == casino.balance("jo")


@pytest.mark.parametrize("tombstones", [True, False])
@pytest.mark.parametrize("says", ["ok", "does_not_exist"])
def test_a_cancel_of_what_never_came_promises_nothing(
    wallet: RsWallet, casino: Casino, story: Story, says: str, tombstones: bool
) -> None:
    casino.ctl("profile", unknown_rollback=says, tombstones=tombstones)

    assert {"ok": None, "does_not_exist": False}[says] is sent(wallet, story, "cancel").applied
    assert (False, InDoubt.CANCEL) == (wallet.traits.tombstones, wallet.traits.in_doubt)


def test_only_want_of_money_and_limits_end_a_bet_in_one_dialect_and_every_known_refusal_in_the_other(
    wallet: RsWallet, casino: Casino, story: Story, profile: str
) -> None:
    casino.ctl("account", id="jo", balance="1.00")
    assert "declined insufficient_funds" == told(wallet, story, "bet")
    casino.ctl("account", id="jo", balance="100.00", limit="1.00")
    assert "declined limit" == told(wallet, Story(story.player), "bet")
    casino.ctl("account", id="jo", disabled=True)
    blocked = {"hub88": "unconfirmed", "caleta": "declined player_blocked"}[profile]
    assert blocked == told(wallet, Story(story.player), "bet")


def test_an_answer_about_another_player_is_for_people(wallet: RsWallet, casino: Casino, story: Story) -> None:
    story.player = replace(story.player, id="kim")

    with pytest.raises(Contradicted):
        wallet.escrow(story.escrow(STAKE))


def test_the_same_id_with_another_amount_is_for_people(wallet: RsWallet, casino: Casino, story: Story) -> None:
    casino.ctl("fault", fault="drop_after", verb="bet")
    with pytest.raises(Unconfirmed):
        wallet.escrow(story.escrow(100))
    casino.ctl("fault", fault="refuse", verb="bet", code="RS_ERROR_DUPLICATE_TRANSACTION")

    with pytest.raises(Contradicted):
        wallet.escrow(story.escrow(101))


def test_a_free_round_is_paid_by_the_reward(wallet: RsWallet, casino: Casino, story: Story) -> None:
    reward = str(uuid4())
    casino.ctl("profile", rewards=[reward])
    story.funding, story.reward = Funding.FREE, reward

    prepared(wallet, story, "win")
    sent(wallet, story, "win")

    body = json.loads(base64.b64decode(casino.exchanges("bet")[0]["body"]))
    assert (True, reward) == (body["is_free"], body["reward_uuid"])
    assert 100 + Money(350, EUR).decimal() == casino.balance("jo")


# What cannot be said is refused before a byte is sent.


def test_what_the_protocol_cannot_express_is_never_sent(
    wallet_with: Callable[..., RsWallet], casino: Casino, story: Story
) -> None:
    satoshi = Currency("BTC", 8)
    wallet = wallet_with(currencies={"EUR": 2, "BTC": 8})
    finest = Story(replace(story.player, currency=satoshi))
    foreign = Story(replace(story.player, currency=Currency("SEK", 2)))
    free = Story(story.player, funding=Funding.FREE)

    for movement in (finest.escrow(1), foreign.escrow(100), free.escrow(100)):
        with pytest.raises(Declined):
            wallet.escrow(movement)
    with pytest.raises(Declined):
        wallet.result(story.result(100))
    assert [] == casino.exchanges()


@pytest.mark.parametrize(
    ("currency", "minor", "written"),
    [
        (Currency("EUR", 2), 356, 356_000),
        (Currency("JPY", 0), 356, 35_600_000),
        (Currency("KWD", 3), 1, 100),
        (Currency("mBTC", 5), 1, 1),
        (Currency("BTC", 8), 123_000, 123),
    ],
)
def test_amounts_are_written_exactly(
    wallet_with: Callable[..., RsWallet], casino: Casino, currency: Currency, minor: int, written: int
) -> None:
    casino.ctl("account", id="kim", currency=currency.code, balance="1000000", session="session-kim")
    wallet = wallet_with(currencies={currency.code: currency.exponent})
    story = Story(Player(id="kim", currency=currency, balance=None, handle="session-kim"))

    wallet.escrow(story.escrow(minor))

    assert written == json.loads(base64.b64decode(casino.exchanges("bet")[0]["body"]))["amount"]


@pytest.mark.parametrize(
    "options",
    [
        {"key": {"file": "theirs.pem"}},
        {"key": {"file": "missing"}},
        {"operator_keys": []},
        {"operator_keys": [{"file": "ours.pem"}]},
        {"profile": "another"},
        {"operator_id": 1},
    ],
)
def test_options_that_cannot_be_are_refused(wallet_with: Callable[..., RsWallet], options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"key|profile|operator_id"):
        wallet_with(**options)
