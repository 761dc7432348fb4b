"""Play money of our own: what every wallet promises, and books that add up to zero."""

from pathlib import Path

from adapters.backends.social import SocialWallet, backend
from ports.conformance.wallet import WalletConformance


class TestSocialWallet(WalletConformance):
    def create(self, place: Path) -> SocialWallet:
        return backend({}, place)

    def token(self, wallet: SocialWallet) -> str:
        return "demo-ann"

    def discard(self, wallet: SocialWallet) -> None:
        assert 0 == sum(wallet.sums().values())
        wallet.close()
