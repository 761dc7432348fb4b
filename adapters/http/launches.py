"""Operators' calls to us, launches and rewards: whatever their protocol, below `/launch/{operator}/`.

The game's address carries the launch's token behind a `#`: a browser keeps that part to itself, so it is in no log and in no
Referer. The page redeems it once, and takes it out of its address.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import Response, request

from core.catalogue import Catalogue
from core.errors import BadRequest, NotFound
from core.rewards import Rewards
from ports.launch import LaunchCall, Launching, LaunchRefused
from ports.randomness import Entropy
from ports.rewards import Rewarding
from ports.wallet import Wallet

LARGEST = 64 * 1024
"""Bytes of a launch call."""
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


class Launches:
    """Answers operators' calls."""

    def __init__(
        self,
        *,
        wallets: Mapping[str, Wallet],
        catalogue: Catalogue,
        rewards: Rewards,
        entropy: Entropy,
        show: str | None,
        public_url: str | None = None,
    ) -> None:
        """`show`: the operator of play money at which launches without a player are played; None: there is none.

        `public_url`: where players reach this server; None: where the operator's call did.
        """
        self._wallets = wallets
        self._catalogue = catalogue
        self._rewards = rewards
        self._entropy = entropy
        self._show = show
        self._public_url = public_url

    def view(self) -> Callable[..., Response]:
        """The Flask view of `/launch/<operator>/<path:call>`."""

        def launch(operator: str, call: str = "") -> Response:
            wallet = self._wallets.get(operator)
            if not isinstance(wallet, Launching):
                raise NotFound(f"there is no operator {operator!r} that launches games")
            if self._public_url is None:
                _asked()
            request.max_content_length = LARGEST
            came = LaunchCall(
                path=call,
                query=request.query_string.decode("latin-1"),
                headers=dict(request.headers),
                body=request.get_data(),
                method=request.method,
            )
            try:
                told = wallet.reward(came, self._rewards.at(operator)) if isinstance(wallet, Rewarding) else None
                if told is not None:
                    return Response(told, content_type="application/json")
                arrived = wallet.arrive(came)
            except LaunchRefused as refusal:
                return Response(refusal.body, refusal.status, content_type="application/json")
            self._catalogue.current(arrived.game)
            url = self._address(operator, arrived.game, arrived.token)
            answer = wallet.welcome(url)
            if answer is None:
                return Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})
            return Response(answer, content_type="application/json")

        return launch

    def _address(self, operator: str, game: str, token: str | None) -> str:
        if token is None:
            if self._show is None:
                raise NotFound("there is no play money here for a launch without a player")
            operator, token = self._show, f"demo-show-{self._entropy.read(8).hex()}"
        return f"{self._public_url or _asked()}/play/{game}#{urlencode({'operator': operator, 'token': token})}"


def _asked() -> str:
    """The address that the request names as ours. Raises `BadRequest` if that is none."""
    host = request.environ.get("HTTP_HOST", request.host)
    if not _HOST.fullmatch(host):
        raise BadRequest("the header Host is no host[:port]")
    return f"{request.scheme}://{host}"
