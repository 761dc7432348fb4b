"""Sessions: a launch token becomes a bearer token, for one player at one game of one operator, for a while."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from adapters.backends.coins import Coins
from adapters.backends.social import SocialWallet
from adapters.storage.memory import MemorySessions
from core.balances import CAPACITY, Balances
from core.catalogue import Catalogue, Listing
from core.errors import BadRequest, GameUnavailable, NotFound, Unauthenticated
from core.sessions import Opened, Sessions
from ports.money import Currency, Money
from ports.sessions import Session
from ports.wallet import Declined, Player, Traits, Unconfirmed
from tests.simulation.games import Coin, Ladder
from tests.simulation.world import SoundSource, VirtualClock, World

FUN = Currency("FUN", 2)
LIFETIME = timedelta(hours=12)


class Away(SocialWallet):
    """A wallet that does not tell balances just now, and allows two escrows a round."""

    @property
    def traits(self) -> Traits:
        return replace(super().traits, escrows=2)

    def refresh(self, player: Player, game: str) -> Player:
        raise Unconfirmed("no answer")


class Lobby:
    def __init__(self) -> None:
        self.clock, self.store = VirtualClock(), MemorySessions()
        self.social, self.away = SocialWallet(":memory:", Coins(FUN, 1000)), Away(":memory:", Coins(FUN, 1000))
        self.sessions = Sessions(
            store=self.store,
            catalogue=Catalogue([Listing(Coin(), "c"), Listing(Ladder(), "l")]),
            wallets={"social": self.social, "away": self.away},
            entropy=SoundSource(World(1, self.social.traits).chance),
            clock=self.clock,
            balances=Balances(),
            lifetime=LIFETIME,
        )

    def open(self, operator: str = "social", game: str = "coin", opened_by: str | None = None) -> Opened:
        return self.sessions.open(operator=operator, token="demo-ann", game=game, opened_by=opened_by)

    def enter(self) -> tuple[Session, str]:
        opened = self.open()
        return opened.session, opened.bearer


@pytest.fixture
def lobby() -> Iterator[Lobby]:
    lobby = Lobby()
    yield lobby
    lobby.social.close()
    lobby.away.close()


def test_a_session_is_of_one_player_at_one_game_until_its_end(lobby: Lobby) -> None:
    session, bearer = lobby.enter()
    assert ("social", "ann", "coin", FUN, None, "ann", False) == (
        session.operator, session.player, session.game, session.currency, session.opened_by, session.handle, session.demo
    )  # fmt: skip
    assert (lobby.clock.now(), lobby.clock.now() + LIFETIME) == (session.created, session.expires)
    assert session == lobby.sessions.find(bearer) == lobby.store.get(session.id)
    assert 1000 == lobby.sessions.balance(session)


def test_the_bearer_token_is_a_secret_of_256_bits_kept_as_its_digest(lobby: Lobby) -> None:
    tokens = {lobby.open().bearer for _ in range(50)}
    assert (50, {43}) == (len(tokens), {len(token) for token in tokens})
    ids = {lobby.open().session.id for _ in range(50)}
    assert (50, {32}) == (len(ids), {len(id) for id in ids})
    session, bearer = lobby.enter()
    assert session == lobby.store.find(sha256(bearer.encode()).digest())


@pytest.mark.parametrize("bearer", ["", "x" * 43, "\ud800"])
def test_a_token_that_was_never_given_opens_nothing(lobby: Lobby, bearer: str) -> None:
    lobby.open()
    with pytest.raises(Unauthenticated):
        lobby.sessions.find(bearer)


def test_a_session_ends_when_its_time_is_up_and_not_before(lobby: Lobby) -> None:
    session, bearer = lobby.enter()
    lobby.clock.tick(LIFETIME - timedelta(microseconds=1))
    assert session == lobby.sessions.find(bearer)
    lobby.clock.tick(timedelta(microseconds=1))
    with pytest.raises(Unauthenticated):
        lobby.sessions.find(bearer)


def test_an_ended_session_opens_nothing_and_its_handle_stays_for_late_results(lobby: Lobby) -> None:
    session, bearer = lobby.enter()
    lobby.sessions.end(session)
    with pytest.raises(Unauthenticated):
        lobby.sessions.find(bearer)
    assert session == lobby.store.get(session.id)


def test_whom_the_operator_does_not_know_gets_no_session(lobby: Lobby) -> None:
    with pytest.raises(Declined):
        lobby.sessions.open(operator="social", token="nobody", game="coin", opened_by=None)
    with pytest.raises(BadRequest, match="no operator 'casino'"):
        lobby.open(operator="casino")


def test_a_hosted_game_must_be_here_and_that_of_a_game_server_is_its_own_affair(lobby: Lobby) -> None:
    with pytest.raises(NotFound):
        lobby.open(game="theirs")
    assert "key-one" == lobby.open(game="theirs", opened_by="key-one").session.opened_by


def test_a_game_that_takes_more_escrows_than_the_operator_allows_is_refused_before_any_money_moves(
    lobby: Lobby,
) -> None:
    with pytest.raises(GameUnavailable, match="up to 4 escrows a round; this operator allows 2"):
        lobby.open("away", "ladder")
    assert "ladder" == lobby.open("social", "ladder").session.game
    assert "coin" == lobby.open("away", "coin").session.game


def test_a_balance_is_asked_for_and_else_what_was_last_said(lobby: Lobby) -> None:
    here, away = lobby.open().session, lobby.open("away").session
    for wallet in (lobby.social, lobby.away):
        wallet.grant("ann", 7, "a present")
    assert (1007, 1000) == (lobby.sessions.refresh(here), lobby.sessions.refresh(away))
    assert (1007, 1000) == (lobby.sessions.balance(here), lobby.sessions.balance(away))


def test_of_an_operator_that_is_no_longer_configured_the_last_balance_is_told(lobby: Lobby) -> None:
    session = lobby.open().session
    assert 1000 == lobby.sessions.refresh(session)
    assert lobby.sessions.refresh(replace(session, operator="gone")) is None


def test_balances_of_those_heard_of_longest_ago_are_forgotten_first() -> None:
    balances = Balances()
    for number in range(CAPACITY):
        balances.note("op", f"player-{number}", Money(number, FUN))
    balances.note("op", "player-0", None)
    balances.note("op", "player-1", Money(5, FUN))
    balances.note("op", "one more", Money(6, FUN))
    told = [balances.last("op", name, "FUN") for name in ("player-0", "player-1", "player-2", "one more")]
    assert [None, 5, 2, 6] == told
    assert balances.last("op", "one more", "EUR") is None
