"""A draw as game servers ask for it: a JSON request on the tape, and the values it yields.

    {"range":    {"min": n, "max": m, "count": c}}           c integers of n .. m-1
    {"weighted": {"weights": [[value, weight], ...], "count": c}}   c values, each as likely as its weight
    {"shuffle":  {"items": [...]}}                            all items in random order
    {"shuffle":  {"items": [...], "count": k}}                k of them: a sample without replacement

The same request over the tape of its draws yields the same values, which is how a round is executed again.
"""

from collections.abc import Mapping
from typing import Any

from core import rng as fair
from core.errors import BadRequest
from ports.game import Json
from ports.randomness import Rng

MAX_COUNT = 10_000
"""Values of one request."""


def execute(asked: Json, rng: Rng) -> list[Any]:
    """The values of one request. Raises `BadRequest` that says what is allowed; `Unhealthy` if nothing may be drawn."""
    if not isinstance(asked, Mapping) or len(asked) != 1:
        raise BadRequest("a draw is one of range, weighted, shuffle")
    [(kind, parameters)] = asked.items()
    how = _KINDS.get(kind)
    if how is None or not isinstance(parameters, Mapping):
        raise BadRequest("a draw is one of range, weighted, shuffle")
    try:
        return how(rng, parameters)
    except KeyError as problem:
        raise BadRequest(f"a {kind} has no {problem}") from None
    except (TypeError, ValueError) as problem:
        raise BadRequest(str(problem)) from None


def _range(rng: Rng, parameters: Mapping[str, Any]) -> list[Any]:
    low, high, count = parameters["min"], parameters["max"], _count(parameters)
    return fair.between_many(rng, low, high, count, "range")


def _weighted(rng: Rng, parameters: Mapping[str, Any]) -> list[Any]:
    return fair.weighted_many(rng, parameters["weights"], _count(parameters), "weighted")


def _shuffle(rng: Rng, parameters: Mapping[str, Any]) -> list[Any]:
    items = parameters["items"]
    if "count" not in parameters:
        return fair.shuffle(rng, items, "shuffle")
    return fair.sample(rng, items, parameters["count"], "shuffle")


def _count(parameters: Mapping[str, Any]) -> int:
    count = parameters.get("count", 1)
    if type(count) is not int or not 1 <= count <= MAX_COUNT:
        raise ValueError(f"count is an integer from 1 to {MAX_COUNT}")
    return count


_KINDS = {"range": _range, "weighted": _weighted, "shuffle": _shuffle}
