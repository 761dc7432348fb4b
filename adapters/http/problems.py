"""Every error has one answer: a problem of RFC 9457, from one table.

    error -> code -> status, title, retryable

`retryable` says that the same request may be sent again as it is, and may then succeed. A `state` stands in the answer
where the caller's own round is concerned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import HTTPException

from adapters.http.gate import Busy
from core import errors
from core.rng import TapeMismatch
from core.turns import CannotDraw, GameFailed
from ports.canonical import Unreadable
from ports.game import IllegalChoice, IllegalWager
from ports.money import CurrencyMismatch
from ports.randomness import Unhealthy
from ports.rounds import RewardSpent, RoundConflict, RoundOpen
from ports.wallet import Contradicted, Declined, Reason, Unconfirmed, WalletError


class TooLarge(Exception):
    """The body is larger than this request may be."""


class UnsupportedType(Exception):
    """The body is not `application/json`."""


class Unready(Exception):
    """The server should not be sent requests now; `reasons` says why."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem, as clients see it."""

    code: str
    status: int
    title: str
    retryable: bool = False


BAD_REQUEST = Code("bad_request", 400, "The request can never be right")
UNAUTHENTICATED = Code("unauthenticated", 401, "There is no valid credential")
DECLINED = Code("declined", 402, "The operator refused")
FORBIDDEN = Code("forbidden", 403, "The caller may not do this")
NOT_FOUND = Code("not_found", 404, "There is no such thing, or not for this caller")
METHOD_NOT_ALLOWED = Code("method_not_allowed", 405, "This address has no such method")
ROUND_OPEN = Code("round_open", 409, "Another round of this player and game is not finished")
WRONG_STATE = Code("wrong_state", 409, "The round is in another state")
ROUND_FULL = Code("round_full", 409, "The round has no room for another draw")
GAME_UNAVAILABLE = Code("game_unavailable", 409, "The game cannot be played at the moment", True)
TOO_LARGE = Code("too_large", 413, "The body is too large")
UNSUPPORTED_TYPE = Code("unsupported_type", 415, "The body is not application/json")
ID_REUSED = Code("id_reused", 422, "This id stands for another request already")
TOO_MANY = Code("too_many", 429, "Too many requests", True)
INTERNAL = Code("internal", 500, "The server failed; ask again for what became of it", True)
BUSY = Code("busy", 503, "Not just now", True)
RNG_UNHEALTHY = Code("rng_unhealthy", 503, "Nothing can be drawn at the moment", True)

CODES = (
    BAD_REQUEST, UNAUTHENTICATED, DECLINED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, ROUND_OPEN, WRONG_STATE,
    ROUND_FULL, GAME_UNAVAILABLE, TOO_LARGE, UNSUPPORTED_TYPE, ID_REUSED, TOO_MANY, INTERNAL, BUSY, RNG_UNHEALTHY,
)  # fmt: skip

TABLE: Mapping[type[Exception], Code] = {
    errors.BadRequest: BAD_REQUEST,
    errors.NotFound: NOT_FOUND,
    errors.Forbidden: FORBIDDEN,
    errors.Unauthenticated: UNAUTHENTICATED,
    errors.WrongState: WRONG_STATE,
    errors.RoundFull: ROUND_FULL,
    errors.GameUnavailable: GAME_UNAVAILABLE,
    errors.IdReused: ID_REUSED,
    errors.RequestError: BAD_REQUEST,
    IllegalWager: BAD_REQUEST,
    IllegalChoice: BAD_REQUEST,
    GameFailed: GAME_UNAVAILABLE,
    CannotDraw: RNG_UNHEALTHY,
    RoundOpen: ROUND_OPEN,
    RewardSpent: DECLINED,
    RoundConflict: BUSY,
    Unhealthy: RNG_UNHEALTHY,
    Declined: DECLINED,
    Unconfirmed: BUSY,
    Contradicted: BUSY,
    WalletError: BUSY,
    Busy: BUSY,
    Unready: BUSY,
    TooLarge: TOO_LARGE,
    UnsupportedType: UNSUPPORTED_TYPE,
    # Ours alone: a record that cannot be read, a tape of another game, a sum over two currencies.
    Unreadable: INTERNAL,
    TapeMismatch: INTERNAL,
    CurrencyMismatch: INTERNAL,
    Exception: INTERNAL,
}
"""An error's row, else that of the class it derives from."""

_BY_STATUS = {code.status: code for code in CODES if code.status not in (409, 503)} | {503: BUSY}

OWN_ROUND = (ID_REUSED, WRONG_STATE, ROUND_FULL, GAME_UNAVAILABLE, DECLINED)
"""What is only said to a round's owner, so that the round's state may be said as well."""


def code_of(error: Exception) -> Code:
    """The error's row of the table."""
    if isinstance(error, HTTPException):
        status = error.code or 500
        return _BY_STATUS.get(status, BAD_REQUEST if status < 500 else INTERNAL)
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def problem(code: Code, detail: str, *, status: int | None = None, **more: Any) -> dict[str, Any]:
    """The body of a problem answer."""
    return {
        "type": f"/docs#{code.code}",
        "title": code.title,
        "status": code.status if status is None else status,
        "detail": detail,
        "code": code.code,
        "retryable": code.retryable,
        **more,
    }


def describe(error: Exception) -> dict[str, Any]:
    """The problem that an error is answered with. What failed inside the server is not told."""
    code = code_of(error)
    if isinstance(error, HTTPException):
        status = error.code or 500
        return problem(code, error.description or HTTPStatus(status).phrase, status=status)
    more: dict[str, Any] = {}
    if isinstance(error, errors.WrongState):
        more["state"] = error.state
    elif isinstance(error, RoundOpen):
        more["round"] = error.round
    elif isinstance(error, Declined):
        more["reason"] = error.reason
    elif isinstance(error, Unready):
        more["reasons"] = error.reasons
    detail = "Something went wrong in the server." if code is INTERNAL else str(error)[:1000]
    return problem(code, detail, **more)


def refused_opening(error: WalletError) -> Exception:
    """What it means that the operator did not let a session be opened: nothing is in doubt, for nothing was moved."""
    if isinstance(error, Declined):
        if error.reason is Reason.SESSION_INVALID:
            return errors.Unauthenticated(f"the operator does not know this token: {error}")
        if error.reason is Reason.UNREACHABLE:
            return Busy("the operator cannot be reached")
        return error
    return Busy("the operator gave no answer that can be used")
