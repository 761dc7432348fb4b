"""Every fault of an operator or a network, what the adapter has to make of it, and how the money ends."""

from dataclasses import dataclass, field
from typing import Any

from ports.conformance.makers import Story
from ports.wallet import Contradicted, Receipt, Unconfirmed, Wallet, WalletError
from rgs.conformance.casino import Casino

STAKE, WIN = 125, 350


@dataclass(frozen=True)
class Fault:
    """An order to the simulator, and the answer that the port wants."""

    name: str
    answer: type[WalletError] | type[Receipt]
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name and parameters, for the eye."""
        return " ".join([self.name, *(f"{value}" for value in self.more.values())])[:60]


SLOW = ("stall_before", "stall_after", "drip")
"""The faults that only a limit of time ends."""

FAULTS = [
    *(
        Fault(name, Unconfirmed)
        for name in (
            "drop_before", "drop_after", "stall_before", "stall_after", "drip", "park", "empty", "truncated", "garbage",
            "mislabelled", "bom", "bomb", "huge", "busy", "duplicate_key",
        )
    ),
    *(Fault("status_before", Unconfirmed, {"status": status}) for status in (400, 404, 500, 502, 503)),
    *(Fault("status_after", Unconfirmed, {"status": status}) for status in (201, 400, 401, 404, 500, 502, 504)),
    *(Fault("redirect", Unconfirmed, {"status": status}) for status in (301, 302, 303, 307, 308)),
    Fault("success_with_status", Unconfirmed, {"status": 500}),
    Fault("success_with_status", Unconfirmed, {"status": 418}),
    Fault("echo", Contradicted),
    Fault("twice", Receipt),
    Fault("extra", Receipt),
]  # fmt: skip


def sent(wallet: Wallet, story: Story, verb: str) -> Receipt:
    """Make the call whose verb at the operator this is."""
    if verb == "bet":
        return wallet.escrow(story.escrow(STAKE))
    if verb in ("win", "close"):
        return wallet.result(story.result(WIN if verb == "win" else 0, STAKE))
    return wallet.cancel(story.cancel(STAKE))


def prepared(wallet: Wallet, story: Story, verb: str) -> None:
    """What comes before that call, without any fault."""
    if verb != "bet":
        wallet.escrow(story.escrow(STAKE))


def answered(wallet: Wallet, story: Story, verb: str) -> type[WalletError] | type[Receipt]:
    """What the adapter made of the answer."""
    try:
        return type(sent(wallet, story, verb))
    except WalletError as answer:
        return type(answer)


def recovered(wallet: Wallet, story: Story, verb: str, answer: type[WalletError] | type[Receipt]) -> int:
    """Do what the walk does then, and return what the player's balance has to change by, in minor units."""
    if verb == "bet" and answer is Receipt:
        return -STAKE
    if verb == "bet":
        wallet.cancel(story.cancel(STAKE))
        wallet.cancel(story.cancel(STAKE))
        return 0
    if answer is not Receipt:
        sent(wallet, story, verb)
    return {"win": WIN - STAKE, "close": -STAKE}.get(verb, 0)


def clear(casino: Casino) -> None:
    """Fair weather: what was on its way arrives."""
    casino.ctl("fault", clear=True)
    casino.ctl("deliver")
