"""Movements as the core makes them: pure data, the same at every attempt."""

from uuid import uuid4

from ports.money import Currency, Money
from ports.wallet import EscrowReference, Funding, Movement, MovementKind, Player

EUR = Currency("EUR", 2)
GAME = "three_fruits"


class Story:
    """The movements of one round of one player."""

    def __init__(self, player: Player, game: str = GAME, funding: Funding = Funding.CASH) -> None:
        self.round = str(uuid4())
        self.player = player
        self.game = game
        self.funding = funding
        self.reward: str | None = None
        self.escrows: list[EscrowReference] = []

    def escrow(self, amount: int, number: int = 1) -> Movement:
        return self._movement(MovementKind.ESCROW, number, amount, closes=False)

    def confirmed(self, movement: Movement, reference: str | None) -> None:
        self.escrows.append(EscrowReference(movement.id, reference, movement.amount.minor))

    def result(self, win: int) -> Movement:
        return self._movement(MovementKind.RESULT, 1, win, closes=True, escrows=tuple(self.escrows))

    def cancel(self, amount: int, number: int = 1) -> Movement:
        known = EscrowReference(f"{self.round}:escrow:{number}", None, amount)
        return self._movement(MovementKind.CANCEL, number, amount, closes=number == 1, escrows=(known,))

    def _movement(
        self,
        kind: MovementKind,
        number: int,
        amount: int,
        *,
        closes: bool,
        escrows: tuple[EscrowReference, ...] = (),
    ) -> Movement:
        return Movement(
            kind=kind,
            number=number,
            round=self.round,
            player=self.player.id,
            handle=self.player.handle,
            game=self.game,
            amount=Money(amount, self.player.currency),
            funding=self.funding,
            reward=self.reward,
            closes=closes,
            escrows=escrows,
            reason="asked to" if kind is MovementKind.CANCEL else None,
        )
