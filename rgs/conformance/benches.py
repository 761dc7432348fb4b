"""What a backend is tried on: a simulated operator with everything that belongs to it, or a configured one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ports.wallet import Wallet
from rgs import plugins
from rgs.conformance.casino import Casino

PLAYER = "jo"
OPENING = Decimal(100)
GAME = "three-fruits"
Wrap = Callable[[Wallet], Wallet]


class Bench(ABC):
    """A backend and an operator for it."""

    casino: Casino | None = None
    """The simulator, if the operator is one: then faults can be ordered, and its books be read."""
    verbs: tuple[str, ...] = ()
    """The operator's calls that move money."""
    echoless: tuple[str, ...] = ()
    """Those of them whose answer repeats nothing of what was sent."""
    secret = ""
    """What must never be shown."""

    @abstractmethod
    def wallet(self, place: Path, **options: Any) -> Wallet:
        """The backend. With a simulator: its books are as at the start."""

    @abstractmethod
    def token(self, wallet: Wallet) -> str:
        """A token of the player, who has 100.00."""

    def close(self) -> None:  # noqa: B027 most benches have nothing to do here
        """Clear it away."""


class Configured(Bench):
    """An operator of `rgs.yaml`, with a token that the operator gave for it."""

    def __init__(self, wallet: Wallet, token: str) -> None:
        self._wallet = wallet
        self._token = token

    def wallet(self, place: Path, **options: Any) -> Wallet:
        """The one that is configured."""
        return self._wallet

    def token(self, wallet: Wallet) -> str:
        """The given one, which has to work more than once."""
        return self._token


class Social(Bench):
    """Play money, which needs no operator."""

    def wallet(self, place: Path, **options: Any) -> Wallet:
        """New books in a new directory."""
        return plugins.backend("social", {}, place)

    def token(self, wallet: Wallet) -> str:
        """Anybody's."""
        return f"demo-{PLAYER}"


class Simulated(Bench):
    """A backend and the simulator of its protocol."""

    protocol: str
    profile: str | None = None

    def __init__(self, directory: Path) -> None:
        """`directory`: for keys."""
        self._directory = directory
        self.wrap: Wrap | None = None
        """What stands around the backend, for trying the kit itself."""
        self._made: dict[str, Wallet] = {}
        self.operator = Casino(self.protocol)
        self.casino = self.operator
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Make keys, and give both sides theirs."""

    @abstractmethod
    def options(self) -> Mapping[str, Any]:
        """What the protocol wants in `rgs.yaml`, beside the usual."""

    def switches(self) -> Mapping[str, Any]:
        """What the operator's side is set to."""
        return {}

    def promise(self, reward: str) -> None:
        """The operator knows of this reward of the player's."""
        self.operator.ctl("profile", rewards=[reward])

    def token(self, wallet: Wallet) -> str:
        """Of the player of the checks."""
        return self.launched(wallet, PLAYER)

    def launched(self, wallet: Wallet, player: str) -> str:
        """The token that the operator's launch call brings for a player of its."""
        launcher: Any = wallet
        return str(launcher.arrive(self.operator.launch(account=player, game=GAME)).token)

    def wallet(self, place: Path, **options: Any) -> Wallet:
        """The backend; the operator's books are as at the start."""
        self.operator.start_anew(**self.switches())
        usual: dict[str, object] = {"url": self.operator.url, "currencies": {"EUR": 2}, **self.options(), **options}
        if repr(usual) not in self._made:
            self._made[repr(usual)] = plugins.backend(self.protocol, usual, self._directory)
        wallet = self._made[repr(usual)]
        return wallet if self.wrap is None else self.wrap(wallet)

    def close(self) -> None:
        """End the simulator."""
        for wallet in self._made.values():
            closing: Any = wallet
            closing.close()
        self.operator.stop()


class A8r(Simulated):
    """a8r_v2."""

    protocol = "a8r_v2"
    verbs = ("bet", "win", "close", "cancel")
    echoless = ("close",)
    secret = "the-key-of-this-run"  # noqa: S105 - it protects nothing

    def prepare(self) -> None:
        """One key, which both sides have."""
        (self._directory / "key").write_text(self.secret)
        self.operator.ctl("keys", keys=[self.secret])

    def promise(self, reward: str) -> None:
        """As free spins that the operator issued."""
        self.operator.ctl("profile", issues={reward: PLAYER})

    def options(self) -> Mapping[str, Any]:
        """The casino and its key."""
        return {"casino": "casino", "keys": [{"file": "key"}]}


class Rs(Simulated):
    """rs_uuid, in the dialect of its profile."""

    protocol = "rs_uuid"
    profile = "hub88"
    verbs = ("bet", "win", "cancel")
    secret = "PRIVATE KEY"  # noqa: S105 - what a key in PEM says of itself

    def prepare(self) -> None:
        """Each side has the other's public key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (self._directory / "ours.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        ours = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        theirs = self.operator.ctl("keys", supplier=ours.decode())["public"]
        (self._directory / "theirs.pem").write_text(theirs)

    def options(self) -> Mapping[str, Any]:
        """The keys."""
        files = {"key": {"file": "ours.pem"}, "operator_keys": [{"file": "theirs.pem"}]}
        return {"profile": self.profile, **files}

    def switches(self) -> Mapping[str, Any]:
        """Its dialect."""
        return {"caleta": self.profile == "caleta"}


class Caleta(Rs):
    """The other dialect."""

    profile = "caleta"


class PathHmac(Simulated):
    """path_hmac_get."""

    protocol = "path_hmac_get"
    verbs = ("bet", "win", "cancel")
    echoless = ("cancel",)
    secret = "dGhlIGtleSBvZiB0aGlzIHJ1bg=="  # noqa: S105 - it protects nothing
    bonus_key = "the-bonus-key-of-this-run"

    def prepare(self) -> None:
        """A key for each direction, which both sides have."""
        (self._directory / "key").write_text(self.secret)
        (self._directory / "bonus").write_text(self.bonus_key)
        self.operator.ctl("keys", keys=[self.secret])

    def options(self) -> Mapping[str, Any]:
        """The keys."""
        return {"key": {"file": "key"}, "bonus_key": {"file": "bonus"}}


SIMULATED: Mapping[str, Callable[[Path], Bench]] = {
    "social": lambda _: Social(),
    "a8r_v2": A8r,
    "rs_uuid": Rs,
    "rs_uuid:caleta": Caleta,
    "path_hmac_get": PathHmac,
}
"""Backend, or backend and profile -> what it is tried on."""

_current: list[Bench] = []


def current() -> Bench:
    """The bench of the run that is going on."""
    return _current[-1]


def put(bench: Bench) -> Callable[[], None]:
    """Make a bench the current one; call what it returns when the run is over."""
    _current.append(bench)
    return lambda: _current.remove(bench)
