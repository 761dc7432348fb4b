"""The one table of errors, over every error there is."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import adapters.http
import core
import ports
from adapters.http import problems
from core.errors import BadRequest, Unauthenticated
from ports.wallet import Contradicted, Declined, Reason, Unconfirmed, WalletError

CODES = {
    "bad_request": 400, "unauthenticated": 401, "declined": 402, "forbidden": 403, "not_found": 404,
    "method_not_allowed": 405, "round_open": 409, "wrong_state": 409, "round_full": 409, "game_unavailable": 409,
    "too_large": 413, "unsupported_type": 415, "id_reused": 422, "too_many": 429, "internal": 500, "busy": 503,
    "rng_unhealthy": 503,
}  # fmt: skip


def error_classes() -> Iterator[type[Exception]]:
    """Every exception that is defined in ports, in core or here; but for the slot engine, which fails as a game does, and
    refused launches and rewards, which are answered in their protocol's words."""
    for package in (ports, core, adapters.http):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".conformance" in found.name or found.name.startswith(("core.slots", "ports.launch", "ports.rewards")):
                continue
            module = importlib.import_module(found.name)
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, Exception) and kind.__module__ == module.__name__:
                    yield kind


@pytest.mark.parametrize("kind", sorted(set(error_classes()), key=str))
def test_every_error_has_a_row_of_its_own(kind: type[Exception]) -> None:
    assert kind in problems.TABLE


def test_the_codes_and_their_statuses_are_those_of_the_contract() -> None:
    assert {code.code: code.status for code in problems.CODES} == CODES


def test_what_failed_inside_is_not_told() -> None:
    told = problems.describe(ZeroDivisionError("secret place"))
    assert (500, "internal") == (told["status"], told["code"])
    assert "secret" not in str(told)


def test_a_refusal_is_told_with_its_reason() -> None:
    told = problems.describe(Declined(Reason.LIMIT, "too much today", code="77"))
    assert (402, "declined", "limit", False) == (told["status"], told["code"], told["reason"], told["retryable"])


@pytest.mark.parametrize(
    ("refusal", "status", "code", "retryable"),
    [
        (Declined(Reason.SESSION_INVALID, "no"), 401, "unauthenticated", False),
        (Declined(Reason.UNREACHABLE, "no"), 503, "busy", True),
        (Declined(Reason.PLAYER_BLOCKED, "no"), 402, "declined", False),
        (Unconfirmed("no answer"), 503, "busy", True),
        (Contradicted("nonsense"), 503, "busy", True),
    ],
)
def test_an_opening_that_the_operator_refuses(refusal: WalletError, status: int, code: str, retryable: bool) -> None:
    told = problems.describe(problems.refused_opening(refusal))
    assert (status, code, retryable) == (told["status"], told["code"], told["retryable"])


def test_a_derived_error_has_the_row_of_its_base() -> None:
    class Special(Unauthenticated):
        pass

    assert problems.UNAUTHENTICATED is problems.code_of(Special("x"))


def test_a_detail_is_never_long() -> None:
    assert len(problems.describe(BadRequest("x" * 100_000))["detail"]) <= 1000
