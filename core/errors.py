"""What a request about a round can be answered with instead of the round.

    RequestError
    ├── BadRequest       it can never be right; the message says what would be
    ├── NotFound         there is no such thing, or it is not the caller's
    ├── Forbidden        the caller may not do this
    ├── Unauthenticated  no live session stands behind it
    ├── WrongState       not now: the round is elsewhere
    ├── GameUnavailable  the game that the round was accepted under cannot be played at the moment
    └── IdReused         this id already stands for something else

`ports.rounds.RoundOpen`, `ports.randomness.Unhealthy` and the errors of `ports.wallet` pass through as they are.
"""

from ports.record import Round, State


class RequestError(Exception):
    """A request that was refused; nothing was changed by it."""


class BadRequest(RequestError):
    """The request can never be right."""


class NotFound(RequestError):
    """There is no such thing, or not for this caller."""


class Forbidden(RequestError):
    """The caller may not do this."""


class Unauthenticated(RequestError):
    """There is no live session."""


class GameUnavailable(RequestError):
    """The game cannot be played at the moment; the round waits for it, or goes back."""


class IdReused(RequestError):
    """The id stands for another request already."""


class RoundFull(RequestError):
    """The round has no room for another draw; it is as it was, and its result can be reported."""


class WrongState(RequestError):
    """The request does not fit the state of the round, which is as it was."""

    def __init__(self, round: Round, wanted: str) -> None:
        super().__init__(f"{wanted} is not possible: the round is {round.state}")
        self.state: State = round.state
