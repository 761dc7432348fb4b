from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.rgs.server import Server, serving
from tests.web.browser import Table, chromium

Seat = Callable[..., Table]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def seat(browser: Browser) -> Iterator[Seat]:
    """Makes tables, each in a browser profile of its own; its arguments are those of a Playwright context."""
    contexts = []

    def take(**options: Any) -> Table:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        contexts.append(context)
        return Table(context.new_page())

    yield take
    for context in contexts:
        context.close()
