"""Movements as the core makes them: pure data, the same at every attempt."""

from dataclasses import replace
from uuid import uuid4

from ports.conformance import makers
from ports.money import Currency
from ports.wallet import Contradicted, Declined, Funding, Movement, Player, Unconfirmed, Wallet
from rgs.conformance.faults import sent

EUR = Currency("EUR", 2)
GAME = "three_fruits"


class Story(makers.Story):
    """The movements of one round that nobody has played before, paid by the player or by a reward."""

    def __init__(self, player: Player, game: str = GAME, *, funding: Funding = Funding.CASH) -> None:
        super().__init__(player, game, 0)
        self.round = str(uuid4())
        self.funding = funding
        self.reward: str | None = None

    def escrow(self, amount: int, number: int = 1) -> Movement:
        return self._paid(super().escrow(amount, number))

    def result(self, win: int, *stakes: int) -> Movement:
        return self._paid(super().result(win, *stakes))

    def cancel(self, amount: int, number: int = 1) -> Movement:
        return self._paid(super().cancel(amount, number))

    def _paid(self, movement: Movement) -> Movement:
        return replace(movement, funding=self.funding, reward=self.reward)


def told(wallet: Wallet, story: Story, verb: str) -> str:
    """The answer to a refusal in one word, for tables."""
    try:
        receipt = sent(wallet, story, verb)
    except Declined as answer:
        return f"declined {answer.reason}"
    except Unconfirmed:
        return "unconfirmed"
    except Contradicted:
        return "contradicted"
    return {True: "done", False: "unfound", None: "untold"}[receipt.applied]
