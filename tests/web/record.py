"""What the server has on record of those who sit at the page."""

import json
from typing import Any
from urllib.request import Request, urlopen

from tests.rgs.server import Server
from tests.web.browser import Table


def ask(server: Server, bearer: str, path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body else None
    with urlopen(Request(server.url + path, data, headers), timeout=30) as answer:
        return json.load(answer)


def bearer(table: Table) -> str:
    return str(table.page.evaluate("Object.entries(sessionStorage).find(([key]) => key.startsWith('session/'))[1]"))


def on_record(server: Server, table: Table) -> Any:
    """The newest round of the page's history, as the server has it."""
    return ask(server, bearer(table), f"/v1/rounds/{table.rounds[0]}")
