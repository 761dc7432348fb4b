"""How the compiled reader is compiled: by numba, and kept for the next time, for just these sources.

Numba looks at the file of a function to see whether what it kept is stale, not at the files of the functions that it calls:
a changed callee would go on as it was, in silence. What is kept here is kept under the digest of all the sources.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeAlias

import numba
from numba.core import types
from numba.extending import intrinsic

import core.slots

Function: TypeAlias = Callable[..., Any]

_HERE = Path(__file__).parent


def digest(folders: Iterable[Path] = (_HERE, *map(Path, core.slots.__path__))) -> str:
    """Of the sources in these folders: all that decides what the compiled code does."""
    found = sha256(numba.__version__.encode())
    for folder in folders:
        for source in sorted(folder.glob("*.py")):
            found.update(source.name.encode() + b"\0" + source.read_bytes())
    return found.hexdigest()[:16]


def _folder() -> Path:
    """Where this digest's code is kept; what was kept for others is deleted."""
    kept, mine = _HERE / "__pycache__" / "compiled", digest()
    for other in kept.iterdir() if kept.exists() else ():
        if other.name != mine:
            rmtree(other, ignore_errors=True)
    return kept / mine


_FOLDER = str(_folder())


def njit(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit`, kept. Where the folder cannot be written, numba keeps nothing, or keeps it where it likes."""

    def decorate(function: Function) -> Function:
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, _FOLDER  # type: ignore[attr-defined]
        try:
            compiled: Function = numba.njit(cache=True, error_model="numpy", **options)(function)
        finally:
            numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
        return compiled

    return decorate


def _borrow(_: Any, arrays: Any) -> Any:
    """For numba: what `uncounted` takes is what it returns."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _uncounted(context, builder, signature.return_type, arguments[0])

    return arrays(arrays), codegen


uncounted: Function = intrinsic(_borrow)
"""The same array, or tuple of arrays, for the time of a call whose caller holds them.

Compiled code counts who refers to an array, in atomic instructions, wherever one is handed to a function or looked up in a
tuple. In rounds that take a tenth of a microsecond that was most of the time. What this returns is not counted.
"""


def _uncounted(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """`value`, of this numba type, with no owner."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = array.meminfo.type(None)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        kinds: Any = kind
        parts = [
            _uncounted(context, builder, part, builder.extract_value(value, place)) for place, part in enumerate(kinds)
        ]
        return context.make_tuple(builder, kind, parts)
    return value
