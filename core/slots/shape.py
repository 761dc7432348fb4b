"""Whether a definition has the shape that its annotations say: nobody's type checker need have seen it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


def misfits(value: object, kind: Any, place: str) -> Iterator[str]:
    """What in `value` is not of this kind, each with the place. Kinds are those of `core.slots`: numbers, names, literals,
    tuples, mappings, dataclasses, and unions of them.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        if value not in parts:
            yield f"{place}: {value!r} is none of {', '.join(map(repr, parts))}"
    elif origin is UnionType:
        found = [list(misfits(value, part, place)) for part in parts]
        if all(found):
            yield from max(found, key=lambda each: (len(each[0].split(":")[0]), each))
    elif origin is tuple:
        yield from _in_tuple(value, parts, place)
    elif origin is Mapping:
        if not isinstance(value, Mapping):
            yield f"{place}: {value!r} is no mapping"
            return
        for key, item in value.items():
            yield from misfits(key, parts[0], place)
            yield from misfits(item, parts[1], f"{place}.{key}")
    elif is_dataclass(kind):
        yield from _in_fields(value, kind, place)
    elif type(value) is not kind:
        yield f"{place}: {value!r} is no {_WORDS[kind]}"


_WORDS = {int: "whole number", str: "name", bool: "yes or no", NoneType: "such thing"}


def _in_tuple(value: object, parts: tuple[Any, ...], place: str) -> Iterator[str]:
    if not isinstance(value, tuple):
        yield f"{place}: {value!r} is no tuple"
    elif parts[-1] is Ellipsis:
        for number, item in enumerate(value, 1):
            yield from misfits(item, parts[0], f"{place} {number}")
    elif len(value) != len(parts):
        yield f"{place}: {len(value)} values, where {len(parts)} belong"
    else:
        for number, (item, part) in enumerate(zip(value, parts, strict=True), 1):
            yield from misfits(item, part, f"{place} {number}")


def _in_fields(value: object, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(value, kind):
        yield f"{place}: {value!r} is no {kind.__name__}"
        return
    hints = _hints(kind)
    for field in fields(kind):
        yield from misfits(getattr(value, field.name), hints[field.name], f"{place}.{field.name}".lstrip("."))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
