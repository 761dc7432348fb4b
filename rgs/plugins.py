"""Plug-ins come through one door, entry points; our own use the same one.

rgs.backends   name = module:factory      factory(options, data directory) -> Wallet
rgs.games      name = package             each module of it with an object `game`, and perhaps `variants`: more of the same
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import cast

from core.catalogue import Catalogue, Listing, Variants
from ports import canonical
from ports.game import Game
from ports.wallet import Wallet

BACKENDS = "rgs.backends"
GAMES = "rgs.games"
OURS = "pyrgs"

BackendFactory = Callable[[Mapping[str, object], Path], Wallet]


class PluginError(Exception):
    """A plug-in is missing or broken; the message says which, and what there is."""


def packages(path: Sequence[str] | None = None) -> list[Distribution]:
    """The installed packages of other people that bring games or backends; on `path`, or wherever Python looks."""
    everything = distributions() if path is None else distributions(path=list(path))
    return [each for each in everything if each.name.lower() != OURS and _plugs_in(each)]


def _plugs_in(package: Distribution) -> bool:
    return any(entry.group in (BACKENDS, GAMES) for entry in package.entry_points)


def backends() -> list[str]:
    """The names of the backends that are installed."""
    return sorted(entry.name for entry in entry_points(group=BACKENDS))


def backend(name: str, options: Mapping[str, object], data: Path) -> Wallet:
    """The wallet of an operator, made by the backend `name`. Raises `PluginError`."""
    entry = next(iter(entry_points(group=BACKENDS, name=name)), None)
    if entry is None:
        raise PluginError(f"there is no backend {name!r}; installed are: {', '.join(backends())}")
    factory = cast(BackendFactory, _load(entry))
    try:
        return factory(options, data)
    except ValueError as problem:
        raise PluginError(f"backend {name}: {problem}") from None


def catalogue(variants: Variants = MappingProxyType({})) -> Catalogue:
    """All games that are installed, and which variants operators get. Raises `PluginError`."""
    listings = []
    for entry in sorted(entry_points(group=GAMES), key=lambda entry: entry.name):
        package = _load(entry)
        for module in _modules(package):
            for game in cast(Sequence[Game], (module.game, *getattr(module, "variants", ()))):
                try:
                    listings.append(Listing(game, _maths(game, module)))
                except (AttributeError, ValueError, TypeError) as problem:
                    raise PluginError(f"the game in {module.__name__} cannot be loaded: {problem}") from problem
    try:
        return Catalogue(listings, variants)
    except ValueError as problem:
        raise PluginError(str(problem)) from None


def _load(entry: EntryPoint) -> ModuleType:
    try:
        return cast(ModuleType, entry.load())
    except (ImportError, AttributeError) as problem:
        raise PluginError(f"plug-in {entry.name} ({entry.value}) cannot be loaded: {problem}") from problem


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    if not hasattr(package, "__path__"):
        yield package
        return
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        try:
            module = importlib.import_module(found.name)
        except Exception as problem:
            raise PluginError(f"the game in {found.name} cannot be loaded: {_words(problem)}") from problem
        if hasattr(module, "game"):
            yield module


def _words(problem: Exception) -> str:
    return f"{problem}" if isinstance(problem, ValueError) else f"{type(problem).__name__}: {problem}"


def _maths(game: Game, module: ModuleType) -> str:
    """SHA-256 over all that decides the outcomes of a game: its definition, and its source."""
    source = Path(cast(str, module.__file__)).read_bytes()
    return sha256(canonical.dump(game.definition) + b"\n" + source).hexdigest()
