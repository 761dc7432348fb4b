"""Sessions: how a player's stay with the operator becomes a stay with us, and how long it lasts."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from core.balances import Balances
from core.catalogue import Catalogue
from core.errors import BadRequest, GameUnavailable, Unauthenticated
from ports.clock import Clock
from ports.game import Interactive
from ports.randomness import Entropy
from ports.sessions import Session, SessionStore
from ports.wallet import Player, Wallet, WalletError

TOKEN_BYTES = 32
"""256 bits of a bearer token, all from the operating system."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session, and the one time that its bearer token is shown."""

    session: Session
    bearer: str


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(
        self,
        *,
        store: SessionStore,
        catalogue: Catalogue,
        wallets: Mapping[str, Wallet],
        entropy: Entropy,
        clock: Clock,
        balances: Balances,
        lifetime: timedelta,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._wallets = wallets
        self._entropy = entropy
        self._clock = clock
        self._balances = balances
        self._lifetime = lifetime

    def open(self, *, operator: str, token: str, game: str, opened_by: str | None) -> Opened:
        """Verify the operator's launch token, and open a session for the player behind it.

        Raises `BadRequest` for an unknown operator, `NotFound` for a hosted game that is not here, `GameUnavailable` for one
        that this operator's wallet cannot serve, `ports.wallet.Declined` if the operator does not know the token.
        """
        wallet = self._wallets.get(operator)
        if wallet is None:
            raise BadRequest(f"there is no operator {operator!r}")
        if opened_by is None:
            self._suits(wallet, game, operator)
        player = wallet.player(token, game)
        now = self._clock.now()
        session = Session(
            id=self._entropy.read(16).hex(),
            operator=operator,
            player=player.id,
            currency=player.currency,
            game=game,
            opened_by=opened_by,
            handle=player.handle,
            demo=player.demo,
            created=now,
            expires=now + self._lifetime,
        )
        bearer = urlsafe_b64encode(self._entropy.read(TOKEN_BYTES)).decode().rstrip("=")
        self._store.add(session, _digest(bearer))
        self._balances.note(operator, player.id, player.balance)
        return Opened(session, bearer)

    def _suits(self, wallet: Wallet, game: str, operator: str) -> None:
        """Raise `GameUnavailable` where a round of the game could need more escrows than the backend allows in one."""
        found = self._catalogue.current(game, operator).game
        most = wallet.traits.escrows
        if most is not None and isinstance(found, Interactive) and found.escrows > most:
            raise GameUnavailable(f"{game} takes up to {found.escrows} escrows a round; this operator allows {most}")

    def find(self, bearer: str) -> Session:
        """The live session behind a bearer token. Raises `Unauthenticated`."""
        session = self._store.find(_digest(bearer))
        if session is None or session.expires <= self._clock.now():
            raise Unauthenticated("there is no live session behind this token; open a new one")
        return session

    def refresh(self, session: Session) -> int | None:
        """The player's balance in minor units: asked of the operator now, else what it last said, else None."""
        known = Player(
            id=session.player, currency=session.currency, balance=None, handle=session.handle, demo=session.demo
        )
        wallet = self._wallets.get(session.operator)
        try:
            if wallet is not None:
                self._balances.note(session.operator, session.player, wallet.refresh(known, session.game).balance)
        except WalletError:
            pass
        return self.balance(session)

    def balance(self, session: Session) -> int | None:
        """The player's balance in minor units as the operator last said, or None if it has not said."""
        return self._balances.last(session.operator, session.player, session.currency.code)

    def end(self, session: Session) -> None:
        """End it. Rounds that it opened go on to their end."""
        self._store.end(session.id)


def _digest(bearer: str) -> bytes:
    return sha256(bearer.encode("utf-8", "surrogatepass")).digest()
