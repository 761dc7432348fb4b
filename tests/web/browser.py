"""Real Chromium on the page, as a player has it; and the ears that hear what it says to its console and to other hosts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

import games

ART = Path(str(games.__file__)).parent / "art"
CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

HURRIED = """async () => {
    const spin = document.querySelector("#spin");
    spin.click();
    spin.click();
    while (document.body.dataset.state === "playing") await new Promise((resolve) => setTimeout(resolve, 5));
}"""

expect.set_options(timeout=15_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


class Table:
    """A player in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[tuple[str, str]] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append((request.method, request.url)))

    def _hear(self, message: ConsoleMessage) -> None:
        picture = re.search(r"/play/art/([^/]+)/", message.location["url"])
        if picture and not (ART / picture[1]).is_dir():
            return  # a game need not have pictures; the browser cannot be kept from saying that one is not there
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def sit(self, address: str, state: str = "ready") -> None:
        self.page.goto(address)
        self.wait(state)

    def wait(self, state: str = "ready") -> None:
        expect(self.page.locator("body")).to_have_attribute("data-state", state)

    def spin(self) -> None:
        """One round to its end, hurried."""
        self.page.evaluate(HURRIED)

    def money(self, what: str) -> int:
        """Minor units that stand in an element; an en dash is none."""
        return int(re.sub(r"\D", "", self.page.inner_text(what)) or 0)

    @property
    def rounds(self) -> list[str]:
        """The ids in the history, newest first."""
        return [str(item.get_attribute("data-round")) for item in self.page.locator("#rounds [data-round]").all()]

    @property
    def window(self) -> str:
        return str(self.page.locator(".reels").get_attribute("aria-label"))

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for _, url in self.requests}

    def sent(self, method: str, path: str) -> list[str]:
        """The paths of the requests of this kind."""
        paths = [urlsplit(url).path for said, url in self.requests if said == method]
        return [found for found in paths if found.startswith(path)]
