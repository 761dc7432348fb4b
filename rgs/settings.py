"""Settings: one `rgs.yaml`, and environment variables over it (`RGS_SERVER__PORT=8123`), checked before anything starts.

An unknown or misspelt key stops the start with its name. Secrets are not settings: they are named by file or variable.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.stakes import Stakes

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Of an operator."""
PREFIX = "RGS_"
CONFIG = "RGS_CONFIG"
"""The one variable that is no setting: where the file is, if not `rgs.yaml` here."""


class SettingsError(Exception):
    """The settings cannot be used; the message names each key that is wrong."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Server(_Section):
    """Where and how HTTP is served."""

    host: str = "127.0.0.1"
    """Address to bind. Anything but loopback belongs behind a proxy that speaks TLS."""
    port: int = Field(8000, ge=0, le=65535)
    """0 takes a free one; the `ready` line says which."""
    threads: int = Field(48, ge=2, le=1024)
    """Requests served at once. Where there are several operators, a quarter of these, 2 at least, never wait for any."""
    connections: int = Field(1000, ge=8, le=100_000)
    """Open at once; when three quarters are, those that have waited longest without a whole request are closed."""
    request_seconds: float = Field(30, gt=0)
    """For a whole request to come in, from its first byte, and for a connection to be open without one."""
    public_url: str | None = None
    """The address under which players reach this server, perhaps with a path. None: what each request names as its host."""
    frame_ancestors: str = "'self'"
    """Who may show the page in a frame, as a Content-Security-Policy has it: `'self'`, or the casinos' origins."""

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        told = parts.scheme in ("http", "https") and parts.hostname and re.fullmatch(r"[!-~]+", url) and parts.port != 0
        if not told or parts.query or parts.fragment or "@" in parts.netloc or re.search(r"[\"'<>\\?#]", url):
            raise ValueError("an address is http(s)://host[:port][/path], without a user, a query or a fragment")
        return url.rstrip("/")

    @property
    def operators_together(self) -> int:
        """Requests that may be at work for all operators at once: so pages, look-ups and health checks find a thread."""
        return max(1, self.threads - max(2, self.threads // 4))


class StakeLimits(_Section):
    """Stakes in minor units of the operator's currency; the ladder between them is 1, 2, 5, 10, ... a unit."""

    min: int = Field(10, ge=1)
    max: int = Field(10_000, ge=1)
    default: int = Field(100, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> "StakeLimits":
        Stakes(min=self.min, max=self.max, default=self.default)  # says what is wrong
        return self


class Operator(_Section):
    """One operator: which protocol its wallet speaks, and what that adapter wants to know."""

    backend: str
    """The name of an entry point of the group `rgs.backends`."""
    threads: int | None = Field(None, ge=1)
    """Requests that this operator may occupy at once; beyond it, 503 `busy`. None: two thirds of what all may; all, if it is
    the only one."""
    stakes: StakeLimits | None = None
    """None: the house's own."""
    variants: dict[str, str] = {}
    """Game -> the variant (of its return to player) that this operator's players get; else the usual one."""
    options: dict[str, Any] = {}
    """The adapter's own settings; it checks them itself."""


class GameServerKey(_Section):
    """An API key of a game server, and what it may do."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    file: Path | None = Field(None, strict=False)
    """A file with the key, relative to the data directory."""
    variable: str | None = None
    """An environment variable with the key."""
    generate: bool = False
    """Write a random key to `file` if there is none yet."""
    operators: list[str] | Literal["every"] = "every"
    games: list[str] | Literal["every"] = "every"
    largest_win: int = Field(1_000_000_000, ge=0)
    """Minor units that one round may pay."""

    @model_validator(mode="after")
    def _one_source(self) -> "GameServerKey":
        if (self.file is None) == (self.variable is None):
            raise ValueError("name either a file or a variable that has the key")
        if self.generate and self.file is None:
            raise ValueError("a key that is generated needs a file")
        return self


class Rounds(_Section):
    """How rounds live."""

    deadline_hours: float = Field(24, gt=0)
    """A round that waits longer is completed, cancelled or disputed without its player."""
    budget_seconds: float = Field(20, gt=0)
    """What one request may spend on walking a round; recovery goes on after it."""
    recovery_seconds: float = Field(2, gt=0)
    """Between two looks at unfinished rounds."""


class Sessions(_Section):
    """How long players stay."""

    lifetime_hours: float = Field(12, gt=0)


SOCIAL = "social"
"""The operator that is there where none is named."""
USUAL_KEY = {"name": "game-server", "file": "game-server.key", "generate": True, "operators": [SOCIAL]}


class Settings(_Section):
    """The whole of it."""

    data: Path = Field(Path("data"), strict=False)
    """The directory that holds everything that must survive."""
    store: Literal["sqlite", "memory"] = "sqlite"
    """Where rounds and sessions are kept; memory forgets them, and is for trying things out."""
    server: Server = Server()
    stakes: StakeLimits = StakeLimits()
    rounds: Rounds = Rounds()
    sessions: Sessions = Sessions()
    operators: dict[str, Operator] = Field({SOCIAL: Operator(backend="social")}, min_length=1)
    keys: list[GameServerKey] = []
    """If none is named, and the operator `social` is there, it has one of its own, in `game-server.key`."""

    def threads(self) -> tuple[dict[str, int], int]:
        """Requests that each operator may occupy at once, and all of them together. One alone has its own bound only."""
        together, alone = self.server.operators_together, len(self.operators) == 1
        usual = together if alone else max(1, together * 2 // 3)
        each = {name: operator.threads or usual for name, operator in self.operators.items()}
        return each, max(each.values()) if alone else together

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "keys" in fields:
            return fields
        operators = fields.get("operators", {SOCIAL: None})
        return {**fields, "keys": [USUAL_KEY]} if isinstance(operators, dict) and SOCIAL in operators else fields

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        names = [key.name for key in self.keys]
        if len(set(names)) < len(names):
            raise ValueError("keys: two have the same name")
        for operator in self.operators:
            if not NAME.fullmatch(operator):
                raise ValueError(
                    f"operators: {operator!r} is no name: letters and digits, then also _ . and -, 64 at most"
                )
        for key in self.keys:
            for operator in key.operators if key.operators != "every" else []:
                if operator not in self.operators:
                    raise ValueError(f"keys: {key.name} names the operator {operator!r}, which there is not")
        return self


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (the named one, else that of RGS_CONFIG, else ./rgs.yaml if there is one) and the environment.

    Raises `SettingsError`.
    """
    named = path or (Path(environment[CONFIG]) if CONFIG in environment else None)
    file = named or Path("rgs.yaml")
    fields: dict[str, Any] = {}
    if named is not None or file.exists():
        fields = _read(file)
    _overlay(fields, environment)
    try:
        return Settings.model_validate(fields)
    except ValidationError as problem:
        raise SettingsError("\n".join(_complaint(error) for error in problem.errors())) from None


def _complaint(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "settings"
    message = "there is no such setting" if error["type"] == "extra_forbidden" else error["msg"]
    message = message.removeprefix("Value error, ")
    return f"{place}: {message}"


_UNREADABLE = (yaml.YAMLError, ValueError, TypeError, RecursionError)
"""What the reader of YAML raises; the last three for dates, keys and depths that there are not."""


def _read(file: Path) -> dict[str, Any]:
    try:
        fields = yaml.load(file.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (OSError, *_UNREADABLE) as problem:
        raise SettingsError(f"{file}: {problem}") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise SettingsError(f"{file}: settings are keys and values")
    return fields


def _overlay(fields: dict[str, Any], environment: Mapping[str, str]) -> None:
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable == CONFIG:
            continue
        *sections, key = variable.removeprefix(PREFIX).lower().split("__")
        place = fields
        for section in sections:
            inner = place.setdefault(section, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"{variable}: {section} has no keys of its own")
            place = inner
        try:
            place[key] = yaml.safe_load(environment[variable])
        except _UNREADABLE:
            raise SettingsError(f"{variable}: its value is no YAML") from None  # it may be a secret, and is not shown


class _Loader(yaml.SafeLoader):
    """Reads YAML, but refuses a key that stands twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
