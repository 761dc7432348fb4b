"""Two people are two users of the operating system: the running server is told by the kernel who asks."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rgs import control
from rgs.office import Refused
from tests.rgs.server import Server, serving
from tests.simulation.client import Line

ROUND = "22222222-2222-4222-8222-222222222222"
NOBODY = 65534

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be two people")


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


def as_nobody(data: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Ask as another user, who is in the group that may."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([0])
            os.setuid(NOBODY)
            answer: Any = control.ask(data, request)
        except Refused as refusal:
            answer = {"refused": str(refusal)}
        except BaseException as problem:
            answer = {"broken": repr(problem)}
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told: dict[str, Any] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return told


def disputed(server: Server) -> None:
    """An external round that was drawn, and never reported: past its deadline it is disputed."""
    line = Line(lambda: server)
    body = {"operator": "social", "token": "demo-ann", "game": "theirs"}
    _, session = line.call("POST", "/v1/player", body, server.key)
    line.call("POST", "/v1/escrow", {"session": session["session"], "round": ROUND, "stake": 100}, server.key)
    line.call("GET", f"/v1/rng/range?min=0&max=2&round={ROUND}&draw=1", None, server.key)
    for _ in range(400):
        found = control.ask(server.data, {"do": "show", "round": ROUND})
        if found["versions"][-1]["state"] == "disputed":
            break
    line.close()
    assert "disputed" == found["versions"][-1]["state"]


def test_staff_is_answered_however_long_the_path_of_the_data_is(tmp_path: Path) -> None:
    data = tmp_path / ("a-long-name-" * 10)
    with serving(data):
        assert (data / control.NAME).is_socket()
        assert {"rounds": [], "unreadable": []} == control.ask(data, {"do": "list"})
    assert not (data / control.NAME).exists()
    assert control.ask(data, {"do": "list"}) is None


def test_one_proposes_another_confirms(data: Path) -> None:
    with serving(data, RGS_ROUNDS__DEADLINE_HOURS="0.00005", RGS_ROUNDS__RECOVERY_SECONDS="0.02") as server:
        disputed(server)
        proposal = {"do": "propose", "round": ROUND, "decision": "retry", "reason": "their server burned"}
        assert "staff:root" == control.ask(data, proposal)["actor"]
        confirm = {"do": "confirm", "round": ROUND, "decision": "retry"}
        with pytest.raises(Refused, match="second person"):
            control.ask(data, confirm)
        assert "cancelled" == as_nobody(data, confirm)["state"]
        shown = control.ask(data, {"do": "show", "round": ROUND})["versions"]
        assert "staff:nobody" == shown[-1]["actor"]
        assert "proposed by staff:root" in shown[-2]["reason"]


def test_who_may_not_open_the_socket_is_told_so(data: Path) -> None:
    with serving(data) as server:
        (server.data / control.NAME).chmod(0o600)
        assert "you may not use" in as_nobody(data, {"do": "list"})["refused"]


def test_nonsense_is_refused_and_the_server_lives(data: Path) -> None:
    nonsense: list[Any] = [{}, {"do": "draw"}, {"do": "show"}, {"do": "confirm", "round": ROUND}, [], 7, "x"]
    with serving(data):
        for request in nonsense:
            with pytest.raises(Refused):
                control.ask(data, request)
            assert {"rounds": [], "unreadable": []} == control.ask(data, {"do": "list"})
