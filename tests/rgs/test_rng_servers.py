"""Two servers started alike, and the threads of each, share no random number."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rgs.server import Server, serving

REQUESTS, VALUES = 40, 10


def draw(server: Server) -> list[int]:
    """Numbers so large that two equal ones are no accident."""
    request = urllib.request.Request(
        f"{server.url}/v1/rng/range?min=0&max={2**53 - 1}&count={VALUES}",
        headers={"Authorization": f"Bearer {server.key}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        drawn: list[int] = json.load(answer)["values"]
    return drawn


def test_servers_and_their_threads_share_no_random_number(tmp_path: Path) -> None:
    alike = {"PYTHONHASHSEED": "0"}
    with serving(tmp_path / "one", **alike) as one, serving(tmp_path / "two", **alike) as two:
        with ThreadPoolExecutor(8) as pool:
            drawn = list(pool.map(draw, [one, two] * (REQUESTS // 2)))
        assert one.key != two.key
    assert REQUESTS * VALUES == len({value for values in drawn for value in values})
